/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_queue: notes between the threads of one connection, oldest first; no lock of its own. */
#include "mesh/mqtt_queue.h"

#include <stdlib.h>
#include <string.h>

static size_t block(size_t topic_len, size_t len)
{
	return sizeof(struct mqtt_note) + topic_len + len + 2;
}

struct mqtt_note *mqtt_note_new(enum mqtt_event_kind kind, const char *topic, size_t topic_len,
				const void *payload, size_t len)
{
	struct mqtt_note *n = malloc(block(topic_len, len));

	if (!n)
		return NULL;
	*n = (struct mqtt_note){ .kind = kind, .topic_len = topic_len, .len = len };
	memcpy(n->text, topic, topic_len);
	n->text[topic_len] = '\0';
	if (len)
		memcpy(n->text + topic_len + 1, payload, len);
	n->text[topic_len + 1 + len] = '\0';
	return n;
}

void mqtt_note_free(struct mqtt_note *n)
{
	free(n);
}

const uint8_t *mqtt_note_payload(const struct mqtt_note *n)
{
	return (const uint8_t *)n->text + n->topic_len + 1;
}

bool mqtt_queue_room(const struct mqtt_queue *q, size_t count, size_t bytes)
{
	return q->count < count && q->bytes < bytes;
}

void mqtt_queue_put(struct mqtt_queue *q, struct mqtt_note *n)
{
	n->next = NULL;
	if (q->last)
		q->last->next = n;
	else
		q->first = n;
	q->last = n;
	q->count++;
	q->bytes += block(n->topic_len, n->len);
}

struct mqtt_note *mqtt_queue_take(struct mqtt_queue *q)
{
	struct mqtt_note *n = q->first;

	if (!n)
		return NULL;
	q->first = n->next;
	if (!q->first)
		q->last = NULL;
	q->count--;
	q->bytes -= block(n->topic_len, n->len);
	return n;
}

void mqtt_queue_untake(struct mqtt_queue *q, struct mqtt_note *n)
{
	n->next = q->first;
	q->first = n;
	if (!q->last)
		q->last = n;
	q->count++;
	q->bytes += block(n->topic_len, n->len);
}

void mqtt_queue_join(struct mqtt_queue *q, struct mqtt_queue *from)
{
	if (!from->first)
		return;
	if (q->last)
		q->last->next = from->first;
	else
		q->first = from->first;
	q->last = from->last;
	q->count += from->count;
	q->bytes += from->bytes;
	*from = (struct mqtt_queue){ 0 };
}

void mqtt_queue_drop(struct mqtt_queue *q)
{
	struct mqtt_note *n;

	while ((n = mqtt_queue_take(q)))
		mqtt_note_free(n);
}
