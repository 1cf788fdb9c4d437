/* SPDX-License-Identifier: Apache-2.0 */
/* draw_helper: one matsang-draw process behind two pipes. */
#include "gateway/draw_helper.h"

#include "mesh/child.h"
#include "mesh/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, WORDS_MAX = 512 };

struct draw_helper {
	struct loop *loop;
	char *program;
	draw_helper_fn *fn;
	void *self;
	struct loop_alarm *timeout;
	bool busy; /* asked, not answered */

	pid_t pid; /* 0: none is running */
	int to, from;
	struct loop_watch *watch_to, *watch_from;
	char *out; /* the request; from sent on not written yet */
	size_t out_len, sent;
	unsigned char *in; /* the answer as far as it came */
	size_t in_len, in_room;
	uint64_t started;
};

static void drop(struct draw_helper *h)
{
	if (h->pid == 0)
		return;
	loop_watch_free(h->watch_to);
	loop_watch_free(h->watch_from);
	close(h->to);
	close(h->from);
	/* Only our own child, and it is not to go on whatever it does: then waiting is short. */
	kill(h->pid, SIGKILL);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	h->pid = 0;
	h->watch_to = h->watch_from = NULL;
	h->in_len = h->out_len = h->sent = 0;
}

static void done(struct draw_helper *h, enum draw_end end, const void *png, size_t len)
{
	h->busy = false;
	h->in_len = 0;
	loop_alarm_set(h->timeout, MONO_NEVER);
	h->fn(h->self, end, png, len);
}

static void lost(struct draw_helper *h)
{
	drop(h);
	if (h->busy)
		done(h, DRAW_LOST, NULL, 0);
}

static void too_long(void *self, mono_t now)
{
	struct draw_helper *h = self;

	(void)now;
	if (!h->busy)
		return;
	drop(h);
	done(h, DRAW_LATE, NULL, 0);
}

static void write_more(void *self, mono_t now)
{
	struct draw_helper *h = self;

	(void)now;
	while (h->sent < h->out_len) {
		ssize_t n = write(h->to, h->out + h->sent, h->out_len - h->sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			lost(h);
			return;
		}
		h->sent += (size_t)n;
	}
	loop_watch_set(h->watch_to, h->sent < h->out_len ? LOOP_WRITE : 0);
}

static bool in_grow(struct draw_helper *h)
{
	size_t room = h->in_room ? 2 * h->in_room : 32768;
	unsigned char *in;

	if (room > ANSWER_MAX)
		return false;
	in = realloc(h->in, room);
	if (!in)
		return false;
	h->in = in;
	h->in_room = room;
	return true;
}

/* Looks at what came so far. False when it is nonsense. */
static bool take_answer(struct draw_helper *h)
{
	unsigned char *end = memchr(h->in, '\n', h->in_len);
	size_t head, len;
	char *rest;

	if (!end)
		return h->in_len < WORDS_MAX;
	if (!h->busy)
		return false;
	*end = '\0';
	head = (size_t)(end - h->in) + 1;
	if (strncmp((char *)h->in, "err ", 4) == 0) {
		log_debug("draw: %s", (char *)h->in + 4);
		done(h, DRAW_REFUSED, NULL, 0);
		return true;
	}
	if (strncmp((char *)h->in, "ok ", 3) != 0)
		return false;
	errno = 0;
	len = strtoul((char *)h->in + 3, &rest, 10);
	*end = '\n';
	if (rest != (char *)end || errno != 0 || len == 0 || len > ANSWER_MAX - head ||
	    h->in_len > head + len)
		return false;
	if (h->in_len == head + len)
		done(h, DRAW_DONE, h->in + head, len);
	return true;
}

static void read_more(void *self, mono_t now)
{
	struct draw_helper *h = self;
	ssize_t n;

	(void)now;
	if (h->in_len == h->in_room && !in_grow(h)) {
		lost(h);
		return;
	}
	n = read(h->from, h->in + h->in_len, h->in_room - h->in_len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lost(h);
		return;
	}
	h->in_len += (size_t)n;
	if (!take_answer(h)) {
		log_warn("draw: the helper does not speak as it should");
		lost(h);
	}
}

static int set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

/* Both ends that stay here, watched. */
static int watch(struct draw_helper *h)
{
	int err = set_nonblock(h->to);

	if (err == 0)
		err = set_nonblock(h->from);
	if (err < 0)
		return err;
	h->watch_to = loop_watch_new(h->loop, h->to, 0, write_more, h);
	h->watch_from = loop_watch_new(h->loop, h->from, LOOP_READ, read_more, h);
	return h->watch_to && h->watch_from ? 0 : -ENOMEM;
}

static int start(struct draw_helper *h)
{
	const char *const command[] = { h->program };
	int to[2], from[2], err;

	if (pipe2(to, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(from, O_CLOEXEC) < 0) {
		err = -errno;
		close(to[0]);
		close(to[1]);
		return err;
	}
	err = child_start(&h->pid, command, 1, to[0], from[1]);
	if (err < 0)
		h->pid = 0;
	close(to[0]);
	close(from[1]);
	if (err < 0) {
		close(to[1]);
		close(from[0]);
		return err;
	}
	h->to = to[1];
	h->from = from[0];
	h->started++;
	err = watch(h);
	if (err < 0)
		drop(h);
	return err;
}

/* ---- the door ---- */

struct draw_helper *draw_helper_new(struct loop *l, const char *program, draw_helper_fn *fn,
				    void *self)
{
	struct draw_helper *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	*h = (struct draw_helper){ .loop = l, .fn = fn, .self = self };
	h->program = strdup(program);
	h->timeout = loop_alarm_new(l, too_long, h);
	if (h->program && h->timeout)
		return h;
	draw_helper_free(h);
	return NULL;
}

void draw_helper_free(struct draw_helper *h)
{
	if (!h)
		return;
	drop(h);
	if (h->timeout)
		loop_alarm_free(h->timeout);
	free(h->out);
	free(h->in);
	free(h->program);
	free(h);
}

int draw_helper_ask(struct draw_helper *h, const char *line, int64_t timeout_ms)
{
	char *out = strdup(line);
	int err;

	assert(!h->busy);
	if (!out)
		return -ENOMEM;
	err = h->pid ? 0 : start(h);
	if (err < 0) {
		free(out);
		return err;
	}
	free(h->out);
	h->out = out;
	h->out_len = strlen(out);
	h->sent = 0;
	h->busy = true;
	loop_alarm_set(h->timeout, mono_after(clock_mono(), timeout_ms));
	/* Written from the loop, so that fn is never called from here. */
	loop_watch_set(h->watch_to, LOOP_WRITE);
	return 0;
}

uint64_t draw_helper_started(const struct draw_helper *h)
{
	return h->started;
}
