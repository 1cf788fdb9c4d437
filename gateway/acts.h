/* SPDX-License-Identifier: Apache-2.0 */
/* acts: the list of what the core wants done; grows as needed, emptied after every turn. */
#ifndef MATSANG_GATEWAY_ACTS_H
#define MATSANG_GATEWAY_ACTS_H

#include "gateway/facts.h"

/* One more act, its union zeroed, to be filled at once (the next call may move it). Ends the
 * program when there is no memory: nothing may be forgotten in silence, and the supervisor starts
 * it again. */
struct act *acts_add(struct acts *a, enum act_kind kind, uint32_t point);

/* Free what acts own and forget them; keeps the room, but not an unusually large one. */
void acts_clear(struct acts *a);

#endif
