/* SPDX-License-Identifier: Apache-2.0 */
/* lamp: the household's one light; its patterns as a table. */
#ifndef MATSANG_HW_LAMP_H
#define MATSANG_HW_LAMP_H

#include "mesh/clock.h"

/* What the light says, most urgent last but for the two a technician asks for. */
enum lamp {
	LAMP_OFF,    /* nothing to say, or no power */
	LAMP_STEADY, /* all well */
	LAMP_SLOW,   /* 1 s on, 1 s off: wait, we know */
	LAMP_FAST,   /* 0.25 s on, 0.25 s off: please look at the plugs */
	LAMP_TEST,   /* 2 s on at start */
	LAMP_DOUBLE, /* two short flashes every 2 s: here I am */
	LAMPS
};

/* Is the light on, ms after the pattern began (ms >= 0)? */
bool lamp_on(enum lamp pattern, int64_t ms);

/* Milliseconds from ms until the light changes next; INT64_MAX when it never does. */
int64_t lamp_next(enum lamp pattern, int64_t ms);

const char *lamp_str(enum lamp pattern);

#endif
