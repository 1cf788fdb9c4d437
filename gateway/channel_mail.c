/* SPDX-License-Identifier: Apache-2.0 */
/* channel_mail: e-mail over SMTP(S); plain text in UTF-8, every header ours. */
#include "gateway/channel.h"

#include "gateway/courier.h"
#include "gateway/date.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the text ---- */

/* Bare addresses only: whatever could end a header or begin another one is no address. */
static bool is_address(const char *a)
{
	size_t n = 0;

	for (; a[n]; n++)
		if ((unsigned char)a[n] <= ' ' || (unsigned char)a[n] >= 0x7f ||
		    strchr("<>(),;\"\\", a[n]))
			return false;
	return n > 0 && n <= 254;
}

enum { WORD_RAW = 39, WORD_BASE64 = WORD_RAW / 3 * 4 + 1 };

/* RFC 2047: words of at most 75 characters, each holding whole UTF-8 characters, one a line. */
static void put_encoded(FILE *f, const char *text)
{
	char base64[WORD_BASE64 + 4];
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = left > WORD_RAW ? WORD_RAW : left;

		while (n < left && n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		sodium_bin2base64(base64, sizeof base64, (const unsigned char *)text, n,
				  sodium_base64_VARIANT_ORIGINAL);
		fprintf(f, "=?UTF-8?B?%s?=", base64);
		text += n;
		left -= n;
		if (left > 0)
			fputs("\r\n ", f);
	}
}

static const char *domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at && at[1] ? at + 1 : "localhost";
}

/* The same at every try, so that mailboxes see one mail; and never again, even over a new ledger.
 */
static void put_message_id(FILE *f, const struct letter *l, const char *from)
{
	fputs("Message-ID: <", f);
	for (const char *c = l->key; *c; c++)
		fputc((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
				      (*c >= 'A' && *c <= 'Z') || *c == '-'
			      ? *c
			      : '_',
		      f);
	fprintf(f, ".%" PRId64 "@%s>\r\n", l->incident->from.ms, domain_of(from));
}

/* A route that names nobody is people's: it goes to the one whom the letter names. */
static size_t n_to(const struct mail_route *r)
{
	return r->n_to > 0 ? r->n_to : 1;
}

static const char *to_of(const struct letter *l, const struct mail_route *r, size_t i)
{
	return r->n_to > 0 ? r->to[i] : l->to;
}

static void put_head(FILE *f, const struct letter *l, const struct mail_route *r)
{
	char date[DATE_TEXT];

	date_draw_mail(date, l->now);
	fprintf(f, "Date: %s\r\nFrom: ", date);
	put_encoded(f, "Mắt Sáng");
	fprintf(f, " <%s>\r\nTo: ", r->from);
	for (size_t i = 0; i < n_to(r); i++)
		fprintf(f, "%s%s", i > 0 ? ",\r\n " : "", to_of(l, r, i));
	/* "OK 7K2" comes back there. */
	if (r->n_to == 0)
		fprintf(f, "\r\nReply-To: %s", r->from);
	fputs("\r\nSubject: ", f);
	put_encoded(f, l->message->subject);
	fputs("\r\n", f);
	put_message_id(f, l, r->from);
	fputs("Auto-Submitted: auto-generated\r\n"
	      "MIME-Version: 1.0\r\n"
	      "Content-Type: text/plain; charset=utf-8\r\n"
	      "Content-Transfer-Encoding: base64\r\n"
	      "\r\n",
	      f);
}

/* Lines end in CRLF before they are encoded (RFC 2045, 6.8). */
static size_t canonical(char *out, size_t size, const struct letter *l)
{
	char text[sizeof(struct message) + 600], link[CHANNEL_LINK];
	size_t n = 0;

	channel_link(link, l);
	snprintf(text, sizeof text, "%s\n\n%s\n\n%.512s\n", l->message->subject, l->message->text,
		 link[0] ? link : l->page_url);
	for (const char *c = text; *c && n + 2 < size; c++) {
		if (*c == '\n')
			out[n++] = '\r';
		out[n++] = *c;
	}
	return n;
}

static void put_body(FILE *f, const struct letter *l)
{
	enum { LINE_RAW = 57 };
	char text[2 * sizeof(struct message) + 1200], line[LINE_RAW / 3 * 4 + 5];
	const size_t len = canonical(text, sizeof text, l);

	for (size_t at = 0; at < len; at += LINE_RAW) {
		sodium_bin2base64(line, sizeof line, (const unsigned char *)text + at,
				  len - at < LINE_RAW ? len - at : LINE_RAW,
				  sodium_base64_VARIANT_ORIGINAL);
		fprintf(f, "%s\r\n", line);
	}
}

char *mail_draw(const struct letter *l, const struct mail_route *r)
{
	char *text = NULL;
	size_t len;
	FILE *f;
	bool ok = is_address(r->from);

	for (size_t i = 0; i < n_to(r); i++)
		ok = ok && is_address(to_of(l, r, i));
	if (!ok) {
		errno = EINVAL;
		return NULL;
	}
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	put_head(f, l, r);
	put_body(f, l);
	if (fclose(f) == 0)
		return text;
	free(text);
	errno = ENOMEM;
	return NULL;
}

/* ---- sending ---- */

struct mail_try {
	struct courier *courier;
	CURL *easy;
	struct curl_slist *to;
	char *text;
	size_t len, at;
	channel_done_fn *done;
	void *self;
};

static void mail_free(struct mail_try *t)
{
	const int why = errno;

	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->to);
	free(t->text);
	free(t);
	errno = why;
}

