/* SPDX-License-Identifier: Apache-2.0 */
/* window: planned times as people in Vietnam mean them, against a minute-by-minute reckoning. */
#include "gateway/window.h"

#include "gateway/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define DAY (1440 * MINUTE)

enum { SUN = 1, MON = 2, TUE = 4, WED = 8, THU = 16, FRI = 32, SAT = 64 };

static const struct roster_hamlet hamlets[] = { { "A5", "Ấp 5" }, { "A6", "Ấp 6" } };
static const struct roster_point points[] = {
	{ .code = "P-1", .hamlet = "A5", .transformer = "T5-1" },
	{ .code = "P-2", .hamlet = "A5", .transformer = "T5-2" },
	{ .code = "P-3", .hamlet = "A6", .transformer = "" },
};
static const struct roster roster = {
	.commune = "Thiện Tân", .hamlets = hamlets, .n_hamlets = 2, .points = points, .n_points = 3
};

/* "2026-11-28 22:00" in Vietnam. */
static wall_t vn(const char *text)
{
	struct date d = { 0 };
	wall_t t;

	assert_int_equal(
		sscanf(text, "%u-%u-%u %u:%u", &d.year, &d.month, &d.day, &d.hour, &d.minute), 5);
	assert_true(date_wall(&t, &d, DATE_VIETNAM_MIN));
	return t;
}

static struct window once(const char *from, const char *until)
{
	return (struct window){ .from = vn(from), .until = vn(until) };
}

static struct window daily(const char *from, const char *until)
{
	struct window w = once(from, until);

	w.repeat = WINDOW_DAILY;
	return w;
}

static struct window weekly(const char *from, const char *until, unsigned days)
{
	struct window w = once(from, until);

	w.repeat = WINDOW_WEEKLY;
	w.days = (uint8_t)days;
	return w;
}

static bool holds(const struct window *w, const char *t)
{
	wall_t from, until;

	assert_true(window_ok(w));
	return window_at(w, vn(t), &from, &until);
}

static void assert_at(const struct window *w, const char *t, const char *from, const char *until)
{
	wall_t f = { 0 }, u = { 0 };

	assert_true(window_ok(w));
	assert_true(window_at(w, vn(t), &f, &u));
	assert_true(f.ms == vn(from).ms);
	assert_true(u.ms == (until ? vn(until).ms : INT64_MAX));
}

static void assert_next(const struct window *w, const char *t, const char *next)
{
	assert_true(window_next(w, vn(t)).ms == (next ? vn(next).ms : INT64_MAX));
}

static void once_is_from_its_first_moment_to_before_its_last(void **state)
{
	const struct window w = once("2026-11-28 22:00", "2026-11-30 05:00");

	(void)state;
	assert_false(holds(&w, "2026-11-28 21:59"));
	assert_at(&w, "2026-11-28 22:00", "2026-11-28 22:00", "2026-11-30 05:00");
	assert_at(&w, "2026-11-30 04:59", "2026-11-28 22:00", "2026-11-30 05:00");
	assert_false(holds(&w, "2026-11-30 05:00"));
	assert_next(&w, "2026-11-01 00:00", "2026-11-28 22:00");
	assert_next(&w, "2026-11-28 22:00", "2026-11-30 05:00");
	assert_next(&w, "2026-11-30 05:00", NULL);
}

static void two_minutes_around_midnight_come_every_night(void **state)
{
	struct window w = daily("2026-12-31 23:59", "2027-01-01 00:01");

	(void)state;
	assert_at(&w, "2027-01-01 00:00", "2026-12-31 23:59", "2027-01-01 00:01");
	assert_false(holds(&w, "2027-01-01 00:01"));
	assert_false(holds(&w, "2027-01-01 23:58"));
	assert_at(&w, "2028-02-29 00:00", "2028-02-28 23:59", "2028-02-29 00:01");
	assert_at(&w, "2028-03-01 00:00", "2028-02-29 23:59", "2028-03-01 00:01");
	assert_next(&w, "2027-01-01 00:01", "2027-01-01 23:59");
	w.last = vn("2027-01-02 00:00");
	assert_at(&w, "2027-01-02 00:00", "2027-01-01 23:59", "2027-01-02 00:01");
	assert_false(holds(&w, "2027-01-03 00:00"));
	assert_next(&w, "2027-01-02 00:01", NULL);
}

