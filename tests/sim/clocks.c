/* SPDX-License-Identifier: Apache-2.0 */
/* clocks: did wrong clocks do any harm? The same story is played once more with right ones. */
#include "tests/sim/clocks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool about_clocks(enum verb v)
{
	return v == SET_CLOCK_1970 || v == SET_CLOCK_2033 || v == SET_CLOCK_FLOOR ||
	       v == SET_CLOCK_NTP || v == SET_CLOCK_STEP || v == GATEWAY_CLOCK_STEP;
}

static struct script *with_right_clocks(const struct script *s)
{
	struct script *calm = malloc(sizeof *calm);

	if (!calm)
		abort();
	memcpy(calm, s, sizeof *calm);
	calm->n_actions = calm->n_expects = 0;
	for (size_t i = 0; i < s->n_actions; i++)
		if (!about_clocks(s->action[i].verb))
			calm->action[calm->n_actions++] = s->action[i];
	return calm;
}

static bool near(wall_t a, wall_t b, int64_t within)
{
	return a.ms - b.ms <= within && b.ms - a.ms <= within;
}

/* An end that has not come is near to another such end only. */
static bool ends_near(wall_t a, wall_t b, int64_t within)
{
	return (a.ms == 0) == (b.ms == 0) && near(a, b, within);
}

static void outages(const struct memory *m, const struct memory *calm, int64_t within,
		    struct notes *out)
{
	if (m->outages.n != calm->outages.n)
		notes_add(out, "%zu outages, %zu with right clocks", m->outages.n, calm->outages.n);
	for (size_t i = 0; i < m->outages.n && i < calm->outages.n; i++) {
		const struct outage *a = &m->outages.at[i], *b = &calm->outages.at[i];

		if (a->point != b->point || a->cause != b->cause || a->sure != b->sure)
			notes_add(out,
				  "outage %" PRId64 " is %s %s, with right clocks %" PRId64
				  " %s %s",
				  a->id, sure_str(a->sure), cause_str(a->cause), b->id,
				  sure_str(b->sure), cause_str(b->cause));
		if (!near(a->from, b->from, within) || !ends_near(a->until, b->until, within))
			notes_add(out,
				  "outage %" PRId64 ": begins %+" PRId64 " ms, ends %+" PRId64
				  " ms from where it should",
				  a->id, a->from.ms - b->from.ms, a->until.ms - b->until.ms);
	}
	if (m->told.n != calm->told.n)
		notes_add(out, "%zu tellings, %zu with right clocks", m->told.n, calm->told.n);
}

static void figures(const struct world *w, const struct memory *calm, size_t point, int64_t within,
		    struct notes *out)
{
	const wall_t from = { WORLD_BEGINS }, until = { WORLD_BEGINS + w->s->end };
	int64_t a[COLOURS], b[COLOURS];

	memory_seconds(&w->office.memory, point, from, until, a);
	memory_seconds(calm, point, from, until, b);
	for (size_t c = 0; c < COLOURS; c++)
		if (a[c] - b[c] > within / 1000 || b[c] - a[c] > within / 1000)
			notes_add(out, "%s: %" PRId64 " seconds %s, with right clocks %" PRId64,
				  w->s->point[point].code, a[c], colour_str((enum colour)c), b[c]);
}

static void minutes(const struct world *w, const struct memory *calm, size_t point, int64_t within,
		    struct notes *out)
{
	const struct kept_point *a = &w->office.memory.point[point], *b = &calm->point[point];

	if (a->drawn.n != b->drawn.n)
		notes_add(out, "%s: %zu missed minutes, with right clocks %zu",
			  w->s->point[point].code, a->drawn.n, b->drawn.n);
	for (size_t i = 0; i < a->drawn.n && i < b->drawn.n; i++)
		if (!near(a->drawn.at[i], b->drawn.at[i], within)) {
			notes_add(out, "%s: missed minute %zu lies %+" PRId64 " ms from its place",
				  w->s->point[point].code, i,
				  a->drawn.at[i].ms - b->drawn.at[i].ms);
			return;
		}
}

void clocks_compare(const struct world *w, int64_t within, struct notes *out)
{
	struct script *s = with_right_clocks(w->s);
	struct world *calm = world_new(s, false);

	world_run(calm);
	outages(&w->office.memory, &calm->office.memory, within, out);
	for (size_t i = 0; i < s->n_points; i++) {
		figures(w, &calm->office.memory, i, within, out);
		minutes(w, &calm->office.memory, i, within, out);
	}
	world_free(calm);
	free(s);
}
