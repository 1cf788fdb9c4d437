/* SPDX-License-Identifier: Apache-2.0 */
/* outbox: every message has a row before it is sent, one key at every try, and a receipt after. */
#include "gateway/acts.h"
#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct incident dark = {
	.id = 41,
	.hamlet = 1,
	.point = 2,
	.from = { 5000 },
	.cause = CAUSE_POWER,
	.sure = SURE_CONFIRMED,
	.state = INCIDENT_TOLD,
	.told = true,
	.points = 3,
	.open = 2,
	.eyes = 1,
	.cams_n = 4,
	.facts = FACT_MAINS_KNOWN | FACT_ROUTER_KNOWN,
};

static void tell(struct store *s, const struct incident *i, enum tell what, int64_t now)
{
	struct acts a = { 0 };
	struct act *act = acts_add(&a, ACT_TELL, i->point);

	act->u.tell.incident = *i;
	act->u.tell.what = what;
	shelf_commit(s, &a, now);
	free(a.act);
}

static size_t due(struct store *s, int64_t now, struct delivery out[8])
{
	return store_due(s, (wall_t){ now }, out, 8);
}

static void one_row_a_route_with_the_incident_as_it_stood(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	assert_true(store_next_due(s).ms == INT64_MAX);
	tell(s, &dark, TELL_FIRING, 9000);
	assert_int_equal(store_next_due(s).ms, 9000);
	assert_int_equal(due(s, 8999, d), 0);
	assert_int_equal(due(s, 9000, d), 2);
	assert_string_equal(d[0].key, "41-firing-hook0");
	assert_string_equal(d[1].key, "41-firing-mail0");
	assert_string_equal(d[1].route, "mail0");
	assert_int_equal(d[0].what, TELL_FIRING);
	assert_int_equal(d[0].incident.id, 41);
	assert_int_equal(d[0].incident.hamlet, 1);
	assert_int_equal(d[0].incident.point, 2);
	assert_int_equal(d[0].incident.from.ms, 5000);
	assert_int_equal(d[0].incident.cause, CAUSE_POWER);
	assert_int_equal(d[0].incident.sure, SURE_CONFIRMED);
	assert_int_equal(d[0].incident.points, 3);
	assert_int_equal(d[0].incident.open, 2);
	assert_int_equal(d[0].incident.eyes, 1);
	assert_int_equal(d[0].incident.cams_n, 4);
	assert_int_equal(d[0].incident.facts, FACT_MAINS_KNOWN | FACT_ROUTER_KNOWN);
	assert_int_equal(store_due(s, (wall_t){ 9000 }, d, 1), 1);
	store_close(s);
}

static void told_twice_is_sent_once(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	tell(s, &dark, TELL_FIRING, 9500);
	assert_int_equal(due(s, 10000, d), 2);
	store_close(s);
}

static void a_failure_waits_and_keeps_its_key(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	assert_int_equal(store_failed(s, d[0].id, (wall_t){ 12000 }, false, "500"), 0);
	assert_int_equal(store_delivered(s, d[1].id, (wall_t){ 9100 }, "250 ok"), 0);
	assert_int_equal(store_next_due(s).ms, 12000);
	assert_int_equal(due(s, 11999, d), 0);
	store_close(s);

	s = shelf_open();
	assert_int_equal(due(s, 12000, d), 1);
	assert_string_equal(d[0].key, "41-firing-hook0");
	assert_int_equal(d[0].tries, 1);
	assert_int_equal(store_counters(s).outbox_waiting, 1);
	assert_int_equal(store_failed(s, d[0].id, (wall_t){ 0 }, true, "gone"), 0);
	assert_int_equal(store_counters(s).outbox_waiting, 0);
	assert_int_equal(store_counters(s).outbox_given_up, 1);
	assert_true(store_next_due(s).ms == INT64_MAX);
	store_close(s);
}

static void the_end_never_overtakes_the_beginning(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	store_failed(s, d[0].id, (wall_t){ 60000 }, false, "timeout");
	store_delivered(s, d[1].id, (wall_t){ 9100 }, "");
	tell(s, &dark, TELL_RESOLVED, 20000);

	/* mail0 may go on; hook0 still has to say that it began. */
	assert_int_equal(due(s, 20000, d), 1);
	assert_string_equal(d[0].key, "41-resolved-mail0");
	store_delivered(s, d[0].id, (wall_t){ 20000 }, "");
	assert_int_equal(store_next_due(s).ms, 60000);
	assert_int_equal(due(s, 60000, d), 1);
	assert_string_equal(d[0].key, "41-firing-hook0");
	store_delivered(s, d[0].id, (wall_t){ 60000 }, "");
	assert_int_equal(due(s, 60000, d), 1);
	assert_string_equal(d[0].key, "41-resolved-hook0");
	store_close(s);
}

static bool note_it(void *self, const struct delivery_view *d)
{
	struct delivery_view *out = self;

	if (strcmp(d->key, "41-firing-hook0") == 0)
		out[0] = *d;
	else
		out[1] = *d;
	return true;
}

static void people_see_what_was_tried(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];
	struct delivery_view seen[2];
	char note[300];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	memset(note, 'x', sizeof note);
	note[299] = '\0';
	store_failed(s, d[0].id, (wall_t){ 12000 }, false, note);
	store_delivered(s, d[1].id, (wall_t){ 9100 }, "250 ok");
	store_deliveries(s, 41, note_it, seen);
	assert_int_equal(seen[0].tries, 1);
	assert_int_equal(seen[0].sent.ms, 0);
	assert_int_equal(strlen(seen[0].note), sizeof seen[0].note - 1);
	assert_int_equal(seen[1].made.ms, 9000);
	assert_int_equal(seen[1].sent.ms, 9100);
	assert_string_equal(seen[1].note, "250 ok");
	store_close(s);
}

static void a_receipt_is_final(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	store_delivered(s, d[0].id, (wall_t){ 9100 }, "204");
	store_failed(s, d[0].id, (wall_t){ 9200 }, false, "a late time-out");
	assert_int_equal(due(s, 99999, d), 1);
	assert_string_equal(d[0].route, "mail0");
	store_close(s);
}

static void a_point_that_left_the_roster_is_given_up(void **state)
{
	struct roster fewer = shelf_roster;
	char why[STORE_WHY];
	struct delivery d[8];
	struct store *s = shelf_open();

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	store_close(s);
	fewer.n_points = 2;
	s = store_open(shelf_dir, &fewer, why);
	assert_non_null(s);
	assert_int_equal(due(s, 9000, d), 0);
	assert_true(store_next_due(s).ms == INT64_MAX);
	assert_int_equal(store_counters(s).outbox_given_up, 2);
	store_close(s);
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_shelf(one_row_a_route_with_the_incident_as_it_stood),
		with_shelf(told_twice_is_sent_once),
		with_shelf(a_failure_waits_and_keeps_its_key),
		with_shelf(the_end_never_overtakes_the_beginning),
		with_shelf(people_see_what_was_tried),
		with_shelf(a_receipt_is_final),
		with_shelf(a_point_that_left_the_roster_is_given_up),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
