/* SPDX-License-Identifier: Apache-2.0 */
/* commune_correct: a person knows better why; what was judged stays on record beside it. */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* One house goes dark without a word, and it is told. */
static int64_t dark(size_t point)
{
	hall_mute(point);
	hall_pass(5 * HALL_MINUTE);
	return hall_last_outage(point)->incident;
}

static void correct(int64_t incident, size_t point, enum cause cause, const char *who)
{
	commune_correct(hall.c, incident, point, cause, who, hall_now(), hall_wall());
	hall_turn();
}

static const struct row *last_row(void)
{
	return &hall.row[hall.n_rows - 1];
}

static void the_ledger_says_who_said_what(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0);
	correct(incident, 0, CAUSE_ROUTER, "binh");
	assert_int_equal(last_row()->kind, ROW_CORRECTED);
	assert_string_equal(last_row()->point, "TT-01-01");
	assert_int_equal(last_row()->body[8], CAUSE_ROUTER);
	assert_int_equal(last_row()->body_len, 9 + 4);
	assert_memory_equal(last_row()->body + 9, "binh", 4);
}

static void what_was_judged_stays_beside_it(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0);
	correct(incident, 0, CAUSE_ROUTER, "binh");
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_ROUTER);
	assert_int_equal(hall_incident(incident)->cause, CAUSE_OPEN);
	assert_int_equal(hall_last_outage(0)->cause, CAUSE_OPEN);
	/* And is judged on, as if nobody had said anything. */
	hall_reboot(0);
	hall_pass(5 * HALL_MINUTE);
	assert_int_equal(hall_incident(incident)->cause, CAUSE_POWER);
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_ROUTER);
	assert_int_equal(hall_last(HALL_HOOK)->notice.what, TELL_RESOLVED);
	assert_int_equal(hall_last(HALL_HOOK)->notice.incident.corrected, CAUSE_ROUTER);
}

static void what_is_over_may_be_corrected_still_and_again(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0);
	hall_birth(0);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_incident(incident)->state, INCIDENT_CLOSED);
	hall_hush();
	correct(incident, 0, CAUSE_ROUTER, "binh");
	correct(incident, 0, CAUSE_POWER, "chin");
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_POWER);
	assert_int_equal(hall_incident(incident)->state, INCIDENT_CLOSED);
	assert_int_equal(hall.n_said, 0);
}

static void a_correction_outlives_a_restart(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0);
	correct(incident, 0, CAUSE_ROUTER, "binh");
	hall_restart(HALL_MINUTE);
	for (size_t i = 0; i < 16; i++)
		hall_birth(i);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_incident(incident)->state, INCIDENT_CLOSED);
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_ROUTER);
}

static void our_own_trouble_is_corrected_at_no_point(void **state)
{
	int64_t incident;

	(void)state;
	hall.deaf = true;
	commune_link(hall.c, false, hall_now(), hall_wall());
	hall_pass(6 * HALL_MINUTE);
	incident = hall_doubt(DOUBT_BROKER)->id;
	correct(incident, SIZE_MAX, CAUSE_PROVIDER, "chin");
	assert_string_equal(last_row()->point, "");
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_PROVIDER);
}

static void a_long_name_is_cut_not_refused(void **state)
{
	int64_t incident;

	(void)state;
	incident = dark(0);
	correct(incident, 0, CAUSE_LINE, "someone-with-a-very-long-name-indeed");
	assert_int_equal(last_row()->body_len, ROW_BODY);
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_LINE);
}

static void nobody_corrects_what_never_was(void **state)
{
	(void)state;
	correct(4711, 0, CAUSE_POWER, "binh");
	assert_null(hall_incident(4711));
	assert_int_equal(hall_view(0).colour, COLOUR_UP);
}

#define sentence(name) cmocka_unit_test_setup_teardown(name, hall_setup, hall_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sentence(the_ledger_says_who_said_what),
		sentence(what_was_judged_stays_beside_it),
		sentence(what_is_over_may_be_corrected_still_and_again),
		sentence(a_correction_outlives_a_restart),
		sentence(our_own_trouble_is_corrected_at_no_point),
		sentence(a_long_name_is_cut_not_refused),
		sentence(nobody_corrects_what_never_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
