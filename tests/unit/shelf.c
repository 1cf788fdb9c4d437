/* SPDX-License-Identifier: Apache-2.0 */
/* shelf: what tests of the store share. */
#include "shelf.h"

#include "gateway/acts.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static const struct roster_hamlet hamlets[] = { { "TT-07", "Ấp 7" }, { "TT-08", "Ấp 8" } };
#define POINT(c, h, who, isp)                                                           \
	{                                                                               \
		.code = c, .hamlet = h, .household = who, .phone = "", .provider = isp, \
		.transformer = "", .relay = ""                                          \
	}
static const struct roster_point points[] = {
	POINT("TT-07-03", "TT-07", "Bà Năm", "VNPT"),
	POINT("TT-07-04", "TT-07", "", ""),
	POINT("TT-08-01", "TT-08", "", ""),
};
static const struct receiver receivers[] = {
	{ .id = "hook0", .name = "hook0" },
	{ .id = "mail0", .name = "mail0", .language = LANGUAGE_EN },
};
const struct roster shelf_roster = {
	.commune = "Thiện Tân",
	.hamlets = hamlets,
	.n_hamlets = 2,
	.points = points,
	.n_points = 3,
	.receivers = receivers,
	.n_receivers = 2,
};
char shelf_dir[64];

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int shelf_setup(void **state)
{
	(void)state;
	strcpy(shelf_dir, "/tmp/matsang-store-XXXXXX");
	return mkdtemp(shelf_dir) ? 0 : -1;
}

int shelf_teardown(void **state)
{
	(void)state;
	return nftw(shelf_dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

struct store *shelf_open(void)
{
	char why[STORE_WHY] = "";
	struct store *s = store_open(shelf_dir, &shelf_roster, why);

	if (!s)
		fail_msg("store_open: %s", why);
	return s;
}

void shelf_row(struct acts *a, int64_t id, enum row_kind kind, const char *point, uint64_t boot,
	       uint64_t seq)
{
	struct row *r = &acts_add(a, ACT_ROW, 0)->u.row;

	*r = (struct row){ .id = id,
			   .at = { id * 1000 },
			   .stored = { id * 1000 + 5 },
			   .how = STAMP_AGE,
			   .kind = kind,
			   .boot = boot,
			   .seq = seq,
			   .body = { 1, 2, 3 },
			   .body_len = 3 };
	strcpy(r->point, point);
}

void shelf_paint(struct acts *a, uint32_t point, int64_t from, int64_t until, enum colour colour,
		 enum cause cause)
{
	acts_add(a, ACT_PAINT, point)->u.paint =
		(struct span){ point, { from }, { until }, colour, cause };
}

void shelf_tell(struct acts *a, const struct incident *i, enum tell what, uint32_t receiver)
{
	struct act *act = acts_add(a, ACT_TELL, i->point);

	act->u.tell.notice = calloc(1, sizeof *act->u.tell.notice);
	assert_non_null(act->u.tell.notice);
	act->u.tell.notice->what = what;
	act->u.tell.notice->incident = *i;
	strcpy(act->u.tell.notice->code, "7K2");
	act->u.tell.receiver = receiver;
	snprintf(act->u.tell.key, sizeof act->u.tell.key, "%lld-%s-%s", (long long)i->id,
		 tell_str(what), receivers[receiver].id);
}

int shelf_try(struct store *s, struct acts *a, int64_t now)
{
	int err = store_commit(s, a, (wall_t){ now });

	acts_clear(a);
	return err;
}

void shelf_commit(struct store *s, struct acts *a, int64_t now)
{
	assert_int_equal(shelf_try(s, a, now), 0);
}

void shelf_tamper(const char *sql)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/ledger.db", shelf_dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}
