/* SPDX-License-Identifier: Apache-2.0 */
/* breaker: sentences about leaving a service alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/breaker.h"

static const mono_t began = { 1000 };

static void feed(struct breaker *b, unsigned failures, mono_t now)
{
	for (unsigned i = 0; i < failures; i++)
		breaker_feed(b, false, now);
}

static void two_failures_are_bad_luck_and_three_in_a_row_are_not(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	assert_true(breaker_lets(&b, began));
	feed(&b, 2, began);
	assert_false(breaker_open(&b));
	breaker_feed(&b, true, began);
	feed(&b, 2, began);
	assert_true(breaker_lets(&b, began));
	assert_int_equal(breaker_due(&b).ms, MONO_NEVER.ms);
	feed(&b, 1, began);
	assert_true(breaker_open(&b));
	assert_false(breaker_lets(&b, began));
	assert_int_equal(breaker_due(&b).ms, 61000);
}

static void after_a_minute_one_try_shows_how_things_are(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	feed(&b, 3, began);
	assert_false(breaker_lets(&b, (mono_t){ 60999 }));
	assert_true(breaker_lets(&b, (mono_t){ 61000 }));
	breaker_try(&b);
	assert_false(breaker_lets(&b, (mono_t){ 61000 })); /* one */
	assert_int_equal(breaker_due(&b).ms, MONO_NEVER.ms);
	breaker_feed(&b, true, (mono_t){ 61500 });
	assert_false(breaker_open(&b));
	assert_true(breaker_lets(&b, (mono_t){ 61500 }));
	feed(&b, 2, (mono_t){ 62000 });
	assert_false(breaker_open(&b)); /* nothing is held against it */
}

static void it_is_left_alone_twice_as_long_each_time_and_ten_minutes_at_most(void **state)
{
	static const int64_t wait[] = { 120000, 240000, 480000, 600000, 600000 };
	struct breaker b = { 0 };
	mono_t now = began;

	(void)state;
	feed(&b, 3, now);
	for (size_t i = 0; i < sizeof wait / sizeof wait[0]; i++) {
		now = breaker_due(&b);
		assert_true(breaker_lets(&b, now));
		breaker_try(&b);
		breaker_feed(&b, false, now);
		assert_int_equal(breaker_due(&b).ms, now.ms + wait[i]);
	}
}

static void what_was_under_way_when_it_opened_tells_nothing_new(void **state)
{
	struct breaker b = { 0 };

	(void)state;
	feed(&b, 3, began);
	feed(&b, 5, (mono_t){ 16000 });
	assert_int_equal(breaker_due(&b).ms, 61000);
	breaker_feed(&b, true, (mono_t){ 17000 }); /* unless it went well */
	assert_false(breaker_open(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_failures_are_bad_luck_and_three_in_a_row_are_not),
		cmocka_unit_test(after_a_minute_one_try_shows_how_things_are),
		cmocka_unit_test(it_is_left_alone_twice_as_long_each_time_and_ten_minutes_at_most),
		cmocka_unit_test(what_was_under_way_when_it_opened_tells_nothing_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
