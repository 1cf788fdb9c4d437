/* SPDX-License-Identifier: Apache-2.0 */
/* commune_alert: one after the other until somebody goes, and the day's fixed messages. */
#include "gateway/date.h"
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* From Monday, 8 June 2026, in Vietnam. */
static wall_t at(unsigned day, unsigned hour, unsigned minute)
{
	const struct date d = {
		.year = 2026, .month = 6, .day = 8 + day, .hour = hour, .minute = minute
	};
	wall_t t;

	assert_true(date_wall(&t, &d, DATE_VIETNAM_MIN));
	return t;
}

enum { MONDAY, TUESDAY, WEDNESDAY };

static void pass_to(wall_t t)
{
	assert_true(t.ms >= hall_wall().ms);
	hall_pass(t.ms - hall_wall().ms);
}

/* Begin again at another time. */
static void begin(wall_t t)
{
	hall_close();
	hall_open(&hall_roster, t);
}

/* One house goes dark and it is told. */
static const struct notice *dark(size_t point)
{
	hall_news(point, CAUSE_POWER);
	hall_pass(HALL_MINUTE + 1);
	return &hall_last(HALL_HOOK)->notice;
}

static size_t opened(uint32_t receiver)
{
	return hall_told(TELL_FIRING, receiver);
}

static enum taking take(const char *code, const char *who, struct alert *a)
{
	enum taking t = commune_take_job(hall.c, code, who, a, hall_now(), hall_wall());

	hall_turn();
	return t;
}

/* ---- the chain ---- */

static void machines_heads_and_the_first_technician_are_told_at_once(void **state)
{
	const struct notice *n;

	(void)state;
	n = dark(0);
	assert_int_equal(opened(HALL_HOOK), 1);
	assert_int_equal(opened(HALL_HEAD), 1);
	assert_int_equal(opened(HALL_BINH), 1);
	assert_int_equal(opened(HALL_CHIN) + opened(HALL_DUTY) + opened(HALL_LEADER), 0);
	assert_int_equal(strlen(n->code), 3);
	assert_string_equal(n->taken_by, "");
}

static void another_hamlets_head_is_left_in_peace(void **state)
{
	(void)state;
	dark(5);
	assert_int_equal(opened(HALL_HEAD), 0);
	assert_int_equal(opened(HALL_BINH), 1);
}

static void all_hamlets_of_an_incident_hear_of_it(void **state)
{
	(void)state;
	/* A provider's trouble that is seen in the second hamlet first. */
	hall_mute(4);
	hall_pass(HALL_SECOND);
	hall_mute(0);
	hall_mute(2);
	hall_mute(8);
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(opened(HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.hamlets, 3);
	assert_int_equal(opened(HALL_HEAD), 1);
}

static void what_stayed_dark_is_told_where_it_is(void **state)
{
	(void)state;
	hall_mute(4);
	hall_pass(HALL_SECOND);
	hall_mute(0);
	hall_mute(8);
	hall_mute(10);
	hall_pass(6 * HALL_MINUTE);
	hall_birth(4);
	hall_birth(0);
	hall_birth(8);
	hall_pass(12 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HOOK), 1);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.point, 10);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.hamlet, 2);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HEAD), 0);
}

static void while_nobody_goes_the_next_one_is_told(void **state)
{
	(void)state;
	dark(0);
	hall_pass(5 * HALL_MINUTE - 2);
	assert_int_equal(opened(HALL_CHIN), 0);
	hall_pass(2);
	assert_int_equal(opened(HALL_CHIN), 1);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(HALL_DUTY), 1);
	hall_pass(3 * HALL_HOUR + 49 * HALL_MINUTE);
	assert_int_equal(opened(HALL_LEADER), 0);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(opened(HALL_LEADER), 1);
	for (uint32_t i = 0; i <= HALL_LEADER; i++)
		assert_int_equal(opened(i), 1);
}

