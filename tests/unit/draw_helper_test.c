/* SPDX-License-Identifier: Apache-2.0 */
/* draw_helper: whatever the process behind the pipes does, there is one answer, and in time. */
#include "gateway/draw_helper.h"

#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct loop *loop;
static struct loop_alarm *guard;
static struct {
	int n;
	enum draw_end end;
	char png[16];
	size_t len;
} got;

static void too_late(void *self, mono_t now)
{
	(void)self;
	(void)now;
	fail_msg("no answer");
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	loop = loop_new();
	guard = loop ? loop_alarm_new(loop, too_late, NULL) : NULL;
	if (!guard)
		return -1;
	loop_alarm_set(guard, mono_after(clock_mono(), 20000));
	return shelf_setup(state);
}

static int teardown(void **state)
{
	loop_alarm_free(guard);
	loop_free(loop);
	return shelf_teardown(state);
}

static void take(void *self, enum draw_end end, const void *png, size_t len)
{
	(void)self;
	got.n++;
	got.end = end;
	got.len = len;
	if (png)
		memcpy(got.png, png, len < sizeof got.png ? len : sizeof got.png);
}

/* A helper made of shell. */
static struct draw_helper *helper(const char *script)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/helper", shelf_dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
	return draw_helper_new(loop, path, take, NULL);
}

static void ask(struct draw_helper *h, int64_t timeout_ms)
{
	int before = got.n;

	assert_int_equal(draw_helper_ask(h, "draw\n", timeout_ms), 0);
	assert_int_equal(got.n, before); /* never from within */
	while (got.n == before)
		assert_true(loop_turn(loop, 30000) >= 0);
}

static void it_answers_again_and_again(void **state)
{
	struct draw_helper *h = helper("while read line; do printf 'ok 5\\n12\\n45'; done");

	(void)state;
	for (int i = 1; i <= 3; i++) {
		ask(h, 10000);
		assert_int_equal(got.n, i);
		assert_int_equal(got.end, DRAW_DONE);
		assert_int_equal(got.len, 5);
		assert_memory_equal(got.png, "12\n45", 5);
	}
	assert_int_equal(draw_helper_started(h), 1);
	draw_helper_free(h);
}

static void a_picture_may_come_in_pieces(void **state)
{
	struct draw_helper *h = helper("read line; printf o; printf 'k 1'; printf '0\\n012'; "
				       "printf 34; printf 56789; read line");

	(void)state;
	ask(h, 10000);
	assert_int_equal(got.end, DRAW_DONE);
	assert_memory_equal(got.png, "0123456789", 10);
	draw_helper_free(h);
}

static void a_refusal_is_an_answer(void **state)
{
	struct draw_helper *h = helper("read line; printf 'err no such file\\n'; read line");

	(void)state;
	ask(h, 10000);
	assert_int_equal(got.end, DRAW_REFUSED);
	draw_helper_free(h);
}

static void one_that_hangs_is_killed(void **state)
{
	struct draw_helper *h = helper("exec sleep 1000");

	(void)state;
	ask(h, 50);
	assert_int_equal(got.end, DRAW_LATE);
	ask(h, 50);
	assert_int_equal(got.n, 2);
	assert_int_equal(draw_helper_started(h), 2);
	draw_helper_free(h);
}

static void one_that_ends_is_started_again(void **state)
{
	struct draw_helper *h = helper("read line; printf 'ok 1\\nx'");

	(void)state;
	ask(h, 10000);
	assert_int_equal(got.end, DRAW_DONE);
	/* Its end may be noticed before or after the next ask: then that one is lost, and only
	 * that. */
	ask(h, 10000);
	if (got.end == DRAW_LOST)
		ask(h, 10000);
	assert_int_equal(got.end, DRAW_DONE);
	assert_int_equal(draw_helper_started(h), 2);
	draw_helper_free(h);
}

static void one_that_ends_without_a_word_is_lost(void **state)
{
	struct draw_helper *h = helper("read line; exit 0");

	(void)state;
	ask(h, 10000);
	assert_int_equal(got.end, DRAW_LOST);
	draw_helper_free(h);
}

static void nonsense_is_not_believed(void **state)
{
	static const char *const nonsense[] = {
		"printf 'hello\\n'",         "printf 'ok\\n'",
		"printf 'ok 0\\n'",          "printf 'ok -1\\n'",
		"printf 'ok 5x\\n12345'",    "printf 'ok 99999999999\\n'",
		"printf 'ok 2\\nabc'",       "head -c 600 /dev/zero",
		"head -c 3000000 /dev/zero", "printf 'ok 1000000000\\n'; head -c 3000000 /dev/zero",
	};
	char script[200];

	(void)state;
	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
		struct draw_helper *h;

		snprintf(script, sizeof script, "read line; %s; read line", nonsense[i]);
		h = helper(script);
		ask(h, 10000);
		if (got.end != DRAW_LOST)
			fail_msg("believed: %s", nonsense[i]);
		draw_helper_free(h);
	}
}

static void one_that_is_not_there_is_said_to_be(void **state)
{
	struct draw_helper *h = draw_helper_new(loop, "/nowhere/matsang-draw", take, NULL);

	(void)state;
	assert_true(draw_helper_ask(h, "draw\n", 1000) < 0);
	assert_int_equal(got.n, 0);
	draw_helper_free(h);
}

#define staged(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(it_answers_again_and_again),
		staged(a_picture_may_come_in_pieces),
		staged(a_refusal_is_an_answer),
		staged(one_that_hangs_is_killed),
		staged(one_that_ends_is_started_again),
		staged(one_that_ends_without_a_word_is_lost),
		staged(nonsense_is_not_believed),
		staged(one_that_is_not_there_is_said_to_be),
	};

	return cmocka_run_group_tests_name("draw_helper", tests, NULL, NULL);
}
