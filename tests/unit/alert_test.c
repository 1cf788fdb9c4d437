/* SPDX-License-Identifier: Apache-2.0 */
/* alert: whom an incident concerns, who is next, when somebody sleeps, and codes. */
#include "gateway/alert.h"
#include "gateway/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TECH, SLEEPER, HEAD, DUTY, LEADER, HOOK, LATE_TECH, N };

static const char *const first[] = { "TT-01" };
static const struct roster_hamlet hamlets[] = { { "TT-01", "Ấp 1" }, { "TT-02", "Ấp 2" } };
static const struct receiver receivers[] = {
	[TECH] = { .id = "tech", .role = ROLE_TECHNICIAN, .hamlets = first, .n_hamlets = 1 },
	[SLEEPER] = { .id = "sleeper",
		      .role = ROLE_TECHNICIAN,
		      .quiet_from = 22 * 60,
		      .quiet_until = 5 * 60 },
	[HEAD] = { .id = "head", .role = ROLE_HAMLET_HEAD, .hamlets = first, .n_hamlets = 1 },
	[DUTY] = { .id = "duty", .role = ROLE_DUTY },
	[LEADER] = { .id = "leader", .role = ROLE_LEADER },
	[HOOK] = { .id = "hook", .role = ROLE_MACHINE, .hamlets = first, .n_hamlets = 1 },
	[LATE_TECH] = { .id = "late", .role = ROLE_TECHNICIAN, .causes = 1u << CAUSE_POWER },
};
static const struct roster roster = {
	.hamlets = hamlets, .n_hamlets = 2, .receivers = receivers, .n_receivers = N
};
static const struct incident cut = { .scope = SCOPE_HAMLET, .hamlet = 0, .cause = CAUSE_POWER };

/* Wednesday, 10 June 2026, in Vietnam. */
static wall_t at(unsigned hour, unsigned minute)
{
	const struct date d = {
		.year = 2026, .month = 6, .day = 10, .hour = hour, .minute = minute
	};
	wall_t t;

	assert_true(date_wall(&t, &d, DATE_VIETNAM_MIN));
	return t;
}

/* ---- whom it concerns ---- */

static void people_care_for_their_hamlets_and_causes_and_machines_for_all(void **state)
{
	struct incident there = cut, camera = cut;

	(void)state;
	there.hamlet = 1;
	camera.cause = CAUSE_CAMERA;
	assert_true(alert_concerns(&receivers[TECH], &roster, &cut, NULL));
	assert_false(alert_concerns(&receivers[TECH], &roster, &there, NULL));
	assert_false(alert_concerns(&receivers[HEAD], &roster, &there, NULL));
	assert_true(alert_concerns(&receivers[HOOK], &roster, &there, NULL));
	assert_true(alert_concerns(&receivers[DUTY], &roster, &there, NULL));
	assert_true(alert_concerns(&receivers[LATE_TECH], &roster, &there, NULL));
	assert_false(alert_concerns(&receivers[LATE_TECH], &roster, &camera, NULL));
}

static void what_touches_several_hamlets_concerns_those_of_each(void **state)
{
	const uint8_t both[] = { 1, 1 }, second[] = { 0, 1 }, none[] = { 0, 0 };
	struct incident area = cut;

	(void)state;
	area.hamlet = 1; /* where it was seen first */
	area.hamlets = 2;
	assert_true(alert_concerns(&receivers[TECH], &roster, &area, both));
	assert_true(alert_concerns(&receivers[HEAD], &roster, &area, both));
	assert_false(alert_concerns(&receivers[HEAD], &roster, &area, second));
	assert_true(alert_concerns(&receivers[DUTY], &roster, &area, second));
	/* Nobody can say where it is: better one too many. */
	assert_true(alert_concerns(&receivers[HEAD], &roster, &area, none));
	assert_true(alert_concerns(&receivers[HEAD], &roster, &area, NULL));
}

static void our_own_trouble_is_no_matter_of_a_hamlets_head(void **state)
{
	const struct incident own = { .scope = SCOPE_GATEWAY, .cause = CAUSE_GATEWAY };

	(void)state;
	assert_false(alert_concerns(&receivers[HEAD], &roster, &own, NULL));
	assert_true(alert_concerns(&receivers[TECH], &roster, &own, NULL));
	assert_true(alert_concerns(&receivers[LATE_TECH], &roster, &own, NULL));
}

/* ---- quiet hours ---- */

static void quiet_hours_go_across_midnight(void **state)
{
	const struct receiver *r = &receivers[SLEEPER];
	wall_t until = { 0 };

	(void)state;
	assert_false(alert_quiet(r, at(21, 59), &until));
	assert_true(alert_quiet(r, at(22, 0), &until));
	assert_int_equal(until.ms, at(5, 0).ms + 24 * INT64_C(3600000));
	assert_true(alert_quiet(r, at(0, 0), &until));
	assert_int_equal(until.ms, at(5, 0).ms);
	assert_true(alert_quiet(r, at(4, 59), &until));
	assert_int_equal(until.ms, at(5, 0).ms);
	assert_false(alert_quiet(r, at(5, 0), &until));
}

static void quiet_hours_within_a_day_and_none_at_all(void **state)
{
	const struct receiver noon = { .quiet_from = 11 * 60, .quiet_until = 13 * 60 };
	wall_t until;

	(void)state;
	assert_false(alert_quiet(&noon, at(10, 59), &until));
	assert_true(alert_quiet(&noon, at(12, 30), &until));
	assert_int_equal(until.ms, at(13, 0).ms);
	assert_false(alert_quiet(&noon, at(13, 0), &until));
	for (unsigned hour = 0; hour < 24; hour++)
		assert_false(alert_quiet(&receivers[DUTY], at(hour, 0), &until));
}