static void whoever_takes_the_job_ends_the_calling(void **state)
{
	char code[NOTICE_CODE];
	struct alert a;

	(void)state;
	memcpy(code, dark(0)->code, sizeof code);
	assert_int_equal(take("9Z9", "binh", &a), TAKING_UNKNOWN);
	assert_int_equal(take(code, "binh", &a), TAKING_OK);
	assert_string_equal(a.taken_by, "binh");
	assert_int_equal(hall_rows(ROW_TAKEN), 1);
	assert_string_equal(hall_alert(a.incident)->taken_by, "binh");
	assert_int_equal(hall_alert(a.incident)->next.ms, 0);
	assert_int_equal(take(code, "chin", &a), TAKING_TAKEN);
	assert_string_equal(a.taken_by, "binh");
	assert_int_equal(take(code, "binh", &a), TAKING_OK);
	assert_int_equal(hall_rows(ROW_TAKEN), 1);
	hall_pass(26 * HALL_HOUR);
	assert_int_equal(opened(HALL_CHIN), 0);
	assert_int_equal(hall_told(TELL_REMIND, HALL_BINH), 0);
}

static const struct notice *answer(const char *code, const char *receiver)
{
	const size_t before = hall.n_said;

	commune_answer(hall.c, receiver, code, hall_wall());
	hall_turn();
	return hall.n_said > before ? &hall.said[hall.n_said - 1].notice : NULL;
}

static void whoever_answers_hears_who_has_the_job(void **state)
{
	const struct notice *n;
	struct alert a;
	char code[NOTICE_CODE];

	(void)state;
	memcpy(code, dark(0)->code, sizeof code);
	assert_int_equal(take(code, "binh", &a), TAKING_OK);
	n = answer(code, "binh");
	assert_non_null(n);
	assert_int_equal(n->what, TELL_ANSWER);
	assert_string_equal(n->taken_by, "binh");
	assert_string_equal(n->code, code);
	assert_int_equal(n->incident.id, a.incident);
	assert_int_equal(take(code, "chin", &a), TAKING_TAKEN);
	n = answer(code, "chin");
	assert_non_null(n);
	assert_string_equal(n->taken_by, "binh");
	assert_int_equal(hall_told(TELL_ANSWER, HALL_CHIN), 1);
	assert_null(answer(code, "chin")); /* two machines that answer each other end here */
	assert_int_equal(hall_told(TELL_ANSWER, HALL_HOOK), 0);
}

static void whoever_answers_with_a_code_that_is_not_open_hears_that_once_a_day(void **state)
{
	const struct notice *n;

	(void)state;
	n = answer("9Z9", "binh");
	assert_non_null(n);
	assert_int_equal(n->incident.id, 0);
	assert_string_equal(n->code, "9Z9");
	assert_string_equal(n->taken_by, "");
	assert_null(answer("9Z9", "binh"));
	assert_null(answer("9Z9", "nobody"));
	hall_pass(24 * HALL_HOUR);
	assert_non_null(answer("9Z9", "binh"));
}

static void the_end_says_who_went_and_reaches_exactly_those_who_were_told(void **state)
{
	struct alert a;

	(void)state;
	take(dark(0)->code, "binh", &a);
	hall_news(0, CAUSE_NONE);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HEAD), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_BINH), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_CHIN), 0);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_DUTY), 0);
	assert_string_equal(hall_last(HALL_BINH)->notice.taken_by, "binh");
	assert_true(hall_alert(a.incident)->closed);
	assert_int_equal(take(hall_alert(a.incident)->code, "chin", &a), TAKING_UNKNOWN);
	assert_null(commune_alert(hall.c, a.incident));
}

static void two_at_once_have_two_codes(void **state)
{
	char first[NOTICE_CODE];

	(void)state;
	memcpy(first, dark(0)->code, sizeof first);
	assert_string_not_equal(dark(8)->code, first);
}

