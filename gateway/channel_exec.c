/* SPDX-License-Identifier: Apache-2.0 */
/* channel_exec: a program of the commune's own; reads the hook's JSON, exit code 0 means delivered.
 */
#include "gateway/channel.h"
#include "mesh/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
		t->done(t->self,
			WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CHANNEL_DELIVERED
								      : CHANNEL_FAILED,
			note);
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

static int run(struct exec_try *t, const struct exec_route *r, const struct letter *l)
{
	char *text = hook_draw(l);
	int in, err;

	if (!text)
		return -ENOMEM;
	in = child_text(text);
	free(text);
	if (in < 0)
		return in;
	err = child_start(&t->pid, r->command, r->n_command, in, -1);
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
