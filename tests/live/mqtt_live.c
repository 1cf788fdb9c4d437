/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_live: mesh/mqtt against the real Mosquitto with the shipped configuration. */
#include "mesh/log.h"
#include "mesh/mqtt.h"
#include "mesh/tally.h"
#include "mesh/topic.h"
#include "tests/live/rig.h"

#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WAIT_MS = 15000, HEARD = 8, TEXT = 64, CLIENTS = 4 };

static char dir[RIG_PATH];
static struct rig_broker broker;
static struct loop *loop;

/* Every client of the test that runs, so that a test which fails leaves nobody behind. */
static struct mqtt *clients[CLIENTS];

/* One client and what it heard; the last HEARD messages are kept. */
struct ear {
	struct mqtt *mqtt;
	unsigned ups, downs, refusals, messages;
	struct tally tally; /* what the broker itself said last */
	char why[MQTT_WHY];
	char topic[HEARD][TEXT], payload[HEARD][TEXT];
};

static void on_event(void *self, const struct mqtt_event *e, mono_t now)
{
	struct ear *ear = self;
	const size_t at = ear->messages % HEARD;

	(void)now;
	switch (e->kind) {
	case MQTT_UP:
		ear->ups++;
		return;
	case MQTT_DOWN:
		ear->downs++;
		ear->refusals += e->failure.refused;
		memcpy(ear->why, e->why, sizeof ear->why);
		return;
	case MQTT_MESSAGE:
		assert_true(ear->ups > 0); /* never before the greeting */
		if (strcmp(e->topic, TOPIC_BROKER) == 0) {
			assert_true(tally_read(&ear->tally, e->payload, e->len));
			return;
		}
		snprintf(ear->topic[at], TEXT, "%s", e->topic);
		snprintf(ear->payload[at], TEXT, "%.*s", (int)e->len, (const char *)e->payload);
		ear->messages++;
		return;
	}
}

/* Message number n, counted from 0, as "topic payload". */
static const char *heard(const struct ear *ear, unsigned n)
{
	static char text[2 * TEXT + 1];

	assert_true(n < ear->messages && n + HEARD >= ear->messages);
	snprintf(text, sizeof text, "%.60s %.60s", ear->topic[n % HEARD], ear->payload[n % HEARD]);
	return text;
}

static struct mqtt_options options(const char *identity)
{
	struct mqtt_options o = { .identity = identity,
				  .key_len = RIG_KEY,
				  .endpoints = { broker.endpoint },
				  .n_endpoints = 1,
				  .keepalive_s = 14400,
				  .user_timeout_ms = 20000,
				  .retry_min_ms = 20,
				  .retry_max_ms = 200,
				  .seed = 1 };

	rig_key(o.key, identity);
	return o;
}

static void dial(struct ear *ear, const struct mqtt_options *o)
{
	size_t at = 0;

	*ear = (struct ear){ 0 };
	ear->mqtt = mqtt_new(loop, o, on_event, ear);
	assert_non_null(ear->mqtt);
	while (at < CLIENTS - 1 && clients[at])
		at++;
	clients[at] = ear->mqtt;
}

static bool is_up(void *self)
{
	return ((const struct ear *)self)->ups > 0;
}

static bool was_down(void *self)
{
	return ((const struct ear *)self)->downs > 0;
}

static void wait_up(struct ear *ear)
{
	if (!rig_until(loop, is_up, ear, WAIT_MS)) {
		rig_show(&broker.process);
		fail_msg("not up: %s", ear->why);
	}
}

struct wanted {
	const struct ear *ear;
	unsigned n;
};

static bool has_messages(void *self)
{
	const struct wanted *w = self;

	return w->ear->messages >= w->n;
}

static bool has_ups(void *self)
{
	const struct wanted *w = self;

	return w->ear->ups >= w->n;
}

static void wait_messages(const struct ear *ear, unsigned n)
{
	assert_true(rig_until(loop, has_messages, &(struct wanted){ ear, n }, WAIT_MS));
}

static void wait_ups(const struct ear *ear, unsigned n)
{
	assert_true(rig_until(loop, has_ups, &(struct wanted){ ear, n }, WAIT_MS));
}

struct told {
	const struct ear *ear;
	uint64_t refused;
};

