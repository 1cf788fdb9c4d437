/* SPDX-License-Identifier: Apache-2.0 */
/* senses: what a machine learns of its house beside mains and pings: carrier, supply, pictures,
 * heartbeats. */
#include "tests/sim/house.h"
#include "tests/sim/machine.h"

bool machine_wired(const struct machine *m)
{
	return m->clone || !house_odd(m->house, ODD_CABLE, 0);
}

/* Between node and router stands a switch on the router's own supply: a router that hangs, or is
 * pulled out, leaves our carrier up. */
static bool carrier(const struct machine *m)
{
	return m->clone || (machine_wired(m) && m->house->router_powered);
}

void machine_feel(struct world *w, struct machine *m)
{
	const struct house *h = m->house;
	bool talks = house_odd(h, ODD_UPS_TALK, 0);
	const struct supply s = { .ups_known = talks,
				  .on_battery = talks && !h->mains,
				  .under_voltage = house_odd(h, ODD_VOLTAGE, 0),
				  .battery_percent = 255 };

	if (!m->running)
		return;
	node_supply(&m->node, &s);
	node_carrier(&m->node, true, carrier(m), machine_mono(w, m));
	machine_turn(w, m);
}

/* ---- looks ---- */

/* What a look finds that ends now. */
static struct camera_look found(const struct world *w, const struct machine *m, unsigned camera)
{
	const struct house *h = m->house;

	if (!machine_wired(m) || !house_camera(w, h, camera))
		return (struct camera_look){ 0 };
	if (house_odd(h, ODD_CAM_REFUSES, camera))
		return (struct camera_look){ .reach = true };
	if (house_odd(h, ODD_CAM_LOCKED, camera))
		return (struct camera_look){ .reach = true, .options = 200, .describe = 401 };
	if (house_odd(h, ODD_CAM_BUSY, camera))
		return (struct camera_look){
			.reach = true, .options = 200, .describe = 200, .setup = 453
		};
	return (struct camera_look){
		.reach = true,
		.options = 200,
		.describe = 200,
		.setup = 200,
		.play = 200,
		.teardown = 200,
		.packets = 100,
		.seq_advance = 99,
		.frames = 30,
		.repeats = house_odd(h, ODD_CAM_FROZEN, camera) ? 90 : 0,
		.stale = house_odd(h, ODD_CAM_FROZEN, camera) ? 90 : 0,
	};
}

void machine_looks(struct world *w, struct machine *m)
{
	for (unsigned i = 0; i < m->house->options.cameras_n; i++)
		if (m->acts.looks >> i & 1)
			world_in(w, LOOK_MS, HAPPENS_LOOKED, m, m->life << 16 | i);
}

static void looked(struct world *w, struct machine *m, unsigned camera)
{
	const struct camera_look look = found(w, m, camera);

	node_looked(&m->node, camera, &look, m->quality == CLOCK_NTP, machine_mono(w, m));
	machine_turn(w, m);
}

/* ---- heartbeats ---- */

/* The wire needs no network. */
static void heart(struct world *w, struct machine *m)
{
	const struct house *h = m->house;
	bool any = false;

	world_in(w, HEART_MS, HAPPENS_HEART, m, 0);
	for (unsigned i = 0; m->running && i < h->p->cameras; i++) {
		if (!(h->p->hearts >> i & 1) || !house_alive(w, h, i) ||
		    house_odd(h, ODD_CAM_STOPPED, i))
			continue;
		node_beaten(&m->node, i, machine_mono(w, m), machine_mono(w, m));
		any = true;
	}
	if (any)
		machine_turn(w, m);
}

void machine_senses_event(struct world *w, struct machine *m, const struct event *e)
{
	if (e->kind == HAPPENS_HEART)
		heart(w, m);
	else if (m->running && e->tag >> 16 == m->life)
		looked(w, m, (unsigned)(e->tag & 0xffff));
}
