/* SPDX-License-Identifier: Apache-2.0 */
/* channel_mail: what a mail looks like before it leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct roster roster = { .commune = "Thiện Tân" };
static const struct incident incident = { .id = 42, .from = { INT64_C(1778762520000) } };
static struct message message;

static char *draw(const char *from, const char *to, const char *key)
{
	const char *const list[] = { "canbo@example.org", to };
	const struct mail_route r = { .server = "smtp://127.0.0.1:2525",
				      .from = from,
				      .user = "",
				      .password = "",
				      .to = list,
				      .n_to = 2 };
	const struct letter l = { .key = key,
				  .to = "mail0",
				  .incident = &incident,
				  .roster = &roster,
				  .message = &message,
				  .page_url = "http://localhost:8080",
				  .now = { INT64_C(1778762580000) } };

	return mail_draw(&l, &r);
}

static void set_message(const char *subject, const char *text)
{
	snprintf(message.subject, sizeof message.subject, "%s", subject);
	snprintf(message.text, sizeof message.text, "%s", text);
}

/* The value of a header with its folded lines, without its name. */
static void header(char out[static 1024], const char *mail, const char *name)
{
	const char *at = strstr(mail, name), *end = at;
	size_t len;

	assert_non_null(at);
	do {
		end = strstr(end + 1, "\r\n");
	} while (end && end[2] == ' ');
	assert_non_null(end);
	len = (size_t)(end - at) - strlen(name);
	assert_true(len < 1024);
	memcpy(out, at + strlen(name), len);
	out[len] = '\0';
}

static size_t decode(char *out, size_t size, const char *base64, size_t len)
{
	size_t n = 0;

	assert_int_equal(sodium_base642bin((unsigned char *)out, size - 1, base64, len, "\r\n", &n,
					   NULL, sodium_base64_VARIANT_ORIGINAL),
			 0);
	out[n] = '\0';
	return n;
}

/* RFC 2047 read back, with each rule checked on the way. */
static void read_subject(char out[static 1024], const char *mail)
{
	char text[1024];
	char *word, *save = NULL;

	header(text, mail, "\r\nSubject: ");
	out[0] = '\0';
	for (word = strtok_r(text, "\r\n ", &save); word; word = strtok_r(NULL, "\r\n ", &save)) {
		size_t len = strlen(word), used = strlen(out);

		assert_true(len <= 75);
		assert_memory_equal(word, "=?UTF-8?B?", 10);
		assert_string_equal(word + len - 2, "?=");
		decode(out + used, 1024 - used, word + 10, len - 12);
		assert_true(((unsigned char)out[used] & 0xc0) !=
			    0x80); /* a whole character begins */
	}
}

static void a_vietnamese_subject_survives_the_way(void **state)
{
	static const char subject[] =
		"✕ Thôn Quyết Thắng NGHI MẤT ĐIỆN từ 19:42: 9/11 điểm, và còn nữa cho đủ dài";
	char got[1024], *mail;

	(void)state;
	set_message(subject, "x");
	mail = draw("matsang@example.org", "kythuat@example.org", "42-firing-mail0");
	read_subject(got, mail);
	assert_string_equal(got, subject);
	free(mail);
}

static void every_header_a_mailbox_wants_is_there(void **state)
{
	char got[1024], *mail;

	(void)state;
	set_message("s", "x");
	mail = draw("matsang@example.org", "kythuat@example.org", "42-firing-mail0");
	assert_non_null(strstr(mail, "Date: Thu, 14 May 2026 19:43:00 +0700\r\n"));
	header(got, mail, "\r\nFrom: ");
	assert_non_null(strstr(got, " <matsang@example.org>"));
	header(got, mail, "\r\nTo: ");
	assert_string_equal(got, "canbo@example.org,\r\n kythuat@example.org");
	header(got, mail, "\r\nMessage-ID: ");
	assert_string_equal(got, "<42-firing-mail0.1778762520000@example.org>");
	header(got, mail, "\r\nContent-Type: ");
	assert_string_equal(got, "text/plain; charset=utf-8");
	header(got, mail, "\r\nAuto-Submitted: ");
	assert_string_equal(got, "auto-generated");
	free(mail);
}

static void the_text_is_the_message_with_the_pages_address(void **state)
{
	char got[4096];
	char *mail;
	const char *body;

	(void)state;
	set_message("✕ TT-07-03", "Từ 19:42.\nViệc cần làm: gọi hộ.");
	mail = draw("matsang@example.org", "kythuat@example.org", "k");
	body = strstr(mail, "\r\n\r\n") + 4;
	decode(got, sizeof got, body, strlen(body));
	assert_string_equal(got, "✕ TT-07-03\r\n\r\nTừ 19:42.\r\nViệc cần làm: gọi hộ.\r\n\r\n"
				 "http://localhost:8080\r\n");
	free(mail);
}

static void no_line_is_longer_than_a_mail_server_takes(void **state)
{
	char *mail;

	(void)state;
	memset(message.subject, 'a', sizeof message.subject - 1);
	memset(message.text, 'b', sizeof message.text - 1);
	mail = draw("matsang@example.org", "kythuat@example.org", "k");
	for (const char *line = mail, *end; (end = strstr(line, "\r\n")); line = end + 2)
		assert_true(end - line <= 78);
	for (const char *c = mail; *c; c++)
		assert_true((unsigned char)*c < 0x80 && (*c != '\n' || c[-1] == '\r'));
	free(mail);
}

static void nothing_can_begin_a_header_of_its_own(void **state)
{
	static const char *const bad[] = {
		"a@b\r\nBcc: c@d", "a@b\nX: y", "a@b> SIZE=1", "",
		"a b@c",           "a@b,c@d",   "\"a\"@b",     "ắ@b",
	};
	char *mail;

	(void)state;
	set_message("tên\r\nBcc: kẻ.gian@example.org", "x");
	mail = draw("matsang@example.org", "kythuat@example.org", "42\r\nBcc: x@y");
	assert_null(strstr(mail, "\nBcc"));
	free(mail);
	for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
		assert_null(draw(bad[k], "kythuat@example.org", "k"));
		assert_int_equal(errno, EINVAL);
		assert_null(draw("matsang@example.org", bad[k], "k"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vietnamese_subject_survives_the_way),
		cmocka_unit_test(every_header_a_mailbox_wants_is_there),
		cmocka_unit_test(the_text_is_the_message_with_the_pages_address),
		cmocka_unit_test(no_line_is_longer_than_a_mail_server_takes),
		cmocka_unit_test(nothing_can_begin_a_header_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
