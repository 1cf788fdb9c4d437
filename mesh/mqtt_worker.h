/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_worker: inside of one MQTT connection; the thread that dials, speaks and calls Paho. */
#ifndef MATSANG_MESH_MQTT_WORKER_H
#define MATSANG_MESH_MQTT_WORKER_H

#include "mesh/backoff.h"
#include "mesh/mqtt_line.h"
#include "mesh/mqtt_queue.h"
#include "mesh/mqtt_socket.h"
#include "mesh/pulse.h"

#include <pthread.h>

/* Texts that the options point to: identity, alias topic, will topic, subscriptions. */
enum { MQTT_TEXTS = 3 + MQTT_SUBSCRIPTIONS };

/* What Paho's threads said since the worker last looked. */
enum {
	HEARD_CONNECTED = 1,
	HEARD_SUBSCRIBED = 2,
	HEARD_FAILED = 4,
	HEARD_LOST = 8,
	HEARD_LEFT = 16
};

struct heard {
	unsigned what; /* HEARD_ bits */
	int alias_max, reason;
	char text[96], tls[96];
};

enum stage { STAGE_WAITING, STAGE_DIALLING, STAGE_JOINING, STAGE_UP, STAGE_GONE };

struct mqtt {
	/* Fixed by mqtt_new. */
	struct mqtt_options o;
	char *texts[MQTT_TEXTS]; /* what o points to */
	int bell;                /* eventfd: something in `in`, for the loop */
	int call;                /* eventfd: something for the worker to look at */
	int gone;                /* eventfd: the worker has said goodbye */
	pthread_t thread;
	struct loop *loop;

	/* The loop's thread only. */
	struct loop_watch *watch;
	mqtt_fn *on_event;
	void *self;
	uint64_t told;           /* connection that the owner knows to be up; 0 for none */
	char last_why[MQTT_WHY]; /* of the last MQTT_DOWN; "" after MQTT_UP */
	struct pulse pulse;      /* of the worker */

	/* Under the lock. */
	pthread_mutex_t lock;
	bool quit, leave, redial, hurry, resolving, orphan;
	struct heard heard;
	struct mqtt_queue in, early, out; /* early: came in before MQTT_UP could be told */
	uint64_t turns;                   /* of the worker */
	uint64_t conn, conns;             /* the one that is up (0: none); how many there were */
	int fd;                           /* our own descriptor of Paho's socket; -1 for none */
	struct mqtt_counters counters;
	size_t will_len;
	uint8_t will[sizeof((struct mqtt_options *)0)->will];
	enum stage stage; /* written by the worker only */

	/* The worker only. */
	struct mqtt_endpoint endpoints[MQTT_ENDPOINTS];
	struct mqtt_line *line;
	struct backoff backoff;
	mono_t due; /* of the stage */
	int alias_max;
	bool alias_known; /* by the broker, on this connection */
	bool nudge;       /* Paho has something to be woken for */
	char address[MQTT_LITERAL];
};

/* The worker's life: from pthread_create until m->quit. Takes and returns m. */
void *mqtt_work(void *m);

/* Ring an eventfd of m. */
void mqtt_ring(int fd);

/* Frees all but the watch and the thread; m is gone then. */
void mqtt_dispose(struct mqtt *m);

#endif
