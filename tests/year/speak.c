/* SPDX-License-Identifier: Apache-2.0 */
/* speak: what the node of a site says, in the messages of mesh/wire.h; made up, but for the codec.
 */
#include "tests/year/world.h"

#include <string.h>

enum {
	SETTLED_MS = 2000,
	WILL_LEAST = 20000,
	WILL_MOST = 90000,
	LATE_LEAST = 1000,
	LATE_MOST = 20000,
	RETRY_MS = 20000 /* an ack that names less than was sent: go back */
};

static wall_t clock_of(const struct world *w, const struct site *s)
{
	if (s->quality == CLOCK_NEVER)
		return (wall_t){ w->now - s->booted };
	return (wall_t){ world_wall(w).ms - s->clock_late_ms };
}

/* Something is under way that nobody acknowledges. */
static void stuck(struct world *w, struct site *s)
{
	if (!s->connected || s->stuck_since != 0)
		return;
	s->stuck_since = w->now;
	if (s->will && chance_hit(&w->luck, w->plan->share[SHARE_WILL]))
		speak_will_later(w, s, false, chance_between(&w->luck, WILL_LEAST, WILL_MOST));
}

/* False: it does not arrive, and whoever sends it finds out later. */
static bool can_send(struct world *w, struct site *s)
{
	if (!s->running || !s->connected)
		return false;
	if (!s->path)
		stuck(w, s);
	return s->path;
}

/* ---- the verdict ---- */

static enum cause way_out(const struct site *s)
{
	if (s->path) /* it dials, and does not know better yet */
		return s->verdict.cause;
	if (site_line(s))
		return CAUSE_GATEWAY;
	return s->bad_line > 0 && s->bad_router == 0 ? CAUSE_PROVIDER : CAUSE_ROUTER;
}

static struct verdict judge(const struct world *w, const struct site *s)
{
	struct verdict v = { .sure = SURE_CONFIRMED,
			     .facts = FACT_MAINS_KNOWN,
			     .cams_n = s->cams_n };

	for (unsigned i = 0; i < s->cams_n && s->looked; i++)
		v.eyes = eyes_with(v.eyes, i, s->says_blind && i == 0 ? EYE_SILENT : EYE_OK);
	if (s->says_power) {
		v.cause = CAUSE_POWER;
		return v;
	}
	v.facts |= FACT_MAINS_ON;
	if (!(s->path && s->connected) && w->now - s->path_since >= BROKEN_MS)
		v.cause = way_out(s);
	else if (s->path && s->connected && !w->gate.linked)
		v.cause = CAUSE_GATEWAY;
	else if (s->looked && s->says_blind)
		v.cause = CAUSE_CAMERA;
	return v;
}

/* ---- records ---- */

static void keep(struct world *w, struct site *s)
{
	if (s->held == SPOOL)
		memmove(&s->spool[0], &s->spool[1], (--s->held) * sizeof s->spool[0]);
	s->spool[s->held++] = (struct record){ .boot = s->boot,
					       .seq = ++s->seq,
					       .t_ms = w->now - s->booted,
					       .wall = clock_of(w, s),
					       .quality = s->quality,
					       .verdict = s->verdict };
}

static uint64_t oldest_of(const struct site *s, uint64_t boot)
{
	size_t i = 0;

	while (s->spool[i].boot != boot)
		i++;
	return s->spool[i].seq;
}

static void send_record(struct world *w, struct site *s, size_t i)
{
	const struct record *r = &s->spool[i];
	const struct wire_news n = {
		.head = { r->boot, r->seq, r->t_ms, r->wall, r->quality },
		.age_ms = r->boot == s->boot ? w->now - s->booted - r->t_ms : -1,
		.oldest = oldest_of(s, r->boot),
		.more = (uint16_t)(s->held - 1 - i),
		.verdict = r->verdict,
	};
	uint8_t buf[WIRE_MAX];

	gate_hear(w, s->topic, buf, wire_news_encode(buf, &n));
}

void speak_flush(struct world *w, struct site *s)
{
	if (s->held == 0 || !can_send(w, s))
		return;
	for (size_t i = 0; i < s->held; i++)
		send_record(w, s, i);
}

void speak_acknowledged(struct world *w, struct site *s, uint64_t boot, uint64_t seq)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->held; i++)
		if (s->spool[i].boot != boot || s->spool[i].seq > seq)
			s->spool[kept++] = s->spool[i];
	s->held = kept;
	if (kept == 0 || s->flushing)
		return;
	s->flushing = true;
	world_in(w, RETRY_MS, HAPPENS_FLUSH, s, 0);
}

