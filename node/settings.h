/* SPDX-License-Identifier: Apache-2.0 */
/* settings: node.jsonc, read once at the start and then constant. */
#ifndef MATSANG_NODE_SETTINGS_H
#define MATSANG_NODE_SETTINGS_H

#include "hw/gpio.h"
#include "mesh/conf.h"
#include "node/camera.h"
#include "node/look.h"
#include "node/state.h"

#include <stddef.h>
#include <stdint.h>

struct node_camera {
	const char *name, *address; /* address: an IPv4 literal */
	const char *stream;         /* rtsp://...; "": it is only pinged */
	const char *user, *password_file;
	const char *clock; /* "date", "onvif", "none" */
	const char *onvif; /* http://... */
};

/* Texts are never NULL: what was not given is "". Lists that were not given are NULL with count 0.
 */
struct node_settings {
	const char *point;
	const char *const *brokers;
	size_t n_brokers; /* 1..MQTT_ENDPOINTS, "host:port" */
	const char *gasp; /* "address:port", a literal; "" for none */
	const char *key_file, *state_dir, *boot_id_file;
	int64_t beat_s;
	const char *interface; /* that leads out; "auto" for the default route's; "" for none */
	const char *router;    /* an IPv4 literal; "auto" for the default route's; "" for none */
	const char *const *outside;
	size_t n_outside; /* 0..NODE_OUTSIDES, IPv4 literals */
	const struct node_camera *cameras;
	size_t n_cameras; /* 0..WIRE_CAMERAS */
	int64_t probe_s, probe_timeout_ms, probe_fails;
	int64_t look_s, heartbeat_s;
	int64_t mains_out_ms, mains_back_ms;
	int64_t hold_up_s;
	int64_t link_timeout_s, keepalive_s, ack_timeout_s;
	int64_t retry_min_ms, retry_max_ms;
	int64_t spool_kib;
	int64_t month_kib; /* 0: as many as it takes */
	const char *ups;   /* name in class/power_supply; "auto"; "" for none */
	const char *heals; /* "nothing", "router" or "camera" */
	struct {
		const char *body, *chip, *script;
		const char *mains, *light, *relay, *button,
			*ups; /* line names; "" when not fitted */
		bool mains_active_low, light_active_low, relay_active_low, button_active_low,
			ups_active_low;
		const char *const *heartbeats; /* line names, one a camera */
		size_t n_heartbeats;
	} gpio;

	struct conf *conf; /* not in the file; owns every text and list above */
};

extern const struct conf_table node_table;

/*
 * Read and check. NULL on error, with one line in why: "name:line:column: what is wrong; what to
 * do". Everything the result points to lives until node_settings_free. _load opens the file at
 * path, _read is fed the text (len bytes, called name in messages).
 */
struct node_settings *node_settings_load(const char *path, char why[static CONF_WHY]);
struct node_settings *node_settings_read(const char *name, const char *text, size_t len,
					 char why[static CONF_WHY]);
void node_settings_free(struct node_settings *s);

/* In the words of the machine and of the wires; both borrow from s. The birth text stays unset. */
struct node_options node_settings_options(const struct node_settings *s);
struct gpio_options node_settings_gpio(const struct node_settings *s);

/* Camera i, below n_cameras: how it is judged, and how it is looked at (which borrows from s). */
struct camera_options node_settings_camera(const struct node_settings *s, size_t i);
struct look_at node_settings_look(const struct node_settings *s, size_t i);

/*
 * What a birth tells people, malloc'd JSON: version, camera names, and a digest of all settings in
 * force, so that the gateway sees that they changed. At most WIRE_BIRTH_TEXT bytes (no names when
 * they would not fit). NULL when out of memory.
 */
char *node_settings_birth(const struct node_settings *s);

#endif
