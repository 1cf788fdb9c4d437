/* SPDX-License-Identifier: Apache-2.0 */
/* matsang-node: wires one point's core to pins, pings, broker and disk. Decides nothing. */
#include "hw/gpio.h"
#include "hw/lamp.h"
#include "mesh/args.h"
#include "mesh/key.h"
#include "mesh/log.h"
#include "mesh/loop.h"
#include "mesh/mqtt.h"
#include "mesh/seal.h"
#include "mesh/topic.h"
#include "mesh/udp.h"
#include "node/disk_file.h"
#include "node/disk_none.h"
#include "node/disk_rest.h"
#include "node/floor.h"
#include "node/look.h"
#include "node/ping.h"
#include "node/push.h"
#include "node/report.h"
#include "node/settings.h"
#include "node/spool.h"
#include "node/state.h"
#include "node/supply.h"
#include "node/vitals.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TICK_MS = 1000, /* the socket's facts are read this often */
	VITALS_TICKS = 60,
	SUPPLY_TICKS = 10,
	TICK_LATE_MS = 5000,
	JUMP_MS = 2000, /* a wall clock that moved this much against the other is worth a line */
	BYE_MS = 1000,
	TURNS = 64, /* of one wake-up; then the loop gets its turn */
};

struct app {
	const char *file; /* the node's own settings */
	struct node_settings *settings;
	struct push push;
	mono_t trial_ends; /* MONO_NEVER unless pushed settings are on trial */
	bool again;        /* end this run and begin another, with other settings */
	bool relay;
	struct node_options options;
	char *birth_text;
	uint64_t boot;
	uint8_t key[KEY_MAX]; /* wiped once the connection has it */
	size_t key_len;
	struct loop *loop;
	struct gpio *gpio;
	struct loop_watch *wires;
	struct ping *ping;
	struct look *look;
	char eye[PATH_MAX]; /* matsang-eye */
	struct mqtt *mqtt;
	struct disk disk, floor_disk;
	struct disk_rest disk_rest; /* before it, or before none */
	struct spool spool;
	struct udp *gasps; /* NULL when none are to be sent */
	struct seal seal;
	struct floor floor;
	struct node node;
	struct node_acts acts;
	struct loop_alarm *due, *tick, *light;
	char topic_up[TOPIC_TEXT], topic_down[TOPIC_TEXT];
	bool linked;
	char last_why[MQTT_WHY];
	struct verdict verdict;
	char interface[VITALS_INTERFACE]; /* that leads out; "" while not known */
	enum lamp lamp;
	mono_t lamp_since;
	int64_t wall_less_mono; /* ms; watched for jumps */
	unsigned ticks;
	mono_t ticked; /* when the last of them ended */
	int spool_error;
};

/* ---- acting ---- */

static void light(struct app *a, mono_t now)
{
	int64_t ms = mono_since(now, a->lamp_since), next = lamp_next(a->lamp, ms);

	if (!gpio_fitted(a->gpio, GPIO_LIGHT, 0))
		return;
	gpio_set(a->gpio, GPIO_LIGHT, lamp_on(a->lamp, ms));
	loop_alarm_set(a->light, next == INT64_MAX ? MONO_NEVER : mono_after(now, next));
}

static void on_light(void *self, mono_t now)
{
	light(self, now);
}

static void act_light(struct app *a, mono_t now)
{
	if (a->lamp == a->acts.lamp)
		return;
	log_debug("light: %s -> %s", lamp_str(a->lamp), lamp_str(a->acts.lamp));
	a->lamp = a->acts.lamp;
	a->lamp_since = now;
	light(a, now);
}

static void act_send(struct app *a, mono_t now)
{
	for (unsigned i = 0; i < a->acts.n_send; i++) {
		int err = mqtt_send(a->mqtt, a->topic_up, a->acts.send[i].buf, a->acts.send[i].len,
				    false);
		enum wire_kind kind;

		if (err) {
			log_debug("not sent: %s", strerror(-err));
			node_unsent(&a->node, now);
			return;
		}
		if (wire_kind_of(&kind, a->acts.send[i].buf, a->acts.send[i].len) == WIRE_OK)
			log_debug("sent %s, %zu bytes", wire_kind_str(kind), a->acts.send[i].len);
	}
}

