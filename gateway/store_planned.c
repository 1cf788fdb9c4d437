/* SPDX-License-Identifier: Apache-2.0 */
/* store_planned: what was announced beforehand; taken back perhaps, but never deleted. */
#include "gateway/store_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define KEPT_MS (INT64_C(366) * 86400000)

/* kind, target, what, from_ms, until_ms, repeat, days, last_ms: what makes two the same. */
static void put_key(struct query *q, const struct window *w)
{
	db_put(q, w->kind);
	db_put(q, w->target);
	db_put_text(q, w->what);
	db_put(q, w->from.ms);
	db_put(q, w->until.ms);
	db_put(q, w->repeat);
	db_put(q, w->days);
	db_put(q, w->last.ms);
}

/* 1 and its id when it stands already; 0 when not; -errno. */
static int find(struct store *s, const struct window *w, int64_t *id)
{
	static const char sql[] =
		"SELECT id FROM planned WHERE kind = ? AND target = ? AND what = ? AND from_ms = ? "
		"AND until_ms = ? AND repeat = ? AND days = ? AND last_ms = ? AND removed_ms = 0";
	struct query q = db_query(s, sql);
	bool there;

	put_key(&q, w);
	there = db_row(&q);
	if (there)
		*id = db_int(&q, 0);
	db_end(&q);
	return q.err < 0 ? q.err : there;
}

int store_planned_add(struct store *s, const struct window *w, wall_t now, int64_t *id)
{
	static const char sql[] =
		"INSERT INTO planned (kind, target, what, from_ms, until_ms, repeat, days, "
		"last_ms, "
		"reason, made_ms, removed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)";
	struct query q;
	int err;

	if (!window_ok(w))
		return -EINVAL;
	err = find(s, w, id);
	if (err != 0)
		return err;
	q = db_query(s, sql);
	put_key(&q, w);
	db_put_text(&q, w->reason);
	db_put(&q, now.ms);
	err = db_run(&q);
	if (err == 0)
		*id = sqlite3_last_insert_rowid(s->db);
	return err;
}

int store_planned_add_all(struct store *s, struct window *w, size_t n, bool *known, wall_t now)
{
	int err = db_begin(s);

	for (size_t i = 0; i < n && err == 0; i++) {
		err = store_planned_add(s, &w[i], now, &w[i].id);
		known[i] = err == 1;
		err = err == 1 ? 0 : err;
	}
	return db_finish(s, err);
}

int store_planned_remove(struct store *s, int64_t id, wall_t now)
{
	static const char sql[] =
		"UPDATE planned SET removed_ms = ? WHERE id = ? AND removed_ms = 0";
	struct query q = db_query(s, sql);
	int err;

	db_put(&q, now.ms);
	db_put(&q, id);
	err = db_run(&q);
	if (err < 0)
		return err;
	return sqlite3_changes(s->db) ? 0 : -ENOENT;
}

/* False for a row that is no window: not written by us. */
static bool get(struct query *q, struct window *out)
{
	const int64_t days = db_int(q, 7);

	*out = (struct window){
		.id = db_int(q, 0),
		.kind = (enum window_kind)db_int(q, 1),
		.target = (enum window_target)db_int(q, 2),
		.from = { db_int(q, 4) },
		.until = { db_int(q, 5) },
		.repeat = (enum window_repeat)db_int(q, 6),
		.days = (uint8_t)days,
		.last = { db_int(q, 8) },
	};
	snprintf(out->what, sizeof out->what, "%s", db_text(q, 3));
	snprintf(out->reason, sizeof out->reason, "%s", db_text(q, 9));
	return days == out->days && window_ok(out);
}

static int grow(struct windows *all, size_t *size)
{
	const size_t more = *size ? *size * 2 : 16;
	struct window *grown = reallocarray(all->at, more, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	all->at = grown;
	*size = more;
	return 0;
}

int store_planned(struct store *s, wall_t now, struct windows *out)
{
	static const char sql[] =
		"SELECT id, kind, target, what, from_ms, until_ms, repeat, days, last_ms, reason "
		"FROM planned WHERE removed_ms = 0 AND (repeat = 0 AND until_ms > ?1 OR repeat != "
		"0 "
		"AND (last_ms = 0 OR last_ms + until_ms - from_ms > ?1)) ORDER BY id";
	struct windows all = { 0 };
	struct query q = db_query(s, sql);
	size_t size = 0;
	int err = 0;

	db_put(&q, now.ms - KEPT_MS);
	while (err == 0 && db_row(&q)) {
		if (all.n == size)
			err = grow(&all, &size);
		if (err == 0 && get(&q, &all.at[all.n]))
			all.n++;
	}
	db_end(&q);
	err = err < 0 ? err : q.err;
	if (err < 0)
		windows_free(&all);
	else
		*out = all;
	return err;
}