static void who_cannot_be_reached_is_passed_over_at_once(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0)->incident.id;
	/* Nobody waits for a machine, or for the hamlet's head, to go. */
	commune_undelivered(hall.c, incident, "hook0", hall_now(), hall_wall());
	commune_undelivered(hall.c, incident, "head", hall_now(), hall_wall());
	hall_turn();
	assert_int_equal(opened(HALL_CHIN), 0);
	commune_undelivered(hall.c, incident, "binh", hall_now(), hall_wall());
	hall_turn();
	assert_int_equal(opened(HALL_CHIN), 1);
	/* And of something that is over nobody is called. */
	hall_news(0, CAUSE_NONE);
	hall_pass(10 * HALL_MINUTE);
	commune_undelivered(hall.c, incident, "chin", hall_now(), hall_wall());
	hall_turn();
	assert_int_equal(opened(HALL_DUTY), 0);
}

static void who_could_not_be_reached_by_a_reminder_calls_nobody_twice(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0)->incident.id;
	hall_pass(5 * HALL_HOUR);
	hall_hush();
	commune_undelivered(hall.c, incident, "binh", hall_now(), hall_wall());
	hall_pass(HALL_MINUTE);
	assert_int_equal(hall.n_said, 0);
}

/* ---- nobody goes ---- */

static void reminders_come_after_4_and_24_hours(void **state)
{
	(void)state;
	dark(0);
	hall_pass(4 * HALL_HOUR - 10 * HALL_SECOND);
	assert_int_equal(hall_told(TELL_REMIND, HALL_BINH), 0);
	hall_pass(20 * HALL_SECOND);
	assert_int_equal(hall_told(TELL_REMIND, HALL_BINH), 1);
	assert_int_equal(hall_last(HALL_BINH)->notice.hours, 4);
	assert_int_equal(hall_told(TELL_REMIND, HALL_CHIN), 1);
	assert_int_equal(hall_told(TELL_REMIND, HALL_DUTY), 1);
	assert_int_equal(hall_told(TELL_REMIND, HALL_HOOK), 0);
	assert_int_equal(hall_told(TELL_REMIND, HALL_HEAD), 0);
	hall_pass(20 * HALL_HOUR);
	assert_int_equal(hall_told(TELL_REMIND, HALL_BINH), 2);
	hall_pass(48 * HALL_HOUR);
	assert_int_equal(hall_told(TELL_REMIND, HALL_BINH), 2);
}

/* ---- at night ---- */

static void at_night_whoever_is_awake_is_told_and_the_others_in_the_morning(void **state)
{
	(void)state;
	begin(at(TUESDAY, 1, 0));
	dark(0);
	assert_int_equal(opened(HALL_BINH), 0);
	assert_int_equal(opened(HALL_CHIN), 1);
	assert_int_equal(opened(HALL_HEAD), 1); /* has no quiet hours */
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(HALL_DUTY), 1);
	pass_to(at(TUESDAY, 4, 59));
	assert_int_equal(opened(HALL_BINH), 0);
	pass_to((wall_t){ at(TUESDAY, 5, 0).ms + HALL_SECOND });
	assert_int_equal(opened(HALL_BINH), 1);
}

static void what_ended_at_night_wakes_nobody(void **state)
{
	(void)state;
	begin(at(TUESDAY, 1, 0));
	dark(0);
	hall_news(0, CAUSE_NONE);
	pass_to(at(TUESDAY, 6, 0));
	assert_int_equal(opened(HALL_BINH), 0);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_BINH), 0);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_CHIN), 1);
	/* The morning has nothing to say either. */
	pass_to(at(TUESDAY, 8, 0));
	assert_int_equal(hall_told(TELL_MORNING, HALL_BINH), 0);
}

/* ---- fixed messages ---- */

static void the_morning_tells_those_who_slept_what_is_dark(void **state)
{
	(void)state;
	begin(at(TUESDAY, 1, 0));
	dark(0);
	pass_to((wall_t){ at(TUESDAY, 7, 0).ms - 1 });
	assert_int_equal(hall_told(TELL_MORNING, HALL_BINH), 0);
	hall_pass(2);
	assert_int_equal(hall_told(TELL_MORNING, HALL_BINH), 1);
	assert_int_equal(hall_told(TELL_MORNING, HALL_DUTY), 0); /* never quiet */
	assert_int_equal(hall_told(TELL_MORNING, HALL_HOOK), 0);
	assert_int_equal(hall_last(HALL_BINH)->notice.total, 16);
	assert_int_equal(hall_last(HALL_BINH)->notice.down, 1);
	assert_int_equal(hall_last(HALL_BINH)->notice.up, 15);
	assert_int_equal(hall_last(HALL_BINH)->notice.dark_n, 1);
	assert_int_equal(hall_last(HALL_BINH)->notice.dark[0], 0);
	assert_string_equal(hall_last(HALL_BINH)->key, "20260609-morning-binh");
}

