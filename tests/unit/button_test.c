/* SPDX-License-Identifier: Apache-2.0 */
/* button: sentences about presses. */
#include "node/button.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const mono_t T = { 1000000 };

static void press(struct button *b, mono_t at, int64_t ms)
{
	button_feed(b, true, at);
	button_feed(b, false, mono_after(at, ms));
}

static void a_short_press_says_unplugged_on_purpose_for_half_an_hour(void **state)
{
	struct button b = { 0 };

	(void)state;
	press(&b, T, 200);
	assert_true(b.away);
	assert_int_equal(button_due(&b).ms, T.ms + 200 + 30 * 60000);
	button_step(&b, mono_after(T, 30 * 60000));
	assert_true(b.away);
	button_step(&b, mono_after(T, 200 + 30 * 60000));
	assert_false(b.away);
	assert_int_equal(button_due(&b).ms, MONO_NEVER.ms);
}

static void a_second_short_press_takes_it_back(void **state)
{
	struct button b = { 0 };

	(void)state;
	press(&b, T, 200);
	press(&b, mono_after(T, 5000), 200);
	assert_false(b.away);
}

static void a_long_press_calls_while_it_is_still_held_and_only_once(void **state)
{
	struct button b = { 0 };

	(void)state;
	button_feed(&b, true, T);
	assert_int_equal(button_due(&b).ms, T.ms + BUTTON_LONG_MS);
	button_step(&b, mono_after(T, BUTTON_LONG_MS));
	assert_true(b.call);
	button_step(&b, mono_after(T, 10 * BUTTON_LONG_MS));
	assert_true(b.call);
	button_feed(&b, false, mono_after(T, 11 * BUTTON_LONG_MS));
	assert_true(b.call);
	assert_false(b.away);
}

static void a_long_press_counts_though_nobody_looked_meanwhile(void **state)
{
	struct button b = { 0 };

	(void)state;
	press(&b, T, BUTTON_LONG_MS + 1);
	assert_true(b.call);
	assert_false(b.away);
}

static void contact_bounce_says_nothing(void **state)
{
	struct button b = { 0 };

	(void)state;
	for (int64_t i = 0; i < 20; i++)
		press(&b, mono_after(T, 50 * i), BUTTON_BOUNCE_MS - 1);
	assert_false(b.away || b.call);
}

static void whoever_took_the_job_has_answered_the_call(void **state)
{
	struct button b = { 0 };

	(void)state;
	press(&b, T, BUTTON_LONG_MS);
	button_answered(&b);
	assert_false(b.call);
	press(&b, mono_after(T, 60000), BUTTON_LONG_MS);
	assert_true(b.call);
	button_step(&b, mono_after(T, 60000 + BUTTON_LONG_MS + BUTTON_CALL_MS));
	assert_false(b.call);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_press_says_unplugged_on_purpose_for_half_an_hour),
		cmocka_unit_test(a_second_short_press_takes_it_back),
		cmocka_unit_test(a_long_press_calls_while_it_is_still_held_and_only_once),
		cmocka_unit_test(a_long_press_counts_though_nobody_looked_meanwhile),
		cmocka_unit_test(contact_bounce_says_nothing),
		cmocka_unit_test(whoever_took_the_job_has_answered_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
