/* SPDX-License-Identifier: Apache-2.0 */
/* commune_plan: what was announced is told to nobody, and is nobody's fault in the figures. */
#include "gateway/date.h"
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct window window[4];
static struct windows windows;

/* Minutes since now. */
static void plan(enum window_kind kind, const char *point, int64_t from, int64_t until)
{
	struct window *w = &window[windows.n++];

	*w = (struct window){ .kind = kind,
			      .target = WINDOW_POINT,
			      .from = { hall_wall().ms + from * HALL_MINUTE },
			      .until = { hall_wall().ms + until * HALL_MINUTE } };
	snprintf(w->what, sizeof w->what, "%s", point);
	assert_true(window_ok(w));
}

static void announce(void)
{
	windows.at = window;
	commune_windows(hall.c, &windows, hall_now());
	hall_turn();
}

static int setup(void **state)
{
	windows = (struct windows){ .at = window };
	return hall_setup(state);
}

static int64_t spent(enum colour c)
{
	return hall_spent(0, hall.day, hall_wall(), c);
}

static void who_works_in_a_window_is_up(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 10, 40);
	announce();
	hall_pass(10 * HALL_MINUTE - 1);
	assert_false(hall_view(0).planned);
	assert_int_equal(hall_rows(ROW_PLANNED), 0);
	hall_pass(1);
	assert_true(hall_view(0).planned);
	assert_false(hall_view(1).planned);
	assert_int_equal(hall_view(0).colour, COLOUR_UP);
	hall_pass(30 * HALL_MINUTE);
	assert_false(hall_view(0).planned);
	assert_int_equal(hall_rows(ROW_PLANNED), 2);
	assert_int_equal(spent(COLOUR_PLANNED), 0);
}

