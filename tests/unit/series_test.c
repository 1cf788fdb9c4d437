/* SPDX-License-Identifier: Apache-2.0 */
/* series: what a graph is drawn from: in order, never from the future, unknown where nothing was
 * heard. */
#include "gateway/series.h"

#include "shelf.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <rrd.h>

#define T0 1778000400 /* a whole half hour */

enum { UP, SITE, OUT, ROUTER, LOST, SOURCES };

static struct series *open_series(void)
{
	char why[SERIES_WHY] = "";
	struct series *s = series_open(shelf_dir, &shelf_roster, 60, why);

	if (!s)
		fail_msg("series_open: %s", why);
	return s;
}

static wall_t at(int64_t s)
{
	return (wall_t){ (T0 + s) * 1000 };
}

static void add(struct series *s, int64_t t, int8_t up, int32_t out_us)
{
	series_add(s, 0, &(struct draw){ at(t), up, 50, out_us, -1, 3 }, at(t));
}

static const char *file(void)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/TT-07-03.rrd", shelf_dir);
	return path;
}

/* The row of the file that ends at t. */
static double row(const char *cf, unsigned long step, int64_t t, size_t source)
{
	time_t from = (time_t)(T0 + t) - (time_t)step, until = (time_t)(T0 + t);
	unsigned long n;
	char **names;
	rrd_value_t *data;
	double v;

	rrd_clear_error();
	if (rrd_fetch_r(file(), cf, &from, &until, &step, &n, &names, &data) != 0)
		fail_msg("%s", rrd_get_error());
	assert_int_equal(n, SOURCES);
	v = data[source];
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	free(data);
	return v;
}

static double minute(int64_t t, size_t source)
{
	return row("AVERAGE", 60, t, source);
}

static void values_are_held_and_written_several_a_call(void **state)
{
	struct series *s = open_series();

	(void)state;
	for (int i = 1; i <= 5; i++) {
		add(s, i * 60, 1, 12337);
		series_flush(s, at(i * 60), false, NULL, NULL);
	}
	assert_int_equal(series_counters(s).calls, 0);
	series_flush(s, at(6 * 60), false, NULL, NULL);
	assert_int_equal(series_counters(s).calls, 1);
	assert_int_equal(series_counters(s).values, 5);
	series_close(s);
	assert_true(minute(300, UP) == 1);
	assert_true(fabs(minute(300, OUT) - 12.337) < 1e-9);
	assert_true(isnan(minute(300, ROUTER)));
	assert_true(minute(300, SITE) == 50);
	assert_true(minute(300, LOST) == 3);
}

static void more_than_can_be_held_is_written_at_once(void **state)
{
	struct series *s = open_series();

	(void)state;
	for (int i = 1; i <= SERIES_HELD + 1; i++)
		add(s, i * 60, 1, 1000);
	assert_int_equal(series_counters(s).values, SERIES_HELD);
	series_close(s);
	assert_true(minute((SERIES_HELD + 1) * 60, UP) == 1);
}

static void what_is_old_or_from_the_future_is_dropped(void **state)
{
	struct series *s = open_series();
	const struct draw ahead = { at(121 + 600), 1, -1, -1, -1, 0 };

	(void)state;
	add(s, 600, 1, 1000);
	add(s, 600, 0, 1000);
	add(s, 540, 0, 1000);
	assert_int_equal(series_counters(s).dropped_old, 2);
	series_add(s, 0, &ahead, at(600));
	assert_int_equal(series_counters(s).dropped_future, 1);
	series_add(s, 0, &ahead, at(602)); /* 119 s ahead: our clocks differ, no more */
	assert_int_equal(series_counters(s).dropped_future, 1);
	series_close(s);

	/* The file remembers too. */
	s = open_series();
	add(s, 660, 1, 1000);
	assert_int_equal(series_counters(s).dropped_old, 1);
	series_close(s);
}

static void a_gap_is_unknown_and_not_down(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 60, 1, 1000);
	add(s, 120, 1, 1000);
	add(s, 1200, 1, 1000);
	add(s, 1260, 1, 1000);
	series_close(s);
	assert_true(minute(120, UP) == 1);
	assert_true(isnan(minute(600, UP)));
	assert_true(minute(1260, UP) == 1);
}

static void a_known_outage_is_filled_with_down(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 60, 1, 1000);
	series_fill(s, 0, at(90), at(630), at(640));
	add(s, 700, 1, 1000);
	series_close(s);
	for (int t = 120; t <= 600; t += 60)
		assert_true(minute(t, UP) == 0);
	assert_true(isnan(minute(300, LOST)));
	assert_true(isnan(minute(300, SITE)));
	assert_true(isnan(minute(300, OUT)));
}

