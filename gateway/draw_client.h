/* SPDX-License-Identifier: Apache-2.0 */
/* draw_client: asks matsang-draw, a helper process, for graphs; queues, keeps and times out. */
#ifndef MATSANG_GATEWAY_DRAW_CLIENT_H
#define MATSANG_GATEWAY_DRAW_CLIENT_H

#include "gateway/compose.h"
#include "mesh/loop.h"

#include <stddef.h>

enum {
	DRAW_WAITING = 32,       /* most asks that wait at once */
	DRAW_KEPT = 64,          /* most graphs kept */
	DRAW_KEEP_MS = 30000,    /* a graph is good this long */
	DRAW_TIMEOUT_MS = 10000, /* a helper that takes longer is killed */
	DRAW_OUTAGES = 64,       /* most outages in one request; what is older is in the RRD file */
};

struct draw_outage {
	wall_t from, until;
};

/* What is to be drawn. Nothing of it comes from a URL but through a closed list. */
struct draw_request {
	const char *code; /* point code: the file is dir/<code>.rrd */
	int64_t span_s;   /* 60 .. 5 years, ending at now */
	wall_t now;
	unsigned width, height; /* of the canvas in pixels, 100..2000 and 30..1000 */
	const char *title;      /* UTF-8 */
	enum language language;
	wall_t dark_since;                 /* ms 0: not dark now */
	const struct draw_outage *outages; /* in the window, newest first; until.ms 0: still open */
	size_t n_outages;
};

struct draw_client;

/* png is the caller's to look at during the call only; NULL when it could not be drawn. */
typedef void draw_fn(void *self, const void *png, size_t len);

/* program: path of matsang-draw, started at the first ask and again whenever it has ended. dir:
 * where the RRD files are. Both are copied. NULL with errno. */
struct draw_client *draw_client_new(struct loop *l, const char *program, const char *dir);

/* Ends the helper. Those who still wait are not called. */
void draw_client_free(struct draw_client *c);

/*
 * Ask for one graph; copies what it needs. 0: fn is called exactly once from the loop, never before
 * draw_ask returns, at the latest when every ask before it has timed out. The same request (but for
 * now) within DRAW_KEEP_MS is answered from memory, and two that wait are drawn once. -EBUSY:
 * DRAW_WAITING asks wait already; -EINVAL: out of range; -ENOMEM.
 */
int draw_ask(struct draw_client *c, const struct draw_request *r, draw_fn *fn, void *self);

/* Whoever asked with self no longer wants an answer: fn will not be called for it. */
void draw_cancel(struct draw_client *c, const void *self);

struct draw_counters {
	uint64_t asked, kept, drawn, failed, refused, started;
};
struct draw_counters draw_counters(const struct draw_client *c);

#endif
