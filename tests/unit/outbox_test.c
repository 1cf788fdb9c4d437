/* SPDX-License-Identifier: Apache-2.0 */
/* outbox: every message has a row before it is sent, one key at every try, and a receipt after. */
#include "gateway/acts.h"
#include "gateway/catalogue.h"
#include "gateway/store_db.h"
#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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
	.scope = SCOPE_TRANSFORMER,
	.residue = true,
};

static void tell(struct store *s, const struct incident *i, enum tell what, int64_t now)
{
	struct acts a = { 0 };

	shelf_tell(&a, i, what, 0);
	shelf_tell(&a, i, what, 1);
	shelf_commit(s, &a, now);
	free(a.act);
}

/* Those that may go now. */
static size_t due(struct store *s, int64_t now, struct delivery out[8])
{
	struct waiting row[8];
	size_t all = store_waiting(s, row, 8), n = 0;

	for (size_t i = 0; i < all; i++)
		if (row[i].due.ms <= now && store_delivery(s, row[i].id, &out[n]))
			n++;
	return n;
}

static void fail_it(struct store *s, int64_t id, int64_t again, const char *note)
{
	const struct retry next = { .due = { again }, .round = 1 };

	assert_int_equal(store_failed(s, id, &next, note), 0);
}

static void one_row_a_receiver_with_the_incident_as_it_stood(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];
	struct waiting row[8];

	(void)state;
	assert_int_equal(store_waits(s), 0);
	tell(s, &dark, TELL_FIRING, 9000);
	assert_int_equal(store_waits(s), 1);
	assert_int_equal(due(s, 8999, d), 0);
	assert_int_equal(due(s, 9000, d), 2);
	assert_string_equal(d[0].key, "41-firing-hook0");
	assert_string_equal(d[1].key, "41-firing-mail0");
	assert_string_equal(d[1].receiver, "mail0");
	assert_string_equal(d[0].code, "7K2");
	assert_int_equal(d[0].what, TELL_FIRING);
	assert_int_equal(d[0].made.ms, 9000);
	assert_int_equal(d[0].way + d[0].round + d[0].tries, 0);
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
	assert_int_equal(d[0].incident.scope, SCOPE_TRANSFORMER);
	assert_true(d[0].incident.residue);
	assert_int_equal(store_waiting(s, row, 1), 1);
	assert_int_equal(row[0].scope, SCOPE_TRANSFORMER);
	assert_int_equal(row[0].what, TELL_FIRING);
	store_close(s);
}

