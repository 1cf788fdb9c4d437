/* SPDX-License-Identifier: Apache-2.0 */
/* state_know: what the node knows and shows, from its parts; it changes nothing. Part of state. */
#include "node/state_know.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- what is known ---- */

/* The last moment at which the house may have got its power (back); the boot is one. */
static mono_t woke(const struct node *n)
{
	return n->mains_back.ms == MONO_NEVER.ms ? (mono_t){ 0 } : n->mains_back;
}

/* Silent, but perhaps only starting after a power cut. */
static bool excused(const struct node *n, const struct reach *r, mono_t now)
{
	return r->state != REACH_ANSWERS && now.ms < woke(n).ms + NODE_WAKE_MS &&
	       (r->heard.ms == MONO_NEVER.ms || r->heard.ms < woke(n).ms || r->answered > 0);
}

static bool decided(const struct node *n, const struct reach *r, mono_t now)
{
	return r->state != REACH_UNKNOWN && !excused(n, r, now);
}

/* Outside answers again: give our own connection as long to come back before the gateway is blamed.
 */
static mono_t outside_counts_at(const struct node *n, const struct reach *r)
{
	return r->returned ? mono_after(r->since, n->o->line_hold_ms) : r->since;
}

static void know_outside(const struct node *n, struct facts *f, mono_t now)
{
	unsigned silent = 0;

	if (!n->wayout.doubt)
		return; /* not asked lately */
	for (unsigned i = 0; i < n->o->outside_n; i++) {
		const struct reach *r = &n->outside[i];

		if (r->state == REACH_ANSWERS && mono_reached(now, outside_counts_at(n, r)))
			f->outside_answers = true;
		else
			silent += r->state != REACH_UNKNOWN;
	}
	f->large_lost = f->outside_answers && n->large.state == REACH_SILENT;
	f->outside_known = f->outside_answers || (silent > 0 && silent == n->o->outside_n);
}

static void know_cameras(const struct node *n, struct facts *f, mono_t now)
{
	f->cams_n = (uint8_t)n->o->cameras_n;
	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		enum eye e = n->eye[i].eye;

		/* One that starts after a power cut may be silent for a while. */
		if (eye_sees(e) || !excused(n, &n->camera[i], now))
			f->eyes = eyes_with(f->eyes, i, e);
	}
}

static mono_t away_at(const struct node *n)
{
	if (n->gate_away_since.ms == MONO_NEVER.ms)
		return MONO_NEVER;
	return mono_after(n->gate_away_since, n->o->line_hold_ms);
}

/* What needs no judgement. */
static uint32_t more_facts(const struct node *n)
{
	const struct supply *s = &n->supply;
	uint32_t more = 0;

	if (s->ups_known)
		more |= FACT_UPS_KNOWN | (s->on_battery ? FACT_ON_BATTERY : 0u) |
			(s->battery_low ? FACT_BATTERY_LOW : 0u);
	more |= s->under_voltage ? FACT_UNDER_VOLTAGE : 0u;
	more |= n->button.away ? FACT_AWAY : 0u;
	more |= n->button.call ? FACT_CALL : 0u;
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		more |= n->eye[i].clock_wrong ? FACT_CAMERA_CLOCK : 0u;
	more |= bytes_factor(&n->bytes) > 1 ? FACT_SLOWED : 0u;
	more |= n->records_lost ? FACT_RECORDS_LOST : 0u;
	return more;
}

struct facts state_facts(const struct node *n, mono_t now)
{
	bool router = n->o->router_set;
	struct facts f = {
		.mains_known = n->o->mains_fitted && n->mains.known,
		.mains_on = n->mains.on,
		.waking = n->mains_back.ms != MONO_NEVER.ms &&
			  mono_since(now, n->mains_back) < NODE_WAKE_MS,
		.link_up = !n->wayout.down && n->wayout.was_up,
		.carrier_known = n->carrier_known,
		.carrier = n->carrier,
		.stranger = n->stranger,
		.dial_failed = n->dial_failed,
		.gateway_listens = n->gate_known && n->gate_up,
		.gateway_away = mono_reached(now, away_at(n)),
		.no_ping_right = n->no_ping_right,
		.router_known = router && decided(n, &n->router, now),
		.router_answers = router && n->router.state == REACH_ANSWERS,
	};

