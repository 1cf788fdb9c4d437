/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/lamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void off_is_dark_and_steady_is_lit_for_ever(void **state)
{
	(void)state;
	assert_false(lamp_on(LAMP_OFF, 0));
	assert_true(lamp_on(LAMP_STEADY, 0));
	assert_true(lamp_on(LAMP_STEADY, INT64_MAX));
	assert_true(lamp_next(LAMP_OFF, 5) == INT64_MAX);
	assert_true(lamp_next(LAMP_STEADY, 5) == INT64_MAX);
}

static void slow_is_a_second_on_and_a_second_off(void **state)
{
	(void)state;
	assert_true(lamp_on(LAMP_SLOW, 0));
	assert_true(lamp_on(LAMP_SLOW, 999));
	assert_false(lamp_on(LAMP_SLOW, 1000));
	assert_true(lamp_on(LAMP_SLOW, 2000));
	assert_int_equal(lamp_next(LAMP_SLOW, 2999), 1);
	assert_int_equal(lamp_next(LAMP_SLOW, 3000), 1000);
}

static void fast_changes_four_times_a_second(void **state)
{
	int64_t ms = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		assert_int_equal(lamp_on(LAMP_FAST, ms), i % 2 == 0);
		ms += lamp_next(LAMP_FAST, ms);
	}
	assert_int_equal(ms, 100000);
}

static void the_test_at_start_is_two_seconds_once(void **state)
{
	(void)state;
	assert_true(lamp_on(LAMP_TEST, 1999));
	assert_int_equal(lamp_next(LAMP_TEST, 500), 1500);
	assert_false(lamp_on(LAMP_TEST, 2000));
	assert_true(lamp_next(LAMP_TEST, 2000) == INT64_MAX);
}

static void double_flashes_twice_every_two_seconds(void **state)
{
	int flashes = 0;

	(void)state;
	for (int64_t ms = 0; ms < 20000; ms += lamp_next(LAMP_DOUBLE, ms))
		flashes += lamp_on(LAMP_DOUBLE, ms);
	assert_int_equal(flashes, 20);
}

/* The light is set only when lamp_next says so: in between it must be as it was. */
static void nothing_changes_before_its_time(void **state)
{
	(void)state;
	for (int p = 0; p < LAMPS; p++) {
		const enum lamp lamp = (enum lamp)p;
		int64_t change = lamp_next(lamp, 0);
		bool on = lamp_on(lamp, 0);

		for (int64_t ms = 0; ms < 9000; ms++) {
			if (ms == change) {
				on = !on;
				change = lamp_next(lamp, ms);
				change = change == INT64_MAX ? change : ms + change;
			}
			assert_int_equal(lamp_on(lamp, ms), on);
		}
	}
}

static void every_pattern_has_a_name(void **state)
{
	(void)state;
	for (int p = 0; p < LAMPS; p++)
		assert_string_not_equal(lamp_str((enum lamp)p), "?");
	assert_string_equal(lamp_str((enum lamp)LAMPS), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off_is_dark_and_steady_is_lit_for_ever),
		cmocka_unit_test(slow_is_a_second_on_and_a_second_off),
		cmocka_unit_test(fast_changes_four_times_a_second),
		cmocka_unit_test(the_test_at_start_is_two_seconds_once),
		cmocka_unit_test(double_flashes_twice_every_two_seconds),
		cmocka_unit_test(nothing_changes_before_its_time),
		cmocka_unit_test(every_pattern_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
