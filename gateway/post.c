/* SPDX-License-Identifier: Apache-2.0 */
/* post: libcurl's transfers in our loop; the door to the outside for web hooks (for mail:
 * courier.h). */
#include "gateway/post.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct post_options post_defaults = { .connect_ms = 5000, .total_ms = 15000 };

struct transfer {
	CURL *easy;
	post_done_fn *done;
	void *self;
	struct transfer *next; /* post.transfers */
};

/* A descriptor that libcurl wants watched. */
struct watched {
	struct post *post;
	curl_socket_t fd;
	struct loop_watch *watch;
};

struct post {
	struct loop *loop;
	struct post_options options;
	CURLM *multi;
	struct loop_alarm *alarm;
	struct transfer *transfers;
};

static struct transfer *take(struct post *p, const CURL *easy)
{
	for (struct transfer **at = &p->transfers; *at; at = &(*at)->next) {
		struct transfer *t = *at;

		if (t->easy == easy) {
			*at = t->next;
			return t;
		}
	}
	return NULL;
}

/* Owners are told outside of libcurl's callbacks, so that they may begin the next transfer at once.
 */
static void tell_owners(struct post *p)
{
	struct CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(p->multi, &left))) {
		CURL *easy = msg->easy_handle;
		const CURLcode code = msg->data.result;
		struct transfer *t;
		long status = 0;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		curl_multi_remove_handle(p->multi, easy);
		t = take(p, easy);
		if (!t)
			continue;
		t->done(t->self, code, status);
		free(t);
	}
}

static void on_watched(void *self, mono_t now)
{
	const struct watched *w = self;
	struct post *p = w->post;
	int running;

	(void)now;
	/* Without event bits libcurl looks for itself what the descriptor is ready for. */
	curl_multi_socket_action(p->multi, w->fd, 0, &running);
	tell_owners(p); /* w may be gone by now */
}

static void on_alarm(void *self, mono_t now)
{
	struct post *p = self;
	int running;

	(void)now;
	curl_multi_socket_action(p->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	tell_owners(p);
}

static int watch(struct post *p, struct watched *w, curl_socket_t fd, unsigned bits)
{
	if (w) {
		loop_watch_set(w->watch, bits);
		return 0;
	}
	w = calloc(1, sizeof *w);
	if (!w)
		return -1;
	*w = (struct watched){ .post = p, .fd = fd };
	w->watch = loop_watch_new(p->loop, fd, bits, on_watched, w);
	if (!w->watch) {
		free(w);
		return -1;
	}
	curl_multi_assign(p->multi, fd, w);
	return 0;
}

static void unwatch(struct watched *w)
{
	if (!w)
		return;
	loop_watch_free(w->watch);
	free(w);
}

static int want_watch(CURL *easy, curl_socket_t fd, int what, void *self, void *watched)
{
	struct post *p = self;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		unwatch(watched);
		curl_multi_assign(p->multi, fd, NULL);
		return 0;
	}
	return watch(p, watched, fd,
		     (what & CURL_POLL_IN ? LOOP_READ : 0u) |
			     (what & CURL_POLL_OUT ? LOOP_WRITE : 0u));
}

static int want_alarm(CURLM *multi, long wait_ms, void *self)
{
	struct post *p = self;

	(void)multi;
	loop_alarm_set(p->alarm, wait_ms < 0 ? MONO_NEVER : mono_after(clock_mono(), wait_ms));
	return 0;
}

struct post *post_new(struct loop *l, const struct post_options *o)
{
	struct post *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	*p = (struct post){ .loop = l, .options = *o };
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto free_post;
	p->alarm = loop_alarm_new(l, on_alarm, p);
	if (!p->alarm)
		goto cleanup_curl;
	p->multi = curl_multi_init();
	if (!p->multi)
		goto free_alarm;
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, want_watch);
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, want_alarm);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
	return p;

free_alarm:
	loop_alarm_free(p->alarm);
cleanup_curl:
	curl_global_cleanup();
free_post:
	free(p);
	errno = ENOMEM;
	return NULL;
}

void post_free(struct post *p)
{
	if (!p)
		return;
	while (p->transfers)
		post_cancel(p, p->transfers->easy);
	curl_multi_cleanup(p->multi);
	loop_alarm_free(p->alarm);
	curl_global_cleanup();
	free(p);
}

static size_t throw_away(char *text, size_t size, size_t n, void *self)
{
	(void)text;
	(void)self;
	return size * n;
}

void post_set(CURL *easy, const struct post_options *o)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)o->total_ms);
	/* Also for a farewell, which the total does not bind. */
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(o->total_ms + 999) / 1000);
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	/* A redirect could carry secrets to a stranger. */
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	if (!o->proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/* Alerts are rare: a connection kept from last week may be dead without knowing it. */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	/* Else ending a transfer waits, with the whole loop, for a resolver that does not answer.
	 */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
}

static size_t keep(char *text, size_t size, size_t n, void *self)
{
	struct post_answer *a = self;
	const size_t room = a->size - 1 - a->len, take = n < room ? n : room;

	(void)size; /* always 1 */
	memcpy(a->text + a->len, text, take);
	a->len += take;
	a->text[a->len] = '\0';
	a->cut = a->cut || take < n;
	return n;
}

int post_start(struct post *p, CURL *easy, post_done_fn *done, void *self)
{
	return post_ask(p, easy, NULL, done, self);
}

int post_ask(struct post *p, CURL *easy, struct post_answer *answer, post_done_fn *done, void *self)
{
	struct transfer *t = calloc(1, sizeof *t);

	if (!t)
		return -ENOMEM;
	*t = (struct transfer){ .easy = easy, .done = done, .self = self, .next = p->transfers };
	post_set(easy, &p->options);
	if (answer) {
		answer->len = 0;
		answer->text[0] = '\0';
		answer->cut = false;
		curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
		curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
	}
	if (curl_multi_add_handle(p->multi, easy) != CURLM_OK) {
		free(t);
		return -EINVAL;
	}
	p->transfers = t;
	return 0;
}

void post_cancel(struct post *p, CURL *easy)
{
	struct transfer *t = take(p, easy);

	if (!t)
		return;
	curl_multi_remove_handle(p->multi, easy);
	free(t);
}

const struct post_options *post_options(const struct post *p)
{
	return &p->options;
}
