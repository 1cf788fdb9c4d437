/* SPDX-License-Identifier: Apache-2.0 */
/* store_rebuild: what was derived comes out the same when it is derived again from the ledger. */
#include "gateway/store_db.h"
#include "hall.h"
#include "shelf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WALL 1778000000000

static const struct commune_options options = {
	.grace_ms = 10000,
	.ask_ms = 4000,
	.group_hold_ms = 60000,
	.group_window_ms = 120000,
	.camera_hold_ms = 180000,
	.return_hold_ms = 120000,
};

static struct store *store;
static struct commune *commune;
static int64_t clock_ms; /* since the test began */

static mono_t now(void)
{
	return (mono_t){ 1000000 + clock_ms };
}

static wall_t wall(void)
{
	return (wall_t){ WALL + clock_ms };
}

static void turn(void)
{
	commune_settle(commune);
	assert_int_equal(store_commit(store, commune_acts(commune), wall()), 0);
	commune_acts_clear(commune);
}

/* Time goes on, and whatever falls due on the way is done at its time. */
static void pass(int64_t ms)
{
	int64_t end = clock_ms + ms;

	for (int i = 0; i < 100000; i++) {
		mono_t due = commune_due(commune);

		if (due.ms > 1000000 + end)
			break;
		if (due.ms > now().ms)
			clock_ms = due.ms - 1000000;
		commune_step(commune, now(), wall());
		turn();
	}
	clock_ms = end;
}

static void hear(const char *topic, const uint8_t *buf, size_t len)
{
	unsigned refused = commune_hear(commune, topic, buf, len, now(), wall());

	if (refused)
		fail_msg("refused: %s", refusal_str(refused));
	turn();
}

static struct verdict verdict(enum cause cause)
{
	return (struct verdict){ .cause = cause,
				 .sure = cause == CAUSE_NONE ? SURE_CONFIRMED : SURE_PROBABLE,
				 .facts = FACT_MAINS_KNOWN | FACT_LINK_UP,
				 .eyes = 1,
				 .cams_n = 1 };
}

static void birth(const char *topic, uint64_t boot, uint32_t conn)
{
	const struct wire_birth b = {
		.boot = boot,
		.conn = conn,
		.t_ms = clock_ms + 5000,
		.wall = wall(),
		.quality = CLOCK_NTP,
		.pace_s = 60,
		.cams_n = 1,
		.verdict = verdict(CAUSE_NONE),
		.text = "{}",
		.text_len = 2,
	};
	uint8_t buf[WIRE_MAX];

	hear(topic, buf, wire_birth_encode(buf, &b));
}

static void news(const char *topic, uint64_t boot, uint64_t seq, enum cause cause, int64_t age_ms)
{
	const struct wire_news n = {
		.head = { .boot = boot,
			  .seq = seq,
			  .t_ms = clock_ms + 5000 - age_ms,
			  .wall = { wall().ms - age_ms },
			  .quality = CLOCK_NTP },
		.age_ms = age_ms,
		.oldest = seq,
		.verdict = verdict(cause),
	};
	uint8_t buf[WIRE_MAX];

	hear(topic, buf, wire_news_encode(buf, &n));
}

static void beat(const char *topic)
{
	const struct wire_beat b = { .t_s = (uint16_t)(clock_ms / 1000),
				     .sample = { .cams_up = 1, .temp_c = 40 } };
	uint8_t buf[WIRE_MAX];

	hear(topic, buf, wire_beat_encode(buf, &b));
}

/* Everything a query gives, as text. */
static char *dump(const char *sql)
{
	size_t len;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);
	struct query q = db_query(store, sql);

	while (db_row(&q)) {
		for (int i = 0; i < sqlite3_column_count(q.st); i++)
			fprintf(f, "%s ", db_text(&q, i));
		fputc('\n', f);
	}
	assert_int_equal(q.err, 0);
	fclose(f);
	return text;
}

static const char *const derived[] = {
	"SELECT * FROM span ORDER BY point, from_ms",
	"SELECT id, point, from_ms, until_ms, cause, incident FROM outage ORDER BY id",
	("SELECT id, hamlet, point, from_ms, until_ms, cause, points, open FROM incident "
	 "ORDER BY id"),
	"SELECT id, key, sent_ms FROM outbox ORDER BY id",
	"SELECT * FROM ledger",
	"SELECT * FROM head",
};
enum { DERIVED = sizeof derived / sizeof derived[0] };

/* A day as it happens: two points go dark together, one comes back, one is silent, we are blind
 * once. */
