/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: from what is known to what is wrong; one function, no memory. */
#include "node/verdict.h"

struct finding {
	enum cause cause;
	enum sure sure;
};

static const struct finding OPEN = { CAUSE_OPEN, SURE_OPEN };
/* The house had no power a moment ago, and not everything is back. */
static const struct finding WAKING = { CAUSE_POWER, SURE_PROBABLE };

static uint16_t bits(const struct facts *f)
{
	unsigned b = 0;

	if (f->mains_known)
		b |= FACT_MAINS_KNOWN | (f->mains_on ? FACT_MAINS_ON : 0u);
	if (f->router_known)
		b |= FACT_ROUTER_KNOWN | (f->router_answers ? FACT_ROUTER_ANSWERS : 0u);
	if (f->outside_known)
		b |= FACT_OUTSIDE_KNOWN | (f->outside_answers ? FACT_OUTSIDE_ANSWERS : 0u);
	if (f->link_known && f->link_up)
		b |= FACT_LINK_UP;
	if (f->gateway_listens)
		b |= FACT_GATEWAY_LISTENS;
	if (f->no_ping_right)
		b |= FACT_NO_PING_RIGHT;
	return (uint16_t)b;
}

/* A silent router is a fact about the router only where we know that it has power. */
static struct finding router_silent(const struct facts *f)
{
	return (struct finding){ CAUSE_ROUTER, f->mains_known ? SURE_CONFIRMED : SURE_PROBABLE };
}

static struct finding no_link(const struct facts *f)
{
	const struct finding line = { CAUSE_LINE, SURE_OPEN };

	if (f->no_ping_right)
		return line; /* we cannot look, so we do not say where it is broken */
	/* A router, and the modem behind it, take a minute to find their line again. */
	if (f->waking)
		return WAKING;
	/* Whoever reaches the outside has a router that works, though it may not answer pings. */
	if (f->outside_known && f->outside_answers)
		return (struct finding){ CAUSE_GATEWAY, SURE_CONFIRMED };
	if (f->router_known && !f->router_answers)
		return router_silent(f);
	if (f->router_known && f->outside_known)
		return (struct finding){ CAUSE_PROVIDER, SURE_CONFIRMED };
	return line;
}

static struct finding cameras(const struct facts *f)
{
	unsigned all = (1u << f->cams_n) - 1, silent = f->cams_known & ~(unsigned)f->cams_up & all;

	if (all != 0 && silent == all && f->router_known && !f->router_answers)
		return router_silent(f);
	if (silent) {
		bool powered = f->mains_known || (f->router_known && f->router_answers);

		return (struct finding){ CAUSE_CAMERA, powered ? SURE_CONFIRMED : SURE_PROBABLE };
	}
	if ((f->cams_known & all) != all)
		return f->waking ? WAKING : OPEN;
	return (struct finding){ CAUSE_NONE, SURE_CONFIRMED };
}

static struct finding find(const struct facts *f)
{
	if (f->mains_known && !f->mains_on)
		return (struct finding){ CAUSE_POWER, SURE_CONFIRMED };
	if (!f->link_known)
		return f->waking ? WAKING : OPEN;
	if (!f->link_up)
		return no_link(f);
	if (f->gateway_away)
		return (struct finding){ CAUSE_GATEWAY, SURE_CONFIRMED };
	return cameras(f);
}

struct verdict verdict_of(const struct facts *f)
{
	struct finding found = find(f);

	return (struct verdict){ .cause = found.cause,
				 .sure = found.sure,
				 .facts = bits(f),
				 .cams_up = f->cams_up,
				 .cams_n = f->cams_n };
}

bool verdict_differs(const struct verdict *a, const struct verdict *b)
{
	if (a->cause != b->cause || a->sure != b->sure)
		return true;
	return a->cams_up != b->cams_up && b->cause != CAUSE_POWER && b->cause != CAUSE_OPEN;
}
