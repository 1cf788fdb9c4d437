/* SPDX-License-Identifier: Apache-2.0 */
/* heal: when the relay may take a router or camera off its power for a moment, to restart it. */
#ifndef MATSANG_NODE_HEAL_H
#define MATSANG_NODE_HEAL_H

#include "mesh/clock.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	HEAL_OFF_MS = 15000,        /* without power for so long */
	HEAL_FIRST_MS = 10 * 60000, /* trouble must last this long before the first try */
	HEAL_AGAIN_MS =
		60 * 60000, /* and this much longer after each, four times as much each time */
	HEAL_DAY_MS = 24 * 3600000, /* in any such span ... */
	HEAL_A_DAY = 2,             /* ... at most so many tries */
};

struct heal {
	bool trouble, allowed;
	bool off;                 /* the relay holds its charge without power now */
	mono_t since;             /* of the trouble */
	mono_t until;             /* of off */
	mono_t next;              /* not before; MONO_NEVER without trouble */
	unsigned row;             /* tries in this trouble */
	mono_t tried[HEAL_A_DAY]; /* the last ones, newest first */
	uint32_t tries;           /* ever */
};

/* What an earlier run of the program did is not known: as if it had used up the day's number just
 * now, so that no number of starts makes it more. */
void heal_init(struct heal *h, mono_t now);

/*
 * Decide. trouble: what hangs on the relay does not work; allowed: mains is known to be on, nobody
 * unplugged anything on purpose. Without leave nothing begins, and what has begun ends at once.
 * True when off has changed: the relay is to be set, and people told.
 */
bool heal_step(struct heal *h, bool trouble, bool allowed, mono_t now);

/* When to step again if nothing else happens. */
mono_t heal_due(const struct heal *h);

#endif
