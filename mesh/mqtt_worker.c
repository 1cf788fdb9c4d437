/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_worker: inside of one MQTT connection; the thread that dials, speaks and calls Paho. */
#include "mesh/mqtt_worker.h"

#include "mesh/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	IN_COUNT = 65536, /* a whole province's wills at once */
	IN_BYTES = 16 << 20,
	ATTEMPT_S = 15,     /* Paho gives up then; it looks only each 3 s */
	ATTEMPT_MS = 20000, /* and then we do */
	SETTLED_MS = 60000,
	REFUSED_MS = 30000, /* a broker that says no is asked again slowly */
	PAHO_FULL_MS = 5,
	NUDGE_MS = 2,
	LEAVE_MS = 2000,
	ALIAS = 1,
};

void mqtt_ring(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof one) < 0)
		log_err("mqtt: cannot ring: %m");
}

/* ---- towards the loop; under the lock ---- */

static void tell(struct mqtt *m, struct mqtt_note *n)
{
	if (!n) { /* no memory: as good as a full queue */
		m->counters.dropped++;
		return;
	}
	if (m->in.count == 0)
		mqtt_ring(m->bell);
	mqtt_queue_put(&m->in, n);
}

static void tell_up(struct mqtt *m)
{
	struct mqtt_note *n = mqtt_note_new(MQTT_UP, "", 0, NULL, 0);

	m->conn = ++m->conns;
	m->counters.connects++;
	if (n)
		n->conn = m->conn;
	tell(m, n);
	mqtt_queue_join(&m->in, &m->early);
}

static void tell_down(struct mqtt *m, const struct mqtt_failure *f, const char *why)
{
	struct mqtt_note *n = mqtt_note_new(MQTT_DOWN, why, strlen(why), NULL, 0);

	if (m->conn)
		m->counters.lost++;
	if (f->refused)
		m->counters.refused++;
	m->conn = 0;
	mqtt_queue_drop(&m->early);
	mqtt_queue_drop(&m->out);
	if (n)
		n->failure = *f;
	tell(m, n);
}

/* ---- Paho's threads: copy and return ---- */

