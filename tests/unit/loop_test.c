/* SPDX-License-Identifier: Apache-2.0 */
/* The loop on a real clock; every test ends by a deadline of its own, none by luck. */
#include "mesh/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
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

/* ---- the watchdog, with a service manager of our own ---- */

enum { DOG_US = 30000 };

/* A notify socket whose other end is s->pipe[0]; the watchdog is asked for. */
static void manager_up(struct stage *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t); /* the kernel finds an abstract name */
	char text[32];

	close(s->pipe[0]);
	s->pipe[0] = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->pipe[0], (struct sockaddr *)&at, len), 0);
	len = sizeof at;
	assert_int_equal(getsockname(s->pipe[0], (struct sockaddr *)&at, &len), 0);
	at.sun_path[0] = '@';
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	snprintf(text, sizeof text, "%d", DOG_US);
	setenv("WATCHDOG_USEC", text, 1);
	snprintf(text, sizeof text, "%d", (int)getpid());
	setenv("WATCHDOG_PID", text, 1);
}

static void manager_down(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static void fed(void *self, mono_t now)
{
	struct stage *s = self;
	char text[32];
	const ssize_t n = read(s->pipe[0], text, sizeof text - 1);

	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, "WATCHDOG=1");
	fire_and_end(s, now);
}

/* A part that stands still the first two times it is asked. */
static bool alive_the_third_time(void *self, mono_t now)
{
	int *asked = self;

	(void)now;
	return ++*asked >= 3;
}

static bool alive(void *self, mono_t now)
{
	(void)now;
	++*(int *)self;
	return true;
}

static void the_watchdog_is_fed_only_when_every_part_makes_progress(void **state)
{
	struct stage *s = *state;
	int slow = 0, well = 0;

	manager_up(s);
	s->watch = loop_watch_new(s->loop, s->pipe[0], LOOP_READ, fed, s);
	assert_int_equal(loop_alive(s->loop, alive, &well), 0);
	assert_int_equal(loop_alive(s->loop, alive_the_third_time, &slow), 0);
	assert_int_equal(loop_run(s->loop), 0);
	manager_down();
	assert_int_equal(s->fired, 1);
	assert_int_equal(slow, 3);
	assert_int_equal(well, 3);
}

static bool stands_still(void *self, mono_t now)
{
	struct stage *s = self;

	if (++s->fired == 5)
		loop_end(s->loop);
	(void)now;
	return false;
}

static void a_part_that_stands_still_starves_it_while_the_loop_turns(void **state)
{
	struct stage *s = *state;
	char text[32];

	manager_up(s);
	assert_int_equal(loop_alive(s->loop, stands_still, s), 0);
	assert_int_equal(loop_run(s->loop), 0);
	manager_down();
	assert_int_equal(s->fired, 5);
	assert_int_equal(recv(s->pipe[0], text, sizeof text, MSG_DONTWAIT), -1);
}

static void a_part_that_is_gone_is_not_asked(void **state)
{
	struct stage *s = *state;
	int gone = 0, well = 0;

	manager_up(s);
	s->watch = loop_watch_new(s->loop, s->pipe[0], LOOP_READ, fed, s);
	assert_int_equal(loop_alive(s->loop, alive_the_third_time, &gone), 0);
	assert_int_equal(loop_alive(s->loop, alive, &well), 0);
	loop_alive_drop(s->loop, &gone);
	assert_int_equal(loop_run(s->loop), 0);
	manager_down();
	assert_int_equal(gone, 0);
	assert_int_equal(well, 1);
}

static void there_is_room_for_four_parts(void **state)
{
	struct stage *s = *state;
	int parts[5] = { 0 };

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(loop_alive(s->loop, alive, &parts[i]), 0);
	assert_int_equal(loop_alive(s->loop, alive, &parts[4]), -ENOSPC);
	loop_alive_drop(s->loop, &parts[1]);
	assert_int_equal(loop_alive(s->loop, alive, &parts[4]), 0);
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
		staged(the_watchdog_is_fed_only_when_every_part_makes_progress),
		staged(a_part_that_stands_still_starves_it_while_the_loop_turns),
		staged(a_part_that_is_gone_is_not_asked),
		staged(there_is_room_for_four_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
