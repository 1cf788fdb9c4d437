/* SPDX-License-Identifier: Apache-2.0 */
/* store_open: the ledger's file found good, or said what is wrong with it. */
#include "gateway/store_db.h"

#include "mesh/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SCHEMA_VERSION = 2,
	BUSY_MS = 2000,
	BOOTS_KEPT = 16, /* a node's spool holds a few boots, not more */
};

/* ---- numbers of points ---- */

static int number_points(struct store *s)
{
	static const char add[] = "INSERT OR IGNORE INTO point (code) VALUES (?)";
	static const char last[] = "SELECT coalesce(max(id), 0) FROM point";
	const struct roster *r = s->roster;
	struct query q;

	for (size_t i = 0; i < r->n_points; i++) {
		q = db_query(s, add);
		db_put_text(&q, r->points[i].code);
		if (db_run(&q) < 0)
			return q.err;
	}
	q = db_query(s, last);
	if (!db_row(&q))
		return q.err;
	s->n_ids = db_int(&q, 0) + 1;
	db_end(&q);

	s->id_of = calloc(r->n_points + 1, sizeof *s->id_of);
	s->drawn = calloc(r->n_points + 1, sizeof *s->drawn);
	s->index_of = malloc((size_t)s->n_ids * sizeof *s->index_of);
	if (!s->id_of || !s->drawn || !s->index_of)
		return -ENOMEM;
	for (int64_t id = 0; id < s->n_ids; id++)
		s->index_of[id] = UINT32_MAX;
	for (size_t i = 0; i < r->n_points; i++) {
		int64_t id = store_find_id(s, r->points[i].code);

		if (id <= 0 || id >= s->n_ids)
			return -EIO;
		s->id_of[i] = id;
		s->index_of[id] = (uint32_t)i;
	}
	return 0;
}

/* ---- open and close ---- */

static bool say(char why[static STORE_WHY], const char *path, const char *what)
{
	snprintf(why, STORE_WHY, "%s: %s", path, what);
	return false;
}

static int pragma_int(sqlite3 *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return db_err(db, rc);
}

static bool open_file(struct store *s, const char *path, char why[static STORE_WHY])
{
	int fd, rc;

	/* Households' names are in it: nobody else's to read. SQLite gives its other files the same
	 * mode. */
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(why, STORE_WHY, "%s: %s; the gateway's user must own its state_dir", path,
			 strerror(errno));
		return false;
	}
	close(fd);
	rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		return say(why, path, s->db ? sqlite3_errmsg(s->db) : "out of memory");
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return true;
}

