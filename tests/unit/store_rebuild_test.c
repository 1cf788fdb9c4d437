/* SPDX-License-Identifier: Apache-2.0 */
/* store_rebuild: what was derived comes out the same when it is derived again from the ledger. */
#include "gateway/store_db.h"
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

#define staged(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(rebuilding_changes_nothing),
		staged(what_was_spoilt_is_derived_again),
		staged(a_ledger_that_cannot_be_read_leaves_all_as_it_was),
	};

	return cmocka_run_group_tests_name("store_rebuild", tests, NULL, NULL);
}
