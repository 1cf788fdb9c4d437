/* SPDX-License-Identifier: Apache-2.0 */
/* reach: slow to say no, careful to say yes again. */
#include "node/reach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static mono_t at(int64_t ms)
{
	return (mono_t){ ms };
}

static struct reach fresh(void)
{
	struct reach r;

	reach_init(&r, 10000, 2500, 3, 42, at(0));
	return r;
}

static struct reach silent(void)
{
	struct reach r = fresh();

	for (int i = 0; i < 3; i++)
		reach_feed(&r, i < 1 ? 900 : -1, at(i));
	assert_true(reach_feed(&r, -1, at(3)));
	assert_int_equal(r.state, REACH_SILENT);
	return r;
}

static void the_first_answer_ever_counts_at_once(void **state)
{
	struct reach r = fresh();

	(void)state;
	assert_true(reach_feed(&r, 1234, at(5)));
	assert_int_equal(r.state, REACH_ANSWERS);
	assert_int_equal(r.rtt_us, 1234);
	assert_int_equal(r.heard.ms, 5);
}

static void never_heard_is_silent_after_the_same_rounds(void **state)
{
	struct reach r = fresh();

	(void)state;
	assert_false(reach_feed(&r, -1, at(1)));
	assert_false(reach_feed(&r, -1, at(2)));
	assert_true(reach_feed(&r, -1, at(3)));
	assert_int_equal(r.state, REACH_SILENT);
	assert_int_equal(r.heard.ms, MONO_NEVER.ms);
}

static void two_misses_and_an_answer_change_nothing(void **state)
{
	struct reach r = fresh();

	(void)state;
	reach_feed(&r, 100, at(0));
	for (int i = 0; i < 20; i++) {
		assert_false(reach_feed(&r, -1, at(i)));
		assert_false(reach_feed(&r, -1, at(i)));
		assert_false(reach_feed(&r, 100, at(i)));
	}
	assert_int_equal(r.state, REACH_ANSWERS);
}

static void silence_ends_with_two_answers_in_a_row(void **state)
{
	struct reach r = silent();

	(void)state;
	assert_false(reach_feed(&r, 100, at(10)));
	assert_false(reach_feed(&r, -1, at(11)));
	assert_false(reach_feed(&r, 100, at(12)));
	assert_int_equal(r.state, REACH_SILENT);
	assert_true(reach_feed(&r, 100, at(13)));
	assert_int_equal(r.state, REACH_ANSWERS);
	assert_int_equal(r.since.ms, 13);
}

static void probes_keep_a_jittered_pace_and_hurry_when_undecided(void **state)
{
	struct reach r = fresh();
	int64_t now = 0, least = INT64_MAX, most = 0;

	(void)state;
	assert_true(reach_step(&r, at(0)));
	assert_false(reach_step(&r, at(0)));
	assert_in_range(reach_due(&r).ms, 2250, 2750);
	reach_feed(&r, 100, at(10));
	now = reach_due(&r).ms;
	for (int i = 0; i < 200; i++) {
		int64_t gap;

		assert_true(reach_step(&r, at(now)));
		gap = reach_due(&r).ms - now;
		assert_in_range(gap, 9000, 11000);
		least = gap < least ? gap : least;
		most = gap > most ? gap : most;
		now += gap;
	}
	assert_true(most - least > 1500);
}

static void after_a_first_answer_the_second_question_follows_soon(void **state)
{
	struct reach r = silent();

	(void)state;
	r.due = at(100);
	assert_true(reach_step(&r, at(100)));
	assert_in_range(reach_due(&r).ms, 9100, 11100);
	reach_feed(&r, 100, at(110));
	assert_int_equal(reach_due(&r).ms, 2610);
}

static void one_that_may_come_back_any_moment_is_asked_quickly(void **state)
{
	struct reach r = silent();

	(void)state;
	r.due = at(9000);
	reach_hurry(&r, at(20000), at(100));
	assert_true(reach_step(&r, at(100)));
	assert_in_range(reach_due(&r).ms, 2350, 2850);
	assert_true(reach_step(&r, at(20000)));
	assert_in_range(reach_due(&r).ms, 29000, 31000);
}

static void counts_are_taken_once(void **state)
{
	struct reach r = silent();
	uint32_t sent = 1, lost = 1;

	(void)state;
	reach_take(&r, &sent, &lost);
	assert_int_equal(sent, 5);
	assert_int_equal(lost, 4);
	reach_take(&r, &sent, &lost);
	assert_int_equal(sent, 5);
}

static void what_is_forgotten_is_asked_afresh(void **state)
{
	struct reach r = silent();

	(void)state;
	reach_forget(&r, at(50));
	assert_int_equal(r.state, REACH_UNKNOWN);
	assert_int_equal(reach_due(&r).ms, 50);
	assert_true(reach_feed(&r, 100, at(60)));
	assert_int_equal(r.state, REACH_ANSWERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_answer_ever_counts_at_once),
		cmocka_unit_test(never_heard_is_silent_after_the_same_rounds),
		cmocka_unit_test(two_misses_and_an_answer_change_nothing),
		cmocka_unit_test(silence_ends_with_two_answers_in_a_row),
		cmocka_unit_test(probes_keep_a_jittered_pace_and_hurry_when_undecided),
		cmocka_unit_test(after_a_first_answer_the_second_question_follows_soon),
		cmocka_unit_test(one_that_may_come_back_any_moment_is_asked_quickly),
		cmocka_unit_test(counts_are_taken_once),
		cmocka_unit_test(what_is_forgotten_is_asked_afresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
