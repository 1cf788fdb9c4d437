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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_from_one_second),
		cmocka_unit_test(the_wait_is_never_longer_than_five_minutes),
		cmocka_unit_test(we_give_up_after_a_day_and_not_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
