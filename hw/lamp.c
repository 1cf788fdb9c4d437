/* SPDX-License-Identifier: Apache-2.0 */
/* lamp: the household's one light; its patterns as a table. */
#include "hw/lamp.h"

#include <assert.h>
#include <stddef.h>

enum { SPANS = 4 };

/* Milliseconds on, off, on, off. A pattern that repeats and is only ever on never changes. */
struct pattern {
	const char *name;
	bool repeats;
	int64_t ms[SPANS];
};

static const struct pattern patterns[] = {
	[LAMP_OFF] = { "off", true, { 0 } },
	[LAMP_STEADY] = { "steady", true, { 1000 } },
	[LAMP_SLOW] = { "slow", true, { 1000, 1000 } },
	[LAMP_FAST] = { "fast", true, { 250, 250 } },
	[LAMP_TEST] = { "test", false, { 2000 } },
	[LAMP_DOUBLE] = { "double", true, { 150, 200, 150, 1500 } },
};
static_assert(sizeof patterns / sizeof patterns[0] == LAMPS, "draw every lamp pattern");

/* Is it on at ms, and for how long does that last? */
static bool phase(const struct pattern *p, int64_t ms, int64_t *left)
{
	int64_t whole = 0;

	*left = INT64_MAX;
	for (size_t i = 0; i < SPANS; i++)
		whole += p->ms[i];
	if (p->repeats && p->ms[1] == 0)
		return whole > 0;
	if (!p->repeats && ms >= whole)
		return false;

	ms %= whole;
	for (size_t i = 0; i < SPANS; i++) {
		if (ms < p->ms[i]) {
			*left = p->ms[i] - ms;
			return i % 2 == 0;
		}
		ms -= p->ms[i];
	}
	return false;
}

bool lamp_on(enum lamp pattern, int64_t ms)
{
	int64_t left;

	return phase(&patterns[pattern], ms, &left);
}

int64_t lamp_next(enum lamp pattern, int64_t ms)
{
	int64_t left;

	phase(&patterns[pattern], ms, &left);
	return left;
}

const char *lamp_str(enum lamp pattern)
{
	return (size_t)pattern < LAMPS ? patterns[pattern].name : "?";
}