static void the_evening_tells_who_patrols_which_spots_are_blind(void **state)
{
	(void)state;
	dark(7);
	pass_to((wall_t){ at(TUESDAY, 18, 0).ms + 1 });
	assert_int_equal(hall_told(TELL_EVENING, HALL_BINH), 1);
	assert_int_equal(hall_told(TELL_EVENING, HALL_DUTY), 1);
	assert_int_equal(hall_told(TELL_EVENING, HALL_CHIN), 0);
	assert_int_equal(hall_last(HALL_DUTY)->notice.dark[0], 7);
}

static void a_day_on_which_all_is_well_says_nothing(void **state)
{
	(void)state;
	hall_pass(26 * HALL_HOUR);
	assert_int_equal(hall.n_said, 0);
}

static void on_monday_everybody_hears_that_silence_is_healthy(void **state)
{
	(void)state;
	begin(at(MONDAY, 7, 30));
	pass_to((wall_t){ at(MONDAY, 8, 0).ms + 1 });
	for (uint32_t i = HALL_BINH; i <= HALL_LEADER; i++)
		assert_int_equal(hall_told(TELL_TEST, i), 1);
	assert_int_equal(hall_told(TELL_TEST, HALL_HOOK), 0);
	assert_int_equal(hall_last(HALL_HEAD)->notice.total, 4); /* of his own hamlet */
	assert_int_equal(hall_last(HALL_LEADER)->notice.up, 16);
	assert_string_equal(hall_last(HALL_LEADER)->key, "20260608-test-leader");
	pass_to(at(MONDAY + 6, 23, 59));
	assert_int_equal(hall_told(TELL_TEST, HALL_BINH), 1);
	pass_to(at(MONDAY + 7, 8, 1));
	assert_int_equal(hall_told(TELL_TEST, HALL_BINH), 2);
}

/* ---- the gateway was away ---- */

static void a_restart_in_between_goes_on_where_it_was(void **state)
{
	const struct alert *a;
	int64_t incident;
	struct alert taken;

	(void)state;
	incident = dark(0)->incident.id;
	hall_restart(HALL_MINUTE);
	for (size_t i = 1; i < 16; i++)
		hall_birth(i);
	assert_int_equal(opened(HALL_BINH), 1);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(opened(HALL_CHIN), 1);
	a = commune_alert(hall.c, incident);
	assert_non_null(a);
	assert_int_equal(take(a->code, "chin", &taken), TAKING_OK);
	hall_restart(HALL_MINUTE);
	for (size_t i = 1; i < 16; i++)
		hall_birth(i);
	hall_pass(5 * HALL_HOUR);
	assert_int_equal(opened(HALL_DUTY), 0);
	assert_int_equal(hall_told(TELL_REMIND, HALL_BINH), 0);
	hall_birth(0);
	hall_news(0, CAUSE_NONE);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_BINH), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_CHIN), 1);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_DUTY), 0);
	assert_string_equal(hall_last(HALL_CHIN)->notice.taken_by, "chin");
}

static void what_fell_due_while_the_gateway_was_away_is_told_after_the_start(void **state)
{
	(void)state;
	dark(0);
	hall_restart(30 * HALL_MINUTE);
	for (size_t i = 1; i < 16; i++)
		hall_birth(i);
	hall_pass(HALL_SECOND);
	assert_int_equal(opened(HALL_CHIN), 1);
	assert_int_equal(opened(HALL_DUTY), 0);
}

