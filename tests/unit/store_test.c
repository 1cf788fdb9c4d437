/* SPDX-License-Identifier: Apache-2.0 */
/* store: what was committed is there after anything; what was not was never claimed. */
#include "gateway/acts.h"
#include "gateway/store_db.h"
#include "shelf.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct commune_options options = {
	.grace_ms = 10000,
	.ask_ms = 4000,
	.group_hold_ms = 60000,
	.group_window_ms = 120000,
	.camera_hold_ms = 180000,
	.return_hold_ms = 120000,
};

static struct verify_result verify(struct store *s)
{
	struct verify_result out;
	int64_t at = 0;

	for (int i = 0; i < 10000 && store_verify(s, &at, 100, &out); i++)
		;
	return out;
}

static void a_record_that_comes_twice_is_kept_once(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };

	(void)state;
	shelf_row(&a, 1, ROW_NEWS, "TT-07-03", 77, 1);
	shelf_row(&a, 2, ROW_NEWS, "TT-07-03", 77, 1);
	shelf_row(&a, 3, ROW_NEWS, "TT-07-04", 77, 1);  /* another point */
	shelf_row(&a, 4, ROW_BIRTH, "TT-07-03", 77, 1); /* another kind */
	shelf_row(&a, 5, ROW_DARK, "TT-07-03", 0, 0);
	shelf_row(&a, 6, ROW_DARK, "TT-07-03", 0,
		  0); /* the gateway's own: as often as it happens */
	shelf_commit(s, &a, 1);
	shelf_row(&a, 7, ROW_NEWS, "TT-07-03", 77, 1);
	shelf_commit(s, &a, 1);
	assert_int_equal(store_counters(s).rows, 5);
	assert_int_equal(verify(s).rows, 5);
	assert_int_equal(verify(s).first_bad, 0);
	store_close(s);
	free(a.act);
}

static void all_64_bits_of_boot_and_seq_come_back(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };

	(void)state;
	shelf_row(&a, 1, ROW_NEWS, "TT-07-03", UINT64_MAX, UINT64_MAX - 1);
	shelf_commit(s, &a, 1);
	assert_int_equal(verify(s).first_bad, 0);
	assert_int_equal(verify(s).rows, 1);
	store_close(s);
	free(a.act);
}

static void a_row_id_that_does_not_rise_is_refused_with_its_turn(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };

	(void)state;
	shelf_row(&a, 5, ROW_NEWS, "TT-07-03", 77, 1);
	shelf_commit(s, &a, 1);
	shelf_row(&a, 6, ROW_NEWS, "TT-07-03", 77, 2);
	shelf_row(&a, 6, ROW_NEWS, "TT-07-03", 77, 3);
	assert_int_equal(shelf_try(s, &a, 1), -EINVAL);
	assert_int_equal(verify(s).rows, 1);
	store_close(s);
	free(a.act);
}

static void a_turn_without_anything_to_keep_costs_nothing(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };

	(void)state;
	acts_add(&a, ACT_DRAW, 0);
	acts_add(&a, ACT_SEND, 0);
	shelf_commit(s, &a, 1);
	assert_int_equal(store_counters(s).commits, 0);
	store_close(s);
	free(a.act);
}

/* ---- reading back ---- */

static struct outage outage(int64_t id, uint32_t point, int64_t from, int64_t until,
			    int64_t incident)
{
	return (struct outage){ .id = id,
				.point = point,
				.from = { from },
				.until = { until },
				.cause = CAUSE_LINE,
				.sure = SURE_PROBABLE,
				.eyes = 1,
				.cams_n = 2,
				.incident = incident };
}

static void keep_outage(struct acts *a, struct outage o)
{
	acts_add(a, ACT_OUTAGE, o.point)->u.outage = o;
}

static void keep_incident(struct acts *a, int64_t id, enum incident_state state, int64_t until)
{
	acts_add(a, ACT_INCIDENT, 2)->u.incident = (struct incident){
		.id = id,
		.hamlet = 1,
		.point = 2,
		.from = { id * 100 },
		.until = { until },
		.cause = CAUSE_LINE,
		.sure = SURE_PROBABLE,
		.state = state,
		.told = true,
		.points = 2,
		.open = until ? 0 : 1,
		.facts = FACT_MAINS_KNOWN,
	};
}

