/* SPDX-License-Identifier: Apache-2.0 */
/* promise: what nodes committed to their spools, so that the ledger can be held to it. */
#ifndef MATSANG_SIM_PROMISE_H
#define MATSANG_SIM_PROMISE_H

#include "tests/sim/world.h"

/* How often the gateway has it. */
size_t promise_kept(const struct world *w, const struct promise *p);

/* After every step: what was committed is promised. */
void machine_note(struct world *w, struct machine *m);

/* After every acknowledgement: a spool may have given new numbers. */
void machine_renumbered(struct world *w, struct machine *m);

/* Does the machine still hold it, in the spool or on the card of one that is off? */
bool promise_held(const struct promise *p);

/* The scenario destroyed records of a machine that is off: what is neither held nor kept is
 * nobody's fault. Of a power cut that may be samples only. */
void machine_excuse(struct world *w, struct machine *m, bool news);

#endif
