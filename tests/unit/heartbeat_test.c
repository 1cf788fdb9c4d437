/* SPDX-License-Identifier: Apache-2.0 */
/* heartbeat: somebody outside hears from us, and the log says once when not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/heartbeat.h"
#include "mesh/log.h"

#include "catcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, EVERY_MS = 20 };

static const struct post_options hasty = { .connect_ms = 500, .total_ms = 1000 };

static struct {
	struct loop *loop;
	struct loop_alarm *patience;
	struct catcher *there;
	struct heartbeat *heartbeat;
	char url[100], text[CATCH_TEXT];
	unsigned caught;
} w;

static void on_patience_lost(void *self, mono_t now)
{
	(void)self;
	(void)now;
	abort();
}

static void on_caught(void *self, const char *text)
{
	(void)self;
	snprintf(w.text, sizeof w.text, "%s", text);
	w.caught++;
}

static int world_open(void **state)
{
	(void)state;
	memset(&w, 0, sizeof w);
	w.loop = loop_new();
	w.patience = loop_alarm_new(w.loop, on_patience_lost, NULL);
	loop_alarm_set(w.patience, mono_after(clock_mono(), PATIENCE_MS));
	w.there = catcher_new(w.loop, CATCH_HTTP, on_caught, NULL);
	snprintf(w.url, sizeof w.url, "http://127.0.0.1:%u/SECRET", catcher_port(w.there));
	return 0;
}

static int world_close(void **state)
{
	(void)state;
	heartbeat_free(w.heartbeat);
	catcher_free(w.there);
	loop_alarm_free(w.patience);
	loop_free(w.loop);
	return 0;
}

static void begin(void)
{
	w.heartbeat = heartbeat_new(w.loop, w.url, EVERY_MS, &hasty);
	assert_non_null(w.heartbeat);
}

/* Until so many beats ended, one way or the other. */
static void run(uint64_t beats)
{
	struct heartbeat_counters c;

	do {
		assert_true(loop_turn(w.loop, 100) >= 0);
		c = heartbeat_counters(w.heartbeat);
	} while (c.sent + c.failed < beats);
}

static void it_is_fetched_again_and_again(void **state)
{
	(void)state;
	begin();
	run(3);
	assert_int_equal(heartbeat_counters(w.heartbeat).sent, 3);
	assert_int_equal(heartbeat_counters(w.heartbeat).failed, 0);
	assert_false(heartbeat_counters(w.heartbeat).failing);
	assert_memory_equal(w.text, "GET /SECRET HTTP/1.1\r\n", 22);
}

static void no_answer_and_a_bad_one_are_failures(void **state)
{
	(void)state;
	catcher_answer(w.there, 500);
	catcher_answer(w.there, CATCH_HANG);
	catcher_answer(w.there, 200);
	begin();
	run(1);
	assert_true(heartbeat_counters(w.heartbeat).failing);
	run(3);
	assert_int_equal(heartbeat_counters(w.heartbeat).failed, 2);
	assert_int_equal(heartbeat_counters(w.heartbeat).sent, 1);
	assert_false(heartbeat_counters(w.heartbeat).failing);
}

static bool is_well(void *self)
{
	return *(const bool *)self;
}

static void it_is_kept_back_while_nobody_would_be_told_anything(void **state)
{
	bool well = false;

	(void)state;
	begin();
	heartbeat_while(w.heartbeat, is_well, &well);
	run(3);
	assert_int_equal(heartbeat_counters(w.heartbeat).sent, 0);
	assert_int_equal(w.caught, 0);
	assert_true(heartbeat_counters(w.heartbeat).failing);
	well = true;
	run(4);
	assert_int_equal(heartbeat_counters(w.heartbeat).sent, 1);
}

static unsigned lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void the_log_says_it_once_and_tells_no_secret(void **state)
{
	char path[] = "/tmp/heartbeat-test-XXXXXX", text[4096];
	int fd = mkstemp(path), before = dup(STDERR_FILENO);
	ssize_t n;

	(void)state;
	assert_true(fd >= 0 && before >= 0);
	for (int i = 0; i < 3; i++)
		catcher_answer(w.there, 500);
	catcher_answer(w.there, 200);
	begin();
	dup2(fd, STDERR_FILENO);
	run(6);
	dup2(before, STDERR_FILENO);
	n = pread(fd, text, sizeof text - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_int_equal(lines(text), 2);
	assert_null(strstr(text, "SECRET"));
	close(fd);
	close(before);
	unlink(path);
}

static void stopping_in_the_middle_leaves_nothing_behind(void **state)
{
	(void)state;
	catcher_answer(w.there, CATCH_HANG);
	begin();
	while (w.caught == 0)
		assert_true(loop_turn(w.loop, 100) >= 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(it_is_fetched_again_and_again),
		test(no_answer_and_a_bad_one_are_failures),
		test(it_is_kept_back_while_nobody_would_be_told_anything),
		test(the_log_says_it_once_and_tells_no_secret),
		test(stopping_in_the_middle_leaves_nothing_behind),
	};

	log_open("heartbeat_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