	/* Before the first connection, and while the router may be starting, nothing is said of the
	 * line. */
	f.link_known =
		n->wayout.was_up || (n->wayout.down && !(router && excused(n, &n->router, now)));
	know_outside(n, &f, now);
	know_cameras(n, &f, now);
	f.more = more_facts(n);
	return f;
}

/* ---- the light ---- */

/* The moment from which a camera that does not see is worth the family's look; MONO_NEVER when all
 * do. */
static mono_t camera_lamp_at(const struct node *n)
{
	mono_t first = MONO_NEVER;

	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		const struct camera *c = &n->eye[i];

		if (c->eye != EYE_UNKNOWN && !eye_sees(c->eye))
			first = mono_first(first, mono_after(c->since, NODE_CAMERA_LAMP_MS));
	}
	return first;
}

/* The moment from which the broker was last heard too long ago. */
static mono_t unheard_at(const struct node *n)
{
	int64_t beats = 2 * n->pace.every_ms;

	if (n->wayout.heard.ms == MONO_NEVER.ms)
		return n->started;
	return mono_after(n->wayout.heard, beats > NODE_HEARD_MS ? beats : NODE_HEARD_MS);
}

/* Something that the family can reach by hand, and should look at. */
static bool for_the_family(const struct node *n, mono_t now)
{
	switch (n->verdict.cause) {
	case CAUSE_LINK:
		return true;
	case CAUSE_ROUTER:
		return n->verdict.sure == SURE_CONFIRMED;
	case CAUSE_CAMERA:
		return mono_reached(now, camera_lamp_at(n));
	case CAUSE_NONE:
	case CAUSE_POWER:
	case CAUSE_PROVIDER:
	case CAUSE_GATEWAY:
	case CAUSE_LINE:
	case CAUSE_NAMES:
	case CAUSE_PORTAL:
	case CAUSE_MTU:
	case CAUSE_DEVICE:
	case CAUSE_OPEN:
	case CAUSES:
		break;
	}
	return false;
}

/* A camera's trouble that is younger than the family's look is no trouble yet. */
static bool well(const struct node *n)
{
	return n->verdict.cause == CAUSE_NONE || n->verdict.cause == CAUSE_CAMERA;
}

/* A fresh device that the broker does not know shows itself to the technician, for minutes. */
static mono_t find_until(const struct node *n)
{
	mono_t fresh = n->refused ? mono_after(n->started, NODE_FIND_MS) : n->started;

	return fresh.ms > n->finding.ms ? fresh : n->finding;
}

enum lamp state_lamp(const struct node *n, mono_t now)
{
	bool quiet = n->taken || n->button.away;

	if (mono_since(now, n->started) < NODE_LAMP_TEST_MS)
		return LAMP_TEST;
	if (!mono_reached(now, find_until(n)))
		return LAMP_DOUBLE;
	if (for_the_family(n, now))
		return quiet ? LAMP_SLOW : LAMP_FAST;
	if (!well(n) || n->supply.on_battery || n->button.call || n->button.away ||
	    mono_reached(now, unheard_at(n)))
		return LAMP_SLOW;
	return LAMP_STEADY;
}

/* ---- when that changes ---- */

mono_t state_change_due(const struct node *n)
{
	const mono_t at[] = {
		mono_after(n->started, NODE_LAMP_TEST_MS),
		mono_after(woke(n), NODE_WAKE_MS),
		wayout_due(&n->wayout),
		away_at(n),
		camera_lamp_at(n),
		unheard_at(n),
		find_until(n),
	};
	mono_t due = MONO_NEVER;

	for (size_t i = 0; i < COUNT(at); i++)
		if (at[i].ms > n->stepped.ms)
			due = mono_first(due, at[i]);
	for (unsigned i = 0; i < n->o->outside_n; i++) {
		mono_t counts = outside_counts_at(n, &n->outside[i]);

		if (n->wayout.doubt && counts.ms > n->stepped.ms)
			due = mono_first(due, counts);
	}
	return due;
}