static void a_digest_is_sent_once_whatever_restarts(void **state)
{
	(void)state;
	dark(7);
	pass_to((wall_t){ at(TUESDAY, 18, 0).ms + 1 });
	hall_restart(HALL_MINUTE);
	hall_birth(0);
	hall_pass(HALL_MINUTE);
	hall_restart(HALL_MINUTE);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_EVENING, HALL_DUTY), 1);
}

static void a_digest_that_fell_into_a_restart_is_sent_within_the_hour(void **state)
{
	(void)state;
	dark(7);
	pass_to(at(TUESDAY, 17, 50));
	hall_restart(30 * HALL_MINUTE);
	for (size_t i = 0; i < 16; i++)
		if (i != 7)
			hall_birth(i);
	hall_pass(HALL_MINUTE);
	assert_int_equal(hall_told(TELL_EVENING, HALL_DUTY), 1);
	pass_to(at(WEDNESDAY, 17, 50));
	hall_restart(2 * HALL_HOUR);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_EVENING, HALL_DUTY), 1);
}

/* ---- our clock ---- */

static void a_clock_that_is_set_neither_hurries_nor_stops_the_chain(void **state)
{
	(void)state;
	dark(0);
	hall_pass(2 * HALL_MINUTE);
	hall.set = -3 * HALL_HOUR;
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(opened(HALL_CHIN), 0);
	hall_pass(HALL_MINUTE);
	assert_int_equal(opened(HALL_CHIN), 1);
	hall.set = HALL_HOUR;
	hall_pass(4 * HALL_MINUTE);
	assert_int_equal(opened(HALL_DUTY), 0);
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(opened(HALL_DUTY), 1);
}

/* ---- our own trouble ---- */

static void our_own_trouble_has_a_code_and_can_be_taken(void **state)
{
	struct alert a;

	(void)state;
	hall.deaf = true;
	commune_link(hall.c, false, hall_now(), hall_wall());
	hall_pass(6 * HALL_MINUTE);
	assert_int_equal(opened(HALL_BINH), 1);
	assert_int_equal(opened(HALL_HEAD), 0);
	assert_int_equal(take(hall_last(HALL_BINH)->notice.code, "binh", &a), TAKING_OK);
	hall_pass(HALL_HOUR);
	assert_int_equal(opened(HALL_CHIN), 0);
	assert_int_equal(hall_rows(ROW_TAKEN), 1);
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, hall_setup, hall_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(machines_heads_and_the_first_technician_are_told_at_once),
		sentence(another_hamlets_head_is_left_in_peace),
		sentence(all_hamlets_of_an_incident_hear_of_it),
		sentence(what_stayed_dark_is_told_where_it_is),
		sentence(while_nobody_goes_the_next_one_is_told),
		sentence(whoever_takes_the_job_ends_the_calling),
		sentence(whoever_answers_hears_who_has_the_job),
		sentence(whoever_answers_with_a_code_that_is_not_open_hears_that_once_a_day),
		sentence(the_end_says_who_went_and_reaches_exactly_those_who_were_told),
		sentence(two_at_once_have_two_codes),
		sentence(who_cannot_be_reached_is_passed_over_at_once),
		sentence(who_could_not_be_reached_by_a_reminder_calls_nobody_twice),
		sentence(reminders_come_after_4_and_24_hours),
		sentence(at_night_whoever_is_awake_is_told_and_the_others_in_the_morning),
		sentence(what_ended_at_night_wakes_nobody),
		sentence(the_morning_tells_those_who_slept_what_is_dark),
		sentence(the_evening_tells_who_patrols_which_spots_are_blind),
		sentence(a_day_on_which_all_is_well_says_nothing),
		sentence(on_monday_everybody_hears_that_silence_is_healthy),
		sentence(a_restart_in_between_goes_on_where_it_was),
		sentence(what_fell_due_while_the_gateway_was_away_is_told_after_the_start),
		sentence(a_digest_is_sent_once_whatever_restarts),
		sentence(a_digest_that_fell_into_a_restart_is_sent_within_the_hour),
		sentence(a_clock_that_is_set_neither_hurries_nor_stops_the_chain),
		sentence(our_own_trouble_has_a_code_and_can_be_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
