/* SPDX-License-Identifier: Apache-2.0 */
/* gasping: the news that mains are gone, said three times in half a second, until it is heard. */
#include "node/gasping.h"

#include <assert.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A router without mains forwards for as long as its capacitors last: mostly less than a second. */
static const int64_t turn_at[] = { 0, 100, 400 };
static_assert(COUNT(turn_at) == GASPING_TURNS, "every turn has its time");

void gasping_init(struct gasping *g)
{
	*g = (struct gasping){ .due = MONO_NEVER };
}

/* Only the front is looked at: there may be thousands, and no time. One that skips numbers says so
 * by MQTT; here is no room for it. */
static uint16_t behind(struct spool *s, const struct record_head *h)
{
	uint64_t front = spool_front(s);
	struct record oldest;

	if (!spool_peek(s, &front, &oldest) || oldest.head.boot != h->boot ||
	    spool_skips(s, front, &oldest) != oldest.head.seq ||
	    h->seq - oldest.head.seq >= GASP_NOT_SAID)
		return GASP_NOT_SAID;
	return (uint16_t)(h->seq - oldest.head.seq);
}

void gasping_begin(struct gasping *g, struct spool *s, mono_t now)
{
	uint64_t last = spool_end(s) - 1;
	struct record r;

	if (!spool_peek(s, &last, &r) || r.kind != RECORD_NEWS)
		return;
	g->word = (struct gasp){ .boot = r.head.boot,
				 .seq = r.head.seq,
				 .t_ms = r.head.t_ms,
				 .behind = behind(s, &r.head),
				 .verdict = r.verdict };
	g->began = g->due = now;
}

void gasping_acked(struct gasping *g, const struct wire_ack *ack)
{
	if (ack->boot == g->word.boot && ack->seq >= g->word.seq)
		g->due = MONO_NEVER;
}

bool gasping_step(struct gasping *g, mono_t now, struct gasp *out)
{
	int64_t age = now.ms - g->word.t_ms;

	if (!mono_reached(now, g->due))
		return false;
	*out = g->word;
	out->age_ms = age > UINT32_MAX ? UINT32_MAX : age > 0 ? (uint32_t)age : 0;
	g->word.turn++;
	g->due = g->word.turn < GASPING_TURNS ? mono_after(g->began, turn_at[g->word.turn])
					      : MONO_NEVER;
	return true;
}

mono_t gasping_due(const struct gasping *g)
{
	return g->due;
}
