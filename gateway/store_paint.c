/* SPDX-License-Identifier: Apache-2.0 */
/* store_paint: colours of time. Painting covers what lies below; what is left never overlaps. */
#include "gateway/store_db.h"

#include <errno.h>

/* A span as it lies in the table. */
struct strip {
	bool there;
	int64_t from, until; /* INT64_MAX: still going on */
	int64_t colour, cause;
};

/* The last strip that begins before the given time. */
static int strip_before(struct store *s, int64_t id, int64_t before, struct strip *out)
{
	static const char sql[] = "SELECT from_ms, until_ms, colour, cause FROM span "
				  "WHERE point = ? AND from_ms < ? ORDER BY from_ms DESC LIMIT 1";
	struct query q = db_query(s, sql);

	*out = (struct strip){ 0 };
	db_put(&q, id);
	db_put(&q, before);
	if (db_row(&q))
		*out = (struct strip){ true, db_int(&q, 0), db_int(&q, 1), db_int(&q, 2),
				       db_int(&q, 3) };
	db_end(&q);
	return q.err;
}

/* The strip that begins exactly there. */
static int strip_at(struct store *s, int64_t id, int64_t at, struct strip *out)
{
	int err = strip_before(s, id, at == INT64_MAX ? at : at + 1, out);

	out->there = out->there && out->from == at;
	return err;
}

static int strips_drop(struct store *s, int64_t id, int64_t from, int64_t until)
{
	static const char sql[] =
		"DELETE FROM span WHERE point = ? AND from_ms >= ? AND from_ms < ?";
	struct query q = db_query(s, sql);

	db_put(&q, id);
	db_put(&q, from);
	db_put(&q, until);
	return db_run(&q);
}

static int strip_put(struct store *s, int64_t id, const struct strip *p)
{
	static const char sql[] = "INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?)";
	struct query q = db_query(s, sql);

	db_put(&q, id);
	db_put(&q, p->from);
	db_put(&q, p->until);
	db_put(&q, p->colour);
	db_put(&q, p->cause);
	return db_run(&q);
}

static bool alike(const struct strip *a, const struct strip *b)
{
	return a->colour == b->colour && a->cause == b->cause;
}

/* What is left of the strips below and beside the new one p, which may grow into those alike. */
struct under {
	struct strip left;  /* begins before p; may reach into it */
	struct strip right; /* begins where p ends */
	bool cut;           /* right began below p, or before it */
};

static int look_under(struct store *s, int64_t id, const struct strip *p, struct under *u)
{
	struct strip last;
	int err = strip_before(s, id, p->from, &u->left);

	if (err == 0)
		err = strip_before(s, id, p->until, &last);
	if (err < 0)
		return err;
	if (last.there && last.until > p->until) {
		u->right = last;
		u->right.from = p->until;
		u->cut = true;
		return 0;
	}
	return strip_at(s, id, p->until, &u->right);
}

int store_paint(struct store *s, const struct span *span)
{
	int64_t id = store_point_id(s, span->point);
	struct strip p = { true, span->from.ms, span->until.ms ? span->until.ms : INT64_MAX,
			   span->colour, span->colour == COLOUR_DOWN ? span->cause : CAUSE_NONE };
	struct under u = { 0 };
	int err;

	if (id < 0)
		return -EINVAL;
	if (p.from >= p.until)
		return 0;
	err = look_under(s, id, &p, &u);
	if (err == 0)
		err = strips_drop(s, id, p.from, p.until);
	if (err < 0)
		return err;

	/* The strip before: part of the new one, or cut where the new one begins. */
	if (u.left.there && u.left.until >= p.from) {
		if (alike(&u.left, &p)) {
			p.from = u.left.from;
		} else if (u.left.until > p.from) {
			u.left.until = p.from;
			err = strip_put(s, id, &u.left);
		}
	}
	/* The strip after, the same way. */
	if (err == 0 && u.right.there) {
		if (alike(&u.right, &p)) {
			err = strips_drop(s, id, p.until, p.until + 1);
			p.until = u.right.until;
		} else if (u.cut) {
			err = strip_put(s, id, &u.right);
		}
	}
	return err == 0 ? strip_put(s, id, &p) : err;
}

/* ---- reading ---- */

/* Every span that has a part in from..until, newest first. */
static const char spans_sql[] =
	"SELECT from_ms, until_ms, colour, cause FROM span WHERE point = ?1 AND from_ms < ?3 AND "
	"from_ms >= coalesce((SELECT max(from_ms) FROM span WHERE point = ?1 AND from_ms <= ?2), "
	"?2) "
	"AND until_ms > ?2 ORDER BY from_ms DESC";

void store_spans(struct store *s, size_t point, wall_t from, wall_t until, store_span_fn *row,
		 void *self)
{
	struct query q = db_query(s, spans_sql);

	db_put(&q, store_point_id(s, point));
	db_put(&q, from.ms);
	db_put(&q, until.ms);
	while (db_row(&q)) {
		int64_t end = db_int(&q, 1), colour = db_int(&q, 2), cause = db_int(&q, 3);
		struct span span = { .point = (uint32_t)point,
				     .from = { db_int(&q, 0) },
				     .until = { end == INT64_MAX ? 0 : end } };

		if (colour < 0 || colour >= COLOURS || cause < 0 || cause >= CAUSES)
			continue;
		span.colour = (enum colour)colour;
		span.cause = (enum cause)cause;
		if (!row(self, &span)) {
			db_end(&q);
			return;
		}
	}
}

/* The second in which a moment lies. Boundaries are cut to seconds, not lengths: neighbours share
 * their boundary, so the lengths between always sum to the whole. */
static int64_t second(int64_t ms)
{
	return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

struct summing {
	wall_t from, until;
	struct seconds sum;
};

static bool add_span(void *self, const struct span *span)
{
	struct summing *t = self;
	int64_t from = span->from.ms > t->from.ms ? span->from.ms : t->from.ms;
	int64_t until =
		span->until.ms != 0 && span->until.ms < t->until.ms ? span->until.ms : t->until.ms;
	int64_t len = second(until) - second(from);

	t->sum.of[span->colour] += len;
	if (span->colour == COLOUR_DOWN && cause_theirs(span->cause))
		t->sum.theirs += len;
	return true;
}

struct seconds store_seconds(struct store *s, size_t point, wall_t from, wall_t until)
{
	struct summing t = { .from = from, .until = until };
	int64_t rest;

	if (from.ms >= until.ms)
		return t.sum;
	store_spans(s, point, from, until, add_span, &t);
	rest = second(until.ms) - second(from.ms);
	for (size_t i = 0; i < COLOURS; i++)
		rest -= t.sum.of[i];
	/* Where nothing was painted, nobody knows. */
	t.sum.of[COLOUR_UNKNOWN] += rest;
	return t.sum;
}
