/* SPDX-License-Identifier: Apache-2.0 */
/* faults: what breaks, when, and for how long. */
#include "tests/year/world.h"

enum {
	FLAP_OUT = 90000, /* medians of a loose plug: out for so long, */
	FLAP_IN = 240000, /* in for so long */
	NOTICE_DAYS = 1,  /* a planned cut is announced so long before */
	NOTICE_SLACK = 10 * MINUTE,
	OVERRUN_MS = 45 * MINUTE /* median of what a cut lasts longer than was announced */
};

/* Whatever may break, and how it does. */
struct source {
	enum fault kind;
	uint32_t subject;
};

struct spell {
	struct source of;
	int64_t lasts, ends;
	bool out;
};

static uint32_t subjects(const struct world *w, enum of_each s)
{
	const uint32_t n[OF_EACH] = {
		[PER_POINT] = w->plan->points,
		[PER_HAMLET] = w->plan->hamlets,
		[PER_TRANSFORMER] = w->plan->transformers,
		[PER_PROVIDER] = w->plan->providers,
		[PER_COMMUNE] = 1,
	};

	return n[s];
}

static void next_fault(struct world *w, struct source *s)
{
	world_in(w, chance_wait(&w->chance, 365.0 * DAY / w->plan->rate[s->kind].a_year),
		 HAPPENS_FAULT, s, 0);
}

void faults_plan(struct world *w)
{
	struct source *s;
	size_t n = 0;

	for (unsigned k = 0; k < FAULTS; k++)
		n += subjects(w, fault_kinds[k].of);
	s = w->sources = calloc(n, sizeof *s);
	if (!s)
		abort();
	for (unsigned k = 0; k < FAULTS; k++)
		for (uint32_t i = 0; i < subjects(w, fault_kinds[k].of); i++, s++) {
			*s = (struct source){ (enum fault)k, i };
			if (w->plan->rate[k].a_year > 0)
				next_fault(w, s);
		}
}

void faults_free(struct world *w)
{
	free(w->sources);
}

/* ---- what it does ---- */

static void hit(struct world *w, struct site *s, enum fault kind, bool on)
{
	const unsigned by = on ? 1u : 0u - 1u;

	switch (kind) {
	case FAULT_TRANSFORMER:
	case FAULT_HAMLET:
	case FAULT_PLANNED:
	case FAULT_HOUSE:
	case FAULT_UNPLUG:
		site_mains(w, s, !on, kind);
		return;
	case FAULT_PROVIDER:
	case FAULT_LINE:
	case FAULT_BLIP:
		s->bad_line += by;
		s->why_line = on ? kind : s->why_line;
		site_changed(w, s);
		return;
	case FAULT_ROUTER:
	case FAULT_FLAP:
		s->bad_router += by;
		s->why_line = on ? kind : s->why_line;
		site_changed(w, s);
		return;
	case FAULT_CRASH:
	case FAULT_REBOOT:
	case FAULT_DEATH:
		site_node(w, s, !on, kind);
		return;
	case FAULT_CAMERA:
	case FAULT_CAMERA_BLIP:
		s->bad_camera += by;
		s->why_camera = on ? kind : s->why_camera;
		site_camera(w, s);
		return;
	case FAULT_RELAY:
	case FAULT_BROKER:
	case FAULT_RESTART:
	case FAULT_GATEWAY_CRASH:
	case FAULT_OWN_LINE:
	case FAULT_OWN_POWER:
	case FAULTS:
		return;
	}
}

static bool concerns(const struct site *s, const struct source *of)
{
	switch (fault_kinds[of->kind].of) {
	case PER_POINT:
		return s->i == of->subject;
	case PER_HAMLET:
		return s->hamlet == of->subject;
	case PER_TRANSFORMER:
		return s->transformer == of->subject;
	case PER_PROVIDER:
		return s->provider == of->subject;
	case PER_COMMUNE:
	case OF_EACH:
		break;
	}
	return false;
}

static void office(struct world *w, enum fault kind, bool on)
{
	if (kind == FAULT_OWN_LINE)
		gate_line(w, !on);
	if (kind == FAULT_OWN_POWER && on)
		w->gate.on_battery = chance_hit(&w->chance, w->plan->share[SHARE_OFFICE_BATTERY]);
	if (kind == FAULT_OWN_POWER && w->gate.on_battery) {
		gate_battery(w, on);
		return;
	}
	if (kind == FAULT_BROKER || kind == FAULT_OWN_POWER)
		gate_broker(w, !on);
	if (kind != FAULT_OWN_LINE && kind != FAULT_BROKER) {
		if (on)
			gate_end(w, kind == FAULT_RESTART);
		else
			gate_start(w);
	}
}

