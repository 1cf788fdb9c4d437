/* SPDX-License-Identifier: Apache-2.0 */
/* settings: node.jsonc, read once at the start and then constant. */
#include "node/settings.h"

#include "mesh/mqtt_socket.h"
#include "mesh/topic.h"
#include "mesh/udp.h"
#include "node/url.h"
#include "node/vitals.h"

#include <cjson/cJSON.h>

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { PATH_TEXT = 48, LINE_NAME = 31, SUN_PATH_MAX = 107, CAMERA_NAME = 60, USER_TEXT = 128 };
enum { LOOK_WATCH_MS = 3000, LOOK_TIMEOUT_MS = 8000 }; /* as matsang-eye has them */

/* ---- the tables; the manual page matsang-node.jsonc(5) is held to them by a test ---- */

/* clang-format off */
#define TEXT(struct_, field, least, most) \
	.type = CONF_STRING, .at = offsetof(struct_, field), .min = (least), .max = (most)
#define NUMBER(struct_, field, least, most, default_) \
	.type = CONF_INT, .at = offsetof(struct_, field), .min = (least), .max = (most), .def = (default_)
#define LIST(struct_, field, count, least, most) \
	.type = CONF_LIST, .at = offsetof(struct_, field), .at_count = offsetof(struct_, count), \
	.min = (least), .max = (most)

static const char *const clocks[] = { "date", "onvif", "none", NULL };
static const struct conf_key camera_keys[] = {
	{ .key = "name", TEXT(struct node_camera, name, 1, CAMERA_NAME), .required = true,
	  .help = "what it looks at" },
	{ .key = "address", TEXT(struct node_camera, address, 7, 15), .required = true,
	  .help = "its IPv4 address in the house" },
	{ .key = "stream", TEXT(struct node_camera, stream, 0, URL_TEXT),
	  .help = "rtsp:// address of its smallest stream; empty: it is only pinged" },
	{ .key = "user", TEXT(struct node_camera, user, 0, USER_TEXT),
	  .help = "an account of the camera that may only watch" },
	{ .key = "password_file", TEXT(struct node_camera, password_file, 0, 400),
	  .help = "file with its password, readable by the node's user only" },
	{ .key = "clock", TEXT(struct node_camera, clock, 0, 5), .choices = clocks, .def_text = "date",
	  .help = "where its clock is read while it is looked at" },
	{ .key = "onvif", TEXT(struct node_camera, onvif, 0, URL_TEXT),
	  .help = "http:// address of its ONVIF device service" },
};
static const struct conf_table camera_table = { camera_keys, COUNT(camera_keys), sizeof(struct node_camera) };

#define WIRES(field) (offsetof(struct node_settings, gpio.field) - offsetof(struct node_settings, gpio))
#define LINE(name_, default_, help_) \
	{ .key = #name_, .type = CONF_STRING, .at = WIRES(name_), .max = LINE_NAME, .def_text = default_, \
	  .help = help_ }
#define LEVEL(name_, help_) { .key = #name_, .type = CONF_BOOL, .at = WIRES(name_), .help = help_ }

static const char *const heals[] = { "nothing", "router", "camera", NULL };
static const char *const bodies[] = { "chip", "script", NULL };
static const struct conf_key gpio_keys[] = {
	{ .key = "body", .type = CONF_STRING, .at = WIRES(body), .choices = bodies, .def_text = "chip",
	  .help = "real pins, or wires played over a socket" },
	{ .key = "chip", .type = CONF_STRING, .at = WIRES(chip), .max = LINE_NAME,
	  .help = "label of the chip; empty: whichever has the lines" },
	{ .key = "script", .type = CONF_STRING, .at = WIRES(script), .max = SUN_PATH_MAX,
	  .help = "body \"script\": path of the socket" },
	LINE(mains, "GPIO17", "line that is on while there is mains; empty: not fitted"),
	LEVEL(mains_active_low, "mains is there when the line is low"),
	LINE(light, "GPIO27", "line of the household's light; empty: not fitted"),
	LEVEL(light_active_low, "the light is on when the line is low"),
	LINE(relay, "", "line of a relay; empty: not fitted"),
	LEVEL(relay_active_low, "the relay pulls when the line is low"),
	LINE(button, "", "line of a button; empty: not fitted"),
	LEVEL(button_active_low, "the button is pressed when the line is low"),
	LINE(ups, "", "line on which the UPS says that it is fed from outside; empty: not fitted"),
	LEVEL(ups_active_low, "it is fed when the line is low"),
	{ .key = "heartbeats", .type = CONF_LIST, .at = WIRES(heartbeats), .at_count = WIRES(n_heartbeats),
	  .max = GPIO_HEARTBEATS, .help = "lines that cameras toggle while they work, in the cameras' order" },
};
static const struct conf_table gpio_table = { gpio_keys, COUNT(gpio_keys),
	sizeof(((struct node_settings *)0)->gpio) };