struct list {
	int64_t id[16];
	size_t n, stop;
};

static bool list_outage(void *self, const struct outage *o)
{
	struct list *l = self;

	l->id[l->n++] = o->id;
	return l->n != l->stop;
}

static bool list_incident(void *self, const struct incident *i)
{
	struct list *l = self;

	l->id[l->n++] = i->id;
	return l->n != l->stop;
}

static void people_read_newest_first(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct list l = { .n = 0 };
	struct incident i;

	(void)state;
	keep_outage(&a, outage(16, 2, 100, 200, 16));
	keep_outage(&a, outage(32, 2, 300, 400, 0));
	keep_outage(&a, outage(48, 2, 350, 0, 16));
	keep_outage(&a, outage(64, 1, 300, 0, 16));
	keep_incident(&a, 16, INCIDENT_TOLD, 0);
	keep_incident(&a, 8, INCIDENT_CLOSED, 900);
	shelf_commit(s, &a, 1);

	store_outages(s, 2, (wall_t){ 0 }, list_outage, &l);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.id[0], 48);
	assert_int_equal(l.id[2], 16);
	l = (struct list){ .stop = 1 };
	store_outages(s, 2, (wall_t){ 300 }, list_outage, &l);
	assert_int_equal(l.n, 1);
	l = (struct list){ .n = 0 };
	store_outages_of(s, 16, list_outage, &l);
	assert_int_equal(l.n, 3);
	l = (struct list){ .n = 0 };
	store_incidents(s, false, 10, list_incident, &l);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.id[0], 16);
	l = (struct list){ .n = 0 };
	store_incidents(s, true, 10, list_incident, &l);
	assert_int_equal(l.n, 1);
	assert_false(store_incident(s, 9, &i));
	assert_true(store_incident(s, 16, &i));
	assert_int_equal(i.hamlet, 1);
	assert_int_equal(i.from.ms, 1600);
	assert_int_equal(i.points, 2);
	assert_int_equal(i.state, INCIDENT_TOLD);
	assert_true(i.told);
	store_close(s);
	free(a.act);
}

struct nested {
	struct store *s;
	size_t outer, inner;
};

static bool count_inner(void *self, const struct outage *o)
{
	(void)o;
	((struct nested *)self)->inner++;
	return true;
}

static bool count_outer(void *self, const struct outage *o)
{
	struct nested *n = self;

	n->outer++;
	store_outages(n->s, o->point, (wall_t){ 0 }, count_inner, n);
	return true;
}

static void a_reader_may_read_while_it_reads(void **state)
{
	struct store *s = shelf_open();
	struct nested n = { .s = s };
	struct acts a = { 0 };

	(void)state;
	for (int64_t i = 1; i <= 5; i++)
		keep_outage(&a, outage(i, 0, i * 10, i * 10 + 5, 0));
	shelf_commit(s, &a, 1);
	store_outages(s, 0, (wall_t){ 0 }, count_outer, &n);
	assert_int_equal(n.outer, 5);
	assert_int_equal(n.inner, 25);
	store_close(s);
	free(a.act);
}

static void what_a_node_said_of_itself_is_kept(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	wall_t at = { 0 };
	char *text;

	(void)state;
	assert_null(store_about(s, 1, ABOUT_BIRTH, &at));
	acts_add(&a, ACT_ABOUT, 1)->u.about.text = strdup("{\"version\":\"0\"}");
	shelf_commit(s, &a, 1);
	acts_add(&a, ACT_ABOUT, 1)->u.about.text = strdup("{\"version\":\"1\"}");
	shelf_commit(s, &a, 2);
	text = store_about(s, 1, ABOUT_BIRTH, &at);
	assert_string_equal(text, "{\"version\":\"1\"}");
	free(text);
	store_close(s);
	free(a.act);
}

/* ---- after a restart ---- */

