/* SPDX-License-Identifier: Apache-2.0 */
/* wire: what was sent is what is read; what is wrong is refused by name and changes nothing. */
#include "mesh/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct verdict camera_gone = {
	.cause = CAUSE_CAMERA,
	.sure = SURE_CONFIRMED,
	.facts = FACT_MAINS_KNOWN | FACT_MAINS_ON | FACT_LINK_UP,
	.layer = LAYER_TLS,
	.cams_n = 2,
	.eyes = 0x21,
};

static const struct sample calm = { .mains_known = true,
				    .mains_on = true,
				    .router_known = true,
				    .router_answers = true,
				    .cams_up = 3,
				    .router_rtt = 40,
				    .out_rtt = 120,
				    .lost = 7,
				    .temp_c = -5 };

static struct wire_birth a_birth(const char *text)
{
	return (struct wire_birth){ .boot = 0x0123456789abcdef,
				    .conn = 7,
				    .t_ms = 123456789,
				    .wall = { 1781000000123 },
				    .quality = CLOCK_NTP,
				    .pace_s = 60,
				    .cams_n = 2,
				    .waiting = 300,
				    .verdict = camera_gone,
				    .text = text,
				    .text_len = strlen(text) };
}

static struct wire_news a_news(void)
{
	return (struct wire_news){ .head = { .boot = 1,
					     .seq = 42,
					     .t_ms = 5000,
					     .wall = { 99 },
					     .quality = CLOCK_FLOOR },
				   .age_ms = -1,
				   .oldest = 40,
				   .more = 3,
				   .verdict = camera_gone };
}

static void a_birth_survives_the_wire(void **state)
{
	const char *text = "{\"cameras\":[\"cổng chợ\"]}";
	struct wire_birth in = a_birth(text), out;
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	size_t len = wire_birth_encode(buf, &in);

	(void)state;
	assert_int_equal(wire_birth_decode(&out, buf, len), WIRE_OK);
	assert_int_equal(out.boot, in.boot);
	assert_int_equal(out.wall.ms, in.wall.ms);
	assert_int_equal(out.verdict.cause, CAUSE_CAMERA);
	assert_int_equal(out.text_len, strlen(text));
	assert_memory_equal(out.text, text, out.text_len);
	assert_int_equal(wire_birth_encode(again, &out), len);
	assert_memory_equal(again, buf, len);
}

static void a_birth_may_not_smuggle_bad_text(void **state)
{
	static const char *const bad[] = {
		"\xff",          "a\nb",    "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80",
		"half \xe1\xbb", "del \x7f"
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct wire_birth in = a_birth(bad[i]), out;
		uint8_t buf[WIRE_MAX];

		memset(&out, 0x5a, sizeof out);
		assert_int_equal(wire_birth_decode(&out, buf, wire_birth_encode(buf, &in)),
				 WIRE_TEXT);
		assert_int_equal(out.pace_s, 0x5a5a);
	}
}

static void a_beat_fits_the_budget_and_survives(void **state)
{
	struct wire_beat in = { .t_s = 65000, .waiting = 2, .sample = calm }, out;
	uint8_t buf[WIRE_MAX];
	size_t len = wire_beat_encode(buf, &in);

	(void)state;
	assert_in_range(len, 1, 12);
	assert_int_equal(wire_beat_decode(&out, buf, len), WIRE_OK);
	assert_int_equal(out.t_s, 65000);
	assert_int_equal(out.sample.temp_c, -5);
	assert_int_equal(out.sample.lost, 7);
	assert_true(out.sample.mains_on && out.sample.router_answers);
}

static void a_beat_of_another_length_is_refused(void **state)
{
	struct wire_beat in = { .sample = calm }, out;
	uint8_t buf[WIRE_MAX];
	size_t len = wire_beat_encode(buf, &in);

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(wire_beat_decode(&out, buf, n), WIRE_SHORT);
	assert_int_equal(wire_beat_decode(&out, buf, len + 1), WIRE_LONG);
}

static void news_survives_and_keeps_its_length(void **state)
{
	struct wire_news in = a_news(), out;
	uint8_t buf[WIRE_MAX];

	(void)state;
	assert_int_equal(wire_news_encode(buf, &in), WIRE_NEWS_LEN);
	assert_int_equal(wire_news_decode(&out, buf, WIRE_NEWS_LEN), WIRE_OK);
	assert_int_equal(out.age_ms, -1);
	assert_int_equal(out.oldest, 40);
	assert_int_equal(out.more, 3);
	assert_int_equal(out.head.quality, CLOCK_FLOOR);
	assert_int_equal(out.verdict.eyes, 0x21);
	assert_int_equal(out.verdict.layer, LAYER_TLS);
}

