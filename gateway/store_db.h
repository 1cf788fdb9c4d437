/* SPDX-License-Identifier: Apache-2.0 */
/* store_db: what the store's own files share: the handle, statements, transactions. Nobody else's.
 */
#ifndef MATSANG_GATEWAY_STORE_DB_H
#define MATSANG_GATEWAY_STORE_DB_H

#include "gateway/ledger.h"
#include "gateway/store.h"

#include <sqlite3.h>

enum { STORE_STATEMENTS = 64 };

extern const char store_schema[]; /* schema.sql */

struct store {
	sqlite3 *db;
	const struct roster *roster;
	int64_t *id_of;     /* roster index -> point.id */
	uint32_t *index_of; /* point.id -> roster index, UINT32_MAX for a point no longer in it */
	int64_t n_ids;
	struct {
		const char *sql;
		sqlite3_stmt *st;
	} kept[STORE_STATEMENTS];
	size_t n_kept;
	/* What a transaction changes here too, so that rolling back undoes it. */
	struct store_state {
		int64_t head; /* id of the ledger's last row */
		uint8_t hash[LEDGER_HASH];
		int64_t undrawn; /* rows of that table */
		uint64_t rows;   /* appended since the start */
	} now, before;
	wall_t *drawn; /* per point: forget samples up to here in the next transaction; ms 0: none
			*/
	size_t n_drawn;
	uint64_t commits, failed;
};

/*
 * One use of one statement: db_query, db_put_* in the order of the question marks, then either
 * db_run, or db_row until it is false. Errors stick: whatever follows does nothing, and err is the
 * -errno.
 */
struct query {
	struct store *s;
	sqlite3_stmt *st;
	int bound;
	int err;
	bool own; /* not from the kept ones, which are in use further up */
};

/* sql: kept for ever by its address, so always a static text. */
struct query db_query(struct store *s, const char *sql);
void db_put(struct query *q, int64_t v);
void db_put_text(struct query *q, const char *text); /* borrowed until the query ends */
void db_put_blob(struct query *q, const void *blob, size_t len);
bool db_row(struct query *q);
int64_t db_int(struct query *q, int column);
const char *db_text(struct query *q, int column); /* valid until the next row; never NULL */
const void *db_blob(struct query *q, int column, size_t *len); /* NULL and 0 when it is no blob */
int db_run(struct query *q);                                   /* to the end; 0 or -errno */
void db_end(struct query *q); /* before the last row; harmless after it */

/* 0 or -errno for an SQLite result code of this handle. */
int db_err(sqlite3 *db, int rc);

/* db_begin: 0 or -errno. db_finish always follows, with what became of the steps in between:
 * commits when err is 0 and that works, else rolls back and undoes. Returns 0 or the -errno. */
int db_begin(struct store *s);
int db_finish(struct store *s, int err);

/* ---- points and hamlets: numbers of the roster and what is in the file ---- */
int64_t store_point_id(const struct store *s, size_t point); /* -1: no such point */
bool store_point_index(const struct store *s, int64_t id, uint32_t *index);
int64_t store_find_id(struct store *s, const char *code); /* -1: never seen */
bool store_code_index(struct store *s, const char *code, uint32_t *index);

/* ---- parts of a transaction; each 0 or -errno ---- */
int store_append(struct store *s, const struct row *r);
int store_keep_head(struct store *s); /* once, after all rows */
int store_paint(struct store *s, const struct span *span);
int store_outbox_put(struct store *s, const struct act *tell, wall_t now);
/* Words for what waits without any: an older gateway composed when it sent. */
int store_outbox_compose(struct store *s);
int store_forget_drawn(struct store *s);
int store_alert_put(struct store *s, const struct alert *a);
int store_correct(struct store *s, int64_t incident, enum cause cause);
int store_restore_alerts(struct store *s, struct commune *c);
int store_restore_planned(struct store *s, struct commune *c);
int store_restore_past(struct store *s, struct commune *c, wall_t since);
int store_restore_together(struct store *s, struct commune *c, wall_t since);
/* Everything but rows, and from a replay only what the ledger tells. */
int store_keep(struct store *s, const struct act *a, bool replay, wall_t now);

/* ---- files of an older gateway ---- */

/* Inside a transaction, before and after store_schema; false when SQLite says why. */
bool store_make_way(struct store *s, int64_t version);
bool store_carry_over(struct store *s, int64_t version);

/* ---- an incident's columns, in the table of incidents as in the outbox ---- */
#define INCIDENT_COLUMNS                                                                    \
	"hamlet, point, from_ms, until_ms, cause, sure, state, told, points, open, eyes, "  \
	"cams_n, facts, scope, doubt, corrected, residue, shared, others, hamlets, flaps, " \
	"evidence"
#define INCIDENT_MARKS "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
enum { INCIDENT_WIDTH = 22 };
void store_put_incident(struct query *q, const struct incident *i);
/* From column first on; false when its point is no longer in the roster or a number out of range.
 */
bool store_get_incident(struct query *q, int first, int64_t id, struct incident *out);

/* From column 0 on: id, point, from_ms, until_ms, cause, sure, eyes, cams_n, incident. */
#define OUTAGE_COLUMNS "id, point, from_ms, until_ms, cause, sure, eyes, cams_n, incident"
enum { OUTAGE_WIDTH = 9 };
bool store_get_outage(struct query *q, struct outage *out);

#endif
