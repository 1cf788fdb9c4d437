/* SPDX-License-Identifier: Apache-2.0 */
/* tally: what the broker tells is read in one form only. */
#include "mesh/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void what_was_drawn_is_what_is_read(void **state)
{
	static const struct tally given[] = { { 1, "a" },
					      { 12, "TT-99-98" },
					      { UINT64_MAX, "012345678901234567890123" } };
	struct tally got;
	char text[TALLY_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		size_t len = tally_draw(text, &given[i]);

		assert_int_equal(len, strlen(text));
		assert_true(len < TALLY_TEXT);
		assert_true(tally_read(&got, text, len));
		assert_true(got.refused == given[i].refused);
		assert_string_equal(got.last, given[i].last);
	}
	tally_draw(text, &given[1]);
	assert_string_equal(text, "refused 12 TT-99-98");
}

static void anything_else_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"refused",
		"refused ",
		"refused 12",
		"refused 12 ",
		"refused 0 TT-99-98",
		"refused 012 TT-99-98",
		"refused +12 TT-99-98",
		"refused -12 TT-99-98",
		"refused  12 TT-99-98",
		"refused 12  TT-99-98",
		"refused 12 TT-99-98 ",
		"refused 12 TT-99-98\n",
		"refused 12 gateway",
		"refused 12 TT/99",
		"refused 0x12 TT-99-98",
		"refused 18446744073709551616 TT-99-98",
		"refused 12 0123456789012345678901234",
		"Refused 12 TT-99-98",
		"a longer word than the broker ever says, in sixty-four bytes or more",
	};
	struct tally t = { 7, "as it was" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(tally_read(&t, bad[i], strlen(bad[i])));
	assert_false(tally_read(&t, "refused 12 TT\0", 14));
	assert_int_equal(t.refused, 7);
	assert_string_equal(t.last, "as it was");
}

static void every_shorter_text_is_refused_or_another_code(void **state)
{
	static const char whole[] = "refused 12 TT-99-98";
	struct tally t;

	(void)state;
	for (size_t len = 0; len < sizeof whole - 1; len++)
		assert_int_equal(tally_read(&t, whole, len), len > strlen("refused 12 "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_drawn_is_what_is_read),
		cmocka_unit_test(anything_else_is_refused_and_changes_nothing),
		cmocka_unit_test(every_shorter_text_is_refused_or_another_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
