/* SPDX-License-Identifier: Apache-2.0 */
/* state: what the node believes now, and what it wants done: one machine made of the small ones. */
#include "node/state.h"
#include "node/holdup.h"
#include "node/state_know.h"
#include "node/state_parts.h"

#include <string.h>

static const int64_t U48_MAX = 0xffffffffffff;

/* ---- beginning ---- */

/* Jitter of unlike things should not march together. */
static uint64_t stir(uint64_t seed, uint64_t salt)
{
	seed += 0x9e3779b97f4a7c15u * (salt + 1);
	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9u;
	seed = (seed ^ seed >> 27) * 0x94d049bb133111ebu;
	return seed ^ seed >> 31;
}

static void begin_reach(struct node *n, struct reach *r, uint64_t seed, mono_t now)
{
	const struct node_options *o = n->o;
	int64_t quick = o->probe_ms / 4, least = o->probe_timeout_ms + 100;

	reach_init(r, o->probe_ms, quick > least ? quick : least, o->probe_fails, seed, now);
}

void node_init(struct node *n, const struct node_options *options, struct spool *spool,
	       uint64_t boot, uint64_t seed, mono_t now)
{
	memset(n, 0, sizeof *n);
	n->o = options;
	n->spool = spool;
	n->boot = boot;
	n->conn = (uint32_t)(now.ms / 1000);
	n->started = now;
	n->asked = mono_after(now, -2 * options->probe_ms);
	n->mains_back = n->gate_away_since = MONO_NEVER;
	n->temp_c = INT8_MIN;
	n->finding = now;
	n->afresh = mono_after(now, -options->line_hold_ms);
	n->probed = MONO_NEVER;
	n->report_due = mono_after(now, NODE_REPORT_FIRST_MS +
						(int64_t)(stir(seed, 3) % NODE_REPORT_FIRST_MS));
	heal_init(&n->heal, now);
	bytes_init(&n->bytes, options->month_bytes, options->month_spent, options->month_ms, now);
	n->verdict.cause = CAUSE_OPEN;
	n->verdict.cams_n = (uint8_t)options->cameras_n;
	topic_down_draw(n->down_topic, options->point);
	wayout_init(&n->wayout, options->line_hold_ms, now);
	debounce_init(&n->mains, options->mains_out_ms, options->mains_back_ms);
	begin_reach(n, &n->router, stir(seed, 1), now);
	for (unsigned i = 0; i < NODE_OUTSIDES; i++)
		begin_reach(n, &n->outside[i], stir(seed, 2 + i), now);
	for (unsigned i = 0; i < WIRE_CAMERAS; i++)
		begin_reach(n, &n->camera[i], stir(seed, 16 + i), now);
	for (unsigned i = 0; i < options->cameras_n; i++)
		camera_init(&n->eye[i], &options->camera[i], now);
	begin_reach(n, &n->large, stir(seed, 32), now);
	state_hurry(n, (mono_t){ 0 }, now);
	pace_init(&n->pace, options->beat_ms, stir(seed, 0), now);
	uplink_init(&n->uplink, options->ack_timeout_ms);
	gasping_init(&n->gasping);
}

/* ---- stepping ---- */

void node_step(struct node *n, mono_t now, wall_t wall, enum clock_quality quality,
	       struct node_acts *out)
{
	const struct moment at = {
		.t = { now.ms < 0 ? 0 : now.ms },
		.wall = { wall.ms < 0         ? 0
			  : wall.ms > U48_MAX ? U48_MAX
					      : wall.ms },
		.quality = quality,
	};
	struct facts f;

	out->n_send = out->probes = out->looks = 0;
	out->verdict_changed = false;
	out->dial = n->dial && !n->wayout.up;
	n->dial = false;
	out->spool_error = 0;
	n->birth_made = false;
	n->stepped = now;
	if (n->mains.heard)
		node_mains(n, n->mains.raw, now);
	button_step(&n->button, now);
	state_judge_wayout(n, now);
	state_judge_router(n, now);
	state_judge_cameras(n, now);
	state_keep_pace(n, now);
	state_look(n, now, out);
	f = state_facts(n, now);
	state_heal(n, &f, now);
	state_judge(n, &f, &at, out);
	state_rescue_beat(n, out);
	if (n->wayout.up && n->birth_owed)
		state_make_birth(n, &at, out);
	state_tell_minute(n, &f, &at, out);
	out->gasp = gasping_step(&n->gasping, now, &out->word);
	out->rest = n->resting = mono_reached(now, holdup_ends(&n->mains, n->o->hold_up_ms));
	state_probe(n, now, out);
	out->relay = n->heal.off;
	out->report = state_wants_report(n, now);
	out->lamp = state_lamp(n, now);
}

mono_t node_due(const struct node *n)
{
	mono_t due = state_change_due(n);

	if (n->more)
		return n->stepped;
	due = mono_first(due, debounce_due(&n->mains));
	due = mono_first(due, gasping_due(&n->gasping));
	if (!n->resting)
		due = mono_first(due, holdup_ends(&n->mains, n->o->hold_up_ms));
	due = mono_first(due, pace_due(&n->pace));
	due = mono_first(due, n->probed);
	due = mono_first(due, button_due(&n->button));
	due = mono_first(due, heal_due(&n->heal));
	if (n->paced_ms > 0)
		due = mono_first(due, n->paced_until);
	due = mono_first(due, n->report_due);
	due = mono_first(due, uplink_due(&n->uplink, n->spool));
	if (n->o->router_set)
		due = mono_first(due, reach_due(&n->router));
	for (unsigned i = 0; n->wayout.doubt && i < n->o->outside_n; i++)
		due = mono_first(due, reach_due(&n->outside[i]));
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		due = mono_first(due, mono_first(reach_due(&n->camera[i]), camera_due(&n->eye[i])));
	if (state_large_at(n) < n->o->outside_n)
		due = mono_first(due, state_large_due(n));
	return due;
}

void node_unsent(struct node *n, mono_t now)
{
	n->count.unsent++;
	n->birth_owed |= n->birth_made;
	n->beat_unsent = n->beat_open && n->beat_at.t.ms == n->stepped.ms;
	uplink_unsent(&n->uplink, n->spool, mono_after(now, 1000));
}

/* ---- the will ---- */

uint32_t node_conn_next(const struct node *n)
{
	return n->conn + 1;
}

size_t node_will(const struct node *n, uint8_t buf[static WIRE_MAX])
{
	const struct wire_will w = { .boot = n->boot, .conn = node_conn_next(n) };

	return wire_will_encode(buf, &w);
}
