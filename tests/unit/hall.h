/* SPDX-License-Identifier: Apache-2.0 */
/* hall: what tests of the gateway's core share: a commune on a clock we own, its nodes made up on
 * the wire, and everything that it kept, told and derived. One at a time. */
#ifndef MATSANG_TESTS_HALL_H
#define MATSANG_TESTS_HALL_H

#include "gateway/commune.h"

enum { HALL_POINTS = 24, HALL_SECOND = 1000, HALL_MINUTE = 60000, HALL_HOUR = 3600000 };

/*
 * Four hamlets, four points each, from TT-01-01 (0) to TT-04-04 (15). In each hamlet the first two
 * hang on one transformer and the others on another; even ones are VNPT's, odd ones Viettel's. The
 * last two speak through TT-04-02 (13).
 */
extern const struct roster hall_roster;
/* Of these, in this order; enum names their places. */
enum {
	HALL_HOOK, /* a machine */
	HALL_BINH, /* technician, quiet from 22:00 to 05:00, wants digests */
	HALL_CHIN, /* technician, always awake */
	HALL_HEAD, /* of the first hamlet */
	HALL_DUTY, /* wants digests */
	HALL_LEADER,
};
extern const struct commune_options hall_options;
/* Tuesday, 9 June 2026, 10:00 in Vietnam. */
#define HALL_DAY ((wall_t){ INT64_C(1780974000000) })

/* A message that was told. */
struct said {
	struct notice notice;
	uint32_t receiver;
	char key[FACTS_KEY];
	wall_t at;
};

/* What follows from the rows, as a store would hold it. */
struct derived {
	struct outage outage[1024];
	struct incident incident[512];
	struct span paint[16384]; /* in order: a later one lies on top */
	size_t n_outages, n_incidents, n_paints;
};

struct hall {
	const struct roster *roster;
	struct commune *c;
	wall_t day;     /* when the test began */
	int64_t passed; /* ms since */
	int64_t set;    /* ms by which our wall clock was set since */
	int64_t ahead;  /* ms by which all nodes' clocks are ahead of day + passed */
	bool ntp;       /* NTP keeps them */
	bool deaf;      /* nothing that nodes say reaches us */
	bool speaks[HALL_POINTS];
	uint64_t boot[HALL_POINTS], seq[HALL_POINTS];
	uint32_t conn[HALL_POINTS];
	int64_t booted[HALL_POINTS]; /* in ms since the test began */
	enum cause cause[HALL_POINTS];
	unsigned asked[HALL_POINTS]; /* beats and births */

	struct row row[8192];
	struct said said[2048];
	struct alert alert[256];
	struct point_memory memory[HALL_POINTS];
	struct boot_memory boots[256];
	size_t n_rows, n_said, n_alerts, n_boots;
	bool remembered[HALL_POINTS];
	struct derived live;
};
/* A store behind it, when there is one: given every turn before the acts are cleared, and asked to
 * restore after a restart. */
struct hall_store {
	void (*keep)(const struct acts *acts, wall_t now);
	void (*restore)(struct commune *c, mono_t now);
};
extern struct hall_store hall_store;
extern struct hall hall;

mono_t hall_now(void);
wall_t hall_wall(void);

/* A commune that sees since a minute and a half, and every point of it up. day: as HALL_DAY. */
void hall_open(const struct roster *r, wall_t day);
/* Replays what was written down and fails unless it gives the same; frees all. */
void hall_close(void);
/* cmocka's: open with hall_roster on HALL_DAY, and close. */
int hall_setup(void **state);
int hall_teardown(void **state);

/* What the commune wants done is done; whoever speaks answers what it is asked. */
void hall_turn(void);
/* Time passes: who speaks beats each minute, and whatever falls due is done at its time. */
void hall_pass(int64_t ms);
/* The gateway was away for so long, and what it kept is restored. */
void hall_restart(int64_t away_ms);

/* ---- the nodes ---- */
void hall_birth(size_t point);                  /* connects (again); a new number */
void hall_mute(size_t point);                   /* not a word more */
void hall_will(size_t point);                   /* the same, and the broker noticed */
void hall_reboot(size_t point);                 /* another boot, and it connects */
void hall_news(size_t point, enum cause cause); /* what it says from now on, confirmed */
void hall_past(size_t point, enum cause cause, int64_t age_ms, bool present);

/* ---- what came of it ---- */
struct point_view hall_view(size_t point);
/* How often this was told to this receiver (HALL_HOOK hears all). */
size_t hall_told(enum tell what, uint32_t receiver);
/* The last of what was told to this receiver; fails when there is none. */
const struct said *hall_last(uint32_t receiver);
/* Forget what was told so far. */
void hall_hush(void);
/* As the store would have it; NULL: none. */
const struct incident *hall_incident(int64_t id);
const struct outage *hall_outage(int64_t id);
/* The incident that is not closed and has this doubt; NULL: none. */
const struct incident *hall_doubt(enum doubt d);
/* The point's last outage that was ever kept; NULL: none. */
const struct outage *hall_last_outage(size_t point);
/* Milliseconds of this colour. */
int64_t hall_spent(size_t point, wall_t from, wall_t until, enum colour colour);
size_t hall_rows(enum row_kind kind);
/* The alert of this incident as it was last kept; NULL: none. */
const struct alert *hall_alert(int64_t incident);

/* Do the rows alone give the same outages, incidents and spans? Fails when not. */
void hall_replay(void);

#endif
