/* SPDX-License-Identifier: Apache-2.0 */
/* key: hexadecimal in a file of its own, or a clear refusal. */
#include "mesh/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char good[] = "  00112233445566778899aabbccddeeFF\n";

static void a_line_of_hex_digits_is_a_key(void **state)
{
	uint8_t key[KEY_MAX];
	size_t len;

	(void)state;
	assert_true(key_parse(key, &len, good, strlen(good)));
	assert_int_equal(len, 16);
	assert_int_equal(key[0], 0x00);
	assert_int_equal(key[15], 0xff);
}

static void anything_else_is_none(void **state)
{
	static const char *const bad[] = { "", "0011", "00112233445566778899aabbccddeeF",
					   "00112233445566778899aabbccddeeFG",
					   "0011223344556677 8899aabbccddeeff" };
	uint8_t key[KEY_MAX];
	char many[2 * KEY_MAX + 3];
	size_t len;

	(void)state;
	memset(many, 'a', sizeof many);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(key_parse(key, &len, bad[i], strlen(bad[i])));
		assert_int_equal(len, 0);
	}
	assert_false(key_parse(key, &len, many, 2 * KEY_MAX + 2));
	assert_true(key_parse(key, &len, many, 2 * KEY_MAX));
}

static void a_missing_file_is_named_with_the_remedy(void **state)
{
	uint8_t key[KEY_MAX];
	char why[KEY_WHY];
	size_t len;

	(void)state;
	assert_false(key_read("/nonexistent/TT-01-01.key", key, &len, why));
	assert_non_null(strstr(why, "/nonexistent/TT-01-01.key"));
	assert_non_null(strstr(why, "matsang enrol"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_hex_digits_is_a_key),
		cmocka_unit_test(anything_else_is_none),
		cmocka_unit_test(a_missing_file_is_named_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