static void memory_comes_back_even_when_the_roster_changed_its_order(void **state)
{
	struct roster_point points[2] = { shelf_roster.points[2], shelf_roster.points[0] };
	struct roster turned = shelf_roster;
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct commune *c;
	char why[STORE_WHY];
	wall_t alive;

	(void)state;
	acts_add(&a, ACT_POINT, 2)->u.memory = (struct point_memory){
		.point = 2,
		.known = true,
		.boot = 0xf000000000000001,
		.conn = 4,
		.pace_s = 60,
		.verdict = { .cause = CAUSE_LINE, .sure = SURE_PROBABLE, .cams_n = 2 },
		.verdict_since = { 5000 },
		.heard = { 6000 },
	};
	acts_add(&a, ACT_BOOT, 2)->u.boot =
		(struct boot_memory){ .point = 2, .boot = 0xf000000000000001, .seq = 12 };
	shelf_row(&a, 3, ROW_NEWS, "TT-08-01", 0xf000000000000001, 12);
	keep_outage(&a, outage(48, 2, 5000, 0, 48));
	keep_incident(&a, 48, INCIDENT_TOLD, 0);
	shelf_commit(s, &a, 1);
	assert_int_equal(store_mark(s, (wall_t){ 7000 }), 0);
	store_close(s);

	turned.points = points;
	turned.n_points = 2;
	s = store_open(shelf_dir, &turned, why);
	assert_non_null(s);
	c = commune_new(&turned, &options);
	assert_int_equal(store_restore(s, c, (mono_t){ 0 }, &alive), 0);
	assert_int_equal(alive.ms, 7000);
	assert_int_equal(commune_point(c, 0).boot, 0xf000000000000001);
	assert_int_equal(commune_point(c, 0).heard.ms, 6000);
	assert_int_equal(commune_point(c, 0).outage, 48);
	assert_int_equal(commune_point(c, 0).incident, 48);
	assert_int_equal(commune_point(c, 1).boot, 0);
	commune_free(c);
	store_close(s);
	free(a.act);
}

static void what_a_gasp_told_is_found_again(void **state)
{
	const struct gasp again = { .boot = 5, .seq = 44, .t_ms = 60000, .behind = 3 };
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct commune *c;
	char why[STORE_WHY];
	wall_t alive;

	(void)state;
	acts_add(&a, ACT_BOOT, 0)->u.boot =
		(struct boot_memory){ .point = 0, .boot = 5, .seq = 40 };
	shelf_row(&a, 1, ROW_GASP, "TT-07-03", 5, 42);
	shelf_row(&a, 2, ROW_GASP, "TT-07-03", 5, 44);
	shelf_row(&a, 3, ROW_GASP, "TT-07-04", 5, 99);
	shelf_commit(s, &a, 1);
	assert_true(store_boot_known(s, "TT-07-03", 5));
	assert_false(store_boot_known(s, "TT-07-03", 6));
	assert_false(store_boot_known(s, "TT-08-01", 5));
	store_close(s);
	s = store_open(shelf_dir, &shelf_roster, why);
	assert_non_null(s);
	c = commune_new(&shelf_roster, &options);
	assert_int_equal(store_restore(s, c, (mono_t){ 0 }, &alive), 0);
	assert_int_equal(commune_gasp(c, "TT-07-03", &again, true, (mono_t){ 0 }, (wall_t){ 1 }),
			 GASP_KNOWN);
	commune_free(c);
	store_close(s);
	free(a.act);
}

static void a_first_start_has_no_mark(void **state)
{
	struct store *s = shelf_open();
	struct commune *c = commune_new(&shelf_roster, &options);
	wall_t alive = { 5 };

	(void)state;
	assert_int_equal(store_restore(s, c, (mono_t){ 0 }, &alive), 0);
	assert_int_equal(alive.ms, 0);
	commune_free(c);
	store_close(s);
}

/* ---- who was told, and who goes ---- */

static void keep_alert(struct acts *a, int64_t incident, bool closed)
{
	acts_add(a, ACT_ALERT, 0)->u.alert = (struct alert){
		.incident = incident,
		.code = "7K2",
		.told_to = { 2 }, /* mail0 */
		.opened = { 5000 },
		.next = { 6000 },
		.reminded = 1,
		.taken_by = "anh Bình",
		.taken = { 5500 },
		.closed = closed,
	};
}

