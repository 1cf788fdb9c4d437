/* SPDX-License-Identifier: Apache-2.0 */
/* outbox: what people are to be told, kept before it is sent, and the receipts. */
#include "gateway/compose.h"
#include "gateway/store_db.h"

#include <stdio.h>
#include <string.h>

int store_outbox_put(struct store *s, const struct act *a, wall_t now)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO outbox (key, receiver, what, way, round, tries, made_ms, "
		"due_ms, sent_ms, via, note, code, subject, text, sms, incident, " INCIDENT_COLUMNS
		") VALUES (?, ?, ?, 0, 0, 0, ?, ?, 0, '', '', ?, ?, ?, ?, ?, " INCIDENT_MARKS ")";
	const struct notice *n = a->u.tell.notice;
	const struct receiver *to = &s->roster->receivers[a->u.tell.receiver];
	struct message message;
	struct query q = db_query(s, sql);

	compose(&message, s->roster, n, to->language);
	db_put_text(&q, a->u.tell.key);
	db_put_text(&q, to->id);
	db_put(&q, n->what);
	db_put(&q, now.ms);
	db_put(&q, now.ms);
	db_put_text(&q, n->code);
	db_put_text(&q, message.subject);
	db_put_text(&q, message.text);
	db_put_text(&q, message.sms);
	db_put(&q, n->incident.id);
	store_put_incident(&q, &n->incident);
	return db_run(&q);
}

static enum tell tell_of(int64_t v)
{
	return v >= 0 && v < TELLS ? (enum tell)v : TELL_FIRING;
}

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

/* ---- what waits ---- */

/* Digests are of no incident (0), and in nobody's way. */
#define FIRST_IN_LINE                                                                          \
	" sent_ms = 0 AND NOT EXISTS (SELECT 1 FROM outbox AS before WHERE before.incident = " \
	"outbox.incident AND before.receiver = outbox.receiver AND before.id < outbox.id AND " \
	"before.sent_ms = 0 AND outbox.incident != 0) "

/* Whoever would be called goes already or need not; whoever would hear of the end knows of no
 * beginning. */
#define MOOT                                                                                       \
	" CASE WHEN what IN (0, 2, 3, 4) THEN EXISTS (SELECT 1 FROM alert WHERE alert.incident = " \
	"outbox.incident AND (closed OR taken_by != '')) WHEN what = 1 THEN EXISTS (SELECT 1 "     \
	"FROM outbox AS began WHERE began.incident = outbox.incident AND began.receiver = "        \
	"outbox.receiver AND began.what IN (0, 2, 3) AND began.sent_ms = -1) ELSE 0 END "

size_t store_waiting(struct store *s, struct waiting *out, size_t max)
{
	static const char sql[] =
		"SELECT id, receiver, scope, way, round, due_ms, what, "
		"made_ms," MOOT "FROM outbox WHERE" FIRST_IN_LINE "ORDER BY id LIMIT ?";
	struct query q = db_query(s, sql);
	size_t n = 0;

	db_put(&q, (int64_t)max);
	while (n < max && db_row(&q)) {
		const int64_t scope = db_int(&q, 2);

		out[n] = (struct waiting){
			.id = db_int(&q, 0),
			.scope = scope >= 0 && scope < SCOPES ? (enum scope)scope : SCOPE_POINT,
			.way = (unsigned)db_int(&q, 3),
			.round = (unsigned)db_int(&q, 4),
			.due = { db_int(&q, 5) },
			.what = tell_of(db_int(&q, 6)),
			.made = { db_int(&q, 7) },
			.moot = db_int(&q, 8) != 0,
		};
		copy(out[n].receiver, sizeof out[n].receiver, db_text(&q, 1));
		n++;
	}
	db_end(&q);
	return n;
}

int store_waits(struct store *s)
{
	static const char sql[] = "SELECT 1 FROM outbox WHERE sent_ms = 0 LIMIT 1";
	struct query q = db_query(s, sql);
	const bool found = db_row(&q);

	db_end(&q);
	return q.err < 0 ? q.err : found;
}

int store_unheard(struct store *s, const struct store_hearing *h)
{
	static const char waits[] = "SELECT incident, what, receiver FROM outbox WHERE sent_ms = 0";
	static const char reached[] =
		"SELECT receiver FROM outbox WHERE incident = ? AND what = ? AND sent_ms > 0";
	struct query q = db_query(s, waits), r;
	bool heard = true;

	while (heard && db_row(&q)) {
		if (!h->counts(h->self, db_text(&q, 2), tell_of(db_int(&q, 1))))
			continue;
		heard = false;
		r = db_query(s, reached);
		db_put(&r, db_int(&q, 0));
		db_put(&r, db_int(&q, 1));
		while (!heard && db_row(&r))
			heard = h->hears(h->self, db_text(&r, 0));
		db_end(&r);
		if (r.err < 0) {
			db_end(&q);
			return r.err;
		}
	}
	db_end(&q);
	return q.err < 0 ? q.err : !heard;
}

#define DELIVERY_COLUMNS                                                                      \
	"key, receiver, what, way, round, tries, made_ms, due_ms, code, subject, text, sms, " \
	"incident, " INCIDENT_COLUMNS
enum { DELIVERY_INCIDENT = 12 };

static bool read_incident(struct query *q, struct incident *out)
{
	const int at = DELIVERY_INCIDENT + 1;
	const int64_t id = db_int(q, DELIVERY_INCIDENT);

	if (id != 0)
		return store_get_incident(q, at, id, out);
	/* A digest, say: of no incident, and at no point. */
	*out = (struct incident){ .from = { db_int(q, at + 2) }, .until = { db_int(q, at + 3) } };
	return true;
}

