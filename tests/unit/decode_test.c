/* SPDX-License-Identifier: Apache-2.0 */
/* decode: every message of the wire can be read by a person. */
#include "gateway/cli/decode.h"
#include "mesh/gasp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

static const struct verdict verdict = { .cause = CAUSE_POWER,
					.sure = SURE_CONFIRMED,
					.facts = FACT_MAINS_KNOWN | FACT_LINK_UP,
					.eyes = 0x21,
					.cams_n = 2 };
static const struct record_head head = { .boot = 0xfedcba9876543210u,
					 .seq = 7,
					 .t_ms = 1000,
					 .wall = { 1778762820000 },
					 .quality = CLOCK_NTP };

/* The message as one line of JSON; the caller frees it. */
static char *line(const uint8_t *buf, size_t len)
{
	enum wire_err why;
	cJSON *json = decode_message(buf, len, &why);
	char *text;

	assert_non_null(json);
	assert_int_equal(why, WIRE_OK);
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return text;
}

static void expect(const uint8_t *buf, size_t len, const char *part)
{
	char *text = line(buf, len);

	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
	free(text);
}

static void hex_is_read_as_people_write_it(void **state)
{
	uint8_t out[WIRE_MAX];
	char *long_text = malloc(2 * WIRE_MAX + 3);

	(void)state;
	assert_int_equal(decode_hex(out, "1a 2B:3c\n"), 3);
	assert_int_equal(out[0], 0x1a);
	assert_int_equal(out[1], 0x2b);
	assert_int_equal(out[2], 0x3c);
	assert_int_equal(decode_hex(out, ""), 0);
	assert_int_equal(decode_hex(out, "1"), -1);
	assert_int_equal(decode_hex(out, "1g"), -1);
	assert_int_equal(decode_hex(out, "0x1a"), -1);
	memset(long_text, '0', 2 * WIRE_MAX + 2);
	long_text[2 * WIRE_MAX + 2] = '\0';
	assert_int_equal(decode_hex(out, long_text), -1);
	long_text[2 * WIRE_MAX] = '\0';
	assert_int_equal(decode_hex(out, long_text), WIRE_MAX);
	free(long_text);
}

static void news_is_told_in_full(void **state)
{
	const struct wire_news m = {
		.head = head, .age_ms = -1, .oldest = 3, .more = 2, .verdict = verdict
	};
	uint8_t buf[WIRE_MAX];
	const size_t len = wire_news_encode(buf, &m);

	(void)state;
	expect(buf, len, "{\"kind\":\"news\",\"boot\":\"fedcba9876543210\",\"seq\":7,");
	expect(buf, len,
	       "\"wall\":\"2026-05-14T12:47:00.000Z\",\"quality\":\"ntp\",\"age_ms\":null");
	expect(buf, len,
	       "\"cause\":\"power\",\"sure\":\"confirmed\",\"mains\":false,\"router\":null");
	expect(buf, len, "\"layer\":\"none\",\"cameras\":[\"ok\",\"silent\"]");
}

static void a_birth_carries_what_the_node_says_of_itself(void **state)
{
	static const char about[] = "{\"version\":\"0.1.0\"}";
	const struct wire_birth m = { .boot = 1,
				      .conn = 2,
				      .t_ms = 3,
				      .wall = head.wall,
				      .quality = CLOCK_FLOOR,
				      .pace_s = 60,
				      .cams_n = 2,
				      .verdict = verdict,
				      .text = about,
				      .text_len = strlen(about) };
	uint8_t buf[WIRE_MAX];

	(void)state;
	expect(buf, wire_birth_encode(buf, &m), "\"about\":{\"version\":\"0.1.0\"}");
}

static void the_past_lists_its_samples(void **state)
{
	struct wire_past m = {
		.head = head, .age_ms = 5, .oldest = 7, .n = 2, .after_s = { 0, 60 }
	};
	uint8_t buf[WIRE_MAX];

	(void)state;
	m.sample[0] = (struct sample){ .temp_c = -128, .lost = 4 };
	m.sample[1] = (struct sample){ .temp_c = 41 };
	expect(buf, wire_past_encode(buf, &m), "\"lost_percent\":4,\"temp_c\":null,\"after_s\":0}");
	expect(buf, wire_past_encode(buf, &m), "\"temp_c\":41,\"after_s\":60}");
}

static void the_small_messages_have_their_names(void **state)
{
	const struct wire_beat beat = { .t_s = 9, .waiting = 1 };
	const struct wire_will will = { .boot = 1, .conn = 4 };
	const struct wire_ack ack = { .boot = 1, .seq = 5 };
	const struct wire_ask ask = { .what = ASK_BIRTH };
	const struct wire_gate gate = { .up = true, .epoch = 6, .wall = head.wall };
	uint8_t buf[WIRE_MAX];

	(void)state;
	expect(buf, wire_beat_encode(buf, &beat), "{\"kind\":\"beat\",\"t_s\":9,\"waiting\":1,");
	expect(buf, wire_will_encode(buf, &will), "{\"kind\":\"will\",");
	expect(buf, wire_ack_encode(buf, &ack), "\"seq\":5}");
	expect(buf, wire_ask_encode(buf, &ask), "\"beat\":false,\"birth\":true,\"report\":false");
	expect(buf, wire_gate_encode(buf, &gate), "\"up\":true,\"epoch\":6,");
}

static void a_last_gasp_shows_what_is_in_the_clear(void **state)
{
	const struct gasp g = { .boot = 0xfedcba9876543210u, .seq = 7, .t_ms = 1000, .turn = 2 };
	uint8_t buf[GASP_LEN] = { 0 };

	(void)state;
	gasp_head_encode(buf, &g);
	expect(buf, sizeof buf,
	       "{\"kind\":\"gasp\",\"boot\":\"fedcba9876543210\",\"seq\":7,\"t_ms\":1000,"
	       "\"turn\":2}");
}

static void what_is_no_message_says_why(void **state)
{
	const uint8_t wrong[] = { 0xf1, 0 }, cut[] = { 0x13, 0 };
	enum wire_err why;

	(void)state;
	assert_null(decode_message(wrong, 0, &why));
	assert_int_equal(why, WIRE_SHORT);
	assert_null(decode_message(wrong, sizeof wrong, &why));
	assert_int_equal(why, WIRE_BAD_VERSION);
	assert_null(decode_message(cut, sizeof cut, &why));
	assert_int_equal(why, WIRE_SHORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_is_read_as_people_write_it),
		cmocka_unit_test(news_is_told_in_full),
		cmocka_unit_test(a_birth_carries_what_the_node_says_of_itself),
		cmocka_unit_test(the_past_lists_its_samples),
		cmocka_unit_test(the_small_messages_have_their_names),
		cmocka_unit_test(a_last_gasp_shows_what_is_in_the_clear),
		cmocka_unit_test(what_is_no_message_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