static void act_gasp(struct app *a)
{
	uint8_t buf[GASP_LEN];
	int err;

	if (!a->acts.gasp || !a->gasps)
		return;
	err = udp_send(a->gasps, buf, seal_close(buf, &a->acts.word, &a->seal));
	log_debug("last gasp, turn %u: %s", a->acts.word.turn, err ? strerror(-err) : "sent");
}

/* What is in memory goes to the disk before it rests, and again when it may. */
static void act_rest(struct app *a)
{
	if (a->disk_rest.resting == a->acts.rest)
		return;
	log_info("%s", a->acts.rest ? "what feeds this board is running out: nothing is written"
				    : "mains are back: writing again");
	disk_rest_wake(&a->disk_rest);
	spool_flush(&a->spool);
	if (a->acts.rest)
		disk_rest_sleep(&a->disk_rest);
}

static const char *address_of(const struct app *a, enum node_target kind, unsigned which,
			      struct vitals_route *route)
{
	switch (kind) {
	case NODE_ROUTER:
		if (strcmp(a->settings->router, "auto") != 0)
			return a->settings->router;
		return vitals_route(route) ? route->router : NULL;
	case NODE_OUTSIDE:
		return a->settings->outside[which];
	case NODE_CAMERA:
		return a->settings->cameras[which].address;
	case NODE_LARGE:
		return a->settings->outside[which];
	}
	return NULL;
}

enum { TAG_WHICH = 16 }; /* a ping's tag: kind * TAG_WHICH + which */

static void probe(struct app *a, enum node_target kind, unsigned which, mono_t now)
{
	struct vitals_route route;
	const char *address;

	if (!(a->acts.probes & node_probe_bit(kind, which)))
		return;
	address = address_of(a, kind, which, &route);
	/* Without a default route there is no router to answer. */
	if (!address || ping_send(a->ping, address, kind == NODE_LARGE,
				  (unsigned)kind * TAG_WHICH + which) != 0)
		node_pinged(&a->node, kind, which, PING_SILENT, now);
}

static void act_probe(struct app *a, mono_t now)
{
	probe(a, NODE_ROUTER, 0, now);
	for (unsigned i = 0; i < a->options.outside_n; i++)
		probe(a, NODE_OUTSIDE, i, now), probe(a, NODE_LARGE, i, now);
	for (unsigned i = 0; i < a->options.cameras_n; i++)
		probe(a, NODE_CAMERA, i, now);
}

static void act_look(struct app *a)
{
	for (unsigned i = 0; i < a->options.cameras_n; i++) {
		const struct look_at at = node_settings_look(a->settings, i);

		if (a->acts.looks >> i & 1)
			look_ask(a->look, i, &at);
	}
}

static void act_relay(struct app *a)
{
	if (a->relay == a->acts.relay)
		return;
	a->relay = a->acts.relay;
	log_warn("relay: %s", a->relay ? "takes the power away, to restart what hangs on it"
				       : "gives the power back");
	if (gpio_set(a->gpio, GPIO_RELAY, a->relay) != 0)
		log_err("relay: it could not be set");
}

static void act_report(struct app *a, mono_t now)
{
	struct report_shell shell = { .strays = ping_strays(a->ping),
				      .interface = a->interface,
				      .push = push_report(&a->push) };
	uint8_t buf[WIRE_MAX];
	size_t len;

	if (!a->acts.report)
		return;
	vitals_bytes(&shell.ip_in, &shell.ip_out);
	len = report_encode(buf, &a->node, &shell, now);
	if (len == 0 || mqtt_send(a->mqtt, a->topic_up, buf, len, false) != 0)
		node_report(&a->node); /* later */
}

/* ---- settings from the gateway ---- */

static void begin_again(struct app *a)
{
	a->again = true;
	loop_end(a->loop);
}

static void take_push(struct app *a)
{
	bool worth;

	if (!a->node.push.here)
		return;
	a->node.push.here = false;
	worth = push_take(&a->push, a->file, a->node.push.id, a->node.push.text, a->node.push.len);
	log_warn("settings pushed by the gateway: %s%s%s", a->push.state,
		 a->push.why[0] ? ": " : "", a->push.why);
	if (worth)
		begin_again(a);
	else
		node_report(&a->node);
}

