/* SPDX-License-Identifier: Apache-2.0 */
/* commune_incident: what goes dark together is one story, told once, with what it has in common. */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct incident *told(void)
{
	return &hall_last(HALL_HOOK)->notice.incident;
}

static void mute(size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		hall_mute(i);
}

static void births(size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		hall_birth(i);
}

static size_t opened(void)
{
	return hall_told(TELL_FIRING, HALL_HOOK);
}

static size_t closed(void)
{
	return hall_told(TELL_RESOLVED, HALL_HOOK);
}

/* ---- what they share ---- */

static void a_hamlet_is_one_story(void **state)
{
	(void)state;
	mute(0, 4);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	assert_int_equal(told()->scope, SCOPE_HAMLET);
	assert_int_equal(told()->points, 4);
	assert_int_equal(told()->group, 4);
	/* Two providers at once: hardly the line. */
	assert_true(told()->evidence & EVIDENCE_MIXED);
	assert_int_equal(told()->cause, CAUSE_POWER);
	assert_int_equal(told()->sure, SURE_PROBABLE);
}

static void a_transformer_is_known_by_those_on_the_other_one(void **state)
{
	(void)state;
	mute(0, 2);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	assert_int_equal(told()->scope, SCOPE_TRANSFORMER);
	assert_int_equal(told()->group, 2);
	assert_int_equal(told()->others, 2);
	assert_true(told()->evidence & EVIDENCE_TRANSFORMER);
	assert_true(told()->evidence & EVIDENCE_NEIGHBOURS);
	assert_int_equal(told()->cause, CAUSE_POWER);
}

static void one_provider_in_a_hamlet_is_known_by_the_other(void **state)
{
	(void)state;
	hall_mute(0);
	hall_mute(2);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	assert_true(told()->evidence & EVIDENCE_PROVIDER);
	assert_int_equal(told()->cause, CAUSE_PROVIDER);
	assert_int_equal(told()->scope, SCOPE_PROVIDER);
}

static void what_a_node_says_is_worth_more_than_a_guess(void **state)
{
	(void)state;
	hall_news(0, CAUSE_POWER);
	mute(0, 4);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	assert_int_equal(told()->cause, CAUSE_POWER);
	assert_int_equal(told()->sure, SURE_PROBABLE); /* one house's word for four */
	assert_int_equal(told()->points, 4);
	hall_hush();
	hall_news(4, CAUSE_POWER);
	hall_news(5, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_true(told()->evidence & EVIDENCE_SAID);
	assert_int_equal(told()->sure, SURE_CONFIRMED);
}

static void several_hamlets_are_an_area(void **state)
{
	(void)state;
	for (size_t i = 0; i < 9; i++)
		hall_news(i, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	assert_int_equal(told()->scope, SCOPE_AREA);
	assert_int_equal(told()->points, 9);
	assert_int_equal(told()->hamlets, 3);
	for (size_t i = 0; i < 9; i++) {
		assert_int_equal(hall_last_outage(i)->incident, told()->id);
		hall_news(i, CAUSE_NONE);
	}
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
}

static void two_hamlets_are_two_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < 8; i++)
		hall_news(i, CAUSE_POWER);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(opened(), 2);
}

static void a_provider_across_hamlets_is_one_story(void **state)
{
	(void)state;
	hall_mute(0);
	hall_mute(4);
	hall_mute(8);
	hall_mute(10);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	assert_int_equal(told()->scope, SCOPE_PROVIDER);
	assert_int_equal(told()->points, 4);
	assert_int_equal(told()->hamlets, 3);
}

static void friends_of_different_hamlets_are_learned(void **state)
{
	uint32_t friend[LEARN_FRIENDS];

	(void)state;
	/* 0 and 1 are neighbours; three times with them is enough. */
	for (int i = 0; i < 3; i++) {
		mute(0, 2);
		hall_pass(10 * HALL_MINUTE);
		births(0, 2);
		hall_pass(4 * HALL_HOUR);
	}
	assert_int_equal(commune_learned(hall.c, 0, friend), 1);
	assert_int_equal(friend[0], 1);
	hall_restart(HALL_MINUTE);
	births(0, 16);
	assert_int_equal(commune_learned(hall.c, 0, friend), 1);
}

static void whoever_joins_what_was_told_makes_it_more_than_a_point(void **state)
{
	int64_t id;

	(void)state;
	hall_news(0, CAUSE_POWER);
	hall_pass(HALL_MINUTE + HALL_SECOND);
	assert_int_equal(opened(), 1);
	assert_int_equal(told()->scope, SCOPE_POINT);
	id = told()->id;
	hall_news(1, CAUSE_POWER);
	hall_pass(HALL_SECOND);
	assert_int_equal(opened(), 1);
	assert_int_equal(hall_incident(id)->points, 2);
	assert_int_equal(hall_incident(id)->scope, SCOPE_TRANSFORMER);
	assert_int_equal(hall_incident(id)->group, 2);
}

/* ---- what its return tells ---- */

static void the_same_boot_had_power_all_along(void **state)
{
	(void)state;
	hall_mute(0);
	hall_pass(5 * HALL_MINUTE);
	hall_birth(0);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
	assert_int_equal(told()->cause, CAUSE_LINE);
	assert_true(told()->evidence & EVIDENCE_SAME_BOOT);
	assert_false(told()->evidence & EVIDENCE_NEW_BOOT);
	assert_true(hall_incident(told()->id)->evidence & EVIDENCE_SAME_BOOT);
}

