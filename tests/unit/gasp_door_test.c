/* SPDX-License-Identifier: Apache-2.0 */
/* gasp (the gateway's door): only what a key in the broker's file has closed comes in. */
#include "gateway/gasp.h"
#include "mesh/seal.h"
#include "mesh/udp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char keys[] = "# keys\n"
			   "gateway:00112233445566778899aabbccddeeff\n"
			   "TT-01:000102030405060708090a0b0c0d0e0f\n"
			   "nonsense\n"
			   "TT-02:101112131415161718191a1b1c1d1e1f\n";

static struct {
	char dir[32], psk[48], address[40], code[POINT_CODE_TEXT];
	struct loop *loop;
	struct gasp_door *door;
	struct udp *to;
	struct gasp heard;
	unsigned n, answer;
} h;

static unsigned on_gasp(void *self, const char *code, const struct gasp *g, mono_t now)
{
	(void)self;
	(void)now;
	snprintf(h.code, sizeof h.code, "%s", code);
	h.heard = *g;
	h.n++;
	return h.answer;
}

static void write_keys(const char *text)
{
	FILE *f = fopen(h.psk, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int begin(void **state)
{
	char why[GASP_WHY];

	(void)state;
	memset(&h, 0, sizeof h);
	strcpy(h.dir, "/tmp/gasp_test.XXXXXX");
	if (!mkdtemp(h.dir))
		return -1;
	snprintf(h.psk, sizeof h.psk, "%s/psk", h.dir);
	/* Loopback has room for everybody who tests at the same time. */
	snprintf(h.address, sizeof h.address, "127.%d.%d.8:9885", getpid() >> 8 & 255,
		 getpid() & 255);
	write_keys(keys);
	h.loop = loop_new();
	h.door = gasp_door_open(h.loop, h.address, h.psk, on_gasp, NULL, why);
	h.to = udp_to(h.address);
	return h.loop && h.door && h.to ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	udp_free(h.to);
	gasp_door_close(h.door);
	loop_free(h.loop);
	unlink(h.psk);
	return rmdir(h.dir);
}

static struct seal seal_of(uint8_t first)
{
	uint8_t key[16];
	struct seal s;

	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(first + i);
	seal_init(&s, key, sizeof key);
	return s;
}

static const struct gasp word = { .boot = 7,
				  .seq = 41,
				  .t_ms = 60000,
				  .age_ms = 3,
				  .verdict = { .cause = CAUSE_POWER, .facts = FACT_MAINS_KNOWN } };

static void send_bytes(const uint8_t *buf, size_t len)
{
	assert_int_equal(udp_send(h.to, buf, len), 0);
	assert_int_equal(loop_turn(h.loop, 2000), 1);
}

static void a_point_is_found_by_its_seal(void **state)
{
	struct seal one = seal_of(0x00), two = seal_of(0x10);
	uint8_t buf[GASP_LEN];

	(void)state;
	send_bytes(buf, seal_close(buf, &word, &two));
	assert_int_equal(h.n, 1);
	assert_string_equal(h.code, "TT-02");
	assert_int_equal(h.heard.seq, 41);
	assert_int_equal(h.heard.verdict.cause, CAUSE_POWER);
	send_bytes(buf, seal_close(buf, &word, &one));
	assert_string_equal(h.code, "TT-01");
	assert_int_equal(gasp_door_count(h.door, 0), 2);
}

static void each_refusal_is_counted_by_its_name(void **state)
{
	struct seal one = seal_of(0x00), stranger = seal_of(0x20);
	uint8_t buf[GASP_LEN + 100] = { 0 };

	(void)state;
	seal_close(buf, &word, &one);
	send_bytes(buf, 10);
	assert_int_equal(gasp_door_count(h.door, WIRE_SHORT), 1);
	send_bytes(buf, GASP_LEN + 1);
	send_bytes(buf, sizeof buf);
	assert_int_equal(gasp_door_count(h.door, WIRE_LONG), 2);
	buf[GASP_LEN - 1] ^= 1;
	send_bytes(buf, GASP_LEN);
	assert_int_equal(gasp_door_count(h.door, GASP_BAD_SEAL), 1);
	buf[0] = 0x27;
	send_bytes(buf, GASP_LEN);
	assert_int_equal(gasp_door_count(h.door, WIRE_BAD_VERSION), 1);
	send_bytes(buf, seal_close(buf, &word, &stranger));
	assert_int_equal(gasp_door_count(h.door, GASP_UNKNOWN_POINT), 1);
	assert_int_equal(h.n, 0);
	h.answer = GASP_OLD;
	send_bytes(buf, seal_close(buf, &word, &one));
	assert_int_equal(gasp_door_count(h.door, GASP_OLD), 1);
	assert_int_equal(gasp_door_count(h.door, 0), 0);
}

static void a_key_that_is_taken_away_counts_no_more(void **state)
{
	struct seal two = seal_of(0x10);
	uint8_t buf[GASP_LEN];

	(void)state;
	send_bytes(buf, seal_close(buf, &word, &two));
	write_keys("TT-01:000102030405060708090a0b0c0d0e0f\n");
	send_bytes(buf, sizeof buf);
	assert_int_equal(h.n, 1);
	assert_int_equal(gasp_door_count(h.door, GASP_UNKNOWN_POINT), 1);
	unlink(h.psk);
	send_bytes(buf, sizeof buf);
	assert_int_equal(gasp_door_count(h.door, GASP_UNKNOWN_POINT), 2);
	write_keys(keys);
	send_bytes(buf, sizeof buf);
	assert_int_equal(h.n, 2);
}

/* Two keys found by trying a hundred thousand: their names are alike. */
static void of_two_points_that_share_a_name_each_is_found(void **state)
{
	static const char *const hex[] = { "0000000000000000000000000000d2bc",
					   "0000000000000000000000000001bde2" };
	static const char *const codes[] = { "TT-03", "TT-04" };
	char text[128];
	struct seal s[2];
	uint8_t key[KEY_MAX], buf[GASP_LEN];
	size_t len;

	(void)state;
	snprintf(text, sizeof text, "TT-03:%s\nTT-04:%s\n", hex[0], hex[1]);
	write_keys(text);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(key_parse(key, &len, hex[i], strlen(hex[i])));
		seal_init(&s[i], key, len);
	}
	assert_memory_equal(s[0].name, s[1].name, GASP_NAME);
	for (unsigned i = 0; i < 2; i++) {
		send_bytes(buf, seal_close(buf, &word, &s[i]));
		assert_int_equal(h.n, i + 1);
		assert_string_equal(h.code, codes[i]);
	}
}

static void an_address_that_is_taken_says_so(void **state)
{
	char why[GASP_WHY];

	(void)state;
	assert_null(gasp_door_open(h.loop, h.address, h.psk, on_gasp, NULL, why));
	assert_non_null(strstr(why, "gasp_listen"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_point_is_found_by_its_seal),
		TEST(each_refusal_is_counted_by_its_name),
		TEST(a_key_that_is_taken_away_counts_no_more),
		TEST(of_two_points_that_share_a_name_each_is_found),
		TEST(an_address_that_is_taken_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
