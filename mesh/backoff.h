/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: when to try again, and which endpoint; exponential with full jitter, never in step. */
#ifndef MATSANG_MESH_BACKOFF_H
#define MATSANG_MESH_BACKOFF_H

#include "mesh/clock.h"

#include <stddef.h>
#include <stdint.h>

struct backoff {
	int64_t min_ms, max_ms;
	uint64_t seed; /* state of the jitter; differs on every node, so a hamlet does not return in
			  step */
	unsigned failed; /* attempts in a row that failed */
	size_t endpoints, at;
};

/*
 * min_ms first ceiling, max_ms last one, both at least 1; endpoints how many addresses take turns,
 * at least 1; seed any number, different on each node.
 */
void backoff_init(struct backoff *b, int64_t min_ms, int64_t max_ms, size_t endpoints,
		  uint64_t seed);

/*
 * An attempt failed or a connection was lost. Moves to the next endpoint and returns how long to
 * wait, in milliseconds: between half the ceiling and the ceiling, which doubles after each whole
 * round over the endpoints up to max_ms.
 */
int64_t backoff_failed(struct backoff *b);

/* A connection has stood for a while: the next failure starts small again, at the same endpoint. */
void backoff_settled(struct backoff *b);

/* A number in [0, below), from the same jitter; below at least 1. */
uint64_t backoff_draw(struct backoff *b, uint64_t below);

#endif
