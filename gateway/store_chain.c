/* SPDX-License-Identifier: Apache-2.0 */
/* store_chain: the ledger's rows: appended, read in order, checked, replayed. */
#include "gateway/store_db.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROW_COLUMNS "id, at_ms, stored_ms, how, point, kind, boot, seq, body, hash"

int store_keep_head(struct store *s)
{
	static const char sql[] = "INSERT OR REPLACE INTO head VALUES (1, ?, ?)";
	struct query q;

	if (s->now.head == s->before.head)
		return 0;
	q = db_query(s, sql);
	db_put(&q, s->now.head);
	db_put_blob(&q, s->now.hash, LEDGER_HASH);
	return db_run(&q);
}

int store_append(struct store *s, const struct row *r)
{
	static const char sql[] = "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
				  "ON CONFLICT (point, kind, boot, seq) WHERE boot != 0 DO NOTHING";
	struct query q;
	uint8_t hash[LEDGER_HASH];

	if (r->id <= s->now.head)
		return -EINVAL;
	ledger_link(hash, s->now.hash, r);
	q = db_query(s, sql);
	db_put(&q, r->id);
	db_put(&q, r->at.ms);
	db_put(&q, r->stored.ms);
	db_put(&q, r->how);
	db_put_text(&q, r->point);
	db_put(&q, r->kind);
	db_put(&q, (int64_t)r->boot);
	db_put(&q, (int64_t)r->seq);
	db_put_blob(&q, r->body, r->body_len);
	db_put_blob(&q, hash, sizeof hash);
	if (db_run(&q) < 0)
		return q.err;
	if (sqlite3_changes(s->db) == 0)
		return 0; /* stored before: the chain does not know of it */
	s->now.head = r->id;
	s->now.rows++;
	memcpy(s->now.hash, hash, sizeof hash);
	return 0;
}

/* NULL, or what is wrong with the row as it lies there. hash may be NULL. */
static const char *read_row(struct query *q, struct row *out, uint8_t hash[LEDGER_HASH])
{
	int64_t how = db_int(q, 3), kind = db_int(q, 5);
	const char *point = db_text(q, 4);
	size_t body_len, hash_len;
	const void *body = db_blob(q, 8, &body_len), *link = db_blob(q, 9, &hash_len);

	if (how < 0 || how >= STAMP_HOWS || kind < 1 || kind >= ROW_KINDS)
		return "its stamp or kind does not exist";
	if (strlen(point) > POINT_CODE_MAX || body_len > ROW_BODY)
		return "its point or body is too long";
	if (hash_len != LEDGER_HASH)
		return "its hash is not a hash";
	*out = (struct row){
		.id = db_int(q, 0),
		.at = { db_int(q, 1) },
		.stored = { db_int(q, 2) },
		.how = (enum stamp_how)how,
		.kind = (enum row_kind)kind,
		.boot = (uint64_t)db_int(q, 6),
		.seq = (uint64_t)db_int(q, 7),
		.body_len = body_len,
	};
	memcpy(out->point, point, strlen(point) + 1);
	if (body_len > 0)
		memcpy(out->body, body, body_len);
	if (hash)
		memcpy(hash, link, LEDGER_HASH);
	return NULL;
}

/* ---- verify ---- */

static bool bad(struct verify_result *out, int64_t id, const char *why)
{
	out->first_bad = id;
	snprintf(out->why, sizeof out->why, "row %lld: %s", (long long)id, why);
	return false;
}

/* The hash that the row after id rests on. */
static bool hash_of(struct store *s, int64_t id, uint8_t hash[LEDGER_HASH])
{
	static const char sql[] = "SELECT hash FROM ledger WHERE id = ?";
	struct query q = db_query(s, sql);
	bool found = false;

	memset(hash, 0, LEDGER_HASH);
	if (id == 0) {
		db_end(&q);
		return true;
	}
	db_put(&q, id);
	if (db_row(&q)) {
		size_t len;
		const void *blob = db_blob(&q, 0, &len);

		found = len == LEDGER_HASH;
		if (found)
			memcpy(hash, blob, len);
	}
	db_end(&q);
	return found;
}

/* At the end of the rows: is it the end of the chain? */
static bool check_end(struct store *s, int64_t at, const uint8_t hash[LEDGER_HASH],
		      struct verify_result *out)
{
	static const char sql[] = "SELECT id, hash FROM head";
	struct query q = db_query(s, sql);
	int64_t id = 0;
	uint8_t end[LEDGER_HASH] = { 0 };

	if (db_row(&q)) {
		size_t len;
		const void *blob = db_blob(&q, 1, &len);

		id = db_int(&q, 0);
		if (len == LEDGER_HASH)
			memcpy(end, blob, len);
	}
	db_end(&q);
	if (q.err < 0)
		return bad(out, at + 1, strerror(-q.err));
	if (id > at)
		return bad(out, at + 1, "missing: the chain goes on");
	if (id < at || memcmp(end, hash, LEDGER_HASH) != 0)
		return bad(out, at, "not the one that the chain ends with");
	return false;
}