static bool has_tally(void *self)
{
	const struct told *t = self;

	return t->ear->tally.refused >= t->refused;
}

static void wait_tally(const struct ear *ear, uint64_t refused)
{
	assert_true(rig_until(loop, has_tally, &(struct told){ ear, refused }, WAIT_MS));
	assert_true(ear->tally.refused == refused);
}

static void say(struct ear *ear, const char *topic, const char *text)
{
	assert_int_equal(mqtt_send(ear->mqtt, topic, (const uint8_t *)text, strlen(text), false),
			 0);
}

/* One that has not refused anything yet. */
static void fresh_broker(void)
{
	rig_signal(&broker.process, SIGTERM);
	assert_int_equal(rig_broker_restart(&broker), 0);
}

static void dial_gateway(struct ear *ear)
{
	struct mqtt_options o = options(TOPIC_GATEWAY_USER);

	o.subscriptions[0] = TOPIC_ALL_UP;
	o.n_subscriptions = 1;
	dial(ear, &o);
	wait_up(ear);
}

/* A node as matsang-node will be: one alias, one will, two subscriptions. */
static struct mqtt_options node_options(const char *point, char up[static TOPIC_TEXT],
					char down[static TOPIC_TEXT])
{
	struct mqtt_options o = options(point);

	topic_up_draw(up, point);
	topic_down_draw(down, point);
	o.subscriptions[0] = down;
	o.subscriptions[1] = TOPIC_GATEWAY;
	o.n_subscriptions = 2;
	o.alias_topic = up;
	o.will_topic = up;
	memcpy(o.will, "will", 4);
	o.will_len = 4;
	return o;
}

static void dial_node(struct ear *ear, const char *point)
{
	char up[TOPIC_TEXT], down[TOPIC_TEXT];
	const struct mqtt_options o = node_options(point, up, down);

	dial(ear, &o);
	wait_up(ear);
}

/* Gone without a word. */
static void die(struct mqtt *mqtt)
{
	for (size_t i = 0; i < CLIENTS; i++)
		if (clients[i] == mqtt)
			clients[i] = NULL;
	mqtt_free(mqtt);
}

static void leave(struct ear *ear)
{
	mqtt_bye(ear->mqtt, WAIT_MS);
	die(ear->mqtt);
}

/* ---- the sentences ---- */

static void a_node_is_heard_under_its_full_topic_though_it_sends_an_alias(void **state)
{
	struct ear gateway, node;

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "A");
	say(&node, "ms/A/up", "one");
	say(&node, "ms/A/up", "two");
	say(&node, "ms/A/up", "three");
	wait_messages(&gateway, 3);
	assert_string_equal(heard(&gateway, 0), "ms/A/up one");
	assert_string_equal(heard(&gateway, 1), "ms/A/up two");
	assert_string_equal(heard(&gateway, 2), "ms/A/up three");

	say(&gateway, "ms/A/down", "thanks");
	wait_messages(&node, 1);
	assert_string_equal(heard(&node, 0), "ms/A/down thanks");
	leave(&node);
	leave(&gateway);
}

static void the_gateways_retained_word_comes_after_the_greeting(void **state)
{
	struct ear gateway, node;

	(void)state;
	dial_gateway(&gateway);
	assert_int_equal(mqtt_send(gateway.mqtt, TOPIC_GATEWAY, (const uint8_t *)"here", 4, true),
			 0);
	leave(&gateway);
	dial_node(&node, "A");
	wait_messages(&node, 1);
	assert_string_equal(heard(&node, 0), "ms/gateway here");
	leave(&node);
}

static void a_wrong_key_is_refused_and_said_so(void **state)
{
	struct mqtt_options o = options("A");
	struct ear node;

	(void)state;
	o.key[0] ^= 1;
	dial(&node, &o);
	assert_true(rig_until(loop, was_down, &node, WAIT_MS));
	print_message("wrong key: %s\n", node.why);
	assert_int_equal(node.refusals, node.downs);
	assert_int_equal(node.ups, 0);
	assert_true(mqtt_counters(node.mqtt).refused > 0);
	die(node.mqtt);
}

