/* SPDX-License-Identifier: Apache-2.0 */
/* topic: a point's code is the only thing that a topic may carry. */
#include "mesh/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void a_code_is_letters_digits_and_dashes(void **state)
{
	static const char *const good[] = { "TT-07-03", "a", "012345678901234567890123" };
	static const char *const bad[] = { "",   "gateway", "a/b",
					   "+",  "#",       "a b",
					   "Đ1", "a_b",     "0123456789012345678901234" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(point_code_ok(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(point_code_ok(bad[i]));
}

static void a_topic_gives_back_the_code_it_was_made_of(void **state)
{
	char topic[TOPIC_TEXT], code[POINT_CODE_TEXT];

	(void)state;
	topic_up_draw(topic, "TT-07-03");
	assert_string_equal(topic, "ms/TT-07-03/up");
	assert_true(topic_up_point(code, topic, strlen(topic)));
	assert_string_equal(code, "TT-07-03");
	topic_down_draw(topic, "TT-07-03");
	assert_string_equal(topic, "ms/TT-07-03/down");
	assert_true(topic_down_point(code, topic, strlen(topic)));
	assert_false(topic_up_point(code, topic, strlen(topic)));
}

static void any_other_topic_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = { "",          "ms/",           "ms//up",
					   "ms/up",     "ms/gateway/up", "ms/a/down",
					   "xs/a/up",   "ms/a/b/up",     "ms/a/up/",
					   "ms/a b/up", "/ms/a/up" };
	char code[POINT_CODE_TEXT] = "as it was";

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(topic_up_point(code, bad[i], strlen(bad[i])));
	assert_string_equal(code, "as it was");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_letters_digits_and_dashes),
		cmocka_unit_test(a_topic_gives_back_the_code_it_was_made_of),
		cmocka_unit_test(any_other_topic_is_refused_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
