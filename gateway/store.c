/* SPDX-License-Identifier: Apache-2.0 */
/* store: one transaction a turn. */
#include "gateway/store_db.h"

#include <string.h>

/* ---- the roster's points and their numbers ---- */

int64_t store_point_id(const struct store *s, size_t point)
{
	return point < s->roster->n_points ? s->id_of[point] : -1;
}

bool store_point_index(const struct store *s, int64_t id, uint32_t *index)
{
	if (id < 0 || id >= s->n_ids || s->index_of[id] == UINT32_MAX)
		return false;
	*index = s->index_of[id];
	return true;
}

int64_t store_find_id(struct store *s, const char *code)
{
	static const char sql[] = "SELECT id FROM point WHERE code = ?";
	struct query q = db_query(s, sql);
	int64_t id = -1;

	db_put_text(&q, code);
	if (db_row(&q))
		id = db_int(&q, 0);
	db_end(&q);
	return id;
}

bool store_code_index(struct store *s, const char *code, uint32_t *index)
{
	return store_point_index(s, store_find_id(s, code), index);
}

/* ---- one turn, one transaction ---- */

static bool to_keep(const struct act *a)
{
	switch (a->kind) {
	case ACT_ROW:
	case ACT_POINT:
	case ACT_BOOT:
	case ACT_ABOUT:
	case ACT_PAINT:
	case ACT_OUTAGE:
	case ACT_INCIDENT:
	case ACT_ALERT:
	case ACT_CORRECT:
	case ACT_TELL:
	case ACT_SAMPLES:
		return true;
	case ACT_DRAW:
	case ACT_FILL:
	case ACT_SEND:
		return false;
	}
	return false;
}

static int keep_all(struct store *s, const struct acts *acts, wall_t now)
{
	int err = 0;

	for (size_t i = 0; i < acts->n && err == 0; i++) {
		const struct act *a = &acts->act[i];

		if (a->kind == ACT_ROW)
			err = store_append(s, &a->u.row);
		else if (a->kind == ACT_TELL)
			err = store_outbox_put(s, a, now);
		else
			err = store_keep(s, a, false, now);
	}
	return err;
}

/* Ends a turn's transaction; what was to be forgotten goes with it. */
static int finish(struct store *s, int err)
{
	if (err == 0)
		err = store_keep_head(s);
	if (err == 0)
		err = store_forget_drawn(s);
	err = db_finish(s, err);
	if (err < 0) {
		s->failed++;
		return err;
	}
	if (s->n_drawn > 0)
		memset(s->drawn, 0, s->roster->n_points * sizeof *s->drawn);
	s->n_drawn = 0;
	s->commits++;
	return 0;
}

/* "The gateway lives." Whatever is kept proves it too. */
static int keep_mark(struct store *s, wall_t now)
{
	static const char sql[] = "UPDATE mark SET alive_ms = ?";
	struct query q = db_query(s, sql);

	db_put(&q, now.ms);
	return db_run(&q);
}

int store_commit(struct store *s, const struct acts *acts, wall_t now)
{
	bool any = false;
	int err;

	for (size_t i = 0; i < acts->n && !any; i++)
		any = to_keep(&acts->act[i]);
	if (!any)
		return 0;
	err = db_begin(s);
	if (err == 0)
		err = keep_all(s, acts, now);
	if (err == 0)
		err = keep_mark(s, now);
	return finish(s, err);
}

int store_mark(struct store *s, wall_t now)
{
	int err = db_begin(s);

	if (err == 0)
		err = keep_mark(s, now);
	return finish(s, err);
}

struct store_counters store_counters(struct store *s)
{
	static const char waiting[] = "SELECT count(*) FROM outbox WHERE sent_ms = 0";
	static const char given_up[] = "SELECT count(*) FROM outbox WHERE sent_ms = -1";
	struct store_counters out = { .rows = s->now.rows,
				      .commits = s->commits,
				      .failed = s->failed };
	struct query q = db_query(s, waiting);

	if (db_row(&q))
		out.outbox_waiting = db_int(&q, 0);
	db_end(&q);
	q = db_query(s, given_up);
	if (db_row(&q))
		out.outbox_given_up = db_int(&q, 0);
	db_end(&q);
	return out;
}