#define N struct node_settings
static const struct conf_key node_keys[] = {
	{ .key = "point", TEXT(N, point, 1, POINT_CODE_MAX), .required = true,
	  .help = "this point's code, as the gateway's roster has it" },
	{ .key = "brokers", LIST(N, brokers, n_brokers, 1, MQTT_ENDPOINTS), .required = true,
	  .help = "host:port of the MQTT broker; more than one are tried in turn" },
	{ .key = "gasp", TEXT(N, gasp, 0, 60),
	  .help = "address:port where the gateway takes last gasps; empty: none are sent" },
	{ .key = "key_file", TEXT(N, key_file, 1, 400), .required = true,
	  .help = "this point's key in hexadecimal, made by `matsang enrol`" },
	{ .key = "state_dir", TEXT(N, state_dir, 1, 400), .def_text = "/var/lib/matsang",
	  .help = "what the gateway has not stored yet waits here" },
	{ .key = "boot_id_file", TEXT(N, boot_id_file, 1, 400),
	  .def_text = "/proc/sys/kernel/random/boot_id", .help = "differs at every boot" },
	{ .key = "beat_s", NUMBER(N, beat_s, 1, 900, 60),
	  .help = "one beat each so many seconds" },
	{ .key = "interface", TEXT(N, interface, 0, VITALS_INTERFACE - 1), .def_text = "auto",
	  .help = "network interface that leads out; auto: the default route's; empty: none" },
	{ .key = "router", TEXT(N, router, 0, 15), .def_text = "auto",
	  .help = "IPv4 address of the house's router; auto: the default route's; empty: none" },
	{ .key = "outside", LIST(N, outside, n_outside, 0, NODE_OUTSIDES),
	  .help = "IPv4 addresses beyond the provider, pinged only when the line is in doubt" },
	{ .key = "cameras", LIST(N, cameras, n_cameras, 0, WIRE_CAMERAS), .of = &camera_table,
	  .help = "the cameras of this point, in the roster's order" },
	{ .key = "probe_s", NUMBER(N, probe_s, 1, 300, 10),
	  .help = "router and cameras are pinged each so many seconds" },
	{ .key = "probe_timeout_ms", NUMBER(N, probe_timeout_ms, 50, 10000, 1000),
	  .help = "a ping without an answer for so long is lost" },
	{ .key = "probe_fails", NUMBER(N, probe_fails, 1, 20, 3),
	  .help = "so many lost pings in a row make silence" },
	{ .key = "look_s", NUMBER(N, look_s, 300, 86400, 300),
	  .help = "a camera with a stream is looked at each so many seconds" },
	{ .key = "heartbeat_s", NUMBER(N, heartbeat_s, 1, 3600, 60),
	  .help = "a heartbeat line without an edge for so long has stopped" },
	{ .key = "mains_out_ms", NUMBER(N, mains_out_ms, 0, 60000, 500),
	  .help = "mains must be gone so long before it counts" },
	{ .key = "mains_back_ms", NUMBER(N, mains_back_ms, 0, 60000, 2000),
	  .help = "and back so long" },
	{ .key = "hold_up_s", NUMBER(N, hold_up_s, 0, 86400, 0),
	  .help = "what feeds the board when mains go lasts so long; 0: not known, or long" },
	{ .key = "link_timeout_s", NUMBER(N, link_timeout_s, 2, 600, 20),
	  .help = "a line without acknowledgement for so long is down" },
	{ .key = "keepalive_s", NUMBER(N, keepalive_s, 0, 65534, 14400),
	  .help = "MQTT pings after so long without a word; keep it far above beat_s" },
	{ .key = "ack_timeout_s", NUMBER(N, ack_timeout_s, 1, 600, 20),
	  .help = "records that the gateway has not stored by then are sent again" },
	{ .key = "retry_min_ms", NUMBER(N, retry_min_ms, 50, 3600000, 2000),
	  .help = "first wait before dialling again" },
	{ .key = "retry_max_ms", NUMBER(N, retry_max_ms, 50, 3600000, 300000),
	  .help = "longest wait before dialling again" },
	{ .key = "spool_kib", NUMBER(N, spool_kib, 16, 65536, 2048),
	  .help = "room for waiting records; 2048 hold a month of minutes" },
	{ .key = "month_kib", NUMBER(N, month_kib, 0, 1 << 30, 0),
	  .help = "KiB a month (30 days) may cost; beats come rarer near it; 0: as many as it takes" },
	{ .key = "ups", TEXT(N, ups, 0, 31), .def_text = "auto",
	  .help = "fuel gauge in /sys/class/power_supply; auto: the first battery; empty: none" },
	{ .key = "heals", TEXT(N, heals, 1, 7), .choices = heals, .def_text = "nothing",
	  .help = "what hangs on the relay and may be restarted by it: nothing, router or camera" },
	{ .key = "gpio", .type = CONF_OBJECT, .at = offsetof(N, gpio), .of = &gpio_table,
	  .help = "the wires" },
};
const struct conf_table node_table = { node_keys, COUNT(node_keys), sizeof(N) };
/* clang-format on */

