/* SPDX-License-Identifier: Apache-2.0 */
/* breaker: a service that fails again and again is left alone for a while. */
#ifndef MATSANG_GATEWAY_BREAKER_H
#define MATSANG_GATEWAY_BREAKER_H

#include "mesh/clock.h"

enum { BREAKER_FAILURES = 3, BREAKER_FIRST_MS = 60 * 1000, BREAKER_MOST_MS = 10 * 60 * 1000 };

/* All zero: closed, and all is well. */
struct breaker {
	unsigned failures; /* in a row, while closed */
	int64_t wait_ms;   /* how long it stays open; 0: closed */
	mono_t due;        /* open until then; then one try shows how things are */
	bool trying;       /* that try is under way */
};

bool breaker_open(const struct breaker *b);

/* May a try begin? When it then does, say so with breaker_try. */
bool breaker_lets(const struct breaker *b, mono_t now);
void breaker_try(struct breaker *b);

/* How a try ended. Three failures in a row open it for a minute; while the one try after that
 * fails too, for twice as long, ten minutes at most. */
void breaker_feed(struct breaker *b, bool ok, mono_t now);

/* When it lets one try through; MONO_NEVER when it does not hold anything back by itself. */
mono_t breaker_due(const struct breaker *b);

#endif
