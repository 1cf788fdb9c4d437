/* SPDX-License-Identifier: Apache-2.0 */
/* channel_exec: a program of the commune's own; reads the hook's JSON, exit code 0 means delivered.
 */
#include "gateway/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct exec_try {
	pid_t pid;
	bool late;
	int64_t exec_ms;
	struct loop_alarm *alarm;
	channel_done_fn *done; /* NULL: cancelled, nobody waits for it */
	void *self;
	struct exec_try *next; /* cancelled */
};

/* Killed but not yet reaped: the loop still knows them. */
static struct exec_try *cancelled;

static void forget(struct exec_try *t)
{
	for (struct exec_try **at = &cancelled; *at; at = &(*at)->next)
		if (*at == t) {
			*at = t->next;
			return;
		}
}

/* The whole group: a script's children do not outlive it. */
static void kill_all(const struct exec_try *t)
{
	kill(-t->pid, SIGKILL);
}

static void on_end(void *self, int status)
{
	struct exec_try *t = self;
	char note[CHANNEL_NOTE];

	if (t->late)
		snprintf(note, sizeof note, "killed after %lld s", (long long)(t->exec_ms / 1000));
	else if (WIFSIGNALED(status))
		snprintf(note, sizeof note, "ended by signal %d", WTERMSIG(status));
	else
		snprintf(note, sizeof note, "exit code %d", WEXITSTATUS(status));
	if (t->done)
		t->done(t->self, WIFEXITED(status) && WEXITSTATUS(status) == 0, note);
	else
		forget(t);
	loop_alarm_free(t->alarm);
	free(t);
}

static void on_late(void *self, mono_t now)
{
	struct exec_try *t = self;

	(void)now;
	t->late = true;
	kill_all(t);
}

/* A file in memory and not a pipe: it never fills, and the program may read it at any time or not
 * at all. */
static int stdin_of(const char *text)
{
	const size_t len = strlen(text);
	int fd = memfd_create("letter", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return -ENOMEM;
	}
	return fd;
}

/* A clean child: only its three descriptors, no blocked or ignored signals, a group of its own. */
static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, int in)
{
	sigset_t none, pipes;
	int err = 0;

	sigemptyset(&none);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	err = err ? err : posix_spawn_file_actions_adddup2(files, in, STDIN_FILENO);
	err = err ? err
		  : posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY,
						     0);
	err = err ? err : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
	err = err ? err : posix_spawnattr_setsigmask(attr, &none);
	err = err ? err : posix_spawnattr_setsigdefault(attr, &pipes);
	err = err ? err : posix_spawnattr_setpgroup(attr, 0);
	return err ? err
		   : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
							    POSIX_SPAWN_SETPGROUP);
}

enum { ARGS = 32 };

static int spawn(pid_t *pid, const struct exec_route *r, int in)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char *argv[ARGS + 1] = { NULL };
	int err;

	if (r->n_command == 0 || r->n_command > ARGS)
		return -EINVAL;
	for (size_t i = 0; i < r->n_command; i++)
		memcpy(&argv[i], &r->command[i], sizeof argv[i]); /* execve never writes to them */
	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return -ENOMEM;
	}
	err = prepare(&files, &attr, in);
	if (err == 0)
		err = posix_spawn(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -err;
}

static int run(struct exec_try *t, const struct exec_route *r, const struct letter *l)
{
	char *text = hook_draw(l);
	int in, err;

	if (!text)
		return -ENOMEM;
	in = stdin_of(text);
	free(text);
	if (in < 0)
		return in;
	err = spawn(&t->pid, r, in);
	close(in);
	return err;
}

static void *exec_start(const struct channel_tools *tools, const void *route,
			const struct letter *l, channel_done_fn *done, void *self,
			char note[static CHANNEL_NOTE])
{
	struct exec_try *t = calloc(1, sizeof *t);
	int err = -ENOMEM;

	if (!t)
		goto say_why;
	*t = (struct exec_try){ .exec_ms = tools->exec_ms, .done = done, .self = self };
	t->alarm = loop_alarm_new(tools->loop, on_late, t);
	if (!t->alarm)
		goto free_try;
	err = run(t, route, l);
	if (err < 0)
		goto free_try;
	err = loop_child(tools->loop, t->pid, on_end, t);
	if (err < 0)
		goto end_child;
	loop_alarm_set(t->alarm, mono_after(clock_mono(), t->exec_ms));
	return t;

end_child:
	kill_all(t);
	waitpid(t->pid, NULL, 0);
free_try:
	loop_alarm_free(t->alarm);
	free(t);
say_why:
	snprintf(note, CHANNEL_NOTE, "%s", strerror(-err));
	return NULL;
}

static void exec_cancel(void *handle)
{
	struct exec_try *t = handle;

	kill_all(t);
	t->done = NULL;
	loop_alarm_free(t->alarm);
	t->alarm = NULL;
	t->next = cancelled;
	cancelled = t;
}

/* The program's name without its arguments: a token may be among them. */
static void exec_target(char text[static CHANNEL_TARGET], const void *route)
{
	const struct exec_route *r = route;

	snprintf(text, CHANNEL_TARGET, "%.120s", r->n_command > 0 ? r->command[0] : "?");
}

const struct channel channel_exec = {
	.name = "exec",
	.start = exec_start,
	.cancel = exec_cancel,
	.target = exec_target,
};