static void words_are_those_of_the_moment_and_in_the_receivers_language(void **state)
{
	struct store *s = shelf_open();
	const struct notice n = { .what = TELL_FIRING, .incident = dark, .code = "7K2" };
	struct message vi, en;
	struct delivery d[8];

	(void)state;
	compose(&vi, &shelf_roster, &n, LANGUAGE_VI);
	compose(&en, &shelf_roster, &n, LANGUAGE_EN);
	tell(s, &dark, TELL_FIRING, 9000);
	assert_int_equal(due(s, 9000, d), 2);
	assert_string_equal(d[0].message.subject, vi.subject);
	assert_string_equal(d[0].message.text, vi.text);
	assert_string_equal(d[0].message.sms, vi.sms);
	assert_string_equal(d[1].message.text, en.text);
	assert_string_not_equal(d[0].message.text, d[1].message.text);
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

static void a_failure_waits_and_keeps_its_key_its_way_and_its_round(void **state)
{
	const struct retry next = { .due = { 12000 }, .way = 1, .round = 3 };
	const struct retry never = { .given_up = true };
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	assert_int_equal(store_failed(s, d[0].id, &next, "500"), 0);
	assert_int_equal(store_delivered(s, d[1].id, (wall_t){ 9100 }, "mail", "250 ok"), 0);
	assert_int_equal(due(s, 11999, d), 0);
	store_close(s);

	s = shelf_open();
	assert_int_equal(due(s, 12000, d), 1);
	assert_string_equal(d[0].key, "41-firing-hook0");
	assert_int_equal(d[0].tries, 1);
	assert_int_equal(d[0].way, 1);
	assert_int_equal(d[0].round, 3);
	assert_int_equal(store_counters(s).outbox_waiting, 1);
	assert_int_equal(store_failed(s, d[0].id, &never, "gone"), 0);
	assert_int_equal(store_counters(s).outbox_waiting, 0);
	assert_int_equal(store_counters(s).outbox_given_up, 1);
	assert_int_equal(store_waits(s), 0);
	assert_false(store_delivery(s, d[0].id, &d[1]));
	store_close(s);
}

static void what_was_only_passed_over_is_no_try(void **state)
{
	const struct retry next = { .due = { 9000 }, .round = 1, .untried = true };
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	assert_int_equal(store_failed(s, d[0].id, &next, "zalo: our line is gone"), 0);
	due(s, 9000, d);
	assert_int_equal(d[0].tries, 0);
	assert_int_equal(d[0].round, 1);
	store_close(s);
}

static void the_end_never_overtakes_the_beginning_nor_does_a_reminder(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	fail_it(s, d[0].id, 60000, "timeout");
	store_delivered(s, d[1].id, (wall_t){ 9100 }, "mail", "");
	tell(s, &dark, TELL_REMIND, 15000);
	tell(s, &dark, TELL_RESOLVED, 20000);

	/* mail0 may go on; hook0 still has to say that it began. */
	assert_int_equal(due(s, 20000, d), 1);
	assert_string_equal(d[0].key, "41-remind-mail0");
	store_delivered(s, d[0].id, (wall_t){ 20000 }, "mail", "");
	assert_int_equal(due(s, 20000, d), 1);
	assert_string_equal(d[0].key, "41-resolved-mail0");
	store_delivered(s, d[0].id, (wall_t){ 20000 }, "mail", "");
	assert_int_equal(due(s, 60000, d), 1);
	assert_string_equal(d[0].key, "41-firing-hook0");
	store_delivered(s, d[0].id, (wall_t){ 60000 }, "hook", "");
	assert_int_equal(due(s, 60000, d), 1);
	assert_string_equal(d[0].key, "41-remind-hook0");
	store_delivered(s, d[0].id, (wall_t){ 60000 }, "hook", "");
	assert_int_equal(due(s, 60000, d), 1);
	assert_string_equal(d[0].key, "41-resolved-hook0");
	store_close(s);
}

static void a_digest_is_in_nobodys_way_and_at_no_point(void **state)
{
	const struct incident evening = { .from = { 1000 }, .until = { 2000 } };
	const struct roster nowhere = { .commune = "Thiện Tân",
					.receivers = shelf_roster.receivers,
					.n_receivers = 2 };
	struct store *s = shelf_open();
	struct delivery d[8];
	char why[STORE_WHY];

	(void)state;
	tell(s, &evening, TELL_EVENING, 9000);
	tell(s, &evening, TELL_MORNING, 9500);
	assert_int_equal(due(s, 10000, d), 4);
	store_close(s);
	s = store_open(shelf_dir, &nowhere, why);
	assert_non_null(s);
	assert_int_equal(due(s, 10000, d), 4);
	assert_int_equal(d[0].what, TELL_EVENING);
	assert_int_equal(d[0].incident.from.ms, 1000);
	assert_int_equal(d[0].incident.until.ms, 2000);
	store_close(s);
}

static void trouble_of_our_own_outlives_every_point(void **state)
{
	const struct incident ours = {
		.id = 50, .scope = SCOPE_GATEWAY, .doubt = DOUBT_LINE, .from = { 5000 }
	};
	struct roster fewer = shelf_roster;
	struct store *s = shelf_open();
	struct delivery d[8];
	char why[STORE_WHY];

	(void)state;
	tell(s, &ours, TELL_FIRING, 9000);
	store_close(s);
	fewer.n_points = 0;
	s = store_open(shelf_dir, &fewer, why);
	assert_non_null(s);
	assert_int_equal(due(s, 9000, d), 2);
	assert_int_equal(d[0].incident.doubt, DOUBT_LINE);
	store_close(s);
}

static void what_went_out_over_a_channel_is_counted_a_receiver_and_day(void **state)
{
	struct incident i = dark;
	struct store *s = shelf_open();
	struct delivery d[8];
	const wall_t today = { 10000 };

	(void)state;
	for (int64_t k = 0; k < 3; k++) {
		i.id = 60 + k;
		tell(s, &i, TELL_FIRING, 9000);
		due(s, 9000, d);
		store_delivered(s, d[0].id, (wall_t){ 9999 + k }, "sms", "sent");
		store_delivered(s, d[1].id, (wall_t){ 10000 }, k ? "zalo" : "sms", "sent");
	}
	assert_int_equal(store_budget(s, "hook0", "sms", today), 2);
	assert_int_equal(store_budget(s, "mail0", "sms", today), 1);
	assert_int_equal(store_budget(s, "mail0", "zalo", today), 2);
	assert_int_equal(store_budget(s, "nobody", "sms", today), 0);
	store_close(s);
}

static bool all_count(const void *self, const char *receiver, enum tell what)
{
	(void)self;
	(void)receiver;
	(void)what;
	return true;
}

static bool none_of_mail_counts(const void *self, const char *receiver, enum tell what)
{
	(void)self;
	assert_int_equal(what, TELL_FIRING);
	return strncmp(receiver, "mail", 4) != 0;
}

static bool hears(const void *deaf, const char *receiver)
{
	return strcmp(receiver, deaf) != 0;
}

static const struct store_hearing all = { all_count, hears, "" },
				  but_mail = { none_of_mail_counts, hears, "" },
				  deaf_hook = { all_count, hears, "hook0" };

static void a_message_that_one_receiver_took_was_heard(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	assert_int_equal(store_unheard(s, &all), 0);
	tell(s, &dark, TELL_FIRING, 9000);
	assert_int_equal(store_unheard(s, &all), 1);
	assert_int_equal(store_unheard(s, &but_mail), 1);
	due(s, 9000, d);
	store_failed(s, d[0].id, &(struct retry){ .due = { 9000 }, .given_up = true }, "");
	assert_int_equal(store_unheard(s, &but_mail), 0);
	assert_int_equal(store_unheard(s, &all), 1);
	store_delivered(s, d[1].id, (wall_t){ 9100 }, "mail", "");
	assert_int_equal(store_unheard(s, &all), 0);
	assert_int_equal(store_waits(s), 0);
	tell(s, &dark, TELL_RESOLVED, 9500); /* its end is another */
	assert_int_equal(store_unheard(s, &all), 1);
	due(s, 9500, d);
	store_delivered(s, d[0].id, (wall_t){ 9600 }, "hook", "");
	assert_int_equal(store_unheard(s, &all), 0);
	assert_int_equal(store_unheard(s, &deaf_hook), 1);
	store_close(s);
}

/* How many of those that wait are in vain. */
static size_t moot(struct store *s)
{
	struct waiting row[8];
	size_t n = 0;

	for (size_t rows = store_waiting(s, row, 8); rows > 0; rows--)
		n += row[rows - 1].moot;
	return n;
}

static void nobody_is_called_to_what_somebody_does_or_what_is_over(void **state)
{
	struct store *s = shelf_open();
	struct alert a = { .incident = dark.id, .code = "7K2" };
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	assert_int_equal(store_alert_put(s, &a), 0);
	assert_int_equal(moot(s), 0);
	snprintf(a.taken_by, sizeof a.taken_by, "binh");
	store_alert_put(s, &a);
	assert_int_equal(moot(s), 2);
	a.taken_by[0] = '\0';
	a.closed = true;
	store_alert_put(s, &a);
	assert_int_equal(moot(s), 2);
	due(s, 9000, d);
	store_delivered(s, d[0].id, (wall_t){ 9100 }, "hook", "");
	store_failed(s, d[1].id, &(struct retry){ .due = { 9000 }, .given_up = true }, "");
	/* Of the end only those hear who heard of the beginning. */
	tell(s, &dark, TELL_RESOLVED, 9500);
	assert_int_equal(moot(s), 1);
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
	fail_it(s, d[0].id, 12000, note);
	store_delivered(s, d[1].id, (wall_t){ 9100 }, "mail", "250 ok");
	store_deliveries(s, 41, note_it, seen);
	assert_int_equal(seen[0].tries, 1);
	assert_int_equal(seen[0].sent.ms, 0);
	assert_int_equal(strlen(seen[0].note), sizeof seen[0].note - 1);
	assert_string_equal(seen[0].via, "");
	assert_int_equal(seen[1].made.ms, 9000);
	assert_int_equal(seen[1].sent.ms, 9100);
	assert_string_equal(seen[1].note, "250 ok");
	assert_string_equal(seen[1].via, "mail");
	store_close(s);
}

static void a_receipt_is_final(void **state)
{
	struct store *s = shelf_open();
	struct delivery d[8];

	(void)state;
	tell(s, &dark, TELL_FIRING, 9000);
	due(s, 9000, d);
	store_delivered(s, d[0].id, (wall_t){ 9100 }, "hook", "204");
	fail_it(s, d[0].id, 9200, "a late time-out");
	assert_int_equal(due(s, 99999, d), 1);
	assert_string_equal(d[0].receiver, "mail0");
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
	assert_int_equal(store_waits(s), 0);
	assert_int_equal(store_counters(s).outbox_given_up, 2);
	store_close(s);
}

/* ---- a file of version 1 ---- */

/* What the gateway of that time created, the tables that changed since; and what it kept. */
static const char version_1[] =
	"CREATE TABLE incident (id INTEGER PRIMARY KEY, hamlet TEXT NOT NULL, point TEXT NOT NULL, "
	"from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, cause INTEGER NOT NULL, sure INTEGER "
	"NOT NULL, state INTEGER NOT NULL, told INTEGER NOT NULL, points INTEGER NOT NULL, open "
	"INTEGER NOT NULL, eyes INTEGER NOT NULL, cams_n INTEGER NOT NULL, facts INTEGER NOT NULL);"
	"CREATE INDEX incident_open ON incident (id) WHERE state != 3;"
	"CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, route TEXT NOT "
	"NULL, what INTEGER NOT NULL, tries INTEGER NOT NULL, made_ms INTEGER NOT NULL, due_ms "
	"INTEGER NOT NULL, sent_ms INTEGER NOT NULL, note TEXT NOT NULL, incident INTEGER NOT "
	"NULL, "
	"hamlet TEXT NOT NULL, point TEXT NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER NOT "
	"NULL, cause INTEGER NOT NULL, sure INTEGER NOT NULL, state INTEGER NOT NULL, told INTEGER "
	"NOT NULL, points INTEGER NOT NULL, open INTEGER NOT NULL, eyes INTEGER NOT NULL, cams_n "
	"INTEGER NOT NULL, facts INTEGER NOT NULL);"
	"CREATE INDEX outbox_incident ON outbox (incident, route);"
	"CREATE INDEX outbox_waiting ON outbox (due_ms) WHERE sent_ms = 0;"
	"CREATE INDEX outbox_given_up ON outbox (id) WHERE sent_ms = -1;"
	"INSERT INTO incident VALUES (41, 'TT-08', 'TT-08-01', 5000, 0, 1, 1, 1, 1, 3, 2, 1, 4, 5);"
	"INSERT INTO incident VALUES (44, 'TT-07', 'TT-07-03', 6000, 7000, 5, 0, 3, 1, 1, 0, 0, 0, "
	"0);"
	"INSERT INTO outbox VALUES (1, '41-firing-hook0', 'hook0', 0, 1, 9000, 9000, 9100, 'HTTP "
	"200', 41, 'TT-08', 'TT-08-01', 5000, 0, 1, 1, 1, 1, 3, 2, 1, 4, 5);"
	"INSERT INTO outbox VALUES (2, '41-firing-mail0', 'mail0', 0, 4, 9000, 9900, 0, 'SMTP "
	"451', "
	"41, 'TT-08', 'TT-08-01', 5000, 0, 1, 1, 1, 1, 3, 2, 1, 4, 5);"
	"INSERT INTO outbox VALUES (3, '44-firing-mail0', 'mail0', 0, 300, 6000, 6000, -1, 'no', "
	"44, "
	"'TT-07', 'TT-07-03', 6000, 0, 5, 0, 1, 1, 1, 1, 0, 0, 0);"
	"INSERT INTO outbox VALUES (4, '44-resolved-mail0', 'mail0', 1, 0, 7000, 7000, 0, '', 44, "
	"'TT-07', 'TT-07-03', 6000, 7000, 5, 0, 3, 1, 1, 0, 0, 0, 0);"
	"PRAGMA user_version = 1;";

/* The file as version 1 left it: what did not change comes from today's schema. */
static void be_of_version_1(void)
{
	store_close(shelf_open());
	shelf_tamper("DROP TABLE incident; DROP TABLE outbox; DROP TABLE alert;");
	shelf_tamper(version_1);
}

static void a_file_of_version_1_loses_nothing(void **state)
{
	const struct notice n = { .what = TELL_FIRING,
				  .incident = { .id = 41,
						.hamlet = 1,
						.point = 2,
						.from = { 5000 },
						.cause = CAUSE_POWER,
						.sure = (enum sure)1,
						.state = INCIDENT_TOLD,
						.told = true,
						.points = 3,
						.open = 2,
						.eyes = 1,
						.cams_n = 4,
						.facts = 5,
						.scope = SCOPE_HAMLET,
						.hamlets = 1 } };
	struct delivery_view seen[2];
	struct incident i;
	struct message words;
	struct delivery d[8];
	struct store *s;

	(void)state;
	be_of_version_1();
	for (int k = 0; k < 2; k++) { /* and the second time there is nothing to do */
		s = shelf_open();
		assert_int_equal(due(s, 9900, d), 2);
		assert_string_equal(d[0].key, "41-firing-mail0");
		assert_string_equal(d[0].receiver, "mail0");
		assert_int_equal(d[0].tries, 4);
		assert_int_equal(d[0].round, 4);
		assert_int_equal(d[0].way, 0);
		compose(&words, &shelf_roster, &n, LANGUAGE_EN);
		assert_string_equal(d[0].message.subject, words.subject);
		assert_string_equal(d[0].message.text, words.text);
		assert_string_equal(d[0].message.sms, words.sms);
		assert_string_equal(d[1].key, "44-resolved-mail0");
		assert_int_equal(d[1].what, TELL_RESOLVED);
		assert_true(strlen(d[1].message.text) > 0);

		store_deliveries(s, 41, note_it, seen);
		assert_int_equal(seen[0].sent.ms, 9100);
		assert_string_equal(seen[0].via, "hook");
		assert_string_equal(seen[0].note, "HTTP 200");
		assert_int_equal(store_counters(s).outbox_given_up, 1);

		assert_true(store_incident(s, 41, &i));
		assert_int_equal(i.points, 3);
		assert_int_equal(i.facts, 5);
		assert_int_equal(i.scope, SCOPE_HAMLET);
		assert_int_equal(i.corrected, CAUSE_NONE);
		assert_true(store_incident(s, 44, &i));
		assert_int_equal(i.scope, SCOPE_POINT);
		tell(s, &dark, TELL_FIRING, 9000); /* both keys are there already */
		store_close(s);
	}
}

static void a_gateway_that_is_too_old_for_the_file_says_so(void **state)
{
	char why[STORE_WHY];

	(void)state;
	store_close(shelf_open());
	shelf_tamper("PRAGMA user_version = 3");
	assert_null(store_open(shelf_dir, &shelf_roster, why));
	assert_non_null(strstr(why, "newer"));
}

#define with_shelf(f) cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_shelf(one_row_a_receiver_with_the_incident_as_it_stood),
		with_shelf(words_are_those_of_the_moment_and_in_the_receivers_language),
		with_shelf(told_twice_is_sent_once),
		with_shelf(a_failure_waits_and_keeps_its_key_its_way_and_its_round),
		with_shelf(what_was_only_passed_over_is_no_try),
		with_shelf(the_end_never_overtakes_the_beginning_nor_does_a_reminder),
		with_shelf(a_digest_is_in_nobodys_way_and_at_no_point),
		with_shelf(trouble_of_our_own_outlives_every_point),
		with_shelf(what_went_out_over_a_channel_is_counted_a_receiver_and_day),
		with_shelf(a_message_that_one_receiver_took_was_heard),
		with_shelf(nobody_is_called_to_what_somebody_does_or_what_is_over),
		with_shelf(people_see_what_was_tried),
		with_shelf(a_receipt_is_final),
		with_shelf(a_point_that_left_the_roster_is_given_up),
		with_shelf(a_file_of_version_1_loses_nothing),
		with_shelf(a_gateway_that_is_too_old_for_the_file_says_so),
	};

	char why[CATALOGUE_WHY];

	if (!catalogue_open(LOCALE_DIR, why)) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
