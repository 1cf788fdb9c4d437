/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt: one MQTT 5 connection over TLS with a pre-shared key, on Paho MQTTAsync; reconnects by
 * itself. */
#ifndef MATSANG_MESH_MQTT_H
#define MATSANG_MESH_MQTT_H

#include "mesh/clock.h"
#include "mesh/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MQTT_ENDPOINTS = 4, MQTT_KEY_MAX = 64, MQTT_SUBSCRIPTIONS = 2, MQTT_WHY = 128 };

enum mqtt_event_kind {
	MQTT_UP,      /* connected and subscribed */
	MQTT_DOWN,    /* an attempt failed, or the connection was lost; why says how */
	MQTT_MESSAGE, /* topic and payload */
};

/* How far an attempt got before it failed. */
enum mqtt_stage {
	MQTT_AT_NAME,    /* the broker's name was not resolved, and never had been */
	MQTT_AT_TCP,     /* its port did not answer */
	MQTT_AT_TLS,     /* it did; the handshake was not finished */
	MQTT_AT_SESSION, /* a broker that has our key; or a connection that was up */
};

struct mqtt_failure {
	enum mqtt_stage stage;
	bool refused;  /* the broker answered and said no (key, right, identity) */
	bool stranger; /* whoever answered does not speak our TLS, or shows a certificate */
};

struct mqtt_event {
	enum mqtt_event_kind kind;
	struct mqtt_failure failure; /* MQTT_DOWN */
	bool again;                  /* MQTT_DOWN: the same as the last one; no line in a log */
	char why[MQTT_WHY];
	bool retained;     /* MQTT_MESSAGE: said before we came; the broker kept it */
	const char *topic; /* MQTT_MESSAGE: NUL-terminated; borrowed for the call */
	const uint8_t *payload;
	size_t len;
};

/* Called in the loop's thread, never from Paho's. */
typedef void mqtt_fn(void *self, const struct mqtt_event *event, mono_t now);

struct mqtt_options {
	const char *identity; /* PSK identity = user name = client id */
	uint8_t key[MQTT_KEY_MAX];
	size_t key_len;
	const char *endpoints[MQTT_ENDPOINTS]; /* "host:port" */
	size_t n_endpoints;
	const char *subscriptions[MQTT_SUBSCRIPTIONS];
	size_t n_subscriptions;
	const char *alias_topic; /* sent once, then by topic alias; NULL for none */
	const char *will_topic;  /* NULL for no will */
	uint8_t will[64];
	size_t will_len;
	bool will_retained;
	uint16_t keepalive_s;
	unsigned user_timeout_ms; /* TCP_USER_TIMEOUT on the socket */
	int64_t retry_min_ms, retry_max_ms;
	uint64_t seed; /* of the back-off's jitter */
};

/* What the kernel knows of our connection, without one byte sent. */
struct mqtt_link {
	bool up;
	bool unacked;            /* bytes sent that the far kernel has not acknowledged */
	int64_t ack_age_ms;      /* since the last acknowledgement came in */
	int64_t rtt_us;          /* smoothed */
	uint64_t sent, received; /* bytes of this connection as TCP counts them */
	uint64_t bytes;          /* of IP, both ways, headers and repetitions too */
};

/* Copies options (strings too). The first attempt starts at once. NULL with errno. */
struct mqtt *mqtt_new(struct loop *l, const struct mqtt_options *o, mqtt_fn *on_event, void *self);

/* Ends it. A connection that is still up is cut, so the broker sends the will: see mqtt_bye. */
void mqtt_free(struct mqtt *m);

/* Change the will of the next connections (its conn number rises). */
void mqtt_set_will(struct mqtt *m, const uint8_t *will, size_t len);

/*
 * Hand one message to the connection, QoS 0. Copies. 0; -ENOTCONN when there is none; -EAGAIN when
 * Paho has too much in hand (try after the next event or second).
 */
int mqtt_send(struct mqtt *m, const char *topic, const uint8_t *payload, size_t len, bool retained);

/* Reads TCP_INFO. All zero and up=false when there is no connection. */
void mqtt_link(struct mqtt *m, struct mqtt_link *out);

/* Throw the connection away and dial again (after the usual wait). */
void mqtt_redial(struct mqtt *m);

/* The way out seems to be back: do not wait for the next attempt (one under way is left alone; when
 * it fails, the next follows at once). Nothing when connected. */
void mqtt_hurry(struct mqtt *m);

/* Say goodbye (DISCONNECT: the broker then sends no will) and wait at most ms for it to leave. */
void mqtt_bye(struct mqtt *m, int ms);

/* How often messages or attempts were given up on, by reason; for status. */
struct mqtt_counters {
	uint64_t connects, lost, refused, dropped; /* dropped: incoming, queue full */
};
struct mqtt_counters mqtt_counters(const struct mqtt *m);

#endif
