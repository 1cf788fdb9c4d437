/* SPDX-License-Identifier: Apache-2.0 */
/* mail: answers as mail programs write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/cli/mail.h"

#include <stdio.h>
#include <string.h>

#define FROM "From: =?UTF-8?B?QW5oIELDrG5o?= <binh@example.vn>\r\nTo: matsang@xa.vn\r\n"

static void reads(const char *bytes, const char *from, const char *text)
{
	struct mail m;

	assert_int_equal(mail_read(&m, bytes, strlen(bytes)), MAIL_OK);
	assert_string_equal(m.from, from);
	assert_string_equal(m.text, text);
}

static void the_text_is_found_however_it_is_wrapped(void **state)
{
	(void)state;
	reads(FROM "\r\nOK 7K2\r\n", "binh@example.vn", "OK 7K2\r\n");
	reads(FROM "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\nTmjhuq1uIDdLMg==\r\n",
	      "binh@example.vn", "Nhận 7K2");
	reads(FROM "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		   "Content-Transfer-Encoding: quoted-printable\r\n\r\nNh=E1=BA=ADn 7K2=20\r\n",
	      "binh@example.vn", "Nhận 7K2 \r\n");
	reads(FROM "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=windows-1258\r\n"
		   "Content-Transfer-Encoding: quoted-printable\r\n\r\nnh=E2=F2n 7K2",
	      "binh@example.vn", "nhận 7K2");
}

static void of_several_parts_the_first_plain_one_counts(void **state)
{
	(void)state;
	reads(FROM
	      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"a\"\r\n\r\n"
	      "--a\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n"
	      "--b\r\nContent-Type: text/html\r\n\r\n<b>no</b>\r\n"
	      "--b\r\nContent-Type: text/plain\r\n\r\nOK 7K2\r\n--b--\r\n"
	      "--a\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nOK 8M3\r\n"
	      "--a--\r\n",
	      "binh@example.vn", "OK 7K2");
	reads(FROM
	      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"a\"\r\n\r\n"
	      "--a\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nno\r\n"
	      "--a\r\nContent-Type: text/plain\r\n\r\nOK 7K2\r\n--a--\r\n",
	      "binh@example.vn", "OK 7K2");
}

static void a_blank_text_leaves_the_subject(void **state)
{
	(void)state;
	reads(FROM "Subject: =?UTF-8?Q?Nh=E1=BA=ADn_7K2?=\r\n\r\n \r\n\r\n", "binh@example.vn",
	      "Nhận 7K2");
}

static void what_no_person_wrote_or_nobody_can_read_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		enum mail_err err;
	} rows[] = {
		{ FROM "Auto-Submitted: auto-replied\r\n\r\nOK 7K2", MAIL_AUTOMATIC },
		{ FROM "Precedence: bulk\r\n\r\nOK 7K2", MAIL_AUTOMATIC },
		{ "From: MAILER-DAEMON@xa.vn\r\n\r\nOK 7K2", MAIL_AUTOMATIC },
		{ "To: a@b.vn\r\n\r\nOK 7K2", MAIL_NO_SENDER },
		{ "From: \r\n\r\nOK 7K2", MAIL_NO_SENDER },
		{ "OK 7K2", MAIL_NO_SENDER },
		{ "", MAIL_NO_SENDER },
		{ FROM "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>OK 7K2",
		  MAIL_NO_TEXT },
	};
	struct mail m;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(mail_read(&m, rows[i].bytes, strlen(rows[i].bytes)), rows[i].err);
	assert_int_equal(mail_read(&m, FROM "Auto-Submitted: no\r\n\r\nOK",
				   strlen(FROM "Auto-Submitted: no\r\n\r\nOK")),
			 MAIL_OK);
}

static void a_long_text_is_cut_at_a_whole_character(void **state)
{
	static char bytes[8192];
	struct mail m;
	size_t n = (size_t)snprintf(bytes, sizeof bytes,
				    FROM "Content-Type: text/plain; charset=utf-8\r\n\r\n");

	(void)state;
	while (n + 4 < sizeof bytes)
		n += (size_t)snprintf(bytes + n, sizeof bytes - n, "%s", "ậ");
	assert_int_equal(mail_read(&m, bytes, n), MAIL_OK);
	assert_int_equal(strlen(m.text), (MAIL_TEXT - 1) / 3 * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_found_however_it_is_wrapped),
		cmocka_unit_test(of_several_parts_the_first_plain_one_counts),
		cmocka_unit_test(a_blank_text_leaves_the_subject),
		cmocka_unit_test(what_no_person_wrote_or_nobody_can_read_is_refused),
		cmocka_unit_test(a_long_text_is_cut_at_a_whole_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
