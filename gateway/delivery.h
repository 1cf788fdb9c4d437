/* SPDX-License-Identifier: Apache-2.0 */
/* delivery: when to try a message again, and when to give up. */
#ifndef MATSANG_GATEWAY_DELIVERY_H
#define MATSANG_GATEWAY_DELIVERY_H

#include "mesh/clock.h"

/* After the rounds-th time that all ways failed (1 for the first): how long to wait, in
 * milliseconds; -1 to give up. 1 s, 2 s, 4 s ... up to 5 min, for 24 h. */
int64_t delivery_wait(unsigned rounds);

/* After the tries-th failure on one way of several, so long after the first try on it began: how
 * long to wait until this way is tried again; -1 when the next one has its turn at once. */
int64_t delivery_again(unsigned tries, int64_t since_ms);

#endif
