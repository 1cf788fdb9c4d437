/* SPDX-License-Identifier: Apache-2.0 */
/* store_planned: what was announced is kept once, can be taken back, and stays on record. */
#include "shelf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY INT64_C(86400000)

static const wall_t now = { 400 * DAY };

static struct window sample(void)
{
	return (struct window){ .kind = WINDOW_CUT,
				.target = WINDOW_HAMLET,
				.what = "TT-07",
				.from = { 500 * DAY },
				.until = { 501 * DAY },
				.reason = "Bảo trì" };
}

static int64_t add(struct store *s, const struct window *w, int want)
{
	int64_t id = 0;

	assert_int_equal(store_planned_add(s, w, now, &id), want);
	return id;
}

static struct windows all(struct store *s, wall_t at)
{
	struct windows out;

	assert_int_equal(store_planned(s, at, &out), 0);
	return out;
}

static size_t count(struct store *s, wall_t at)
{
	struct windows out = all(s, at);
	size_t n = out.n;

	windows_free(&out);
	return n;
}

static void a_window_comes_back_as_it_was(void **state)
{
	struct store *s = shelf_open();
	struct window w = sample();
	struct windows got;
	int64_t first, second;

	(void)state;
	first = add(s, &w, 0);
	w = (struct window){ .kind = WINDOW_WORK,
			     .from = { 500 * DAY },
			     .until = { 500 * DAY + 1 },
			     .repeat = WINDOW_WEEKLY,
			     .days = WINDOW_EVERY_DAY,
			     .last = { 600 * DAY } };
	second = add(s, &w, 0);
	store_close(s);

	s = shelf_open();
	got = all(s, now);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.at[0].id, first);
	assert_int_equal(got.at[1].id, second);
	got.at[1].id = 0;
	assert_memory_equal(&got.at[1], &w, sizeof w);
	w = sample();
	assert_int_equal(got.at[0].kind, WINDOW_CUT);
	assert_int_equal(got.at[0].target, WINDOW_HAMLET);
	assert_string_equal(got.at[0].what, "TT-07");
	assert_string_equal(got.at[0].reason, "Bảo trì");
	assert_int_equal(got.at[0].from.ms, w.from.ms);
	assert_int_equal(got.at[0].until.ms, w.until.ms);
	windows_free(&got);
	store_close(s);
}

static void the_same_calendar_read_twice_is_kept_once(void **state)
{
	struct store *s = shelf_open();
	struct window w = sample();
	int64_t id;

	(void)state;
	id = add(s, &w, 0);
	strcpy(w.reason, "said in other words");
	assert_int_equal(add(s, &w, 1), id);
	assert_int_equal(count(s, now), 1);
	w.until.ms++;
	assert_int_not_equal(add(s, &w, 0), id);
	assert_int_equal(count(s, now), 2);
	store_close(s);
}

static void what_is_taken_back_stays_on_record(void **state)
{
	struct store *s = shelf_open();
	struct window w = sample();
	int64_t id, again;

	(void)state;
	id = add(s, &w, 0);
	assert_int_equal(store_planned_remove(s, id + 1, now), -ENOENT);
	assert_int_equal(store_planned_remove(s, id, now), 0);
	assert_int_equal(store_planned_remove(s, id, now), -ENOENT);
	assert_int_equal(count(s, now), 0);
	again = add(s, &w, 0);
	assert_int_not_equal(again, id);
	assert_int_equal(count(s, now), 1);
	store_close(s);
	/* Both rows are there; behind our back the first is made to stand again in other times. */
	shelf_tamper("UPDATE planned SET removed_ms = 0, until_ms = until_ms + 1 WHERE id = 1");
	s = shelf_open();
	assert_int_equal(count(s, now), 2);
	store_close(s);
}

static void what_was_over_a_year_ago_is_not_read(void **state)
{
	struct store *s = shelf_open();
	struct window w = sample();

	(void)state;
	add(s, &w, 0);
	w.repeat = WINDOW_DAILY;
	add(s, &w, 0);
	w.last.ms = w.from.ms + 30 * DAY;
	add(s, &w, 0);
	assert_int_equal(count(s, (wall_t){ 501 * DAY + 366 * DAY - 1 }), 3);
	assert_int_equal(count(s, (wall_t){ 501 * DAY + 366 * DAY }), 2);
	assert_int_equal(count(s, (wall_t){ 531 * DAY + 366 * DAY - 1 }), 2);
	assert_int_equal(count(s, (wall_t){ 531 * DAY + 366 * DAY }), 1);
	assert_int_equal(count(s, (wall_t){ 90000 * DAY }), 1);
	store_close(s);
}

static void many_are_all_read(void **state)
{
	struct store *s = shelf_open();
	struct window w = sample();

	(void)state;
	for (int i = 0; i < 100; i++) {
		w.until.ms++;
		add(s, &w, 0);
	}
	assert_int_equal(count(s, now), 100);
	store_close(s);
}

static void all_of_a_calendar_or_nothing(void **state)
{
	struct store *s = shelf_open();
	struct window w[3] = { sample(), sample(), sample() };
	bool known[3];

	(void)state;
	w[1].until.ms++;
	w[2].until = w[2].from;
	assert_int_equal(store_planned_add_all(s, w, 3, known, now), -EINVAL);
	assert_int_equal(count(s, now), 0);
	w[2] = w[0];
	assert_int_equal(store_planned_add_all(s, w, 3, known, now), 0);
	assert_int_equal(count(s, now), 2);
	assert_false(known[0] || known[1]);
	assert_true(known[2]);
	assert_int_equal(w[2].id, w[0].id);
	assert_int_not_equal(w[1].id, w[0].id);
	store_close(s);
}

static void what_is_no_window_is_neither_kept_nor_read(void **state)
{
	struct store *s = shelf_open();
	struct window w = sample();
	int64_t id;

	(void)state;
	add(s, &w, 0);
	w.until = w.from;
	assert_int_equal(store_planned_add(s, &w, now, &id), -EINVAL);
	store_close(s);
	shelf_tamper("UPDATE planned SET kind = 7");
	s = shelf_open();
	assert_int_equal(count(s, now), 0);
	store_close(s);
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_shelf(a_window_comes_back_as_it_was),
		with_shelf(the_same_calendar_read_twice_is_kept_once),
		with_shelf(what_is_taken_back_stays_on_record),
		with_shelf(what_was_over_a_year_ago_is_not_read),
		with_shelf(many_are_all_read),
		with_shelf(all_of_a_calendar_or_nothing),
		with_shelf(what_is_no_window_is_neither_kept_nor_read),
	};

	return cmocka_run_group_tests_name("store_planned", tests, NULL, NULL);
}
