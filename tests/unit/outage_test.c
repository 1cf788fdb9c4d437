/* SPDX-License-Identifier: Apache-2.0 */
/* outage: rows become spells in a colour and outages with a cause, live and afterwards. */
#include "gateway/outage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MINUTE = 60000 };

struct story {
	struct spell s;
	struct changes ch; /* of the last row */
	int64_t row;
	wall_t now; /* the gateway's clock */
};

static const struct verdict fine = { .eyes = 1, .cams_n = 1, .sure = SURE_CONFIRMED };
static const struct verdict power = { .cause = CAUSE_POWER, .sure = SURE_CONFIRMED, .cams_n = 1 };
static const struct verdict camera = { .cause = CAUSE_CAMERA, .sure = SURE_CONFIRMED, .cams_n = 1 };
static const struct verdict provider = { .cause = CAUSE_PROVIDER,
					 .sure = SURE_CONFIRMED,
					 .cams_n = 1 };

static void feed(struct story *t, struct row row, int minute)
{
	row.id = ++t->row;
	row.at.ms = (int64_t)minute * MINUTE;
	if (row.at.ms > t->now.ms)
		t->now = row.at;
	row.stored = t->now;
	t->ch.n = 0;
	outage_row(&t->s, &row, &t->ch);
}

static void tell(struct story *t, enum row_kind kind, int minute)
{
	feed(t, (struct row){ .kind = kind }, minute);
}

static void doubt(struct story *t, enum doubt d, int minute)
{
	struct row row = { .kind = ROW_BLIND, .body = { (uint8_t)d }, .body_len = 1 };

	feed(t, row, minute);
}

static void news(struct story *t, const struct verdict *v, bool present, int minute)
{
	struct row row = { .kind = ROW_NEWS, .boot = 1 };

	outage_news_body(&row, v, present);
	feed(t, row, minute);
}

static void birth(struct story *t, uint64_t boot, const struct verdict *v, int minute)
{
	struct row row = { .kind = ROW_BIRTH, .boot = boot, .seq = (uint64_t)t->row };

	outage_birth_body(&row, v, 60);
	feed(t, row, minute);
}

/* Up since minute 0, boot 1. */
static struct story well(void)
{
	struct story t = { 0 };

	outage_init(&t.s, 0);
	birth(&t, 1, &fine, 0);
	tell(&t, ROW_HEARD, 0);
	t.s.since.ms = 1; /* minute 0 is a real time here */
	return t;
}

static void a_power_cut_told_by_the_node_is_confirmed_from_its_own_time(void **state)
{
	struct story t = well();

	(void)state;
	news(&t, &power, true, 10);
	assert_int_equal(t.s.colour, COLOUR_DOWN);
	assert_int_equal(t.s.outage.cause, CAUSE_POWER);
	assert_int_equal(t.s.outage.sure, SURE_CONFIRMED);
	assert_int_equal(t.s.outage.from.ms, 10 * MINUTE);
	news(&t, &fine, true, 25);
	assert_int_equal(t.s.colour, COLOUR_UP);
	assert_int_equal(t.s.outage.until.ms, 25 * MINUTE);
}

static void silence_is_open_until_somebody_knows_better(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_DARK, 10);
	assert_int_equal(t.s.outage.cause, CAUSE_OPEN);
	birth(&t, 1, &fine, 30);
	assert_int_equal(t.s.outage.cause, CAUSE_LINE);
	assert_int_equal(t.s.outage.sure, SURE_PROBABLE);
	tell(&t, ROW_HEARD, 30);
	assert_int_equal(t.s.colour, COLOUR_UP);
	news(&t, &provider, false, 10); /* back-filled: it knew all along */
	assert_int_equal(t.s.outage.cause, CAUSE_PROVIDER);
	assert_int_equal(t.s.outage.sure, SURE_CONFIRMED);
	assert_false(t.ch.change[0].present);
	assert_int_equal(t.s.colour, COLOUR_UP);
}

