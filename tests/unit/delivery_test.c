/* SPDX-License-Identifier: Apache-2.0 */
/* delivery: sentences about trying again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/delivery.h"

static void the_wait_doubles_from_one_second(void **state)
{
	(void)state;
	assert_int_equal(delivery_wait(1), 1000);
	assert_int_equal(delivery_wait(2), 2000);
	assert_int_equal(delivery_wait(3), 4000);
	assert_int_equal(delivery_wait(9), 256000);
}

static void the_wait_is_never_longer_than_five_minutes(void **state)
{
	(void)state;
	assert_int_equal(delivery_wait(10), 300000);
	assert_int_equal(delivery_wait(200), 300000);
}

static void we_give_up_after_a_day_and_not_before(void **state)
{
	int64_t waited = 0, wait;
	unsigned tries = 1;

	(void)state;
	while ((wait = delivery_wait(tries)) >= 0) {
		waited += wait;
		tries++;
	}
	assert_in_range(waited, 86400000 - 300000, 86400000);
	assert_int_equal(delivery_wait(tries + 1), -1);
	assert_int_equal(delivery_wait(UINT32_MAX), -1);
}

static void one_way_of_several_gets_three_tries_in_five_seconds(void **state)
{
	(void)state;
	assert_int_equal(delivery_again(1, 0), 1000);
	assert_int_equal(delivery_again(2, 1000), 2000);
	assert_int_equal(delivery_again(3, 3000), -1);
	assert_int_equal(delivery_again(1, 4999), 1000);
	assert_int_equal(delivery_again(1, 5000), -1);
	assert_int_equal(delivery_again(2, 15000), -1);
	assert_int_equal(delivery_again(UINT32_MAX, 0), -1);
}

/* connect 5 s, total 15 s: see post.c */
static void the_second_way_has_its_turn_within_thirty_seconds_however_the_first_fails(void **state)
{
	(void)state;
	for (int64_t first = 0; first <= 15000; first += 100)
		for (int64_t second = 0; second <= 15000; second += 100) {
			int64_t at = first, wait = delivery_again(1, at);

			if (wait >= 0) {
				at += wait + second;
				wait = delivery_again(2, at);
			}
			if (wait >= 0)
				at += wait + 15000;
			assert_true(at <= 30000);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_from_one_second),
		cmocka_unit_test(the_wait_is_never_longer_than_five_minutes),
		cmocka_unit_test(we_give_up_after_a_day_and_not_before),
		cmocka_unit_test(one_way_of_several_gets_three_tries_in_five_seconds),
		cmocka_unit_test(
			the_second_way_has_its_turn_within_thirty_seconds_however_the_first_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
