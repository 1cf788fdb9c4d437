/* SPDX-License-Identifier: Apache-2.0 */
/* seal: only the point's own key makes and opens its last word. */
#include "mesh/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct gasp word = {
	.boot = 0x1122334455667788,
	.seq = 41,
	.t_ms = 3600000,
	.age_ms = 501,
	.verdict = { .cause = CAUSE_POWER, .sure = SURE_CONFIRMED, .facts = FACT_MAINS_KNOWN },
};

static struct seal seal_of(uint8_t first)
{
	uint8_t key[32];
	struct seal s;

	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(first + i);
	seal_init(&s, key, sizeof key);
	return s;
}

/* Worked out apart from this code, with another BLAKE2b. */
static void the_key_for_seals_is_blake2b_of_the_points_key(void **state)
{
	static const uint8_t key[SEAL_KEY] = { 0xce, 0xc4, 0x0c, 0x29, 0xe9, 0xad, 0x5c, 0x30,
					       0x6a, 0x0b, 0x51, 0x6f, 0x90, 0x50, 0x4a, 0x2f,
					       0x08, 0x0c, 0x2d, 0xb9, 0x3c, 0xb3, 0x3f, 0x27,
					       0x24, 0x80, 0x42, 0x98, 0x99, 0x50, 0x3e, 0x1c };
	static const uint8_t name[GASP_NAME] = { 0x6a, 0x22, 0x73, 0x42 };
	struct seal s = seal_of(0);

	(void)state;
	assert_memory_equal(s.key, key, sizeof key);
	assert_memory_equal(s.name, name, sizeof name);
	seal_wipe(&s);
	assert_int_equal(s.key[0], 0);
}

static void keys_of_16_and_64_bytes_serve_too(void **state)
{
	uint8_t key[KEY_MAX] = { 1 };
	struct seal a, b;

	(void)state;
	seal_init(&a, key, KEY_MIN);
	seal_init(&b, key, KEY_MAX);
	assert_memory_not_equal(a.key, b.key, SEAL_KEY);
}

static void what_was_closed_is_opened_with_the_same_key_only(void **state)
{
	struct seal own = seal_of(0), other = seal_of(1);
	uint8_t buf[GASP_LEN], body[GASP_BODY];
	struct gasp g;

	(void)state;
	assert_int_equal(seal_close(buf, &word, &own), GASP_LEN);
	assert_int_equal(gasp_head_decode(&g, buf, sizeof buf), WIRE_OK);
	assert_memory_equal(g.name, own.name, sizeof g.name);
	assert_true(seal_open(body, buf, &own));
	assert_int_equal(gasp_body_decode(&g, body), WIRE_OK);
	assert_int_equal(g.verdict.cause, CAUSE_POWER);
	assert_int_equal(g.age_ms, 501);
	assert_false(seal_open(body, buf, &other));
	memcpy(other.name, own.name, sizeof other.name); /* two points that share a name */
	assert_false(seal_open(body, buf, &other));
}

static void every_flipped_bit_is_refused(void **state)
{
	struct seal s = seal_of(0);
	uint8_t buf[GASP_LEN], body[GASP_BODY];

	(void)state;
	seal_close(buf, &word, &s);
	for (unsigned bit = 0; bit < 8 * GASP_LEN; bit++) {
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(seal_open(body, buf, &s));
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(seal_open(body, buf, &s));
}

/* The same words under another turn look like nothing before: a carrier learns nothing from them.
 */
static void what_is_sealed_cannot_be_read_or_compared(void **state)
{
	struct seal s = seal_of(0);
	uint8_t a[GASP_LEN], b[GASP_LEN], body[GASP_BODY];
	struct gasp again = word;

	(void)state;
	again.turn = 1;
	seal_close(a, &word, &s);
	seal_close(b, &again, &s);
	gasp_body_encode(body, &word);
	assert_memory_not_equal(a + GASP_HEAD, body, GASP_BODY);
	for (unsigned at = GASP_HEAD; at + 4 <= GASP_LEN; at += 4)
		assert_memory_not_equal(a + at, b + at, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_for_seals_is_blake2b_of_the_points_key),
		cmocka_unit_test(keys_of_16_and_64_bytes_serve_too),
		cmocka_unit_test(what_was_closed_is_opened_with_the_same_key_only),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(what_is_sealed_cannot_be_read_or_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
