/* SPDX-License-Identifier: Apache-2.0 */
/* app_hear: brings in what the world says: wires, pings, looks, the broker, the passing of time. */
#include "node/app.h"

#include "mesh/log.h"
#include "node/supply.h"

#include <stdio.h>
#include <string.h>

enum {
	VITALS_TICKS = 60,
	SUPPLY_TICKS = 10,
	TICK_LATE_MS = 5000,
	EDGES = 64,     /* of one wake-up; the descriptor stays readable */
	JUMP_MS = 2000, /* a wall clock that moved this much against the other is worth a line */
};

void app_on_ping(void *self, unsigned tag, int32_t rtt_us, mono_t now)
{
	struct app *a = self;
	bool had_right = !a->node.no_ping_right;

	if (rtt_us >= 0)
		app_count_ping(a, (enum node_target)(tag / APP_TAG_WHICH));
	node_pinged(&a->node, (enum node_target)(tag / APP_TAG_WHICH), tag % APP_TAG_WHICH, rtt_us,
		    now);
	if (had_right && a->node.no_ping_right)
		log_err("no right to ping: set net.ipv4.ping_group_range, or grant CAP_NET_RAW");
	app_turn(a, now);
}

void app_on_look(void *self, unsigned camera, const struct camera_look *found, const char *why,
		 mono_t now)
{
	struct app *a = self;

	if (!found)
		log_warn("camera %s could not be looked at: %s", a->settings->cameras[camera].name,
			 why);
	node_looked(&a->node, camera, found, clock_wall_quality() == CLOCK_NTP, now);
	app_turn(a, now);
}

void app_read_wires(struct app *a, mono_t now)
{
	int mains = gpio_read(a->gpio, GPIO_MAINS, 0), button = gpio_read(a->gpio, GPIO_BUTTON, 0);

	if (mains >= 0)
		node_mains(&a->node, mains, now);
	if (button >= 0)
		node_button(&a->node, button, now);
}

static void feed_supply(struct app *a)
{
	const struct supply s =
		supply_read("/sys", a->settings->ups, gpio_read(a->gpio, GPIO_UPS, 0));

	node_supply(&a->node, &s);
}

void app_on_wires(void *self, mono_t now)
{
	struct app *a = self;
	struct gpio_edge e;

	/* Whatever chatters: the tick has its turn in between. */
	for (unsigned i = 0; i < EDGES && gpio_next(a->gpio, &e); i++) {
		if (e.wire == GPIO_MAINS) {
			log_debug("mains: %s", e.on ? "on" : "off");
			node_mains(&a->node, e.on, e.at);
			app_turn(a, now);
		} else if (e.wire == GPIO_BUTTON) {
			node_button(&a->node, e.on, e.at);
			app_turn(a, now);
		} else if (e.wire == GPIO_HEARTBEAT) {
			node_beaten(&a->node, e.which, e.at, now);
		} else if (e.wire == GPIO_UPS) {
			feed_supply(a);
		}
	}
	/* Edges are hints. */
	app_read_wires(a, now);
	app_turn(a, now);
}

static void feed_link(struct app *a, mono_t now)
{
	struct mqtt_link l;

	mqtt_link(a->mqtt, &l);
	/* A connection that is already gone is about to say so itself. */
	if (!a->linked || !l.up)
		return;
	node_link(&a->node, true, l.unacked, l.ack_age_ms, l.rtt_us, now);
	node_bytes(&a->node, l.bytes, now);
}

static void next_will(struct app *a)
{
	uint8_t will[WIRE_MAX];
	size_t len = node_will(&a->node, will);

	mqtt_set_will(a->mqtt, will, len);
}

static enum layer layer_of(const struct mqtt_failure *f)
{
	switch (f->stage) {
	case MQTT_AT_NAME:
		return LAYER_NAMES;
	case MQTT_AT_TCP:
		return LAYER_TCP;
	case MQTT_AT_TLS:
		return LAYER_TLS;
	case MQTT_AT_SESSION:
		break;
	}
	return LAYER_ACK;
}

void app_on_mqtt(void *self, const struct mqtt_event *e, mono_t now)
{
	struct app *a = self;

	switch (e->kind) {
	case MQTT_UP:
		log_info("broker: connected");
		a->linked = true;
		node_link(&a->node, true, false, 0, -1, now);
		feed_link(a, now);
		next_will(a);
		loop_notify("STATUS=connected");
		break;
	case MQTT_DOWN:
		if (!e->again)
			log_warn(
				"broker: %s%s", e->why,
				e->failure.refused
					? "; it knows us not: is the point enrolled, the key right?"
					: "");
		a->linked = false;
		node_dial_failed(&a->node, layer_of(&e->failure), e->failure.refused,
				 e->failure.stranger, now);
		node_link(&a->node, false, false, 0, -1, now);
		loop_notify("STATUS=no connection to the broker");
		break;
	case MQTT_MESSAGE:
		node_heard(&a->node, e->topic, e->payload, e->len, e->retained, now);
		app_take_push(a);
		break;
	}
	app_turn(a, now);
}

static void watch_clock(struct app *a, mono_t now)
{
	int64_t less = clock_wall().ms - now.ms, moved = less - a->wall_less_mono;

	if (moved > JUMP_MS || moved < -JUMP_MS)
		log_info("the clock was set %+lld s", (long long)(moved / 1000));
	a->wall_less_mono = less;
}

void app_keep_floor(struct app *a, bool last, mono_t now)
{
	int err;

	if (!a->floor.disk || a->disk_rest.resting)
		return;
	a->floor.month = (struct floor_month){ a->node.bytes.month, a->node.bytes.month_ms };
	err = floor_keep(&a->floor, last, now);
	if (err)
		log_warn("%s/floor: %s", a->settings->state_dir, strerror(-err));
}

/* Without a cable there may be no route either: the interface that had it last is meant. */
static void feed_carrier(struct app *a, mono_t now)
{
	struct vitals_route route;
	int carrier;

	if (strcmp(a->settings->interface, "auto") != 0)
		snprintf(a->interface, sizeof a->interface, "%s", a->settings->interface);
	else if ((a->interface[0] == '\0' || a->ticks % VITALS_TICKS == 0) && vitals_route(&route))
		memcpy(a->interface, route.interface, sizeof a->interface);
	carrier = vitals_carrier(a->interface);
	node_carrier(&a->node, carrier >= 0, carrier > 0, now);
}

void app_on_tick(void *self, mono_t now)
{
	struct app *a = self;

	if (a->ticks % VITALS_TICKS == 0)
		node_temp(&a->node, vitals_temp());
	if (a->ticks % SUPPLY_TICKS == 0)
		feed_supply(a);
	watch_clock(a, now);
	app_watch_trial(a, now);
	app_take_push(a); /* one that came while the disk rested */
	app_read_wires(a, now);
	feed_link(a, now);
	feed_carrier(a, now);
	a->ticks++;
	app_turn(a, now);
	app_keep_floor(a, false, now);
	a->ticked = now;
	loop_alarm_set(a->tick, mono_after(now, APP_TICK_MS));
}

bool app_ticking(void *self, mono_t now)
{
	const struct app *a = self;

	return mono_since(now, a->ticked) < TICK_LATE_MS;
}