/* ---- what the table cannot say ---- */

/* Where a check stands, and where it writes what is wrong. */
struct check {
	const struct conf *conf;
	char *why; /* CONF_WHY bytes */
};

static bool blame(const struct check *c, const char *path, const char *what)
{
	conf_blame(c->conf, path, what, c->why);
	return false;
}

static bool address_ok(const char *s)
{
	struct in_addr a;

	return inet_pton(AF_INET, s, &a) == 1;
}

static bool stream_ok(const struct check *c, const struct node_camera *m, size_t i)
{
	char path[PATH_TEXT];

	snprintf(path, sizeof path, "cameras[%zu].stream", i);
	if (m->stream[0] && !url_ok(m->stream, "rtsp://"))
		return blame(c, path,
			     "not rtsp://host/path; a name and password go into \"user\" and "
			     "\"password_file\"");
	snprintf(path, sizeof path, "cameras[%zu].onvif", i);
	if (m->onvif[0] && !url_ok(m->onvif, "http://"))
		return blame(c, path,
			     "not http://host/path; write one such as "
			     "http://192.168.1.20/onvif/device_service");
	if (m->onvif[0] && !m->stream[0])
		return blame(c, path, "asked only while it is looked at; add \"stream\"");
	snprintf(path, sizeof path, "cameras[%zu].password_file", i);
	if (m->password_file[0] && !m->user[0])
		return blame(c, path, "a password of nobody; add \"user\"");
	snprintf(path, sizeof path, "cameras[%zu].clock", i);
	if (strcmp(m->clock, "onvif") == 0 && !m->onvif[0])
		return blame(c, path, "\"onvif\" needs an address; add \"onvif\": \"http://...\"");
	return true;
}

static bool cameras_ok(const struct check *c, const struct node_settings *s)
{
	char path[PATH_TEXT];

	for (size_t i = 0; i < s->n_cameras; i++) {
		snprintf(path, sizeof path, "cameras[%zu].address", i);
		if (!address_ok(s->cameras[i].address))
			return blame(c, path,
				     "not an IPv4 address; write one such as 192.168.1.20");
		snprintf(path, sizeof path, "cameras[%zu].name", i);
		for (size_t j = 0; j < i; j++)
			if (strcmp(s->cameras[j].name, s->cameras[i].name) == 0)
				return blame(c, path,
					     "another camera has this name; give it its own");
		if (!stream_ok(c, &s->cameras[i], i))
			return false;
	}
	return true;
}