static void what_goes_and_comes_back_within_the_window_is_told_to_nobody(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 10, 40);
	announce();
	hall_pass(15 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	assert_int_equal(hall_view(0).colour, COLOUR_PLANNED);
	hall_pass(20 * HALL_MINUTE);
	hall_news(0, CAUSE_NONE);
	assert_int_equal(hall_view(0).colour, COLOUR_UP);
	hall_pass(30 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
	assert_int_equal(spent(COLOUR_PLANNED), 20 * HALL_MINUTE);
	assert_int_equal(spent(COLOUR_DOWN), 0);
	assert_int_equal(hall.live.incident[1].state, INCIDENT_CLOSED);
	assert_false(hall.live.incident[1].told);
}

static void an_outage_that_began_before_stays_told_and_is_planned_in_between(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 10, 40);
	announce();
	hall_pass(5 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_PLANNED);
	hall_pass(28 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	hall_news(0, CAUSE_NONE);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(spent(COLOUR_DOWN), 10 * HALL_MINUTE);
	assert_int_equal(spent(COLOUR_PLANNED), 30 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
}

static void what_is_still_out_when_work_is_over_is_told_then(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 10, 40);
	announce();
	hall_pass(15 * HALL_MINUTE);
	hall_mute(0);
	hall_pass(25 * HALL_MINUTE - 1);
	assert_int_equal(hall.n_said, 0);
	hall_pass(2);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(spent(COLOUR_DOWN), 10 * HALL_MINUTE + 1);
}

/* ---- published cuts ---- */

static void power_may_come_a_little_after_a_cuts_end(void **state)
{
	(void)state;
	plan(WINDOW_CUT, "TT-01-01", 10, 40);
	announce();
	hall_pass(12 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(48 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	hall_news(0, CAUSE_NONE);
	hall_pass(30 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
	assert_int_equal(spent(COLOUR_PLANNED), 28 * HALL_MINUTE);
	assert_int_equal(spent(COLOUR_DOWN), 20 * HALL_MINUTE);
}

static void power_that_stays_away_after_a_cut_is_told(void **state)
{
	(void)state;
	plan(WINDOW_CUT, "TT-01-01", 10, 40);
	announce();
	hall_pass(12 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(58 * HALL_MINUTE - 1);
	assert_int_equal(hall.n_said, 0);
	hall_pass(2);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
}

static void a_camera_that_dies_in_a_cut_is_told(void **state)
{
	(void)state;
	plan(WINDOW_CUT, "TT-01-01", 10, 70);
	announce();
	hall_pass(12 * HALL_MINUTE);
	hall_news(0, CAUSE_CAMERA);
	hall_pass(4 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.cause, CAUSE_CAMERA);
}

static void a_camera_that_is_worked_on_is_not(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 10, 70);
	announce();
	hall_pass(12 * HALL_MINUTE);
	hall_news(0, CAUSE_CAMERA);
	hall_pass(20 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
}

/* Back within the grace, and gone again at once: each untold, and named alike when replayed. */
static void twice_in_one_cut_is_told_to_nobody(void **state)
{
	(void)state;
	plan(WINDOW_CUT, "TT-01-01", 10, 60);
	announce();
	hall_pass(12 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(10 * HALL_MINUTE);
	hall_news(0, CAUSE_NONE);
	hall_pass(HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(10 * HALL_MINUTE);
	hall_news(0, CAUSE_NONE);
	hall_pass(60 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
}

/* ---- neighbours ---- */

static void the_neighbour_without_a_window_is_told_and_not_mixed_in(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 1, 600);
	announce();
	hall_pass(2 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_news(1, CAUSE_POWER);
	hall_news(2, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.points, 2);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.point, 1);
	assert_int_not_equal(hall_last_outage(0)->incident, hall_last_outage(1)->incident);
}

/* ---- windows that change ---- */

static void a_window_that_is_taken_back_excuses_nothing(void **state)
{
	(void)state;
	plan(WINDOW_CUT, "TT-01-01", 1, 600);
	announce();
	hall_pass(2 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(30 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
	windows.n = 0;
	announce();
	hall_pass(HALL_SECOND);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
}

static void a_window_that_is_made_longer_excuses_longer(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 1, 30);
	announce();
	hall_pass(2 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(20 * HALL_MINUTE);
	plan(WINDOW_WORK, "TT-01-01", 0, 60);
	announce();
	hall_pass(59 * HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	assert_int_equal(spent(COLOUR_PLANNED), 80 * HALL_MINUTE);
}

static void a_daily_window_across_midnight(void **state)
{
	const struct date eleven = { .year = 2026, .month = 6, .day = 9, .hour = 23 };
	wall_t from;

	(void)state;
	assert_true(date_wall(&from, &eleven, DATE_VIETNAM_MIN));
	window[0] = (struct window){ .kind = WINDOW_WORK,
				     .target = WINDOW_ALL,
				     .from = from,
				     .until = { from.ms + 2 * HALL_HOUR },
				     .repeat = WINDOW_DAILY };
	assert_true(window_ok(&window[0]));
	windows.n = 1;
	announce();
	hall_pass(from.ms - hall_wall().ms - HALL_MINUTE);
	assert_false(hall_view(0).planned);
	hall_pass(HALL_MINUTE + 90 * HALL_MINUTE); /* 0:30 */
	assert_true(hall_view(0).planned);
	hall_hush();
	hall_news(0, CAUSE_POWER);
	hall_pass(20 * HALL_MINUTE);
	hall_news(0, CAUSE_NONE);
	hall_pass(70 * HALL_MINUTE); /* 2:00 */
	assert_false(hall_view(0).planned);
	assert_int_equal(hall.n_said, 0);
	assert_int_equal(hall_rows(ROW_PLANNED), 2 * 16);
	hall_news(0, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	hall_news(0, CAUSE_NONE);
	hall_pass(46 * HALL_HOUR); /* the third night */
	assert_true(hall_view(0).planned);
	assert_int_equal(hall_rows(ROW_PLANNED), 5 * 16);
}

/* ---- the gateway was away ---- */

static void a_restart_within_a_window_changes_nothing(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 1, 60);
	announce();
	hall_pass(2 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(5 * HALL_MINUTE);
	hall_restart(HALL_MINUTE);
	announce();
	for (size_t i = 0; i < 16; i++)
		hall_birth(i);
	hall_pass(20 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_PLANNED);
	assert_int_equal(hall_rows(ROW_PLANNED), 1);
	assert_int_equal(hall.n_said, 0);
	hall_pass(40 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
}

static void a_window_that_ended_while_the_gateway_was_away_is_over(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 1, 10);
	announce();
	hall_pass(5 * HALL_MINUTE);
	hall_restart(HALL_HOUR);
	announce();
	for (size_t i = 0; i < 16; i++)
		hall_birth(i);
	assert_int_equal(hall_rows(ROW_PLANNED), 2);
	hall_pass(10 * HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
}

static void our_clock_that_is_set_into_a_window_begins_it(void **state)
{
	(void)state;
	plan(WINDOW_WORK, "TT-01-01", 60, 120);
	announce();
	hall.set = 90 * HALL_MINUTE;
	hall_pass(HALL_SECOND);
	assert_true(hall_view(0).planned);
	hall_pass(31 * HALL_MINUTE);
	assert_false(hall_view(0).planned);
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, setup, hall_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(who_works_in_a_window_is_up),
		sentence(what_goes_and_comes_back_within_the_window_is_told_to_nobody),
		sentence(an_outage_that_began_before_stays_told_and_is_planned_in_between),
		sentence(what_is_still_out_when_work_is_over_is_told_then),
		sentence(power_may_come_a_little_after_a_cuts_end),
		sentence(power_that_stays_away_after_a_cut_is_told),
		sentence(a_camera_that_dies_in_a_cut_is_told),
		sentence(a_camera_that_is_worked_on_is_not),
		sentence(twice_in_one_cut_is_told_to_nobody),
		sentence(the_neighbour_without_a_window_is_told_and_not_mixed_in),
		sentence(a_window_that_is_taken_back_excuses_nothing),
		sentence(a_window_that_is_made_longer_excuses_longer),
		sentence(a_daily_window_across_midnight),
		sentence(a_restart_within_a_window_changes_nothing),
		sentence(a_window_that_ended_while_the_gateway_was_away_is_over),
		sentence(our_clock_that_is_set_into_a_window_begins_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