static void who_was_told_is_kept_by_name_not_by_place(void **state)
{
	const struct receiver turned[] = { { .id = "new" },
					   shelf_roster.receivers[1],
					   shelf_roster.receivers[0] };
	struct roster changed = shelf_roster;
	struct store *s = shelf_open();
	struct acts a = { 0 };
	char why[STORE_WHY];
	struct alert got;

	(void)state;
	keep_alert(&a, 48, false);
	shelf_commit(s, &a, 1);
	assert_false(store_alert(s, 49, &got));
	assert_true(store_alert(s, 48, &got));
	assert_string_equal(got.code, "7K2");
	assert_int_equal(got.told_to[0], 2);
	assert_int_equal(got.opened.ms, 5000);
	assert_int_equal(got.next.ms, 6000);
	assert_int_equal(got.reminded, 1);
	assert_string_equal(got.taken_by, "anh Bình");
	assert_int_equal(got.taken.ms, 5500);
	assert_false(got.closed);
	store_close(s);

	changed.receivers = turned;
	changed.n_receivers = 3;
	s = store_open(shelf_dir, &changed, why);
	assert_non_null(s);
	assert_true(store_alert(s, 48, &got));
	assert_int_equal(got.told_to[0], 2); /* mail0 is second again */
	store_close(s);
	changed.receivers = &turned[2];
	changed.n_receivers = 1;
	s = store_open(shelf_dir, &changed, why);
	assert_non_null(s);
	assert_true(store_alert(s, 48, &got));
	assert_int_equal(got.told_to[0], 0); /* and gone now */
	store_close(s);
	free(a.act);
}

static void an_alert_is_kept_once_as_it_is_now(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct alert got;

	(void)state;
	keep_alert(&a, 48, false);
	keep_alert(&a, 48, true);
	shelf_commit(s, &a, 1);
	assert_true(store_alert(s, 48, &got));
	assert_true(got.closed);
	store_close(s);
	free(a.act);
}

static void a_correction_stands_beside_the_cause(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct incident i;

	(void)state;
	keep_incident(&a, 48, INCIDENT_CLOSED, 900);
	acts_add(&a, ACT_CORRECT, 0)->u.correct.incident = 48;
	a.act[a.n - 1].u.correct.cause = CAUSE_ROUTER;
	shelf_commit(s, &a, 1);
	assert_true(store_incident(s, 48, &i));
	assert_int_equal(i.cause, CAUSE_LINE);
	assert_int_equal(i.corrected, CAUSE_ROUTER);
	store_close(s);
	free(a.act);
}

static struct commune *restored(struct store *s)
{
	struct commune *c = commune_new(&shelf_roster, &options);
	wall_t alive;

	assert_int_equal(store_restore(s, c, (mono_t){ 0 }, &alive), 0);
	return c;
}

static void open_alerts_come_back_and_closed_ones_do_not(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct commune *c;

	(void)state;
	keep_outage(&a, outage(48, 2, 5000, 0, 48));
	keep_incident(&a, 48, INCIDENT_TOLD, 0);
	keep_alert(&a, 48, false);
	keep_outage(&a, outage(51, 1, 5000, 0, 51));
	keep_incident(&a, 51, INCIDENT_TOLD, 0);
	keep_alert(&a, 51, true);
	keep_alert(&a, 60, false); /* of an incident that is no more */
	shelf_commit(s, &a, 1);
	c = restored(s);
	assert_non_null(commune_alert(c, 48));
	assert_string_equal(commune_alert(c, 48)->code, "7K2");
	assert_null(commune_alert(c, 51));
	assert_null(commune_alert(c, 60));
	commune_free(c);
	store_close(s);
	free(a.act);
}

#define HOUR INT64_C(3600000)