static void skipped_numbers_are_told_beside_the_quality(void **state)
{
	struct wire_news in = a_news(), out;
	uint8_t buf[WIRE_MAX];

	(void)state;
	wire_news_encode(buf, &in);
	assert_int_equal(buf[27], CLOCK_FLOOR);
	assert_int_equal(wire_news_decode(&out, buf, WIRE_NEWS_LEN), WIRE_OK);
	assert_false(out.skipped);
	in.skipped = true;
	wire_news_encode(buf, &in);
	assert_int_equal(buf[27], 128 + CLOCK_FLOOR);
	assert_int_equal(wire_news_decode(&out, buf, WIRE_NEWS_LEN), WIRE_OK);
	assert_true(out.skipped);
	assert_int_equal(out.head.quality, CLOCK_FLOOR);
}

static void news_with_impossible_fields_is_refused(void **state)
{
	/* byte to spoil, value, of an encoded news */
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {
		{ 27, 9 },                /* clock quality */
		{ 42, CAUSES },           /* cause */
		{ 42, SURES << 4 },       /* confidence */
		{ 43, LAYERS << 4 },      /* layer */
		{ 43, WIRE_CAMERAS + 1 }, /* cameras */
		{ 44, 0x80 },             /* a fact that does not exist */
		{ 47, FACT_MAINS_ON },    /* what is not known is not on */
		{ 50, 0x01 },             /* a third camera, of two */
		{ 51, EYES },             /* a state no camera has */
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct wire_news in = a_news(), out;
		uint8_t buf[WIRE_MAX];

		wire_news_encode(buf, &in);
		buf[wrong[i].at] = wrong[i].value;
		assert_int_equal(wire_news_decode(&out, buf, WIRE_NEWS_LEN), WIRE_RANGE);
	}
}

static void a_full_batch_of_past_minutes_survives(void **state)
{
	static struct wire_past in, out;
	uint8_t buf[WIRE_MAX];
	size_t len;

	(void)state;
	in = (struct wire_past){ .head = { .boot = 9, .seq = 1000, .t_ms = 60000 },
				 .age_ms = 7000,
				 .oldest = 1000,
				 .more = 12,
				 .n = WIRE_PAST_SAMPLES };
	for (uint32_t i = 0; i < WIRE_PAST_SAMPLES; i++) {
		in.sample[i] = calm;
		in.after_s[i] = i * 60;
	}
	len = wire_past_encode(buf, &in);
	assert_in_range(len, 1, WIRE_MAX);
	assert_int_equal(wire_past_decode(&out, buf, len), WIRE_OK);
	assert_int_equal(out.n, WIRE_PAST_SAMPLES);
	assert_int_equal(out.after_s[WIRE_PAST_SAMPLES - 1], 60 * (WIRE_PAST_SAMPLES - 1));
	assert_int_equal(wire_past_decode(&out, buf, len - 1), WIRE_SHORT);
	assert_int_equal(wire_past_decode(&out, buf, len + 1), WIRE_LONG);
}

static void the_short_messages_survive(void **state)
{
	struct wire_will will = { .boot = 3, .conn = 4 }, will2;
	struct wire_ack ack = { .boot = 5, .seq = 0xffffffffffff }, ack2;
	struct wire_ask ask = { .what = ASK_BEAT | ASK_BIRTH }, ask2;
	struct wire_gate gate = { .up = true, .epoch = 6, .wall = { 7 } }, gate2;
	uint8_t buf[WIRE_MAX];

	(void)state;
	assert_int_equal(wire_will_decode(&will2, buf, wire_will_encode(buf, &will)), WIRE_OK);
	assert_true(will2.boot == 3 && will2.conn == 4);
	assert_int_equal(wire_ack_decode(&ack2, buf, wire_ack_encode(buf, &ack)), WIRE_OK);
	assert_true(ack2.boot == 5 && ack2.seq == 0xffffffffffff);
	assert_int_equal(wire_ask_decode(&ask2, buf, wire_ask_encode(buf, &ask)), WIRE_OK);
	assert_int_equal(ask2.what, 3);
	assert_int_equal(wire_gate_decode(&gate2, buf, wire_gate_encode(buf, &gate)), WIRE_OK);
	assert_true(gate2.up && gate2.epoch == 6 && gate2.wall.ms == 7);
}

