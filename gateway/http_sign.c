/* SPDX-License-Identifier: Apache-2.0 */
/* http_sign: signing in and out; who asked for a change. */
#include "gateway/http_parts.h"

#include "mesh/log.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Where a request comes from, for patience with those who guess: an IPv4 address, or the /64 of an
 * IPv6 one, since a house has as many of the rest as it likes. */
static bool loopback(const struct sockaddr *a)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	if (a->sa_family == AF_INET) {
		memcpy(&four, a, sizeof four);
		return ntohl(four.sin_addr.s_addr) >> 24 == 127;
	}
	if (a->sa_family != AF_INET6)
		return false;
	memcpy(&six, a, sizeof six);
	return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

/* The last address of the list: the one that the nearest server saw. */
static bool forwarded(char text[static HTTP_SOURCE_TEXT], const char *list)
{
	const char *last = list ? strrchr(list, ',') : NULL;
	size_t n;

	last = last ? last + 1 : list;
	if (!last)
		return false;
	last += strspn(last, " ");
	n = strspn(last, "0123456789abcdefABCDEF.:");
	if (n == 0 || n >= HTTP_SOURCE_TEXT)
		return false;
	memcpy(text, last, n);
	text[n] = '\0';
	return true;
}

static void source_draw(char text[static HTTP_SOURCE_TEXT], const struct http_request *q)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_in6 six;
	const struct sockaddr *a = info ? info->client_addr : NULL;
	socklen_t len = sizeof(struct sockaddr_in);

	snprintf(text, HTTP_SOURCE_TEXT, "?");
	if (!a)
		return;
	/* Our own web server in front speaks for who stands behind it; nobody else is believed. */
	if (loopback(a) && forwarded(text, request_header(q, "X-Forwarded-For")))
		return;
	if (a->sa_family == AF_INET6) {
		memcpy(&six, a, sizeof six);
		if (!IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
			memset(&six.sin6_addr.s6_addr[8], 0, 8);
		a = (const struct sockaddr *)&six;
		len = sizeof six;
	} else if (a->sa_family != AF_INET) {
		return;
	}
	getnameinfo(a, len, text, HTTP_SOURCE_TEXT, NULL, 0, NI_NUMERICHOST);
}

/* scheme://host[:port] of a URL, without what follows. */
static bool origin_is(const char *origin, const char *scheme, const char *host)
{
	const size_t n = strlen(scheme);

	return strncmp(origin, scheme, n) == 0 && strcmp(origin + n, host) == 0;
}

static bool origin_of_url(const char *origin, const char *url)
{
	const char *host = strstr(url, "://");
	size_t n;

	if (!host)
		return false;
	n = (size_t)(host + 3 - url) + strcspn(host + 3, "/");
	return strlen(origin) == n && strncmp(origin, url, n) == 0;
}

bool http_same_origin(const struct http_request *q)
{
	const char *origin = request_header(q, "Origin");
	const char *host = request_header(q, "Host");
	const char *site = request_header(q, "Sec-Fetch-Site");

	if (origin)
		return origin_of_url(origin, q->face->http->options.url) ||
		       (host && (origin_is(origin, "http://", host) ||
				 origin_is(origin, "https://", host)));
	return !site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

struct form {
	char name[64];
	char password[LOGIN_PASSWORD_MAX + 1];
	bool bad;
};

static enum MHD_Result form_field(void *self, enum MHD_ValueKind kind, const char *key,
				  const char *filename, const char *type, const char *encoding,
				  const char *data, uint64_t off, size_t len)
{
	struct form *f = self;
	const bool is_name = strcmp(key, "name") == 0;
	const size_t size = is_name ? sizeof f->name : sizeof f->password;

	(void)kind;
	(void)filename;
	(void)type;
	(void)encoding;
	if (!is_name && strcmp(key, "password") != 0)
		return MHD_YES;
	if (off >= size || len >= size - off || memchr(data, '\0', len)) {
		f->bad = true;
		return MHD_NO;
	}
	memcpy((is_name ? f->name : f->password) + off, data, len);
	return MHD_YES;
}

static bool form_read(struct form *f, struct http_request *q)
{
	struct MHD_PostProcessor *pp =
		q->len ? MHD_create_post_processor(q->connection, 1024, form_field, f) : NULL;

	if (!pp)
		return false;
	MHD_post_process(pp, q->body, q->len);
	return MHD_destroy_post_processor(pp) == MHD_YES && !f->bad;
}

static bool wants_json(const struct http_request *q)
{
	const char *accept = request_header(q, "Accept");

	return accept && strstr(accept, "application/json");
}

/* A program gets JSON; a browser's form gets the sign-in page again, which says why. */
static enum MHD_Result sign_in_refused(struct http_request *q, enum login_answer answer,
				       int64_t wait_ms)
{
	cJSON *json;

	if (!wants_json(q))
		return reply_redirect(q, answer == LOGIN_WAIT ? "/login#wait" : "/login#wrong",
				      NULL);
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "refused", login_answer_str(answer));
	cJSON_AddStringToObject(json, "error",
				answer == LOGIN_WAIT ? "too many attempts: wait"
						     : "wrong name or password");
	cJSON_AddNumberToObject(json, "wait_ms", (double)wait_ms);
	return reply_json(q, answer == LOGIN_WAIT ? 429 : 401, json);
}

/* Names come from anywhere: what could deceive the reader of a log is not printed. */
static void harmless(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static enum MHD_Result sign_in_begin(struct http_request *q, size_t user)
{
	struct http *h = q->face->http;
	uint8_t id[LOGIN_ID_LEN];
	char text[LOGIN_ID_TEXT], cookie[160];

	randombytes_buf(id, sizeof id);
	if (q->cookie)
		login_end(&h->login, q->cookie);
	login_begin(&h->login, user, id, q->now, text);
	snprintf(cookie, sizeof cookie, "matsang=%s; Path=/; HttpOnly; SameSite=Strict%s", text,
		 strncmp(h->options.url, "https:", 6) == 0 ? "; Secure" : "");
	return reply_redirect(q, "/", cookie);
}

enum MHD_Result http_sign_in(struct http_request *q)
{
	struct http *h = q->face->http;
	char source[HTTP_SOURCE_TEXT];
	struct form form = { .bad = false };
	enum login_answer answer;
	int64_t wait_ms;
	size_t user;

	if (!http_same_origin(q))
		return reply_refuse(q, HTTP_ORIGIN);
	if (!form_read(&form, q))
		return reply_refuse(q, HTTP_BAD);
	source_draw(source, q);
	answer = login_try(&h->login, form.name, form.password, source, q->now, &user, &wait_ms);
	sodium_memzero(form.password, sizeof form.password);
	sodium_memzero(q->body, q->len);
	harmless(form.name);
	if (answer != LOGIN_WAIT)
		log_info("sign-in of %s from %s: %s", form.name, source, login_answer_str(answer));
	return answer == LOGIN_OK ? sign_in_begin(q, user) : sign_in_refused(q, answer, wait_ms);
}

enum MHD_Result http_sign_out(struct http_request *q)
{
	if (q->cookie)
		login_end(&q->face->http->login, q->cookie);
	return reply_redirect(q, "/login",
			      "matsang=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
}
