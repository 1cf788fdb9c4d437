/* SPDX-License-Identifier: Apache-2.0 */
/* courier: one transfer of libcurl's in a thread of its own; for mail. */
#include "gateway/courier.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { STACK = 1 << 20 };

struct courier {
	CURL *easy;
	post_done_fn *done;
	void *self;
	pthread_t thread;
	atomic_bool stop;
	CURLcode code; /* the thread's, until it has been joined */
	int fd;        /* readable when the thread is at its end */
	struct loop_watch *watch;
};

static int ask_on(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct courier *courier = self;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return atomic_load(&courier->stop);
}

static void *carry(void *self)
{
	struct courier *c = self;
	const uint64_t one = 1;

	c->code = curl_easy_perform(c->easy);
	while (write(c->fd, &one, sizeof one) < 0 && errno == EINTR)
		continue;
	return NULL;
}

static void courier_free(struct courier *c)
{
	loop_watch_free(c->watch);
	close(c->fd);
	free(c);
}

static void on_back(void *self, mono_t now)
{
	struct courier *c = self;
	const struct courier was = { .done = c->done, .self = c->self };
	long status = 0;
	CURLcode code;

	(void)now;
	pthread_join(c->thread, NULL);
	code = c->code;
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	courier_free(c);
	was.done(was.self, code, status);
}

/* Signals belong to the loop. */
static int begin(struct courier *c)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int err = pthread_attr_init(&attr);

	if (err)
		return -err;
	sigfillset(&all);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&c->thread, &attr, carry, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

struct courier *courier_start(struct loop *l, const struct post_options *o, CURL *easy,
			      post_done_fn *done, void *self)
{
	struct courier *c = calloc(1, sizeof *c);
	int err;

	if (!c)
		return NULL;
	c->easy = easy;
	c->done = done;
	c->self = self;
	c->fd = eventfd(0, EFD_CLOEXEC);
	if (c->fd < 0)
		goto free_courier;
	c->watch = loop_watch_new(l, c->fd, LOOP_READ, on_back, c);
	if (!c->watch)
		goto close_fd;
	post_set(easy, o);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, ask_on);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, c);
	err = begin(c);
	if (err == 0)
		return c;
	loop_watch_free(c->watch);
	errno = -err;
close_fd:
	close(c->fd);
free_courier:
	free(c);
	return NULL;
}

void courier_cancel(struct courier *c)
{
	atomic_store(&c->stop, true);
	pthread_join(c->thread, NULL);
	courier_free(c);
}
