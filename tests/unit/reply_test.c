/* SPDX-License-Identifier: Apache-2.0 */
/* reply: what people really type when they take a job, and what they type when they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/reply.h"

#include <stdio.h>
#include <string.h>

static void expect(const char *text, enum reply_err want, const char *want_code)
{
	char code[NOTICE_CODE] = "before";
	const enum reply_err err = reply_read(code, text);

	if (err != want || strcmp(code, want == REPLY_OK ? want_code : "before") != 0)
		fail_msg("\"%s\": %s %s, not %s %s", text, reply_err_str(err), code,
			 reply_err_str(want), want_code);
}

static void every_way_to_say_yes_takes_the_job(void **state)
{
	static const char *const texts[] = {
		"OK 7K2",
		"ok 7k2",
		"Ok 7k2.",
		"ok7k2",
		"OK7K2",
		"oK\t7K2 !!!",
		"Oke 7k2",
		"okie 7K2 nhé",
		"okay7k2",
		"nhan 7K2",
		"Nhan7k2",
		"nhận 7K2",
		"NHẬN 7K2",
		"nha\xcc\xa3\xcc\x82n 7K2", /* decomposed: a, dot below, circumflex */
		"nhâ\xcc\xa3n 7K2",         /* and half of it */
		"Em nhận việc 7k2 ạ",
		"đã nhận, 7K2",
		"Ok anh, em nhan 7K2 nhe",
		"7K2 ok",
		"7k2",
		" 7K2. ",
		"OK-7K2",
		"OK: 7K2",
		"\"OK 7K2\"",
		"“OK 7K2”",
		"OK\n7K2",
		"  \n\n ok 7k2 \n",
		"👍 OK 7K2 👍",
		"ＯＫ　７Ｋ２", /* full-width */
		"OK\xc2\xa0"
		"7K2",                /* a blank that does not break */
		"OK\xe2\x80\x8b 7K2", /* a blank without width */
		"\xef\xbb\xbfOK 7K2", /* a byte-order mark */
		"@Mắt Sáng OK 7K2",
		"@Mắt Sáng ok7k2",
		"@[Bot Mat Sang] Ok 7K2",
		"OK 7K2\r\n",
		"ok ok 7k2 7K2",
		"TT-07-03 ok 7K2, toi 19h30 co mat",
		"Co viec gi the? OK 7K2",
		"Chưa rõ. OK 7K2",
		"\xff\xfe OK 7K2", /* bytes that are no UTF-8 */
		"OK 7K2\n\n> Nhắn OK 7K2 để nhận việc\n",
		"OK\n\n> ✕ TT-07-03 MẤT ĐIỆN từ 19:42\n> Nhắn OK 7K2 để nhận việc\n",
		"Ok em.\n\nVào Th 5, 14 thg 5, 2026 vào lúc 19:43 Mắt Sáng <m@x.vn> đã viết:\n"
		"\n> Nhắn OK 7K2\n",
		"ok\nOn Thu, 14 May 2026 Mat Sang <m@x.vn> wrote:\nReply \"OK 7K2\" to take it\n",
		"nhận\n-----Original Message-----\nFrom: Mắt Sáng\nNhắn OK 7K2, điểm 3G5\n",
		"OK\n________________________________\nTừ: Mắt Sáng\nNhắn OK 7K2\n",
		"7k2\n\n> Nhắn OK 7K2\n",
		"Dạ em nhận việc này ạ\n> Nhắn OK 7K2\n",
		"ok anh, em nhận\n> Nhắn OK 7K2\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect(texts[i], REPLY_OK, "7K2");
}

