/* SPDX-License-Identifier: Apache-2.0 */
/* incident: one event, one beginning told, one end. */
#include "gateway/incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct commune_options options = { .group_hold_ms = 60000,
						.group_window_ms = 120000,
						.camera_hold_ms = 180000,
						.return_hold_ms = 120000 };
static const mono_t start = { 1000 };

static struct outage outage_of(int64_t id, uint32_t point, enum cause cause, int64_t from_s)
{
	return (struct outage){ .id = id,
				.point = point,
				.cause = cause,
				.sure = SURE_CONFIRMED,
				.from = { 1781000000000 + from_s * 1000 } };
}

static void open_one(struct incidents *s, struct outage *o, uint32_t hamlet, int64_t after_s)
{
	incident_join(s, o, 0, hamlet, 0, &options, mono_after(start, after_s * 1000));
}

static unsigned step(struct incidents *s, size_t i, int64_t after_s)
{
	return incident_step(&s->live[i], false, &options, mono_after(start, after_s * 1000));
}

static void neighbours_that_follow_are_one_incident_told_once(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0), b = outage_of(2, 1, CAUSE_OPEN, 30);

	(void)state;
	open_one(&s, &a, 0, 0);
	open_one(&s, &b, 0, 30);
	assert_int_equal(s.n, 1);
	assert_int_equal(b.incident, a.incident);
	assert_false(step(&s, 0, 59) & INCIDENT_TELL_FIRING);
	assert_true(step(&s, 0, 60) & INCIDENT_TELL_FIRING);
	assert_int_equal(s.live[0].i.points, 2);
	assert_int_equal(step(&s, 0, 600), 0);
	free(s.live);
}

static void another_hamlet_or_a_later_hour_is_another_incident(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0), b = outage_of(2, 1, CAUSE_OPEN, 5),
		      c = outage_of(3, 2, CAUSE_OPEN, 121);

	(void)state;
	open_one(&s, &a, 0, 0);
	open_one(&s, &b, 1, 5);
	open_one(&s, &c, 0, 121);
	assert_int_equal(s.n, 3);
	free(s.live);
}

static void cameras_never_group_and_wait_longer(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_CAMERA, 0), b = outage_of(2, 1, CAUSE_CAMERA, 0);

	(void)state;
	open_one(&s, &a, 0, 0);
	open_one(&s, &b, 0, 0);
	assert_int_equal(s.n, 2);
	assert_false(step(&s, 0, 179) & INCIDENT_TELL_FIRING);
	assert_true(step(&s, 0, 180) & INCIDENT_TELL_FIRING);
	free(s.live);
}

static void what_ends_within_the_hold_is_told_to_nobody(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0);

	(void)state;
	open_one(&s, &a, 0, 0);
	a.until.ms = a.from.ms + 20000;
	incident_left(&s, &a, &options, mono_after(start, 20000));
	assert_int_equal(step(&s, 0, 20), INCIDENT_KEEP);
	assert_int_equal(s.live[0].i.state, INCIDENT_CLOSED);
	free(s.live);
}

static void the_end_is_told_once_it_has_held(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_POWER, 0);

	(void)state;
	open_one(&s, &a, 0, 0);
	step(&s, 0, 60);
	a.until.ms = a.from.ms + 300000;
	incident_left(&s, &a, &options, mono_after(start, 300000));
	assert_false(step(&s, 0, 419) & INCIDENT_TELL_RESOLVED);
	assert_true(step(&s, 0, 420) & INCIDENT_TELL_RESOLVED);
	assert_int_equal(s.live[0].i.until.ms, a.until.ms);
	free(s.live);
}

static void gone_again_within_the_hold_is_the_same_story(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_POWER, 0),
		      again = outage_of(2, 0, CAUSE_POWER, 330);

	(void)state;
	open_one(&s, &a, 0, 0);
	step(&s, 0, 60);
	a.until.ms = a.from.ms + 300000;
	incident_left(&s, &a, &options, mono_after(start, 300000));
	incident_join(&s, &again, a.incident, 0, 0, &options, mono_after(start, 330000));
	assert_int_equal(again.incident, a.incident);
	assert_int_equal(s.live[0].i.points, 1);
	assert_int_equal(step(&s, 0, 600), INCIDENT_KEEP);
	assert_int_equal(s.live[0].i.state, INCIDENT_TOLD);
	free(s.live);
}

static void nothing_is_told_while_we_are_blind(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0);

	(void)state;
	open_one(&s, &a, 0, 0);
	assert_false(incident_step(&s.live[0], true, &options, mono_after(start, 90000)) &
		     INCIDENT_TELL_FIRING);
	incident_sight(&s, &options, mono_after(start, 100000));
	assert_false(step(&s, 0, 159) & INCIDENT_TELL_FIRING);
	assert_true(step(&s, 0, 160) & INCIDENT_TELL_FIRING);
	free(s.live);
}

static void one_houses_word_makes_the_hamlets_cause_probable(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0), b = outage_of(2, 1, CAUSE_POWER, 1);

	(void)state;
	open_one(&s, &a, 0, 0);
	open_one(&s, &b, 0, 1);
	assert_int_equal(s.live[0].i.cause, CAUSE_POWER);
	assert_int_equal(s.live[0].i.sure, SURE_PROBABLE);
	a.cause = CAUSE_POWER;
	incident_changed(&s, &a, CAUSE_OPEN, &options, mono_after(start, 2000));
	assert_int_equal(s.live[0].i.sure, SURE_CONFIRMED);
	free(s.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_that_follow_are_one_incident_told_once),
		cmocka_unit_test(another_hamlet_or_a_later_hour_is_another_incident),
		cmocka_unit_test(cameras_never_group_and_wait_longer),
		cmocka_unit_test(what_ends_within_the_hold_is_told_to_nobody),
		cmocka_unit_test(the_end_is_told_once_it_has_held),
		cmocka_unit_test(gone_again_within_the_hold_is_the_same_story),
		cmocka_unit_test(nothing_is_told_while_we_are_blind),
		cmocka_unit_test(one_houses_word_makes_the_hamlets_cause_probable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
