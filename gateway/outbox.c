/* SPDX-License-Identifier: Apache-2.0 */
/* outbox: what people are to be told, kept before it is sent, and the receipts. */
#include "gateway/compose.h"
#include "gateway/store_db.h"

#include <stdio.h>
#include <string.h>

int store_outbox_put(struct store *s, const struct act *a, wall_t now)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO outbox (key, receiver, what, way, tries, made_ms, due_ms, "
		"sent_ms, via, note, code, subject, text, sms, incident, " INCIDENT_COLUMNS
		") VALUES (?, ?, ?, 0, 0, ?, ?, 0, '', '', ?, ?, ?, ?, ?, " INCIDENT_MARKS ")";
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

/* To one receiver the end of an incident never overtakes its beginning. */
#define FIRST_IN_LINE                                                                          \
	" sent_ms = 0 AND NOT EXISTS (SELECT 1 FROM outbox AS before WHERE before.incident = " \
	"outbox.incident AND before.receiver = outbox.receiver AND before.id < outbox.id AND " \
	"before.sent_ms = 0) "

static enum tell tell_of(int64_t v)
{
	return v >= 0 && v < TELLS ? (enum tell)v : TELL_FIRING;
}

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

size_t store_due(struct store *s, wall_t now, struct delivery *out, size_t max)
{
	static const char sql[] =
		"SELECT id, key, receiver, what, way, tries, made_ms, due_ms, code, subject, text, "
		"sms, "
		"incident, " INCIDENT_COLUMNS " FROM outbox WHERE due_ms <= ? AND" FIRST_IN_LINE
		"ORDER BY id LIMIT ?";
	struct query q = db_query(s, sql);
	size_t n = 0;

	db_put(&q, now.ms);
	db_put(&q, (int64_t)max);
	while (db_row(&q)) {
		struct delivery *d = &out[n];

		*d = (struct delivery){
			.id = db_int(&q, 0),
			.what = tell_of(db_int(&q, 3)),
			.way = (unsigned)db_int(&q, 4),
			.tries = (unsigned)db_int(&q, 5),
			.made = { db_int(&q, 6) },
			.due = { db_int(&q, 7) },
		};
		copy(d->key, sizeof d->key, db_text(&q, 1));
		copy(d->receiver, sizeof d->receiver, db_text(&q, 2));
		copy(d->code, sizeof d->code, db_text(&q, 8));
		copy(d->message.subject, sizeof d->message.subject, db_text(&q, 9));
		copy(d->message.text, sizeof d->message.text, db_text(&q, 10));
		copy(d->message.sms, sizeof d->message.sms, db_text(&q, 11));
		if (store_get_incident(&q, 13, db_int(&q, 12), &d->incident))
			n++;
	}
	return n;
}

wall_t store_next_due(struct store *s)
{
	static const char sql[] = "SELECT min(due_ms) FROM outbox WHERE" FIRST_IN_LINE;
	struct query q = db_query(s, sql);
	wall_t due = { INT64_MAX };

	if (db_row(&q) && sqlite3_column_type(q.st, 0) == SQLITE_INTEGER)
		due.ms = db_int(&q, 0);
	db_end(&q);
	return due;
}

static int settle(struct store *s, int64_t id, const char *note, wall_t due, int64_t sent)
{
	static const char sql[] = "UPDATE outbox SET tries = tries + 1, due_ms = ?, sent_ms = ?, "
				  "note = ? WHERE id = ? AND sent_ms = 0";
	char line[sizeof((struct delivery_view *)0)->note];
	struct query q = db_query(s, sql);

	snprintf(line, sizeof line, "%s", note ? note : "");
	db_put(&q, due.ms);
	db_put(&q, sent);
	db_put_text(&q, line);
	db_put(&q, id);
	return db_run(&q);
}

int store_delivered(struct store *s, int64_t id, wall_t now, const char *note)
{
	return settle(s, id, note, now, now.ms);
}

int store_failed(struct store *s, int64_t id, wall_t due, bool given_up, const char *note)
{
	return settle(s, id, note, due, given_up ? -1 : 0);
}

void store_deliveries(struct store *s, int64_t incident, store_delivery_fn *row, void *self)
{
	static const char sql[] =
		"SELECT key, receiver, note, what, tries, made_ms, sent_ms FROM outbox "
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

		snprintf(d.key, sizeof d.key, "%s", db_text(&q, 0));
		snprintf(d.receiver, sizeof d.receiver, "%s", db_text(&q, 1));
		snprintf(d.note, sizeof d.note, "%s", db_text(&q, 2));
		if (!row(self, &d)) {
			db_end(&q);
			return;
		}
	}
}