/* On trial: kept once the gateway is heard with them, undone when it is not. */
static void watch_trial(struct app *a, mono_t now)
{
	if (!a->push.trying)
		return;
	if (a->linked && a->node.gate_known && a->node.gate_up) {
		if (push_keep(&a->push) == 0)
			log_warn("settings pushed by the gateway: kept");
		a->trial_ends = MONO_NEVER;
		node_report(&a->node);
	} else if (mono_reached(now, a->trial_ends)) {
		push_undo(&a->push, "the gateway was not reached with them within five minutes");
		log_err("settings pushed by the gateway: undone: %s", a->push.why);
		begin_again(a);
	}
}

static void act_log(struct app *a)
{
	const struct verdict *v = &a->acts.verdict;

	if (a->acts.verdict_changed)
		log_point(a->settings->point,
			  "verdict: %s %s -> %s %s, layer %s, facts %05x, eyes %x of %u",
			  cause_str(a->verdict.cause), sure_str(a->verdict.sure),
			  cause_str(v->cause), sure_str(v->sure), layer_str(v->layer), v->facts,
			  v->eyes, v->cams_n);
	a->verdict = *v;
	if (a->acts.spool_error && a->acts.spool_error != a->spool_error && !a->disk_rest.resting)
		log_err("spool: %s; records are kept in memory", strerror(-a->acts.spool_error));
	a->spool_error = a->acts.spool_error;
}

/* Decide and act, until nothing is due now. */
static void turn(struct app *a, mono_t now)
{
	wall_t wall = clock_wall();
	enum clock_quality quality = floor_look(&a->floor, &wall, clock_wall_quality(), now);

	for (unsigned i = 0; i < TURNS; i++) {
		node_step(&a->node, now, wall, quality, &a->acts);
		act_log(a);
		act_send(a, now);
		act_gasp(a);
		act_rest(a);
		if (a->acts.dial)
			mqtt_hurry(a->mqtt);
		act_probe(a, now);
		act_look(a);
		act_light(a, now);
		act_relay(a);
		act_report(a, now);
		if (!mono_reached(now, node_due(&a->node)))
			break;
	}
	loop_alarm_set(a->due, node_due(&a->node));
}

static void on_due(void *self, mono_t now)
{
	turn(self, now);
}

/* ---- hearing ---- */

static void on_ping(void *self, unsigned tag, int32_t rtt_us, mono_t now)
{
	struct app *a = self;
	bool had_right = !a->node.no_ping_right;

	node_pinged(&a->node, (enum node_target)(tag / TAG_WHICH), tag % TAG_WHICH, rtt_us, now);
	if (had_right && a->node.no_ping_right)
		log_err("no right to ping: set net.ipv4.ping_group_range, or grant CAP_NET_RAW");
	turn(a, now);
}

static void on_look(void *self, unsigned camera, const struct camera_look *found, const char *why,
		    mono_t now)
{
	struct app *a = self;

	if (!found)
		log_warn("camera %s could not be looked at: %s", a->settings->cameras[camera].name,
			 why);
	node_looked(&a->node, camera, found, clock_wall_quality() == CLOCK_NTP, now);
	turn(a, now);
}

static void read_wires(struct app *a, mono_t now)
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

