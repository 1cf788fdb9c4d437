/* SPDX-License-Identifier: Apache-2.0 */
/* budget: sentences about SMS a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/budget.h"

static const struct budget budget = { .per_day = 30, .reserve = 5 };

static void the_last_few_are_kept_for_trouble_of_our_own(void **state)
{
	(void)state;
	assert_true(budget_lets(&budget, 0, false));
	assert_true(budget_lets(&budget, 24, false));
	assert_false(budget_lets(&budget, 25, false));
	assert_true(budget_lets(&budget, 25, true));
	assert_true(budget_lets(&budget, 29, true));
	assert_false(budget_lets(&budget, 30, true));
}

static void none_a_day_are_none(void **state)
{
	const struct budget none = { 0, 0 };

	(void)state;
	assert_false(budget_lets(&none, 0, false));
	assert_false(budget_lets(&none, 0, true));
}

/* 14 May 2026, 00:00 in Vietnam, is 13 May, 17:00 UTC. */
static void a_day_begins_at_midnight_in_vietnam(void **state)
{
	const int64_t midnight = INT64_C(1778691600000);

	(void)state;
	assert_int_equal(budget_day((wall_t){ midnight }).ms, midnight);
	assert_int_equal(budget_day((wall_t){ midnight + 86399999 }).ms, midnight);
	assert_int_equal(budget_day((wall_t){ midnight - 1 }).ms, midnight - 86400000);
	assert_true(budget_day((wall_t){ -1 }).ms <= -1);
	assert_true(budget_day((wall_t){ 0 }).ms <= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_few_are_kept_for_trouble_of_our_own),
		cmocka_unit_test(none_a_day_are_none),
		cmocka_unit_test(a_day_begins_at_midnight_in_vietnam),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