static void whatever_says_nothing_of_the_kind_is_refused_with_a_name(void **state)
{
	static const struct {
		const char *text;
		enum reply_err err;
	} rows[] = {
		{ "", REPLY_NO_WORD },
		{ "   \n", REPLY_NO_WORD },
		{ "alo", REPLY_NO_WORD },
		{ "book 7K2", REPLY_NO_WORD },
		{ "7K2 la diem nao", REPLY_NO_WORD },
		{ "7K2 8M3", REPLY_SEVERAL },
		{ "Viettel: 5GB chi 7K2, soan DK", REPLY_NO_WORD },
		{ "> Nhắn OK 7K2 để nhận việc", REPLY_NO_WORD },
		{ "Tôi đang ở xa\n> Nhắn OK 7K2 để nhận việc", REPLY_NO_WORD },
		{ "OK", REPLY_NO_CODE },
		{ "ok 7", REPLY_NO_CODE },
		{ "OK 7I2", REPLY_NO_CODE },
		{ "OK 7O2", REPLY_NO_CODE },
		{ "OK 772", REPLY_NO_CODE },
		{ "OK K72", REPLY_NO_CODE },
		{ "OK 17K2", REPLY_NO_CODE },
		{ "OK 7K22", REPLY_NO_CODE },
		{ "OKA7K2", REPLY_NO_WORD },
		{ "OK\n> điểm 7K2 mất điện", REPLY_NO_CODE },
		{ "OK 7K2 8M3", REPLY_SEVERAL },
		{ "ok 7k2, ok 8m3", REPLY_SEVERAL },
		{ "OK\n> Nhắn OK 7K2\n> Nhắn OK 8M3", REPLY_SEVERAL },
		{ "không nhận 7K2", REPLY_UNCLEAR },
		{ "Khong nhan duoc 7K2", REPLY_NO_WORD },
		{ "ok 7K2, nhưng tôi không đi được", REPLY_UNCLEAR },
		{ "OK 7K2. Mai được không?", REPLY_UNCLEAR },
		{ "Đã nhận được tin, tối nay tôi không đi được.\n> Nhắn OK 7K2", REPLY_NO_WORD },
		{ "Đã nhận tin. Ai đi thay tôi nhé\n> Nhắn OK 7K2", REPLY_NO_WORD },
		{ "OK. Tôi bận, không đi được\n> Nhắn OK 7K2", REPLY_UNCLEAR },
		{ "Ok để anh Bình đi\n> Nhắn OK 7K2", REPLY_UNCLEAR },
		{ "k ok 7K2", REPLY_UNCLEAR },
		{ "chưa OK 7K2", REPLY_UNCLEAR },
		{ "7K2 ok chua", REPLY_UNCLEAR },
		{ "OK 7K2?", REPLY_UNCLEAR },
		{ "7K2?", REPLY_UNCLEAR },
		{ "not ok 7K2", REPLY_UNCLEAR },
		{ "không OK\n> Nhắn OK 7K2", REPLY_UNCLEAR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect(rows[i].text, rows[i].err, "");
}

static void only_the_head_of_an_endless_text_counts(void **state)
{
	char text[8192];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "OK 7K2 ", 7);
	memcpy(text + 8000, " 8M3 ", 5);
	expect(text, REPLY_OK, "7K2");
}

static void a_telephone_is_known_however_it_is_written(void **state)
{
	static const char *const one[] = { "+84900000123",    "84900000123",  "0084900000123",
					   "0900000123",      "0900 000 123", "0900.000.123",
					   "+84 900-000-123", "(0900) 000123" };
	static const char *const others[] = {
		"0900000124", "900000123", "+1900000123",
		"",           "Viettel",   "0900000123x",
		"+",          "00",        "123456789012345678901234567890",
	};

	(void)state;
	for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
		assert_true(reply_number_same(one[0], one[i]));
		for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
			assert_false(reply_number_same(one[i], others[k]));
	}
	assert_true(reply_number_same("Viettel", "Viettel"));
	assert_true(reply_number_same("195", "195"));
	assert_false(reply_number_same("Viettel", "viettel"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_say_yes_takes_the_job),
		cmocka_unit_test(whatever_says_nothing_of_the_kind_is_refused_with_a_name),
		cmocka_unit_test(only_the_head_of_an_endless_text_counts),
		cmocka_unit_test(a_telephone_is_known_however_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
