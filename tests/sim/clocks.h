/* SPDX-License-Identifier: Apache-2.0 */
/* clocks: did wrong clocks do any harm? The same story is played once more with right ones. */
#ifndef MATSANG_SIM_CLOCKS_H
#define MATSANG_SIM_CLOCKS_H

#include "tests/sim/world.h"

/*
 * Say in out how the gateway's memory of w differs from one in which nothing was done to any clock:
 * outages, seconds of each colour, moments of missed minutes, what was told. Times may differ by
 * within milliseconds. Chance is the same in both, so nothing else differs.
 */
void clocks_compare(const struct world *w, int64_t within, struct notes *out);

#endif
