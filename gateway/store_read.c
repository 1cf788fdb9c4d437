/* SPDX-License-Identifier: Apache-2.0 */
/* store_read: outages, incidents and what nodes said of themselves, for people. */
#include "gateway/store_db.h"

#include <assert.h>
#include <string.h>

static void read_outages(struct query *q, store_outage_fn *row, void *self)
{
	struct outage o;

	while (db_row(q))
		if (store_get_outage(q, &o) && !row(self, &o)) {
			db_end(q);
			return;
		}
}

void store_outages(struct store *s, size_t point, wall_t since, store_outage_fn *row, void *self)
{
	static const char sql[] = "SELECT " OUTAGE_COLUMNS " FROM outage WHERE point = ? AND "
				  "(until_ms = 0 OR until_ms >= ?) ORDER BY from_ms DESC, id DESC";
	struct query q = db_query(s, sql);

	db_put(&q, store_point_id(s, point));
	db_put(&q, since.ms);
	read_outages(&q, row, self);
}

void store_outages_of(struct store *s, int64_t incident, store_outage_fn *row, void *self)
{
	static const char sql[] = "SELECT " OUTAGE_COLUMNS " FROM outage WHERE incident = ? AND "
				  "incident != 0 ORDER BY from_ms DESC, id DESC";
	struct query q = db_query(s, sql);

	db_put(&q, incident);
	read_outages(&q, row, self);
}

/* Not those that became part of another, or never were; 7: our own trouble. */
#define SHOWN "(points > 0 OR scope = 7)"
static_assert(SCOPE_GATEWAY == 7, "as in the statement");

void store_incidents(struct store *s, bool open_only, size_t max, store_incident_fn *row,
		     void *self)
{
	static const char all[] = "SELECT id, " INCIDENT_COLUMNS " FROM incident WHERE " SHOWN
				  " ORDER BY id DESC LIMIT ?";
	static const char open[] =
		"SELECT id, " INCIDENT_COLUMNS " FROM incident WHERE state != 3 AND " SHOWN
		" ORDER BY id DESC LIMIT ?";
	struct query q = db_query(s, open_only ? open : all);
	struct incident i;

	db_put(&q, max > INT32_MAX ? INT32_MAX : (int64_t)max);
	while (db_row(&q))
		if (store_get_incident(&q, 1, db_int(&q, 0), &i) && !row(self, &i)) {
			db_end(&q);
			return;
		}
}

bool store_incident(struct store *s, int64_t id, struct incident *out)
{
	static const char sql[] = "SELECT " INCIDENT_COLUMNS " FROM incident WHERE id = ?";
	struct query q = db_query(s, sql);
	bool found;

	db_put(&q, id);
	found = db_row(&q) && store_get_incident(&q, 0, id, out);
	db_end(&q);
	return found;
}

char *store_about(struct store *s, size_t point, enum about_what what, wall_t *at)
{
	static const char sql[] = "SELECT text, at_ms FROM about WHERE point = ? AND what = ?";
	struct query q = db_query(s, sql);
	char *text = NULL;

	db_put(&q, store_point_id(s, point));
	db_put(&q, what);
	if (db_row(&q)) {
		text = strdup(db_text(&q, 0));
		at->ms = db_int(&q, 1);
	}
	db_end(&q);
	return text;
}
