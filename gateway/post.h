/* SPDX-License-Identifier: Apache-2.0 */
/* post: libcurl's transfers in our loop; the door to the outside for web hooks (for mail:
 * courier.h). */
#ifndef MATSANG_GATEWAY_POST_H
#define MATSANG_GATEWAY_POST_H

#include "mesh/loop.h"

#include <curl/curl.h>

struct post_options {
	int64_t connect_ms; /* names resolved, connected and greeted within this */
	int64_t total_ms;   /* and everything said within this */
	bool proxy;         /* obey http_proxy and its kin in the environment */
};

extern const struct post_options post_defaults; /* 5 s, 15 s, no proxy */

struct post;

/* Borrows the loop. NULL with errno. */
struct post *post_new(struct loop *l, const struct post_options *o);

/* Ends all transfers without telling their owners. Call before loop_free. */
void post_free(struct post *p);

/* The transfer is over: code as libcurl says it, and the last status of the other side (HTTP or
 * SMTP), 0 if it never spoke. The easy handle is the owner's to clean up again. */
typedef void post_done_fn(void *self, CURLcode code, long status);

/* What all transfers of ours share: time limits, no redirects, no signals, no proxy, a connection
 * of their own, what comes back is thrown away. */
void post_set(CURL *easy, const struct post_options *o);

/* What came back, for those who ask: the first size - 1 bytes of it and a NUL. cut: there was more.
 */
struct post_answer {
	char *text; /* the asker's, of this size */
	size_t size, len;
	bool cut;
};

/*
 * Begin a transfer that the caller has described in easy (URL, protocols, body); adds post_set.
 * easy stays the caller's but must live until done is called, once, from the loop and never from
 * here; or until post_cancel. 0 or -errno (then done is not called).
 */
int post_start(struct post *p, CURL *easy, post_done_fn *done, void *self);

/* The same, and keep what comes back in answer, which must live as long as easy does. */
int post_ask(struct post *p, CURL *easy, struct post_answer *answer, post_done_fn *done,
	     void *self);

/* Stop it; done is not called. Nothing happens when easy is not under way. */
void post_cancel(struct post *p, CURL *easy);

const struct post_options *post_options(const struct post *p);

#endif