static void a_report_and_pushed_settings_carry_text(void **state)
{
	static const char text[] = "{\"beat_s\":75}";
	struct wire_report report = { .boot = 8, .t_ms = 9, .text = text, .text_len = 13 }, report2;
	struct wire_push push = { .id = 70000, .text = text, .text_len = 13 }, push2;
	uint8_t buf[WIRE_MAX + 1];
	size_t len = wire_report_encode(buf, &report);

	(void)state;
	assert_int_equal(wire_report_decode(&report2, buf, len), WIRE_OK);
	assert_true(report2.boot == 8 && report2.t_ms == 9 && report2.text_len == 13);
	assert_memory_equal(report2.text, text, 13);
	assert_int_equal(wire_report_decode(&report2, buf, 14), WIRE_SHORT);
	buf[len - 1] = '\n';
	assert_int_equal(wire_report_decode(&report2, buf, len), WIRE_TEXT);

	len = wire_push_encode(buf, &push);
	assert_int_equal(wire_push_decode(&push2, buf, len), WIRE_OK);
	assert_true(push2.id == 70000 && push2.text_len == 13);
	memset(buf + 5, ' ', sizeof buf - 5);
	assert_int_equal(wire_push_decode(&push2, buf, WIRE_MAX), WIRE_LONG);
}

static void a_pace_is_bounded_and_ends(void **state)
{
	struct wire_pace in = { .beat_s = 15, .minutes = 10 }, out;
	uint8_t buf[WIRE_MAX];
	size_t len = wire_pace_encode(buf, &in);

	(void)state;
	assert_int_equal(wire_pace_decode(&out, buf, len), WIRE_OK);
	assert_true(out.beat_s == 15 && out.minutes == 10);
	buf[4] = 0; /* for ever is not to be had */
	assert_int_equal(wire_pace_decode(&out, buf, len), WIRE_RANGE);
	buf[1] = 0x7f;
	assert_int_equal(wire_pace_decode(&out, buf, len), WIRE_RANGE);
}

static void a_message_says_its_kind_or_why_it_cannot(void **state)
{
	enum wire_kind kind = WIRE_BEAT;
	uint8_t big[WIRE_MAX + 1] = { WIRE_VERSION << 4 | WIRE_NEWS };

	(void)state;
	assert_int_equal(wire_kind_of(&kind, big, 0), WIRE_SHORT);
	assert_int_equal(wire_kind_of(&kind, big, sizeof big), WIRE_LONG);
	assert_int_equal(wire_kind_of(&kind, (const uint8_t *)"\x22", 1), WIRE_BAD_VERSION);
	assert_int_equal(wire_kind_of(&kind, (const uint8_t *)"\x1f", 1), WIRE_BAD_KIND);
	assert_int_equal(kind, WIRE_BEAT);
	assert_int_equal(wire_kind_of(&kind, big, 1), WIRE_OK);
	assert_int_equal(kind, WIRE_NEWS);
}

static void a_round_trip_keeps_its_size_within_a_twentieth(void **state)
{
	(void)state;
	assert_int_equal(wire_rtt_us(wire_rtt_pack(-1)), -1);
	for (int32_t us = 125; us < 7000000; us += us / 50 + 1) {
		int32_t back = wire_rtt_us(wire_rtt_pack(us));

		assert_true(abs(back - us) <= us / 40 + 3);
	}
	assert_true(wire_rtt_us(wire_rtt_pack(0)) >= 0);
	assert_true(wire_rtt_us(wire_rtt_pack(INT32_MAX)) > 7000000);
	for (unsigned p = 0; p < 256; p++)
		assert_int_equal(wire_rtt_pack(wire_rtt_us((uint8_t)p)), p);
}

static void every_name_is_said(void **state)
{
	(void)state;
	for (unsigned e = 0; e < WIRE_ERRS; e++)
		assert_string_not_equal(wire_err_str((enum wire_err)e), "?");
	for (unsigned c = 0; c < CAUSES; c++)
		assert_string_not_equal(cause_str((enum cause)c), "?");
	for (unsigned l = 0; l < LAYERS; l++)
		assert_string_not_equal(layer_str((enum layer)l), "?");
	for (unsigned e = 0; e < EYES; e++)
		assert_string_not_equal(eye_str((enum eye)e), "?");
	assert_string_equal(wire_kind_str((enum wire_kind)99), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_birth_survives_the_wire),
		cmocka_unit_test(a_birth_may_not_smuggle_bad_text),
		cmocka_unit_test(a_beat_fits_the_budget_and_survives),
		cmocka_unit_test(a_beat_of_another_length_is_refused),
		cmocka_unit_test(news_survives_and_keeps_its_length),
		cmocka_unit_test(skipped_numbers_are_told_beside_the_quality),
		cmocka_unit_test(news_with_impossible_fields_is_refused),
		cmocka_unit_test(a_full_batch_of_past_minutes_survives),
		cmocka_unit_test(the_short_messages_survive),
		cmocka_unit_test(a_report_and_pushed_settings_carry_text),
		cmocka_unit_test(a_pace_is_bounded_and_ends),
		cmocka_unit_test(a_message_says_its_kind_or_why_it_cannot),
		cmocka_unit_test(a_round_trip_keeps_its_size_within_a_twentieth),
		cmocka_unit_test(every_name_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
