/* SPDX-License-Identifier: Apache-2.0 */
/* pulse: does another thread still turn? It counts its turns, and is looked at now and then. */
#ifndef MATSANG_MESH_PULSE_H
#define MATSANG_MESH_PULSE_H

#include "mesh/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct pulse {
	uint64_t turns;
	mono_t since; /* of the first look that saw this many */
};

/* It has as long as any other turn to make its first. */
void pulse_init(struct pulse *p, mono_t now);

/* It has made turns turns by now. False once it has made none for still_ms. Whoever looks wakes it
 * first, so that it has a reason to turn before the next look. */
bool pulse_feed(struct pulse *p, uint64_t turns, int64_t still_ms, mono_t now);

#endif
