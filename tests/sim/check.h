/* SPDX-License-Identifier: Apache-2.0 */
/* check: was it as the scenario expects, and is the world in order, whatever it expects? */
#ifndef MATSANG_SIM_CHECK_H
#define MATSANG_SIM_CHECK_H

#include "tests/sim/world.h"

/* After world_run: every expectation that failed, as "file:line: what", goes to out. */
void check_expectations(struct world *w, struct notes *out);

/* What must hold after every scenario. */
void check_order(struct world *w, struct notes *out);

#endif