bool store_verify(struct store *s, int64_t *at, size_t n, struct verify_result *out)
{
	static const char sql[] =
		"SELECT " ROW_COLUMNS " FROM ledger WHERE id > ? ORDER BY id LIMIT ?";
	uint8_t want[LEDGER_HASH], hash[LEDGER_HASH];
	struct query q;
	size_t seen = 0;

	if (*at == 0)
		*out = (struct verify_result){ 0 };
	if (!hash_of(s, *at, want))
		return bad(out, *at, "gone while it was checked");
	q = db_query(s, sql);
	db_put(&q, *at);
	db_put(&q, (int64_t)n);
	for (; db_row(&q); seen++) {
		struct row row;
		const char *why = read_row(&q, &row, hash);

		if (!why) {
			ledger_link(want, want, &row);
			if (memcmp(want, hash, LEDGER_HASH) != 0)
				why = "changed, or a row before it was changed or removed";
		}
		if (why) {
			bad(out, db_int(&q, 0), why);
			db_end(&q);
			return false;
		}
		*at = row.id;
		out->rows++;
	}
	if (q.err < 0)
		return bad(out, *at + 1, strerror(-q.err));
	return seen == n || check_end(s, *at, want, out);
}

/* ---- reading and replaying ---- */

static const char rows_sql[] = "SELECT " ROW_COLUMNS " FROM ledger ORDER BY id";

void store_rows(struct store *s, store_row_fn *row, void *self)
{
	struct query q = db_query(s, rows_sql);
	struct row r;

	while (db_row(&q)) {
		if (read_row(&q, &r, NULL))
			continue;
		if (!row(self, &r)) {
			db_end(&q);
			return;
		}
	}
}

/* Which points lay in a window when we were last alive. */
int store_restore_planned(struct store *s, struct commune *c)
{
	static const char sql[] =
		"SELECT " ROW_COLUMNS " FROM ledger WHERE id IN (SELECT max(id) FROM ledger WHERE "
		"kind = 11 GROUP BY point, substr(body, 1, 1)) ORDER BY id";
	struct query q = db_query(s, sql);
	struct row row;

	static_assert(ROW_PLANNED == 11, "as in the statement and in schema.sql");
	while (db_row(&q))
		if (!read_row(&q, &row, NULL))
			commune_restore_planned(c, &row);
	return q.err;
}

static int drop_derived(struct store *s)
{
	static const char spans[] = "DELETE FROM span";
	static const char outages[] = "DELETE FROM outage";
	static const char incidents[] = "DELETE FROM incident";
	const char *const all[] = { spans, outages, incidents };
	int err = 0;

	for (size_t i = 0; i < 3 && err == 0; i++) {
		struct query q = db_query(s, all[i]);

		err = db_run(&q);
	}
	return err;
}

static int keep_replayed(struct store *s, struct commune *c, wall_t now)
{
	const struct acts *acts = commune_acts(c);
	int err = 0;

	for (size_t i = 0; i < acts->n && err == 0; i++)
		err = store_keep(s, &acts->act[i], true, now);
	commune_acts_clear(c);
	return err;
}

static int replay(struct store *s, struct commune *c, wall_t now)
{
	struct query q = db_query(s, rows_sql);
	struct row row;

	while (db_row(&q)) {
		int err = -EBADMSG;

		if (!read_row(&q, &row, NULL)) {
			commune_replay(c, &row);
			err = keep_replayed(s, c, now);
		}
		if (err < 0) {
			db_end(&q);
			return err;
		}
	}
	if (q.err < 0)
		return q.err;
	commune_replayed(c, now);
	return keep_replayed(s, c, now);
}

/* Whether it was told is not derived: each that was has its alert, or is older than alerts and has
 * messages. */
static int recall_told(struct store *s)
{
	static const char sql[] =
		"UPDATE incident SET told = EXISTS (SELECT 1 FROM alert "
		"WHERE alert.incident = incident.id) OR EXISTS (SELECT 1 FROM outbox "
		"WHERE outbox.incident = incident.id AND what IN (0, 2, 3))";
	struct query q = db_query(s, sql);

	return db_run(&q);
}

int store_rebuild(struct store *s, const struct commune_options *o, wall_t now)
{
	struct commune *c = commune_new(s->roster, o);
	int err;

	if (!c)
		return -ENOMEM;
	err = db_begin(s);
	if (err == 0)
		err = drop_derived(s);
	if (err == 0)
		err = replay(s, c, now);
	if (err == 0)
		err = recall_told(s);
	err = db_finish(s, err);
	commune_free(c);
	if (err < 0)
		s->failed++;
	return err;
}
