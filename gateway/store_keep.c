/* SPDX-License-Identifier: Apache-2.0 */
/* store_keep: memories, outages, incidents and samples: kept by acts, given back after a restart.
 */
#include "gateway/store_db.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* ---- memories of points and boots ---- */

static int keep_point(struct store *s, const struct point_memory *m, bool replay)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	/* Beats are not in the ledger: it never knows better when a point was last heard. */
	static const char again[] =
		"INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT "
		"(point) DO "
		"UPDATE SET known = excluded.known, boot = excluded.boot, conn = excluded.conn, "
		"pace_s = excluded.pace_s, cause = excluded.cause, sure = excluded.sure, "
		"layer = excluded.layer, facts = excluded.facts, eyes = excluded.eyes, "
		"cams_n = excluded.cams_n, "
		"since_ms = excluded.since_ms, heard_ms = max(heard_ms, excluded.heard_ms)";
	struct query q = db_query(s, replay ? again : sql);

	db_put(&q, store_point_id(s, m->point));
	db_put(&q, m->known);
	db_put(&q, (int64_t)m->boot);
	db_put(&q, m->conn);
	db_put(&q, m->pace_s);
	db_put(&q, m->verdict.cause);
	db_put(&q, m->verdict.sure);
	db_put(&q, m->verdict.layer);
	db_put(&q, m->verdict.facts);
	db_put(&q, m->verdict.eyes);
	db_put(&q, m->verdict.cams_n);
	db_put(&q, m->verdict_since.ms);
	db_put(&q, m->heard.ms);
	return db_run(&q);
}

static int keep_boot(struct store *s, const struct boot_memory *m, bool replay, wall_t now)
{
	static const char sql[] = "INSERT OR REPLACE INTO boot VALUES (?, ?, ?, ?, ?, ?)";
	/* Back-filled samples have numbers too but no rows: it never knows better which came last.
	 */
	static const char again[] =
		"INSERT INTO boot VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (point, boot) DO UPDATE "
		"SET "
		"seq = max(seq, excluded.seq), anchor = max(anchor, excluded.anchor), "
		"zero_ms = CASE WHEN excluded.anchor >= max(anchor, 1) THEN excluded.zero_ms ELSE "
		"zero_ms END";
	struct query q = db_query(s, replay ? again : sql);

	db_put(&q, store_point_id(s, m->point));
	db_put(&q, (int64_t)m->boot);
	db_put(&q, (int64_t)m->seq);
	db_put(&q, m->anchor);
	db_put(&q, m->zero.ms);
	db_put(&q, now.ms);
	return db_run(&q);
}

static int keep_about(struct store *s, size_t point, enum about_what what, const char *text,
		      wall_t now)
{
	static const char sql[] = "INSERT OR REPLACE INTO about VALUES (?, ?, ?, ?)";
	struct query q = db_query(s, sql);

	db_put(&q, store_point_id(s, point));
	db_put(&q, what);
	db_put(&q, now.ms);
	db_put_text(&q, text);
	return db_run(&q);
}

/* ---- outages and incidents ---- */

static int keep_outage(struct store *s, const struct outage *o)
{
	static const char sql[] = "INSERT OR REPLACE INTO outage (" OUTAGE_COLUMNS
				  ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	struct query q = db_query(s, sql);

	db_put(&q, o->id);
	db_put(&q, store_point_id(s, o->point));
	db_put(&q, o->from.ms);
	db_put(&q, o->until.ms);
	db_put(&q, o->cause);
	db_put(&q, o->sure);
	db_put(&q, o->eyes);
	db_put(&q, o->cams_n);
	db_put(&q, o->incident);
	return db_run(&q);
}

bool store_get_outage(struct query *q, struct outage *out)
{
	int64_t cause = db_int(q, 4), sure = db_int(q, 5);
	struct outage o = {
		.id = db_int(q, 0),
		.from = { db_int(q, 2) },
		.until = { db_int(q, 3) },
		.eyes = (uint32_t)db_int(q, 6),
		.cams_n = (uint8_t)db_int(q, 7),
		.incident = db_int(q, 8),
	};

	if (!store_point_index(q->s, db_int(q, 1), &o.point) || cause < 0 || cause >= CAUSES ||
	    sure < 0 || sure >= SURES)
		return false;
	o.cause = (enum cause)cause;
	o.sure = (enum sure)sure;
	*out = o;
	return true;
}

