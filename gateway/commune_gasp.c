/* SPDX-License-Identifier: Apache-2.0 */
/* commune_gasp: what a last gasp does to the commune. Part of commune. */
#include "gateway/commune_parts.h"

#include <assert.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	/* How far arrival, the boot's beginning and the gasp's own age may disagree: clocks drift
	 * over months, and whoever holds a gasp back gains no more than this. */
	SENT_NOW_MS = 5 * 60 * 1000,
	TURNS_KNOWN = 32, /* bits of place.gasp.turns */
};

static const char *const refusal_names[] = {
	[GASP_UNKNOWN_POINT - WIRE_ERRS] = "unknown_point",
	[GASP_BAD_SEAL - WIRE_ERRS] = "bad_seal",
	[GASP_REPLAYED - WIRE_ERRS] = "replayed",
	[GASP_KNOWN - WIRE_ERRS] = "known",
	[GASP_OLD - WIRE_ERRS] = "old",
};
static_assert(COUNT(refusal_names) == GASP_REFUSALS - WIRE_ERRS, "name every refusal");

const char *gasp_refusal_str(unsigned r)
{
	if (r < WIRE_ERRS)
		return wire_err_str((enum wire_err)r);
	return r < GASP_REFUSALS ? refusal_names[r - WIRE_ERRS] : "?";
}

/* Was this very datagram opened before? Remembers it. */
static bool replayed(struct place *p, const struct gasp *g)
{
	const uint32_t bit = (uint32_t)1 << g->turn % TURNS_KNOWN;
	bool before;

	if (p->gasp.boot != g->boot || p->gasp.seq != g->seq) {
		p->gasp.boot = g->boot;
		p->gasp.seq = g->seq;
		p->gasp.turns = 0;
	}
	before = p->gasp.turns & bit;
	p->gasp.turns |= bit;
	return before;
}

/*
 * A datagram that was kept and let loose later is as well sealed as ever. When we know the boot's
 * beginning, t says how old its news is now, and age how old it was when it was sent. Of a boot
 * that never got through to us we know nothing; but it is over when we hear another one.
 */
static bool sent_now(const struct place *p, const struct gasp *g, bool boot_stored, mono_t now,
		     wall_t wall)
{
	const struct boot_memory *mem = ingest_known(&p->ingest, g->boot);
	int64_t up, late;

	if (!mem || mem->anchor != ANCHOR_OWN)
		return (mem || !boot_stored) &&
		       !(p->point.present && p->boot != 0 && p->boot != g->boot);
	/* Our wall clock may have been set since it was born. */
	up = p->boot == g->boot && p->began.ms != MONO_NEVER.ms ? mono_since(now, p->began)
								: wall.ms - mem->zero.ms;
	late = up - g->t_ms - g->age_ms;
	return late <= SENT_NOW_MS && late >= -SENT_NOW_MS;
}

static unsigned judge(struct place *p, const struct gasp *g, bool boot_stored, mono_t now,
		      wall_t wall)
{
	const struct boot_memory *mem;

	if (replayed(p, g))
		return GASP_REPLAYED;
	mem = ingest_known(&p->ingest, g->boot);
	if (mem && (g->seq <= mem->seq || g->seq <= mem->gasp))
		return GASP_KNOWN;
	return sent_now(p, g, boot_stored, now, wall) ? 0 : GASP_OLD;
}

/* The seal says that the point lives. But one that is dark cannot be reached by MQTT and stays so:
 * what it says explains its silence. */
static void alive(struct commune *c, struct place *p, mono_t now, wall_t wall)
{
	if (c->sees && p->point.contact != CONTACT_DARK)
		commune_alive(c, p, false, now, wall);
}

unsigned commune_gasp(struct commune *c, const char *code, const struct gasp *g, bool boot_stored,
		      mono_t now, wall_t wall)
{
	const struct record_head h = { .boot = g->boot, .seq = g->seq, .t_ms = g->t_ms };
	struct claim claim = { .last = g->seq, .oldest = 1 };
	struct row row = { .stored = wall, .kind = ROW_NEWS };
	size_t i = commune_find(c, code);
	struct boot_memory *mem;
	uint64_t first;
	struct place *p;
	unsigned no;

	if (i == SIZE_MAX)
		return GASP_UNKNOWN_POINT;
	commune_clock(c, now, wall);
	p = &c->place[i];
	no = judge(p, g, boot_stored, now, wall);
	if (no != 0)
		return no;
	alive(c, p, now, wall);
	mem = ingest_boot(&p->ingest, (uint32_t)i, g->boot);
	if (mem->anchor == ANCHOR_NONE)
		ingest_anchor(mem, g->t_ms + g->age_ms, wall);
	if (g->behind != GASP_NOT_SAID)
		claim.oldest = g->seq - g->behind;
	claim.more = p->waiting;
	no = commune_take(c, p, &h, &claim, &first, now, wall);
	if (no == REFUSE_GAP) {
		row.kind = ROW_GASP;
		mem = ingest_boot(&p->ingest, (uint32_t)i, g->boot);
		mem->gasp = g->seq;
	}
	row.at = commune_stamp(p, &h, g->age_ms, wall, &row.how);
	commune_news(c, p, &row, &h, &g->verdict, g->more == 0, now);
	return 0;
}
