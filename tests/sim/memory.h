/* SPDX-License-Identifier: Apache-2.0 */
/* memory: what the gateway keeps, as its store would, but in memory and open to inspection. */
#ifndef MATSANG_SIM_MEMORY_H
#define MATSANG_SIM_MEMORY_H

#include "gateway/commune.h"
#include "tests/sim/notes.h"

/* From here to the next stretch's beginning a point had this colour. */
struct stretch {
	wall_t from;
	enum colour colour;
	enum cause cause;
};

struct told {
	struct incident incident; /* as it stood */
	enum tell what;
	uint32_t receiver;
	char key[FACTS_KEY];
	wall_t at;
};

/* A growing array of anything. */
#define LIST(type)              \
	struct {                \
		type *at;       \
		size_t n, room; \
	}

struct kept_point {
	bool known;
	struct point_memory memory;
	LIST(struct stretch) line; /* colours of time, the first from the beginning */
	LIST(wall_t) drawn;        /* back-filled samples, as they came */
	uint64_t live;             /* samples drawn at once */
};

struct memory {
	struct kept_point *point;
	size_t n_points;
	LIST(struct row) rows;
	LIST(struct boot_memory) boots;
	LIST(struct outage) outages;
	LIST(struct incident) incidents;
	LIST(struct told) told;
	LIST(struct alert) alerts;
	int64_t last_row;
	uint64_t repeated;    /* rows of a (point, kind, boot, seq) that was there already: not kept
				 twice */
	struct notes *faults; /* what a store must never be asked to do */
};

/* faults is borrowed. Ends the program when there is no memory. */
void memory_init(struct memory *m, size_t points, struct notes *faults);
void memory_free(struct memory *m);

/* All acts of one turn that a store keeps; now is what the gateway's clock shows. Whatever lies in
 * its future is a fault. */
void memory_commit(struct memory *m, const struct acts *acts, wall_t now);

/* Tell a new commune all that must be found again after a restart. */
void memory_restore(const struct memory *m, struct commune *c, mono_t now);

/* Is this record of a node in the ledger, and how often? */
size_t memory_rows(const struct memory *m, const char *point, enum row_kind kind, uint64_t boot,
		   uint64_t seq);

/* Has it rows that came from this boot of the point? */
bool memory_boot_known(const struct memory *m, const char *point, uint64_t boot);

/* Whole seconds of each colour in [from, until); they sum to the length exactly. */
void memory_seconds(const struct memory *m, size_t point, wall_t from, wall_t until,
		    int64_t of[static COLOURS]);

const struct stretch *memory_colour(const struct memory *m, size_t point, wall_t at);

/* Say in out how two memories differ in what is derived: colours and outages. forgetful: a life of
 * the gateway ended, and with it the exact bounds of time that nobody could judge. */
void memory_compare(const struct memory *a, const struct memory *b, wall_t from, bool forgetful,
		    struct notes *out);

#endif
