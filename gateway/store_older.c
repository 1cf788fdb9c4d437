/* SPDX-License-Identifier: Apache-2.0 */
/* store_older: a ledger.db that an older gateway wrote, made over without losing anything. */
#include "gateway/store_db.h"

/* Version 1 told routes, knew less of an incident, and composed a message when it sent it. */
static const char make_way_1[] =
	"ALTER TABLE incident ADD COLUMN scope INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN residue INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN others INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN hamlets INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN flaps INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE incident ADD COLUMN evidence INTEGER NOT NULL DEFAULT 0;"
	/* What was more than a point was a hamlet. */
	"UPDATE incident SET scope = 1, hamlets = 1 WHERE points > 1;"
	"DROP INDEX outbox_incident;"
	"DROP INDEX outbox_waiting;"
	"DROP INDEX outbox_given_up;"
	"ALTER TABLE outbox RENAME TO outbox_1;";

/* A route was called after its channel and its number. Words for what still waits: see
 * store_outbox_compose. */
static const char carry_over_1[] =
	"INSERT INTO outbox (id, key, receiver, what, way, round, tries, made_ms, due_ms, sent_ms, "
	"via, note, code, subject, text, sms, incident, " INCIDENT_COLUMNS ") "
	"SELECT id, key, route, what, 0, tries, tries, made_ms, due_ms, sent_ms, "
	"CASE WHEN sent_ms > 0 THEN rtrim(route, '0123456789') ELSE '' END, note, '', '', '', '', "
	"incident, hamlet, point, from_ms, until_ms, cause, sure, state, told, points, open, eyes, "
	"cams_n, facts, points > 1, 0, 0, 0, 0, 0, points > 1, 0, 0 FROM outbox_1;"
	/* Whoever was told of what is still going on will be told of its end. */
	"INSERT INTO alert SELECT id, '', (SELECT group_concat(receiver || ',', '') FROM outbox "
	"WHERE outbox.incident = incident.id AND what = 0), from_ms, 0, 2, '', 0, 0 "
	"FROM incident WHERE told AND state != 3 AND "
	"EXISTS (SELECT 1 FROM outbox WHERE outbox.incident = incident.id AND what = 0);"
	"DROP TABLE outbox_1;";

bool store_make_way(struct store *s, int64_t version)
{
	return version != 1 || sqlite3_exec(s->db, make_way_1, NULL, NULL, NULL) == SQLITE_OK;
}

bool store_carry_over(struct store *s, int64_t version)
{
	return version != 1 || sqlite3_exec(s->db, carry_over_1, NULL, NULL, NULL) == SQLITE_OK;
}
