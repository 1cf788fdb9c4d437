/* SPDX-License-Identifier: Apache-2.0 */
/* machine: a Pi in the world: power, clock, disk and program. */
#include "tests/sim/machine.h"

#include "tests/sim/house.h"
#include "tests/sim/office.h"

#include <inttypes.h>

enum { ROUTER_US = 800, CAMERA_US = 2000, OUTSIDE_US = 15000, TEMPERATURE = 47 };

void machine_init(struct world *w, struct machine *m, struct house *h, bool clone)
{
	(void)w;
	m->house = h;
	m->clone = clone;
	m->due_queued = INT64_MAX;
	m->stuck_since = -1;
	disk_mem_init(&m->disk);
	disk_mem_init(&m->floor_disk);
}

void machine_free(struct machine *m)
{
	letters_clear(&m->stuck);
	disk_mem_free(&m->disk);
	disk_mem_free(&m->floor_disk);
}

static const char *name(const struct machine *m)
{
	return m->house->p->code;
}

mono_t machine_mono(const struct world *w, const struct machine *m)
{
	return (mono_t){ w->now - m->booted_at };
}

static wall_t shown(const struct world *w, const struct machine *m)
{
	return (wall_t){ WORLD_BEGINS + w->now + m->wall_off };
}

/* ---- boot and program ---- */

static void set_clock(struct world *w, struct machine *m)
{
	int64_t wall = WALL_1970;

	if (m->house->clock == CLOCKS_FLOOR && m->last_wall > 0)
		wall = m->last_wall;
	else if (m->house->clock == CLOCKS_WRONG)
		wall = m->house->wrong_wall;
	m->wall_off = wall - WORLD_BEGINS - w->now;
	m->quality = wall > WALL_1970 ? CLOCK_FLOOR : CLOCK_NEVER;
}

/* The world begins with machines that have been on for a while. */
static void boot(struct world *w, struct machine *m)
{
	bool first = w->now == 0;

	m->booted = true;
	m->boot = world_draw(w, UINT64_MAX) | 1;
	m->life = ++w->serial;
	set_clock(w, m);
	m->booted_at = w->now - (first ? w->s->boots_ms : 0);
	world_in(w, first ? (int64_t)world_draw(w, 2000) : w->s->boots_ms, HAPPENS_NODE_STARTS, m,
		 m->life);
	world_in(w, w->s->boots_ms + NTP_MS, HAPPENS_NTP, m, m->boot);
}

void machine_power(struct world *w, struct machine *m, bool on)
{
	if (m->powered == on)
		return;
	m->powered = on;
	if (on) {
		boot(w, m);
		return;
	}
	m->last_wall = shown(w, m).ms;
	machine_end(w, m, ENDS_DEAD);
	m->booted = false;
	if (w->now - m->written_at >= WRITEBACK_MS)
		m->disk.synced = m->disk.len;
	disk_mem_power_cut(&m->disk, w->serial);
	disk_mem_power_cut(&m->floor_disk, w->serial);
	machine_excuse(w, m, false);
}

void machine_end(struct world *w, struct machine *m, enum ending how)
{
	m->life = ++w->serial; /* a start that is on its way is called off too */
	if (!m->running)
		return;
	m->running = false;
	if (how == ENDS_BYE) {
		spool_flush(&m->spool);
		floor_keep(&m->floor, true, machine_mono(w, m));
	}
	m->thinned += m->spool.count.thinned;
	m->dropped += m->spool.count.dropped;
	if (how != ENDS_DEAD && m->stage == STAGE_UP && machine_reaches(w, m))
		world_in(w, RTT_MS / 2, how == ENDS_BYE ? HAPPENS_GOODBYE : HAPPENS_HUNG_UP,
			 m->house, m->conn);
	world_say(w, "%s%s: program ends", name(m), m->clone ? "'" : "");
	machine_hang_up(w, m);
}

void machine_start(struct world *w, struct machine *m)
{
	mono_t now = machine_mono(w, m);

	if (m->running || !m->powered || !m->booted)
		return;
	m->running = true;
	m->life = ++w->serial;
	spool_open(&m->spool, &m->disk.disk, (uint64_t)w->s->spool_kib * 1024, m->boot, now);
	floor_open(&m->floor, &m->floor_disk.disk, now);
	m->noted_seq = m->spool.next_seq;
	m->noted_jumps = 0;
	node_init(&m->node, &m->house->options, &m->spool, m->boot, world_draw(w, UINT64_MAX), now);
	if (spool_lost(&m->spool) || (spool_fresh(&m->spool) && m->floor.kept.ms > 0))
		node_records_lost(&m->node);
	node_mains(&m->node, m->house->mains || m->clone, now);
	node_temp(&m->node, TEMPERATURE);
	m->named = false;
	machine_feel(w, m);
	backoff_init(&m->backoff, RETRY_MIN_MS, RETRY_MAX_MS, 1, world_draw(w, UINT64_MAX));
	world_say(w,
		  "%s%s: program starts in boot %" PRIx64 ", %" PRIu64
		  " records held, next is %" PRIu64,
		  name(m), m->clone ? "'" : "", m->boot, spool_held(&m->spool), m->spool.next_seq);
	machine_dial_in(w, m, 0);
	machine_turn(w, m);
}

void machine_reboot(struct world *w, struct machine *m)
{
	if (!m->powered)
		return;
	m->last_wall = shown(w, m).ms;
	boot(w, m);
}

/* ---- deciding ---- */

static void unanswered(struct world *w, struct machine *m, enum node_target kind, unsigned which)
{
	world_in(w, w->s->probe_timeout_ms, HAPPENS_UNANSWERED, m,
		 m->life << 16 | (uint64_t)kind << 8 | which);
}