/* ---- who is next ---- */

static void technicians_then_the_duty_officer_then_leaders(void **state)
{
	static const size_t order[] = { TECH, SLEEPER, LATE_TECH, DUTY };
	struct alert a = { .incident = 1 };
	const wall_t now = at(10, 0), leaders = at(14, 0);
	wall_t later;

	(void)state;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, now, &later),
				 order[i]);
		alert_tell(&a, order[i]);
	}
	assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, now, &later), SIZE_MAX);
	assert_int_equal(later.ms, leaders.ms);
	assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, leaders, &later), LEADER);
	alert_tell(&a, LEADER);
	assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, leaders, &later), SIZE_MAX);
	assert_int_equal(later.ms, 0);
	assert_false(alert_told(&a, HEAD));
	assert_false(alert_told(&a, HOOK));
	assert_true(alert_told(&a, LEADER));
}

static void who_sleeps_is_passed_over_until_the_morning(void **state)
{
	struct alert a = { .incident = 1 };
	const wall_t leaders = at(23, 59);
	wall_t later;

	(void)state;
	alert_tell(&a, TECH);
	assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, at(3, 0), &later), LATE_TECH);
	alert_tell(&a, LATE_TECH);
	alert_tell(&a, DUTY);
	assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, at(3, 0), &later), SIZE_MAX);
	assert_int_equal(later.ms, at(5, 0).ms);
	assert_int_equal(alert_next(&a, &roster, &cut, NULL, leaders, at(5, 0), &later), SLEEPER);
}

static void receivers_beyond_the_last_bit_are_never_told(void **state)
{
	struct alert a = { .incident = 1 };

	(void)state;
	alert_tell(&a, ALERT_RECEIVERS);
	assert_false(alert_told(&a, ALERT_RECEIVERS));
	alert_tell(&a, ALERT_RECEIVERS - 1);
	assert_true(alert_told(&a, ALERT_RECEIVERS - 1));
	assert_false(alert_told(&a, 0));
}

/* ---- codes ---- */

static void codes_are_digit_letter_digit_and_never_look_like_numbers(void **state)
{
	char code[NOTICE_CODE];

	(void)state;
	for (uint64_t n = 0; n < 5000; n++) {
		alert_code(code, n);
		assert_int_equal(strlen(code), 3);
		assert_in_range(code[0], '0', '9');
		assert_in_range(code[1], 'A', 'Z');
		assert_in_range(code[2], '0', '9');
		assert_int_not_equal(code[1], 'I');
		assert_int_not_equal(code[1], 'O');
	}
	alert_code(code, UINT64_MAX);
	assert_int_equal(strlen(code), 3);
}

static void all_2400_codes_differ(void **state)
{
	static bool seen[10][26][10];
	char code[NOTICE_CODE];

	(void)state;
	for (uint64_t n = 0; n < 2400; n++) {
		bool *it;

		alert_code(code, n);
		it = &seen[code[0] - '0'][code[1] - 'A'][code[2] - '0'];
		assert_false(*it);
		*it = true;
	}
}

/* ---- the next time the clock says so ---- */

static void the_next_time_is_strictly_later(void **state)
{
	(void)state;
	assert_int_equal(alert_next_clock(at(6, 59), 7 * 60, -1).ms, at(7, 0).ms);
	assert_int_equal(alert_next_clock(at(7, 0), 7 * 60, -1).ms,
			 at(7, 0).ms + 24 * INT64_C(3600000));
	assert_int_equal(alert_next_clock((wall_t){ at(7, 0).ms - 1 }, 7 * 60, -1).ms, at(7, 0).ms);
	assert_int_equal(alert_next_clock((wall_t){ at(7, 0).ms + 1 }, 0, -1).ms, at(24, 0).ms);
}

static void a_weekday_is_waited_for(void **state)
{
	/* From Wednesday to Monday. */
	const wall_t monday = { at(8, 0).ms + 5 * 24 * INT64_C(3600000) };

	(void)state;
	assert_int_equal(alert_next_clock(at(8, 0), 8 * 60, 1).ms, monday.ms);
	assert_int_equal(alert_next_clock(monday, 8 * 60, 1).ms,
			 monday.ms + 7 * 24 * INT64_C(3600000));
	assert_int_equal(alert_next_clock(at(7, 59), 8 * 60, 3).ms, at(8, 0).ms);
	assert_int_equal(date_of(monday, DATE_VIETNAM_MIN).weekday, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_care_for_their_hamlets_and_causes_and_machines_for_all),
		cmocka_unit_test(what_touches_several_hamlets_concerns_those_of_each),
		cmocka_unit_test(our_own_trouble_is_no_matter_of_a_hamlets_head),
		cmocka_unit_test(quiet_hours_go_across_midnight),
		cmocka_unit_test(quiet_hours_within_a_day_and_none_at_all),
		cmocka_unit_test(technicians_then_the_duty_officer_then_leaders),
		cmocka_unit_test(who_sleeps_is_passed_over_until_the_morning),
		cmocka_unit_test(receivers_beyond_the_last_bit_are_never_told),
		cmocka_unit_test(codes_are_digit_letter_digit_and_never_look_like_numbers),
		cmocka_unit_test(all_2400_codes_differ),
		cmocka_unit_test(the_next_time_is_strictly_later),
		cmocka_unit_test(a_weekday_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