static void live(void)
{
	const char *an = "ms/TT-07-03/up", *binh = "ms/TT-07-04/up", *chi = "ms/TT-08-01/up";

	commune_start(commune, (wall_t){ 0 }, now(), wall());
	turn();
	commune_link(commune, true, now(), wall());
	turn();
	birth(an, 11, 1);
	birth(binh, 22, 1);
	birth(chi, 33, 1);
	for (int i = 0; i < 10; i++) {
		pass(60000);
		beat(an);
		beat(binh);
		beat(chi);
	}
	news(an, 11, 1, CAUSE_POWER, 40);
	pass(5000);
	news(binh, 22, 1, CAUSE_POWER, 60);
	for (int i = 0; i < 5; i++) {
		pass(60000);
		beat(an);
		beat(binh); /* chi falls silent */
	}
	news(an, 11, 2, CAUSE_NONE, 20);
	news(binh, 22, 2, CAUSE_NONE, 20);
	for (int i = 0; i < 5; i++) {
		pass(60000);
		beat(an);
		beat(binh);
	}
	commune_link(commune, false, now(), wall());
	turn();
	pass(90000);
	commune_link(commune, true, now(), wall());
	turn();
	birth(an, 11, 2);
	birth(binh, 22, 2);
	pass(200000);
	birth(chi, 34, 1); /* it had no power all along, and says since when it was so */
	news(chi, 33, 1, CAUSE_POWER, -1);
	pass(300000);
}

static int setup(void **state)
{
	if (shelf_setup(state) < 0)
		return -1;
	clock_ms = 0;
	store = shelf_open();
	commune = commune_new(&shelf_roster, &options);
	return commune ? 0 : -1;
}

static int teardown(void **state)
{
	commune_free(commune);
	store_close(store);
	return shelf_teardown(state);
}

static void rebuilding_changes_nothing(void **state)
{
	char *before[DERIVED], *after;

	(void)state;
	live();
	for (size_t i = 0; i < DERIVED; i++)
		before[i] = dump(derived[i]);
	assert_true(strlen(before[0]) > 0);
	assert_true(strlen(before[1]) > 0);
	assert_true(strlen(before[2]) > 0);
	assert_true(strlen(before[3]) > 0);
	assert_int_equal(store_rebuild(store, &options, wall()), 0);
	for (size_t i = 0; i < DERIVED; i++) {
		after = dump(derived[i]);
		assert_string_equal(after, before[i]);
		free(before[i]);
		free(after);
	}
}

static void what_was_spoilt_is_derived_again(void **state)
{
	char *before[DERIVED], *after;

	(void)state;
	live();
	for (size_t i = 0; i < DERIVED; i++)
		before[i] = dump(derived[i]);
	shelf_tamper(
		"UPDATE span SET colour = 1; DELETE FROM outage; UPDATE incident SET points = 9");
	assert_int_equal(store_rebuild(store, &options, wall()), 0);
	for (size_t i = 0; i < DERIVED; i++) {
		after = dump(derived[i]);
		assert_string_equal(after, before[i]);
		free(before[i]);
		free(after);
	}
}

static void a_ledger_that_cannot_be_read_leaves_all_as_it_was(void **state)
{
	char *before[DERIVED], *after;

	(void)state;
	live();
	shelf_tamper("UPDATE ledger SET kind = 99 WHERE id = (SELECT max(id) FROM ledger)");
	for (size_t i = 0; i < DERIVED; i++)
		before[i] = dump(derived[i]);
	assert_int_equal(store_rebuild(store, &options, wall()), -EBADMSG);
	for (size_t i = 0; i < DERIVED; i++) {
		after = dump(derived[i]);
		assert_string_equal(after, before[i]);
		free(before[i]);
		free(after);
	}
}

/* ---- the same with all that a commune goes through ---- */

static void hall_keep(const struct acts *acts, wall_t at)
{
	assert_int_equal(store_commit(store, acts, at), 0);
	assert_int_equal(store_mark(store, at), 0);
}

static void hall_again(struct commune *c, mono_t at)
{
	char why[STORE_WHY] = "";
	wall_t alive;

	store_close(store);
	store = store_open(shelf_dir, &hall_roster, why);
	if (!store)
		fail_msg("%s", why);
	assert_int_equal(store_restore(store, c, at, &alive), 0);
	assert_int_not_equal(alive.ms, 0);
}

static int hall_begin(void **state)
{
	char why[STORE_WHY] = "";

	if (shelf_setup(state) < 0)
		return -1;
	store = store_open(shelf_dir, &hall_roster, why);
	if (!store)
		fail_msg("%s", why);
	hall_store = (struct hall_store){ hall_keep, hall_again };
	return hall_setup(state);
}

