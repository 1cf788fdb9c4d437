/* SPDX-License-Identifier: Apache-2.0 */
/* keeper: what the gateway keeps, as its store would, fast enough for a year of many points. */
#ifndef MATSANG_YEAR_KEEPER_H
#define MATSANG_YEAR_KEEPER_H

#include "gateway/commune.h"
#include "tests/year/list.h"
#include "tests/year/truth.h"

enum { KEPT_BOOTS = 8, KEPT_INCIDENTS = 4 };

/* From here to the next one's beginning a point had this colour. */
struct stretch {
	wall_t from;
	enum colour colour;
	enum cause cause;
};

struct kept_outage {
	struct outage o;
	wall_t known;                     /* first kept */
	int64_t incident[KEPT_INCIDENTS]; /* all that it was ever part of */
	size_t n_incidents;
};

struct kept_point {
	bool known;
	struct point_memory memory;
	struct boot_memory boot[KEPT_BOOTS]; /* the one used last comes first */
	size_t n_boots;
	LIST(struct stretch) line;
	LIST(struct kept_outage) outages; /* in the order in which they were first kept */
};

struct kept_incident {
	struct incident i; /* id 0: a free place of the table */
	wall_t opened;     /* people were told first; ms 0: never */
	wall_t closed;     /* and that it was over; ms 0: never */
	enum tell opened_by;
	unsigned openings, closings;
};

struct keeper {
	struct kept_point *point;
	size_t n_points;
	LIST(struct alert) alerts;      /* that are not closed */
	struct kept_incident *incident; /* by hash of the id; a power of two */
	size_t n_incidents, size_incidents;
	wall_t begins;
	int64_t last_row;
	wall_t last_stored;
	uint64_t rows, tells;
	uint64_t faults; /* what a store must never be asked to do */
	char fault[120]; /* the first one */
};

/* begins: the first moment of the year. Ends the program when there is no memory. */
void keeper_init(struct keeper *k, size_t points, wall_t begins);
void keeper_free(struct keeper *k);

/* All acts of one turn that a store keeps. */
void keeper_commit(struct keeper *k, const struct acts *acts, wall_t now);

/* Tell a new commune all that must be found again after a restart. alive: when the gateway last
 * lived. */
void keeper_restore(const struct keeper *k, struct commune *c, wall_t alive, mono_t now);

bool keeper_boot_known(const struct keeper *k, uint32_t point, uint64_t boot);

/* NULL when there is none. */
const struct kept_incident *keeper_incident(const struct keeper *k, int64_t id);

/* Add the whole seconds of each of the five colours until then. False when they do not sum to the
 * year, or the spans leave a gap. */
bool keeper_seconds(const struct keeper *k, uint32_t point, wall_t until, int64_t of[static HUES]);

#endif