static void a_week_turns_from_saturday_to_sunday_to_monday_in_vietnam(void **state)
{
	/* 2026-11-29 is a Sunday; six in the morning in Vietnam is still Saturday in UTC. */
	struct window w = weekly("2026-11-27 06:00", "2026-11-27 06:30", SUN | MON);
	struct window night = weekly("2026-11-28 22:00", "2026-11-29 02:00", SUN);

	(void)state;
	assert_false(holds(&w, "2026-11-27 06:00")); /* a Friday */
	assert_false(holds(&w, "2026-11-28 06:10"));
	assert_at(&w, "2026-11-29 06:10", "2026-11-29 06:00", "2026-11-29 06:30");
	assert_at(&w, "2026-11-30 06:10", "2026-11-30 06:00", "2026-11-30 06:30");
	assert_false(holds(&w, "2026-12-01 06:10"));
	assert_next(&w, "2026-11-20 00:00", "2026-11-29 06:00");
	assert_next(&w, "2026-11-30 06:30", "2026-12-06 06:00");
	/* It began on Sunday, so Monday's first hours are its. */
	assert_false(holds(&night, "2026-11-29 01:00"));
	assert_at(&night, "2026-11-30 01:59", "2026-11-29 22:00", "2026-11-30 02:00");
	assert_false(holds(&night, "2026-11-30 22:00"));
	w.last = vn("2026-11-29 06:00");
	assert_true(holds(&w, "2026-11-29 06:10"));
	assert_next(&w, "2026-11-29 06:30", NULL);
}

static void whole_days_side_by_side_are_one(void **state)
{
	struct window w = weekly("2026-11-25 00:00", "2026-11-26 00:00", SAT | SUN);
	struct window all = daily("2026-11-25 12:00", "2026-11-26 12:00");

	(void)state;
	assert_at(&w, "2026-11-28 00:00", "2026-11-28 00:00", "2026-11-30 00:00");
	assert_at(&w, "2026-11-29 23:59", "2026-11-28 00:00", "2026-11-30 00:00");
	assert_next(&w, "2026-11-28 05:00", "2026-11-30 00:00");
	assert_next(&w, "2026-11-30 00:00", "2026-12-05 00:00");
	assert_at(&all, "2030-01-01 00:00", "2026-11-25 12:00", NULL);
	assert_next(&all, "2030-01-01 00:00", NULL);
	all.last = vn("2026-11-27 13:00");
	assert_at(&all, "2026-11-26 11:00", "2026-11-25 12:00", "2026-11-28 12:00");
	assert_false(holds(&all, "2026-11-28 12:00"));
	all.repeat = WINDOW_WEEKLY;
	all.days = WINDOW_EVERY_DAY;
	assert_at(&all, "2026-11-26 11:00", "2026-11-25 12:00", "2026-11-28 12:00");
}

/* Slow and plain: is any beginning at most its length before t? */
static bool plainly(const struct window *w, wall_t t)
{
	for (int64_t b = w->from.ms; b <= t.ms; b += DAY) {
		const unsigned day = date_of((wall_t){ b }, DATE_VIETNAM_MIN).weekday;

		if (w->repeat == WINDOW_ONCE && b != w->from.ms)
			break;
		if (w->last.ms && b > w->last.ms)
			break;
		if (w->repeat == WINDOW_WEEKLY && !(w->days >> day & 1))
			continue;
		if (t.ms < b + w->until.ms - w->from.ms)
			return true;
	}
	return false;
}