static size_t give(char *buf, size_t size, size_t n, void *self)
{
	struct mail_try *t = self;
	size_t room = size * n, left = t->len - t->at, take = left < room ? left : room;

	memcpy(buf, t->text + t->at, take);
	t->at += take;
	return take;
}

/* No such mailbox, moved, full, or not a name (RFC 5321, 4.2.3). */
static bool is_of_the_mailbox(long status)
{
	return status >= 550 && status <= 553;
}

static void on_done(void *self, CURLcode code, long status)
{
	struct mail_try *t = self;
	char note[CHANNEL_NOTE];

	if (code != CURLE_OK && status)
		snprintf(note, sizeof note, "SMTP %ld, %s", status, curl_easy_strerror(code));
	else if (code != CURLE_OK)
		snprintf(note, sizeof note, "%s", curl_easy_strerror(code));
	else
		snprintf(note, sizeof note, "SMTP %ld", status);
	t->done(t->self,
		code == CURLE_OK            ? CHANNEL_DELIVERED
		: is_of_the_mailbox(status) ? CHANNEL_REFUSED
					    : CHANNEL_FAILED,
		note);
	mail_free(t);
}

static bool is_here(const char *server)
{
	char target[CHANNEL_TARGET];

	channel_target_url(target, server);
	return strncmp(target, "smtp://127.", 11) == 0 ||
	       strncmp(target, "smtp://[::1]", 12) == 0 ||
	       strcmp(target, "smtp://localhost") == 0 ||
	       strncmp(target, "smtp://localhost:", 17) == 0;
}

/* A password never travels in clear; our own machine's mail server has no certificate anyone
 * vouches for. What else offers STARTTLS must go through with it, with a certificate that is
 * good. */
static long tls_of(const struct mail_route *r)
{
	if (r->user[0])
		return CURLUSESSL_ALL;
	return is_here(r->server) ? CURLUSESSL_NONE : CURLUSESSL_TRY;
}

#if LIBCURL_VERSION_NUM >= 0x080200
#define RCPT_ALLOWFAILS CURLOPT_MAIL_RCPT_ALLOWFAILS
#else
#define RCPT_ALLOWFAILS CURLOPT_MAIL_RCPT_ALLLOWFAILS
#endif

/* One mailbox that is full or gone must not keep the others from knowing. */
static bool set_recipients(struct mail_try *t, const struct mail_route *r, const struct letter *l)
{
	for (size_t i = 0; i < n_to(r); i++) {
		struct curl_slist *grown = curl_slist_append(t->to, to_of(l, r, i));

		if (!grown)
			return false;
		t->to = grown;
	}
	return curl_easy_setopt(t->easy, CURLOPT_MAIL_RCPT, t->to) == CURLE_OK &&
	       curl_easy_setopt(t->easy, RCPT_ALLOWFAILS, 1L) == CURLE_OK;
}

static bool set_login(struct mail_try *t, const struct mail_route *r)
{
	return !r->user[0] ||
	       (curl_easy_setopt(t->easy, CURLOPT_USERNAME, r->user) == CURLE_OK &&
		curl_easy_setopt(t->easy, CURLOPT_PASSWORD, r->password) == CURLE_OK);
}

static bool describe(struct mail_try *t, const struct mail_route *r, const struct letter *l)
{
	t->len = strlen(t->text);
	return curl_easy_setopt(t->easy, CURLOPT_URL, r->server) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_USE_SSL, tls_of(r)) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_MAIL_FROM, r->from) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, give) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_READDATA, t) == CURLE_OK && set_login(t, r) &&
	       set_recipients(t, r, l);
}

static void *mail_start(const struct channel_tools *tools, const void *route,
			const struct letter *l, channel_done_fn *done, void *self,
			char note[static CHANNEL_NOTE])
{
	struct mail_try *t = calloc(1, sizeof *t);

	if (!t)
		goto say_why;
	*t = (struct mail_try){ .done = done, .self = self };
	t->text = mail_draw(l, route);
	if (!t->text)
		goto free_try;
	t->easy = curl_easy_init();
	errno = ENOMEM;
	if (t->easy && describe(t, route, l))
		t->courier =
			courier_start(tools->loop, post_options(tools->post), t->easy, on_done, t);
	if (t->courier)
		return t;
free_try:
	mail_free(t);
say_why:
	snprintf(note, CHANNEL_NOTE, "%s", errno == EINVAL ? "not an address" : strerror(errno));
	return NULL;
}

static void mail_cancel(void *handle)
{
	struct mail_try *t = handle;

	courier_cancel(t->courier);
	mail_free(t);
}

static void mail_target(char text[static CHANNEL_TARGET], const void *route)
{
	channel_target_url(text, ((const struct mail_route *)route)->server);
}

const struct channel channel_mail = {
	.name = "mail",
	.start = mail_start,
	.cancel = mail_cancel,
	.target = mail_target,
};