static void an_unknown_point_is_refused_and_said_so(void **state)
{
	const struct mqtt_options o = options("nobody");
	struct ear node;

	(void)state;
	dial(&node, &o);
	assert_true(rig_until(loop, was_down, &node, WAIT_MS));
	print_message("unknown point: %s\n", node.why);
	assert_int_equal(node.refusals, node.downs);
	die(node.mqtt);
}

static void a_point_cannot_speak_for_another(void **state)
{
	struct ear gateway, node;

	(void)state;
	fresh_broker();
	dial_gateway(&gateway);
	dial_node(&node, "A");
	say(&node, "ms/B/up", "forged");
	say(&node, "ms/gateway", "forged");
	say(&node, "ms/A/up", "canary");
	wait_messages(&gateway, 1);
	assert_string_equal(heard(&gateway, 0), "ms/A/up canary");
	wait_tally(&gateway, 2);
	assert_string_equal(gateway.tally.last, "A");
	leave(&node);
	leave(&gateway);
}

/* The number is the broker's, and it is told again to a gateway that has just come. */
static void the_broker_goes_on_counting_while_the_gateway_is_away(void **state)
{
	struct ear gateway, node, other;

	(void)state;
	fresh_broker();
	dial_gateway(&gateway);
	leave(&gateway);
	dial_node(&node, "A");
	dial_node(&other, "B");
	say(&node, "ms/B/up", "forged");
	say(&node, TOPIC_THROW_OFF, "B");
	say(&node, TOPIC_BROKER, "refused 99 B");
	leave(&node);
	dial_gateway(&gateway);
	wait_tally(&gateway, 3);
	assert_string_equal(gateway.tally.last, "A");
	assert_int_equal(other.downs, 0);
	leave(&other);
	leave(&gateway);
}

static bool reload_failed(void *self)
{
	return rig_said(self, "Error opening acl file");
}

/* What a broker does that meets list in place of its access list, and then the right one again. */
static void nothing_opens_with(const char *list)
{
	char good[RIG_PATH + 8], aside[RIG_PATH + 8];
	struct ear gateway, node;

	snprintf(good, sizeof good, "%s/acl", broker.dir);
	snprintf(aside, sizeof aside, "%s/acl.aside", broker.dir);
	fresh_broker();
	dial_gateway(&gateway);
	dial_node(&node, "A");
	assert_int_equal(rename(good, aside), 0);
	if (list)
		assert_int_equal(rig_file(broker.dir, "acl", list), 0);
	assert_int_equal(truncate(broker.process.log, 0), 0); /* of earlier failures */
	rig_signal(&broker.process, SIGHUP);
	assert_true(rig_until(loop, reload_failed, &broker.process, WAIT_MS));
	say(&node, "ms/A/up", "lost");
	say(&node, "ms/B/up", "forged");
	wait_tally(&gateway, 1); /* both have come and gone */

	assert_int_equal(rename(aside, good), 0);
	rig_signal(&broker.process, SIGHUP);
	while (gateway.messages == 0) {
		say(&node, "ms/A/up", "canary");
		loop_turn(loop, 50);
	}
	assert_string_equal(heard(&gateway, 0), "ms/A/up canary");
	leave(&node);
	leave(&gateway);
}

static void an_access_list_that_is_broken_or_gone_opens_nothing(void **state)
{
	(void)state;
	nothing_opens_with("patern write ms/%u/up\n");
	nothing_opens_with(NULL);
}

static void a_point_cannot_hear_anothers_orders(void **state)
{
	struct mqtt_options o = options("A");
	struct ear gateway, spy;

	(void)state;
	o.subscriptions[0] = "ms/B/down";
	o.subscriptions[1] = "ms/A/down";
	o.n_subscriptions = 2;
	dial_gateway(&gateway);
	dial(&spy, &o);
	wait_up(&spy);
	say(&gateway, "ms/B/down", "secret");
	say(&gateway, "ms/A/down", "canary");
	wait_messages(&spy, 1);
	assert_string_equal(heard(&spy, 0), "ms/A/down canary");
	leave(&spy);
	leave(&gateway);
}