static void it_is_what_counting_minute_by_minute_says(void **state)
{
	const wall_t start = vn("2028-02-25 00:00"); /* a leap year */
	uint64_t x = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct window w = { 0 };
		bool was;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		w.repeat = (enum window_repeat)(x % 3);
		w.from.ms = start.ms + (int64_t)(x >> 8 & 1023) * 5 * MINUTE;
		w.until.ms = w.from.ms + (int64_t)(1 + (x >> 20 & 255) % 144) * 10 * MINUTE;
		if (w.repeat == WINDOW_WEEKLY)
			w.days = (uint8_t)(1 + (x >> 32 & 127) % 127);
		if (w.repeat != WINDOW_ONCE && (x >> 40 & 1))
			w.last.ms = w.from.ms + (int64_t)(x >> 44 & 7) * DAY;
		if (!window_ok(&w)) {
			assert_int_equal(w.repeat, WINDOW_WEEKLY);
			continue;
		}
		was = false;
		for (wall_t t = { start.ms - 10 * MINUTE }; t.ms < start.ms + 14 * DAY;
		     t.ms += 5 * MINUTE) {
			const wall_t before = { t.ms - 5 * MINUTE };
			const bool is = plainly(&w, t);
			wall_t from, until;

			assert_int_equal(window_at(&w, t, &from, &until), is);
			if (is)
				assert_true(from.ms <= t.ms && t.ms < until.ms);
			if (is != was)
				assert_true(window_next(&w, before).ms == t.ms);
			else
				assert_true(window_next(&w, before).ms > t.ms);
			was = is;
		}
	}
}

static void it_concerns_whom_it_names(void **state)
{
	struct window w = once("2026-11-28 22:00", "2026-11-30 05:00");

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(window_concerns(&w, &roster, i));
	w.target = WINDOW_HAMLET;
	strcpy(w.what, "A5");
	assert_true(window_concerns(&w, &roster, 1));
	assert_false(window_concerns(&w, &roster, 2));
	w.target = WINDOW_TRANSFORMER;
	strcpy(w.what, "T5-2");
	assert_false(window_concerns(&w, &roster, 0));
	assert_true(window_concerns(&w, &roster, 1));
	assert_false(window_concerns(&w, &roster, 2));
	w.target = WINDOW_POINT;
	strcpy(w.what, "P-3");
	assert_false(window_concerns(&w, &roster, 1));
	assert_true(window_concerns(&w, &roster, 2));
}

static void what_makes_no_sense_is_no_window(void **state)
{
	const struct window good = weekly("2026-11-28 22:00", "2026-11-29 05:00", SAT);
	struct window w;

	(void)state;
	assert_true(window_ok(&good));
#define refuse(change)                       \
	do {                                 \
		w = good;                    \
		change;                      \
		assert_false(window_ok(&w)); \
	} while (0)
	refuse(w.until = w.from);
	refuse(w.until.ms = w.from.ms - 1);
	refuse(w.until.ms = w.from.ms + DAY + 1);
	refuse(w.from.ms = -1);
	refuse(w.days = 0);
	refuse(w.days = 0x80);
	refuse(w.repeat = WINDOW_DAILY);
	refuse(w.repeat = WINDOW_REPEATS);
	refuse(w.kind = WINDOW_KINDS);
	refuse(w.target = WINDOW_TARGETS);
	refuse(w.target = WINDOW_POINT);
	refuse(strcpy(w.what, "A5"));
	refuse(memset(w.what, 'x', sizeof w.what));
	refuse(memset(w.reason, 'x', sizeof w.reason));
	refuse(w.last.ms = w.from.ms - 1);
	refuse(w.last.ms = INT64_MAX);
	refuse(w.from.ms = INT64_MIN);
	refuse(w.until.ms = INT64_MAX);
	refuse((w.days = SUN, w.last = w.from)); /* it would never begin */
	w = once("2026-11-28 22:00", "2027-11-29 05:00");
	assert_true(window_ok(&w));
	w.last = w.from;
	assert_false(window_ok(&w));
}

static void times_far_off_break_nothing(void **state)
{
	const struct window w = daily("2026-11-28 22:00", "2026-11-29 05:00");
	wall_t from, until;

	(void)state;
	assert_false(window_at(&w, (wall_t){ INT64_MAX }, &from, &until));
	assert_false(window_at(&w, (wall_t){ INT64_MIN }, &from, &until));
	assert_true(window_next(&w, (wall_t){ INT64_MAX }).ms == INT64_MAX);
	assert_true(window_next(&w, (wall_t){ INT64_MIN }).ms == w.from.ms);
}

static struct window of(enum window_kind kind, const char *from, const char *until)
{
	struct window w = once(from, until);

	w.kind = kind;
	return w;
}

