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
	l->with[least].point = other;
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

bool learn_friends(const struct learn *all, uint32_t a, uint32_t b)
{
	const unsigned ab = times_with(&all[a], b), ba = times_with(&all[b], a);
	const unsigned together = ab < ba ? ab : ba;
	const unsigned most = all[a].times > all[b].times ? all[a].times : all[b].times;

	return together >= LEARN_TIMES && together * 100 >= most * LEARN_SHARE_PCT;
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
