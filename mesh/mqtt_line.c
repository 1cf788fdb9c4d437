/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_line: one connection attempt through Paho MQTTAsync, from dialling to hanging up. */
#include "mesh/mqtt_line.h"

#include "mesh/mqtt_nap.h"

#include <MQTTAsync.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many publishes Paho may hold; the rest waits in our own bounded queue. */
enum { IN_HAND = 128, URI = 96, REASON_ERROR = 0x80 };

/*
 * Under TLS 1.2 (Mosquitto keeps PSK to it from 2.0.12 on) only suites with an ephemeral key, so
 * that a stolen node does not open what was recorded before. TLS 1.3 always has one.
 */
#define TLS12_SUITES "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES128-CBC-SHA256"

struct mqtt_line {
	MQTTAsync paho;
	const struct mqtt_options *options;
	struct mqtt_line_ears ears;
	bool napless; /* mqtt_nap_up was called; under Paho's lock */
};

/*
 * Paho has one state for the whole process and, before 1.3.14, races between its callers, so every
 * call goes through this door. Its own threads never take it.
 */
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;

/*
 * A handle that never connects and is never freed. While it lives, hanging up the last line does
 * not stop Paho's two threads, so every attempt can have a handle of its own and nothing of a dead
 * connection (queued publishes, topic aliases, callbacks) is ever seen by the next.
 */
static MQTTAsync anchor;

static int anchor_new(void)
{
	MQTTAsync_createOptions o = MQTTAsync_createOptions_initializer5;

	/* One message at most waits here for ever: see mqtt_line_nudge. */
	o.sendWhileDisconnected = 1;
	o.allowDisconnectedSendAtAnyTime = 1;
	o.deleteOldestMessages = 1;
	o.maxBufferedMessages = 1;
	return MQTTAsync_createWithOptions(&anchor, "ssl://127.0.0.1:1", "anchor",
					   MQTTCLIENT_PERSISTENCE_NONE, NULL, &o);
}

/* Paho 1.3.12 takes a proxy from the environment unasked; others may still find it in capitals. */
static void no_proxy(void)
{
	const char *proxy = getenv("https_proxy");

	if (!proxy)
		return;
	setenv("HTTPS_PROXY", proxy, 0);
	unsetenv("https_proxy");
}

int mqtt_line_open(void)
{
	int err = 0;

	pthread_mutex_lock(&door);
	if (!anchor) {
		no_proxy();
		err = anchor_new() == MQTTASYNC_SUCCESS ? 0 : -ENOMEM;
	}
	pthread_mutex_unlock(&door);
	return err;
}

static void tell(struct mqtt_line *l, enum mqtt_line_news what, int code, const char *text)
{
	l->ears.news(l->ears.self, what, code, text ? text : "", text ? strlen(text) : 0);
}

/* Paho 1.3.12 puts the broker's reason into code, later versions into reasonCode. */
static int reason(const MQTTAsync_failureData5 *f)
{
	if (!f || f->code == MQTTASYNC_OPERATION_INCOMPLETE)
		return 0;
	if (f->code >= REASON_ERROR)
		return f->code;
	return (int)f->reasonCode >= REASON_ERROR ? (int)f->reasonCode : 0;
}

static void on_failure(void *self, MQTTAsync_failureData5 *f)
{
	tell(self, LINE_FAILED, reason(f), f ? f->message : NULL);
}

static void on_connected(void *self, MQTTAsync_successData5 *ok)
{
	const enum MQTTPropertyCodes code = MQTTPROPERTY_CODE_TOPIC_ALIAS_MAXIMUM;
	struct mqtt_line *l = self;
	int alias_max = 0;

	mqtt_nap_up();
	l->napless = true;
	if (MQTTProperties_hasProperty(&ok->properties, code))
		alias_max = (int)MQTTProperties_getNumericValue(&ok->properties, code);
	tell(l, LINE_CONNECTED, alias_max, NULL);
}

static void on_subscribed(void *self, MQTTAsync_successData5 *ok)
{
	if ((int)ok->reasonCode >= REASON_ERROR) {
		tell(self, LINE_FAILED, (int)ok->reasonCode, "subscription refused");
		return;
	}
	/* With one topic Paho fills in no list. */
	for (int i = 0; ok->alt.sub.reasonCodeCount > 1 && i < ok->alt.sub.reasonCodeCount; i++) {
		if ((int)ok->alt.sub.reasonCodes[i] >= REASON_ERROR) {
			tell(self, LINE_FAILED, (int)ok->alt.sub.reasonCodes[i],
			     "subscription refused");
			return;
		}
	}
	tell(self, LINE_SUBSCRIBED, 0, NULL);
}

