/* SPDX-License-Identifier: Apache-2.0 */
/* loop: a thin face over sd-event. */
#include "mesh/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

/* What the loop itself owns: signals and children have no handle outside. */
struct held {
	struct loop *loop;
	sd_event_source *source;
	loop_fn *fire;
	loop_child_fn *done;
	void *self;
	struct held *prev, *next; /* loop.held */
};

enum {
	PROOFS = 4,
	FEEDS = 3,       /* in the watchdog's time */
	AGAIN_MS = 1000, /* a part that was late is asked again soon */
};

/* A part that must make progress; NULL: free. */
struct proof {
	loop_alive_fn *alive;
	void *self;
};

struct loop {
	sd_event *event;
	struct held *held;
	struct proof proofs[PROOFS];
	struct loop_alarm *dog;
	int64_t feed_ms;
};

struct loop_watch {
	sd_event_source *source;
	loop_fn *ready;
	void *self;
};

struct loop_alarm {
	sd_event_source *source;
	loop_fn *fire;
	void *self;
};

static int block(int signo)
{
	sigset_t set;

	if (sigemptyset(&set) < 0 || sigaddset(&set, signo) < 0)
		return -errno;
	return -pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int end_on(struct loop *l, int signo)
{
	int err = block(signo);

	/* Without a handler sd-event ends the run with code 0. */
	return err < 0 ? err : sd_event_add_signal(l->event, NULL, signo, NULL, NULL);
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof *l);
	int err;

	if (!l)
		return NULL;
	err = sd_event_new(&l->event);
	if (err < 0)
		goto free_loop;
	if ((err = block(SIGCHLD)) < 0 || (err = end_on(l, SIGTERM)) < 0 ||
	    (err = end_on(l, SIGINT)) < 0)
		goto unref_event;
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
		err = -errno;
		goto unref_event;
	}
	return l;

unref_event:
	sd_event_unref(l->event);
free_loop:
	free(l);
	errno = -err;
	return NULL;
}

static struct held *held_new(struct loop *l, void *self)
{
	struct held *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	*h = (struct held){ .loop = l, .self = self, .next = l->held };
	if (l->held)
		l->held->prev = h;
	l->held = h;
	return h;
}

static void held_free(struct held *h)
{
	if (h->prev)
		h->prev->next = h->next;
	else
		h->loop->held = h->next;
	if (h->next)
		h->next->prev = h->prev;
	sd_event_source_disable_unref(h->source);
	free(h);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	while (l->held)
		held_free(l->held);
	loop_alarm_free(l->dog);
	sd_event_unref(l->event);
	free(l);
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *self)
{
	struct loop_watch *w = self;

	(void)source;
	(void)fd;
	(void)events;
	w->ready(w->self, clock_mono());
	return 0;
}

static uint32_t epoll_bits(unsigned bits)
{
	return (bits & LOOP_READ ? (uint32_t)EPOLLIN : 0) |
	       (bits & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0);
}

struct loop_watch *loop_watch_new(struct loop *l, int fd, unsigned bits, loop_fn *ready, void *self)
{
	struct loop_watch *w = calloc(1, sizeof *w);
	int err;

	if (!w)
		return NULL;
	*w = (struct loop_watch){ .ready = ready, .self = self };
	err = sd_event_add_io(l->event, &w->source, fd, epoll_bits(bits), on_ready, w);
	if (err < 0) {
		free(w);
		errno = -err;
		return NULL;
	}
	loop_watch_set(w, bits);
	return w;
}

void loop_watch_set(struct loop_watch *w, unsigned bits)
{
	/* Off, and not only without bits: epoll tells of a hang-up even when nothing was asked for.
	 */
	sd_event_source_set_enabled(w->source, bits ? SD_EVENT_ON : SD_EVENT_OFF);
	if (bits)
		sd_event_source_set_io_events(w->source, epoll_bits(bits));
}

void loop_watch_free(struct loop_watch *w)
{
	if (!w)
		return;
	sd_event_source_disable_unref(w->source);
	free(w);
}

static int on_time(sd_event_source *source, uint64_t usec, void *self)
{
	struct loop_alarm *a = self;

	(void)source;
	(void)usec;
	a->fire(a->self, clock_mono());
	return 0;
}

struct loop_alarm *loop_alarm_new(struct loop *l, loop_fn *fire, void *self)
{
	struct loop_alarm *a = calloc(1, sizeof *a);
	int err;

