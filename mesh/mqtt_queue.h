/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_queue: notes between the threads of one connection, oldest first; no lock of its own. */
#ifndef MATSANG_MESH_MQTT_QUEUE_H
#define MATSANG_MESH_MQTT_QUEUE_H

#include "mesh/mqtt.h"

/* One event on its way to the loop, or one message on its way to the broker: a single block. */
struct mqtt_note {
	struct mqtt_note *next; /* mqtt_queue */
	enum mqtt_event_kind kind;
	struct mqtt_failure failure;
	bool retained;
	uint64_t conn;         /* number of the connection it belongs to */
	size_t topic_len, len; /* bytes of topic (or reason) and payload */
	char text[];           /* topic (or reason), NUL, payload, NUL */
};

struct mqtt_queue {
	struct mqtt_note *first, *last;
	size_t count, bytes; /* bytes of the whole blocks */
};

/*
 * One note with a copy of topic (topic_len bytes) and payload. NULL when memory is short.
 * The caller owns it until mqtt_queue_put; mqtt_note_free(NULL) is fine.
 */
struct mqtt_note *mqtt_note_new(enum mqtt_event_kind kind, const char *topic, size_t topic_len,
				const void *payload, size_t len);
void mqtt_note_free(struct mqtt_note *n);
const uint8_t *mqtt_note_payload(const struct mqtt_note *n);

/* True while fewer than count notes and bytes are held. */
bool mqtt_queue_room(const struct mqtt_queue *q, size_t count, size_t bytes);

/* Takes n over. */
void mqtt_queue_put(struct mqtt_queue *q, struct mqtt_note *n);

/* The oldest note, now the caller's, or NULL. */
struct mqtt_note *mqtt_queue_take(struct mqtt_queue *q);

/* Gives the oldest note back to its place at the head. */
void mqtt_queue_untake(struct mqtt_queue *q, struct mqtt_note *n);

/* Moves all of from to the end of q. */
void mqtt_queue_join(struct mqtt_queue *q, struct mqtt_queue *from);

/* Frees all notes. */
void mqtt_queue_drop(struct mqtt_queue *q);

#endif
