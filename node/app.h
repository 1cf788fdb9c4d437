/* SPDX-License-Identifier: Apache-2.0 */
/* app: the inside of matsang-node: one of everything, and who calls whom. Private to the program.
 */
#ifndef MATSANG_NODE_APP_H
#define MATSANG_NODE_APP_H

#include "hw/gpio.h"
#include "hw/lamp.h"
#include "mesh/key.h"
#include "mesh/loop.h"
#include "mesh/mqtt.h"
#include "mesh/seal.h"
#include "mesh/topic.h"
#include "mesh/udp.h"
#include "node/disk_rest.h"
#include "node/floor.h"
#include "node/look.h"
#include "mesh/ping.h"
#include "node/push.h"
#include "node/settings.h"
#include "node/spool.h"
#include "node/state.h"
#include "node/vitals.h"

#include <limits.h>

enum { APP_TICK_MS = 1000 }; /* the socket's facts are read this often */

struct app {
	const char *file; /* the node's own settings */
	struct node_settings *settings;
	struct push push;
	mono_t trial_ends; /* MONO_NEVER unless pushed settings are on trial */
	bool again;        /* end this run and begin another, with other settings */
	bool relay;        /* as it was set last */
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
	struct verdict verdict;
	char interface[VITALS_INTERFACE]; /* that leads out; "" while not known */
	enum lamp lamp;
	mono_t lamp_since;
	int64_t wall_less_mono; /* ms; watched for jumps */
	unsigned ticks;
	mono_t ticked; /* when the last of them ended */
	int spool_error;
};

/* A ping's tag: kind * APP_TAG_WHICH + which. */
enum { APP_TAG_WHICH = 16 };

/* ---- app_act.c: does what the core wants ---- */

/* Decide and act, until nothing is due now. */
void app_turn(struct app *a, mono_t now);

/* One ping of this kind goes out, or its answer came in. */
void app_count_ping(struct app *a, enum node_target kind);

/* What the core took from a message: settings that the gateway pushed. */
void app_take_push(struct app *a);
/* Settings on trial are kept or undone in time. */
void app_watch_trial(struct app *a, mono_t now);

void app_on_due(void *self, mono_t now);
void app_on_light(void *self, mono_t now);

/* ---- app_hear.c: brings in what the world says ---- */

void app_on_tick(void *self, mono_t now);
void app_on_wires(void *self, mono_t now);
void app_on_ping(void *self, unsigned tag, int32_t rtt_us, mono_t now);
void app_on_look(void *self, unsigned camera, const struct camera_look *found, const char *why,
		 mono_t now);
void app_on_mqtt(void *self, const struct mqtt_event *e, mono_t now);
void app_read_wires(struct app *a, mono_t now);

/* last: the program ends. */
void app_keep_floor(struct app *a, bool last, mono_t now);

/* For the watchdog: mains, socket and judgement are still looked at. */
bool app_ticking(void *self, mono_t now);

#endif