static void how_restless_a_point_was_lately_is_found_again(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct commune *c;

	(void)state;
	for (int64_t i = 1; i <= 4; i++) {
		const int64_t minute = 60000;

		keep_outage(&a,
			    outage(i, 0, 20 * HOUR + i * minute, 20 * HOUR + i * minute + 1, i));
		keep_outage(&a, outage(10 + i, 1, 20 * HOUR + i * minute,
				       20 * HOUR + i * minute + 1, 0)); /* learned afterwards */
		keep_outage(&a, outage(20 + i, 2, HOUR + i * minute, HOUR + i * minute + 1,
				       i)); /* long ago */
	}
	shelf_commit(s, &a, 1);
	assert_int_equal(store_mark(s, (wall_t){ 21 * HOUR }), 0);
	c = restored(s);
	assert_true(commune_point(c, 0).unstable);
	assert_false(commune_point(c, 1).unstable);
	assert_false(commune_point(c, 2).unstable);
	commune_free(c);
	store_close(s);
	free(a.act);
}

static void who_went_dark_together_within_a_year_is_found_again(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	uint32_t friend[LEARN_FRIENDS];
	struct commune *c;

	(void)state;
	for (int64_t i = 1; i <= 3; i++) {
		keep_outage(&a, outage(100 * i, 0, i * 1000, i * 1000 + 1, 100 * i));
		keep_outage(&a, outage(100 * i + 1, 2, i * 1000, i * 1000 + 1, 100 * i));
		keep_incident(&a, 100 * i, INCIDENT_CLOSED, 900);
	}
	shelf_commit(s, &a, 1);
	assert_int_equal(store_mark(s, (wall_t){ HOUR }), 0);
	c = restored(s);
	assert_int_equal(commune_learned(c, 0, friend), 1);
	assert_int_equal(friend[0], 2);
	assert_int_equal(commune_learned(c, 1, friend), 0);
	commune_free(c);
	/* Two years later it is forgotten. */
	assert_int_equal(store_mark(s, (wall_t){ 2 * 366 * 24 * HOUR }), 0);
	c = restored(s);
	assert_int_equal(commune_learned(c, 0, friend), 0);
	commune_free(c);
	store_close(s);
	free(a.act);
}

static void which_points_lie_in_a_window_is_found_again(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct commune *c;

	(void)state;
	shelf_row(&a, 1, ROW_PLANNED, "TT-07-03", 0, 0);
	shelf_row(&a, 2, ROW_PLANNED, "TT-07-04", 0, 0);
	shelf_row(&a, 3, ROW_PLANNED, "TT-07-03", 0, 0);
	a.act[2].u.row.body[0] = 0; /* over */
	shelf_commit(s, &a, 1);
	c = restored(s);
	assert_false(commune_point(c, 0).planned);
	assert_true(commune_point(c, 1).planned);
	assert_false(commune_point(c, 2).planned);
	commune_free(c);
	store_close(s);
	free(a.act);
}

/* ---- samples that wait for their graph ---- */

static void count_sample(void *self, size_t point, const struct draw *d)
{
	int64_t *sum = self;

	sum[0]++;
	sum[1] += (int64_t)point * 1000000 + d->at.ms;
	assert_int_equal(d->out_us, 12345);
	assert_int_equal(d->up, 1);
	assert_int_equal(d->site, -1);
	assert_int_equal(d->router_us, -1);
	assert_int_equal(d->lost, 7);
}

static void samples_wait_until_they_are_drawn(void **state)
{
	struct store *s = shelf_open();
	struct acts a = { 0 };
	struct act *act = acts_add(&a, ACT_SAMPLES, 1);
	int64_t sum[2] = { 0, 0 };

	(void)state;
	act->u.samples.n = 3;
	act->u.samples.draw = calloc(3, sizeof(struct draw));
	for (int i = 0; i < 3; i++)
		act->u.samples.draw[i] = (struct draw){ { 1000 * (i + 1) }, 1, -1, 12345, -1, 7 };
	shelf_commit(s, &a, 1);
	assert_int_equal(store_drawn(s, 1, (wall_t){ 2000 }), 0);
	assert_int_equal(store_drawn(s, 99, (wall_t){ 2000 }), -EINVAL);
	assert_int_equal(store_mark(s, (wall_t){ 1 }), 0);
	store_undrawn(s, count_sample, sum);
	assert_int_equal(sum[0], 1);
	assert_int_equal(sum[1], 1003000);

	assert_int_equal(store_drawn(s, 1, (wall_t){ 3000 }), 0);
	store_close(s); /* in order: nothing is forgotten to be forgotten */
	s = shelf_open();
	sum[0] = 0;
	store_undrawn(s, count_sample, sum);
	assert_int_equal(sum[0], 0);
	store_close(s);
	free(a.act);
}

