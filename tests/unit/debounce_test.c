/* SPDX-License-Identifier: Apache-2.0 */
/* debounce: what stands counts, what flickers does not. */
#include "node/debounce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static mono_t at(int64_t ms)
{
	return (mono_t){ ms };
}

static struct debounce on_since_zero(void)
{
	struct debounce d;

	debounce_init(&d, 500, 2000);
	assert_true(debounce_feed(&d, true, at(0)));
	assert_true(d.known && d.on);
	return d;
}

static void the_first_level_counts_at_once_when_it_is_on(void **state)
{
	struct debounce d = on_since_zero();

	(void)state;
	assert_int_equal(debounce_due(&d).ms, MONO_NEVER.ms);
}

static void a_first_level_of_off_must_stand_too(void **state)
{
	struct debounce d;

	(void)state;
	debounce_init(&d, 500, 2000);
	assert_int_equal(debounce_due(&d).ms, MONO_NEVER.ms);
	assert_false(debounce_feed(&d, false, at(100)));
	assert_false(d.known);
	assert_int_equal(debounce_due(&d).ms, 600);
	assert_true(debounce_feed(&d, false, at(600)));
	assert_true(d.known && !d.on);
	assert_int_equal(d.since.ms, 100);
}

static void off_counts_after_its_hold_and_remembers_when_it_began(void **state)
{
	struct debounce d = on_since_zero();

	(void)state;
	assert_false(debounce_feed(&d, false, at(1000)));
	assert_int_equal(debounce_due(&d).ms, 1500);
	assert_false(debounce_feed(&d, false, at(1499)));
	assert_true(debounce_feed(&d, false, at(1500)));
	assert_false(d.on);
	assert_int_equal(d.since.ms, 1000);
	assert_false(debounce_feed(&d, false, at(9000)));
}

static void a_dip_shorter_than_the_hold_is_counted_not_believed(void **state)
{
	struct debounce d = on_since_zero();

	(void)state;
	assert_false(debounce_feed(&d, false, at(1000)));
	assert_false(debounce_feed(&d, true, at(1400)));
	assert_int_equal(d.dips, 1);
	assert_true(d.on);
	assert_int_equal(debounce_due(&d).ms, MONO_NEVER.ms);
	assert_false(debounce_feed(&d, false, at(1600)));
	assert_int_equal(debounce_due(&d).ms, 2100);
}

static void coming_back_takes_longer_than_going(void **state)
{
	struct debounce d = on_since_zero();

	(void)state;
	debounce_feed(&d, false, at(1000));
	assert_true(debounce_feed(&d, false, at(1500)));
	assert_false(debounce_feed(&d, true, at(5000)));
	assert_int_equal(debounce_due(&d).ms, 7000);
	assert_true(debounce_feed(&d, true, at(7000)));
	assert_true(d.on);
	assert_int_equal(d.since.ms, 5000);
}

static void edges_read_late_count_by_their_own_time(void **state)
{
	struct debounce d = on_since_zero();

	(void)state;
	assert_false(debounce_feed(&d, false, at(1000)));
	/* Off stood for 700 ms before it came back: it was an outage, though we read both at once.
	 */
	assert_true(debounce_feed(&d, true, at(1700)));
	assert_false(d.on);
	assert_int_equal(d.dips, 0);
	assert_true(debounce_feed(&d, true, at(3700)));
	assert_true(d.on);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_level_counts_at_once_when_it_is_on),
		cmocka_unit_test(a_first_level_of_off_must_stand_too),
		cmocka_unit_test(off_counts_after_its_hold_and_remembers_when_it_began),
		cmocka_unit_test(a_dip_shorter_than_the_hold_is_counted_not_believed),
		cmocka_unit_test(coming_back_takes_longer_than_going),
		cmocka_unit_test(edges_read_late_count_by_their_own_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