static void filling_draws_nothing_twice_and_nothing_ahead(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 600, 1, 1000);
	series_fill(s, 0, at(0), at(600), at(600));
	series_close(s);
	s = open_series();
	series_fill(s, 0, at(0), at(100000), at(720));
	series_close(s);
	assert_true(minute(600, UP) == 1);
	assert_true(minute(720, UP) == 0);
	assert_int_equal(rrd_last_r(file()), T0 + 720);
}

static void filling_from_the_beginning_of_time_ends(void **state)
{
	struct series *s = open_series();

	(void)state;
	series_fill(s, 0, (wall_t){ 0 }, at(0), at(0));
	assert_true(series_counters(s).values <= 31 * 1440);
	series_close(s);
}

static void a_short_outage_shows_in_every_row_it_touches(void **state)
{
	struct series *s = open_series();

	(void)state;
	for (int t = 60; t <= 24 * 3600; t += 60)
		add(s, t, t > 7200 && t <= 7200 + 300 ? 0 : 1, 1000);
	series_close(s);
	assert_true(fabs(row("AVERAGE", 1800, 9000, UP) - 25.0 / 30) < 1e-9);
	assert_true(row("MIN", 1800, 9000, UP) == 0);
	assert_true(row("MIN", 1800, 10800, UP) == 1);
}

static void a_row_of_which_little_is_known_is_drawn_from_that(void **state)
{
	struct series *s = open_series();

	(void)state;
	/* Twenty minutes known of three hours; T0 is 0:30 before a whole three hours' end or so. */
	for (int t = 60; t <= 1200; t += 60)
		add(s, t, 0, 1000);
	add(s, 6 * 3600, 1, 1000);
	series_close(s);
	assert_true(row("AVERAGE", 1800, 1800, UP) == 0);
}

static void a_broken_file_is_moved_aside_and_made_anew(void **state)
{
	static const off_t lengths[] = { 0, 7, 3000, 20000 };
	char bad[160];
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct series *s = open_series();

		add(s, 60, 1, 1000);
		series_close(s);
		assert_int_equal(truncate(file(), lengths[i]), 0);

		s = open_series();
		add(s, 120, 1, 1000);
		add(s, 180, 1, 1000);
		series_close(s);
		assert_true(minute(180, UP) == 1);
		snprintf(bad, sizeof bad, "%s.bad", file());
		assert_int_equal(stat(bad, &st), 0);
		assert_int_equal(st.st_size, lengths[i]);
		assert_int_equal(unlink(file()), 0);
	}
}

static void a_file_that_breaks_or_vanishes_meanwhile_is_made_anew(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 60, 1, 1000);
	series_flush(s, at(60), true, NULL, NULL);
	assert_int_equal(truncate(file(), 3000), 0);
	add(s, 120, 1, 1000);
	add(s, 180, 1, 1000);
	series_flush(s, at(180), true, NULL, NULL);
	assert_int_equal(series_counters(s).remade, 1);
	assert_true(minute(180, UP) == 1);
	assert_int_equal(unlink(file()), 0);
	add(s, 240, 1, 1000);
	add(s, 300, 1, 1000);
	series_flush(s, at(300), true, NULL, NULL);
	assert_true(minute(300, UP) == 1);
	assert_int_equal(series_counters(s).failed, 0);
	series_close(s);
}

static void a_file_that_ends_in_the_future_is_made_anew(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 86400, 1, 1000); /* our clock was a day ahead */
	series_close(s);
	s = open_series();
	add(s, 60, 1, 1000);
	add(s, 120, 1, 1000);
	assert_int_equal(series_counters(s).remade, 1);
	assert_int_equal(series_counters(s).dropped_old, 0);
	series_close(s);
	assert_true(minute(120, UP) == 1);
}

static void a_clock_that_comes_back_while_we_run_is_no_end(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 86400, 1, 1000);
	add(s, 60, 1, 1000);
	add(s, 120, 1, 1000);
	series_flush(s, at(120), true, NULL, NULL);
	assert_true(minute(120, UP) == 1);
	add(s, 90000, 1, 1000);
	series_flush(s, at(90000), true, NULL, NULL);
	add(s, 180, 1, 1000);
	add(s, 240, 1, 1000);
	series_flush(s, at(240), true, NULL, NULL);
	assert_int_equal(series_counters(s).remade, 1);
	assert_true(minute(240, UP) == 1);
	series_close(s);
}

