/* SPDX-License-Identifier: Apache-2.0 */
/* commune_tally: what the broker counted is counted with our own, once. */
#include "gateway/commune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct roster roster;
static const struct commune_options options;

/* What the broker says; how many are new. */
static uint64_t say(struct commune *c, struct tally *t, const char *text)
{
	return commune_tally(c, t, (const uint8_t *)text, strlen(text));
}

static void what_the_broker_refused_is_counted_once_and_has_a_name(void **state)
{
	struct commune *c = commune_new(&roster, &options);
	struct tally t = { 0 };

	(void)state;
	assert_int_equal(say(c, &t, "refused 3 TT-99-98"), 3);
	assert_string_equal(t.last, "TT-99-98");
	assert_int_equal(say(c, &t, "refused 3 TT-99-98"), 0); /* told again when we came */
	assert_int_equal(say(c, &t, "refused 5 TT-99-97"), 2);
	assert_string_equal(t.last, "TT-99-97");
	assert_int_equal(commune_refused(c, REFUSE_TOPIC), 5);
	assert_int_equal(commune_refused(c, REFUSE_TALLY), 0);
	commune_free(c);
}

static void a_broker_that_was_started_again_counts_from_nought(void **state)
{
	struct commune *c = commune_new(&roster, &options);
	struct tally t;

	(void)state;
	say(c, &t, "refused 7 TT-99-98");
	assert_int_equal(say(c, &t, "refused 2 TT-99-98"), 2);
	assert_int_equal(commune_refused(c, REFUSE_TOPIC), 9);
	commune_free(c);
}

static void a_word_without_sense_has_a_counter_of_its_own(void **state)
{
	struct commune *c = commune_new(&roster, &options);
	struct tally t = { 1, "as it was" };

	(void)state;
	assert_int_equal(say(c, &t, "refused many TT-99-98"), 0);
	assert_string_equal(t.last, "as it was");
	assert_int_equal(commune_refused(c, REFUSE_TOPIC), 0);
	assert_int_equal(commune_refused(c, REFUSE_TALLY), 1);
	assert_string_equal(refusal_str(REFUSE_TALLY), "bad_tally");
	commune_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_broker_refused_is_counted_once_and_has_a_name),
		cmocka_unit_test(a_broker_that_was_started_again_counts_from_nought),
		cmocka_unit_test(a_word_without_sense_has_a_counter_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
