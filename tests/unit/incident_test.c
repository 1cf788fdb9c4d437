/* SPDX-License-Identifier: Apache-2.0 */
/* incident: one event, one beginning told, one end. */
#include "gateway/incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct commune_options options = {
	.group_hold_ms = 60000,
	.group_window_ms = 120000,
	.camera_hold_ms = 180000,
	.return_hold_ms = 120000,
	.residue_hold_ms = 600000,
	.again_hold_ms = 300000,
	.stable_hold_ms = 1800000,
	.blind_hold_ms = 300000,
};
static const mono_t start = { 1000 };

static mono_t after(int64_t s)
{
	return mono_after(start, s * 1000);
}

static wall_t at(int64_t s)
{
	return (wall_t){ 1781000000000 + s * 1000 };
}

static struct outage outage_of(int64_t id, uint32_t point, enum cause cause, int64_t from_s)
{
	return (struct outage){
		.id = id, .point = point, .cause = cause, .sure = SURE_CONFIRMED, .from = at(from_s)
	};
}

static void join(struct incidents *s, struct outage *o, const struct ties *t, int64_t after_s)
{
	incident_join(s, o, t, &options, after(after_s));
}

static void open_one(struct incidents *s, struct outage *o, uint32_t hamlet, int64_t after_s)
{
	join(s, o, &(struct ties){ .hamlet = hamlet }, after_s);
}

static void leave(struct incidents *s, struct outage *o, int64_t after_s)
{
	o->until = at(after_s);
	incident_left(s, o, &options, after(after_s));
}

static unsigned step(struct incidents *s, size_t i, int64_t after_s)
{
	return incident_step(&s->live[i], false, after(after_s));
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
	assert_false(step(&s, 0, 59) & INCIDENT_OPENS);
	assert_true(step(&s, 0, 60) & INCIDENT_OPENS);
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
	assert_false(step(&s, 0, 179) & INCIDENT_OPENS);
	assert_true(step(&s, 0, 180) & INCIDENT_OPENS);
	free(s.live);
}

static void what_ends_within_the_hold_is_told_to_nobody(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0);

	(void)state;
	open_one(&s, &a, 0, 0);
	leave(&s, &a, 20);
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
	leave(&s, &a, 300);
	assert_false(step(&s, 0, 419) & INCIDENT_CLOSES);
	assert_true(step(&s, 0, 420) & INCIDENT_CLOSES);
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
	leave(&s, &a, 300);
	join(&s, &again, &(struct ties){ .before = a.incident }, 330);
	assert_int_equal(again.incident, a.incident);
	assert_int_equal(s.live[0].i.points, 1);
	assert_int_equal(s.live[0].i.flaps, 2);
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
	assert_false(incident_step(&s.live[0], true, after(90)) & INCIDENT_OPENS);
	incident_sight(&s, &options, after(100));
	assert_false(step(&s, 0, 159) & INCIDENT_OPENS);
	assert_true(step(&s, 0, 160) & INCIDENT_OPENS);
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
	incident_changed(&s, &a, CAUSE_OPEN, &options, after(2));
	assert_int_equal(s.live[0].i.sure, SURE_CONFIRMED);
	free(s.live);
}

/* ---- what ties points together ---- */

static void a_transformer_a_relay_or_friends_tie_across_hamlets(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 4, CAUSE_OPEN, 0), b = outage_of(2, 5, CAUSE_OPEN, 1),
		      c = outage_of(3, 6, CAUSE_OPEN, 2), d = outage_of(4, 7, CAUSE_OPEN, 3),
		      e = outage_of(5, 8, CAUSE_OPEN, 4);
	const int64_t friends[] = { 1 };

	(void)state;
	join(&s, &a, &(struct ties){ .hamlet = 1, .transformer = 3 }, 0);
	join(&s, &b, &(struct ties){ .hamlet = 2, .transformer = 3 }, 1);
	join(&s, &c, &(struct ties){ .hamlet = 3, .relay = 5 /* point 4 */ }, 2);
	join(&s, &d, &(struct ties){ .hamlet = 4, .friends = friends, .n_friends = 1 }, 3);
	join(&s, &e, &(struct ties){ .hamlet = 5, .transformer = 9 }, 4);
	assert_int_equal(b.incident, 1);
	assert_int_equal(c.incident, 1);
	assert_int_equal(d.incident, 1);
	assert_int_equal(e.incident, 5);
	free(s.live);
}