/* ---- no room, no power ---- */

static void fill(struct store *s, int64_t *id, int want)
{
	struct acts a = { 0 };
	int err = 0;

	/* Bounded: a page holds far more than one row. */
	for (int turn = 0; turn < 4000 && err == 0; turn++) {
		for (int i = 0; i < 20; i++) {
			++*id;
			shelf_row(&a, *id, ROW_NEWS, "TT-07-03", 9, (uint64_t)*id);
			shelf_paint(&a, 0, *id * 10, *id * 10 + 5, COLOUR_DOWN, CAUSE_LINE);
		}
		err = shelf_try(s, &a, 1);
	}
	assert_int_equal(err, want);
	free(a.act);
}

/* full: after a turn that failed. With room again, the same rows must be taken. */
static void check_works_again(struct store *s, int64_t id)
{
	struct acts a = { 0 };

	for (int64_t i = id - 19; i <= id; i++)
		shelf_row(&a, i, ROW_NEWS, "TT-07-03", 9, (uint64_t)i);
	shelf_commit(s, &a, 2);
	assert_int_equal(verify(s).rows, id);
	assert_int_equal(verify(s).first_bad, 0);
	free(a.act);
}

static void a_full_file_keeps_nothing_of_the_turn_and_works_again(void **state)
{
	struct store *s = shelf_open();
	struct seconds before, after;
	struct acts a = { 0 };
	int64_t id = 0;

	(void)state;
	assert_int_equal(sqlite3_exec(s->db, "PRAGMA max_page_count = 60", NULL, NULL, NULL), 0);
	fill(s, &id, -ENOSPC);
	assert_true(store_counters(s).failed > 0);
	assert_int_equal(verify(s).rows, id - 20);
	assert_int_equal(verify(s).first_bad, 0);

	/* Still full: still refused, and still as it was. */
	before = store_seconds(s, 0, (wall_t){ 0 }, (wall_t){ 10000000 });
	for (int i = 0; i < 50; i++)
		shelf_row(&a, id + i, ROW_NEWS, "TT-07-03", 9, (uint64_t)(id + i));
	assert_int_equal(shelf_try(s, &a, 1), -ENOSPC);
	after = store_seconds(s, 0, (wall_t){ 0 }, (wall_t){ 10000000 });
	assert_memory_equal(&before, &after, sizeof before);

	assert_int_equal(sqlite3_exec(s->db, "PRAGMA max_page_count = 100000", NULL, NULL, NULL),
			 0);
	check_works_again(s, id);
	store_close(s);
	free(a.act);
}

static void a_full_disk_keeps_nothing_of_the_turn_and_works_again(void **state)
{
	char path[128];
	struct store *s;
	int64_t id = 0;

	(void)state;
	if (mount("tmpfs", shelf_dir, "tmpfs", 0, "size=700k") < 0) {
		print_message("no right to mount: not tried\n");
		skip();
	}
	s = shelf_open();
	fill(s, &id, -ENOSPC);
	assert_int_equal(verify(s).rows, id - 20);
	assert_int_equal(verify(s).first_bad, 0);
	snprintf(path, sizeof path, "%s", shelf_dir);
	assert_int_equal(mount("tmpfs", path, "tmpfs", MS_REMOUNT, "size=8m"), 0);
	check_works_again(s, id);
	store_close(s);
}

static int unmount(void **state)
{
	umount2(shelf_dir, MNT_DETACH); /* fails when it could not be mounted */
	return shelf_teardown(state);
}