static void on_wires(void *self, mono_t now)
{
	struct app *a = self;
	struct gpio_edge e;

	while (gpio_next(a->gpio, &e)) {
		if (e.wire == GPIO_MAINS) {
			log_debug("mains: %s", e.on ? "on" : "off");
			node_mains(&a->node, e.on, e.at);
			turn(a, now);
		} else if (e.wire == GPIO_BUTTON) {
			node_button(&a->node, e.on, e.at);
			turn(a, now);
		} else if (e.wire == GPIO_HEARTBEAT) {
			node_beaten(&a->node, e.which, e.at, now);
		} else if (e.wire == GPIO_UPS) {
			feed_supply(a);
		}
	}
	/* Edges are hints. */
	read_wires(a, now);
	turn(a, now);
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

static void on_mqtt(void *self, const struct mqtt_event *e, mono_t now)
{
	struct app *a = self;

	switch (e->kind) {
	case MQTT_UP:
		log_info("broker: connected");
		a->linked = true;
		a->last_why[0] = '\0';
		node_link(&a->node, true, false, 0, -1, now);
		feed_link(a, now);
		next_will(a);
		loop_notify("STATUS=connected");
		break;
	case MQTT_DOWN:
		/* The same failure again and again is one line. */
		if (a->linked || strcmp(a->last_why, e->why) != 0)
			log_warn(
				"broker: %s%s", e->why,
				e->failure.refused
					? "; it knows us not: is the point enrolled, the key right?"
					: "");
		memcpy(a->last_why, e->why, sizeof a->last_why);
		a->linked = false;
		node_dial_failed(&a->node, layer_of(&e->failure), e->failure.refused,
				 e->failure.stranger);
		node_link(&a->node, false, false, 0, -1, now);
		loop_notify("STATUS=no connection to the broker");
		break;
	case MQTT_MESSAGE:
		node_heard(&a->node, e->topic, e->payload, e->len, now);
		take_push(a);
		break;
	}
	turn(a, now);
}

static void watch_clock(struct app *a, mono_t now)
{
	int64_t less = clock_wall().ms - now.ms, moved = less - a->wall_less_mono;

	if (moved > JUMP_MS || moved < -JUMP_MS)
		log_info("the clock was set %+lld s", (long long)(moved / 1000));
	a->wall_less_mono = less;
}

static void keep_floor(struct app *a, bool last, mono_t now)
{
	int err = a->floor.disk ? floor_keep(&a->floor, last, now) : 0;

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

static void on_tick(void *self, mono_t now)
{
	struct app *a = self;

	if (a->ticks % VITALS_TICKS == 0)
		node_temp(&a->node, vitals_temp());
	if (a->ticks % SUPPLY_TICKS == 0)
		feed_supply(a);
	watch_clock(a, now);
	watch_trial(a, now);
	read_wires(a, now);
	feed_link(a, now);
	feed_carrier(a, now);
	a->ticks++;
	turn(a, now);
	keep_floor(a, false, now);
	a->ticked = now;
	loop_alarm_set(a->tick, mono_after(now, TICK_MS));
}

/* For the watchdog: mains, socket and judgement are still looked at. */
static bool ticking(void *self, mono_t now)
{
	const struct app *a = self;

	return mono_since(now, a->ticked) < TICK_LATE_MS;
}

/* ---- opening and closing ---- */

static void open_spool(struct app *a, mono_t now)
{
	char path[PATH_MAX];
	const struct spool_counters *c = &a->spool.count;
	const struct disk *disk = &a->disk;
	int err;

	if (mkdir(a->settings->state_dir, 0700) < 0 && errno != EEXIST)
		log_warn("%s: %s", a->settings->state_dir, strerror(errno));
	snprintf(path, sizeof path, "%s/spool", a->settings->state_dir);
	err = disk_file_open(&a->disk, path);
	if (err) {
		log_err("%s: %s; records are kept in memory only", path, strerror(-err));
		disk = &disk_none;
	}
	disk_rest_init(&a->disk_rest, disk);
	err = spool_open(&a->spool, &a->disk_rest.disk, (uint64_t)a->settings->spool_kib << 10,
			 a->boot, now);
	if (err && disk != &disk_none)
		log_err("%s: %s; records are kept in memory", path, strerror(-err));
	if (c->lost || c->torn || c->corrupt)
		log_warn("%s: begun anew %llu times, %llu frames torn off, %llu unreadable", path,
			 (unsigned long long)c->lost, (unsigned long long)c->torn,
			 (unsigned long long)c->corrupt);
	if (spool_held(&a->spool) > 0)
		log_info("%s: %llu records wait", path, (unsigned long long)spool_held(&a->spool));
}

/* Where it cannot be kept, what NTP says in this boot still is a floor. */
static void open_floor(struct app *a, mono_t now)
{
	char path[PATH_MAX];
	int err, read;

	snprintf(path, sizeof path, "%s/floor", a->settings->state_dir);
	err = disk_file_open(&a->floor_disk, path);
	read = floor_open(&a->floor, err ? &disk_none : &a->floor_disk, now);
	if (err || read)
		log_warn("%s: %s; no time is known from before", path,
			 strerror(err ? -err : -read));
}

/* Differs on every node and every boot; no secret. */
static uint64_t seed(const struct app *a)
{
	uint64_t h = a->boot;

	for (const char *p = a->settings->point; *p; p++)
		h = (h ^ (uint8_t)*p) * 0x100000001b3u;
	return h;
}

static int open_mqtt(struct app *a)
{
	const struct node_settings *s = a->settings;
	struct mqtt_options o = {
		.identity = s->point,
		.n_endpoints = s->n_brokers,
		.subscriptions = { a->topic_down, TOPIC_GATEWAY },
		.n_subscriptions = 2,
		.alias_topic = a->topic_up,
		.will_topic = a->topic_up,
		.keepalive_s = (uint16_t)s->keepalive_s,
		.user_timeout_ms = (unsigned)s->link_timeout_s * 1000,
		.retry_min_ms = s->retry_min_ms,
		.retry_max_ms = s->retry_max_ms,
		.seed = seed(a),
	};
	uint8_t will[WIRE_MAX];

	for (size_t i = 0; i < s->n_brokers; i++)
		o.endpoints[i] = s->brokers[i];
	o.will_len = node_will(&a->node, will);
	memcpy(o.will, will, o.will_len);
	memcpy(o.key, a->key, sizeof o.key);
	o.key_len = a->key_len;
	a->mqtt = mqtt_new(a->loop, &o, on_mqtt, a);
	explicit_bzero(o.key, sizeof o.key);
	explicit_bzero(a->key, sizeof a->key);
	if (!a->mqtt)
		log_err("broker: %s", strerror(errno));
	return a->mqtt ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Opened before it is needed: nothing is looked up or made when mains go. */
static void open_gasps(struct app *a)
{
	if (a->settings->gasp[0] == '\0')
		return;
	a->gasps = udp_to(a->settings->gasp);
	if (!a->gasps)
		log_err("last gasps to %s: %s", a->settings->gasp, strerror(errno));
	seal_init(&a->seal, a->key, a->key_len);
}

static int open_wires(struct app *a)
{
	const struct gpio_options o = node_settings_gpio(a->settings);
	char why[GPIO_WHY];
	int status;

	a->gpio = gpio_open(&o, why);
	if (!a->gpio) {
		status = errno == ENOENT ? EXIT_SETTINGS : EXIT_FAILURE;
		fprintf(stderr, "matsang-node: %s\n", why);
		return status;
	}
	a->wires = loop_watch_new(a->loop, gpio_fd(a->gpio), LOOP_READ, on_wires, a);
	return a->wires ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Where it is installed; beside this program while that is not. */
static void eye_beside(char path[static PATH_MAX])
{
	static const char installed[] = "/usr/lib/matsang/matsang-eye", name[] = "matsang-eye";
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - sizeof name - 1);
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, name);
	if (access(path, X_OK) < 0)
		strcpy(path, installed);
}

static int open_all(struct app *a)
{
	const mono_t now = clock_mono();
	int status;

	a->loop = loop_new();
	if (!a->loop)
		return EXIT_FAILURE;
	a->due = loop_alarm_new(a->loop, on_due, a);
	a->tick = loop_alarm_new(a->loop, on_tick, a);
	a->light = loop_alarm_new(a->loop, on_light, a);
	a->ping = ping_new(a->loop, (int)a->settings->probe_timeout_ms, on_ping, a);
	eye_beside(a->eye);
	a->look = look_new(a->loop, a->eye, on_look, a);
	if (!a->due || !a->tick || !a->light || !a->ping || !a->look)
		return EXIT_FAILURE;
	status = open_wires(a);
	if (status != EXIT_SUCCESS)
		return status;
	open_spool(a, now);
	open_floor(a, now);
	a->wall_less_mono = clock_wall().ms - now.ms;
	node_init(&a->node, &a->options, &a->spool, a->boot, seed(a), now);
	a->verdict = a->node.verdict;
	if (a->push.trying)
		a->trial_ends = mono_after(now, PUSH_TRIAL_MS);
	if (a->push.id != 0)
		node_report(&a->node); /* what came of it */
	open_gasps(a);
	status = open_mqtt(a);
	if (status != EXIT_SUCCESS)
		return status;
	read_wires(a, now);
	loop_alarm_set(a->tick, now);
	return loop_alive(a->loop, ticking, a) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void close_all(struct app *a)
{
	if (a->mqtt)
		mqtt_bye(a->mqtt, BYE_MS);
	mqtt_free(a->mqtt);
	disk_rest_wake(&a->disk_rest); /* an orderly end writes, as the rest of the system does */
	if (a->spool.disk && spool_flush(&a->spool) != 0)
		log_err("spool: what was in memory only is lost");
	disk_file_close(&a->disk);
	udp_free(a->gasps);
	seal_wipe(&a->seal);
	keep_floor(a, true, clock_mono());
	disk_file_close(&a->floor_disk);
	loop_watch_free(a->wires);
	gpio_close(a->gpio);
	ping_free(a->ping);
	look_free(a->look);
	loop_alarm_free(a->light);
	loop_alarm_free(a->tick);
	loop_alarm_free(a->due);
	loop_free(a->loop);
	free(a->birth_text);
	node_settings_free(a->settings);
}

static int run(struct app *a)
{
	int status = open_all(a), err;

	if (status != EXIT_SUCCESS)
		return status;
	/* Reading the settings is over; what it needed goes back to the system. */
	malloc_trim(0);
	log_info("point %s: started, boot %016llx", a->settings->point,
		 (unsigned long long)a->boot);
	loop_notify("READY=1");
	err = loop_run(a->loop);
	loop_notify(a->again ? "RELOADING=1" : "STOPPING=1");
	if (err < 0)
		log_err("loop: %s", strerror(-err));
	log_info("point %s: ended", a->settings->point);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Everything that wrong settings can spoil, before anything starts. */
static int prepare(struct app *a)
{
	int err = vitals_boot(a->settings->boot_id_file, &a->boot);
	char why[KEY_WHY];

	if (err) {
		fprintf(stderr, "%s: no boot id: %s; see \"boot_id_file\"\n",
			a->settings->boot_id_file,
			err == -EINVAL ? "not 16 hex digits" : strerror(-err));
		return EXIT_SETTINGS;
	}
	if (!key_read(a->settings->key_file, a->key, &a->key_len, why)) {
		fprintf(stderr, "%s\n", why);
		return EXIT_SETTINGS;
	}
	a->options = node_settings_options(a->settings);
	a->birth_text = node_settings_birth(a->settings);
	if (a->birth_text) {
		a->options.birth_text = a->birth_text;
		a->options.birth_text_len = strlen(a->birth_text);
	}
	topic_up_draw(a->topic_up, a->settings->point);
	topic_down_draw(a->topic_down, a->settings->point);
	return EXIT_SUCCESS;
}

/* For the service manager, when this program has died: a dark light is then the truth. */
static int light_off(const struct node_settings *s)
{
	const struct gpio_options o = node_settings_gpio(s);
	char why[GPIO_WHY];

	if (gpio_light_off(&o, why) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "matsang-node: %s\n", why);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static const struct args_word own = { "light-off",
					      "turn the light off, and end: for when it died" };
	struct args args;
	struct app *a;
	char why[CONF_WHY];
	bool again;
	int status;

	/* One heap for all threads: the household's board has little memory. */
	mallopt(M_ARENA_MAX, 1);
	log_open("matsang-node");
	status = args_read(&args, "matsang-node", &own, argc, argv);
	if (status >= 0)
		return status;
	a = calloc(1, sizeof *a);
	if (!a)
		return EXIT_FAILURE;
	a->file = args.file;
	a->trial_ends = MONO_NEVER;
	a->settings = node_settings_load(args.file, why);
	if (!a->settings) {
		fprintf(stderr, "%s\n", why);
		free(a);
		return EXIT_SETTINGS;
	}
	/* What was pushed is no business of --check FILE. */
	if (!args.print && !args.check)
		a->settings = push_begin(&a->push, a->settings, args.file);
	if (args.print)
		status = conf_print(a->settings, &node_table) ? EXIT_SUCCESS : EXIT_FAILURE;
	else if (args.check)
		status = EXIT_SUCCESS;
	else if (args.own)
		status = light_off(a->settings);
	else if ((status = prepare(a)) == EXIT_SUCCESS)
		status = run(a);
	close_all(a);
	again = a->again;
	free(a);
	if (again && status == EXIT_SUCCESS) {
		execv("/proc/self/exe", argv);
		log_err("cannot begin anew: %m");
		return EXIT_FAILURE; /* the supervisor starts us again */
	}
	return status;
}