static bool set_up(struct store *s, const char *path, char why[static STORE_WHY])
{
	static const char pragmas[] =
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"PRAGMA journal_size_limit = 16777216; PRAGMA trusted_schema = OFF;"
		"PRAGMA cache_size = -500;";
	int64_t version = 0;

	if (sqlite3_exec(s->db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
	    pragma_int(s->db, "PRAGMA user_version", &version) < 0) {
		snprintf(why, STORE_WHY, "%s: %s; put back the last backup or move it aside", path,
			 sqlite3_errmsg(s->db));
		return false;
	}
	if (version > SCHEMA_VERSION)
		return say(why, path, "written by a newer matsang-gateway; install that one");
	if (version == SCHEMA_VERSION)
		return true;
	if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
	    !store_make_way(s, version) ||
	    sqlite3_exec(s->db, store_schema, NULL, NULL, NULL) != SQLITE_OK ||
	    !store_carry_over(s, version) ||
	    sqlite3_exec(s->db, "PRAGMA user_version = 2; COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return say(why, path, sqlite3_errmsg(s->db));
	if (version > 0)
		log_info("ledger: made over from version %d to %d", (int)version, SCHEMA_VERSION);
	return true;
}

/* After a stop that was not in order, the file is looked through before it is believed. */
static bool check_unclean(struct store *s, const char *path, char why[static STORE_WHY])
{
	static const char was[] = "SELECT clean FROM mark";
	static const char check[] = "PRAGMA quick_check(1)";
	struct query q = db_query(s, was);
	bool clean = !db_row(&q) || db_int(&q, 0) != 0;
	bool good;

	db_end(&q);
	if (clean)
		return true;
	q = db_query(s, check);
	good = db_row(&q) && strcmp(db_text(&q, 0), "ok") == 0;
	db_end(&q);
	return good || say(why, path, "damaged; put back the last backup or move it aside");
}

static int read_end(struct store *s, const char *sql, int64_t *id, uint8_t hash[LEDGER_HASH])
{
	struct query q = db_query(s, sql);

	if (db_row(&q)) {
		size_t len;
		const void *blob = db_blob(&q, 1, &len);

		*id = db_int(&q, 0);
		if (len == LEDGER_HASH)
			memcpy(hash, blob, len);
	}
	db_end(&q);
	return q.err;
}

/* Where the chain goes on: as kept, or from the last row where that is missing. */
static int find_head(struct store *s)
{
	static const char head[] = "SELECT id, hash FROM head";
	static const char last[] = "SELECT id, hash FROM ledger ORDER BY id DESC LIMIT 1";
	static const char count[] = "SELECT count(*) FROM undrawn";
	int64_t row = 0, end = 0;
	struct query q;
	int err = read_end(s, last, &row, s->now.hash);

	if (err == 0)
		err = read_end(s, head, &end, s->now.hash);
	if (err < 0)
		return err;
	if (row != end)
		log_err("ledger: rows end at %lld, the chain at %lld; run `matsang verify`",
			(long long)row, (long long)end);
	/* An id is never given twice, whatever was cut off or added: the chain shows it. */
	s->now.head = row > end ? row : end;

	q = db_query(s, count);
	if (db_row(&q))
		s->now.undrawn = db_int(&q, 0);
	db_end(&q);
	return q.err;
}

static int forget_old(struct store *s)
{
	static const char boots[] =
		"DELETE FROM boot WHERE (point, boot) IN (SELECT point, boot FROM (SELECT point, "
		"boot, "
		"row_number() OVER (PARTITION BY point ORDER BY used_ms DESC) AS n FROM boot) "
		"WHERE n > ?)";
	static const char gone[] =
		"UPDATE outbox SET sent_ms = -1, note = 'its point is no longer in the roster' "
		"WHERE id = ?";
	/* Our own trouble is at no point, nor is what is of no incident. */
	static const char waiting[] = "SELECT id, point FROM outbox WHERE sent_ms = 0 AND "
				      "scope != 7 AND incident != 0";
	struct query q = db_query(s, boots), w;

	static_assert(SCOPE_GATEWAY == 7, "as in the statement");
	db_put(&q, BOOTS_KEPT);
	if (db_run(&q) < 0)
		return q.err;
	for (w = db_query(s, waiting); db_row(&w);) {
		uint32_t index;

		if (store_code_index(s, db_text(&w, 1), &index))
			continue;
		q = db_query(s, gone);
		db_put(&q, db_int(&w, 0));
		if (db_run(&q) < 0) {
			db_end(&w);
			return q.err;
		}
	}
	return w.err;
}

static int begin_life(struct store *s)
{
	static const char sql[] = "INSERT INTO mark VALUES (1, 0, 0) "
				  "ON CONFLICT (one) DO UPDATE SET clean = 0";
	struct query q;
	int err = db_begin(s);

	if (err == 0)
		err = number_points(s);
	if (err == 0)
		err = find_head(s);
	if (err == 0)
		err = forget_old(s);
	if (err == 0)
		err = store_outbox_compose(s);
	if (err == 0) {
		q = db_query(s, sql);
		err = db_run(&q);
	}
	s->before = s->now;
	return db_finish(s, err);
}

struct store *store_open(const char *state_dir, const struct roster *r, char why[static STORE_WHY])
{
	char path[PATH_MAX];
	struct store *s;
	int err;

	if (sodium_init() < 0) {
		say(why, "libsodium", "does not start");
		return NULL;
	}
	if ((size_t)snprintf(path, sizeof path, "%s/ledger.db", state_dir) >= sizeof path) {
		say(why, "state_dir", "the name is too long");
		return NULL;
	}
	if (mkdir(state_dir, 0700) < 0 && errno != EEXIST) {
		say(why, state_dir, strerror(errno));
		return NULL;
	}
	s = calloc(1, sizeof *s);
	if (!s) {
		say(why, path, "out of memory");
		return NULL;
	}
	s->roster = r;
	if (!open_file(s, path, why) || !set_up(s, path, why) || !check_unclean(s, path, why))
		goto close;
	err = begin_life(s);
	if (err < 0) {
		say(why, path, strerror(-err));
		goto close;
	}
	return s;

close:
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	static const char clean[] = "UPDATE mark SET clean = 1";

	if (!s)
		return;
	/* drawn is there once everything is open. */
	if (s->db && s->drawn) {
		int err = db_begin(s);

		if (err == 0)
			err = store_forget_drawn(s);
		if (err == 0) {
			struct query q = db_query(s, clean);

			err = db_run(&q);
		}
		err = db_finish(s, err);
		if (err < 0)
			log_warn("ledger: not closed in order: %s", strerror(-err));
	}
	for (size_t i = 0; i < s->n_kept; i++)
		sqlite3_finalize(s->kept[i].st);
	sqlite3_close(s->db);
	free(s->id_of);
	free(s->index_of);
	free(s->drawn);
	free(s);
}
