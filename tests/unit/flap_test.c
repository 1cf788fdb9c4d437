/* SPDX-License-Identifier: Apache-2.0 */
/* flap: a restless point is damped, and a quiet hour frees anybody. */
#include "gateway/flap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MINUTE = 60000 };

static wall_t at(int64_t minutes)
{
	return (wall_t){ 1781000000000 + minutes * MINUTE };
}

static void three_in_a_row_are_unstable_and_two_are_not(void **state)
{
	struct flap f = { 0 };

	(void)state;
	assert_false(flap_feed(&f, at(0)));
	assert_false(flap_feed(&f, at(0)));
	assert_true(flap_feed(&f, at(0)));
	assert_true(flap_damped(&f, at(0)));
}

static void once_an_hour_is_no_restlessness(void **state)
{
	struct flap f = { 0 };

	(void)state;
	for (int hour = 0; hour < 24; hour++)
		assert_false(flap_feed(&f, at(hour * 60)));
}

static void every_five_minutes_is(void **state)
{
	struct flap f = { 0 };
	int n = 0;

	(void)state;
	while (!flap_feed(&f, at(n * 5)))
		assert_true(++n < 5);
	assert_int_equal(n, 3);
}

static void a_penalty_is_half_of_it_a_quarter_of_an_hour_later(void **state)
{
	struct flap f = { 0 };

	(void)state;
	flap_feed(&f, at(0));
	flap_feed(&f, at(15));
	assert_int_equal(f.penalty, 1500);
	flap_feed(&f, at(45));
	assert_int_equal(f.penalty, 375 + 1000);
}

static void looking_changes_nothing(void **state)
{
	struct flap f = { 0 }, before;

	(void)state;
	for (int i = 0; i < 3; i++)
		flap_feed(&f, at(0));
	before = f;
	for (int i = 1; i <= 60; i++)
		flap_damped(&f, at(i));
	assert_memory_equal(&before, &f, sizeof f);
}

static void it_stays_unstable_below_where_it_began_to_be(void **state)
{
	struct flap f = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		flap_feed(&f, at(0));
	assert_true(flap_damped(&f, at(15)));  /* 1500 */
	assert_true(flap_damped(&f, at(29)));  /* a little more than 750 */
	assert_false(flap_damped(&f, at(31))); /* and less */
	assert_false(flap_feed(&f, at(31)));
}

static void nobody_is_damped_for_longer_than_an_hour(void **state)
{
	struct flap f = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		flap_feed(&f, at(0));
	assert_int_equal(f.penalty, FLAP_MOST);
	assert_true(flap_damped(&f, at(59)));
	assert_false(flap_damped(&f, at(61)));
}

static void a_time_before_the_last_counts_as_that(void **state)
{
	struct flap f = { 0 };

	(void)state;
	flap_feed(&f, at(10));
	flap_feed(&f, at(0));
	assert_true(flap_feed(&f, at(5)));
	assert_int_equal(f.at.ms, at(10).ms);
	assert_int_equal(f.penalty, 3000);
}

static void years_of_silence_are_not_too_long(void **state)
{
	struct flap f = { 0 };

	(void)state;
	flap_feed(&f, (wall_t){ 1 });
	assert_false(flap_feed(&f, at(0)));
	assert_int_equal(f.penalty, FLAP_ONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_in_a_row_are_unstable_and_two_are_not),
		cmocka_unit_test(once_an_hour_is_no_restlessness),
		cmocka_unit_test(every_five_minutes_is),
		cmocka_unit_test(a_penalty_is_half_of_it_a_quarter_of_an_hour_later),
		cmocka_unit_test(looking_changes_nothing),
		cmocka_unit_test(it_stays_unstable_below_where_it_began_to_be),
		cmocka_unit_test(nobody_is_damped_for_longer_than_an_hour),
		cmocka_unit_test(a_time_before_the_last_counts_as_that),
		cmocka_unit_test(years_of_silence_are_not_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