static void a_will_arrives_when_a_node_dies_and_not_when_it_says_goodbye(void **state)
{
	struct ear gateway, node;

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "A");
	leave(&node);
	dial_node(&node, "A");
	mqtt_set_will(node.mqtt, (const uint8_t *)"next", 4);
	die(node.mqtt);
	wait_messages(&gateway, 1);
	assert_string_equal(heard(&gateway, 0), "ms/A/up will");
	leave(&gateway);
}

static void a_new_will_counts_from_the_next_connection(void **state)
{
	struct ear gateway, node;

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "A");
	mqtt_set_will(node.mqtt, (const uint8_t *)"second", 6);
	mqtt_redial(node.mqtt);
	wait_messages(&gateway, 1);
	assert_string_equal(heard(&gateway, 0), "ms/A/up will");
	wait_ups(&node, 2);
	say(&node, "ms/A/up", "back"); /* the alias is learnt anew */
	wait_messages(&gateway, 2);
	assert_string_equal(heard(&gateway, 1), "ms/A/up back");
	die(node.mqtt);
	wait_messages(&gateway, 3);
	assert_string_equal(heard(&gateway, 2), "ms/A/up second");
	leave(&gateway);
}

static void everybody_is_back_after_the_broker_was_killed(void **state)
{
	struct ear gateway, node;
	char text[] = "0";

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "A");
	for (unsigned round = 1; round <= 3; round++) {
		rig_signal(&broker.process, SIGKILL);
		assert_true(rig_until(loop, was_down, &node, WAIT_MS));
		assert_int_equal(mqtt_send(node.mqtt, "ms/A/up", (const uint8_t *)"x", 1, false),
				 -ENOTCONN);
		assert_int_equal(rig_broker_restart(&broker), 0);
		wait_ups(&node, round + 1);
		wait_ups(&gateway, round + 1);
		text[0] = (char)('0' + round);
		say(&node, "ms/A/up", text);
		wait_messages(&gateway, round);
		assert_string_equal(gateway.payload[(round - 1) % HEARD], text);
		node.downs = 0;
	}
	assert_int_equal(mqtt_counters(node.mqtt).lost, 3);
	leave(&node);
	leave(&gateway);
}

static void a_node_told_to_hurry_does_not_wait(void **state)
{
	struct mqtt_options o = options("A");
	struct ear node;

	(void)state;
	o.retry_min_ms = o.retry_max_ms = 600000;
	dial(&node, &o);
	wait_ups(&node, 1);
	rig_signal(&broker.process, SIGKILL);
	assert_true(rig_until(loop, was_down, &node, WAIT_MS));
	assert_int_equal(rig_broker_restart(&broker), 0);
	mqtt_hurry(node.mqtt);
	wait_ups(&node, 2);
	leave(&node);
}

static void a_dead_endpoint_is_passed_over(void **state)
{
	struct mqtt_options o = options("A");
	char dead[32];
	struct ear node;

	(void)state;
	snprintf(dead, sizeof dead, "127.0.0.1:%u", rig_port());
	o.endpoints[0] = dead;
	o.endpoints[1] = "no-such-host.invalid:8883";
	o.endpoints[2] = broker.endpoint;
	o.n_endpoints = 3;
	dial(&node, &o);
	wait_ups(&node, 1);
	assert_int_equal(node.downs, 2);
	assert_int_equal(node.refusals, 0);
	leave(&node);
}

static void a_name_is_looked_up(void **state)
{
	struct mqtt_options o = options("A");
	char name[32];
	struct ear node;

	(void)state;
	snprintf(name, sizeof name, "localhost:%u", broker.port);
	o.endpoints[0] = name;
	dial(&node, &o);
	wait_ups(&node, 1); /* perhaps ::1 was tried first, where nobody listens */
	leave(&node);
}

/* Sends n numbered messages as fast as they are taken. */
static void pour(struct ear *node, const struct ear *gateway, unsigned n)
{
	for (unsigned i = 0; i < n;) {
		char text[16];
		const int len = snprintf(text, sizeof text, "%u", i);
		const int err =
			mqtt_send(node->mqtt, "ms/A/up", (const uint8_t *)text, (size_t)len, false);

		if (err == 0)
			i++;
		else
			loop_turn(loop, 5);
		assert_true(err == 0 || err == -EAGAIN);
	}
	wait_messages(gateway, n);
}

