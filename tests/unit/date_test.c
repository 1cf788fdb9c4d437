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

static void a_date_leads_back_to_its_moment(void **state)
{
	struct date d;
	wall_t t;

	(void)state;
	for (int64_t ms = 123; ms < INT64_C(7000000000000); ms += INT64_C(41234567)) {
		d = date_of((wall_t){ ms }, DATE_VIETNAM_MIN);
		assert_true(date_wall(&t, &d, DATE_VIETNAM_MIN));
		assert_true(t.ms == ms);
	}
	d = (struct date){ .year = 2026, .month = 12, .day = 31, .hour = 24 };
	assert_true(date_wall(&t, &d, 0));
	d = date_of(t, 0);
	assert_int_equal(d.year, 2027);
	assert_int_equal(d.day, 1);
	assert_int_equal(d.hour, 0);
}

static void days_that_never_were_have_no_moment(void **state)
{
	static const struct date never[] = {
		{ .year = 2026, .month = 2, .day = 29 },
		{ .year = 2100, .month = 2, .day = 29 },
		{ .year = 2026, .month = 13, .day = 1 },
		{ .year = 2026, .month = 0, .day = 1 },
		{ .year = 2026, .month = 4, .day = 31 },
		{ .year = 2026, .month = 4, .day = 0 },
		{ .year = 1969, .month = 12, .day = 31 },
		{ .year = 10000, .month = 1, .day = 1 },
		{ .year = 2026, .month = 1, .day = 1, .hour = 25 },
		{ .year = 2026, .month = 1, .day = 1, .hour = 24, .minute = 1 },
		{ .year = 2026, .month = 1, .day = 1, .minute = 60 },
		{ .year = 1970, .month = 1, .day = 1 }, /* in Vietnam */
	};
	struct date leap = { .year = 2028, .month = 2, .day = 29 };
	wall_t t = { 7 };

	(void)state;
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		assert_false(date_wall(&t, &never[i], DATE_VIETNAM_MIN));
		assert_int_equal(t.ms, 7);
	}
	assert_true(date_wall(&t, &leap, DATE_VIETNAM_MIN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_for_two_centuries_is_what_libc_says),
		cmocka_unit_test(times_before_and_after_the_calendar_are_drawn_at_its_ends),
		cmocka_unit_test(a_date_leads_back_to_its_moment),
		cmocka_unit_test(days_that_never_were_have_no_moment),
		cmocka_unit_test(programs_read_utc_and_mail_reads_vietnams_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
