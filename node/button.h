/* SPDX-License-Identifier: Apache-2.0 */
/* button: the family's one button: a short press says "unplugged on purpose", a long one "please
 * call". */
#ifndef MATSANG_NODE_BUTTON_H
#define MATSANG_NODE_BUTTON_H

#include "mesh/clock.h"

#include <stdbool.h>

enum {
	BUTTON_BOUNCE_MS = 30,       /* a press shorter than this is contact bounce */
	BUTTON_LONG_MS = 3000,       /* held this long: a long press, told while still held */
	BUTTON_AWAY_MS = 30 * 60000, /* "unplugged on purpose" ends by itself */
	BUTTON_CALL_MS = 24 * 3600000,
};

/*
 * What the family said. Each press may take back what it said before: a short one ends "away", a
 * long one ends "call". Begins all zero: nothing said.
 */
struct button {
	bool pressed, told; /* told: this press has been counted as a long one */
	mono_t since;       /* of the press */
	bool away, call;
	mono_t away_until, call_until;
};

/* Feed every edge and the level at each look; a press already held at the start is one. */
void button_feed(struct button *b, bool pressed, mono_t at);

/* Time passed: a press becomes long, what was said runs out. */
void button_step(struct button *b, mono_t now);
mono_t button_due(const struct button *b);

/* Somebody has taken the job: the family need not ask again. */
void button_answered(struct button *b);

#endif