static bool line_ok(const struct check *c, const struct node_settings *s)
{
	struct mqtt_endpoint e;
	char path[PATH_TEXT];

	for (size_t i = 0; i < s->n_brokers; i++) {
		snprintf(path, sizeof path, "brokers[%zu]", i);
		if (mqtt_endpoint_decode(&e, s->brokers[i]) != 0)
			return blame(c, path, "not host:port; write one such as 10.9.0.1:8883");
	}
	if (s->gasp[0] && !udp_address_ok(s->gasp))
		return blame(c, "gasp",
			     "not address:port; names are not looked up here, write one such as "
			     "10.9.0.1:8885");
	if (s->router[0] && strcmp(s->router, "auto") != 0 && !address_ok(s->router))
		return blame(c, "router",
			     "not an IPv4 address; write one such as 192.168.1.1, or \"auto\"");
	for (size_t i = 0; i < s->n_outside; i++) {
		snprintf(path, sizeof path, "outside[%zu]", i);
		if (!address_ok(s->outside[i]))
			return blame(c, path, "not an IPv4 address; names are not looked up here");
	}
	return true;
}

static bool times_ok(const struct check *c, const struct node_settings *s)
{
	if (s->probe_timeout_ms >= s->probe_s * 1000)
		return blame(c, "probe_timeout_ms", "not below probe_s; make it shorter");
	if (s->retry_max_ms < s->retry_min_ms)
		return blame(c, "retry_max_ms", "less than retry_min_ms; make it at least that");
	if (s->keepalive_s != 0 && s->keepalive_s <= s->beat_s)
		return blame(c, "keepalive_s",
			     "not above beat_s, so every beat would be followed by a "
			     "ping; make it longer");
	return true;
}

static bool check(const struct node_settings *s, char why[static CONF_WHY])
{
	const struct check at = { s->conf, why }, *const c = &at;

	if (!point_code_ok(s->point))
		return blame(c, "point",
			     "not a point code; 1 to 24 letters, digits or -, and not "
			     "\"gateway\"");
	if (strcmp(s->gpio.body, "script") == 0 && s->gpio.script[0] == '\0')
		return blame(c, "gpio.body",
			     "\"script\" needs a socket; add \"script\": \"/path/of/socket\"");
	if (strcmp(s->heals, "nothing") != 0 && s->gpio.relay[0] == '\0')
		return blame(c, "heals", "no relay is fitted; name its line in \"gpio\"");
	if (strcmp(s->heals, "nothing") != 0 && s->gpio.mains[0] == '\0')
		return blame(c, "heals",
			     "never without knowing of mains; name its line in \"gpio\"");
	if (strcmp(s->heals, "camera") == 0 && s->n_cameras != 1)
		return blame(c, "heals",
			     "which of the cameras hangs on the relay? only for a point of one");
	if (s->gpio.n_heartbeats > s->n_cameras)
		return blame(c, "gpio.heartbeats", "more lines than cameras; give each camera one");
	return cameras_ok(c, s) && line_ok(c, s) && times_ok(c, s);
}

/* ---- reading ---- */

struct node_settings *node_settings_read(const char *name, const char *text, size_t len,
					 char why[static CONF_WHY])
{
	struct node_settings *s = calloc(1, sizeof *s);
	struct conf *conf;

	if (!s) {
		snprintf(why, CONF_WHY, "%s: out of memory", name);
		return NULL;
	}
	if (conf_read(&conf, s, &node_table, name, text, len, why) != CONF_OK) {
		free(s);
		return NULL;
	}
	s->conf = conf;
	if (check(s, why))
		return s;
	node_settings_free(s);
	return NULL;
}

struct node_settings *node_settings_load(const char *path, char why[static CONF_WHY])
{
	struct node_settings *s;
	size_t len;
	char *text = conf_slurp(path, &len, why);

	if (!text)
		return NULL;
	s = node_settings_read(path, text, len, why);
	free(text);
	return s;
}

void node_settings_free(struct node_settings *s)
{
	if (!s)
		return;
	conf_free(s->conf);
	free(s);
}

/* ---- in other words ---- */

static enum node_heals heals_of(const struct node_settings *s)
{
	return strcmp(s->heals, "router") == 0   ? HEALS_ROUTER
	       : strcmp(s->heals, "camera") == 0 ? HEALS_CAMERA
						 : HEALS_NOTHING;
}

