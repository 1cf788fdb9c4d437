/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matsang_broker: what Mosquitto cannot be told in a file. Loaded by the commune's broker.
 *
 * It refuses what the access list should refuse (Mosquitto allows everything when that file is
 * broken), counts such writes and tells the gateway; and it throws a point off whose key is void.
 * It allows nothing by itself: what it does not refuse, the access list decides.
 */
#include "broker-config/plugin/rights.h"
#include "mesh/clock.h"
#include "mesh/tally.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <signal.h>
#include <string.h>

/* Names that wait for one reload, which is in the same turn of the broker as the order. */
enum { TELL_EVERY_MS = 1000, OFF_MAX = 64 };

static struct {
	mosquitto_plugin_id_t *id;
	struct tally tally;
	uint64_t told; /* the number that the gateway heard last */
	mono_t told_at;
	char off[OFF_MAX][POINT_CODE_TEXT];
	size_t n_off;
	bool reread; /* the keys were read again after the names came */
} broker;

static void count(const char *user)
{
	const char *name = user && point_code_ok(user) ? user : "-";

	broker.tally.refused++;
	memcpy(broker.tally.last, name, strlen(name) + 1);
}

static int on_acl(int event, void *data, void *self)
{
	const struct mosquitto_evt_acl_check *check = data;
	const char *user = mosquitto_client_username(check->client);

	(void)event;
	(void)self;
	switch (check->access) {
	case MOSQ_ACL_WRITE:
		if (rights_write(user, check->topic))
			return MOSQ_ERR_PLUGIN_DEFER;
		count(user);
		return MOSQ_ERR_ACL_DENIED;
	case MOSQ_ACL_READ:
		return rights_read(user, check->topic) ? MOSQ_ERR_PLUGIN_DEFER
						       : MOSQ_ERR_ACL_DENIED;
	case MOSQ_ACL_SUBSCRIBE:
		/* A gateway that has just come has not heard our number. */
		if (user && strcmp(user, TOPIC_GATEWAY_USER) == 0)
			broker.told = 0;
		break;
	default:
		break;
	}
	return MOSQ_ERR_PLUGIN_DEFER; /* a subscription is filtered as it delivers */
}

/* The gateway has changed the point's key. */
static int on_throw_off(int event, void *data, void *self)
{
	const struct mosquitto_evt_control *order = data;
	char code[POINT_CODE_TEXT] = "";

	(void)event;
	(void)self;
	if (order->payloadlen < sizeof code)
		memcpy(code, order->payload, order->payloadlen);
	if (strlen(code) != order->payloadlen || !point_code_ok(code)) {
		mosquitto_log_printf(MOSQ_LOG_WARNING, "matsang: throw off whom?");
		return MOSQ_ERR_SUCCESS;
	}
	if (broker.n_off == OFF_MAX) /* better too early than never */
		mosquitto_kick_client_by_username(code, false);
	else
		memcpy(broker.off[broker.n_off++], code, sizeof code);
	/* As `kill -HUP` does, but at once: the keys are read at the end of this turn. */
	raise(SIGHUP);
	return MOSQ_ERR_SUCCESS;
}

static int on_reload(int event, void *data, void *self)
{
	(void)event;
	(void)data;
	(void)self;
	broker.reread = true;
	return MOSQ_ERR_PLUGIN_DEFER;
}

/*
 * After the reload and before anything else is read: whoever got in by the old key, be it only
 * through the TLS handshake, has the name already, and nobody gets in by it from now on. Without
 * the will: who is thrown off has no last word.
 */
static void throw_off(void)
{
	for (size_t i = 0; i < broker.n_off; i++)
		mosquitto_kick_client_by_username(broker.off[i], false);
	broker.n_off = 0;
}

static void tell(void)
{
	char text[TALLY_TEXT];
	mono_t now = clock_mono();
	size_t len;

	if (broker.told != 0 && mono_since(now, broker.told_at) < TELL_EVERY_MS)
		return;
	len = tally_draw(text, &broker.tally);
	if (mosquitto_broker_publish_copy(TOPIC_GATEWAY_USER, TOPIC_BROKER, (int)len, text, 0,
					  false, NULL) != MOSQ_ERR_SUCCESS)
		return;
	broker.told = broker.tally.refused;
	broker.told_at = now;
}

/* Each turn of the broker: after what came in and after a reload, before it waits again. */
static int on_tick(int event, void *data, void *self)
{
	(void)event;
	(void)data;
	(void)self;
	if (broker.reread) {
		throw_off();
		broker.reread = false;
	}
	if (broker.told != broker.tally.refused)
		tell();
	return MOSQ_ERR_SUCCESS;
}

static const struct {
	int event;
	MOSQ_FUNC_generic_callback call;
	const char *topic;
} calls[] = {
	{ MOSQ_EVT_ACL_CHECK, on_acl, NULL },
	{ MOSQ_EVT_CONTROL, on_throw_off, TOPIC_THROW_OFF },
	{ MOSQ_EVT_RELOAD, on_reload, NULL },
	{ MOSQ_EVT_TICK, on_tick, NULL },
};

int mosquitto_plugin_version(int n, const int *versions)
{
	for (int i = 0; i < n; i++)
		if (versions[i] == MOSQ_PLUGIN_VERSION)
			return MOSQ_PLUGIN_VERSION;
	return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *id, void **self, struct mosquitto_opt *options,
			  int n_options)
{
	(void)self;
	(void)options;
	(void)n_options;
	broker.id = id;
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		int e = mosquitto_callback_register(id, calls[i].event, calls[i].call,
						    calls[i].topic, NULL);

		if (e != MOSQ_ERR_SUCCESS)
			return e; /* the broker does not start without us */
	}
	return MOSQ_ERR_SUCCESS;
}

int mosquitto_plugin_cleanup(void *self, struct mosquitto_opt *options, int n_options)
{
	(void)self;
	(void)options;
	(void)n_options;
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		mosquitto_callback_unregister(broker.id, calls[i].event, calls[i].call,
					      calls[i].topic);
	return MOSQ_ERR_SUCCESS;
}