static void another_boot_had_no_power(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_DARK, 10);
	birth(&t, 2, &fine, 30);
	assert_int_equal(t.s.outage.cause, CAUSE_POWER);
	assert_int_equal(t.s.outage.sure, SURE_PROBABLE);
}

static void a_battery_that_runs_out_leaves_one_outage(void **state)
{
	struct story t = well();
	int64_t id;

	(void)state;
	news(&t, &power, true, 10);
	id = t.s.outage.id;
	tell(&t, ROW_DARK, 40);
	assert_int_equal(t.s.outage.id, id);
	assert_int_equal(t.s.outage.cause, CAUSE_POWER);
	assert_int_equal(t.s.outage.from.ms, 10 * MINUTE);
}

static void a_camera_that_boots_slowly_belongs_to_the_cut(void **state)
{
	struct story t = well();
	int64_t id;

	(void)state;
	news(&t, &power, true, 10);
	id = t.s.outage.id;
	news(&t, &camera, true, 20);
	t.ch.n = 0;
	outage_time(&t.s, 3 * MINUTE, (wall_t){ 22 * MINUTE }, &t.ch);
	assert_int_equal(t.ch.n, 0);
	news(&t, &fine, true, 22);
	assert_int_equal(t.s.outage.id, id);
	assert_int_equal(t.s.outage.until.ms, 22 * MINUTE);
}

static void a_camera_that_stays_away_gets_its_own_outage(void **state)
{
	struct story t = well();
	int64_t id;

	(void)state;
	news(&t, &power, true, 10);
	id = t.s.outage.id;
	news(&t, &camera, true, 20);
	t.ch.n = 0;
	outage_time(&t.s, 3 * MINUTE, (wall_t){ 23 * MINUTE }, &t.ch);
	assert_int_not_equal(t.s.outage.id, id);
	assert_int_equal(t.s.outage.cause, CAUSE_CAMERA);
	assert_int_equal(t.s.outage.from.ms, 20 * MINUTE);
	assert_int_equal(t.ch.change[0].kind, CHANGE_CLOSED);
	assert_int_equal(t.ch.change[0].outage.until.ms, 20 * MINUTE);
}

static void blindness_is_unknown_and_never_down(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_BLIND, 10);
	assert_int_equal(t.s.colour, COLOUR_UNKNOWN);
	assert_int_equal(t.s.outage.id, 0);
	assert_int_equal(outage_up_at(&t.s, (wall_t){ 12 * MINUTE }, true), -1);
	tell(&t, ROW_HEARD, 20);
	assert_int_equal(t.s.colour, COLOUR_UP);
	assert_int_equal(outage_up_at(&t.s, (wall_t){ 12 * MINUTE }, true), -1);
	assert_int_equal(outage_up_at(&t.s, (wall_t){ 21 * MINUTE }, true), 1);
}

static void what_happened_while_we_were_blind_is_learned_and_told_to_nobody(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_BLIND, 10);
	tell(&t, ROW_HEARD, 60);
	news(&t, &power, false, 20);
	news(&t, &fine, true, 30);
	assert_int_equal(t.ch.change[0].kind, CHANGE_CLOSED);
	assert_false(t.ch.change[0].present);
	assert_int_equal(t.ch.change[0].outage.from.ms, 20 * MINUTE);
	assert_int_equal(t.ch.change[0].outage.until.ms, 30 * MINUTE);
	assert_int_equal(t.ch.change[1].paint.colour, COLOUR_DOWN);
	assert_int_equal(t.s.colour, COLOUR_UP);
}

static void our_own_broker_being_away_is_not_the_points_outage(void **state)
{
	struct verdict gateway = { .cause = CAUSE_GATEWAY, .sure = SURE_CONFIRMED, .cams_n = 1 };
	struct story t = well();

	(void)state;
	tell(&t, ROW_BLIND, 10);
	tell(&t, ROW_HEARD, 60);
	news(&t, &gateway, false, 20);
	news(&t, &fine, true, 30);
	assert_int_equal(t.ch.n, 0);
}

