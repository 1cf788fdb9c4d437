/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt: one MQTT 5 connection over TLS with a pre-shared key; the loop's side of it. */
#include "mesh/mqtt.h"

#include "mesh/mqtt_worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	OUT_COUNT = 8192, /* an acknowledgement to each point */
	OUT_BYTES = 4 << 20,
	STACK = 128 << 10,
	STILL_MS = 120000, /* a resolver with three silent servers takes half of it */
};

/* -1 stands for one that is not open. */
static void bells_close(const struct mqtt *m)
{
	const int bells[] = { m->bell, m->call, m->gone };

	for (size_t i = 0; i < sizeof bells / sizeof bells[0]; i++)
		if (bells[i] >= 0)
			close(bells[i]);
}

/* 0 or -errno. */
static int bells_open(struct mqtt *m)
{
	m->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	m->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	m->gone = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return m->bell < 0 || m->call < 0 || m->gone < 0 ? -errno : 0;
}

void mqtt_dispose(struct mqtt *m)
{
	mqtt_queue_drop(&m->in);
	mqtt_queue_drop(&m->early);
	mqtt_queue_drop(&m->out);
	pthread_mutex_destroy(&m->lock);
	bells_close(m);
	for (size_t i = 0; i < MQTT_TEXTS; i++)
		free(m->texts[i]);
	explicit_bzero(m->o.key, sizeof m->o.key);
	free(m);
}

static void deliver(struct mqtt *m, const struct mqtt_note *n, mono_t now)
{
	struct mqtt_event e = { .kind = n->kind, .failure = n->failure };

	switch (n->kind) {
	case MQTT_UP:
		m->told = n->conn;
		m->last_why[0] = '\0';
		break;
	case MQTT_DOWN:
		m->told = 0;
		snprintf(e.why, sizeof e.why, "%s", n->text);
		e.again = strcmp(m->last_why, e.why) == 0;
		memcpy(m->last_why, e.why, sizeof m->last_why);
		break;
	case MQTT_MESSAGE:
		e.retained = n->retained;
		e.topic = n->text;
		e.payload = mqtt_note_payload(n);
		e.len = n->len;
		break;
	}
	m->on_event(m->self, &e, now);
}

/* All that has come in, in one turn of the loop. */
static void on_bell(void *self, mono_t now)
{
	struct mqtt *m = self;
	struct mqtt_queue got = { 0 };
	struct mqtt_note *n;
	uint64_t rings;

	if (read(m->bell, &rings, sizeof rings) < 0)
		return;
	pthread_mutex_lock(&m->lock);
	mqtt_queue_join(&got, &m->in);
	pthread_mutex_unlock(&m->lock);
	while ((n = mqtt_queue_take(&got))) {
		deliver(m, n, now);
		mqtt_note_free(n);
	}
}

/* For the watchdog. Whoever has not turned by the next question, though woken now, hangs: in Paho,
 * in the resolver, or on our lock, which would hold us here, too. */
static bool worker_alive(void *self, mono_t now)
{
	struct mqtt *m = self;
	uint64_t turns;

	pthread_mutex_lock(&m->lock);
	turns = m->turns;
	pthread_mutex_unlock(&m->lock);
	mqtt_ring(m->call);
	return pulse_feed(&m->pulse, turns, STILL_MS, now);
}

static const char *keep(struct mqtt *m, size_t at, const char *text)
{
	if (text)
		m->texts[at] = strdup(text);
	return m->texts[at];
}

/* 0, -EINVAL or -ENOMEM. */
static int options_copy(struct mqtt *m, const struct mqtt_options *o)
{
	if (!o->identity || !o->key_len || o->key_len > MQTT_KEY_MAX || !o->n_endpoints ||
	    o->n_endpoints > MQTT_ENDPOINTS || o->n_subscriptions > MQTT_SUBSCRIPTIONS ||
	    o->will_len > sizeof o->will || o->retry_min_ms < 1 || o->retry_max_ms < 1)
		return -EINVAL;
	for (size_t i = 0; i < o->n_endpoints; i++)
		if (mqtt_endpoint_decode(&m->endpoints[i], o->endpoints[i]) < 0)
			return -EINVAL;

	m->o = *o;
	m->o.identity = keep(m, 0, o->identity);
	m->o.alias_topic = keep(m, 1, o->alias_topic);
	m->o.will_topic = keep(m, 2, o->will_topic);
	for (size_t i = 0; i < o->n_subscriptions; i++)
		m->o.subscriptions[i] = keep(m, 3 + i, o->subscriptions[i]);
	memset(m->o.endpoints, 0, sizeof m->o.endpoints);
	for (size_t i = 0; i < 3 + o->n_subscriptions; i++)
		if (!m->texts[i] &&
		    (i == 0 || (i == 1 && o->alias_topic) || (i == 2 && o->will_topic) || i > 2))
			return -ENOMEM;
	memcpy(m->will, o->will, sizeof m->will);
	m->will_len = o->will_len;
	return 0;
}