struct camera_options node_settings_camera(const struct node_settings *s, size_t i)
{
	return (struct camera_options){
		.stream = s->cameras[i].stream[0] != '\0',
		.heartbeat = i < s->gpio.n_heartbeats && s->gpio.heartbeats[i][0] != '\0',
		.look_every_ms = s->look_s * 1000,
		.beat_ms = s->heartbeat_s * 1000,
	};
}

struct node_options node_settings_options(const struct node_settings *s)
{
	struct node_options o = {
		.point = s->point,
		.beat_ms = s->beat_s * 1000,
		.probe_ms = s->probe_s * 1000,
		.probe_timeout_ms = s->probe_timeout_ms,
		.probe_fails = (unsigned)s->probe_fails,
		.mains_out_ms = s->mains_out_ms,
		.mains_back_ms = s->mains_back_ms,
		.hold_up_ms = s->hold_up_s * 1000,
		.line_hold_ms = s->link_timeout_s * 1000,
		.ack_timeout_ms = s->ack_timeout_s * 1000,
		.month_bytes = (uint64_t)s->month_kib << 10,
		.heals = heals_of(s),
		.mains_fitted = s->gpio.mains[0] != '\0',
		.router_set = s->router[0] != '\0',
		.outside_n = (unsigned)s->n_outside,
		.cameras_n = (unsigned)s->n_cameras,
	};

	for (size_t i = 0; i < s->n_cameras; i++)
		o.camera[i] = node_settings_camera(s, i);
	return o;
}

struct gpio_options node_settings_gpio(const struct node_settings *s)
{
	struct gpio_options o = {
		.body = s->gpio.body,
		.chip = s->gpio.chip,
		.script = s->gpio.script,
		.mains = { s->gpio.mains, s->gpio.mains_active_low },
		.light = { s->gpio.light, s->gpio.light_active_low },
		.relay = { s->gpio.relay, s->gpio.relay_active_low },
		.button = { s->gpio.button, s->gpio.button_active_low },
		.ups = { s->gpio.ups, s->gpio.ups_active_low },
		.n_heartbeats = s->gpio.n_heartbeats,
	};

	for (size_t i = 0; i < s->gpio.n_heartbeats; i++)
		o.heartbeat[i] = (struct gpio_line){ s->gpio.heartbeats[i], false };
	return o;
}

struct look_at node_settings_look(const struct node_settings *s, size_t i)
{
	const struct node_camera *c = &s->cameras[i];

	return (struct look_at){
		.stream = c->stream,
		.user = c->user,
		.password_file = c->password_file,
		.clock = c->clock,
		.onvif = c->onvif,
		.watch_ms = LOOK_WATCH_MS,
		.timeout_ms = LOOK_TIMEOUT_MS,
	};
}

/* FNV-1a, 64 bits: tells settings apart, protects nothing. */
static uint64_t digest(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	while (*text)
		h = (h ^ (uint8_t)*text++) * 0x100000001b3u;
	return h;
}

static char *birth(const struct node_settings *s, const char *hex, size_t n_cameras)
{
	cJSON *json = cJSON_CreateObject(), *names;
	char *text;

	cJSON_AddStringToObject(json, "version", MATSANG_VERSION);
	cJSON_AddStringToObject(json, "settings", hex);
	names = cJSON_AddArrayToObject(json, "cameras");
	for (size_t i = 0; i < n_cameras; i++)
		cJSON_AddItemToArray(names, cJSON_CreateString(s->cameras[i].name));
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return text;
}

char *node_settings_birth(const struct node_settings *s)
{
	char *effective = conf_effective(s, &node_table), *text, hex[17];

	if (!effective)
		return NULL;
	snprintf(hex, sizeof hex, "%016llx", (unsigned long long)digest(effective));
	free(effective);
	text = birth(s, hex, s->n_cameras);
	/* Names made of little but characters that JSON escapes do not fit; the roster has them
	 * too. */
	if (text && strlen(text) > WIRE_BIRTH_TEXT) {
		free(text);
		text = birth(s, hex, 0);
	}
	return text;
}