static void ten_thousand_messages_arrive_in_order_and_none_is_dropped(void **state)
{
	enum { N = 10000 };
	struct ear gateway, node;
	mono_t begin;

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "A");
	begin = clock_mono();
	pour(&node, &gateway, N);
	print_message("%d messages through the broker in %d ms\n", N,
		      (int)mono_since(clock_mono(), begin));
	assert_string_equal(heard(&gateway, N - 1), "ms/A/up 9999");
	assert_string_equal(heard(&gateway, N - HEARD), "ms/A/up 9992");
	assert_int_equal(gateway.messages, N);
	assert_int_equal(mqtt_counters(gateway.mqtt).dropped, 0);
	leave(&node);
	leave(&gateway);
}

static void two_with_one_key_throw_each_other_off(void **state)
{
	struct ear first, second;

	(void)state;
	dial_node(&first, "A");
	dial_node(&second, "A");
	assert_true(rig_until(loop, was_down, &first, WAIT_MS));
	die(first.mqtt);
	die(second.mqtt);
}

static bool only_refused(void *self)
{
	return ((const struct ear *)self)->refusals > 0;
}

/* The key file alone is changed, and the gateway's one word does the rest. */
static void a_point_whose_key_is_void_is_thrown_off_at_once(void **state)
{
	const struct mqtt_options o = options("thief");
	struct ear gateway, thief, other;
	uint8_t key[RIG_KEY];

	(void)state;
	dial_gateway(&gateway);
	dial_node(&other, "A");
	rig_key(key, "thief");
	for (unsigned round = 0; round < 3; round++) {
		assert_int_equal(rig_broker_key_file(&broker, "thief", key), 0);
		say(&gateway, TOPIC_THROW_OFF, "thief"); /* a new key: read it */
		dial(&thief, &o);
		wait_ups(&thief, 1);
		assert_int_equal(rig_broker_key_file(&broker, "thief", NULL), 0);
		thief.refusals = 0;
		say(&gateway, TOPIC_THROW_OFF, "thief");
		assert_true(rig_until(loop, only_refused, &thief, WAIT_MS));
		assert_int_equal(thief.ups, 1); /* it was not in again in between */
		die(thief.mqtt);
	}
	assert_int_equal(other.downs, 0);
	leave(&other);
	leave(&gateway);
}

static void an_order_to_throw_off_nobody_does_nothing(void **state)
{
	struct ear gateway, node;

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "A");
	say(&gateway, TOPIC_THROW_OFF, "");
	say(&gateway, TOPIC_THROW_OFF, "gateway");
	say(&gateway, TOPIC_THROW_OFF, "A ");
	say(&gateway, TOPIC_THROW_OFF, "0123456789012345678901234");
	say(&gateway, TOPIC_THROW_OFF, "B"); /* knows nobody of that name */
	say(&gateway, "ms/A/down", "canary");
	wait_messages(&node, 1);
	assert_int_equal(node.downs, 0);
	assert_int_equal(gateway.downs, 0);
	leave(&node);
	leave(&gateway);
}

/* ---- numbers, for information ---- */

static bool no_more_unacked(void *self)
{
	struct mqtt_link link;

	mqtt_link(self, &link);
	return link.up && !link.unacked;
}

static void the_kernel_tells_of_the_link(void **state)
{
	static const uint8_t beat[10] = { 0x11 };
	struct mqtt_link connect, before, after;
	struct ear gateway, node;

	(void)state;
	dial_gateway(&gateway);
	dial_node(&node, "TT-07-03");
	mqtt_link(node.mqtt, &connect);
	assert_true(connect.up);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(mqtt_send(node.mqtt, "ms/TT-07-03/up", beat, sizeof beat, false),
				 0);
		wait_messages(&gateway, i + 1);
		assert_true(rig_until(loop, no_more_unacked, node.mqtt, WAIT_MS));
		before = after;
		mqtt_link(node.mqtt, &after);
	}
	assert_true(after.sent > before.sent && after.received == before.received);
	assert_true(after.ack_age_ms < WAIT_MS);
	print_message(
		"TCP payload: connect %u + %u; a beat of 10: %u (plus two IP and TCP headers)\n",
		(unsigned)connect.sent, (unsigned)connect.received,
		(unsigned)(after.sent - before.sent));
	leave(&node);
	leave(&gateway);
}