/* A child commits turn after turn, says so, and is killed in the middle of whatever it does. */
static void what_was_claimed_survives_a_kill(void **state)
{
	(void)state;
	for (int round = 0; round < 8; round++) {
		struct store *s;
		int64_t claimed = 0, said;
		int pipes[2], status;
		pid_t pid;

		assert_int_equal(shelf_teardown(NULL), 0);
		assert_int_equal(shelf_setup(NULL), 0);
		assert_int_equal(pipe(pipes), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct acts a = { 0 };

			s = shelf_open();
			for (int64_t id = 1; id < 100000; id++) {
				shelf_row(&a, id, ROW_NEWS, "TT-07-03", 9, (uint64_t)id);
				shelf_paint(&a, 0, id * 10, 0, id % 2 ? COLOUR_UP : COLOUR_DOWN,
					    CAUSE_LINE);
				if (shelf_try(s, &a, id) < 0 || write(pipes[1], &id, sizeof id) < 0)
					break;
			}
			_exit(1);
		}
		close(pipes[1]);
		for (int n = 0; n < 10 + round * 7; n++) {
			assert_int_equal(read(pipes[0], &said, sizeof said), sizeof said);
			claimed = said;
		}
		kill(pid, SIGKILL);
		while (read(pipes[0], &said, sizeof said) == sizeof said)
			claimed = said;
		close(pipes[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));

		s = shelf_open();
		assert_int_equal(verify(s).first_bad, 0);
		assert_in_range((uint64_t)verify(s).rows, (uint64_t)claimed, (uint64_t)claimed + 1);
		store_close(s);
	}
}

/* ---- what cannot be opened says why ---- */

static void refused(const char *dir, const char *word)
{
	char why[STORE_WHY] = "";
	struct store *s = store_open(dir, &shelf_roster, why);

	assert_null(s);
	if (!strstr(why, word))
		fail_msg("no \"%s\" in: %s", word, why);
}

static void a_file_that_is_no_ledger_is_refused_with_its_place(void **state)
{
	char path[128];
	FILE *f;

	(void)state;
	snprintf(path, sizeof path, "%s/ledger.db", shelf_dir);
	f = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is not a ledger ", f);
	fclose(f);
	refused(shelf_dir, path);
	refused(shelf_dir, "backup");
}

static void a_file_of_a_newer_version_is_left_alone(void **state)
{
	(void)state;
	store_close(shelf_open());
	shelf_tamper("PRAGMA user_version = 9");
	refused(shelf_dir, "newer");
}

static void a_place_that_cannot_be_is_named(void **state)
{
	(void)state;
	refused("/proc/matsang", "/proc/matsang");
	refused("/nowhere/at/all", "/nowhere/at/all");
}

static void nobody_else_may_read_it(void **state)
{
	char path[128];
	struct stat st;

	(void)state;
	store_close(shelf_open());
	snprintf(path, sizeof path, "%s/ledger.db", shelf_dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_shelf(a_record_that_comes_twice_is_kept_once),
		with_shelf(all_64_bits_of_boot_and_seq_come_back),
		with_shelf(a_row_id_that_does_not_rise_is_refused_with_its_turn),
		with_shelf(a_turn_without_anything_to_keep_costs_nothing),
		with_shelf(people_read_newest_first),
		with_shelf(a_reader_may_read_while_it_reads),
		with_shelf(what_a_node_said_of_itself_is_kept),
		with_shelf(memory_comes_back_even_when_the_roster_changed_its_order),
		with_shelf(what_a_gasp_told_is_found_again),
		with_shelf(a_first_start_has_no_mark),
		with_shelf(who_was_told_is_kept_by_name_not_by_place),
		with_shelf(an_alert_is_kept_once_as_it_is_now),
		with_shelf(a_correction_stands_beside_the_cause),
		with_shelf(open_alerts_come_back_and_closed_ones_do_not),
		with_shelf(how_restless_a_point_was_lately_is_found_again),
		with_shelf(who_went_dark_together_within_a_year_is_found_again),
		with_shelf(which_points_lie_in_a_window_is_found_again),
		with_shelf(samples_wait_until_they_are_drawn),
		with_shelf(a_full_file_keeps_nothing_of_the_turn_and_works_again),
		cmocka_unit_test_setup_teardown(
			a_full_disk_keeps_nothing_of_the_turn_and_works_again, shelf_setup,
			unmount),
		with_shelf(what_was_claimed_survives_a_kill),
		with_shelf(a_file_that_is_no_ledger_is_refused_with_its_place),
		with_shelf(a_file_of_a_newer_version_is_left_alone),
		with_shelf(a_place_that_cannot_be_is_named),
		with_shelf(nobody_else_may_read_it),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
