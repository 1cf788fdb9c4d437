/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_line: one connection attempt through Paho MQTTAsync, from dialling to hanging up. */
#ifndef MATSANG_MESH_MQTT_LINE_H
#define MATSANG_MESH_MQTT_LINE_H

#include "mesh/mqtt.h"

enum mqtt_line_news {
	LINE_CONNECTED,  /* code: highest topic alias the broker takes, 0 for none */
	LINE_SUBSCRIBED, /* all granted */
	LINE_FAILED,     /* no connection or no subscription; code: MQTT reason, or 0 */
	LINE_LOST,       /* code: reason in the broker's DISCONNECT, or 0 */
	LINE_LEFT,       /* our DISCONNECT is written and the socket closed */
	LINE_TLS,        /* text: what OpenSSL had to say */
};

/*
 * Called in Paho's threads with Paho's lock held: they copy and return, and call nothing here.
 * Never called again once mqtt_line_hang_up has returned. Topic and text are not NUL-terminated.
 */
struct mqtt_line_ears {
	void (*news)(void *self, enum mqtt_line_news what, int code, const char *text, size_t len);
	void (*message)(void *self, const char *topic, size_t topic_len, const void *payload,
			size_t len, bool retained);
	void *self;
};

struct mqtt_line_call {
	const struct mqtt_options *options; /* borrowed until hang_up: identity, key, will, ... */
	const char *address;                /* literal "1.2.3.4:8883"; borrowed for the call */
	const uint8_t *will;                /* borrowed for the call */
	size_t will_len;
	int timeout_s;
	struct mqtt_line_ears ears; /* copied */
};

/*
 * Before the first dial; the second time nothing happens. Starts what Paho needs once in a process,
 * which is kept until its end. May change the environment (https_proxy): call before threads start.
 * 0 or -errno.
 */
int mqtt_line_open(void);

/* Starts an attempt; its outcome comes as news. NULL with errno. */
struct mqtt_line *mqtt_line_dial(const struct mqtt_line_call *call);

/* Asks for all topics at QoS 0; LINE_SUBSCRIBED or LINE_FAILED follows. 0 or -ENOTCONN. */
int mqtt_line_subscribe(struct mqtt_line *l, const char *const *topics, size_t n);

/*
 * QoS 0. alias 0: none; else it is sent along, and topic may then be "" if the broker has learned
 * it. Copies. 0; -EAGAIN when Paho has too much in hand; -ENOTCONN.
 */
int mqtt_line_publish(struct mqtt_line *l, const char *topic, uint16_t alias,
		      const uint8_t *payload, size_t len, bool retained);

/* After the last of a row of publishes: makes sure that Paho's sender does not sleep over it. */
void mqtt_line_nudge(void);

/* Sends DISCONNECT after what was published; LINE_LEFT follows. 0 or -ENOTCONN. */
int mqtt_line_bye(struct mqtt_line *l);

/* Ends it in any state; a connection still up is closed with a DISCONNECT. NULL is fine. */
void mqtt_line_hang_up(struct mqtt_line *l);

/* Words for an MQTT 5 reason code. */
const char *mqtt_line_reason_str(int code);

#endif
