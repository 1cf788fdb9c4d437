/* SPDX-License-Identifier: Apache-2.0 */
/* dial: a camera's clock against ours. */
#include "node/eye/dial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static wall_t at(int64_t ms)
{
	return (wall_t){ ms };
}

static void half_the_trip_and_half_a_second_are_taken_into_account(void **state)
{
	struct dial d = { 0 };

	(void)state;
	dial_feed(&d, CAMERA_CLOCK_DATE, 1000, at(999900), at(1000300));
	assert_int_equal(d.clock, CAMERA_CLOCK_DATE);
	assert_int_equal(d.off_ms, 1000500 - 1000100);
}

static void the_shortest_trip_counts(void **state)
{
	struct dial d = { 0 };

	(void)state;
	dial_feed(&d, CAMERA_CLOCK_DATE, 1000, at(0), at(40));
	dial_feed(&d, CAMERA_CLOCK_DATE, 2000, at(0), at(20));
	dial_feed(&d, CAMERA_CLOCK_DATE, 3000, at(0), at(30));
	assert_int_equal(d.off_ms, 2000490);
}

static void an_answer_to_the_very_question_is_better_than_a_date(void **state)
{
	struct dial d = { 0 };

	(void)state;
	dial_feed(&d, CAMERA_CLOCK_DATE, 1000, at(0), at(0));
	dial_feed(&d, CAMERA_CLOCK_ONVIF, 2000, at(0), at(1000));
	dial_feed(&d, CAMERA_CLOCK_DATE, 3000, at(0), at(0));
	assert_int_equal(d.clock, CAMERA_CLOCK_ONVIF);
	assert_int_equal(d.off_ms, 2000000);
}

static void a_clock_of_ours_that_was_set_meanwhile_measures_nothing(void **state)
{
	struct dial d = { 0 };

	(void)state;
	dial_feed(&d, CAMERA_CLOCK_DATE, 1000, at(500), at(499));
	dial_feed(&d, CAMERA_CLOCK_DATE, -1, at(0), at(1));
	dial_feed(&d, CAMERA_CLOCK_DATE, INT64_MAX, at(0), at(1));
	assert_int_equal(d.clock, CAMERA_CLOCK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_the_trip_and_half_a_second_are_taken_into_account),
		cmocka_unit_test(the_shortest_trip_counts),
		cmocka_unit_test(an_answer_to_the_very_question_is_better_than_a_date),
		cmocka_unit_test(a_clock_of_ours_that_was_set_meanwhile_measures_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