static int hall_end(void **state)
{
	hall_teardown(state);
	hall_store = (struct hall_store){ NULL, NULL };
	store_close(store);
	return shelf_teardown(state);
}

/* Everything that is derived, and that nobody reads told from but the outbox. */
static const char *const all[] = {
	"SELECT * FROM span ORDER BY point, from_ms",
	"SELECT * FROM outage ORDER BY id",
	"SELECT * FROM incident ORDER BY id",
	"SELECT * FROM alert ORDER BY incident",
	"SELECT id, key, sent_ms FROM outbox ORDER BY id",
};
enum { ALL = sizeof all / sizeof all[0] };

/* Fails with the first line that differs. */
static void same_lines(const char *again, const char *before)
{
	while (*again || *before) {
		const int n = (int)strcspn(again, "\n"), m = (int)strcspn(before, "\n");

		if (n != m || strncmp(again, before, (size_t)n) != 0)
			fail_msg("%.*s\nbut derived again: %.*s", m, before, n, again);
		again += n + (again[n] != '\0');
		before += m + (before[m] != '\0');
	}
}

static void rebuild_gives_the_same(void)
{
	char *before[ALL], *after;

	for (size_t i = 0; i < ALL; i++)
		before[i] = dump(all[i]);
	assert_true(strlen(before[0]) > 0);
	assert_int_equal(store_rebuild(store, &hall_options, hall_wall()), 0);
	for (size_t i = 0; i < ALL; i++) {
		after = dump(all[i]);
		same_lines(after, before[i]);
		free(before[i]);
		free(after);
	}
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

static void the_one_that_did_not_come_back_is_derived_again(void **state)
{
	(void)state;
	mute(0, 4);
	hall_pass(5 * HALL_MINUTE);
	births(0, 3);
	hall_pass(5 * HALL_MINUTE);
	rebuild_gives_the_same(); /* while it is waited for */
	hall_pass(15 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESIDUE, HALL_HOOK), 1);
	rebuild_gives_the_same();
	hall_restart(HALL_MINUTE);
	births(0, 3);
	births(4, 16);
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
	hall_birth(3);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_RESOLVED, HALL_HOOK), 2);
	rebuild_gives_the_same();
}

static void hamlets_that_became_one_story_are_one_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++)
		hall_news(i, CAUSE_POWER);
	rebuild_gives_the_same(); /* three, each held */
	hall_pass(2 * HALL_MINUTE);
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
	rebuild_gives_the_same();
	for (size_t i = 0; i < 10; i++)
		hall_news(i, CAUSE_NONE);
	hall_pass(5 * HALL_MINUTE);
	rebuild_gives_the_same();
}

static void what_was_planned_is_planned_again(void **state)
{
	static struct window w[2];
	const struct windows windows = { w, 2 };

	(void)state;
	w[0] = (struct window){ .kind = WINDOW_CUT,
				.target = WINDOW_HAMLET,
				.what = "TT-01",
				.from = { hall_wall().ms + 10 * HALL_MINUTE },
				.until = { hall_wall().ms + 40 * HALL_MINUTE } };
	w[1] = (struct window){ .kind = WINDOW_WORK,
				.target = WINDOW_POINT,
				.what = "TT-02-01",
				.from = w[0].from,
				.until = { w[0].until.ms + HALL_HOUR } };
	commune_windows(hall.c, &windows, hall_now());
	hall_pass(11 * HALL_MINUTE);
	for (size_t i = 0; i < 6; i++)
		hall_news(i, CAUSE_POWER);
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
	hall_restart(HALL_MINUTE);
	commune_windows(hall.c, &windows, hall_now());
	births(0, 16);
	hall_news(0, CAUSE_NONE);
	hall_pass(HALL_MINUTE);
	hall_news(0, CAUSE_POWER);
	hall_pass(25 * HALL_MINUTE);
	for (size_t i = 0; i < 6; i++)
		hall_news(i, CAUSE_NONE);
	hall_pass(2 * HALL_HOUR);
	rebuild_gives_the_same();
	/* Only the neighbour that nothing was announced of. */
	assert_int_equal(hall_told(TELL_FIRING, HALL_HOOK), 1);
}

static void across_a_step_of_our_clock(int64_t by)
{
	mute(0, 1);
	hall_pass(10 * HALL_MINUTE);
	hall.set += by;
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
	hall_birth(0);
	hall_pass(5 * HALL_MINUTE);
	rebuild_gives_the_same();
	hall_news(5, CAUSE_POWER);
	hall_pass(5 * HALL_MINUTE);
	hall_news(5, CAUSE_NONE);
	hall_pass(5 * HALL_MINUTE);
	rebuild_gives_the_same();
}

