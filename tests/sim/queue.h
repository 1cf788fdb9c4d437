/* SPDX-License-Identifier: Apache-2.0 */
/* queue: what happens next in the made-up world, earliest first; ties in the order they were put.
 */
#ifndef MATSANG_SIM_QUEUE_H
#define MATSANG_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event {
	int64_t at;     /* milliseconds of the scenario */
	uint64_t order; /* given by the queue */
	unsigned kind;
	void *who;
	uint64_t tag; /* tells a stale event from a fresh one */
};

struct queue {
	struct event *heap;
	size_t n, size;
	uint64_t order;
};

/* Ends the program when there is no memory. who is borrowed until the event comes out. */
void queue_put(struct queue *q, int64_t at, unsigned kind, void *who, uint64_t tag);

/* The earliest event; false when there is none. */
bool queue_peek(const struct queue *q, struct event *out);
void queue_drop(struct queue *q);
void queue_free(struct queue *q);

#endif