static void strike(struct world *w, const struct spell *s, bool on)
{
	if (fault_kinds[s->of.kind].of == PER_COMMUNE)
		office(w, s->of.kind, on);
	for (uint32_t i = 0; i < w->plan->points; i++)
		if (concerns(&w->site[i], &s->of))
			hit(w, &w->site[i], s->of.kind, on);
}

/* ---- when ---- */

static int64_t lasts(struct world *w, enum fault kind)
{
	const struct rate *r = &w->plan->rate[kind];
	int64_t ms = chance_lasts(&w->chance, r->median_ms, r->spread);

	if (ms < r->least_ms)
		return r->least_ms;
	return ms > r->most_ms ? r->most_ms : ms;
}

/* How long until it begins; a household unplugs in the evening, a cut is planned for the day. */
static int64_t begins_in(struct world *w, enum fault kind)
{
	int64_t today = w->now % DAY, at;

	if (kind == FAULT_UNPLUG)
		at = chance_between(&w->chance, 20 * HOUR, 24 * HOUR);
	else if (kind == FAULT_PLANNED)
		at = NOTICE_DAYS * DAY + chance_between(&w->chance, 6 * HOUR, 9 * HOUR);
	else
		return 0;
	return at > today ? at - today : at - today + DAY;
}

/* There is one gateway, and one thing at a time is the matter with it. */
static bool busy(const struct world *w, enum fault kind)
{
	const struct gate *g = &w->gate;

	return fault_kinds[kind].of == PER_COMMUNE &&
	       (!g->commune || !g->broker || !g->line || g->on_battery);
}

static void break_something(struct world *w, struct source *of)
{
	struct spell *s;
	int64_t in;

	next_fault(w, of);
	if (busy(w, of->kind) || (of->kind == FAULT_FLAP && w->site[of->subject].flapping))
		return;
	s = calloc(1, sizeof *s);
	if (!s)
		abort();
	*s = (struct spell){ .of = *of, .lasts = lasts(w, of->kind) };
	in = begins_in(w, of->kind);
	if (of->kind == FAULT_PLANNED) {
		gate_planned(w, of->subject, w->now + in - NOTICE_SLACK,
			     w->now + in + s->lasts + NOTICE_SLACK);
		if (chance_hit(&w->chance, w->plan->share[SHARE_OVERRUN]))
			s->lasts += chance_lasts(&w->chance, OVERRUN_MS, 0.6);
	}
	world_in(w, in, HAPPENS_BEGIN, s, 0);
}

static void flap(struct world *w, struct spell *s)
{
	struct site *site = &w->site[s->of.subject];

	if (s->out || w->now < s->ends) {
		s->out = !s->out;
		hit(w, site, FAULT_FLAP, s->out);
	}
	if (!s->out && w->now >= s->ends) {
		site->flapping = false;
		truth_is(&w->truth, site->i, TRACK_FLAP, FAULTS, w->now);
		free(s);
		return;
	}
	world_in(w, 5000 + chance_lasts(&w->chance, s->out ? FLAP_OUT : FLAP_IN, 0.9), HAPPENS_FLAP,
		 s, 0);
}

static void begin(struct world *w, struct spell *s)
{
	s->ends = w->now + s->lasts;
	if (s->of.kind == FAULT_FLAP) {
		w->site[s->of.subject].flapping = true;
		truth_is(&w->truth, s->of.subject, TRACK_FLAP, FAULT_FLAP, w->now);
		flap(w, s);
		return;
	}
	strike(w, s, true);
	world_in(w, s->lasts, HAPPENS_END, s, 0);
}

void faults_happen(struct world *w, enum happens what, void *who)
{
	if (what == HAPPENS_FAULT)
		break_something(w, who);
	if (what == HAPPENS_BEGIN)
		begin(w, who);
	if (what == HAPPENS_FLAP)
		flap(w, who);
	if (what == HAPPENS_END) {
		strike(w, who, false);
		free(who);
	}
}
