/* SPDX-License-Identifier: Apache-2.0 */
/* order: sentences about what may be asked of a node. */
#include "gateway/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

static uint8_t buf[WIRE_MAX];
static char why[ORDER_WHY];

static size_t order(const char *text)
{
	cJSON *asked = cJSON_Parse(text);
	size_t len;

	assert_non_null(asked);
	len = order_encode(buf, asked, 9, why);
	cJSON_Delete(asked);
	assert_true((len == 0) == (why[0] != '\0'));
	return len;
}

static void every_word_asks_for_one_thing(void **state)
{
	struct wire_ask a;

	(void)state;
	assert_int_equal(wire_ask_decode(&a, buf, order("{\"point\":\"TT-01\",\"ask\":\"find\"}")),
			 WIRE_OK);
	assert_int_equal(a.what, ASK_FIND);
	assert_int_equal(wire_ask_decode(&a, buf, order("{\"ask\":\"report\"}")), WIRE_OK);
	assert_int_equal(a.what, ASK_REPORT);
	assert_int_equal(order("{\"ask\":\"money\"}"), 0);
	assert_int_equal(order("{\"ask\":1}"), 0);
}

static void a_pace_has_both_numbers_or_none(void **state)
{
	struct wire_pace p;

	(void)state;
	assert_int_equal(
		wire_pace_decode(&p, buf, order("{\"pace\":{\"beat_s\":5,\"minutes\":60}}")),
		WIRE_OK);
	assert_true(p.beat_s == 5 && p.minutes == 60);
	assert_int_equal(wire_pace_decode(&p, buf, order("{\"pace\":{}}")), WIRE_OK);
	assert_int_equal(p.beat_s, 0);
	assert_int_equal(order("{\"pace\":{\"beat_s\":5}}"), 0);
	assert_int_equal(order("{\"pace\":{\"beat_s\":5.5,\"minutes\":1}}"), 0);
	assert_int_equal(order("{\"pace\":{\"beat_s\":901,\"minutes\":1}}"), 0);
	assert_int_equal(order("{\"pace\":{\"beat_s\":1,\"minutes\":0}}"), 0);
	assert_int_equal(order("{\"pace\":7}"), 0);
}

static void pushed_settings_travel_as_they_are_but_not_too_long(void **state)
{
	char text[2 * WIRE_MAX];
	struct wire_push p;

	(void)state;
	assert_int_equal(wire_push_decode(&p, buf, order("{\"push\":{ \"beat_s\" : 75 }}")),
			 WIRE_OK);
	assert_int_equal(p.id, 9);
	assert_int_equal(p.text_len, strlen("{\"beat_s\":75}"));
	assert_memory_equal(p.text, "{\"beat_s\":75}", p.text_len);
	assert_int_equal(order("{\"push\":{}}"), 0);
	assert_int_equal(order("{\"push\":[1]}"), 0);
	memset(text, 'x', sizeof text);
	memcpy(text, "{\"push\":{\"a\":\"", 14);
	memcpy(text + 1500, "\"}}", 4);
	assert_int_equal(order(text), 0);
	assert_non_null(strstr(why, "fewer"));
}

static void one_order_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(order("{}"), 0);
	assert_int_equal(order("{\"ask\":\"beat\",\"pace\":{}}"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_asks_for_one_thing),
		cmocka_unit_test(a_pace_has_both_numbers_or_none),
		cmocka_unit_test(pushed_settings_travel_as_they_are_but_not_too_long),
		cmocka_unit_test(one_order_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
