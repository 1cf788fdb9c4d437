/* SPDX-License-Identifier: Apache-2.0 */
/* matsang-gateway: wires the commune's core to broker, ledger, graphs, page and channels. Decides
 * nothing. */
#include "gateway/catalogue.h"
#include "gateway/commune.h"
#include "gateway/desk.h"
#include "gateway/enrol.h"
#include "gateway/gasp.h"
#include "gateway/http.h"
#include "gateway/heartbeat.h"
#include "gateway/keys.h"
#include "gateway/lookout.h"
#include "gateway/notify.h"
#include "gateway/order.h"
#include "gateway/planned.h"
#include "gateway/reply_sms.h"
#include "gateway/reply_zalo.h"
#include "gateway/series.h"
#include "gateway/settings.h"
#include "gateway/store.h"
#include "gateway/turn.h"
#include "gateway/view.h"
#include "mesh/args.h"
#include "mesh/key.h"
#include "mesh/log.h"
#include "mesh/loop.h"
#include "mesh/mqtt.h"
#include "mesh/topic.h"
#include "mesh/wire.h"

#include <cjson/cJSON.h>

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MARK_EVERY_MS = 10000, /* how exactly we know when we died */
	TRIM_MARKS = 60,
	FLUSH_EVERY_MS = 5000,
	RETRY_MIN_MS = 200,
	RETRY_MAX_MS = 5000, /* the broker is our neighbour */
	USER_TIMEOUT_MS = 20000,
	KEEPALIVE_S = 60,
	AGAIN_WITHIN_MS = 60 * 60 * 1000,
	MASS_MOST_MS = 30 * 60 * 1000, /* then most points are gone indeed */
};

struct gateway {
	struct gateway_settings *settings;
	struct commune_options options;
	struct loop *loop;
	struct commune *commune;
	struct store *store;
	struct series *series;
	struct notify *notify;
	struct http *http;
	struct mqtt *mqtt;
	struct gasp_door *gasps; /* NULL when none are taken */
	struct view view;
	struct turn *turn;
	unsigned marks;
	struct keys *keys;
	struct desk *desk;
	struct lookout *lookout;
	struct heartbeat *heartbeat;   /* NULL when nobody waits for one */
	struct reply_sms *reply_sms;   /* NULL without an inbox */
	struct reply_zalo *reply_zalo; /* NULL without a bot */
	struct windows planned;        /* all that stand; read again by planned_changed */
	struct loop_alarm *mark, *flush;
	uint64_t epoch;
	bool linked, failed; /* failed: ended by itself, to be started again */
	char series_dir[PATH_MAX];
};

static void publish_state(struct gateway *g, bool up)
{
	struct wire_gate gate = { .up = up, .epoch = g->epoch, .wall = clock_wall() };
	uint8_t buf[WIRE_MAX];
	size_t len = wire_gate_encode(buf, &gate);

	mqtt_send(g->mqtt, TOPIC_GATEWAY, buf, len, true);
}

static void hear_tally(struct gateway *g, const struct mqtt_event *e)
{
	struct tally t;
	uint64_t more = commune_tally(g->commune, &t, e->payload, e->len);

	if (more > 0)
		log_point(t.last,
			  "broker: refused %" PRIu64 " on a topic of another, the last from %s",
			  more, t.last);
}

static void on_mqtt(void *self, const struct mqtt_event *e, mono_t now)
{
	struct gateway *g = self;

	switch (e->kind) {
	case MQTT_UP:
		log_info("broker: connected");
		g->linked = true;
		commune_link(g->commune, true, now, clock_wall());
		publish_state(g, true);
		keys_linked(g->keys);
		break;
	case MQTT_DOWN:
		if (!e->again)
			log_warn("broker: %s", e->why);
		g->linked = false;
		commune_link(g->commune, false, now, clock_wall());
		break;
	case MQTT_MESSAGE:
		if (strcmp(e->topic, TOPIC_BROKER) == 0)
			hear_tally(g, e);
		else
			commune_hear(g->commune, e->topic, e->payload, e->len, now, clock_wall());
		break;
	}
	turn_soon(g->turn, now);
}

static unsigned on_gasp(void *self, const char *code, const struct gasp *gasp, mono_t now)
{
	struct gateway *g = self;
	unsigned no = commune_gasp(g->commune, code, gasp,
				   store_boot_known(g->store, code, gasp->boot), now, clock_wall());

	turn_soon(g->turn, now);
	return no;
}

