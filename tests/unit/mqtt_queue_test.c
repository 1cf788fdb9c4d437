/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_queue_test: notes keep their order and are counted; endpoints are taken apart. */
#include "mesh/mqtt_queue.h"
#include "mesh/mqtt_socket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mqtt_note *note(const char *topic, const char *payload)
{
	struct mqtt_note *n =
		mqtt_note_new(MQTT_MESSAGE, topic, strlen(topic), payload, strlen(payload));

	assert_non_null(n);
	return n;
}

static void expect(struct mqtt_queue *q, const char *topic, const char *payload)
{
	struct mqtt_note *n = mqtt_queue_take(q);

	assert_non_null(n);
	assert_string_equal(n->text, topic);
	assert_int_equal(n->len, strlen(payload));
	assert_memory_equal(mqtt_note_payload(n), payload, n->len);
	mqtt_note_free(n);
}

static void notes_come_out_in_the_order_they_went_in(void **state)
{
	struct mqtt_queue q = { 0 };

	(void)state;
	mqtt_queue_put(&q, note("a", "1"));
	mqtt_queue_put(&q, note("b", ""));
	assert_int_equal(q.count, 2);
	expect(&q, "a", "1");
	mqtt_queue_put(&q, note("c", "3"));
	expect(&q, "b", "");
	expect(&q, "c", "3");
	assert_null(mqtt_queue_take(&q));
	assert_int_equal(q.count, 0);
	assert_int_equal(q.bytes, 0);
}

static void a_note_given_back_is_the_next_again(void **state)
{
	struct mqtt_queue q = { 0 };

	(void)state;
	mqtt_queue_put(&q, note("a", "1"));
	mqtt_queue_untake(&q, mqtt_queue_take(&q));
	mqtt_queue_put(&q, note("b", "2"));
	mqtt_queue_untake(&q, mqtt_queue_take(&q));
	expect(&q, "a", "1");
	expect(&q, "b", "2");
	assert_int_equal(q.bytes, 0);
}

static void one_queue_joins_another_and_is_empty_then(void **state)
{
	struct mqtt_queue q = { 0 }, more = { 0 };

	(void)state;
	mqtt_queue_join(&q, &more);
	mqtt_queue_put(&more, note("a", "1"));
	mqtt_queue_join(&q, &more);
	mqtt_queue_put(&more, note("b", "2"));
	mqtt_queue_put(&more, note("c", "3"));
	mqtt_queue_join(&q, &more);
	assert_int_equal(more.count, 0);
	assert_int_equal(q.count, 3);
	expect(&q, "a", "1");
	expect(&q, "b", "2");
	mqtt_queue_drop(&q);
	assert_int_equal(q.count, 0);
	assert_int_equal(q.bytes, 0);
}

static void there_is_room_up_to_the_count_and_the_bytes(void **state)
{
	struct mqtt_queue q = { 0 };

	(void)state;
	assert_true(mqtt_queue_room(&q, 1, 1));
	mqtt_queue_put(&q, note("a", "1"));
	assert_false(mqtt_queue_room(&q, 1, 1 << 20));
	assert_false(mqtt_queue_room(&q, 9, 1));
	assert_true(mqtt_queue_room(&q, 2, 1 << 20));
	mqtt_queue_drop(&q);
}

static void an_endpoint_is_a_host_and_a_port(void **state)
{
	static const char *const bad[] = { "",         "host", "host:",      ":1",
					   "host:0",   "a:+1", "host:65536", "host:123456",
					   "::1:8883", "[]:1", "a:1x" };
	struct mqtt_endpoint e;
	char text[MQTT_LITERAL];

	(void)state;
	assert_int_equal(mqtt_endpoint_decode(&e, "10.9.0.1:8883"), 0);
	assert_string_equal(e.host, "10.9.0.1");
	assert_string_equal(e.port, "8883");
	assert_int_equal(mqtt_endpoint_resolve(&e, 7), 0);
	mqtt_endpoint_draw(text, &e);
	assert_string_equal(text, "10.9.0.1:8883");

	assert_int_equal(mqtt_endpoint_decode(&e, "[fd00::1]:1"), 0);
	assert_string_equal(e.host, "fd00::1");
	assert_int_equal(mqtt_endpoint_resolve(&e, 0), 0);
	mqtt_endpoint_draw(text, &e);
	assert_string_equal(text, "[fd00::1]:1");

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(mqtt_endpoint_decode(&e, bad[i]), -EINVAL);
	assert_string_equal(e.host, "fd00::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_come_out_in_the_order_they_went_in),
		cmocka_unit_test(a_note_given_back_is_the_next_again),
		cmocka_unit_test(one_queue_joins_another_and_is_empty_then),
		cmocka_unit_test(there_is_room_up_to_the_count_and_the_bytes),
		cmocka_unit_test(an_endpoint_is_a_host_and_a_port),
	};

	return cmocka_run_group_tests_name("mqtt_queue", tests, NULL, NULL);
}
