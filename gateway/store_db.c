/* SPDX-License-Identifier: Apache-2.0 */
/* store_db: statements and transactions of the store, on SQLite. */
#include "gateway/store_db.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

int db_err(sqlite3 *db, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return db && sqlite3_system_errno(db) == ENOSPC ? -ENOSPC : -EIO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_CANTOPEN:
		return -EACCES;
	default:
		return -EIO;
	}
}

/* The kept statement of this text, prepared at its first use. */
static sqlite3_stmt *kept(struct store *s, const char *sql, int *err)
{
	for (size_t i = 0; i < s->n_kept; i++)
		if (s->kept[i].sql == sql)
			return s->kept[i].st;
	assert(s->n_kept < STORE_STATEMENTS);

	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL);

	if (rc != SQLITE_OK) {
		*err = db_err(s->db, rc);
		return NULL;
	}
	s->kept[s->n_kept].sql = sql;
	s->kept[s->n_kept++].st = st;
	return st;
}

struct query db_query(struct store *s, const char *sql)
{
	struct query q = { .s = s };

	q.st = kept(s, sql, &q.err);
	if (q.st && sqlite3_stmt_busy(q.st)) {
		/* Somebody up the stack is reading from it: this one gets its own. */
		int rc = sqlite3_prepare_v2(s->db, sql, -1, &q.st, NULL);

		q.err = db_err(s->db, rc);
		q.own = true;
	}
	return q;
}

static void bound(struct query *q, int rc)
{
	if (rc != SQLITE_OK)
		q->err = db_err(q->s->db, rc);
}

void db_put(struct query *q, int64_t v)
{
	if (q->err == 0)
		bound(q, sqlite3_bind_int64(q->st, ++q->bound, v));
}

void db_put_text(struct query *q, const char *text)
{
	if (q->err == 0)
		bound(q, sqlite3_bind_text(q->st, ++q->bound, text, -1, SQLITE_STATIC));
}

void db_put_blob(struct query *q, const void *blob, size_t len)
{
	if (q->err == 0)
		bound(q, sqlite3_bind_blob64(q->st, ++q->bound, blob, len, SQLITE_STATIC));
}

bool db_row(struct query *q)
{
	int rc;

	if (q->err != 0) {
		db_end(q);
		return false;
	}
	if (!q->st)
		return false;
	rc = sqlite3_step(q->st);
	if (rc == SQLITE_ROW)
		return true;
	q->err = db_err(q->s->db, rc);
	db_end(q);
	return false;
}

int64_t db_int(struct query *q, int column)
{
	return sqlite3_column_int64(q->st, column);
}

const char *db_text(struct query *q, int column)
{
	const unsigned char *text = sqlite3_column_text(q->st, column);

	return text ? (const char *)text : "";
}

const void *db_blob(struct query *q, int column, size_t *len)
{
	const void *blob = sqlite3_column_blob(q->st, column);

	*len = (size_t)sqlite3_column_bytes(q->st, column);
	return blob;
}

int db_run(struct query *q)
{
	while (db_row(q))
		;
	return q->err;
}

void db_end(struct query *q)
{
	if (!q->st)
		return;
	if (q->own)
		sqlite3_finalize(q->st);
	else
		sqlite3_reset(q->st);
	q->st = NULL;
}

int db_begin(struct store *s)
{
	static const char sql[] = "BEGIN IMMEDIATE";
	struct query q = db_query(s, sql);

	s->before = s->now;
	return db_run(&q);
}

int db_finish(struct store *s, int err)
{
	static const char commit[] = "COMMIT", rollback[] = "ROLLBACK";
	struct query q;

	if (err == 0) {
		q = db_query(s, commit);
		err = db_run(&q);
	}
	if (err == 0)
		return 0;
	/* A full disk has often rolled back by itself. */
	if (!sqlite3_get_autocommit(s->db)) {
		q = db_query(s, rollback);
		db_run(&q);
	}
	s->now = s->before;
	return err;
}