/* ---- what runs back: receipts, our own line and mains ---- */

static bool is_person(const struct gateway *g, const char *id)
{
	const struct roster *r = &g->settings->roster;

	for (size_t i = 0; i < r->n_receivers; i++)
		if (strcmp(r->receivers[i].id, id) == 0)
			return r->receivers[i].role != ROLE_MACHINE;
	return false;
}

static void on_result(void *self, const struct delivery *d, bool delivered)
{
	struct gateway *g = self;
	const mono_t now = clock_mono();

	if (delivered)
		commune_doubt(g->commune, DOUBT_MUTE, false, clock_wall(), now, clock_wall());
	if (delivered || !is_person(g, d->receiver))
		return;
	commune_undelivered(g->commune, d->incident.id, d->receiver, now, clock_wall());
	turn_soon(g->turn, now);
}

static void doubt(struct gateway *g, enum doubt d, bool on, wall_t since)
{
	const mono_t now = clock_mono();

	commune_doubt(g->commune, d, on, since, now, clock_wall());
	turn_soon(g->turn, now);
}

static void on_mute(void *self, bool mute)
{
	doubt(self, DOUBT_MUTE, mute, clock_wall());
}

static void on_lookout(void *self, enum doubt d, bool on, wall_t since)
{
	struct gateway *g = self;

	doubt(g, d, on, since);
	if (d == DOUBT_LINE)
		notify_offline(g->notify, on);
}

/* ---- clockwork ---- */

static void on_mark(void *self, mono_t now)
{
	struct gateway *g = self;

	store_mark(g->store, clock_wall());
	keys_linked(g->keys); /* an order that found the connection too full */
	if (++g->marks % TRIM_MARKS == 0)
		malloc_trim(0); /* what lies between small blocks never goes back by itself */
	loop_alarm_set(g->mark, mono_after(now, MARK_EVERY_MS));
}

static void on_written(void *self, size_t point, wall_t last)
{
	struct gateway *g = self;

	store_drawn(g->store, point, last);
}

static void on_flush(void *self, mono_t now)
{
	struct gateway *g = self;

	series_flush(g->series, clock_wall(), false, on_written, g);
	loop_alarm_set(g->flush, mono_after(now, FLUSH_EVERY_MS));
}

/* ---- what the command line may ask for ---- */

static cJSON *failure(const char *why)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "error", why);
	return json;
}

static cJSON *deed_enrol(void *self, const char *point, unsigned *status)
{
	struct gateway *g = self;
	char why[CONF_WHY];
	struct enrolment *e;
	cJSON *json;

	if (!gateway_settings_find(g->settings, point)) {
		*status = 404;
		return failure("no such point: add it to \"points\" in gateway.jsonc first");
	}
	e = enrol_point(g->settings, point, why);
	if (!e) {
		*status = 500;
		return failure(why);
	}
	keys_changed(g->keys, point);
	log_point(point, "point %s: enrolled", point);
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "point", point);
	cJSON_AddStringToObject(json, "node_file", e->node_file);
	cJSON_AddStringToObject(json, "key", e->key);
	enrolment_free(e);
	*status = 200;
	return json;
}

static cJSON *deed_revoke(void *self, const char *point, unsigned *status)
{
	struct gateway *g = self;
	char why[CONF_WHY];
	int e = enrol_revoke(g->settings, point, why);
	cJSON *json;

	/* Without a key, too: it may have gone by hand, or in a life that ended too soon. */
	if (e == 0 || e == -ENOENT)
		keys_changed(g->keys, point);
	if (e < 0) {
		*status = e == -ENOENT || e == -EINVAL ? 404 : 500;
		return failure(why);
	}
	log_point(point, "point %s: its key is void", point);
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "point", point);
	*status = 200;
	return json;
}

/* A message to one node, which must be there to hear it: nothing is kept for later. */
static cJSON *deed_order(void *self, const char *point, const cJSON *asked, unsigned *status)
{
	struct gateway *g = self;
	const size_t i = commune_find(g->commune, point);
	const uint32_t id = (uint32_t)(clock_wall().ms / 1000) | 1;
	uint8_t buf[WIRE_MAX];
	char why[ORDER_WHY], topic[TOPIC_TEXT];
	size_t len;
	cJSON *json;

	*status = 404;
	if (i == SIZE_MAX)
		return failure("no such point");
	*status = 400;
	len = order_encode(buf, asked, id, why);
	if (len == 0)
		return failure(why);
	*status = 409;
	if (commune_point(g->commune, i).contact != CONTACT_UP)
		return failure("the point cannot be reached now; try again when it is back");
	topic_down_draw(topic, point);
	if (mqtt_send(g->mqtt, topic, buf, len, false) != 0)
		return failure("the broker cannot be reached now");
	log_point(point, "point %s: an order was sent", point);
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "point", point);
	cJSON_AddNumberToObject(json, "id", id);
	*status = 200;
	return json;
}