bool store_delivery(struct store *s, int64_t id, struct delivery *out)
{
	static const char sql[] =
		"SELECT " DELIVERY_COLUMNS " FROM outbox WHERE id = ? AND sent_ms = 0";
	struct query q = db_query(s, sql);
	bool found;

	db_put(&q, id);
	found = db_row(&q);
	if (found) {
		*out = (struct delivery){
			.id = id,
			.what = tell_of(db_int(&q, 2)),
			.way = (unsigned)db_int(&q, 3),
			.round = (unsigned)db_int(&q, 4),
			.tries = (unsigned)db_int(&q, 5),
			.made = { db_int(&q, 6) },
			.due = { db_int(&q, 7) },
		};
		copy(out->key, sizeof out->key, db_text(&q, 0));
		copy(out->receiver, sizeof out->receiver, db_text(&q, 1));
		copy(out->code, sizeof out->code, db_text(&q, 8));
		copy(out->message.subject, sizeof out->message.subject, db_text(&q, 9));
		copy(out->message.text, sizeof out->message.text, db_text(&q, 10));
		copy(out->message.sms, sizeof out->message.sms, db_text(&q, 11));
		found = read_incident(&q, &out->incident);
	}
	db_end(&q);
	return found;
}

int64_t store_budget(struct store *s, const char *receiver, const char *via, wall_t since)
{
	static const char sql[] = "SELECT count(*) FROM outbox WHERE receiver = ? AND via = ? AND "
				  "sent_ms > 0 AND sent_ms >= ?";
	struct query q = db_query(s, sql);
	int64_t n = 0;

	db_put_text(&q, receiver);
	db_put_text(&q, via);
	db_put(&q, since.ms);
	if (db_row(&q))
		n = db_int(&q, 0);
	db_end(&q);
	return n;
}

/* ---- receipts ---- */

enum { NOTE_SIZE = sizeof((struct delivery_view *)0)->note };

int store_delivered(struct store *s, int64_t id, wall_t now, const char *via, const char *note)
{
	static const char sql[] = "UPDATE outbox SET tries = tries + 1, due_ms = ?, sent_ms = ?, "
				  "via = ?, note = ? WHERE id = ? AND sent_ms = 0";
	char line[NOTE_SIZE];
	struct query q = db_query(s, sql);

	copy(line, sizeof line, note);
	db_put(&q, now.ms);
	db_put(&q, now.ms);
	db_put_text(&q, via);
	db_put_text(&q, line);
	db_put(&q, id);
	return db_run(&q);
}

int store_failed(struct store *s, int64_t id, const struct retry *next, const char *note)
{
	static const char sql[] =
		"UPDATE outbox SET tries = tries + ?, way = ?, round = ?, due_ms = ?, sent_ms = ?, "
		"note = ? WHERE id = ? AND sent_ms = 0";
	char line[NOTE_SIZE];
	struct query q = db_query(s, sql);

	copy(line, sizeof line, note);
	db_put(&q, !next->untried);
	db_put(&q, next->way);
	db_put(&q, next->round);
	db_put(&q, next->due.ms);
	db_put(&q, next->given_up ? -1 : 0);
	db_put_text(&q, line);
	db_put(&q, id);
	return db_run(&q);
}

/* ---- what an older gateway left ---- */

static enum language language_of(const struct roster *r, const char *receiver)
{
	for (size_t i = 0; i < r->n_receivers; i++)
		if (strcmp(r->receivers[i].id, receiver) == 0)
			return r->receivers[i].language;
	return LANGUAGE_VI;
}

static int keep_words(struct store *s, int64_t id, const struct message *m)
{
	static const char sql[] = "UPDATE outbox SET subject = ?, text = ?, sms = ? WHERE id = ?";
	struct query q = db_query(s, sql);

	db_put_text(&q, m->subject);
	db_put_text(&q, m->text);
	db_put_text(&q, m->sms);
	db_put(&q, id);
	return db_run(&q);
}

int store_outbox_compose(struct store *s)
{
	static const char sql[] =
		"SELECT " DELIVERY_COLUMNS ", id FROM outbox WHERE sent_ms = 0 AND subject = ''";
	struct query q = db_query(s, sql);

	while (db_row(&q)) {
		struct notice n = { .what = tell_of(db_int(&q, 2)) };
		struct message m;
		int err;

		if (!read_incident(&q, &n.incident))
			continue;
		copy(n.code, sizeof n.code, db_text(&q, 8));
		compose(&m, s->roster, &n, language_of(s->roster, db_text(&q, 1)));
		err = keep_words(s, db_int(&q, DELIVERY_INCIDENT + 1 + INCIDENT_WIDTH), &m);
		if (err < 0) {
			db_end(&q);
			return err;
		}
	}
	return q.err;
}

/* ---- for people ---- */

void store_deliveries(struct store *s, int64_t incident, store_delivery_fn *row, void *self)
{
	static const char sql[] =
		"SELECT key, receiver, note, what, tries, made_ms, sent_ms, via FROM outbox "
		"WHERE incident = ? ORDER BY id DESC";
	struct query q = db_query(s, sql);

	db_put(&q, incident);
	while (db_row(&q)) {
		struct delivery_view d = {
			.what = tell_of(db_int(&q, 3)),
			.tries = (unsigned)db_int(&q, 4),
			.made = { db_int(&q, 5) },
			.sent = { db_int(&q, 6) },
		};

		copy(d.key, sizeof d.key, db_text(&q, 0));
		copy(d.receiver, sizeof d.receiver, db_text(&q, 1));
		copy(d.note, sizeof d.note, db_text(&q, 2));
		copy(d.via, sizeof d.via, db_text(&q, 7));
		if (!row(self, &d)) {
			db_end(&q);
			return;
		}
	}
}
