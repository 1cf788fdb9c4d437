/* SPDX-License-Identifier: Apache-2.0 */
/* learn: who goes dark together, learned from what happened. */
#include "gateway/learn.h"

enum { FULL = 64 };

static void halve(struct learn *l)
{
	l->times /= 2;
	for (size_t i = 0; i < LEARN_FRIENDS; i++)
		l->with[i].times /= 2;
}

static void meet(struct learn *l, uint32_t other)
{
	size_t least = 0;

	for (size_t i = 0; i < LEARN_FRIENDS; i++) {
		if (l->with[i].times > 0 && l->with[i].point == other) {
			l->with[i].times++;
			return;
		}
		if (l->with[i].times < l->with[least].times)
			least = i;
	}
	/* A full list: who was met least pays for the newcomer, so that chance never stays long. */
	if (l->with[least].times > 1) {
		l->with[least].times--;
		return;
	}
	l->with[least].point = (uint16_t)other;
	l->with[least].times = 1;
}

void learn_together(struct learn *all, const uint32_t *points, size_t n)
{
	if (n < 2 || n > LEARN_CROWD)
		return;
	for (size_t i = 0; i < n; i++) {
		struct learn *l = &all[points[i]];

		if (l->times >= FULL)
			halve(l);
		l->times++;
		for (size_t k = 0; k < n; k++)
			if (k != i)
				meet(l, points[k]);
	}
}

static unsigned times_with(const struct learn *l, uint32_t other)
{
	for (size_t i = 0; i < LEARN_FRIENDS; i++)
		if (l->with[i].times > 0 && l->with[i].point == other)
			return l->with[i].times;
	return 0;
}

/* Counts are halved when one of the two is full, so each is measured by its own. */
static bool belongs(const struct learn *l, uint32_t other)
{
	const unsigned times = times_with(l, other);

	return times >= LEARN_TIMES && times * 100 >= l->times * (unsigned)LEARN_SHARE_PCT;
}

bool learn_friends(const struct learn *all, uint32_t a, uint32_t b)
{
	return belongs(&all[a], b) && belongs(&all[b], a);
}

size_t learn_of(const struct learn *all, uint32_t point, uint32_t out[static LEARN_FRIENDS])
{
	size_t n = 0;

	for (size_t i = 0; i < LEARN_FRIENDS; i++)
		if (all[point].with[i].times > 0 &&
		    learn_friends(all, point, all[point].with[i].point))
			out[n++] = all[point].with[i].point;
	return n;
}