static void another_boot_had_not(void **state)
{
	(void)state;
	hall_mute(0);
	hall_pass(5 * HALL_MINUTE);
	hall_reboot(0);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
	assert_int_equal(told()->cause, CAUSE_POWER);
	assert_true(told()->evidence & EVIDENCE_NEW_BOOT);
	assert_false(told()->evidence & EVIDENCE_SAME_BOOT);
}

/* ---- those that do not come back ---- */

static void the_one_that_did_not_come_back_is_named(void **state)
{
	int64_t group;

	(void)state;
	mute(0, 4);
	hall_pass(5 * HALL_MINUTE);
	group = told()->id;
	births(0, 3);
	hall_pass(10 * HALL_MINUTE - 1);
	assert_int_equal(closed(), 0);
	hall_pass(2);
	assert_int_equal(closed(), 1);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HOOK), 1);
	assert_int_equal(told()->point, 3);
	assert_int_equal(told()->points, 1);
	assert_true(told()->residue);
	assert_int_equal(told()->id, -hall_last_outage(3)->id);
	assert_int_equal(hall_last_outage(3)->incident, told()->id);
	assert_int_equal(hall_incident(group)->open, 0);
	assert_int_equal(hall_incident(group)->state, INCIDENT_CLOSED);
	assert_int_equal(opened(), 1);
	hall_birth(3);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(closed(), 2);
}

static void who_follows_in_time_is_no_residue(void **state)
{
	(void)state;
	mute(0, 4);
	hall_pass(5 * HALL_MINUTE);
	births(0, 3);
	hall_pass(8 * HALL_MINUTE);
	hall_birth(3);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HOOK), 0);
}

static void a_restart_while_one_is_waited_for_still_names_it(void **state)
{
	(void)state;
	mute(0, 4);
	hall_pass(5 * HALL_MINUTE);
	births(0, 3);
	hall_pass(5 * HALL_MINUTE);
	hall_restart(HALL_MINUTE);
	for (size_t i = 0; i < 16; i++)
		if (i != 3)
			hall_birth(i);
	hall_pass(15 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HOOK), 1);
	hall_restart(HALL_MINUTE);
	births(0, 16);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(closed(), 2);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HOOK), 1);
}

/* ---- coming and going ---- */

static void one_that_comes_and_goes_is_told_once_and_ends_once(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		hall_news(0, CAUSE_POWER);
		hall_pass(2 * HALL_MINUTE);
		hall_news(0, CAUSE_NONE);
		hall_pass(3 * HALL_MINUTE + HALL_SECOND);
	}
	assert_true(hall_view(0).unstable);
	assert_true(opened() + hall_told(TELL_UNSTABLE, HALL_HOOK) <= 3);
	assert_int_equal(hall_told(TELL_UNSTABLE, HALL_HOOK), 1);
	hall_pass(HALL_HOUR);
	assert_int_equal(closed(), opened() + hall_told(TELL_UNSTABLE, HALL_HOOK));
	hall_pass(HALL_HOUR);
	assert_false(hall_view(0).unstable);
}

static void told_of_an_hour_ago_must_be_out_for_longer(void **state)
{
	(void)state;
	hall_news(0, CAUSE_POWER);
	hall_pass(10 * HALL_MINUTE);
	hall_news(0, CAUSE_NONE);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
	hall_news(0, CAUSE_POWER);
	hall_pass(4 * HALL_MINUTE);
	hall_news(0, CAUSE_NONE);
	hall_pass(20 * HALL_MINUTE);
	assert_int_equal(opened(), 1);
	hall_news(0, CAUSE_POWER);
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(opened(), 2);
}

static void one_that_comes_and_goes_is_still_so_after_a_restart(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		hall_news(0, CAUSE_POWER);
		hall_pass(2 * HALL_MINUTE);
		hall_news(0, CAUSE_NONE);
		hall_pass(3 * HALL_MINUTE + HALL_SECOND);
	}
	assert_int_equal(hall_told(TELL_UNSTABLE, HALL_HOOK), 1);
	hall_restart(10 * HALL_SECOND);
	births(0, 16);
	hall_hush();
	hall_pass(20 * HALL_MINUTE);
	assert_int_equal(closed(), 0);
	hall_pass(15 * HALL_MINUTE);
	assert_int_equal(closed(), 1);
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, hall_setup, hall_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(a_hamlet_is_one_story),
		sentence(a_transformer_is_known_by_those_on_the_other_one),
		sentence(one_provider_in_a_hamlet_is_known_by_the_other),
		sentence(what_a_node_says_is_worth_more_than_a_guess),
		sentence(several_hamlets_are_an_area),
		sentence(two_hamlets_are_two_stories),
		sentence(a_provider_across_hamlets_is_one_story),
		sentence(friends_of_different_hamlets_are_learned),
		sentence(whoever_joins_what_was_told_makes_it_more_than_a_point),
		sentence(the_same_boot_had_power_all_along),
		sentence(another_boot_had_not),
		sentence(the_one_that_did_not_come_back_is_named),
		sentence(who_follows_in_time_is_no_residue),
		sentence(a_restart_while_one_is_waited_for_still_names_it),
		sentence(one_that_comes_and_goes_is_told_once_and_ends_once),
		sentence(told_of_an_hour_ago_must_be_out_for_longer),
		sentence(one_that_comes_and_goes_is_still_so_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
