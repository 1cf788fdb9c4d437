/* SPDX-License-Identifier: Apache-2.0 */
/* holdup: how long after mains went may the node still write to its disk? */
#ifndef MATSANG_NODE_HOLDUP_H
#define MATSANG_NODE_HOLDUP_H

#include "node/debounce.h"

enum { HOLDUP_MARGIN_MS = 10000 };

/*
 * When writing ends: HOLDUP_MARGIN_MS before what feeds the board is empty, or half way when that
 * is later. MONO_NEVER while mains are there, and when hold_up_ms is 0 (not known, or long).
 */
mono_t holdup_ends(const struct debounce *mains, int64_t hold_up_ms);

#endif
