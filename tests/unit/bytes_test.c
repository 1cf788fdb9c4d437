/* SPDX-License-Identifier: Apache-2.0 */
/* bytes: sentences about a month's budget. */
#include "node/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BUDGET = 6000000 };

static const int64_t DAY = INT64_C(24) * 3600 * 1000;

static struct bytes at_day(unsigned day, uint64_t spent)
{
	struct bytes b;

	bytes_init(&b, BUDGET, spent, day * DAY, (mono_t){ 5 });
	return b;
}

static void a_connections_counter_that_begins_anew_is_added(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, 0, 0, 0, (mono_t){ 0 });
	bytes_line(&b, 1200, (mono_t){ 1000 });
	bytes_line(&b, 1500, (mono_t){ 2000 });
	bytes_line(&b, 900, (mono_t){ 3000 }); /* another connection */
	bytes_add(&b, 72);
	assert_int_equal(b.ever, 1500 + 900 + 72);
	assert_int_equal(b.month, b.ever);
	assert_int_equal(b.month_ms, 3000);
}

static void what_was_spent_before_a_restart_still_counts(void **state)
{
	struct bytes b = at_day(10, 1000000);

	(void)state;
	bytes_line(&b, 500, (mono_t){ 5 });
	assert_int_equal(b.month, 1000500);
	assert_int_equal(b.ever, 500);
}

static void a_month_is_thirty_days_and_then_nothing_is_spent(void **state)
{
	struct bytes b = at_day(29, 5900000);

	(void)state;
	bytes_line(&b, 1000, (mono_t){ DAY + 4 });
	assert_int_equal(b.month, 5901000);
	bytes_line(&b, 1200, (mono_t){ DAY + 6 });
	assert_int_equal(b.month, 200);
	assert_int_equal(b.month_ms, 1);
}

static void a_budget_that_lasts_to_the_end_slows_nobody(void **state)
{
	struct bytes b;

	(void)state;
	for (unsigned day = 0; day < 30; day++) {
		b = at_day(day, (uint64_t)BUDGET / 30 * day);
		assert_int_equal(bytes_factor(&b), 1);
	}
}

static void whoever_is_ahead_of_the_days_slows_in_the_declared_steps(void **state)
{
	struct bytes b;

	(void)state;
	for (unsigned i = 1; i < BYTES_STEPS; i++) {
		assert_true(bytes_steps[i].percent > bytes_steps[i - 1].percent);
		assert_true(bytes_steps[i].factor > bytes_steps[i - 1].factor);
		b = at_day(15, (uint64_t)BUDGET / 100 * bytes_steps[i].percent - 1);
		assert_int_equal(bytes_factor(&b), bytes_steps[i - 1].factor);
		b = at_day(15, (uint64_t)BUDGET / 100 * bytes_steps[i].percent);
		assert_int_equal(bytes_factor(&b), bytes_steps[i].factor);
	}
}

static void without_a_budget_nothing_slows(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, 0, 0, 0, (mono_t){ 0 });
	bytes_add(&b, UINT64_C(1) << 40);
	assert_int_equal(bytes_factor(&b), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connections_counter_that_begins_anew_is_added),
		cmocka_unit_test(what_was_spent_before_a_restart_still_counts),
		cmocka_unit_test(a_month_is_thirty_days_and_then_nothing_is_spent),
		cmocka_unit_test(a_budget_that_lasts_to_the_end_slows_nobody),
		cmocka_unit_test(whoever_is_ahead_of_the_days_slows_in_the_declared_steps),
		cmocka_unit_test(without_a_budget_nothing_slows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