/* Those that answer do so at once. */
static bool probe(struct world *w, struct machine *m, enum node_target kind, unsigned which,
		  bool answers, int32_t rtt_us)
{
	if (!(m->acts.probes & node_probe_bit(kind, which)))
		return false;
	if (m->house->no_ping_right && !m->clone) {
		node_pinged(&m->node, kind, which, -2, machine_mono(w, m));
		return true;
	}
	if (!answers) {
		unanswered(w, m, kind, which);
		return false;
	}
	node_pinged(&m->node, kind, which, rtt_us, machine_mono(w, m));
	return true;
}

static bool probes(struct world *w, struct machine *m)
{
	const struct house *h = m->house;
	bool wired = machine_wired(m), any;

	if (m->acts.probes == 0)
		return false;
	any = probe(w, m, NODE_ROUTER, 0,
		    m->clone || (wired && house_router(w, h) && !house_odd(h, ODD_MUTE, 0)),
		    ROUTER_US);
	for (unsigned i = 0; i < h->options.outside_n; i++) {
		bool out = machine_gets_out(w, m) && !house_odd(h, ODD_SHUT, 0) &&
			   !house_odd(h, ODD_OUTSIDE, i);

		any |= probe(w, m, NODE_OUTSIDE, i, out, OUTSIDE_US);
		any |= probe(w, m, NODE_LARGE, i,
			     out && !house_odd(h, ODD_MTU, 0) && !house_odd(h, ODD_BIRTHS, 0),
			     OUTSIDE_US);
	}
	for (unsigned i = 0; i < h->options.cameras_n; i++)
		any |= probe(w, m, NODE_CAMERA, i,
			     m->clone || (wired && house_camera(w, h, i) &&
					  !house_odd(h, ODD_CAM_MUTE, i)),
			     CAMERA_US);
	return any;
}

static void due(struct world *w, struct machine *m)
{
	mono_t at = node_due(&m->node);
	int64_t t = at.ms == MONO_NEVER.ms ? INT64_MAX : at.ms + m->booted_at;

	if (t < w->now)
		t = w->now;
	if (t >= m->due_queued)
		return;
	m->due_queued = t;
	queue_put(&w->queue, t, HAPPENS_NODE_DUE, m, 0);
}

static bool restless(struct world *w, struct machine *m)
{
	if (m->instant != w->now) {
		m->instant = w->now;
		m->turns = 0;
	}
	if (++m->turns < TURNS_MOST)
		return false;
	world_fault(w, "%s: the node never rests", name(m));
	machine_end(w, m, ENDS_DEAD);
	return true;
}

void machine_turn(struct world *w, struct machine *m)
{
	bool again = m->running;
	wall_t wall = shown(w, m);
	enum clock_quality quality = CLOCK_NEVER;

	if (m->running)
		quality = floor_look(&m->floor, &wall, m->quality, machine_mono(w, m));
	while (again && !restless(w, m)) {
		node_step(&m->node, machine_mono(w, m), wall, quality, &m->acts);
		if (m->acts.verdict_changed)
			world_say(w, "%s%s: thinks %s %s, cameras %x", name(m), m->clone ? "'" : "",
				  sure_str(m->acts.verdict.sure), cause_str(m->acts.verdict.cause),
				  m->acts.verdict.eyes);
		if (w->watcher && !m->clone)
			w->watcher(w->watching, m->house, &m->acts.verdict);
		machine_note(w, m);
		machine_send(w, m);
		if (m->acts.gasp && m->house->p->gasps && house_line(w, m->house) && !w->office.cut)
			office_gasp(w, name(m), &m->acts.word);
		if (m->running && m->acts.dial && m->stage == STAGE_WAITING)
			machine_dial_in(w, m, (int64_t)world_draw(w, DIAL_NOW_MS));
		machine_looks(w, m);
		again = probes(w, m);
	}
	if (m->disk.writes != m->writes)
		m->written_at = w->now;
	m->writes = m->disk.writes;
	if (!m->running)
		return;
	floor_keep(&m->floor, false, machine_mono(w, m));
	due(w, m);
}

void machine_mains(struct world *w, struct machine *m, bool on)
{
	if (!m->running)
		return;
	node_mains(&m->node, on, machine_mono(w, m));
	machine_turn(w, m);
}

static void node_is_due(struct world *w, struct machine *m)
{
	mono_t at;

	m->due_queued = INT64_MAX;
	if (!m->running)
		return;
	at = node_due(&m->node);
	if (mono_reached(machine_mono(w, m), at))
		machine_turn(w, m);
	else
		due(w, m);
}

void machine_event(struct world *w, struct machine *m, const struct event *e)
{
	switch (e->kind) {
	case HAPPENS_NODE_DUE:
		if (e->at == m->due_queued)
			node_is_due(w, m);
		return;
	case HAPPENS_NODE_STARTS:
		if (e->tag == m->life)
			machine_start(w, m);
		return;
	case HAPPENS_UNANSWERED:
		if (e->tag >> 16 != m->life || !m->running)
			return;
		node_pinged(&m->node, (enum node_target)(e->tag >> 8 & 0xff),
			    (unsigned)(e->tag & 0xff), -1, machine_mono(w, m));
		machine_turn(w, m);
		return;
	case HAPPENS_LOOKED:
	case HAPPENS_HEART:
		machine_senses_event(w, m, e);
		return;
	case HAPPENS_NTP:
		if (e->tag != m->boot || !m->booted || !m->house->ntp || !machine_gets_out(w, m))
			return;
		m->wall_off = 0;
		m->quality = CLOCK_NTP;
		return;
	default:
		return;
	}
}