static bool bare_is_up(void *self)
{
	return rig_said(self, "KiB");
}

static void a_bare_process_is_small(void **state)
{
	const char *const argv[] = { "/proc/self/exe", broker.endpoint, NULL };
	struct rig_process bare = { 0 };

	(void)state;
	assert_int_equal(rig_start(&bare, dir, "bare", argv, NULL), 0);
	assert_true(rig_until(loop, bare_is_up, &bare, WAIT_MS));
	rig_show(&bare);
	rig_signal(&bare, SIGTERM);
}

/* The program started by the test above: connect, say how big we are, wait for the end. */
static void on_bare(void *self, const struct mqtt_event *e, mono_t now)
{
	(void)self;
	(void)now;
	if (e->kind == MQTT_UP) {
		printf("private memory with TLS up: %ld KiB\n", rig_uss_kib(0));
		fflush(stdout);
	}
}

static int bare_main(const char *endpoint)
{
	char up[TOPIC_TEXT], down[TOPIC_TEXT];
	struct mqtt_options o;
	struct mqtt *mqtt;

	mallopt(M_ARENA_MAX, 1);
	snprintf(broker.endpoint, sizeof broker.endpoint, "%s", endpoint);
	loop = loop_new();
	o = node_options("A", up, down);
	mqtt = mqtt_new(loop, &o, on_bare, NULL);
	loop_run(loop);
	mqtt_free(mqtt);
	loop_free(loop);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLIENTS; i++)
		die(clients[i]);
	return 0;
}

static int set_up(void **state)
{
	static const char *const known[] = { "A", "B", "TT-07-03", TOPIC_GATEWAY_USER };
	uint8_t key[RIG_KEY];

	(void)state;
	loop = loop_new();
	if (!loop || rig_dir_new(dir) < 0 || rig_broker_start(&broker, dir, 0) < 0)
		return -1;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		rig_key(key, known[i]);
		if (rig_broker_key(&broker, known[i], key) < 0)
			return -1;
	}
	/* A reload is only a wish; after a restart the keys are known for certain. */
	rig_signal(&broker.process, SIGTERM);
	return rig_broker_restart(&broker);
}

static int tear_down(void **state)
{
	(void)state;
	rig_signal(&broker.process, SIGTERM);
	loop_free(loop);
	rig_dir_free(dir);
	return 0;
}

#define SENTENCE(f) cmocka_unit_test_teardown(f, clean)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(a_node_is_heard_under_its_full_topic_though_it_sends_an_alias),
		SENTENCE(the_gateways_retained_word_comes_after_the_greeting),
		SENTENCE(a_wrong_key_is_refused_and_said_so),
		SENTENCE(an_unknown_point_is_refused_and_said_so),
		SENTENCE(a_point_cannot_speak_for_another),
		SENTENCE(the_broker_goes_on_counting_while_the_gateway_is_away),
		SENTENCE(an_access_list_that_is_broken_or_gone_opens_nothing),
		SENTENCE(a_point_cannot_hear_anothers_orders),
		SENTENCE(a_will_arrives_when_a_node_dies_and_not_when_it_says_goodbye),
		SENTENCE(a_new_will_counts_from_the_next_connection),
		SENTENCE(everybody_is_back_after_the_broker_was_killed),
		SENTENCE(a_node_told_to_hurry_does_not_wait),
		SENTENCE(a_dead_endpoint_is_passed_over),
		SENTENCE(a_name_is_looked_up),
		SENTENCE(ten_thousand_messages_arrive_in_order_and_none_is_dropped),
		SENTENCE(two_with_one_key_throw_each_other_off),
		SENTENCE(a_point_whose_key_is_void_is_thrown_off_at_once),
		SENTENCE(an_order_to_throw_off_nobody_does_nothing),
		SENTENCE(the_kernel_tells_of_the_link),
		SENTENCE(a_bare_process_is_small),
	};

	if (getenv("VERBOSE"))
		log_verbose(1);
	if (argc > 1 && strchr(argv[1], ':'))
		return bare_main(argv[1]);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("mqtt_live", tests, set_up, tear_down);
}
