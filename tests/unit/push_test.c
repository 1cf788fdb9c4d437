/* SPDX-License-Identifier: Apache-2.0 */
/* push: sentences about settings from afar, with real files. */
#include "mesh/replace.h"
#include "node/push.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/matsang-push-XXXXXX", file[64];
static struct push p;

/* A start of the program: what is in force? */
static struct node_settings *start(void)
{
	char why[CONF_WHY];
	struct node_settings *s = node_settings_load(file, why);

	assert_non_null(s);
	return push_begin(&p, s, file);
}

static int64_t beat_after_start(void)
{
	struct node_settings *s = start();
	int64_t beat = s->beat_s;

	node_settings_free(s);
	return beat;
}

static bool take(uint32_t id, const char *text)
{
	return push_take(&p, file, id, text, strlen(text));
}

static int begin(void **state)
{
	static const char *const names[] = { "trial", "trying", "kept", "undone" };
	char text[256], path[128], why[CONF_WHY];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s/push.%s", dir, names[i]);
		replace_remove(path);
	}
	snprintf(text, sizeof text,
		 "{ // by "
		 "hand\n\"point\":\"TT-01\",\"brokers\":[\"10.9.0.1:8883\"],\"key_file\":\"/k\","
		 "\"state_dir\":\"%s\",\"gpio\":{\"mains\":\"GPIO17\"}}",
		 dir);
	return replace_file(file, text, strlen(text), 0600, why);
}

static void nothing_pushed_leaves_the_file_in_force(void **state)
{
	(void)state;
	assert_int_equal(beat_after_start(), 60);
	assert_int_equal(push_report(&p).id, 0);
	assert_false(p.trying);
}

static void what_is_pushed_is_tried_at_the_next_start_and_kept_when_it_works(void **state)
{
	struct node_settings *s;

	(void)state;
	assert_int_equal(beat_after_start(), 60);
	assert_true(take(7, "{\"beat_s\":75,\"gpio\":{\"light\":\"GPIO27\"}}"));
	s = start();
	assert_true(p.trying);
	assert_int_equal(s->beat_s, 75);
	assert_string_equal(s->gpio.mains, "GPIO17"); /* wire by wire */
	assert_string_equal(s->gpio.light, "GPIO27");
	node_settings_free(s);
	assert_int_equal(push_keep(&p), 0);
	assert_int_equal(beat_after_start(), 75);
	assert_false(p.trying);
	assert_int_equal(push_report(&p).id, 7);
	assert_string_equal(push_report(&p).state, "kept");
}

static void what_does_not_reach_the_gateway_is_undone_and_said_so(void **state)
{
	(void)state;
	beat_after_start();
	assert_true(take(8, "{\"brokers\":[\"192.0.2.1:8883\"],\"beat_s\":90}"));
	assert_int_equal(beat_after_start(), 90);
	assert_int_equal(push_undo(&p, "not reached"), 0);
	assert_int_equal(beat_after_start(), 60);
	assert_int_equal(push_report(&p).id, 8);
	assert_string_equal(push_report(&p).state, "undone");
	assert_string_equal(push_report(&p).why, "not reached");
}

static void a_trial_that_a_power_cut_ends_is_no_trap(void **state)
{
	(void)state;
	beat_after_start();
	assert_true(take(9, "{\"beat_s\":90}"));
	assert_int_equal(beat_after_start(), 90); /* and then it dies */
	assert_int_equal(beat_after_start(), 60);
	assert_string_equal(push_report(&p).state, "undone");
	assert_int_equal(push_report(&p).id, 9);
}

static void an_undone_push_gives_way_to_the_one_kept_before(void **state)
{
	(void)state;
	beat_after_start();
	assert_true(take(10, "{\"beat_s\":75}"));
	beat_after_start();
	push_keep(&p);
	beat_after_start();
	assert_true(take(11, "{\"beat_s\":90}"));
	assert_int_equal(beat_after_start(), 90);
	push_undo(&p, "not reached");
	assert_int_equal(beat_after_start(), 75);
	assert_int_equal(push_report(&p).id, 11);
	assert_string_equal(push_report(&p).state, "undone");
}

static void a_later_push_leaves_alone_what_it_does_not_speak_of(void **state)
{
	struct node_settings *s;

	(void)state;
	beat_after_start();
	assert_true(take(20, "{\"brokers\":[\"10.9.0.2:8883\"]}"));
	beat_after_start();
	push_keep(&p);
	assert_true(take(21, "{\"beat_s\":75}"));
	s = start();
	assert_true(p.trying);
	assert_string_equal(s->brokers[0], "10.9.0.2:8883");
	assert_int_equal(s->beat_s, 75);
	node_settings_free(s);
	push_keep(&p);
	s = start();
	assert_string_equal(s->brokers[0], "10.9.0.2:8883");
	assert_int_equal(s->beat_s, 75);
	node_settings_free(s);
}

static void bad_settings_are_refused_before_anything_changes(void **state)
{
	(void)state;
	beat_after_start();
	assert_false(take(12, "{\"beat_sec\":75}"));
	assert_string_equal(push_report(&p).state, "refused");
	assert_non_null(strstr(push_report(&p).why, "beat_s"));
	assert_false(take(13, "{\"beat_s\":0}"));
	assert_false(take(14, "[1]"));
	assert_false(take(15, "{\"beat_s\""));
	assert_false(take(16, "{\"point\":\"TT-02\"}"));
	assert_non_null(strstr(push_report(&p).why, "at the box"));
	assert_int_equal(beat_after_start(), 60);
}

/* Somebody edits the file later so that the two no longer go together. */
static void what_no_longer_fits_is_left_aside(void **state)
{
	char text[256], why[CONF_WHY];

	(void)state;
	beat_after_start();
	assert_true(take(17, "{\"keepalive_s\":100}"));
	beat_after_start();
	push_keep(&p);
	snprintf(text, sizeof text,
		 "{\"point\":\"TT-01\",\"brokers\":[\"10.9.0.1:8883\"],\"key_file\":\"/"
		 "k\",\"beat_s\":200,"
		 "\"state_dir\":\"%s\"}",
		 dir);
	assert_int_equal(replace_file(file, text, strlen(text), 0600, why), 0);
	assert_int_equal(beat_after_start(), 200);
}

static int make(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof file, "%s/node.jsonc", dir);
	return 0;
}

static int clean(void **state)
{
	begin(state);
	replace_remove(file);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_pushed_leaves_the_file_in_force, begin),
		cmocka_unit_test_setup(
			what_is_pushed_is_tried_at_the_next_start_and_kept_when_it_works, begin),
		cmocka_unit_test_setup(what_does_not_reach_the_gateway_is_undone_and_said_so,
				       begin),
		cmocka_unit_test_setup(a_trial_that_a_power_cut_ends_is_no_trap, begin),
		cmocka_unit_test_setup(an_undone_push_gives_way_to_the_one_kept_before, begin),
		cmocka_unit_test_setup(a_later_push_leaves_alone_what_it_does_not_speak_of, begin),
		cmocka_unit_test_setup(bad_settings_are_refused_before_anything_changes, begin),
		cmocka_unit_test_setup(what_no_longer_fits_is_left_aside, begin),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
