/* SPDX-License-Identifier: Apache-2.0 */
/* queue: what happens next in the made-up world, earliest first; ties in the order they were put.
 */
#include "tests/sim/queue.h"

#include <stdlib.h>

static bool before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void swap(struct event *a, struct event *b)
{
	struct event was = *a;

	*a = *b;
	*b = was;
}

void queue_put(struct queue *q, int64_t at, unsigned kind, void *who, uint64_t tag)
{
	size_t i = q->n;

	if (q->n == q->size) {
		size_t size = q->size ? 2 * q->size : 256;
		struct event *grown = realloc(q->heap, size * sizeof *grown);

		if (!grown)
			abort();
		q->heap = grown;
		q->size = size;
	}
	q->heap[q->n++] = (struct event){ at, q->order++, kind, who, tag };
	for (; i > 0 && before(&q->heap[i], &q->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&q->heap[i], &q->heap[(i - 1) / 2]);
}

bool queue_peek(const struct queue *q, struct event *out)
{
	if (q->n == 0)
		return false;
	*out = q->heap[0];
	return true;
}

void queue_drop(struct queue *q)
{
	size_t i = 0;

	q->heap[0] = q->heap[--q->n];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < q->n && before(&q->heap[child + 1], &q->heap[child]))
			child++;
		if (child >= q->n || !before(&q->heap[child], &q->heap[i]))
			return;
		swap(&q->heap[i], &q->heap[child]);
		i = child;
	}
}

void queue_free(struct queue *q)
{
	free(q->heap);
	*q = (struct queue){ 0 };
}