static void who_speaks_through_another_is_tied_to_it_whoever_goes_first(void **state)
{
	struct incidents s = { 0 };
	struct outage child = outage_of(1, 7, CAUSE_OPEN, 0),
		      relay = outage_of(2, 4, CAUSE_OPEN, 1);

	(void)state;
	join(&s, &child, &(struct ties){ .hamlet = 1, .relay = 5 }, 0);
	join(&s, &relay, &(struct ties){ .hamlet = 2 }, 1);
	assert_int_equal(relay.incident, 1);
	free(s.live);
}

static void planned_and_unplanned_never_mix(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_POWER, 0), b = outage_of(2, 1, CAUSE_POWER, 1),
		      c = outage_of(3, 2, CAUSE_POWER, 2);

	(void)state;
	join(&s, &a, &(struct ties){ .planned = true }, 0);
	join(&s, &b, &(struct ties){ .planned = false }, 1);
	join(&s, &c, &(struct ties){ .planned = true }, 2);
	assert_int_equal(s.n, 2);
	assert_int_equal(b.incident, 2);
	assert_int_equal(c.incident, 1);
	free(s.live);
}

/* ---- how long to wait ---- */

static void told_of_just_now_waits_longer_but_not_with_neighbours(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0), b = outage_of(2, 1, CAUSE_OPEN, 30);

	(void)state;
	join(&s, &a, &(struct ties){ .again = true }, 0);
	assert_int_equal(s.live[0].due.ms, after(300).ms);
	/* A neighbour went as well: that is no blinking of one house's. */
	join(&s, &b, &(struct ties){ .again = false }, 30);
	assert_int_equal(s.live[0].due.ms, after(60).ms);
	free(s.live);
}

static void one_that_comes_and_goes_is_told_at_once_and_must_be_well_for_long(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_LINE, 0);

	(void)state;
	join(&s, &a, &(struct ties){ .damped = true, .again = true }, 0);
	assert_true(step(&s, 0, 0) & INCIDENT_OPENS);
	leave(&s, &a, 60);
	assert_false(step(&s, 0, 60 + 1799) & INCIDENT_CLOSES);
	assert_true(step(&s, 0, 60 + 1800) & INCIDENT_CLOSES);
	assert_int_equal(s.live[0].i.until.ms, a.until.ms);
	free(s.live);
}

static void what_was_out_for_a_moment_must_be_well_as_long_and_half_again(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0);

	(void)state;
	open_one(&s, &a, 0, 0);
	step(&s, 0, 60);
	leave(&s, &a, 200);
	assert_int_equal(s.live[0].due.ms, after(200 + 300).ms);
	free(s.live);
}

/* ---- a group that is back but for a few ---- */

static void four_of_which_three_came_back_end_without_the_fourth(void **state)
{
	struct incidents s = { 0 };
	struct outage o[4];

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		o[i] = outage_of(i + 1, i, CAUSE_OPEN, i);
		open_one(&s, &o[i], 0, i);
	}
	assert_true(step(&s, 0, 60) & INCIDENT_OPENS);
	leave(&s, &o[0], 100);
	leave(&s, &o[1], 110);
	assert_int_equal(s.live[0].i.state, INCIDENT_TOLD);
	leave(&s, &o[2], 120);
	assert_int_equal(s.live[0].i.state, INCIDENT_CLOSING);
	assert_false(step(&s, 0, 719) & INCIDENT_CLOSES);
	assert_true(step(&s, 0, 720) & INCIDENT_CLOSES);
	assert_int_equal(s.live[0].i.open, 1);
	assert_int_equal(s.live[0].i.until.ms, o[2].until.ms);
	free(s.live);
}

static void the_fourth_gets_an_incident_of_its_own_that_is_told(void **state)
{
	struct incidents s = { 0 };
	struct outage o = outage_of(9, 3, CAUSE_OPEN, 4), b = outage_of(10, 2, CAUSE_OPEN, 5);
	const struct incident of = { .id = 1,
				     .scope = SCOPE_HAMLET,
				     .hamlet = 2,
				     .point = 0,
				     .from = at(0),
				     .cause = CAUSE_OPEN,
				     .corrected = CAUSE_POWER,
				     .told = true,
				     .points = 4,
				     .open = 1 };
	struct incident_live *l = incident_residue(&s, &of, &o, after(720));

	(void)state;
	incident_stayed(l, &o);
	assert_int_equal(l->i.id, -9);
	assert_int_equal(l->i.hamlet, 2);
	assert_int_equal(l->i.point, 3);
	assert_int_equal(l->i.from.ms, o.from.ms);
	assert_int_equal(l->i.scope, SCOPE_POINT);
	assert_int_equal(l->i.corrected, CAUSE_NONE);
	assert_true(l->i.told && l->i.residue);
	assert_int_equal(l->i.points, 1);
	assert_int_equal(l->i.open, 1);
	/* Told already; and nobody joins it. */
	assert_int_equal(step(&s, 0, 5000), INCIDENT_KEEP);
	open_one(&s, &b, 2, 5);
	assert_int_equal(b.incident, 10);
	free(s.live);
}

