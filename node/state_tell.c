/* SPDX-License-Identifier: Apache-2.0 */
/* state_tell: what is told: verdicts, births, minutes, records, reports. Part of state. */
#include "node/state_parts.h"

static bool online(const struct node *n)
{
	return n->wayout.up && !n->wayout.doubt && !n->birth_owed &&
	       !(n->gate_known && !n->gate_up);
}

static uint8_t percent(uint32_t part, uint32_t whole)
{
	if (whole == 0)
		return 0;
	return (uint8_t)(((uint64_t)part * 100 + whole / 2) / whole);
}

static struct sample sample_now(struct node *n, const struct facts *f)
{
	uint32_t sent = 0, lost = 0;

	reach_take(&n->router, &sent, &lost);
	for (unsigned i = 0; i < n->o->cameras_n; i++)
		reach_take(&n->camera[i], &sent, &lost);
	return (struct sample){
		.mains_known = f->mains_known,
		.mains_on = f->mains_known && f->mains_on,
		.router_known = f->router_known,
		.router_answers = f->router_known && f->router_answers,
		.cams_up = eyes_up(f->eyes),
		.router_rtt = wire_rtt_pack(f->router_answers ? n->router.rtt_us : -1),
		.out_rtt = wire_rtt_pack(n->wayout.up && n->wayout.rtt_us <= INT32_MAX
						 ? (int32_t)n->wayout.rtt_us
						 : -1),
		.lost = percent(lost, sent),
		.on_battery = n->supply.on_battery,
		.under_voltage = n->supply.under_voltage,
		.temp_c = n->temp_c,
	};
}

static void note(struct node_acts *out, int err)
{
	if (err)
		out->spool_error = err;
}

static bool mains_went(const struct verdict *was, const struct verdict *is)
{
	return was->facts & FACT_MAINS_ON && is->facts & FACT_MAINS_KNOWN &&
	       !(is->facts & FACT_MAINS_ON);
}

void state_judge(struct node *n, const struct facts *f, const struct moment *at,
		 struct node_acts *out)
{
	struct verdict v = verdict_of(f);

	if (verdict_differs(&n->verdict, &v)) {
		note(out, spool_put_news(n->spool, at, &v));
		out->verdict_changed = true;
		n->count.verdicts++;
		if (mains_went(&n->verdict, &v))
			gasping_begin(&n->gasping, n->spool, at->t);
	}
	if (v.cause == CAUSE_NONE)
		n->taken = false; /* the job is done */
	n->verdict = v;
	out->verdict = v;
}

void state_make_birth(struct node *n, const struct moment *at, struct node_acts *out)
{
	uint64_t waiting = spool_held(n->spool);
	const struct wire_birth b = {
		.boot = n->boot,
		.conn = n->conn,
		.t_ms = at->t.ms,
		.wall = at->wall,
		.quality = at->quality,
		.pace_s = (uint16_t)(n->pace.every_ms / 1000),
		.cams_n = (uint8_t)n->o->cameras_n,
		.waiting = waiting > UINT32_MAX ? UINT32_MAX : (uint32_t)waiting,
		.verdict = n->verdict,
		.text = n->o->birth_text,
		.text_len = n->o->birth_text_len,
	};

	out->send[out->n_send].len = wire_birth_encode(out->send[out->n_send].buf, &b);
	out->n_send++;
	n->birth_owed = false;
	n->birth_made = true;
	n->count.births++;
	/* Records follow their birth; a gateway that is away gets them when it is back. */
	if (!n->uplink.open && !(n->gate_known && !n->gate_up))
		uplink_open(&n->uplink, n->spool);
}

static void make_beat(struct node *n, const struct sample *m, const struct moment *at,
		      struct node_acts *out)
{
	uint64_t waiting = spool_held(n->spool);
	const struct wire_beat b = { .t_s = (uint16_t)(at->t.ms / 1000),
				     .waiting = waiting > UINT8_MAX ? UINT8_MAX : (uint8_t)waiting,
				     .sample = *m };

	out->send[out->n_send].len = wire_beat_encode(out->send[out->n_send].buf, &b);
	out->n_send++;
	n->beat_open = true;
	n->beat_unsent = false;
	n->beat_at = *at;
	n->beat = *m;
	n->count.beats++;
}

/* A beat handed to a line that then fell silent is a missed minute, with its own time. So is one
 * that the next beat overtakes. */
void state_rescue_beat(struct node *n, struct node_acts *out)
{
	bool overtaken = n->wayout.unacked && mono_reached(n->stepped, pace_due(&n->pace));

	if (n->beat_open && (n->wayout.doubt || n->beat_unsent || overtaken)) {
		n->beat_open = false;
		note(out, spool_put_sample(n->spool, &n->beat_at, &n->beat));
	}
}

/* One slot of `send` is kept for the beat. */
static void make_records(struct node *n, mono_t now, struct node_acts *out)
{
	size_t len = 1;

	while (len > 0 && out->n_send < NODE_SENDS - 1) {
		len = uplink_step(&n->uplink, n->spool, n->boot, now, out->send[out->n_send].buf);
		out->send[out->n_send].len = len;
		out->n_send += len > 0;
	}
	n->more = len > 0;
}

/*
 * Connected, and the gateway is said to be away. A beat goes out all the same: it shows whether the
 * connection is still one, and if the gateway does listen, it will say so.
 */
static bool deaf(const struct node *n)
{
	return n->wayout.up && !n->wayout.doubt && !n->birth_owed && n->gate_known && !n->gate_up;
}

/* This minute's sample: a beat when the way is free, else kept, and sent after what waits already.
 */
void state_tell_minute(struct node *n, const struct facts *f, const struct moment *at,
		       struct node_acts *out)
{
	struct sample m;
	bool beat;

	if (mono_reached(at->t, n->probed)) {
		n->probed = MONO_NEVER;
		pace_ask(&n->pace, at->t);
	}
	if (!pace_step(&n->pace, at->t)) {
		make_records(n, at->t, out);
		return;
	}
	m = sample_now(n, f);
	beat = online(n) && spool_held_samples(n->spool) == 0;
	if (!beat)
		note(out, spool_put_sample(n->spool, at, &m));
	make_records(n, at->t, out);
	if (beat || deaf(n))
		make_beat(n, &m, at, out);
	if (!beat)
		n->beat_open = false; /* it is in the spool already */
}

/* Once a day, and when asked; only where it can leave now. */
bool state_wants_report(struct node *n, mono_t now)
{
	if (mono_reached(now, n->report_due)) {
		n->report_due = mono_after(now, NODE_REPORT_MS);
		n->report_owed = true;
	}
	if (!n->report_owed || !online(n))
		return false;
	n->report_owed = false;
	n->count.reports++;
	return true;
}