static void on_left(void *self, MQTTAsync_successData5 *ok)
{
	(void)ok;
	tell(self, LINE_LEFT, 0, NULL);
}

static void on_lost(void *self, char *cause)
{
	tell(self, LINE_LOST, 0, cause);
}

/* After a DISCONNECT from the broker Paho does not call on_lost. */
static void on_disconnect(void *self, MQTTProperties *properties, enum MQTTReasonCodes code)
{
	(void)properties;
	tell(self, LINE_LOST, (int)code, NULL);
}

static int on_message(void *self, char *topic, int topic_len, MQTTAsync_message *msg)
{
	struct mqtt_line *l = self;

	l->ears.message(l->ears.self, topic, topic_len > 0 ? (size_t)topic_len : strlen(topic),
			msg->payload, (size_t)msg->payloadlen, msg->retained);
	MQTTAsync_freeMessage(&msg);
	MQTTAsync_free(topic);
	return 1;
}

/* OpenSSL writes "thread:error:code:library:function:reason:file:line:data"; the reason is for
 * people. */
static int on_tls_error(const char *text, size_t len, void *self)
{
	enum { BEFORE_REASON = 5 };
	struct mqtt_line *l = self;
	const char *end = text + len, *from = text, *to;

	for (int i = 0; i < BEFORE_REASON && from; i++) {
		from = memchr(from, ':', (size_t)(end - from));
		if (from)
			from++;
	}
	if (!from)
		from = text;
	to = memchr(from, ':', (size_t)(end - from));
	l->ears.news(l->ears.self, LINE_TLS, 0, from, (size_t)((to ? to : end) - from));
	return 1;
}

static unsigned on_key_wanted(const char *hint, char *identity, unsigned max_identity,
			      unsigned char *key, unsigned max_key, void *self)
{
	const struct mqtt_line *l = self;
	const size_t len = strlen(l->options->identity);

	(void)hint;
	if (len >= max_identity || l->options->key_len > max_key)
		return 0;
	memcpy(identity, l->options->identity, len + 1);
	memcpy(key, l->options->key, l->options->key_len);
	return (unsigned)l->options->key_len;
}

static int connect_paho(struct mqtt_line *l, const struct mqtt_line_call *call, char *uri)
{
	MQTTAsync_connectOptions o = MQTTAsync_connectOptions_initializer5;
	MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
	MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;

	/* The key proves the broker. TLS 1.3 would let it show a certificate instead: with no
	 * authority trusted, none passes. */
	tls.enableServerCertAuth = 1;
	tls.disableDefaultTrustStore = 1;
	tls.enabledCipherSuites = TLS12_SUITES;
	tls.ssl_psk_cb = on_key_wanted;
	tls.ssl_psk_context = l;
	tls.ssl_error_cb = on_tls_error;
	tls.ssl_error_context = l;
	if (l->options->will_topic) {
		will.topicName = l->options->will_topic;
		will.payload.len = (int)call->will_len;
		will.payload.data = call->will;
		will.message = call->will_len ? NULL : "";
		will.retained = l->options->will_retained;
		o.will = &will;
	}
	/* No user name: the broker takes the key's identity (use_identity_as_username). */
	o.ssl = &tls;
	o.keepAliveInterval = l->options->keepalive_s;
	o.cleanstart = 1;
	o.automaticReconnect = 0;
	o.connectTimeout = call->timeout_s;
	o.serverURIcount = 1;
	o.serverURIs = &uri;
	o.onSuccess5 = on_connected;
	o.onFailure5 = on_failure;
	o.context = l;
	return MQTTAsync_connect(l->paho, &o);
}