static void two_that_nobody_was_told_of_become_one(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 5), b = outage_of(2, 1, CAUSE_POWER, 0),
		      c = outage_of(3, 2, CAUSE_POWER, 6);

	(void)state;
	join(&s, &a, &(struct ties){ .hamlet = 0, .provider = 7 }, 5);
	join(&s, &b, &(struct ties){ .hamlet = 1, .provider = 8 }, 5);
	join(&s, &c, &(struct ties){ .hamlet = 1, .provider = 8 }, 6);
	incident_absorb(&s.live[0], &s.live[1]);
	incident_conclude(&s.live[0], &options);
	assert_int_equal(s.live[0].i.points, 3);
	assert_int_equal(s.live[0].i.open, 3);
	assert_int_equal(s.live[0].i.flaps, 3);
	assert_int_equal(s.live[0].i.from.ms, at(0).ms);
	assert_int_equal(s.live[0].i.cause, CAUSE_POWER);
	assert_int_equal(s.live[0].i.sure, SURE_PROBABLE);
	assert_int_equal(s.live[0].provider, 0);
	assert_int_equal(s.live[1].i.state, INCIDENT_CLOSED);
	assert_int_equal(s.live[1].i.points, 0);
	assert_int_equal(s.live[1].i.until.ms, s.live[1].i.from.ms);
	incident_remove(&s, 1);
	assert_int_equal(s.n, 1);
	free(s.live);
}

static void what_never_was_ends_untold(void **state)
{
	struct incidents s = { 0 };
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0), b = outage_of(2, 1, CAUSE_OPEN, 1);

	(void)state;
	open_one(&s, &a, 0, 0);
	open_one(&s, &b, 0, 1);
	incident_voided(&s, &a, after(10));
	assert_int_equal(s.live[0].i.points, 1);
	assert_int_equal(s.live[0].i.state, INCIDENT_HELD);
	incident_voided(&s, &b, after(10));
	assert_int_equal(s.live[0].i.points, 0);
	assert_int_equal(step(&s, 0, 10), INCIDENT_KEEP);
	assert_int_equal(s.live[0].i.state, INCIDENT_CLOSED);
	assert_false(s.live[0].i.told);
	free(s.live);
}

/* ---- our own trouble ---- */

static void our_own_trouble_is_told_even_while_we_are_blind(void **state)
{
	struct incidents s = { 0 };
	struct incident_live *l = incident_doubt(&s, 3, DOUBT_LINE, at(0), &options, after(0));
	struct outage a = outage_of(9, 0, CAUSE_OPEN, 1);

	(void)state;
	assert_int_equal(l->i.scope, SCOPE_GATEWAY);
	assert_int_equal(l->i.cause, CAUSE_GATEWAY);
	open_one(&s, &a, 0, 1);
	assert_int_equal(a.incident, 9);
	for (size_t i = 0; i < s.n; i++)
		incident_step(&s.live[i], true, after(2)); /* kept */
	assert_int_equal(incident_due(&s, true).ms, after(300).ms);
	assert_int_equal(incident_step(&s.live[0], true, after(299)), 0);
	assert_true(incident_step(&s.live[0], true, after(300)) & INCIDENT_OPENS);
	incident_sure(&s.live[0], at(400), &options, after(400));
	assert_false(step(&s, 0, 519) & INCIDENT_CLOSES);
	assert_true(step(&s, 0, 520) & INCIDENT_CLOSES);
	assert_int_equal(s.live[0].i.until.ms, at(400).ms);
	free(s.live);
}

static void our_own_trouble_that_passes_soon_is_told_to_nobody(void **state)
{
	struct incidents s = { 0 };
	struct incident_live *l = incident_doubt(&s, 3, DOUBT_BROKER, at(0), &options, after(0));

	(void)state;
	incident_sure(l, at(100), &options, after(100));
	assert_int_equal(step(&s, 0, 100), INCIDENT_KEEP);
	assert_int_equal(s.live[0].i.state, INCIDENT_CLOSED);
	assert_false(s.live[0].i.told);
	free(s.live);
}

