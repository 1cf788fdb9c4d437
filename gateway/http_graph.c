/* SPDX-License-Identifier: Apache-2.0 */
/* http_graph: a graph of one point; the connection waits aside while the helper draws. */
#include "gateway/http_parts.h"

#include "gateway/page_words.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct span_choice {
	const char *name, *word;
	int64_t s;
} spans[] = {
	{ "1h", "h1", 3600 },
	{ "24h", "h24", 24 * 3600 },
	{ "30d", "d30", 30LL * 24 * 3600 },
	{ "6mo", "m6", 183LL * 24 * 3600 },
};

static const struct size_choice {
	const char *name;
	unsigned width, height;
} sizes[] = {
	{ "large", 640, 150 },
	{ "small", 300, 120 },
};

static const struct span_choice *span_find(const char *name)
{
	for (size_t i = 0; i < COUNT(spans); i++)
		if (name && strcmp(spans[i].name, name) == 0)
			return &spans[i];
	return NULL;
}

static const struct size_choice *size_find(const char *name)
{
	for (size_t i = 0; i < COUNT(sizes); i++)
		if (name && strcmp(sizes[i].name, name) == 0)
			return &sizes[i];
	return &sizes[0];
}

static enum language language_of(const struct http_request *q)
{
	const char *lang = request_argument(q, "lang");

	if (lang && strcmp(lang, "vi") == 0)
		return LANGUAGE_VI;
	if (lang && strcmp(lang, "en") == 0)
		return LANGUAGE_EN;
	return q->face->http->view->language;
}

struct gathering {
	struct draw_outage outage[DRAW_OUTAGES];
	size_t n;
};

static bool gather(void *self, const struct outage *o)
{
	struct gathering *g = self;

	g->outage[g->n++] = (struct draw_outage){ o->from, o->until };
	return g->n < DRAW_OUTAGES;
}

/* A point that was never heard has no file yet: there is nothing to draw, and nothing is wrong. */
static bool has_file(const struct http *h, const char *code)
{
	char path[PATH_MAX];
	const int n = snprintf(path, sizeof path, "%s/%s.rrd", h->options.series_dir, code);

	return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

static void on_drawn(void *self, const void *png, size_t len)
{
	struct http_request *q = self;
	struct MHD_Response *r;
	char *copy;

	if (!png || len == 0) {
		reply_refuse(q, HTTP_FAILED);
		return;
	}
	copy = malloc(len);
	if (copy)
		memcpy(copy, png, len);
	r = copy ? MHD_create_response_from_buffer(len, copy, MHD_RESPMEM_MUST_FREE) : NULL;
	if (!r) {
		free(copy);
		reply_refuse(q, HTTP_FAILED);
		return;
	}
	reply_dress(r, "image/png", false);
	reply_send(q, 200, r);
}

enum MHD_Result http_graph(struct http_request *q, const char *code)
{
	const struct http *h = q->face->http;
	const struct span_choice *span = span_find(request_argument(q, "span"));
	const struct size_choice *size = size_find(request_argument(q, "size"));
	const size_t point = commune_find(h->view->commune, code);
	const enum language lang = language_of(q);
	struct gathering g = { .n = 0 };
	struct point_view pv;
	char title[128];

	if (!span)
		return reply_refuse(q, HTTP_BAD);
	if (point != SIZE_MAX && h->view->series)
		series_write(h->view->series, point, h->view->now);
	/* From here on the code is the roster's own text, not the URL's. */
	if (point == SIZE_MAX || !has_file(h, code = h->view->roster->points[point].code))
		return reply_refuse(q, HTTP_NOT_FOUND);
	pv = commune_point(h->view->commune, point);
	store_outages(h->view->store, point, (wall_t){ h->view->now.ms - span->s * 1000 }, gather,
		      &g);
	snprintf(title, sizeof title, "%s · %s", code, page_word(span->word, lang));
	if (draw_ask(h->draw,
		     &(struct draw_request){
			     .code = code,
			     .span_s = span->s,
			     .now = h->view->now,
			     .width = size->width,
			     .height = size->height,
			     .title = title,
			     .language = lang,
			     .dark_since = pv.colour == COLOUR_DOWN ? pv.since : (wall_t){ 0 },
			     .outages = g.outage,
			     .n_outages = g.n,
		     },
		     on_drawn, q) < 0)
		return reply_refuse(q, HTTP_BUSY);
	request_suspend(q);
	return MHD_YES;
}