static const char *hamlet_code(const struct roster *r, uint32_t hamlet)
{
	return hamlet < r->n_hamlets ? r->hamlets[hamlet].code : "";
}

static const char *point_code(const struct roster *r, uint32_t point)
{
	return point < r->n_points ? r->points[point].code : "";
}

static uint32_t hamlet_index(const struct roster *r, const char *code, uint32_t point)
{
	/* A hamlet that is gone from the roster: that of its first point now. */
	const char *codes[] = { code, point < r->n_points ? r->points[point].hamlet : "" };

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < r->n_hamlets; i++)
			if (strcmp(r->hamlets[i].code, codes[k]) == 0)
				return (uint32_t)i;
	return 0;
}

void store_put_incident(struct query *q, const struct incident *i)
{
	db_put_text(q, hamlet_code(q->s->roster, i->hamlet));
	db_put_text(q, point_code(q->s->roster, i->point));
	db_put(q, i->from.ms);
	db_put(q, i->until.ms);
	db_put(q, i->cause);
	db_put(q, i->sure);
	db_put(q, i->state);
	db_put(q, i->told);
	db_put(q, i->points);
	db_put(q, i->open);
	db_put(q, i->eyes);
	db_put(q, i->cams_n);
	db_put(q, i->facts);
	db_put(q, i->scope);
	db_put(q, i->doubt);
	db_put(q, i->corrected);
	db_put(q, i->residue);
	db_put(q, i->group);
	db_put(q, i->others);
	db_put(q, i->hamlets);
	db_put(q, i->flaps);
	db_put(q, i->evidence);
}

bool store_get_incident(struct query *q, int first, int64_t id, struct incident *out)
{
	int64_t cause = db_int(q, first + 4), sure = db_int(q, first + 5),
		state = db_int(q, first + 6), scope = db_int(q, first + 13),
		doubt = db_int(q, first + 14), corrected = db_int(q, first + 15);
	struct incident i = {
		.id = id,
		.from = { db_int(q, first + 2) },
		.until = { db_int(q, first + 3) },
		.told = db_int(q, first + 7) != 0,
		.points = (uint16_t)db_int(q, first + 8),
		.open = (uint16_t)db_int(q, first + 9),
		.eyes = (uint32_t)db_int(q, first + 10),
		.cams_n = (uint8_t)db_int(q, first + 11),
		.facts = (uint32_t)db_int(q, first + 12),
		.residue = db_int(q, first + 16) != 0,
		.group = (uint16_t)db_int(q, first + 17),
		.others = (uint16_t)db_int(q, first + 18),
		.hamlets = (uint16_t)db_int(q, first + 19),
		.flaps = (uint16_t)db_int(q, first + 20),
		.evidence = (uint32_t)db_int(q, first + 21),
	};

	/* Our own trouble is at no point. */
	if ((scope != SCOPE_GATEWAY && !store_code_index(q->s, db_text(q, first + 1), &i.point)) ||
	    cause < 0 || cause >= CAUSES || sure < 0 || sure >= SURES || state < 0 ||
	    state >= INCIDENT_STATES || scope < 0 || scope >= SCOPES || doubt < 0 ||
	    doubt >= DOUBTS || corrected < 0 || corrected >= CAUSES)
		return false;
	i.scope = (enum scope)scope;
	i.doubt = (enum doubt)doubt;
	i.corrected = (enum cause)corrected;
	i.hamlet = hamlet_index(q->s->roster, db_text(q, first), i.point);
	i.cause = (enum cause)cause;
	i.sure = (enum sure)sure;
	i.state = (enum incident_state)state;
	*out = i;
	return true;
}

static int keep_incident(struct store *s, const struct incident *i)
{
	static const char sql[] = "INSERT OR REPLACE INTO incident (id, " INCIDENT_COLUMNS
				  ") VALUES (?, " INCIDENT_MARKS ")";
	struct query q = db_query(s, sql);

	db_put(&q, i->id);
	store_put_incident(&q, i);
	return db_run(&q);
}

/* ---- samples that wait for their graph ---- */

static int keep_samples(struct store *s, size_t point, const struct draw *d, size_t n)
{
	static const char sql[] = "INSERT OR IGNORE INTO undrawn VALUES (?, ?, ?, ?, ?, ?, ?)";

	for (size_t i = 0; i < n; i++) {
		struct query q = db_query(s, sql);

		db_put(&q, store_point_id(s, point));
		db_put(&q, d[i].at.ms);
		db_put(&q, d[i].up);
		db_put(&q, d[i].site);
		db_put(&q, d[i].out_us);
		db_put(&q, d[i].router_us);
		db_put(&q, d[i].lost);
		if (db_run(&q) < 0)
			return q.err;
		s->now.undrawn += sqlite3_changes(s->db);
	}
	return 0;
}