/* The one place that learns of a change, and of what is planned at the start: whoever judges by it
 * is to be handed g->planned here. What cannot be read leaves what was read before. */
static int planned_changed(struct gateway *g)
{
	struct windows now;
	int e = store_planned(g->store, clock_wall(), &now);

	if (e < 0) {
		log_err("planned: %s", strerror(-e));
		return e;
	}
	if (g->commune)
		commune_windows(g->commune, NULL, clock_mono());
	windows_free(&g->planned);
	g->planned = now;
	if (g->commune) {
		commune_windows(g->commune, &g->planned, clock_mono());
		turn_soon(g->turn, clock_mono());
	}
	return 0;
}

static cJSON *deed_planned(void *self, unsigned *status)
{
	struct gateway *g = self;

	return planned_list(&g->planned, clock_wall(), status);
}

static cJSON *deed_plan(void *self, const cJSON *asked, unsigned *status)
{
	struct gateway *g = self;
	cJSON *json = planned_add(g->store, &g->settings->roster, asked, clock_wall(), status);

	planned_changed(g);
	return json;
}

static cJSON *deed_unplan(void *self, int64_t id, unsigned *status)
{
	struct gateway *g = self;
	cJSON *json = planned_remove(g->store, id, clock_wall(), status);

	planned_changed(g);
	return json;
}

static cJSON *deed_calendar(void *self, const char *text, size_t len, unsigned *status)
{
	struct gateway *g = self;
	cJSON *json =
		planned_import(g->store, &g->settings->roster, text, len, clock_wall(), status);

	planned_changed(g);
	return json;
}

static cJSON *deed_reply(void *self, const char *via, const char *from, const char *text,
			 unsigned *status)
{
	struct gateway *g = self;

	return desk_reply(g->desk, via, from, text, status);
}

static cJSON *deed_take(void *self, const cJSON *asked, const char *who, unsigned *status)
{
	struct gateway *g = self;

	return desk_take(g->desk, asked, who, status);
}

static cJSON *deed_correct(void *self, const cJSON *asked, const char *who, unsigned *status)
{
	struct gateway *g = self;

	return desk_correct(g->desk, asked, who, status);
}

static cJSON *deed_test(void *self, const cJSON *asked, const char *who, unsigned *status)
{
	struct gateway *g = self;

	(void)who;
	return desk_test(g->desk, asked, status);
}

static int know(struct gateway *g, wall_t wall, mono_t now);

static cJSON *deed_rebuild(void *self, unsigned *status)
{
	struct gateway *g = self;
	mono_t now = clock_mono();
	wall_t wall = clock_wall();
	struct store_counters c;
	cJSON *json;
	int e;

	e = turn_now(g->turn, now); /* nothing half-done */
	e = e < 0 ? e : store_rebuild(g->store, &g->options, wall);
	if (e < 0) {
		*status = 500;
		return failure(strerror(-e));
	}
	/* Judge anew from what was derived; the points are unknown until heard. */
	commune_free(g->commune);
	g->commune = NULL;
	e = know(g, wall, now);
	if (e < 0) {
		log_err("gateway: out of memory after a rebuild");
		g->failed = true;
		loop_end(g->loop);
		*status = 500;
		return failure(strerror(-e));
	}
	if (g->linked)
		commune_link(g->commune, true, now, wall);
	turn_soon(g->turn, now);
	c = store_counters(g->store);
	json = cJSON_CreateObject();
	cJSON_AddBoolToObject(json, "ok", true);
	cJSON_AddNumberToObject(json, "rows", (double)c.rows);
	*status = 200;
	return json;
}

/* ---- start ---- */

