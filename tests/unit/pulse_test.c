/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that stands still is noticed; one that is slow, or slept with the board, is not blamed.
 */
#include "mesh/pulse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { STILL_MS = 120000 };

static const mono_t start = { 5000 };

static struct pulse new_pulse(void)
{
	struct pulse p;

	pulse_init(&p, start);
	return p;
}

static void one_that_turns_is_alive(void **state)
{
	struct pulse p = new_pulse();

	(void)state;
	for (uint64_t i = 1; i < 1000; i++)
		assert_true(pulse_feed(&p, i, STILL_MS, mono_after(start, (int64_t)i * 10000)));
}

static void one_that_never_turned_is_noticed(void **state)
{
	struct pulse p = new_pulse();

	(void)state;
	assert_true(pulse_feed(&p, 0, STILL_MS, mono_after(start, STILL_MS - 1)));
	assert_false(pulse_feed(&p, 0, STILL_MS, mono_after(start, STILL_MS)));
}

static void one_that_stopped_is_noticed_from_its_last_turn(void **state)
{
	struct pulse p = new_pulse();

	(void)state;
	assert_true(pulse_feed(&p, 7, STILL_MS, mono_after(start, 50000)));
	assert_true(pulse_feed(&p, 7, STILL_MS, mono_after(start, 50000 + STILL_MS - 1)));
	assert_false(pulse_feed(&p, 7, STILL_MS, mono_after(start, 50000 + STILL_MS)));
	assert_false(pulse_feed(&p, 7, STILL_MS, mono_after(start, 50000 + 2 * STILL_MS)));
}

static void one_that_turns_again_is_alive_again(void **state)
{
	struct pulse p = new_pulse();

	(void)state;
	assert_false(pulse_feed(&p, 0, STILL_MS, mono_after(start, 2 * STILL_MS)));
	assert_true(pulse_feed(&p, 1, STILL_MS, mono_after(start, 2 * STILL_MS + 1)));
}

static void a_board_that_slept_blames_nobody_who_turned_before(void **state)
{
	struct pulse p = new_pulse();

	(void)state;
	assert_true(pulse_feed(&p, 1, STILL_MS, mono_after(start, 10000)));
	assert_true(pulse_feed(&p, 2, STILL_MS, mono_after(start, 8 * 3600 * 1000)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_turns_is_alive),
		cmocka_unit_test(one_that_never_turned_is_noticed),
		cmocka_unit_test(one_that_stopped_is_noticed_from_its_last_turn),
		cmocka_unit_test(one_that_turns_again_is_alive_again),
		cmocka_unit_test(a_board_that_slept_blames_nobody_who_turned_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