static void when_our_clock_is_set_back_nothing_lies_ahead_of_it(void **state)
{
	struct story t = well();

	(void)state;
	news(&t, &power, true, 100);
	news(&t, &fine, true, 110);
	t.now.ms = 20 * MINUTE;
	news(&t, &power, true, 30);
	assert_int_equal(t.s.outage.from.ms, 30 * MINUTE);
	t.now.ms = 10 * MINUTE;
	news(&t, &fine, true, 12);
	assert_int_equal(t.s.outage.from.ms, 12 * MINUTE);
	assert_int_equal(t.s.outage.until.ms, 12 * MINUTE);
	assert_int_equal(t.s.since.ms, 12 * MINUTE);
	for (size_t i = 0; i < t.ch.n; i++)
		assert_true(t.ch.change[i].paint.from.ms <= 12 * MINUTE);
}

/* ---- planned ---- */

static void plan(struct story *t, bool begins, int minute)
{
	const struct planned p = { .begins = begins, .until = { INT64_MAX } };
	struct row row = { .kind = ROW_PLANNED };

	outage_planned_body(&row, &p);
	feed(t, row, minute);
}

static void what_a_planned_row_says_comes_back(void **state)
{
	const struct planned p = { .begins = true, .kind = WINDOW_CUT, .until = { 1781000000000 } };
	struct row row = { .kind = ROW_PLANNED };

	(void)state;
	outage_planned_body(&row, &p);
	assert_true(outage_planned_of(&row).begins);
	assert_int_equal(outage_planned_of(&row).kind, WINDOW_CUT);
	assert_int_equal(outage_planned_of(&row).until.ms, p.until.ms);
}

static void planned_time_is_planned_only_while_it_would_be_down(void **state)
{
	struct story t = well();

	(void)state;
	plan(&t, true, 10);
	assert_int_equal(t.s.colour, COLOUR_UP);
	news(&t, &power, true, 20);
	assert_int_equal(t.s.colour, COLOUR_PLANNED);
	assert_int_equal(outage_up_at(&t.s, (wall_t){ 21 * MINUTE }, true), -1);
	plan(&t, false, 30);
	assert_int_equal(t.s.colour, COLOUR_DOWN);
	assert_int_equal(t.s.outage.from.ms, 20 * MINUTE);
	news(&t, &fine, true, 40);
	assert_int_equal(t.s.colour, COLOUR_UP);
}

static void a_cause_that_is_known_later_leaves_planned_time_alone(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_DARK, 10);
	plan(&t, true, 20);
	plan(&t, false, 30);
	birth(&t, 2, &fine, 40); /* so it was power */
	assert_int_equal(t.ch.n, 3);
	assert_int_equal(t.ch.change[1].paint.from.ms, 10 * MINUTE);
	assert_int_equal(t.ch.change[1].paint.until.ms, 20 * MINUTE);
	assert_int_equal(t.ch.change[1].paint.cause, CAUSE_POWER);
	assert_int_equal(t.ch.change[2].paint.from.ms, 30 * MINUTE);
	assert_int_equal(t.ch.change[2].paint.until.ms, 0);
}

/* ---- we doubt ourselves ---- */

static void a_silence_believed_after_we_began_to_doubt_ourselves_never_was(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_DARK, 10);
	t.now.ms = 15 * MINUTE;
	doubt(&t, DOUBT_LINE, 9);
	assert_int_equal(t.ch.change[1].kind, CHANGE_VOIDED);
	assert_int_equal(t.s.outage.until.ms, t.s.outage.from.ms);
	assert_int_equal(t.s.colour, COLOUR_UNKNOWN);
	assert_int_equal(t.s.since.ms, 10 * MINUTE);
}

static void a_silence_believed_before_stays(void **state)
{
	struct story t = well();

	(void)state;
	tell(&t, ROW_DARK, 10);
	doubt(&t, DOUBT_LINE, 12);
	assert_int_equal(t.s.outage.until.ms, 0);
	assert_int_equal(t.s.colour, COLOUR_UNKNOWN);
	tell(&t, ROW_HEARD, 20);
	assert_int_equal(t.s.outage.from.ms, 10 * MINUTE);
	assert_int_equal(t.s.outage.until.ms, 20 * MINUTE);
}