static int line_start(struct mqtt_line *l, const struct mqtt_line_call *call)
{
	MQTTAsync_createOptions o = MQTTAsync_createOptions_initializer5;
	char uri[URI];

	snprintf(uri, sizeof uri, "ssl://%s", call->address);
	o.maxBufferedMessages = IN_HAND;
	o.deleteOldestMessages = 0;
	if (MQTTAsync_createWithOptions(&l->paho, uri, l->options->identity,
					MQTTCLIENT_PERSISTENCE_NONE, NULL, &o) != MQTTASYNC_SUCCESS)
		return -ENOMEM;
	if (MQTTAsync_setCallbacks(l->paho, l, on_lost, on_message, NULL) == MQTTASYNC_SUCCESS &&
	    MQTTAsync_setDisconnected(l->paho, l, on_disconnect) == MQTTASYNC_SUCCESS &&
	    connect_paho(l, call, uri) == MQTTASYNC_SUCCESS)
		return 0;
	MQTTAsync_destroy(&l->paho);
	return -EINVAL;
}

struct mqtt_line *mqtt_line_dial(const struct mqtt_line_call *call)
{
	struct mqtt_line *l = calloc(1, sizeof *l);
	int err;

	if (!l)
		return NULL;
	*l = (struct mqtt_line){ .options = call->options, .ears = call->ears };
	pthread_mutex_lock(&door);
	err = line_start(l, call);
	pthread_mutex_unlock(&door);
	if (err < 0) {
		free(l);
		errno = -err;
		return NULL;
	}
	return l;
}

int mqtt_line_subscribe(struct mqtt_line *l, const char *const *topics, size_t n)
{
	MQTTAsync_responseOptions r = MQTTAsync_responseOptions_initializer;
	const int qos[MQTT_SUBSCRIPTIONS] = { 0 };
	char *names[MQTT_SUBSCRIPTIONS];
	int rc;

	for (size_t i = 0; i < n; i++)
		memcpy(&names[i], &topics[i],
		       sizeof names[i]); /* Paho's prototype wants no const */
	r.onSuccess5 = on_subscribed;
	r.onFailure5 = on_failure;
	r.context = l;
	pthread_mutex_lock(&door);
	rc = MQTTAsync_subscribeMany(l->paho, (int)n, names, qos, &r);
	pthread_mutex_unlock(&door);
	return rc == MQTTASYNC_SUCCESS ? 0 : -ENOTCONN;
}

int mqtt_line_publish(struct mqtt_line *l, const char *topic, uint16_t alias,
		      const uint8_t *payload, size_t len, bool retained)
{
	MQTTAsync_responseOptions r = MQTTAsync_responseOptions_initializer;
	MQTTProperty p = { .identifier = MQTTPROPERTY_CODE_TOPIC_ALIAS, .value.integer2 = alias };
	int rc;

	if (alias && MQTTProperties_add(&r.properties, &p) != 0)
		return -EAGAIN;
	pthread_mutex_lock(&door);
	rc = MQTTAsync_send(l->paho, topic, (int)len, payload, 0, retained, &r);
	pthread_mutex_unlock(&door);
	MQTTProperties_free(&r.properties);
	if (rc == MQTTASYNC_SUCCESS)
		return 0;
	return rc == MQTTASYNC_DISCONNECTED ? -ENOTCONN : -EAGAIN;
}

/*
 * Paho's sender looks at its list and then waits for a signal, without a lock around both: what is
 * put in between lies there for up to a second. A message to the anchor goes nowhere and replaces
 * the one before it, but signals again.
 */
void mqtt_line_nudge(void)
{
	pthread_mutex_lock(&door);
	MQTTAsync_send(anchor, "nudge", 0, "", 0, 0, NULL);
	pthread_mutex_unlock(&door);
}

int mqtt_line_bye(struct mqtt_line *l)
{
	MQTTAsync_disconnectOptions o = MQTTAsync_disconnectOptions_initializer5;
	int rc;

	o.onSuccess5 = on_left;
	o.context = l;
	pthread_mutex_lock(&door);
	rc = MQTTAsync_disconnect(l->paho, &o);
	pthread_mutex_unlock(&door);
	return rc == MQTTASYNC_SUCCESS ? 0 : -ENOTCONN;
}

void mqtt_line_hang_up(struct mqtt_line *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&door);
	MQTTAsync_destroy(&l->paho);
	pthread_mutex_unlock(&door);
	if (l->napless)
		mqtt_nap_down();
	free(l);
}

const char *mqtt_line_reason_str(int code)
{
	const char *text = MQTTReasonCode_toString((enum MQTTReasonCodes)code);

	return text ? text : "unknown reason";
}
