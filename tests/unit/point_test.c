/* SPDX-License-Identifier: Apache-2.0 */
/* point: suspect, ask, and only then dark. */
#include "gateway/point.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct commune_options options = { .grace_ms = 10000,
						.ask_ms = 4000,
						.sight_ms = 300000 };
static const mono_t start = { 1000000 };

static struct point heard_once(void)
{
	struct point p;

	point_init(&p, false, 60);
	point_step(&p, POINT_HEARD, &options, start);
	return p;
}

static void the_first_word_brings_a_point_up(void **state)
{
	struct point p;

	(void)state;
	point_init(&p, false, 60);
	assert_int_equal(point_step(&p, POINT_HEARD, &options, start), POINT_BACK);
	assert_int_equal(p.contact, CONTACT_UP);
	assert_int_equal(point_step(&p, POINT_HEARD, &options, mono_after(start, 60000)), 0);
}

static void a_late_beat_is_asked_about_before_it_is_dark(void **state)
{
	struct point p = heard_once();

	(void)state;
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 69999)), 0);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 70000)), POINT_ASK);
	assert_int_equal(p.contact, CONTACT_SUSPECT);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 73999)), 0);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 74000)),
			 POINT_GONE);
	assert_int_equal(p.contact, CONTACT_DARK);
	/* And asked again now and then: it may believe that we are away. */
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 973999)), 0);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 974000)),
			 POINT_ASK);
	assert_int_equal(p.contact, CONTACT_DARK);
}

static void an_answer_in_time_ends_the_suspicion_in_silence(void **state)
{
	struct point p = heard_once();

	(void)state;
	point_step(&p, POINT_TIME, &options, mono_after(start, 70000));
	assert_int_equal(point_step(&p, POINT_HEARD, &options, mono_after(start, 71000)), 0);
	assert_int_equal(p.contact, CONTACT_UP);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 74000)), 0);
}

static void a_will_is_a_hint_and_leaves_time_to_dial_again(void **state)
{
	struct point p = heard_once();
	mono_t broken = mono_after(start, 5000);

	(void)state;
	assert_int_equal(point_step(&p, POINT_WILL, &options, broken), POINT_ASK);
	assert_int_equal(point_step(&p, POINT_WILL, &options, mono_after(broken, 1)), 0);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(broken, 9999)), 0);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(broken, 10000)),
			 POINT_GONE);
}

static void blindness_forgets_and_accuses_nobody(void **state)
{
	struct point p = heard_once();

	(void)state;
	assert_int_equal(point_step(&p, POINT_BLIND, &options, mono_after(start, 1)), 0);
	assert_int_equal(p.contact, CONTACT_UNKNOWN);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 9000000)), 0);
	assert_int_equal(p.contact, CONTACT_UNKNOWN);
}

static void after_sight_a_known_point_has_its_time_to_return(void **state)
{
	struct point p = heard_once();
	mono_t sight = mono_after(start, 50000);

	(void)state;
	point_step(&p, POINT_BLIND, &options, mono_after(start, 1));
	point_step(&p, POINT_SIGHT, &options, sight);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(sight, 369999)), 0);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(sight, 370000)),
			 POINT_ASK);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(sight, 374000)),
			 POINT_GONE);
}

static void a_point_never_heard_from_is_not_lost(void **state)
{
	struct point p;

	(void)state;
	point_init(&p, false, 60);
	point_step(&p, POINT_SIGHT, &options, start);
	assert_int_equal(p.due.ms, MONO_NEVER.ms);
	assert_int_equal(point_step(&p, POINT_TIME, &options, mono_after(start, 86400000)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_word_brings_a_point_up),
		cmocka_unit_test(a_late_beat_is_asked_about_before_it_is_dark),
		cmocka_unit_test(an_answer_in_time_ends_the_suspicion_in_silence),
		cmocka_unit_test(a_will_is_a_hint_and_leaves_time_to_dial_again),
		cmocka_unit_test(blindness_forgets_and_accuses_nobody),
		cmocka_unit_test(after_sight_a_known_point_has_its_time_to_return),
		cmocka_unit_test(a_point_never_heard_from_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