void store_undrawn(struct store *s, store_sample_fn *fn, void *self)
{
	static const char sql[] = "SELECT * FROM undrawn ORDER BY point, at_ms";

	for (struct query q = db_query(s, sql); db_row(&q);) {
		uint32_t point;
		struct draw d = {
			.at = { db_int(&q, 1) },
			.up = (int8_t)db_int(&q, 2),
			.site = (int8_t)db_int(&q, 3),
			.out_us = (int32_t)db_int(&q, 4),
			.router_us = (int32_t)db_int(&q, 5),
			.lost = (uint8_t)db_int(&q, 6),
		};

		if (store_point_index(s, db_int(&q, 0), &point))
			fn(self, point, &d);
	}
}

int store_drawn(struct store *s, size_t point, wall_t at)
{
	if (point >= s->roster->n_points)
		return -EINVAL;
	/* A transaction of its own would cost a write to the disk a point: it rides with the next.
	 */
	if (s->now.undrawn > 0 && at.ms > s->drawn[point].ms) {
		s->drawn[point] = at;
		s->n_drawn++;
	}
	return 0;
}

int store_forget_drawn(struct store *s)
{
	static const char sql[] = "DELETE FROM undrawn WHERE point = ? AND at_ms <= ?";

	for (size_t i = 0; s->n_drawn > 0 && i < s->roster->n_points; i++) {
		struct query q;

		if (s->drawn[i].ms == 0)
			continue;
		q = db_query(s, sql);
		db_put(&q, s->id_of[i]);
		db_put(&q, s->drawn[i].ms);
		if (db_run(&q) < 0)
			return q.err;
		s->now.undrawn -= sqlite3_changes(s->db);
	}
	return 0;
}

/* ---- one act ---- */

int store_keep(struct store *s, const struct act *a, bool replay, wall_t now)
{
	switch (a->kind) {
	case ACT_POINT:
		return keep_point(s, &a->u.memory, replay);
	case ACT_BOOT:
		return keep_boot(s, &a->u.boot, replay, now);
	case ACT_ABOUT:
		return keep_about(s, a->point, a->u.about.what, a->u.about.text, now);
	case ACT_PAINT:
		return store_paint(s, &a->u.paint);
	case ACT_OUTAGE:
		return keep_outage(s, &a->u.outage);
	case ACT_INCIDENT:
		return keep_incident(s, &a->u.incident);
	case ACT_ALERT:
		return store_alert_put(s, &a->u.alert);
	case ACT_CORRECT:
		return store_correct(s, a->u.correct.incident, a->u.correct.cause);
	case ACT_SAMPLES:
		return replay ? 0 : keep_samples(s, a->point, a->u.samples.draw, a->u.samples.n);
	case ACT_ROW:
	case ACT_TELL:
	case ACT_DRAW:
	case ACT_FILL:
	case ACT_SEND:
		return 0;
	}
	return 0;
}

/* ---- back into the core after a restart ---- */

static int restore_points(struct store *s, struct commune *c)
{
	static const char sql[] = "SELECT * FROM memory";
	struct query q = db_query(s, sql);

	while (db_row(&q)) {
		struct point_memory m = {
			.known = db_int(&q, 1) != 0,
			.boot = (uint64_t)db_int(&q, 2),
			.conn = (uint32_t)db_int(&q, 3),
			.pace_s = (uint16_t)db_int(&q, 4),
			.verdict = { .cause = (enum cause)db_int(&q, 5),
				     .sure = (enum sure)db_int(&q, 6),
				     .layer = (enum layer)db_int(&q, 7),
				     .facts = (uint32_t)db_int(&q, 8),
				     .eyes = (uint32_t)db_int(&q, 9),
				     .cams_n = (uint8_t)db_int(&q, 10) },
			.verdict_since = { db_int(&q, 11) },
			.heard = { db_int(&q, 12) },
		};

		if (store_point_index(s, db_int(&q, 0), &m.point) && m.verdict.cause < CAUSES &&
		    m.verdict.sure < SURES && m.verdict.layer < LAYERS)
			commune_restore_point(c, &m);
	}
	return q.err;
}

