/* SPDX-License-Identifier: Apache-2.0 */
/* learn: who goes dark together, learned from what happened; no map of lines has to be drawn. */
#ifndef MATSANG_GATEWAY_LEARN_H
#define MATSANG_GATEWAY_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LEARN_FRIENDS = 8,    /* remembered of each point; who is rare gives way */
	LEARN_TIMES = 3,      /* together so often at least */
	LEARN_SHARE_PCT = 70, /* of the times that either of the two went dark in company */
	LEARN_CROWD = 64,     /* more at once teach nothing about who hangs together */
};

/* Of one point. */
struct learn {
	uint16_t times; /* that it went dark with others; halved when full */
	struct {
		uint16_t point, times; /* a roster has 20 000 points at most */
	} with[LEARN_FRIENDS];
};

/* These n points (2 to LEARN_CROWD, else nothing is learned) went dark together. all: one of each
 * point. */
void learn_together(struct learn *all, const uint32_t *points, size_t n);

/* Do these two belong together, as far as was learned? */
bool learn_friends(const struct learn *all, uint32_t a, uint32_t b);

/* Whom this point belongs with; how many (at most LEARN_FRIENDS). */
size_t learn_of(const struct learn *all, uint32_t point, uint32_t out[static LEARN_FRIENDS]);

#endif
