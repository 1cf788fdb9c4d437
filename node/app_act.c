/* SPDX-License-Identifier: Apache-2.0 */
/* app_act: does what the core wants: sends, probes, lights, restarts, tries settings. */
#include "node/app.h"

#include "mesh/log.h"
#include "node/report.h"

#include <string.h>

enum {
	TURNS = 64, /* of one wake-up; then the loop gets its turn */
	GASP_IP = GASP_LEN + 28,
};

static void light(struct app *a, mono_t now)
{
	int64_t ms = mono_since(now, a->lamp_since), next = lamp_next(a->lamp, ms);

	if (!gpio_fitted(a->gpio, GPIO_LIGHT, 0))
		return;
	gpio_set(a->gpio, GPIO_LIGHT, lamp_on(a->lamp, ms));
	loop_alarm_set(a->light, next == INT64_MAX ? MONO_NEVER : mono_after(now, next));
}

void app_on_light(void *self, mono_t now)
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
	node_bytes_more(&a->node, GASP_IP);
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

/* What leaves the house costs its family something, there and back. */
void app_count_ping(struct app *a, enum node_target kind)
{
	if (kind == NODE_OUTSIDE)
		node_bytes_more(&a->node, PING_IP);
	if (kind == NODE_LARGE)
		node_bytes_more(&a->node, PING_LARGE_IP);
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
	case NODE_LARGE:
		return a->settings->outside[which];
	case NODE_CAMERA:
		return a->settings->cameras[which].address;
	}
	return NULL;
}

static void probe(struct app *a, enum node_target kind, unsigned which, mono_t now)
{
	struct vitals_route route;
	const char *address;

	if (!(a->acts.probes & node_probe_bit(kind, which)))
		return;
	address = address_of(a, kind, which, &route);
	/* Without a default route there is no router to answer. */
	if (!address || ping_send(a->ping, address, kind == NODE_LARGE,
				  (unsigned)kind * APP_TAG_WHICH + which) != 0)
		node_pinged(&a->node, kind, which, PING_SILENT, now);
	else
		app_count_ping(a, kind);
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
	for (unsigned i = 0; i < a->options.cameras_n; i++)
		if (a->acts.looks >> i & 1) {
			const struct look_at at = node_settings_look(a->settings, i);

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
	if (len > 0 && mqtt_send(a->mqtt, a->topic_up, buf, len, false) != 0)
		node_report(&a->node); /* later */
}

/* ---- settings from the gateway ---- */

static void begin_again(struct app *a)
{
	a->again = true;
	loop_end(a->loop);
}

void app_take_push(struct app *a)
{
	bool worth;

	if (!a->node.push.here || a->disk_rest.resting)
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
void app_watch_trial(struct app *a, mono_t now)
{
	int err;

	if (!a->push.trying || a->disk_rest.resting)
		return;
	if (a->linked && a->node.gate_known && a->node.gate_up) {
		err = push_keep(&a->push);
		log_warn("settings pushed by the gateway: %s", err ? strerror(-err) : "kept");
		a->push.trying = false; /* whatever the disk says: in force until the next start */
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
void app_turn(struct app *a, mono_t now)
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

void app_on_due(void *self, mono_t now)
{
	app_turn(self, now);
}
