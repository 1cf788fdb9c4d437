/* SPDX-License-Identifier: Apache-2.0 */
/* pace: beats keep their distance, and a hamlet does not beat together. */
#include "node/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static mono_t at(int64_t ms)
{
	return (mono_t){ ms };
}

static void first_beats_of_many_nodes_spread_over_half_a_pace(void **state)
{
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		struct pace p;

		pace_init(&p, 60000, seed * 7919, at(1000));
		assert_in_range(pace_due(&p).ms, 31000, 61000);
		least = p.due.ms < least ? p.due.ms : least;
		most = p.due.ms > most ? p.due.ms : most;
	}
	assert_true(most - least > 25000);
}

static void beats_come_at_the_pace_and_do_not_drift(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 60000, 0, at(0));
	for (int64_t i = 0; i < 100; i++) {
		assert_false(pace_step(&p, at(30000 + i * 60000 - 1)));
		/* Woken a little late each time. */
		assert_true(pace_step(&p, at(30000 + i * 60000 + 3)));
	}
}

static void missed_beats_are_not_made_up(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 60000, 0, at(0));
	assert_true(pace_step(&p, at(1000000)));
	assert_false(pace_step(&p, at(1000001)));
	assert_int_equal(pace_due(&p).ms, 1060000);
}

static void an_asked_beat_comes_now_and_the_next_a_pace_later(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 60000, 0, at(0));
	pace_ask(&p, at(5000));
	assert_int_equal(pace_due(&p).ms, 5000);
	assert_true(pace_step(&p, at(5000)));
	assert_int_equal(pace_due(&p).ms, 65000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_beats_of_many_nodes_spread_over_half_a_pace),
		cmocka_unit_test(beats_come_at_the_pace_and_do_not_drift),
		cmocka_unit_test(missed_beats_are_not_made_up),
		cmocka_unit_test(an_asked_beat_comes_now_and_the_next_a_pace_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
