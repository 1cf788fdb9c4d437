/* SPDX-License-Identifier: Apache-2.0 */
/* bytes: what this node's own traffic costs its family's line, and how slow it must go for it. */
#ifndef MATSANG_NODE_BYTES_H
#define MATSANG_NODE_BYTES_H

#include "mesh/clock.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Bytes of IP, both ways, that left the house: the connection as the kernel counts it (headers and
 * repetitions too), pings beyond the router, datagrams. What stays in the house costs nobody.
 * A month is 30 days of this node's running time.
 */
enum { BYTES_STEPS = 4 };

struct bytes_step {
	unsigned percent; /* of the month's budget spent */
	unsigned factor;  /* beats come so many times rarer */
};
extern const struct bytes_step bytes_steps[BYTES_STEPS]; /* rising; the first is 0, 1 */

#define BYTES_MONTH_MS (INT64_C(30) * 24 * 3600 * 1000)

struct bytes {
	uint64_t budget;      /* a month; 0 for none */
	uint64_t month, ever; /* spent in this month, since the start */
	uint64_t line;        /* counter of the connection as last fed */
	int64_t month_ms;     /* of this month gone by */
	mono_t fed;
};

/* month, month_ms: what was kept from the run before; 0 for none. */
void bytes_init(struct bytes *b, uint64_t budget, uint64_t month, int64_t month_ms, mono_t now);

/* The connection's own counter, which begins at 0 with each connection. */
void bytes_line(struct bytes *b, uint64_t counter, mono_t now);
/* Anything else that left. */
void bytes_add(struct bytes *b, uint64_t n);

/* How many times rarer beats are to come; 1 for as often as wanted. An alarm never asks. */
unsigned bytes_factor(const struct bytes *b);

#endif