static void work_wins_and_what_follows_on_is_counted_in(void **state)
{
	struct window at[] = {
		of(WINDOW_CUT, "2026-11-28 07:00", "2026-11-28 12:00"),
		of(WINDOW_CUT, "2026-11-28 10:00", "2026-11-28 15:00"),
		of(WINDOW_CUT, "2026-11-28 15:00", "2026-11-28 16:00"), /* another transformer */
		of(WINDOW_WORK, "2026-11-28 11:00", "2026-11-28 13:00"),
		of(WINDOW_CUT, "2026-11-28 15:00", "2026-11-28 15:30"),
	};
	const struct windows all = { at, 5 };
	enum window_kind kind = WINDOW_KINDS;
	wall_t until;

	(void)state;
	at[2].target = WINDOW_TRANSFORMER;
	strcpy(at[2].what, "T5-2");
	assert_false(windows_at(&all, &roster, 0, vn("2026-11-28 06:59"), &kind, &until));
	assert_int_equal(kind, WINDOW_KINDS);
	assert_true(windows_at(&all, &roster, 0, vn("2026-11-28 07:00"), &kind, &until));
	assert_int_equal(kind, WINDOW_CUT);
	assert_true(until.ms == vn("2026-11-28 15:30").ms);
	assert_true(windows_at(&all, &roster, 1, vn("2026-11-28 07:00"), &kind, &until));
	assert_true(until.ms == vn("2026-11-28 16:00").ms);
	assert_true(windows_at(&all, &roster, 0, vn("2026-11-28 11:00"), &kind, &until));
	assert_int_equal(kind, WINDOW_WORK);
	assert_true(until.ms == vn("2026-11-28 13:00").ms);
	assert_false(windows_at(&all, &roster, 0, vn("2026-11-28 15:30"), &kind, &until));
	assert_true(windows_next(&all, vn("2026-11-28 12:00")).ms == vn("2026-11-28 13:00").ms);
	assert_true(windows_next(&all, vn("2026-11-28 16:00")).ms == INT64_MAX);
}

static void day_and_night_for_ever_are_not_followed_for_ever(void **state)
{
	struct window at[] = {
		daily("2026-11-28 06:00", "2026-11-28 18:00"),
		daily("2026-11-28 18:00", "2026-11-29 06:00"),
	};
	const struct windows all = { at, 2 };
	const wall_t t = vn("2026-11-28 07:00");
	enum window_kind kind;
	wall_t until;

	(void)state;
	assert_true(windows_at(&all, &roster, 0, t, &kind, &until));
	assert_true(until.ms >= t.ms + 30 * DAY && until.ms < t.ms + 40 * DAY);
}

static void no_windows_hold_nothing(void **state)
{
	struct windows all = { 0 };
	enum window_kind kind;
	wall_t until;

	(void)state;
	assert_false(windows_at(&all, &roster, 0, vn("2026-11-28 07:00"), &kind, &until));
	assert_true(windows_next(&all, (wall_t){ 0 }).ms == INT64_MAX);
	all = (struct windows){ calloc(1, sizeof(struct window)), 1 };
	windows_free(&all);
	assert_null(all.at);
	assert_int_equal(all.n, 0);
	windows_free(&all);
}

static void everything_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(window_kind_str(WINDOW_CUT), "cut");
	assert_string_equal(window_target_str(WINDOW_TRANSFORMER), "transformer");
	assert_string_equal(window_repeat_str(WINDOW_WEEKLY), "weekly");
	assert_string_equal(window_kind_str(WINDOW_KINDS), "?");
	assert_string_equal(window_target_str(WINDOW_TARGETS), "?");
	assert_string_equal(window_repeat_str(WINDOW_REPEATS), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once_is_from_its_first_moment_to_before_its_last),
		cmocka_unit_test(two_minutes_around_midnight_come_every_night),
		cmocka_unit_test(a_week_turns_from_saturday_to_sunday_to_monday_in_vietnam),
		cmocka_unit_test(whole_days_side_by_side_are_one),
		cmocka_unit_test(it_is_what_counting_minute_by_minute_says),
		cmocka_unit_test(it_concerns_whom_it_names),
		cmocka_unit_test(what_makes_no_sense_is_no_window),
		cmocka_unit_test(times_far_off_break_nothing),
		cmocka_unit_test(work_wins_and_what_follows_on_is_counted_in),
		cmocka_unit_test(day_and_night_for_ever_are_not_followed_for_ever),
		cmocka_unit_test(no_windows_hold_nothing),
		cmocka_unit_test(everything_has_its_name),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
