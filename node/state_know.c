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

/* Until then silence from before does not count. */
static mono_t afresh_until(const struct node *n)
{
	return mono_after(n->afresh, n->o->line_hold_ms);
}

/* Silent, but perhaps only starting after a power cut; or it could not be heard until now. */
static bool excused(const struct node *n, const struct reach *r, mono_t now)
{
	if (r->state == REACH_ANSWERS)
		return false;
	if (!mono_reached(now, afresh_until(n)))
		return true;
	return now.ms < woke(n).ms + NODE_WAKE_MS &&
	       (r->heard.ms == MONO_NEVER.ms || r->heard.ms < woke(n).ms || r->answered > 0);
}

static bool decided(const struct node *n, const struct reach *r, mono_t now)
{
	return r->state != REACH_UNKNOWN && !excused(n, r, now);
}

/* Large packets pass again: our own connection has as long to come back. */
static mono_t large_counts_until(const struct node *n)
{
	return n->large.returned ? mono_after(n->large.since, n->o->line_hold_ms) : n->started;
}

/* By then it should have been found out. */
static mono_t large_asked_until(const struct node *n)
{
	mono_t small = n->outside[n->large_of].since, large = n->large.since;

	return mono_after(small.ms > large.ms ? small : large, 2 * n->o->line_hold_ms);
}

/* Outside answers again: give our own connection as long to come back before the gateway is blamed.
 */
static mono_t outside_counts_at(const struct node *n, const struct reach *r)
{
	return r->returned ? mono_after(r->since, n->o->line_hold_ms) : r->since;
}

/* The silence of what lies behind the router counts when the router was heard after it began. One
 * that answers again and does not count yet is silent still, if that had been worth anything. */
static bool counts_as_silent(const struct node *n, const struct reach *r, mono_t now)
{
	if (r->state == REACH_ANSWERS)
		return mono_reached(r->since, afresh_until(n));
	return decided(n, r, now) &&
	       (n->router.state != REACH_ANSWERS || reach_heard(&n->router, r->since));
}

/* The outside answers; large packets too? */
static void know_large(const struct node *n, struct facts *f, mono_t now)
{
	const struct reach *small = &n->outside[n->large_of];

	if (!f->outside_answers || small->state != REACH_ANSWERS)
		return; /* the next one is asked */
	f->large_lost =
		(n->large.state == REACH_SILENT && reach_heard(small, n->large.since)) ||
		(n->large.state == REACH_ANSWERS && !mono_reached(now, large_counts_until(n)));
	/* A kernel that knows that they cannot pass sends none. */
	f->large_known = f->large_lost || n->large.state == REACH_ANSWERS ||
			 mono_reached(now, large_asked_until(n));
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
			silent += counts_as_silent(n, r, now);
	}
	know_large(n, f, now);
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

/* Where the last attempt ended. That a port did not answer is its own fault when something else
 * outside was heard since. */
static enum layer dial_failed(const struct node *n)
{
	bool heard = n->dial_failed != LAYER_TCP || n->o->outside_n == 0;

	for (unsigned i = 0; i < n->o->outside_n; i++)
		heard |= reach_heard(&n->outside[i], n->dialled);
	return heard ? n->dial_failed : n->dial_before;
}

/* Neither router nor any camera can be heard, though the router could be before. */
static bool network_silent(const struct node *n, const struct facts *f)
{
	bool silent = f->router_known && !f->router_answers && n->o->cameras_n > 0;

	for (unsigned i = 0; i < n->o->cameras_n; i++)
		silent &= n->camera[i].state == REACH_SILENT;
	return silent;
}

/* A cable that slipped for a moment is none. */
static mono_t no_carrier_at(const struct node *n)
{
	return n->carrier_known && !n->carrier ? mono_after(n->carrier_lost, n->o->line_hold_ms)
					       : MONO_NEVER;
}

/* Without a carrier nothing gets out; where something does, it is another interface's. */
static bool cut_off(const struct node *n, mono_t now)
{
	mono_t heard = n->wayout.heard;

	return mono_reached(now, no_carrier_at(n)) &&
	       (heard.ms == MONO_NEVER.ms || heard.ms <= n->carrier_lost.ms + WAYOUT_STUCK_MS);
}

struct facts state_facts(const struct node *n, mono_t now)
{
	bool router = n->o->router_set;
	struct facts f = {
		.mains_known = n->o->mains_fitted && n->mains.known,
		.mains_on = n->mains.on,
		.waking = n->mains_back.ms != MONO_NEVER.ms &&
			  mono_since(now, n->mains_back) < NODE_WAKE_MS,
		.link_up = !n->wayout.down && n->wayout.was_up && !cut_off(n, now),
		.carrier_known = n->carrier_known,
		.carrier = !mono_reached(now, no_carrier_at(n)),
		.proving = n->wayout.up,
		.stranger = n->stranger,
		.dial_failed = dial_failed(n),
		.gateway_listens = n->gate_known && n->gate_up,
		.gateway_away = mono_reached(now, away_at(n)),
		.no_ping_right = n->no_ping_right,
		.router_known = router && decided(n, &n->router, now),
		.router_answers = router && n->router.state == REACH_ANSWERS,
	};

	/* Of a router that carries without answering, or behind a cable that is out, silence says
	 * nothing. */
	f.router_known &=
		f.router_answers || !(n->router_mute || (n->carrier_known && !n->carrier));
	/* Before the first connection, and while the router may be starting, nothing is said of the
	 * line. */
	f.link_known =
		n->wayout.was_up || (n->wayout.down && !(router && excused(n, &n->router, now)));
	know_outside(n, &f, now);
	know_cameras(n, &f, now);
	f.network_silent = network_silent(n, &f);
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

		/* A password is nothing that the family can look at. */
		if (c->eye != EYE_UNKNOWN && c->eye != EYE_LOCKED && !eye_sees(c->eye))
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
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		if (n->eye[i].eye == EYE_LOCKED)
			return false; /* ours to mend */
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
		afresh_until(n),
		no_carrier_at(n),
		large_counts_until(n),
		large_asked_until(n),
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