static void what_a_node_said_itself_is_never_taken_back(void **state)
{
	struct story t = well();

	(void)state;
	news(&t, &power, true, 10);
	tell(&t, ROW_DARK, 11);
	t.now.ms = 15 * MINUTE;
	doubt(&t, DOUBT_LINE, 9);
	assert_int_equal(t.s.outage.until.ms, 0);
	assert_int_equal(t.s.outage.from.ms, 10 * MINUTE);
}

/* ---- our own clock ---- */

static void set_clock(struct story *t, int64_t by_minutes)
{
	struct row row = { .kind = ROW_CLOCK };

	outage_clock_body(&row, by_minutes * MINUTE);
	t->now.ms += by_minutes * MINUTE;
	row.id = ++t->row;
	row.at = row.stored = t->now;
	t->ch.n = 0;
	outage_row(&t->s, &row, &t->ch);
}

static void an_outage_keeps_its_length_when_our_clock_is_set(void **state)
{
	static const int64_t by[] = { 60, -60 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct story t = well();

		tell(&t, ROW_DARK, 100);
		t.now.ms = 110 * MINUTE;
		set_clock(&t, by[i]);
		assert_int_equal(t.s.outage.from.ms, (100 + by[i]) * MINUTE);
		tell(&t, ROW_HEARD, (int)(120 + by[i]));
		assert_int_equal(t.s.outage.until.ms - t.s.outage.from.ms, 20 * MINUTE);
		assert_int_equal(t.s.colour, COLOUR_UP);
	}
}

static void time_that_our_clock_leapt_over_was_lived_by_nobody(void **state)
{
	struct story t = well();

	(void)state;
	news(&t, &fine, true, 10);
	set_clock(&t, 60);
	assert_int_equal(t.ch.n, 2);
	assert_int_equal(t.ch.change[0].paint.from.ms, 10 * MINUTE);
	assert_int_equal(t.ch.change[0].paint.until.ms, 70 * MINUTE);
	assert_int_equal(t.ch.change[0].paint.colour, COLOUR_UNKNOWN);
	assert_int_equal(t.ch.change[1].paint.from.ms, 70 * MINUTE);
	assert_int_equal(t.ch.change[1].paint.colour, COLOUR_UP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_power_cut_told_by_the_node_is_confirmed_from_its_own_time),
		cmocka_unit_test(silence_is_open_until_somebody_knows_better),
		cmocka_unit_test(another_boot_had_no_power),
		cmocka_unit_test(a_battery_that_runs_out_leaves_one_outage),
		cmocka_unit_test(a_camera_that_boots_slowly_belongs_to_the_cut),
		cmocka_unit_test(a_camera_that_stays_away_gets_its_own_outage),
		cmocka_unit_test(blindness_is_unknown_and_never_down),
		cmocka_unit_test(what_happened_while_we_were_blind_is_learned_and_told_to_nobody),
		cmocka_unit_test(our_own_broker_being_away_is_not_the_points_outage),
		cmocka_unit_test(when_our_clock_is_set_back_nothing_lies_ahead_of_it),
		cmocka_unit_test(what_a_planned_row_says_comes_back),
		cmocka_unit_test(planned_time_is_planned_only_while_it_would_be_down),
		cmocka_unit_test(a_cause_that_is_known_later_leaves_planned_time_alone),
		cmocka_unit_test(a_silence_believed_after_we_began_to_doubt_ourselves_never_was),
		cmocka_unit_test(a_silence_believed_before_stays),
		cmocka_unit_test(what_a_node_said_itself_is_never_taken_back),
		cmocka_unit_test(an_outage_keeps_its_length_when_our_clock_is_set),
		cmocka_unit_test(time_that_our_clock_leapt_over_was_lived_by_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
