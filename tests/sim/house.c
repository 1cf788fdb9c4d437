/* SPDX-License-Identifier: Apache-2.0 */
/* house: one point: mains, router, line, cameras, and the node that watches them. */
#include "tests/sim/house.h"

#include "tests/sim/broker.h"
#include "tests/sim/machine.h"
#include "tests/sim/office.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
	"{\"version\":\"sim\",\"cameras\":[\"c\xe1\xbb\x95ng\"],\"settings\":\"0\"}";

bool house_router(const struct world *w, const struct house *h)
{
	return h->router_powered && h->router_switch && w->now >= h->router_ready;
}

bool house_odd(const struct house *h, enum odd what, unsigned n)
{
	return h->odd[what] >> n & 1;
}

bool house_alive(const struct world *w, const struct house *h, unsigned camera)
{
	return h->cameras_powered && h->camera_switch[camera] && w->now >= h->camera_ready;
}

/* Cameras hang on the router. */
bool house_camera(const struct world *w, const struct house *h, unsigned camera)
{
	return house_router(w, h) && house_alive(w, h, camera);
}

bool house_line(const struct world *w, const struct house *h)
{
	return h->line && house_router(w, h);
}

void house_check(struct world *w, struct house *h)
{
	bool reached = machine_reaches(w, &h->own);

	if (reached && !h->reached) {
		machine_line_back(w, &h->own);
		broker_line_back(w, h);
		world_in(w, NTP_MS, HAPPENS_NTP, &h->own, h->own.boot);
	}
	h->reached = reached;
}

void house_ready(struct world *w, struct house *h)
{
	house_check(w, h);
}

static void power(struct world *w, struct house *h)
{
	enum ups ups = h->battery_gone ? UPS_NONE : h->p->ups;
	bool router = h->mains || ups >= UPS_HOUSE, cameras = h->mains || ups >= UPS_ALL;

	if (router && !h->router_powered) {
		h->router_ready = w->now + w->s->router_ms;
		world_in(w, w->s->router_ms, HAPPENS_READY, h, 0);
	}
	if (cameras && !h->cameras_powered)
		h->camera_ready = w->now + w->s->camera_ms;
	h->router_powered = router;
	h->cameras_powered = cameras;
	machine_power(w, &h->own, h->mains || ups >= UPS_NODE);
	machine_feel(w, &h->own);
	house_check(w, h);
}

static void mains(struct world *w, struct house *h, bool on)
{
	if (h->mains == on)
		return;
	h->mains = on;
	h->mains_serial++;
	if (on)
		h->battery_gone = false;
	else if (h->p->battery_ms > 0)
		world_in(w, h->p->battery_ms, HAPPENS_BATTERY, h, h->mains_serial);
	world_say(w, "%s: mains %s", h->p->code, on ? "on" : "off");
	machine_mains(w, &h->own, on);
	power(w, h);
}

void house_battery(struct world *w, struct house *h, uint64_t serial)
{
	if (serial != h->mains_serial || h->mains)
		return;
	world_say(w, "%s: battery empty", h->p->code);
	h->battery_gone = true;
	power(w, h);
}

/* ---- beginning ---- */

static void make_options(struct house *h, const struct script *s)
{
	h->options = (struct node_options){
		.point = h->p->code,
		.beat_ms = s->beat_ms,
		.probe_ms = s->probe_ms,
		.probe_timeout_ms = s->probe_timeout_ms,
		.probe_fails = s->probe_fails,
		.mains_out_ms = s->out_ms,
		.mains_back_ms = s->back_ms,
		.line_hold_ms = s->line_hold_ms,
		.ack_timeout_ms = s->ack_timeout_ms,
		.mains_fitted = true,
		.router_set = true,
		.outside_n = 2,
		.cameras_n = h->p->cameras,
		.birth_text = about,
		.birth_text_len = sizeof about - 1,
	};
	for (unsigned i = 0; i < h->p->cameras; i++)
		h->options.camera[i] =
			(struct camera_options){ .stream = h->p->streams >> i & 1,
						 .heartbeat = h->p->hearts >> i & 1 };
}

void house_init(struct world *w, struct house *h, uint32_t index)
{
	h->index = index;
	h->p = &w->s->point[index];
	h->mains = h->line = h->router_switch = h->ntp = h->reached = true;
	h->router_powered = h->cameras_powered = true;
	for (unsigned i = 0; i < WIRE_CAMERAS; i++)
		h->camera_switch[i] = true;
	make_options(h, w->s);
	machine_init(w, &h->own, h, false);
	machine_init(w, &h->copy, h, true);
	if (h->p->hearts)
		world_in(w, HEART_MS, HAPPENS_HEART, &h->own, 0);
	machine_power(w, &h->own, true);
}

void house_free(struct house *h)
{
	machine_free(&h->own);
	machine_free(&h->copy);
	letters_clear(&h->session.stuck);
	free(h->asked.at);
}

/* ---- what the script does to it ---- */

static void clock_set(struct house *h, const struct action *a)
{
	struct machine *m = &h->own;

	h->ntp = a->verb == SET_CLOCK_NTP || a->verb == SET_CLOCK_FLOOR;
	if (a->verb == SET_CLOCK_STEP) {
		m->wall_off += a->ms;
		return;
	}
	h->clock = a->verb == SET_CLOCK_NTP     ? CLOCKS_DEAD
		   : a->verb == SET_CLOCK_FLOOR ? CLOCKS_FLOOR
						: CLOCKS_WRONG;
	if (a->verb == SET_CLOCK_FLOOR)
		return;
	h->wrong_wall = a->verb == SET_CLOCK_2033 ? WALL_2033 : WALL_1970;
	m->wall_off = h->ntp ? 0 : h->wrong_wall - WORLD_BEGINS - m->booted_at;
	m->quality = h->ntp ? CLOCK_NTP : a->verb == SET_CLOCK_2033 ? CLOCK_FLOOR : CLOCK_NEVER;
}