/* Those last used come last. */
static int restore_boots(struct store *s, struct commune *c)
{
	static const char sql[] =
		"SELECT boot.*, (SELECT max(seq) FROM ledger WHERE ledger.point = point.code AND "
		"kind = 9 AND ledger.boot = boot.boot AND ledger.boot != 0) "
		"FROM boot JOIN point ON point.id = boot.point ORDER BY used_ms";
	struct query q = db_query(s, sql);

	static_assert(ROW_GASP == 9, "as in the statement");
	while (db_row(&q)) {
		struct boot_memory m = {
			.boot = (uint64_t)db_int(&q, 1),
			.seq = (uint64_t)db_int(&q, 2),
			.anchor = (enum anchor)db_int(&q, 3),
			.zero = { db_int(&q, 4) },
			.gasp = (uint64_t)db_int(&q, 6),
		};

		if (store_point_index(s, db_int(&q, 0), &m.point))
			commune_restore_boot(c, &m);
	}
	return q.err;
}

bool store_boot_known(struct store *s, const char *code, uint64_t boot)
{
	static const char sql[] = "SELECT 1 FROM ledger WHERE point = ? AND kind IN (1, 2, 9) AND "
				  "boot = ? AND boot != 0 LIMIT 1";
	struct query q = db_query(s, sql);
	bool known;

	static_assert(ROW_BIRTH == 1 && ROW_NEWS == 2, "as in the statement");
	db_put_text(&q, code);
	db_put(&q, (int64_t)boot);
	known = db_row(&q);
	db_end(&q);
	return known;
}

/* Incidents come before the outages in them. */
static int restore_open(struct store *s, struct commune *c, mono_t now)
{
	static const char incidents[] =
		"SELECT id, " INCIDENT_COLUMNS " FROM incident WHERE state != 3 ORDER BY id";
	static const char outages[] =
		"SELECT " OUTAGE_COLUMNS " FROM outage WHERE until_ms = 0 OR incident IN "
		"(SELECT id FROM incident WHERE state != 3) ORDER BY from_ms, id";
	struct query q = db_query(s, incidents);
	struct incident i;
	struct outage o;

	static_assert(INCIDENT_CLOSED == 3, "as in the statement and in schema.sql");
	while (db_row(&q))
		if (store_get_incident(&q, 1, db_int(&q, 0), &i))
			commune_restore_incident(c, &i, now);
	if (q.err < 0)
		return q.err;
	for (q = db_query(s, outages); db_row(&q);)
		if (store_get_outage(&q, &o))
			commune_restore_outage(c, &o);
	return q.err;
}

/* What nodes say of the time when nobody could judge them counts, though we were started again. */
static int restore_unknown(struct store *s, struct commune *c)
{
	static const char sql[] =
		"SELECT s.point, s.from_ms FROM point AS p JOIN span AS s ON s.point = p.id AND "
		"s.from_ms = (SELECT max(from_ms) FROM span WHERE point = p.id) WHERE s.colour = 0";
	struct query q = db_query(s, sql);
	uint32_t point;

	static_assert(COLOUR_UNKNOWN == 0, "as in the statement");
	while (db_row(&q))
		if (store_point_index(s, db_int(&q, 0), &point))
			commune_restore_unknown(c, point, (wall_t){ db_int(&q, 1) });
	return q.err;
}

enum { LATELY_MS = 12 * 60 * 60 * 1000 };
#define YEAR_MS (INT64_C(366) * 86400000)

int store_restore(struct store *s, struct commune *c, mono_t now, wall_t *alive)
{
	static const char mark[] = "SELECT alive_ms FROM mark";
	struct query q;
	int err = restore_points(s, c);

	if (err == 0)
		err = restore_boots(s, c);
	if (err < 0)
		return err;
	commune_restore_rows(c, s->now.head);
	q = db_query(s, mark);
	*alive = (wall_t){ db_row(&q) ? db_int(&q, 0) : 0 };
	db_end(&q);
	err = q.err;
	if (err == 0)
		err = store_restore_past(s, c, (wall_t){ alive->ms - LATELY_MS });
	if (err == 0)
		err = store_restore_planned(s, c);
	if (err == 0)
		err = restore_open(s, c, now);
	if (err == 0)
		err = restore_unknown(s, c);
	if (err == 0)
		err = store_restore_alerts(s, c);
	if (err == 0)
		err = store_restore_together(s, c, (wall_t){ alive->ms - YEAR_MS });
	return err;
}