/* ---- after a restart ---- */

static void what_was_held_is_held_from_the_start_again(void **state)
{
	struct incidents s = { 0 };
	const struct incident i = {
		.id = 1, .cause = CAUSE_OPEN, .state = INCIDENT_HELD, .points = 2, .open = 2
	};
	struct outage a = outage_of(1, 0, CAUSE_OPEN, 0);

	(void)state;
	a.incident = 1;
	incident_restore(&s, &i, &options, after(1000));
	incident_restore_outage(&s, &a);
	incident_restored(&s, &options, after(1000), at(1000));
	assert_int_equal(s.live[0].i.open, 1);
	assert_false(step(&s, 0, 1059) & INCIDENT_OPENS);
	assert_true(step(&s, 0, 1060) & INCIDENT_OPENS);
	free(s.live);
}

static void what_was_told_ends_when_its_last_point_left_the_roster(void **state)
{
	struct incidents s = { 0 };
	const struct incident i = { .id = 1,
				    .cause = CAUSE_POWER,
				    .state = INCIDENT_TOLD,
				    .told = true,
				    .points = 2,
				    .open = 1 };

	(void)state;
	incident_restore(&s, &i, &options, after(1000));
	incident_restored(&s, &options, after(1000), at(1000));
	assert_int_equal(s.live[0].i.state, INCIDENT_CLOSING);
	assert_int_equal(s.live[0].i.until.ms, at(1000).ms);
	assert_true(step(&s, 0, 1000 + 120) & INCIDENT_CLOSES);
	free(s.live);
}

static void a_group_that_was_closing_but_for_one_goes_on_closing(void **state)
{
	struct incidents s = { 0 };
	const struct incident i = { .id = 1,
				    .cause = CAUSE_POWER,
				    .state = INCIDENT_CLOSING,
				    .told = true,
				    .points = 4,
				    .open = 1 };
	struct outage a = outage_of(1, 0, CAUSE_POWER, 0);

	(void)state;
	a.incident = 1;
	incident_restore(&s, &i, &options, after(1000));
	incident_restore_outage(&s, &a);
	incident_restored(&s, &options, after(1000), at(1000));
	assert_false(step(&s, 0, 1599) & INCIDENT_CLOSES);
	assert_true(step(&s, 0, 1600) & INCIDENT_CLOSES);
	assert_int_equal(s.live[0].i.open, 1);
	free(s.live);
}

static void our_own_trouble_outlives_a_restart(void **state)
{
	struct incidents s = { 0 };
	const struct incident i = { .id = 3,
				    .scope = SCOPE_GATEWAY,
				    .doubt = DOUBT_POWER,
				    .cause = CAUSE_GATEWAY,
				    .state = INCIDENT_HELD };

	(void)state;
	incident_restore(&s, &i, &options, after(1000));
	incident_restored(&s, &options, after(1000), at(1000));
	assert_int_equal(s.live[0].i.state, INCIDENT_HELD);
	assert_true(step(&s, 0, 1300) & INCIDENT_OPENS);
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
		cmocka_unit_test(a_transformer_a_relay_or_friends_tie_across_hamlets),
		cmocka_unit_test(who_speaks_through_another_is_tied_to_it_whoever_goes_first),
		cmocka_unit_test(planned_and_unplanned_never_mix),
		cmocka_unit_test(told_of_just_now_waits_longer_but_not_with_neighbours),
		cmocka_unit_test(one_that_comes_and_goes_is_told_at_once_and_must_be_well_for_long),
		cmocka_unit_test(what_was_out_for_a_moment_must_be_well_as_long_and_half_again),
		cmocka_unit_test(four_of_which_three_came_back_end_without_the_fourth),
		cmocka_unit_test(the_fourth_gets_an_incident_of_its_own_that_is_told),
		cmocka_unit_test(two_that_nobody_was_told_of_become_one),
		cmocka_unit_test(what_never_was_ends_untold),
		cmocka_unit_test(our_own_trouble_is_told_even_while_we_are_blind),
		cmocka_unit_test(our_own_trouble_that_passes_soon_is_told_to_nobody),
		cmocka_unit_test(what_was_held_is_held_from_the_start_again),
		cmocka_unit_test(what_was_told_ends_when_its_last_point_left_the_roster),
		cmocka_unit_test(a_group_that_was_closing_but_for_one_goes_on_closing),
		cmocka_unit_test(our_own_trouble_outlives_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
