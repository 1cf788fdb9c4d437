/* SPDX-License-Identifier: Apache-2.0 */
/* heal: sentences about a relay under strict limits. */
#include "node/heal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* The program has run for longer than a day. */
static const mono_t LONG_AGO = { -2 * (int64_t)DAY };
static struct heal h;

/* Trouble without end from `from` on, minute by minute: when each try began, in minutes since then.
 */
static unsigned tries(int64_t from, int64_t ms, int64_t at[static 16])
{
	unsigned n = 0;

	for (int64_t t = 0; t < ms; t += 5000) {
		bool was = h.off;

		heal_step(&h, true, true, (mono_t){ from + t });
		if (h.off && !was && n < 16)
			at[n++] = t / MINUTE;
	}
	return n;
}

static void trouble_must_last_before_anything_is_tried(void **state)
{
	(void)state;
	heal_init(&h, LONG_AGO);
	assert_int_equal(heal_due(&h).ms, MONO_NEVER.ms);
	assert_false(heal_step(&h, true, true, (mono_t){ 0 }));
	assert_int_equal(heal_due(&h).ms, HEAL_FIRST_MS);
	assert_false(heal_step(&h, true, true, (mono_t){ HEAL_FIRST_MS - 1 }));
	assert_true(heal_step(&h, true, true, (mono_t){ HEAL_FIRST_MS }));
	assert_true(h.off);
	assert_false(heal_step(&h, true, true, (mono_t){ HEAL_FIRST_MS + HEAL_OFF_MS - 1 }));
	assert_true(heal_step(&h, true, true, (mono_t){ HEAL_FIRST_MS + HEAL_OFF_MS }));
	assert_false(h.off);
}

static void trouble_that_ends_by_itself_is_left_alone(void **state)
{
	(void)state;
	heal_init(&h, LONG_AGO);
	for (int64_t t = 0; t < DAY; t += MINUTE) {
		heal_step(&h, t / MINUTE % 10 != 9, true, (mono_t){ t });
		assert_false(h.off);
	}
}

static void at_most_twice_a_day_with_growing_waits(void **state)
{
	int64_t at[16];
	unsigned n;

	(void)state;
	heal_init(&h, LONG_AGO);
	n = tries(0, (int64_t)7 * DAY, at);
	assert_in_range(n, 3, 14);
	assert_int_equal(at[0], 10);
	assert_in_range(at[1], at[0] + 60, at[0] + 62);
	for (unsigned i = 2; i < n; i++)
		assert_true(at[i] - at[i - 2] >= 24 * 60);
	assert_int_equal(h.tries, n);
}

static void a_new_trouble_does_not_get_a_new_day(void **state)
{
	int64_t at[16];
	unsigned n = 0;

	(void)state;
	heal_init(&h, LONG_AGO);
	for (int64_t t = 0; t < DAY; t += HOUR) {
		n += tries(t, 20 * MINUTE, at);
		heal_step(&h, false, true, (mono_t){ t + 30 * MINUTE });
	}
	assert_int_equal(n, HEAL_A_DAY);
}

static void no_number_of_starts_makes_it_more_than_twice_a_day(void **state)
{
	int64_t at[16];

	(void)state;
	for (int64_t t = 0; t < (int64_t)3 * DAY; t += 20 * HOUR) {
		heal_init(&h, (mono_t){ t });
		assert_int_equal(tries(t, 20 * HOUR, at), 0);
	}
	heal_init(&h, (mono_t){ 0 });
	assert_int_equal(tries(0, 26 * HOUR, at), 2);
}

static void without_leave_there_is_nothing_to_wait_for(void **state)
{
	(void)state;
	heal_init(&h, LONG_AGO);
	heal_step(&h, true, true, (mono_t){ 0 });
	heal_step(&h, true, false, (mono_t){ HEAL_FIRST_MS + 1 });
	assert_int_equal(heal_due(&h).ms, MONO_NEVER.ms);
	heal_step(&h, true, true, (mono_t){ HEAL_FIRST_MS + 2 });
	assert_true(h.off);
}

static void never_without_leave_and_back_at_once_when_it_is_taken(void **state)
{
	(void)state;
	heal_init(&h, LONG_AGO);
	for (int64_t t = 0; t < DAY; t += MINUTE)
		assert_false(heal_step(&h, true, false, (mono_t){ t }));
	assert_true(heal_step(&h, true, true, (mono_t){ DAY }));
	assert_true(heal_step(&h, true, false, (mono_t){ DAY + 1 }));
	assert_false(h.off);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trouble_must_last_before_anything_is_tried),
		cmocka_unit_test(trouble_that_ends_by_itself_is_left_alone),
		cmocka_unit_test(at_most_twice_a_day_with_growing_waits),
		cmocka_unit_test(a_new_trouble_does_not_get_a_new_day),
		cmocka_unit_test(no_number_of_starts_makes_it_more_than_twice_a_day),
		cmocka_unit_test(without_leave_there_is_nothing_to_wait_for),
		cmocka_unit_test(never_without_leave_and_back_at_once_when_it_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
