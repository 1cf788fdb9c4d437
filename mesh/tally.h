/* SPDX-License-Identifier: Apache-2.0 */
/* tally: how many messages the broker refused on our behalf, as its plugin tells the gateway. */
#ifndef MATSANG_MESH_TALLY_H
#define MATSANG_MESH_TALLY_H

#include "mesh/topic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TALLY_TEXT = 64 };

struct tally {
	uint64_t refused;           /* since the broker started; at least 1 */
	char last[POINT_CODE_TEXT]; /* whose message was the last one */
};

/* Draw "refused <number> <code>", NUL-terminated; returns its length. last must be a point code. */
size_t tally_draw(char text[static TALLY_TEXT], const struct tally *t);

/* False, and t untouched, for anything but what tally_draw draws. */
bool tally_read(struct tally *t, const void *buf, size_t len);

#endif