static void a_clock_that_was_set_on_is_set_on_again(void **state)
{
	(void)state;
	across_a_step_of_our_clock(HALL_HOUR);
}

static void a_clock_that_was_set_back_is_set_back_again(void **state)
{
	(void)state;
	across_a_step_of_our_clock(-HALL_HOUR);
}

static void what_we_were_blind_to_stays_unknown(void **state)
{
	const wall_t since = hall_wall();

	(void)state;
	mute(0, 3);
	hall_pass(2 * HALL_MINUTE);
	hall.deaf = true;
	commune_doubt(hall.c, DOUBT_LINE, true, since, hall_now(), hall_wall());
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
	commune_link(hall.c, false, hall_now(), hall_wall());
	hall_pass(HALL_MINUTE);
	commune_doubt(hall.c, DOUBT_LINE, false, since, hall_now(), hall_wall());
	hall_restart(5 * HALL_MINUTE);
	hall.deaf = false;
	births(1, 16);
	hall_past(1, CAUSE_PROVIDER, 12 * HALL_MINUTE, false);
	hall_past(1, CAUSE_NONE, 6 * HALL_MINUTE, true);
	hall_pass(20 * HALL_MINUTE);
	rebuild_gives_the_same();
}

static void most_of_them_vanishing_is_our_doubt_again(void **state)
{
	(void)state;
	hall.deaf = true;
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
	hall_pass(40 * HALL_MINUTE);
	assert_int_equal(hall_view(0).colour, COLOUR_DOWN);
	rebuild_gives_the_same();
	hall.deaf = false;
	births(0, 16);
	hall_pass(20 * HALL_MINUTE);
	rebuild_gives_the_same();
}

static void who_comes_and_goes_is_named_alike(void **state)
{
	(void)state;
	for (int i = 0; i < 12; i++) {
		hall_news(0, CAUSE_POWER);
		hall_pass(2 * HALL_MINUTE);
		hall_news(0, CAUSE_NONE);
		hall_pass(3 * HALL_MINUTE + HALL_SECOND);
	}
	hall_pass(2 * HALL_HOUR);
	assert_int_equal(hall_told(TELL_UNSTABLE, HALL_HOOK), 1);
	rebuild_gives_the_same();
}

static void what_a_person_corrected_stays_corrected(void **state)
{
	int64_t incident;

	(void)state;
	mute(0, 1);
	hall_pass(5 * HALL_MINUTE);
	incident = hall_last_outage(0)->incident;
	commune_correct(hall.c, incident, 0, CAUSE_ROUTER, "binh", hall_now(), hall_wall());
	hall_turn();
	hall_birth(0);
	hall_pass(10 * HALL_MINUTE);
	assert_int_equal(hall_incident(incident)->corrected, CAUSE_ROUTER);
	rebuild_gives_the_same();
}

/* A camera waited for when its house has power again. */
static void a_camera_that_did_not_come_back_with_its_house(void **state)
{
	(void)state;
	hall_news(0, CAUSE_POWER);
	hall_pass(10 * HALL_MINUTE);
	hall_news(0, CAUSE_CAMERA);
	rebuild_gives_the_same();
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
	hall_news(0, CAUSE_NONE);
	hall_pass(10 * HALL_MINUTE);
	rebuild_gives_the_same();
}

#define staged(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define in_hall(f) cmocka_unit_test_setup_teardown(f, hall_begin, hall_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(rebuilding_changes_nothing),
		staged(what_was_spoilt_is_derived_again),
		staged(a_ledger_that_cannot_be_read_leaves_all_as_it_was),
		in_hall(the_one_that_did_not_come_back_is_derived_again),
		in_hall(hamlets_that_became_one_story_are_one_again),
		in_hall(what_was_planned_is_planned_again),
		in_hall(a_clock_that_was_set_on_is_set_on_again),
		in_hall(a_clock_that_was_set_back_is_set_back_again),
		in_hall(what_we_were_blind_to_stays_unknown),
		in_hall(most_of_them_vanishing_is_our_doubt_again),
		in_hall(who_comes_and_goes_is_named_alike),
		in_hall(what_a_person_corrected_stays_corrected),
		in_hall(a_camera_that_did_not_come_back_with_its_house),
	};

	return cmocka_run_group_tests_name("store_rebuild", tests, NULL, NULL);
}