/* A commune that remembers, and knows that it was blind until now. */
static int know(struct gateway *g, wall_t wall, mono_t now)
{
	wall_t alive = { 0 };
	int e;

	g->commune = commune_new(&g->settings->roster, &g->options);
	if (!g->commune)
		return -ENOMEM;
	e = store_restore(g->store, g->commune, now, &alive);
	if (e < 0)
		return e;
	commune_start(g->commune, alive, now, wall);
	commune_windows(g->commune, &g->planned, now);
	desk_judge(g->desk, g->commune);
	if (g->lookout && lookout_offline(g->lookout))
		commune_doubt(g->commune, DOUBT_LINE, true, wall, now, wall);
	g->view.commune = g->commune;
	turn_judge(g->turn, g->commune);
	return 0;
}

static struct commune_options options_of(const struct gateway_settings *s)
{
	return (struct commune_options){
		.grace_ms = s->grace_s * 1000,
		.ask_ms = s->ask_s * 1000,
		.sight_ms = s->sight_s * 1000,
		.group_hold_ms = s->group_hold_s * 1000,
		.group_window_ms = s->group_window_s * 1000,
		.camera_hold_ms = s->camera_hold_s * 1000,
		.return_hold_ms = s->return_hold_s * 1000,
		.residue_hold_ms = s->residue_hold_s * 1000,
		.again_hold_ms = s->again_hold_s * 1000,
		.again_within_ms = AGAIN_WITHIN_MS,
		.stable_hold_ms = s->stable_hold_s * 1000,
		.blind_hold_ms = s->blind_hold_s * 1000,
		.mass_most_ms = MASS_MOST_MS,
		.cut_grace_ms = s->cut_grace_s * 1000,
		.next_person_ms = s->next_person_s * 1000,
		.leader_ms = s->leader_s * 1000,
	};
}

/* Our own key is there, and the broker has it too. */
static bool key_known(struct gateway *g, char why[static CONF_WHY])
{
	struct stat before = { 0 }, after = { 0 };

	stat(g->settings->psk_file, &before);
	if (enrol_gateway(g->settings, why) < 0)
		return false;
	stat(g->settings->psk_file, &after);
	if (before.st_ino != after.st_ino)
		keys_reread(g->keys); /* the file is replaced when it changes */
	return true;
}

static struct mqtt *dial(struct gateway *g, char why[static KEY_WHY])
{
	const struct gateway_settings *s = g->settings;
	struct wire_gate away = { .up = false, .epoch = g->epoch, .wall = clock_wall() };
	uint8_t will[WIRE_MAX];
	struct mqtt_options o = {
		.identity = TOPIC_GATEWAY_USER,
		.n_endpoints = s->n_brokers,
		.subscriptions = { TOPIC_ALL_UP },
		.n_subscriptions = 1,
		.will_topic = TOPIC_GATEWAY,
		.will_retained = true,
		.keepalive_s = KEEPALIVE_S,
		.user_timeout_ms = USER_TIMEOUT_MS,
		.retry_min_ms = RETRY_MIN_MS,
		.retry_max_ms = RETRY_MAX_MS,
		.seed = g->epoch,
	};
	char enrol_why[CONF_WHY];
	struct mqtt *m;

	if (!key_known(g, enrol_why)) {
		snprintf(why, KEY_WHY, "%.*s", KEY_WHY - 1, enrol_why);
		return NULL;
	}
	if (!key_read(s->key_file, o.key, &o.key_len, why))
		return NULL;
	for (size_t i = 0; i < s->n_brokers; i++)
		o.endpoints[i] = s->brokers[i];
	o.will_len = wire_gate_encode(will, &away);
	memcpy(o.will, will, o.will_len);
	m = mqtt_new(g->loop, &o, on_mqtt, g);
	if (!m)
		snprintf(why, KEY_WHY, "mqtt: %s", strerror(errno));
	explicit_bzero(o.key, sizeof o.key);
	return m;
}

static void undrawn(void *self, size_t point, const struct draw *d)
{
	struct gateway *g = self;

	series_add(g->series, point, d, clock_wall());
}

static_assert((int)SERIES_WHY <= (int)STORE_WHY, "one buffer serves both");

static bool open_memory(struct gateway *g)
{
	char why[STORE_WHY];
	wall_t wall = clock_wall();

	g->store = store_open(g->settings->state_dir, &g->settings->roster, why);
	if (!g->store) {
		log_err("%s", why);
		return false;
	}
	snprintf(g->series_dir, sizeof g->series_dir, "%s/rrd", g->settings->state_dir);
	g->series = series_open(g->series_dir, &g->settings->roster, (unsigned)g->settings->step_s,
				why);
	if (!g->series) {
		log_err("%s", why);
		return false;
	}
	g->desk = desk_new(g->settings, g->store, g->turn);
	if (!g->desk)
		return false;
	store_undrawn(g->store, undrawn, g);
	if (planned_changed(g) < 0)
		return false;
	return know(g, wall, clock_mono()) == 0;
}

