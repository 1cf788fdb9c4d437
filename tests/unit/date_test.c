/* SPDX-License-Identifier: Apache-2.0 */
/* date: sentences about years, months and days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/date.h"

#include <time.h>

static void every_day_for_two_centuries_is_what_libc_says(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 73050; day++) {
		const int64_t s = day * 86400 + day % 86400;
		const struct date d = date_of((wall_t){ s * 1000 }, 0);
		time_t t = (time_t)s;
		struct tm tm;

		gmtime_r(&t, &tm);
		assert_int_equal(d.year, tm.tm_year + 1900);
		assert_int_equal(d.month, tm.tm_mon + 1);
		assert_int_equal(d.day, tm.tm_mday);
		assert_int_equal(d.hour, tm.tm_hour);
		assert_int_equal(d.minute, tm.tm_min);
		assert_int_equal(d.second, tm.tm_sec);
		assert_int_equal(d.weekday, tm.tm_wday);
	}
}

static void times_before_and_after_the_calendar_are_drawn_at_its_ends(void **state)
{
	char text[DATE_TEXT];

	(void)state;
	date_draw_iso(text, (wall_t){ INT64_MIN });
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	date_draw_iso(text, (wall_t){ INT64_MAX });
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	assert_int_equal(date_of((wall_t){ INT64_MAX }, DATE_VIETNAM_MIN).year, 9999);
	assert_int_equal(date_of((wall_t){ 0 }, -60).year, 1970);
}

static void programs_read_utc_and_mail_reads_vietnams_time(void **state)
{
	const wall_t t = { INT64_C(1778762520123) };
	char text[DATE_TEXT];

	(void)state;
	date_draw_iso(text, t);
	assert_string_equal(text, "2026-05-14T12:42:00.123Z");
	date_draw_mail(text, t);
	assert_string_equal(text, "Thu, 14 May 2026 19:42:00 +0700");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_for_two_centuries_is_what_libc_says),
		cmocka_unit_test(times_before_and_after_the_calendar_are_drawn_at_its_ends),
		cmocka_unit_test(programs_read_utc_and_mail_reads_vietnams_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