static void gasp(struct world *w, struct site *s)
{
	const struct record *r = &s->spool[s->held - 1];

	gate_gasp(w, s,
		  &(struct gasp){ .boot = r->boot,
				  .seq = r->seq,
				  .t_ms = r->t_ms,
				  .behind = (uint16_t)(r->seq - oldest_of(s, r->boot)),
				  .verdict = r->verdict });
}

void speak_notice(struct world *w, struct site *s)
{
	const struct verdict was = s->verdict;
	bool eyes;

	if (!s->running)
		return;
	if ((s->no_mains > 0) != s->says_power && w->now - s->mains_since >= SETTLED_MS)
		s->says_power = s->no_mains > 0;
	s->verdict = judge(w, s);
	eyes = s->verdict.eyes != was.eyes && s->verdict.cause != CAUSE_POWER;
	if (s->verdict.cause == was.cause && !eyes)
		return;
	keep(w, s);
	if (can_send(w, s))
		speak_flush(w, s);
	else if (s->verdict.cause == CAUSE_POWER && w->now - s->mains_since < 2 * SETTLED_MS &&
		 chance_hit(&w->luck, w->plan->share[SHARE_GASP]))
		gasp(w, s);
}

/* ---- messages ---- */

void speak_beat(struct world *w, struct site *s)
{
	const struct wire_beat b = {
		.t_s = (uint16_t)((w->now - s->booted) / 1000),
		.waiting = (uint8_t)s->held,
		.sample = { .mains_known = true,
			    .mains_on = s->no_mains == 0,
			    .router_known = true,
			    .router_answers = true,
			    .cams_up = eyes_up(s->verdict.eyes),
			    .router_rtt = 40,
			    .out_rtt = 120,
			    .temp_c = 50 },
	};
	uint8_t buf[WIRE_MAX];

	if (!can_send(w, s))
		return;
	gate_hear(w, s->topic, buf, wire_beat_encode(buf, &b));
}

void speak_birth(struct world *w, struct site *s)
{
	const struct wire_birth b = {
		.boot = s->boot,
		.conn = s->conn,
		.t_ms = w->now - s->booted,
		.wall = clock_of(w, s),
		.quality = s->quality,
		.pace_s = (uint16_t)w->plan->pace_s,
		.cams_n = s->cams_n,
		.waiting = (uint32_t)s->held,
		.verdict = s->verdict,
		.text = "{}",
		.text_len = 2,
	};
	uint8_t buf[WIRE_MAX];

	if (!can_send(w, s))
		return;
	gate_hear(w, s->topic, buf, wire_birth_encode(buf, &b));
	speak_flush(w, s);
	speak_notice(w, s);
}

static void send_will(struct world *w, const struct site *s, uint64_t boot, uint32_t conn)
{
	const struct wire_will m = { .boot = boot, .conn = conn };
	uint8_t buf[WIRE_MAX];

	gate_hear(w, s->topic, buf, wire_will_encode(buf, &m));
}

void speak_will_later(struct world *w, struct site *s, bool late, int64_t ms)
{
	struct will *will = malloc(sizeof *will);

	if (!will)
		abort();
	*will = (struct will){ s, late, s->stuck_since, s->will_boot, s->will_conn };
	world_in(w, ms, HAPPENS_WILL, will, 0);
}

void speak_connect(struct world *w, struct site *s)
{
	/* The broker ends the connection that it still holds, unless it takes its time. */
	if (s->will && chance_hit(&w->luck, w->plan->share[SHARE_LATE_WILL]))
		speak_will_later(w, s, true, chance_between(&w->luck, LATE_LEAST, LATE_MOST));
	else if (s->will)
		send_will(w, s, s->will_boot, s->will_conn);
	s->connected = s->will = true;
	s->stuck_since = 0;
	s->will_boot = s->boot;
	s->will_conn = ++s->conn;
	truth_installed(&w->truth, s->i, w->now);
	speak_birth(w, s);
}

void speak_will(struct world *w, struct will *will)
{
	struct site *s = will->site;
	bool same = s->will && s->will_boot == will->boot && s->will_conn == will->conn;
	bool lives = s->connected && s->stuck_since != will->stuck_since;

	if (will->late || (same && !lives)) {
		send_will(w, s, will->boot, will->conn);
		s->will &= !same;
	}
	free(will);
}
