/* SPDX-License-Identifier: Apache-2.0 */
/* delivery: when to try a message again, and when to give up. */
#ifndef MATSANG_GATEWAY_DELIVERY_H
#define MATSANG_GATEWAY_DELIVERY_H

#include "mesh/clock.h"

/* After the tries-th failure (1 for the first): how long to wait, in milliseconds; -1 to give up.
 * 1 s, 2 s, 4 s ... up to 5 min, for 24 h. */
int64_t delivery_wait(unsigned tries);

#endif
