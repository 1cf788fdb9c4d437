/* SPDX-License-Identifier: Apache-2.0 */
/* state_probe: whom to ask next, what silence is worth, and what is restarted. Part of state. */
#include "node/state_parts.h"

/* What the far kernel acknowledged after it fell silent has gone through it: it ignores pings, or
 * it is back and will soon answer. */
void state_judge_router(struct node *n, mono_t now)
{
	const struct wayout *w = &n->wayout;

	if (n->router.state == REACH_ANSWERS)
		n->router_mute = false;
	if (n->router.state != REACH_SILENT || n->router_mute || !w->up || w->doubt ||
	    w->heard.ms == MONO_NEVER.ms || w->heard.ms <= n->router.since.ms)
		return;
	n->router_mute = true;
	state_ask_afresh(n, now);
}

/* Was anything heard over the house's network since then; or is it known not to work? */
static bool network_judged(const struct node *n, mono_t since)
{
	bool all = n->router.state == REACH_SILENT && !n->router_mute,
	     judged = n->wayout.down || reach_heard(&n->router, since) ||
		      (n->wayout.heard.ms != MONO_NEVER.ms && n->wayout.heard.ms > since.ms);

	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		judged |= reach_heard(&n->camera[i], since);
		all &= n->camera[i].state == REACH_SILENT;
	}
	return judged || all;
}

/* One that falls silent is silent when the network between is not. */
void state_judge_cameras(struct node *n, mono_t now)
{
	for (unsigned i = 0; i < n->o->cameras_n; i++) {
		const struct reach *r = &n->camera[i];

		if (r->state == REACH_ANSWERS ||
		    (r->state == REACH_SILENT && network_judged(n, r->since)))
			camera_pinged(&n->eye[i], r->state, now);
	}
}

void state_judge_wayout(struct node *n, mono_t now)
{
	bool was_down = n->wayout.down, doubt = wayout_step(&n->wayout, now);

	/* The way out is back before the router was heard: so it works, and what hangs on it. */
	if (was_down && !n->wayout.down && n->o->router_set && n->router.state != REACH_ANSWERS)
		state_ask_afresh(n, now);
	if (!doubt)
		return;
	/* What was known of the outside is from another doubt. */
	for (unsigned i = 0; i < n->o->outside_n; i++)
		reach_forget(&n->outside[i], now);
	reach_forget(&n->large, now);
}

/* Whom to ask with a large packet: an outside address that answers small ones; outside_n for none.
 */
unsigned state_large_at(const struct node *n)
{
	unsigned i = 0;

	while (i < n->o->outside_n && n->outside[i].state != REACH_ANSWERS)
		i++;
	return n->wayout.doubt ? i : n->o->outside_n;
}

/* A connection that comes up as it should has no use for large packets: each costs as much as
 * twelve beats. */
mono_t state_large_due(const struct node *n)
{
	mono_t first = mono_after(n->wayout.doubt_since, NODE_LARGE_AFTER_MS),
	       due = reach_due(&n->large);

	return due.ms > first.ms ? due : first;
}

void state_probe(struct node *n, mono_t now, struct node_acts *out)
{
	unsigned large = state_large_at(n);

	if (large < n->o->outside_n && large != n->large_of) {
		n->large_of = large;
		reach_forget(&n->large, now);
	}
	if (n->o->router_set && reach_step(&n->router, now))
		out->probes |= node_probe_bit(NODE_ROUTER, 0);
	for (unsigned i = 0; n->wayout.doubt && i < n->o->outside_n; i++)
		if (reach_step(&n->outside[i], now))
			out->probes |= node_probe_bit(NODE_OUTSIDE, i);
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		if (reach_step(&n->camera[i], now))
			out->probes |= node_probe_bit(NODE_CAMERA, i);
	if (large < n->o->outside_n && mono_reached(now, state_large_due(n)) &&
	    reach_step(&n->large, now))
		out->probes |= node_probe_bit(NODE_LARGE, large);
}

void state_look(struct node *n, mono_t now, struct node_acts *out)
{
	bool mains_out = n->o->mains_fitted && n->mains.known && !n->mains.on;

	for (unsigned i = 0; i < n->o->cameras_n; i++)
		if (camera_step(&n->eye[i], mains_out, now) & CAMERA_LOOK)
			out->looks |= 1u << i;
}

/* A camera that hangs; not one that refuses our password. */
static bool curable(enum eye e)
{
	return e == EYE_SILENT || e == EYE_REFUSING || e == EYE_FROZEN || e == EYE_STOPPED;
}

/* What hangs on the relay does not work, as far as a restart could help. */
static bool needs_healing(const struct node *n)
{
	switch (n->o->heals) {
	case HEALS_NOTHING:
		break;
	case HEALS_ROUTER:
		return n->verdict.cause == CAUSE_ROUTER || n->verdict.cause == CAUSE_PROVIDER ||
		       n->verdict.cause == CAUSE_LINE;
	case HEALS_CAMERA: /* the only one there is */
		return n->verdict.cause == CAUSE_CAMERA && curable(n->eye[0].eye);
	}
	return false;
}

void state_heal(struct node *n, struct facts *f, mono_t now)
{
	bool allowed = f->mains_known && f->mains_on && !n->button.away && !n->supply.on_battery;

	heal_step(&n->heal, needs_healing(n), allowed, now);
	if (n->heal.off)
		f->more |= FACT_HEALING;
}