static void spool_lose(struct world *w, struct house *h)
{
	struct machine *m = &h->own;

	machine_end(w, m, ENDS_KILLED);
	disk_mem_lose(&m->disk);
	machine_excuse(w, m, true);
	world_in(w, RESTART_MS, HAPPENS_NODE_STARTS, m, m->life);
}

/* The copy begins with what lay on the card: the spool too. */
static void clone_start(struct world *w, struct house *h)
{
	struct disk_mem *from = &h->own.disk, *to = &h->copy.disk;

	disk_mem_lose(to);
	if (from->len > 0)
		to->disk.append(to, from->data, from->len);
	to->disk.sync(to);
	machine_power(w, &h->copy, true);
}

static void late_will(struct world *w, struct house *h)
{
	char topic[TOPIC_TEXT];

	if (h->old_will_len == 0) {
		world_fault(w, "%s: no connection of it has ended yet, so there is no old will",
			    h->p->code);
		return;
	}
	topic_up_draw(topic, h->p->code);
	office_hear(w, topic, h->old_will, h->old_will_len);
}

static void line_reset(struct world *w, struct house *h)
{
	if (h->own.stage != STAGE_UP)
		return;
	world_in(w, 0, HAPPENS_HUNG_UP, h, h->own.conn);
	machine_lost(w, &h->own, "reset");
}

static void house_node(struct world *w, struct house *h, enum verb verb)
{
	struct machine *m = &h->own;

	machine_end(w, m,
		    verb == NODE_DIE    ? ENDS_DEAD
		    : verb == NODE_STOP ? ENDS_BYE
					: ENDS_KILLED);
	if (verb == NODE_RESTART)
		world_in(w, RESTART_MS, HAPPENS_NODE_STARTS, m, m->life);
	if (verb == NODE_REBOOT)
		machine_reboot(w, m);
	if (verb == NODE_DIE)
		m->booted = false;
}

static void node_start(struct world *w, struct house *h)
{
	if (!h->own.booted)
		machine_reboot(w, &h->own);
	else
		machine_start(w, &h->own);
}

static void odd(struct world *w, struct house *h, const struct action *a)
{
	unsigned bit = 1u << a->n % WIRE_CAMERAS;

	if (a->verb == ODD_BEGINS)
		h->odd[a->odd] |= bit;
	else
		h->odd[a->odd] &= ~bit;
	machine_feel(w, &h->own);
	house_check(w, h);
}

void house_act(struct world *w, struct house *h, const struct action *a)
{
	unsigned camera = a->n % WIRE_CAMERAS;

	switch (a->verb) {
	case MAINS_OFF:
	case MAINS_ON:
		mains(w, h, a->verb == MAINS_ON);
		return;
	case LINE_CUT:
	case LINE_RESTORE:
		h->line = a->verb == LINE_RESTORE;
		house_check(w, h);
		return;
	case LINE_RESET:
		line_reset(w, h);
		return;
	case ROUTER_OFF:
		h->router_switch = false;
		house_check(w, h);
		return;
	case ROUTER_ON:
		h->router_switch = true;
		h->router_ready = w->now + w->s->router_ms;
		world_in(w, w->s->router_ms, HAPPENS_READY, h, 0);
		return;
	case CAMERA_OFF:
	case CAMERA_ON:
		h->camera_switch[camera] = a->verb == CAMERA_ON;
		return;
	case PING_FORBID:
	case PING_ALLOW:
		h->no_ping_right = a->verb == PING_FORBID;
		return;
	case BATTERY_EMPTY:
		house_battery(w, h, h->mains_serial);
		return;
	case NODE_KILL:
	case NODE_STOP:
	case NODE_RESTART:
	case NODE_REBOOT:
	case NODE_DIE:
		house_node(w, h, a->verb);
		return;
	case NODE_START:
		node_start(w, h);
		return;
	case SPOOL_LOSE:
		spool_lose(w, h);
		return;
	case SPOOL_BREAK:
	case SPOOL_HEAL:
		h->own.disk.fail_write = a->verb == SPOOL_BREAK ? -EIO : 0;
		return;
	case SPOOL_LIMIT:
		h->own.disk.limit = (size_t)a->n * 1024;
		return;
	case SET_CLOCK_1970:
	case SET_CLOCK_2033:
	case SET_CLOCK_FLOOR:
	case SET_CLOCK_NTP:
	case SET_CLOCK_STEP:
		clock_set(h, a);
		return;
	case WILL_LATE:
		late_will(w, h);
		return;
	case CLONE_START:
		clone_start(w, h);
		return;
	case CLONE_STOP:
		machine_power(w, &h->copy, false);
		return;
	case LINK_LAW:
		h->law = a->law;
		return;
	case ODD_BEGINS:
	case ODD_ENDS:
		odd(w, h, a);
		return;
	case BROKER_STOP:
	case BROKER_KILL:
	case BROKER_START:
	case BROKER_RESTART:
	case GATEWAY_STOP:
	case GATEWAY_KILL:
	case GATEWAY_START:
	case GATEWAY_RESTART:
	case GATEWAY_REBOOT:
	case GATEWAY_CLOCK_STEP:
	case GATEWAY_LINE_CUT:
	case GATEWAY_LINE_RESTORE:
	case GATEWAY_MAINS_OFF:
	case GATEWAY_MAINS_ON:
	case GATEWAY_MUTE:
	case GATEWAY_HEARD:
	case PERSON_TAKES:
	case PERSON_CORRECTS:
	case VERBS:
		return;
	}
}
