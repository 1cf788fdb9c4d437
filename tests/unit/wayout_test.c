/* SPDX-License-Identifier: Apache-2.0 */
/* wayout: fine, in doubt, down; from the socket alone. */
#include "node/wayout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HOLD = 20000 };

static mono_t at(int64_t ms)
{
	return (mono_t){ ms };
}

static struct wayout connected(void)
{
	struct wayout w;

	wayout_init(&w, HOLD, at(0));
	assert_true(wayout_feed(&w, true, false, 0, 20000, at(1000)));
	assert_false(wayout_step(&w, at(1000)));
	assert_false(w.doubt || w.down);
	return w;
}

static void without_a_first_connection_it_is_down_after_the_hold(void **state)
{
	struct wayout w;

	(void)state;
	wayout_init(&w, HOLD, at(100));
	assert_false(wayout_step(&w, at(100)));
	assert_true(w.doubt && !w.down && !w.was_up);
	assert_int_equal(wayout_due(&w).ms, 100 + HOLD);
	wayout_step(&w, at(100 + HOLD));
	assert_true(w.down);
}

static void a_long_silence_with_nothing_on_its_way_is_no_doubt(void **state)
{
	struct wayout w = connected();

	(void)state;
	wayout_feed(&w, true, false, 59000, 20000, at(60000));
	wayout_step(&w, at(60000));
	assert_false(w.doubt);
	assert_int_equal(wayout_due(&w).ms, MONO_NEVER.ms);
}

/* The age of the last acknowledgement is that of the minute before: only waiting counts. */
static void a_beat_just_handed_over_is_no_doubt(void **state)
{
	struct wayout w = connected();

	(void)state;
	wayout_feed(&w, true, true, 59000, 20000, at(60000));
	assert_false(wayout_step(&w, at(60000)));
	assert_int_equal(wayout_due(&w).ms, 60000 + WAYOUT_STUCK_MS);
	wayout_feed(&w, true, false, 10, 20000, at(61000));
	wayout_step(&w, at(70000));
	assert_false(w.doubt);
}

static void unacknowledged_too_long_is_doubt_and_then_down(void **state)
{
	struct wayout w = connected();

	(void)state;
	wayout_feed(&w, true, false, 10, 20000, at(3000));
	for (int64_t t = 60000; t < 65000; t += 1000) {
		wayout_feed(&w, true, true, t - 1000, 20000, at(t));
		assert_false(wayout_step(&w, at(t)));
	}
	assert_true(wayout_step(&w, at(65000)));
	assert_true(w.doubt && !w.down);
	/* The connection dies; the doubt goes on, it does not begin anew. */
	assert_true(wayout_feed(&w, false, false, 0, -1, at(80000)));
	assert_false(wayout_step(&w, at(80000)));
	assert_int_equal(wayout_due(&w).ms, 65000 + HOLD);
	wayout_step(&w, at(65000 + HOLD));
	assert_true(w.down);
	wayout_feed(&w, true, false, 0, 20000, at(90000));
	assert_false(wayout_step(&w, at(90000)));
	assert_false(w.doubt || w.down);
}

static void while_data_flows_something_is_always_on_its_way(void **state)
{
	struct wayout w = connected();

	(void)state;
	for (int64_t t = 2000; t < 60000; t += 1000) {
		wayout_feed(&w, true, true, 300, 20000, at(t));
		assert_false(wayout_step(&w, at(t)));
	}
}

static void a_short_reconnect_is_doubt_but_not_down(void **state)
{
	struct wayout w = connected();

	(void)state;
	wayout_feed(&w, true, false, 10, 20000, at(3000));
	wayout_feed(&w, false, false, 0, -1, at(5000));
	assert_true(wayout_step(&w, at(5000)));
	wayout_step(&w, at(24999));
	assert_false(w.down);
	assert_true(wayout_feed(&w, true, false, 0, 20000, at(25000)));
	wayout_step(&w, at(25000));
	assert_false(w.doubt || w.down);
}

static void after_one_that_carried_nothing_a_connection_has_to_prove_itself(void **state)
{
	struct wayout w = connected();

	(void)state;
	wayout_feed(&w, true, true, 1000, 20000, at(3000));
	wayout_feed(&w, false, false, 0, -1, at(21000));
	wayout_step(&w, at(21000));
	wayout_feed(&w, true, false, 0, 20000, at(30000));
	assert_false(wayout_step(&w, at(30000)));
	assert_true(w.doubt);
	wayout_feed(&w, true, true, 1000, 20000, at(31000));
	wayout_step(&w, at(30000 + HOLD));
	assert_true(w.doubt && w.down);
	/* What it was given has arrived. */
	wayout_feed(&w, true, false, 0, 20000, at(60000));
	wayout_step(&w, at(60000));
	assert_false(w.doubt || w.down);
	/* And the next one is believed. */
	wayout_feed(&w, false, false, 0, -1, at(70000));
	wayout_feed(&w, true, false, 0, 20000, at(72000));
	wayout_step(&w, at(72000));
	assert_false(w.doubt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_first_connection_it_is_down_after_the_hold),
		cmocka_unit_test(a_long_silence_with_nothing_on_its_way_is_no_doubt),
		cmocka_unit_test(a_beat_just_handed_over_is_no_doubt),
		cmocka_unit_test(unacknowledged_too_long_is_doubt_and_then_down),
		cmocka_unit_test(while_data_flows_something_is_always_on_its_way),
		cmocka_unit_test(a_short_reconnect_is_doubt_but_not_down),
		cmocka_unit_test(after_one_that_carried_nothing_a_connection_has_to_prove_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
