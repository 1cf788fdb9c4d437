/* SPDX-License-Identifier: Apache-2.0 */
/* gasp: the last word's bytes are those of WIRE.md. */
#include "mesh/gasp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct gasp word = {
	.name = { 0xa1, 0xa2, 0xa3, 0xa4 },
	.boot = 0x1122334455667788,
	.seq = 0x0102,
	.t_ms = 0x030405,
	.turn = 2,
	.age_ms = 0x1f5,
	.behind = 3,
	.more = 1,
	.verdict = { .cause = CAUSE_POWER, .sure = SURE_CONFIRMED, .facts = FACT_MAINS_KNOWN },
};

static const uint8_t head[GASP_HEAD] = { 0x17, 0xa1, 0xa2, 0xa3, 0xa4, 0x11, 0x22, 0x33, 0x44,
					 0x55, 0x66, 0x77, 0x88, 0,    0,    0,    0,    1,
					 2,    0,    0,    0,    3,    4,    5,    2 };
static const uint8_t body[GASP_BODY] = {
	0, 0, 1, 0xf5, 0, 3, 0, 1, 0x21, 0, 0, 0, 0, 1, 0, 0, 0, 0
};

static void a_datagram_is_at_most_64_bytes(void **state)
{
	(void)state;
	assert_int_equal(GASP_LEN, 60);
	assert_true((int)GASP_LEN <= (int)GASP_MAX);
}

static void the_bytes_are_as_drawn(void **state)
{
	uint8_t h[GASP_HEAD], b[GASP_BODY];

	(void)state;
	gasp_head_encode(h, &word);
	gasp_body_encode(b, &word);
	assert_memory_equal(h, head, sizeof head);
	assert_memory_equal(b, body, sizeof body);
}

static void what_was_said_is_heard(void **state)
{
	uint8_t buf[GASP_LEN] = { 0 };
	struct gasp g;

	(void)state;
	memcpy(buf, head, sizeof head);
	assert_int_equal(gasp_head_decode(&g, buf, sizeof buf), WIRE_OK);
	assert_int_equal(gasp_body_decode(&g, body), WIRE_OK);
	assert_memory_equal(g.name, word.name, sizeof g.name);
	assert_true(g.boot == word.boot && g.seq == word.seq && g.t_ms == word.t_ms);
	assert_int_equal(g.turn, 2);
	assert_int_equal(g.age_ms, 0x1f5);
	assert_int_equal(g.behind, 3);
	assert_int_equal(g.more, 1);
	assert_int_equal(g.verdict.cause, CAUSE_POWER);
	assert_int_equal(g.verdict.facts, FACT_MAINS_KNOWN);
}

static void each_refusal_has_its_name(void **state)
{
	uint8_t buf[GASP_LEN + 1] = { 0 };
	struct gasp g = { .seq = 9 };

	(void)state;
	memcpy(buf, head, sizeof head);
	assert_int_equal(gasp_head_decode(&g, buf, 0), WIRE_SHORT);
	assert_int_equal(gasp_head_decode(&g, buf, GASP_LEN - 1), WIRE_SHORT);
	assert_int_equal(gasp_head_decode(&g, buf, GASP_LEN + 1), WIRE_LONG);
	buf[0] = 0x27;
	assert_int_equal(gasp_head_decode(&g, buf, GASP_LEN), WIRE_BAD_VERSION);
	buf[0] = 0x13;
	assert_int_equal(gasp_head_decode(&g, buf, GASP_LEN), WIRE_BAD_KIND);
	buf[0] = 0x17;
	buf[17] = buf[18] = 0; /* seq 0 */
	assert_int_equal(gasp_head_decode(&g, buf, GASP_LEN), WIRE_RANGE);
	assert_int_equal(g.seq, 9);
}

static void a_body_out_of_range_changes_nothing(void **state)
{
	uint8_t b[GASP_BODY];
	struct gasp g = { .seq = 3, .age_ms = 77 };

	(void)state;
	memcpy(b, body, sizeof b);
	assert_int_equal(gasp_body_decode(&g, b), WIRE_RANGE); /* seq 0 would be held */
	b[5] = 2;
	b[8] = 0xff; /* no such cause */
	assert_int_equal(gasp_body_decode(&g, b), WIRE_RANGE);
	assert_int_equal(g.age_ms, 77);
	memcpy(b, body, sizeof b);
	b[4] = b[5] = 0xff; /* not said */
	assert_int_equal(gasp_body_decode(&g, b), WIRE_OK);
	assert_int_equal(g.behind, GASP_NOT_SAID);
}

static void another_seq_moment_or_turn_is_another_nonce(void **state)
{
	uint8_t a[GASP_NONCE], b[GASP_NONCE], h[GASP_HEAD];

	(void)state;
	gasp_nonce(a, head);
	for (unsigned i = 0; i < GASP_HEAD; i++) {
		memcpy(h, head, sizeof h);
		h[i] ^= 1;
		gasp_nonce(b, h);
		/* The name follows from the key, which is another then. */
		if (i >= 1 && i <= GASP_NAME)
			assert_memory_equal(a, b, sizeof a);
		else
			assert_memory_not_equal(a, b, sizeof a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_is_at_most_64_bytes),
		cmocka_unit_test(the_bytes_are_as_drawn),
		cmocka_unit_test(what_was_said_is_heard),
		cmocka_unit_test(each_refusal_has_its_name),
		cmocka_unit_test(a_body_out_of_range_changes_nothing),
		cmocka_unit_test(another_seq_moment_or_turn_is_another_nonce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