static void copy_text(char *out, size_t size, const char *text, size_t len)
{
	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

static void on_news(void *self, enum mqtt_line_news what, int code, const char *text, size_t len)
{
	static const unsigned bits[] = {
		[LINE_CONNECTED] = HEARD_CONNECTED, [LINE_SUBSCRIBED] = HEARD_SUBSCRIBED,
		[LINE_FAILED] = HEARD_FAILED,       [LINE_LOST] = HEARD_LOST,
		[LINE_LEFT] = HEARD_LEFT,           [LINE_TLS] = 0,
	};
	struct mqtt *m = self;
	struct heard *h = &m->heard;

	pthread_mutex_lock(&m->lock);
	h->what |= bits[what];
	if (what == LINE_CONNECTED)
		h->alias_max = code;
	if (what == LINE_SUBSCRIBED) /* here, so that no message overtakes it */
		tell_up(m);
	if (what == LINE_FAILED || what == LINE_LOST) {
		if (code)
			h->reason = code;
		if (!h->text[0])
			copy_text(h->text, sizeof h->text, text, len);
	}
	if (what == LINE_TLS && !h->tls[0])
		copy_text(h->tls, sizeof h->tls, text, len);
	pthread_mutex_unlock(&m->lock);
	mqtt_ring(m->call);
}

static void on_message(void *self, const char *topic, size_t topic_len, const void *payload,
		       size_t len, bool retained)
{
	struct mqtt *m = self;
	struct mqtt_note *n = NULL;

	pthread_mutex_lock(&m->lock);
	if (!memchr(topic, '\0', topic_len) && mqtt_queue_room(&m->in, IN_COUNT, IN_BYTES) &&
	    mqtt_queue_room(&m->early, IN_COUNT, IN_BYTES))
		n = mqtt_note_new(MQTT_MESSAGE, topic, topic_len, payload, len);
	if (n)
		n->retained = retained;
	if (!n)
		m->counters.dropped++;
	else if (m->conn)
		tell(m, n);
	else
		mqtt_queue_put(&m->early, n);
	pthread_mutex_unlock(&m->lock);
}

/* ---- the worker; only it calls Paho, and never with the lock held ---- */

static void line_close(struct mqtt *m, bool politely)
{
	/* Without this Paho would say DISCONNECT, and the broker would keep our will to itself. */
	if (!politely)
		mqtt_socket_cut(m->fd);
	mqtt_line_hang_up(m->line);
	m->line = NULL;

	pthread_mutex_lock(&m->lock);
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	m->heard = (struct heard){ 0 };
	pthread_mutex_unlock(&m->lock);
}

static void stage_set(struct mqtt *m, enum stage stage, mono_t due)
{
	pthread_mutex_lock(&m->lock);
	m->stage = stage;
	pthread_mutex_unlock(&m->lock);
	m->due = due;
}

/* MQTT 5: bad user name or password, not authorised, banned, session taken over. */
static bool reason_refuses(int reason)
{
	return reason == 0x86 || reason == 0x87 || reason == 0x8a || reason == 0x8e;
}

static void why_draw(char why[static MQTT_WHY], const struct mqtt *m, const struct heard *h,
		     const char *what)
{
	if (h->reason)
		snprintf(why, MQTT_WHY, "%.60s: %s (0x%02x)", m->address,
			 mqtt_line_reason_str(h->reason), (unsigned)h->reason);
	else if (h->tls[0])
		snprintf(why, MQTT_WHY, "%.50s: %.70s", m->address, h->tls);
	else
		snprintf(why, MQTT_WHY, "%.50s: %.70s", m->address, h->text[0] ? h->text : what);
}

/* A socket to the broker that got through: then it is not TCP that holds us up. */
static bool tcp_is_up(const struct mqtt *m)
{
	const int fd = mqtt_socket_claim(&m->endpoints[m->backoff.at]);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Before the line is closed: how far did it get? */
static struct mqtt_failure failure_of(const struct mqtt *m, const struct heard *h)
{
	struct mqtt_failure f = { .stage = MQTT_AT_TCP };

	/* An alert is the broker's word; a cut line would have been an end of file. */
	f.refused = reason_refuses(h->reason) || strstr(h->tls, " alert ");
	f.stranger = strstr(h->tls, "wrong version number") || strstr(h->tls, "certificate") ||
		     strstr(h->tls, "http request") || strstr(h->tls, "packet length too long");
	if (m->stage != STAGE_DIALLING || h->reason)
		f.stage = m->line ? MQTT_AT_SESSION : MQTT_AT_NAME;
	else if (h->tls[0] || tcp_is_up(m))
		f.stage = MQTT_AT_TLS;
	return f;
}

/* An attempt failed or the connection broke: hang up, say so, and wait. */
static void failed(struct mqtt *m, const struct heard *h, const char *what, mono_t now)
{
	const struct mqtt_failure f = failure_of(m, h);
	const int64_t slow = m->o.retry_max_ms < REFUSED_MS ? m->o.retry_max_ms : REFUSED_MS;
	char why[MQTT_WHY];
	int64_t wait;

	why_draw(why, m, h, what);
	if (h->tls[0])
		log_debug("mqtt: %s: %s", m->address, h->tls);
	line_close(m, false);
	wait = backoff_failed(&m->backoff);
	if (f.refused && wait < slow)
		wait = slow;
	pthread_mutex_lock(&m->lock);
	tell_down(m, &f, why);
	pthread_mutex_unlock(&m->lock);
	stage_set(m, STAGE_WAITING, mono_after(now, wait));
}

static int find_address(struct mqtt *m, struct mqtt_endpoint *e)
{
	const unsigned round = m->backoff.failed / (unsigned)m->backoff.endpoints;
	int err;

	pthread_mutex_lock(&m->lock);
	m->resolving = true;
	pthread_mutex_unlock(&m->lock);
	err = mqtt_endpoint_resolve(e, round);
	pthread_mutex_lock(&m->lock);
	m->resolving = false;
	pthread_mutex_unlock(&m->lock);
	return err;
}

static void dial(struct mqtt *m, mono_t now)
{
	struct mqtt_endpoint *e = &m->endpoints[m->backoff.at];
	const struct heard none = { 0 };
	uint8_t will[sizeof m->will];
	struct mqtt_line_call call = { .options = &m->o,
				       .address = m->address,
				       .will = will,
				       .timeout_s = ATTEMPT_S,
				       .ears = { on_news, on_message, m } };

	snprintf(m->address, sizeof m->address, "%.60s", e->host);
	if (find_address(m, e) < 0) {
		failed(m, &none, "name not found", clock_mono());
		return;
	}
	now = clock_mono(); /* the resolver may have taken its time */
	mqtt_endpoint_draw(m->address, e);
	pthread_mutex_lock(&m->lock);
	memcpy(will, m->will, sizeof will);
	call.will_len = m->will_len;
	pthread_mutex_unlock(&m->lock);

	log_debug("mqtt: dialling %s", m->address);
	m->line = mqtt_line_dial(&call);
	m->nudge = m->line != NULL;
	if (m->line)
		stage_set(m, STAGE_DIALLING, mono_after(now, ATTEMPT_MS));
	else
		failed(m, &none, "Paho refused the attempt", now);
}

static void connected(struct mqtt *m, const struct heard *h, mono_t now)
{
	const int fd = mqtt_socket_claim(&m->endpoints[m->backoff.at]);

	if (fd < 0)
		log_warn("mqtt: %s: own socket not found, no TCP time-out", m->address);
	else
		mqtt_socket_tune(fd, m->o.user_timeout_ms);
	pthread_mutex_lock(&m->lock);
	m->fd = fd;
	if (m->o.n_subscriptions == 0) {
		tell_up(m);
		m->heard.what |= HEARD_SUBSCRIBED;
	}
	pthread_mutex_unlock(&m->lock);
	m->alias_max = h->alias_max;
	m->alias_known = false;
	stage_set(m, STAGE_JOINING, mono_after(now, ATTEMPT_MS));
	m->nudge = true;
	if (m->o.n_subscriptions &&
	    mqtt_line_subscribe(m->line, m->o.subscriptions, m->o.n_subscriptions) < 0)
		failed(m, h, "connection lost", now);
}

static int publish(struct mqtt *m, const struct mqtt_note *n)
{
	const bool alias =
		m->alias_max >= ALIAS && m->o.alias_topic && strcmp(n->text, m->o.alias_topic) == 0;
	int err = mqtt_line_publish(m->line, alias && m->alias_known ? "" : n->text,
				    alias ? ALIAS : 0, mqtt_note_payload(n), n->len, n->retained);

	if (err == 0 && alias)
		m->alias_known = true;
	return err;
}

/* Hands over what waits. False when Paho had enough for now. */
static bool flush(struct mqtt *m)
{
	for (;;) {
		struct mqtt_note *n;
		int err;

		pthread_mutex_lock(&m->lock);
		n = mqtt_queue_take(&m->out);
		pthread_mutex_unlock(&m->lock);
		if (!n)
			return true;
		err = publish(m, n);
		if (err == -EAGAIN) {
			pthread_mutex_lock(&m->lock);
			mqtt_queue_untake(&m->out, n);
			pthread_mutex_unlock(&m->lock);
			return false;
		}
		mqtt_note_free(n); /* not connected: the loss is about to be heard */
		m->nudge = true;
	}
}

/* ---- the worker's waiting ---- */

/* Until called or ms have passed. False when nobody called. */
static bool nap(const struct mqtt *m, int64_t ms)
{
	const int64_t longest = 60000; /* the board may have slept, and poll's clock with it */
	struct pollfd call = { .fd = m->call, .events = POLLIN };
	uint64_t rings;

	poll(&call, 1, (int)(ms < 0 ? 0 : ms > longest ? longest : ms));
	return read(m->call, &rings, sizeof rings) > 0;
}

/* Hands over what waits and sends DISCONNECT; false when that could not be done by `end`. */
static bool say_goodbye(struct mqtt *m, mono_t end)
{
	unsigned heard = 0;

	while (!flush(m)) {
		if (mono_reached(clock_mono(), end))
			return false;
		nap(m, PAHO_FULL_MS);
	}
	if (mqtt_line_bye(m->line) < 0)
		return false;
	mqtt_line_nudge();
	while (!(heard & (HEARD_LEFT | HEARD_LOST)) && !mono_reached(clock_mono(), end)) {
		nap(m, mono_since(end, clock_mono()));
		pthread_mutex_lock(&m->lock);
		heard = m->heard.what;
		pthread_mutex_unlock(&m->lock);
	}
	return heard & HEARD_LEFT;
}

static void leave(struct mqtt *m)
{
	bool up;

	/* Not the stage: the owner may know of the connection before the worker does. */
	pthread_mutex_lock(&m->lock);
	up = m->conn != 0;
	pthread_mutex_unlock(&m->lock);
	line_close(m, up && say_goodbye(m, mono_after(clock_mono(), LEAVE_MS)));

	pthread_mutex_lock(&m->lock);
	m->leave = false;
	m->conn = 0;
	m->stage = STAGE_GONE;
	pthread_mutex_unlock(&m->lock);
	mqtt_ring(m->gone);
	m->due = MONO_NEVER;
}

static const char *excuse(bool redial, bool bad, const char *broken)
{
	if (redial)
		return "given up to dial again";
	return bad ? broken : "no answer";
}

/* One look at what was heard and what is due. redial: while waiting, wait no longer. */
static void turn(struct mqtt *m, const struct heard *h, bool redial, mono_t now)
{
	const bool bad = h->what & (HEARD_FAILED | HEARD_LOST);

	switch (m->stage) {
	case STAGE_WAITING:
		if (redial || mono_reached(now, m->due))
			dial(m, now);
		return;
	case STAGE_DIALLING:
		if (bad || redial || mono_reached(now, m->due))
			failed(m, h, excuse(redial, bad, "cannot connect"), now);
		else if (h->what & HEARD_CONNECTED)
			connected(m, h, now);
		return;
	case STAGE_JOINING:
		if (bad || redial || mono_reached(now, m->due))
			failed(m, h, excuse(redial, bad, "connection lost"), now);
		else if (h->what & HEARD_SUBSCRIBED)
			stage_set(m, STAGE_UP, mono_after(now, SETTLED_MS));
		return;
	case STAGE_UP:
		if (bad || redial) {
			failed(m, h, excuse(redial, bad, "connection lost"), now);
		} else if (mono_reached(now, m->due)) {
			backoff_settled(&m->backoff);
			m->due = MONO_NEVER;
		}
		return;
	case STAGE_GONE:
		return;
	}
}

/* Sends what there is to send. How long the worker may then nap, in ms. */
static int64_t speak(struct mqtt *m)
{
	if (m->stage == STAGE_UP && !flush(m))
		return PAHO_FULL_MS;
	if (m->nudge)
		return NUDGE_MS;
	return m->due.ms == INT64_MAX ? INT64_MAX : mono_since(m->due, clock_mono());
}

/* One turn of the worker. */
static void look(struct mqtt *m)
{
	struct heard h;
	bool go, redial;

	pthread_mutex_lock(&m->lock);
	m->turns++;
	h = m->heard;
	go = m->leave;
	redial = m->stage == STAGE_WAITING ? m->hurry : m->redial;
	if (m->stage == STAGE_WAITING || m->stage == STAGE_UP)
		m->hurry = false;
	m->heard.what = 0; /* the words stay until the line is closed */
	m->redial = false;
	pthread_mutex_unlock(&m->lock);

	if (go)
		leave(m);
	else
		turn(m, &h, redial, clock_mono());
	if (!nap(m, speak(m)) && m->nudge) {
		m->nudge = false;
		mqtt_line_nudge();
	}
}

void *mqtt_work(void *arg)
{
	struct mqtt *m = arg;
	bool quit = false, orphan = false;

	while (!quit) {
		look(m);
		pthread_mutex_lock(&m->lock);
		quit = m->quit;
		orphan = m->orphan;
		pthread_mutex_unlock(&m->lock);
	}
	line_close(m, false);
	if (orphan)
		mqtt_dispose(m);
	return NULL;
}
