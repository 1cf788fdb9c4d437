/* SPDX-License-Identifier: Apache-2.0 */
/* channel_exec: programs that take a message, refuse it, or never end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

static const struct roster roster = { .commune = "Thiện Tân" };
static const struct incident incident = { .id = 42, .from = { INT64_C(1778762520000) } };
static const struct message message = { .subject = "✕ TT-07-03", .text = "Từ 19:42." };
static const struct letter letter = { .key = "42-firing-exec0",
				      .to = "exec0",
				      .incident = &incident,
				      .roster = &roster,
				      .message = &message,
				      .page_url = "" };

struct world {
	struct loop *loop;
	struct loop_alarm *patience;
	bool delivered, refused;
	unsigned told;
	char note[CHANNEL_NOTE];
};

static void on_patience_lost(void *self, mono_t now)
{
	(void)self;
	(void)now;
	abort();
}

static void on_done(void *self, enum channel_end end, const char *note)
{
	struct world *w = self;

	w->delivered = end == CHANNEL_DELIVERED;
	w->refused = end == CHANNEL_REFUSED;
	w->told++;
	snprintf(w->note, sizeof w->note, "%s", note);
	loop_end(w->loop);
}

static void world_open(struct world *w)
{
	*w = (struct world){ .loop = loop_new() };
	assert_non_null(w->loop);
	w->patience = loop_alarm_new(w->loop, on_patience_lost, w);
	loop_alarm_set(w->patience, mono_after(clock_mono(), PATIENCE_MS));
}

static void world_close(struct world *w)
{
	loop_alarm_free(w->patience);
	loop_free(w->loop);
}

static void *start(struct world *w, const char *script, int64_t exec_ms,
		   char note[static CHANNEL_NOTE])
{
	const struct channel_tools tools = { .loop = w->loop, .exec_ms = exec_ms };
	const char *const command[] = { "/bin/sh", "-c", script };
	const struct exec_route route = { command, 3 };

	return channel_exec.start(&tools, &route, &letter, on_done, w, note);
}

static void run(struct world *w, const char *script, int64_t exec_ms)
{
	char note[CHANNEL_NOTE];

	world_open(w);
	assert_non_null(start(w, script, exec_ms, note));
	assert_int_equal(loop_run(w->loop), 0);
	assert_int_equal(w->told, 1);
	world_close(w);
}

static void a_program_that_ends_well_has_delivered_what_it_read(void **state)
{
	char path[] = "/tmp/exec-test-XXXXXX", script[100], text[4096];
	int fd = mkstemp(path);
	char *want = hook_draw(&letter);
	struct world w;
	ssize_t n;

	(void)state;
	assert_true(fd >= 0);
	snprintf(script, sizeof script, "cat > %s", path);
	run(&w, script, 5000);
	assert_true(w.delivered);
	assert_string_equal(w.note, "exit code 0");
	n = read(fd, text, sizeof text - 1);
	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, want);
	free(want);
	close(fd);
	unlink(path);
}

static void a_program_that_reads_nothing_may_deliver_too(void **state)
{
	struct world w;

	(void)state;
	run(&w, "exit 0", 5000);
	assert_true(w.delivered);
}

static void another_exit_code_is_a_failure(void **state)
{
	struct world w;

	(void)state;
	run(&w, "exit 7", 5000);
	assert_false(w.delivered);
	assert_string_equal(w.note, "exit code 7");
}

static void a_program_that_dies_is_a_failure(void **state)
{
	struct world w;

	(void)state;
	run(&w, "kill -TERM $$", 5000);
	assert_false(w.delivered);
	assert_string_equal(w.note, "ended by signal 15");
}

static void a_program_that_hangs_is_killed_with_its_children(void **state)
{
	struct world w;

	(void)state;
	run(&w, "sleep 1000 & sleep 1000; true", 100);
	assert_false(w.delivered);
	assert_memory_equal(w.note, "killed after", 12);
}

static void the_program_inherits_no_descriptor_but_three(void **state)
{
	struct world w;

	(void)state;
	run(&w, "for n in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$n ] && exit 1; done; exit 0", 5000);
	assert_true(w.delivered);
}

static void a_program_that_is_not_there_is_told_at_once(void **state)
{
	const char *const command[] = { "/nonexistent/program" };
	const struct exec_route route = { command, 1 };
	struct channel_tools tools = { .exec_ms = 1000 };
	char note[CHANNEL_NOTE] = "", target[CHANNEL_TARGET];
	struct world w;

	(void)state;
	world_open(&w);
	tools.loop = w.loop;
	assert_null(channel_exec.start(&tools, &route, &letter, on_done, &w, note));
	assert_string_equal(note, "No such file or directory");
	channel_exec.target(target, &route);
	assert_string_equal(target, "/nonexistent/program");
	world_close(&w);
}

static void on_quiet(void *self, mono_t now)
{
	(void)now;
	loop_end(((struct world *)self)->loop);
}

static void what_was_cancelled_is_killed_and_not_told(void **state)
{
	char note[CHANNEL_NOTE];
	struct loop_alarm *quiet;
	struct world w;
	void *handle;

	(void)state;
	world_open(&w);
	handle = start(&w, "sleep 1000", 100000, note);
	assert_non_null(handle);
	channel_exec.cancel(handle);
	quiet = loop_alarm_new(w.loop, on_quiet, &w);
	loop_alarm_set(quiet, mono_after(clock_mono(), 50));
	assert_int_equal(loop_run(w.loop), 0);
	assert_int_equal(w.told, 0);
	loop_alarm_free(quiet);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_that_ends_well_has_delivered_what_it_read),
		cmocka_unit_test(a_program_that_reads_nothing_may_deliver_too),
		cmocka_unit_test(another_exit_code_is_a_failure),
		cmocka_unit_test(a_program_that_dies_is_a_failure),
		cmocka_unit_test(a_program_that_hangs_is_killed_with_its_children),
		cmocka_unit_test(the_program_inherits_no_descriptor_but_three),
		cmocka_unit_test(a_program_that_is_not_there_is_told_at_once),
		cmocka_unit_test(what_was_cancelled_is_killed_and_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
