/* SPDX-License-Identifier: Apache-2.0 */
/* pace: when the next beat is due. */
#ifndef MATSANG_NODE_PACE_H
#define MATSANG_NODE_PACE_H

#include "mesh/clock.h"

#include <stdint.h>

struct pace {
	int64_t every_ms;
	mono_t due;
};

/* The first beat is due between half and a whole pace from now, by seed: a hamlet that got its
 * power back together does not beat together. every_ms at least 2. */
void pace_init(struct pace *p, int64_t every_ms, uint64_t seed, mono_t now);

/* Another pace from now on; the next beat comes no later than that. */
void pace_set(struct pace *p, int64_t every_ms, mono_t now);

/* A beat is wanted now; the ones after it keep their distance from it. */
void pace_ask(struct pace *p, mono_t now);

/* True when a beat is due; sets the next one. Beats missed while nobody called are not made up. */
bool pace_step(struct pace *p, mono_t now);
mono_t pace_due(const struct pace *p);

#endif
