/* SPDX-License-Identifier: Apache-2.0 */
/* The loop on a real clock; every test ends by a deadline of its own, none by luck. */
#include "mesh/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct stage {
	struct loop *loop;
	struct loop_alarm *guard, *alarm;
	struct loop_watch *watch;
	int pipe[2];
	int fired, status;
	mono_t at;
};

static void too_late(void *self, mono_t now)
{
	(void)self;
	(void)now;
	fail_msg("nothing woke the loop");
}

static int stage_up(void **state)
{
	struct stage *s = calloc(1, sizeof *s);

	if (!s || pipe(s->pipe) < 0 || !(s->loop = loop_new()))
		return -1;
	s->guard = loop_alarm_new(s->loop, too_late, s);
	loop_alarm_set(s->guard, mono_after(clock_mono(), 5000));
	*state = s;
	return 0;
}

static int stage_down(void **state)
{
	struct stage *s = *state;

	loop_watch_free(s->watch);
	loop_alarm_free(s->alarm);
	loop_alarm_free(s->guard);
	loop_free(s->loop);
	close(s->pipe[0]);
	close(s->pipe[1]);
	free(s);
	return 0;
}

static void fire_and_end(void *self, mono_t now)
{
	struct stage *s = self;

	s->fired++;
	s->at = now;
	loop_end(s->loop);
}

static void an_alarm_fires_at_its_deadline_and_not_before(void **state)
{
	struct stage *s = *state;
	const mono_t due = mono_after(clock_mono(), 20);

	s->alarm = loop_alarm_new(s->loop, fire_and_end, s);
	loop_alarm_set(s->alarm, due);
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->fired, 1);
	assert_true(mono_reached(s->at, due));
}

static void fire_thrice(void *self, mono_t now)
{
	struct stage *s = self;

	if (++s->fired == 3)
		loop_end(s->loop);
	else
		loop_alarm_set(s->alarm, now);
}

static void an_alarm_can_be_set_again_inside_its_own_call(void **state)
{
	struct stage *s = *state;

	s->alarm = loop_alarm_new(s->loop, fire_thrice, s);
	loop_alarm_set(s->alarm, (mono_t){ -1 });
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->fired, 3);
}

static void free_the_alarm(void *self, mono_t now)
{
	struct stage *s = self;

	loop_alarm_free(s->alarm);
	s->alarm = NULL;
	fire_and_end(s, now);
}

static void an_alarm_can_be_freed_inside_its_own_call(void **state)
{
	struct stage *s = *state;

	s->alarm = loop_alarm_new(s->loop, free_the_alarm, s);
	loop_alarm_set(s->alarm, clock_mono());
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->fired, 1);
}

static void an_alarm_set_to_never_stays_quiet(void **state)
{
	struct stage *s = *state;
	struct loop_alarm *end = loop_alarm_new(s->loop, fire_and_end, s);

	s->alarm = loop_alarm_new(s->loop, too_late, s);
	loop_alarm_set(s->alarm, clock_mono());
	loop_alarm_set(s->alarm, MONO_NEVER);
	loop_alarm_set(end, mono_after(clock_mono(), 5));
	assert_int_equal(loop_run(s->loop), 0);
	loop_alarm_free(end);
}

static void read_one(void *self, mono_t now)
{
	struct stage *s = self;
	char c;

	assert_int_equal(read(s->pipe[0], &c, 1), 1);
	fire_and_end(s, now);
}

static void a_watch_is_called_when_there_is_something_to_read(void **state)
{
	struct stage *s = *state;

	s->watch = loop_watch_new(s->loop, s->pipe[0], LOOP_READ, read_one, s);
	assert_int_equal(write(s->pipe[1], "x", 1), 1);
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->fired, 1);
}

static void a_paused_watch_does_not_hear_a_hang_up(void **state)
{
	struct stage *s = *state;

	s->watch = loop_watch_new(s->loop, s->pipe[0], LOOP_READ, too_late, s);
	loop_watch_set(s->watch, 0);
	close(s->pipe[1]);
	s->pipe[1] = dup(s->pipe[0]);
	s->alarm = loop_alarm_new(s->loop, fire_and_end, s);
	loop_alarm_set(s->alarm, mono_after(clock_mono(), 5));
	assert_int_equal(loop_run(s->loop), 0);
}

static void a_signal_reaches_its_handler(void **state)
{
	struct stage *s = *state;

	assert_int_equal(loop_signal(s->loop, SIGHUP, fire_and_end, s), 0);
	kill(getpid(), SIGHUP);
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->fired, 1);
}

static void sigterm_ends_the_run_with_nothing_wrong(void **state)
{
	struct stage *s = *state;

	kill(getpid(), SIGTERM);
	assert_int_equal(loop_run(s->loop), 0);
	assert_int_equal(s->fired, 0);
}

static void child_ended(void *self, int status)
{
	struct stage *s = self;

	s->status = status;
	loop_end(s->loop);
}

static int child(struct stage *s, void (*live)(void))
{
	const int pid = fork();

	if (pid == 0)
		live();
	assert_true(pid > 0);
	assert_int_equal(loop_child(s->loop, pid, child_ended, s), 0);
	return loop_run(s->loop);
}

static void exit_three(void)
{
	_exit(3);
}

static void killed(void)
{
	kill(getpid(), SIGKILL);
}

static void a_child_that_exits_says_its_code(void **state)
{
	struct stage *s = *state;

	assert_int_equal(child(s, exit_three), 0);
	assert_true(WIFEXITED(s->status));
	assert_int_equal(WEXITSTATUS(s->status), 3);
}

static void a_child_that_is_killed_says_the_signal(void **state)
{
	struct stage *s = *state;

	assert_int_equal(child(s, killed), 0);
	assert_true(WIFSIGNALED(s->status));
	assert_int_equal(WTERMSIG(s->status), SIGKILL);
}

static void a_file_that_cannot_be_watched_is_refused(void **state)
{
	struct stage *s = *state;

	assert_null(loop_watch_new(s->loop, -1, LOOP_READ, too_late, s));
}

#define staged(f) cmocka_unit_test_setup_teardown(f, stage_up, stage_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(an_alarm_fires_at_its_deadline_and_not_before),
		staged(an_alarm_can_be_set_again_inside_its_own_call),
		staged(an_alarm_can_be_freed_inside_its_own_call),
		staged(an_alarm_set_to_never_stays_quiet),
		staged(a_watch_is_called_when_there_is_something_to_read),
		staged(a_paused_watch_does_not_hear_a_hang_up),
		staged(a_signal_reaches_its_handler),
		staged(sigterm_ends_the_run_with_nothing_wrong),
		staged(a_child_that_exits_says_its_code),
		staged(a_child_that_is_killed_says_the_signal),
		staged(a_file_that_cannot_be_watched_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