static void note(void *self, size_t point, wall_t last)
{
	int64_t *noted = self;

	noted[0]++;
	noted[1] = (int64_t)point;
	noted[2] = last.ms;
}

static void whoever_keeps_samples_is_told_what_was_written(void **state)
{
	struct series *s = open_series();
	int64_t noted[3] = { 0 };

	(void)state;
	series_add(s, 2, &(struct draw){ at(60), 1, 50, -1, -1, 0 }, at(60));
	series_add(s, 2, &(struct draw){ at(120), 1, 50, -1, -1, 0 }, at(120));
	series_flush(s, at(120), false, note, noted);
	assert_int_equal(noted[0], 0);
	series_flush(s, at(120), true, note, noted);
	assert_int_equal(noted[0], 1);
	assert_int_equal(noted[1], 2);
	assert_int_equal(noted[2], (T0 + 120) * 1000LL);
	series_close(s);
}

static void a_folder_that_refuses_is_counted_and_tried_again(void **state)
{
	char hidden[160];
	struct series *s = open_series();

	(void)state;
	/* Away rather than read-only: root may write anywhere. */
	snprintf(hidden, sizeof hidden, "%s.away", shelf_dir);
	add(s, 60, 1, 1000);
	assert_int_equal(rename(shelf_dir, hidden), 0);
	for (int t = 120; t <= 60 * 30; t += 60)
		add(s, t, 1, 1000);
	assert_true(series_counters(s).failed > 0);
	assert_int_equal(rename(hidden, shelf_dir), 0);
	series_flush(s, at(1800), true, NULL, NULL);
	assert_true(minute(1800, UP) == 1);
	series_close(s);
}

static void after_a_reset_the_past_may_be_added_again(void **state)
{
	struct series *s = open_series();

	(void)state;
	add(s, 600, 1, 1000);
	series_flush(s, at(600), true, NULL, NULL);
	assert_int_equal(series_reset(s), 0);
	assert_int_equal(access(file(), F_OK), -1);
	add(s, 60, 0, 1000);
	add(s, 120, 0, 1000);
	series_close(s);
	assert_true(minute(120, UP) == 0);
}

static void a_decimal_comma_elsewhere_does_not_matter(void **state)
{
	(void)state;
	if (!setlocale(LC_ALL, "vi_VN.UTF-8") && !setlocale(LC_ALL, "de_DE.UTF-8")) {
		print_message("no locale with a decimal comma: not tried\n");
		skip();
	}
	struct series *s = open_series();

	add(s, 60, 1, 12337);
	add(s, 120, 1, 12337);
	series_close(s);
	setlocale(LC_ALL, "C");
	assert_true(fabs(minute(120, OUT) - 12.337) < 1e-9);
}

static void a_folder_that_cannot_be_is_named(void **state)
{
	char why[SERIES_WHY] = "";

	(void)state;
	assert_null(series_open("/proc/series", &shelf_roster, 60, why));
	assert_non_null(strstr(why, "/proc/series"));
	assert_null(series_open(shelf_dir, &shelf_roster, 0, why));
	assert_non_null(strstr(why, "step_s"));
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_shelf(values_are_held_and_written_several_a_call),
		with_shelf(more_than_can_be_held_is_written_at_once),
		with_shelf(what_is_old_or_from_the_future_is_dropped),
		with_shelf(a_gap_is_unknown_and_not_down),
		with_shelf(a_known_outage_is_filled_with_down),
		with_shelf(filling_draws_nothing_twice_and_nothing_ahead),
		with_shelf(filling_from_the_beginning_of_time_ends),
		with_shelf(a_short_outage_shows_in_every_row_it_touches),
		with_shelf(a_row_of_which_little_is_known_is_drawn_from_that),
		with_shelf(a_broken_file_is_moved_aside_and_made_anew),
		with_shelf(a_file_that_breaks_or_vanishes_meanwhile_is_made_anew),
		with_shelf(a_file_that_ends_in_the_future_is_made_anew),
		with_shelf(a_clock_that_comes_back_while_we_run_is_no_end),
		with_shelf(whoever_keeps_samples_is_told_what_was_written),
		with_shelf(a_folder_that_refuses_is_counted_and_tried_again),
		with_shelf(after_a_reset_the_past_may_be_added_again),
		with_shelf(a_decimal_comma_elsewhere_does_not_matter),
		with_shelf(a_folder_that_cannot_be_is_named),
	};

	return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
