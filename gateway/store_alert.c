/* SPDX-License-Identifier: Apache-2.0 */
/* store_alert: who was told of an incident and who takes care of it; and what the past teaches. */
#include "gateway/store_db.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { IDS_TEXT = ALERT_RECEIVERS * (STORE_RECEIVER + 1) };

/* ---- whom: bits by roster index, ids in the file, since rosters change ---- */

static void draw_ids(char text[static IDS_TEXT], const struct roster *r, const struct alert *a)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->n_receivers && i < ALERT_RECEIVERS; i++)
		if (a->told_to[i / 64] >> i % 64 & 1)
			len += (size_t)snprintf(text + len, IDS_TEXT - len, "%.*s,",
						STORE_RECEIVER - 1, r->receivers[i].id);
}

static void read_ids(struct alert *a, const struct roster *r, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, ",");

		for (size_t i = 0; i < r->n_receivers && i < ALERT_RECEIVERS; i++)
			if (strlen(r->receivers[i].id) == len &&
			    memcmp(r->receivers[i].id, text, len) == 0)
				a->told_to[i / 64] |= UINT64_C(1) << i % 64;
		text += len + (text[len] == ',');
	}
}

int store_alert_put(struct store *s, const struct alert *a)
{
	static const char sql[] = "INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	static char ids[IDS_TEXT];
	struct query q = db_query(s, sql);

	draw_ids(ids, s->roster, a);
	db_put(&q, a->incident);
	db_put_text(&q, a->code);
	db_put_text(&q, ids);
	db_put(&q, a->opened.ms);
	db_put(&q, a->next.ms);
	db_put(&q, a->reminded);
	db_put_text(&q, a->taken_by);
	db_put(&q, a->taken.ms);
	db_put(&q, a->closed);
	return db_run(&q);
}

#define ALERT_COLUMNS \
	"incident, code, told_to, opened_ms, next_ms, reminded, taken_by, taken_ms, closed"

static void get_alert(struct query *q, struct alert *a)
{
	*a = (struct alert){
		.incident = db_int(q, 0),
		.opened = { db_int(q, 3) },
		.next = { db_int(q, 4) },
		.reminded = (uint8_t)db_int(q, 5),
		.taken = { db_int(q, 7) },
		.closed = db_int(q, 8) != 0,
	};
	snprintf(a->code, sizeof a->code, "%s", db_text(q, 1));
	snprintf(a->taken_by, sizeof a->taken_by, "%s", db_text(q, 6));
	read_ids(a, q->s->roster, db_text(q, 2));
}

bool store_alert(struct store *s, int64_t incident, struct alert *out)
{
	static const char sql[] = "SELECT " ALERT_COLUMNS " FROM alert WHERE incident = ?";
	struct query q = db_query(s, sql);
	bool found;

	db_put(&q, incident);
	found = db_row(&q);
	if (found)
		get_alert(&q, out);
	db_end(&q);
	return found;
}

int store_correct(struct store *s, int64_t incident, enum cause cause)
{
	static const char sql[] = "UPDATE incident SET corrected = ? WHERE id = ?";
	struct query q = db_query(s, sql);

	db_put(&q, cause);
	db_put(&q, incident);
	return db_run(&q);
}

/* ---- back into the core after a restart ---- */

int store_restore_alerts(struct store *s, struct commune *c)
{
	static const char sql[] = "SELECT " ALERT_COLUMNS " FROM alert WHERE closed = 0";
	struct query q = db_query(s, sql);
	struct alert a;

	while (db_row(&q)) {
		get_alert(&q, &a);
		commune_restore_alert(c, &a);
	}
	return q.err;
}

/* How restless each point was lately. */
int store_restore_past(struct store *s, struct commune *c, wall_t since)
{
	static const char sql[] =
		"SELECT " OUTAGE_COLUMNS ", (SELECT told FROM incident AS i WHERE i.id = incident) "
		"FROM outage WHERE from_ms >= ? AND incident != 0 ORDER BY from_ms";
	struct query q = db_query(s, sql);
	struct outage o;

	db_put(&q, since.ms);
	while (db_row(&q))
		if (store_get_outage(&q, &o))
			commune_restore_past(c, &o, db_int(&q, OUTAGE_WIDTH) != 0);
	return q.err;
}

/* Who went dark together, incident by incident, oldest first. */
int store_restore_together(struct store *s, struct commune *c, wall_t since)
{
	static const char sql[] =
		"SELECT DISTINCT o.incident, o.point FROM outage AS o JOIN incident AS i "
		"ON i.id = o.incident WHERE i.from_ms >= ? AND i.points BETWEEN 2 AND 64 AND "
		"i.cause NOT IN (6, 7) ORDER BY i.from_ms, o.incident";
	struct query q = db_query(s, sql);
	uint32_t point[LEARN_CROWD];
	int64_t incident = 0;
	size_t n = 0;

	static_assert(CAUSE_CAMERA == 6 && CAUSE_DEVICE == 7, "as in the statement");
	db_put(&q, since.ms);
	while (db_row(&q)) {
		if (db_int(&q, 0) != incident) {
			commune_restore_together(c, point, n);
			incident = db_int(&q, 0);
			n = 0;
		}
		if (n < LEARN_CROWD && store_point_index(s, db_int(&q, 1), &point[n]))
			n++;
	}
	commune_restore_together(c, point, n);
	return q.err;
}
