/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: from what is known to what is wrong; one function, no memory. */
#include "node/verdict.h"

struct finding {
	enum cause cause;
	enum sure sure;
	enum layer layer;
};

static const struct finding LINE = { CAUSE_LINE, SURE_OPEN, LAYER_NONE };
static const struct finding OPEN = { CAUSE_OPEN, SURE_OPEN, LAYER_NONE };
/* The house had no power a moment ago, and not everything is back. */
static const struct finding WAKING = { CAUSE_POWER, SURE_PROBABLE, LAYER_NONE };

static uint32_t bits(const struct facts *f)
{
	uint32_t b = f->more;

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
	return b;
}

/* A silent router is a fact about the router only where we know that it has power. */
static struct finding router_silent(const struct facts *f)
{
	return (struct finding){ CAUSE_ROUTER, f->mains_known ? SURE_CONFIRMED : SURE_PROBABLE,
				 LAYER_ROUTER };
}

/* The outside answers small packets: what stands between us and the gateway? */
static struct finding beyond_the_line(const struct facts *f)
{
	if (f->dial_failed == LAYER_NAMES)
		return (struct finding){ CAUSE_NAMES, SURE_CONFIRMED, LAYER_NAMES };
	if (f->large_lost && f->dial_failed != LAYER_TCP)
		return (struct finding){ CAUSE_MTU, SURE_CONFIRMED, LAYER_TLS };
	/* A moment: it may be either, or a connection that has yet to prove itself. */
	if (f->proving || (f->dial_failed != LAYER_TCP && !f->large_known))
		return LINE;
	return (struct finding){ CAUSE_GATEWAY, SURE_CONFIRMED, f->dial_failed };
}

static struct finding no_link(const struct facts *f)
{
	/* A router, and the modem behind it, take a minute to find their line again. */
	if (f->waking)
		return WAKING;
	if (f->carrier_known && !f->carrier)
		return (struct finding){ CAUSE_LINK, SURE_CONFIRMED, LAYER_LINK };
	if (f->stranger)
		return (struct finding){ CAUSE_PORTAL, SURE_CONFIRMED, LAYER_TLS };
	if (f->no_ping_right)
		return LINE; /* we cannot look, so we do not say where it is broken */
	/* Whoever reaches the outside has a router that works, though it may not answer pings. */
	if (f->outside_known && f->outside_answers)
		return beyond_the_line(f);
	if (f->router_known && !f->router_answers)
		return router_silent(f);
	if (f->router_known && f->outside_known)
		return (struct finding){ CAUSE_PROVIDER, SURE_CONFIRMED, LAYER_OUTSIDE };
	/* Names alone are no proof that the line is cut. */
	if (f->router_known && f->dial_failed == LAYER_NAMES)
		return (struct finding){ CAUSE_NAMES, SURE_PROBABLE, LAYER_NAMES };
	return LINE;
}

static struct finding cameras(const struct facts *f)
{
	unsigned silent = 0, blind = 0, open = 0;

	for (unsigned i = 0; i < f->cams_n; i++) {
		enum eye e = eye_of(f->eyes, i);

		silent += e == EYE_SILENT;
		open += e == EYE_UNKNOWN;
		blind += e != EYE_UNKNOWN && !eye_sees(e);
	}
	if (f->network_silent)
		return router_silent(f);
	if (blind > 0) {
		bool powered =
			f->mains_known || (f->router_known && f->router_answers) || blind > silent;

		return (struct finding){ CAUSE_CAMERA, powered ? SURE_CONFIRMED : SURE_PROBABLE,
					 LAYER_NONE };
	}
	if (open > 0)
		return f->waking ? WAKING : OPEN;
	return (struct finding){ CAUSE_NONE, SURE_CONFIRMED, LAYER_NONE };
}

static struct finding find(const struct facts *f)
{
	if (f->mains_known && !f->mains_on)
		return (struct finding){ CAUSE_POWER, SURE_CONFIRMED, LAYER_NONE };
	if (!f->link_known)
		return f->waking ? WAKING : OPEN;
	if (!f->link_up)
		return no_link(f);
	if (f->gateway_away)
		return (struct finding){ CAUSE_GATEWAY, SURE_CONFIRMED, LAYER_ACK };
	return cameras(f);
}

struct verdict verdict_of(const struct facts *f)
{
	struct finding found = find(f);

	return (struct verdict){ .cause = found.cause,
				 .sure = found.sure,
				 .layer = found.layer,
				 .facts = bits(f),
				 .cams_n = f->cams_n,
				 .eyes = f->eyes };
}

bool verdict_differs(const struct verdict *a, const struct verdict *b)
{
	if (a->cause != b->cause || a->sure != b->sure ||
	    (a->facts ^ b->facts) & (uint32_t)FACTS_NEWS)
		return true;
	return a->eyes != b->eyes && b->cause != CAUSE_POWER && b->cause != CAUSE_OPEN;
}
