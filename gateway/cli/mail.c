/* SPDX-License-Identifier: Apache-2.0 */
/* mail: one mail as it came, down to who wrote what; GMime does the reading. */
#include "gateway/cli/mail.h"

#include <assert.h>
#include <gmime/gmime.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[] = {
	[MAIL_OK] = "ok",
	[MAIL_AUTOMATIC] = "written by a program",
	[MAIL_NO_SENDER] = "it says no sender",
	[MAIL_NO_TEXT] = "it has no plain text",
};
static_assert(COUNT(names) == MAIL_ERRS, "name every refusal");

const char *mail_err_str(enum mail_err e)
{
	const size_t i = (size_t)e;

	return i < COUNT(names) ? names[i] : "?";
}

static void copy(char *out, size_t size, const char *text)
{
	size_t n = strlen(text);

	if (n >= size)
		for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(out, text, n);
	out[n] = '\0';
}

/* RFC 3834: nobody is there who could take a job. */
static bool is_automatic(GMimeMessage *m, const char *from)
{
	const char *automatic = g_mime_object_get_header(GMIME_OBJECT(m), "Auto-Submitted");
	const char *precedence = g_mime_object_get_header(GMIME_OBJECT(m), "Precedence");

	return (automatic && strncasecmp(automatic, "no", 2) != 0) ||
	       (precedence &&
		(strcasecmp(precedence, "bulk") == 0 || strcasecmp(precedence, "junk") == 0 ||
		 strcasecmp(precedence, "list") == 0)) ||
	       strncasecmp(from, "mailer-daemon@", 14) == 0;
}

static const char *sender(GMimeMessage *m)
{
	InternetAddressList *list = g_mime_message_get_from(m);
	InternetAddress *first = list && internet_address_list_length(list) > 0
					 ? internet_address_list_get_address(list, 0)
					 : NULL;

	if (!first || !INTERNET_ADDRESS_IS_MAILBOX(first))
		return NULL;
	return internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first));
}

static bool is_text(GMimeObject *part)
{
	GMimeContentDisposition *d = g_mime_object_get_content_disposition(part);

	return GMIME_IS_TEXT_PART(part) &&
	       g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "plain") &&
	       !(d && g_mime_content_disposition_is_attachment(d));
}

/* False when no part is. */
static bool take_text(char out[static MAIL_TEXT], GMimeMessage *m)
{
	GMimePartIter *parts = g_mime_part_iter_new(GMIME_OBJECT(m));
	bool found = false;

	while (!found && g_mime_part_iter_is_valid(parts)) {
		GMimeObject *part = g_mime_part_iter_get_current(parts);

		if (is_text(part)) {
			char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));

			found = text != NULL;
			if (text)
				copy(out, MAIL_TEXT, text);
			g_free(text);
		}
		if (!g_mime_part_iter_next(parts))
			break;
	}
	g_mime_part_iter_free(parts);
	return found;
}

static enum mail_err take(struct mail *out, GMimeMessage *m)
{
	const char *from = sender(m), *subject = g_mime_message_get_subject(m);

	if (!from || !from[0] || strlen(from) >= MAIL_FROM)
		return MAIL_NO_SENDER;
	if (is_automatic(m, from))
		return MAIL_AUTOMATIC;
	copy(out->from, sizeof out->from, from);
	if (!take_text(out->text, m))
		return MAIL_NO_TEXT;
	if (out->text[strspn(out->text, " \t\r\n")] == '\0')
		copy(out->text, sizeof out->text, subject ? subject : "");
	return MAIL_OK;
}

enum mail_err mail_read(struct mail *out, const char *bytes, size_t len)
{
	enum mail_err err = MAIL_NO_SENDER;
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *m;

	g_mime_init(); /* never shut down: it does not come up twice */
	stream = g_mime_stream_mem_new_with_buffer(bytes, len);
	parser = g_mime_parser_new_with_stream(stream);
	m = g_mime_parser_construct_message(parser, NULL);
	if (m) {
		err = take(out, m);
		g_object_unref(m);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return err;
}