static bool open_routes(struct gateway *g)
{
	const struct gateway_settings *s = g->settings;
	static struct notify_options o; /* borrowed by notify for its whole life */

	o = (struct notify_options){
		.roster = &s->roster,
		.page_url = s->page.url,
		.hooks = s->hooks,
		.n_hooks = s->n_hooks,
		.mails = s->mail_routes,
		.n_mails = s->n_mails,
		.execs = s->execs,
		.n_execs = s->n_execs,
		.people = s->ways,
		.n_people = s->n_people,
		.zalo_url = s->zalo_token[0] ? s->zalo.url : "",
		.zalo_token = s->zalo_token,
		.ntfy_url = s->ntfy.url,
		.ntfy_token = s->ntfy_token,
		.sms_outbox = s->sms.outbox,
		.sms_sent = s->sms.sent,
		.sms_error = s->sms.error,
		.sms = { s->sms.per_day, s->sms.reserve },
		.mail = s->mail_route,
	};
	g->notify = notify_new(g->loop, g->store, &o);
	if (!g->notify)
		return false;
	notify_on_result(g->notify, on_result, g);
	notify_on_mute(g->notify, on_mute, g);
	return true;
}

/* Somebody outside must learn that nobody will be told anything. */
static bool is_well(void *self)
{
	const struct gateway *g = self;

	return turn_keeps(g->turn) && !notify_mute(g->notify);
}

/* What people answer, who watches us from outside, and what we watch of ourselves. */
static bool open_ears(struct gateway *g)
{
	const struct gateway_settings *s = g->settings;
	const struct lookout_options look = {
		.references = s->references,
		.n_references = s->n_references,
		.mains_file = s->mains_file,
		.every_ms = LOOKOUT_EVERY_MS,
		.timeout_ms = LOOKOUT_TIMEOUT_MS,
	};
	struct reply_zalo_options zalo = reply_zalo_defaults;

	zalo.url = s->zalo.url;
	zalo.token = s->zalo_token;
	g->lookout = lookout_new(g->loop, &look, on_lookout, g);
	if (s->heartbeat_url[0])
		g->heartbeat =
			heartbeat_new(g->loop, s->heartbeat_url, HEARTBEAT_MS, &post_defaults);
	if (g->heartbeat)
		heartbeat_while(g->heartbeat, is_well, g);
	if (s->sms.inbox[0])
		g->reply_sms = reply_sms_new(g->loop, s->sms.inbox, desk_heard, g->desk);
	if (s->zalo_token[0])
		g->reply_zalo = reply_zalo_new(g->loop, &zalo, desk_heard, g->desk);
	return g->lookout && (!s->heartbeat_url[0] || g->heartbeat) &&
	       (!s->sms.inbox[0] || g->reply_sms) && (!s->zalo_token[0] || g->reply_zalo);
}

/* matsang-draw stands beside this program. */
static const char *draw_program(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
	char *slash;

	path[n < 0 ? 0 : n] = '\0';
	slash = strrchr(path, '/');
	strcpy(slash ? slash + 1 : path, "matsang-draw");
	return path;
}

static bool open_page(struct gateway *g)
{
	const struct gateway_settings *s = g->settings;
	static struct http_options o;
	static struct http_deeds deeds;
	char why[HTTP_WHY];

	o = (struct http_options){
		.listen = s->page.listen,
		.url = s->page.url,
		.socket = s->socket,
		.metrics_token = s->page.metrics_token,
		.series_dir = g->series_dir,
		.draw_program = draw_program(),
		.users = s->users,
		.n_users = s->n_users,
	};
	deeds = (struct http_deeds){
		.self = g,
		.enrol = deed_enrol,
		.revoke = deed_revoke,
		.rebuild = deed_rebuild,
		.order = deed_order,
		.planned = deed_planned,
		.plan = deed_plan,
		.unplan = deed_unplan,
		.calendar = deed_calendar,
		.reply = deed_reply,
		.take = deed_take,
		.correct = deed_correct,
		.test = deed_test,
	};
	g->view = (struct view){
		.roster = &s->roster,
		.commune = g->commune,
		.store = g->store,
		.series = g->series,
		.notify = g->notify,
		.heartbeat = g->heartbeat,
		.answers = desk_counts(g->desk),
		.answer_str = desk_refusal_str,
		.n_answers = DESK_REFUSALS,
		.mqtt = g->mqtt,
		.gasps = g->gasps,
		.language = strcmp(s->language, "en") == 0 ? LANGUAGE_EN : LANGUAGE_VI,
		.started = clock_wall(),
	};
	g->http = http_open(g->loop, &o, &g->view, &deeds, why);
	if (!g->http)
		log_err("%s", why);
	return g->http != NULL;
}