	if (!a)
		return NULL;
	*a = (struct loop_alarm){ .fire = fire, .self = self };
	/* Accuracy 1 us: the default lets the kernel be a quarter of a second late. */
	err = sd_event_add_time(l->event, &a->source, CLOCK_BOOTTIME, UINT64_MAX, 1, on_time, a);
	if (err < 0) {
		free(a);
		errno = -err;
		return NULL;
	}
	loop_alarm_set(a, MONO_NEVER);
	return a;
}

void loop_alarm_set(struct loop_alarm *a, mono_t due)
{
	const int64_t ms = due.ms < 0 ? 0 : due.ms;

	if (ms > INT64_MAX / 1000) {
		sd_event_source_set_enabled(a->source, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(a->source, (uint64_t)ms * 1000);
	sd_event_source_set_enabled(a->source, SD_EVENT_ONESHOT);
}

void loop_alarm_free(struct loop_alarm *a)
{
	if (!a)
		return;
	sd_event_source_disable_unref(a->source);
	free(a);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *self)
{
	struct held *h = self;

	(void)source;
	(void)info;
	h->fire(h->self, clock_mono());
	return 0;
}

int loop_signal(struct loop *l, int signo, loop_fn *fire, void *self)
{
	int err = block(signo);
	struct held *h;

	if (err < 0)
		return err;
	h = held_new(l, self);
	if (!h)
		return -ENOMEM;
	h->fire = fire;
	err = sd_event_add_signal(l->event, &h->source, signo, on_signal, h);
	if (err < 0) {
		held_free(h);
		return err;
	}
	return 0;
}

/* As waitpid would have said it: a siginfo carries the same facts apart. */
static int wait_status(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return W_EXITCODE(info->si_status, 0);
	return W_EXITCODE(0, info->si_status) | (info->si_code == CLD_DUMPED ? WCOREFLAG : 0);
}

static int on_child(sd_event_source *source, const siginfo_t *info, void *self)
{
	const struct held h = *(struct held *)self;

	(void)source;
	held_free(self);
	h.done(h.self, wait_status(info));
	return 0;
}

int loop_child(struct loop *l, int pid, loop_child_fn *done, void *self)
{
	struct held *h = held_new(l, self);
	int err;

	if (!h)
		return -ENOMEM;
	h->done = done;
	err = sd_event_add_child(l->event, &h->source, pid, WEXITED, on_child, h);
	if (err < 0) {
		held_free(h);
		return err;
	}
	return 0;
}

void loop_notify(const char *state)
{
	sd_notify(0, state);
}

/* ---- the watchdog: fed by progress, and not by the mere turning of this loop ---- */

int loop_alive(struct loop *l, loop_alive_fn *alive, void *self)
{
	for (size_t i = 0; i < PROOFS; i++)
		if (!l->proofs[i].alive) {
			l->proofs[i] = (struct proof){ alive, self };
			return 0;
		}
	return -ENOSPC;
}

void loop_alive_drop(struct loop *l, const void *self)
{
	for (size_t i = 0; i < PROOFS; i++)
		if (l->proofs[i].self == self)
			l->proofs[i] = (struct proof){ NULL, NULL };
}

/* All are asked, whatever one says: a question may be what wakes the part. */
static bool all_alive(const struct loop *l, mono_t now)
{
	bool all = true;

	for (size_t i = 0; i < PROOFS; i++)
		if (l->proofs[i].alive && !l->proofs[i].alive(l->proofs[i].self, now))
			all = false;
	return all;
}

static void on_dog(void *self, mono_t now)
{
	struct loop *l = self;
	int64_t next = l->feed_ms;

	if (all_alive(l, now))
		sd_notify(0, "WATCHDOG=1");
	else if (next > AGAIN_MS)
		next = AGAIN_MS;
	loop_alarm_set(l->dog, mono_after(now, next));
}

/* Nothing when the manager did not ask. 0 or -errno. */
static int dog_start(struct loop *l)
{
	uint64_t usec = 0;
	int asked = sd_watchdog_enabled(0, &usec);

	if (asked <= 0 || l->dog)
		return asked < 0 ? asked : 0;
	l->feed_ms = (int64_t)(usec / 1000 / FEEDS);
	l->dog = loop_alarm_new(l, on_dog, l);
	if (!l->dog)
		return -errno;
	loop_alarm_set(l->dog, mono_after(clock_mono(), l->feed_ms));
	return 0;
}

int loop_run(struct loop *l)
{
	int err = dog_start(l);

	return err < 0 ? err : sd_event_loop(l->event);
}

int loop_turn(struct loop *l, int wait_ms)
{
	return sd_event_run(l->event, (uint64_t)wait_ms * 1000);
}

void loop_end(struct loop *l)
{
	sd_event_exit(l->event, 0);
}
