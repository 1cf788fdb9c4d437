/* SPDX-License-Identifier: Apache-2.0 */
/* floor: a time that it certainly is by now, kept across boots. */
#ifndef MATSANG_NODE_FLOOR_H
#define MATSANG_NODE_FLOOR_H

#include "mesh/clock.h"
#include "node/disk.h"

#include <stdbool.h>
#include <stdint.h>

enum { FLOOR_KEEP_MS = 3600 * 1000 }; /* written at most this often: a card wears out */

/* What the family's line has carried this month; rides along, for the card's sake. */
struct floor_month {
	uint64_t bytes;
	int64_t ms; /* of the month gone by */
};

/*
 * A board without a battery wakes in 1970, or when its card was made. NTP once said what time it
 * was: it is later now, and by at least as much as has passed since we read that.
 *
 * Only what NTP says moves the floor, in both directions: a time server that lied is put right by
 * the next one that does not. Until then a floor that is too high does no harm: the gateway takes
 * no time from the future.
 */
struct floor {
	const struct disk *disk;  /* borrowed */
	struct floor_month month; /* goes into the file with every writing; the owner's to change */
	wall_t known;             /* it was this time; ms 0: nothing is known .. */
	mono_t at;                /* .. when this boot had lasted so long, or before */
	wall_t kept;              /* what the file says; ms 0: nothing */
	mono_t due;               /* when the file may be written again */
};

/* disk is borrowed, and is the floor's own file. Returns 0, also when there was no file; -EBADMSG
 * when there was one that says nothing that can be true; -errno. The floor works without it. */
int floor_open(struct floor *f, const struct disk *disk, mono_t now);

/*
 * What the clock shows now, and how good the system calls it, become what the node says. A clock
 * below the floor is answered with the floor.
 */
enum clock_quality floor_look(struct floor *f, wall_t *wall, enum clock_quality quality,
			      mono_t now);

/* Write the file when it is worth it; call at leisure. last: the program ends, whatever the hour.
 * Returns 0 or -errno; is not tried again before the next hour. */
int floor_keep(struct floor *f, bool last, mono_t now);

#endif