static bool open_gasps(struct gateway *g)
{
	const struct gateway_settings *s = g->settings;
	char why[GASP_WHY];

	if (s->gasp_listen[0] == '\0')
		return true;
	g->gasps = gasp_door_open(g->loop, s->gasp_listen, s->psk_file, on_gasp, g, why);
	if (!g->gasps)
		log_err("%s", why);
	return g->gasps != NULL;
}

static bool open_all(struct gateway *g)
{
	char why[KEY_WHY];

	g->turn = turn_new(g->loop, &g->settings->roster);
	g->mark = loop_alarm_new(g->loop, on_mark, g);
	g->flush = loop_alarm_new(g->loop, on_flush, g);
	g->keys = keys_new(g->loop, g->settings);
	if (!g->turn || !g->mark || !g->flush || !g->keys || !open_memory(g) || !open_routes(g) ||
	    !open_ears(g))
		return false;
	g->mqtt = dial(g, why);
	if (!g->mqtt) {
		log_err("%s", why);
		return false;
	}
	keys_by(g->keys, g->mqtt);
	turn_parts(g->turn, g->store, g->series, g->notify, g->mqtt);
	return open_gasps(g) && open_page(g);
}

static void close_all(struct gateway *g)
{
	http_close(g->http);
	gasp_door_close(g->gasps);
	if (g->mqtt) {
		if (g->linked)
			publish_state(g, false);
		mqtt_bye(g->mqtt, 1000);
		mqtt_free(g->mqtt);
	}
	if (g->series)
		series_flush(g->series, clock_wall(), true, on_written, g);
	reply_zalo_free(g->reply_zalo);
	reply_sms_free(g->reply_sms);
	heartbeat_free(g->heartbeat);
	lookout_free(g->lookout);
	notify_free(g->notify);
	series_close(g->series);
	if (g->store && turn_keeps(g->turn))
		store_mark(g->store, clock_wall());
	commune_free(g->commune);
	desk_free(g->desk);
	windows_free(&g->planned);
	store_close(g->store);
	keys_free(g->keys);
	turn_free(g->turn);
	loop_alarm_free(g->mark);
	loop_alarm_free(g->flush);
	loop_free(g->loop);
	gateway_settings_free(g->settings);
}

static int run(struct gateway *g)
{
	char why[CATALOGUE_WHY];
	mono_t now;
	int e;

	g->loop = loop_new();
	if (!g->loop) {
		log_err("loop: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	if (!catalogue_open(NULL, why))
		log_warn("%s", why);
	g->epoch = (uint64_t)clock_wall().ms;
	g->options = options_of(g->settings);
	if (!open_all(g))
		return EXIT_FAILURE;
	now = clock_mono();
	on_mark(g, now);
	on_flush(g, now);
	turn_now(g->turn, now);
	notify_kick(g->notify);
	loop_notify("READY=1");
	log_info("watching %zu points of %s", g->settings->roster.n_points,
		 g->settings->roster.commune);
	e = loop_run(g->loop);
	loop_notify("STOPPING=1");
	return e < 0 || g->failed || turn_gave_up(g->turn) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct gateway g = { 0 };
	struct args args;
	char why[CONF_WHY];
	int status;

	mallopt(M_ARENA_MAX, 2);
	/* Said, it stays: or the first large block that is freed moves it, and a storm's memory
	 * never goes back. */
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	log_open("matsang-gateway");
	status = args_read(&args, "matsang-gateway", NULL, argc, argv);
	if (status >= 0)
		return status;
	g.settings = gateway_settings_load(args.file, why);
	if (!g.settings) {
		fprintf(stderr, "%s\n", why);
		return EXIT_SETTINGS;
	}
	if (args.print)
		status = conf_print(g.settings, &gateway_table) ? EXIT_SUCCESS : EXIT_FAILURE;
	else if (args.check)
		status = EXIT_SUCCESS;
	else
		status = run(&g);
	close_all(&g);
	return status;
}
