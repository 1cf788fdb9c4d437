/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: waits grow, stay in their bounds, take turns, and never march in step. */
#include "mesh/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void waits_grow_to_the_ceiling_and_stay(void **state)
{
	struct backoff b;
	int64_t ceiling = 1000;

	(void)state;
	backoff_init(&b, 1000, 60000, 1, 1);
	for (unsigned i = 0; i < 20; i++) {
		int64_t wait = backoff_failed(&b);

		assert_in_range(wait, ceiling / 2, ceiling);
		ceiling = ceiling * 2 > 60000 ? 60000 : ceiling * 2;
	}
}

static void endpoints_take_turns_before_the_wait_grows(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 1000, 60000, 3, 1);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(b.at, i);
		assert_in_range(backoff_failed(&b), 500, 1000);
	}
	assert_int_equal(b.at, 0);
	assert_in_range(backoff_failed(&b), 1000, 2000);
}

static void a_settled_connection_starts_small_again(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 1000, 60000, 2, 1);
	for (unsigned i = 0; i < 9; i++)
		backoff_failed(&b);
	assert_int_equal(b.at, 1);
	backoff_settled(&b);
	assert_int_equal(b.at, 1);
	assert_in_range(backoff_failed(&b), 500, 1000);
}

static void a_hamlet_does_not_return_in_step(void **state)
{
	unsigned slot[10] = { 0 };

	(void)state;
	for (uint64_t node = 0; node < 1000; node++) {
		struct backoff b;

		backoff_init(&b, 10000, 10000, 1, node);
		slot[(backoff_failed(&b) - 5000) * 10 / 5001]++;
	}
	for (unsigned i = 0; i < 10; i++)
		assert_in_range(slot[i], 60, 140);
}

static void extreme_ceilings_do_not_overflow(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 1, INT64_MAX / 2, 1, 7);
	for (unsigned i = 0; i < 500; i++)
		assert_true(backoff_failed(&b) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_grow_to_the_ceiling_and_stay),
		cmocka_unit_test(endpoints_take_turns_before_the_wait_grows),
		cmocka_unit_test(a_settled_connection_starts_small_again),
		cmocka_unit_test(a_hamlet_does_not_return_in_step),
		cmocka_unit_test(extreme_ceilings_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