/* All signals are the loop's. 0 or -errno. */
static int worker_start(struct mqtt *m)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int err;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&m->thread, &attr, mqtt_work, m);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

struct mqtt *mqtt_new(struct loop *l, const struct mqtt_options *o, mqtt_fn *on_event, void *self)
{
	struct mqtt *m = calloc(1, sizeof *m);
	int err;

	if (!m)
		return NULL;
	m->loop = l;
	m->on_event = on_event;
	m->self = self;
	m->fd = -1;
	pthread_mutex_init(&m->lock, NULL);
	err = bells_open(m);
	if (err < 0)
		goto close_bells;
	err = options_copy(m, o);
	if (err < 0)
		goto close_bells;
	backoff_init(&m->backoff, o->retry_min_ms, o->retry_max_ms, o->n_endpoints, o->seed);
	m->watch = loop_watch_new(l, m->bell, LOOP_READ, on_bell, m);
	if (!m->watch) {
		err = -errno;
		goto close_bells;
	}
	err = mqtt_line_open();
	if (err < 0)
		goto free_watch;
	m->due = clock_mono();
	pulse_init(&m->pulse, m->due);
	err = loop_alive(l, worker_alive, m);
	if (err < 0)
		goto free_watch;
	err = worker_start(m);
	if (err == 0)
		return m;
	loop_alive_drop(l, m);

free_watch:
	loop_watch_free(m->watch);
close_bells:
	bells_close(m);
	for (size_t i = 0; i < MQTT_TEXTS; i++)
		free(m->texts[i]);
	free(m);
	errno = -err;
	return NULL;
}

void mqtt_free(struct mqtt *m)
{
	pthread_t thread;
	bool orphan;

	if (!m)
		return;
	loop_watch_free(m->watch);
	loop_alive_drop(m->loop, m);
	pthread_mutex_lock(&m->lock);
	thread = m->thread;
	m->quit = true;
	orphan = m->orphan = m->resolving;
	mqtt_ring(m->call);
	pthread_mutex_unlock(&m->lock);
	/* A resolver may take half a minute; the worker then cleans up behind itself. */
	if (orphan) {
		pthread_detach(thread);
		return;
	}
	pthread_join(thread, NULL);
	mqtt_dispose(m);
}

void mqtt_set_will(struct mqtt *m, const uint8_t *will, size_t len)
{
	pthread_mutex_lock(&m->lock);
	m->will_len = len < sizeof m->will ? len : sizeof m->will;
	memcpy(m->will, will, m->will_len);
	pthread_mutex_unlock(&m->lock);
}

int mqtt_send(struct mqtt *m, const char *topic, const uint8_t *payload, size_t len, bool retained)
{
	struct mqtt_note *n;
	int err = 0;

	pthread_mutex_lock(&m->lock);
	/* Not on a connection that the owner has not been told of yet: its greeting comes first. */
	if (!m->told || m->told != m->conn)
		err = -ENOTCONN;
	else if (!mqtt_queue_room(&m->out, OUT_COUNT, OUT_BYTES))
		err = -EAGAIN;
	else if (!(n = mqtt_note_new(MQTT_MESSAGE, topic, strlen(topic), payload, len)))
		err = -EAGAIN;
	else {
		n->retained = retained;
		mqtt_queue_put(&m->out, n);
		mqtt_ring(m->call);
	}
	pthread_mutex_unlock(&m->lock);
	return err;
}

void mqtt_link(struct mqtt *m, struct mqtt_link *out)
{
	pthread_mutex_lock(&m->lock);
	if (!mqtt_socket_link(m->conn ? m->fd : -1, out))
		*out = (struct mqtt_link){ 0 };
	pthread_mutex_unlock(&m->lock);
}

void mqtt_redial(struct mqtt *m)
{
	pthread_mutex_lock(&m->lock);
	m->redial = true;
	mqtt_ring(m->call);
	pthread_mutex_unlock(&m->lock);
}

void mqtt_hurry(struct mqtt *m)
{
	pthread_mutex_lock(&m->lock);
	m->hurry = true;
	mqtt_ring(m->call);
	pthread_mutex_unlock(&m->lock);
}

void mqtt_bye(struct mqtt *m, int ms)
{
	struct pollfd gone = { .fd = m->gone, .events = POLLIN };

	pthread_mutex_lock(&m->lock);
	m->leave = m->stage != STAGE_GONE;
	mqtt_ring(m->call);
	pthread_mutex_unlock(&m->lock);
	poll(&gone, 1, ms); /* never read: gone for good */
}

struct mqtt_counters mqtt_counters(const struct mqtt *m)
{
	struct mqtt *mine;
	struct mqtt_counters c;

	memcpy(&mine, &m, sizeof mine); /* the lock is not part of what the caller sees as const */
	pthread_mutex_lock(&mine->lock);
	c = mine->counters;
	pthread_mutex_unlock(&mine->lock);
	return c;
}
