/* SPDX-License-Identifier: Apache-2.0 */
/* graph: one point's time as a picture, on librrd. Arguments come from a closed list. */
#include "gateway/graph.h"

#include "gateway/catalogue.h"

#include <assert.h>
#include <math.h>
#include <rrd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

enum { ARGS = 96 };

struct args {
	char *v[ARGS];
	int n;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void arg(struct args *a, const char *fmt, ...)
{
	va_list list;

	assert(a->n < ARGS);
	va_start(list, fmt);
	if (vasprintf(&a->v[a->n], fmt, list) < 0)
		a->failed = true;
	else
		a->n++;
	va_end(list);
}

static void args_free(struct args *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->v[i]);
}

/* A colon ends a field in rrdtool's language. False when it does not fit. */
static bool escape(char *out, size_t room, const char *in)
{
	size_t n = 0;

	for (; *in; in++) {
		if (n + 3 > room)
			return false;
		if (*in == ':' || *in == '\\')
			out[n++] = '\\';
		out[n++] = *in;
	}
	out[n] = '\0';
	return true;
}

/* ---- what the file says of itself ---- */

struct about {
	int64_t last_s, step_s;
	bool known;        /* of some time in the window it is known whether the point worked */
	double slowest_ms; /* in the window; NaN when there was no round trip */
};

enum { UP = 0, OUT_MS = 2 }; /* which of the file's values */

static bool look(const struct graph *g, struct about *out)
{
	time_t from = (time_t)(g->now_s - g->span_s), until = (time_t)g->now_s;
	/* About one value a pixel, as the graph will have. */
	unsigned long step = (unsigned long)(g->span_s / g->width) + 1, sources;
	const rrd_info_t *i;
	rrd_info_t *info;
	rrd_value_t *data;
	char **names;

	*out = (struct about){ .step_s = 60, .slowest_ms = NAN };
	info = rrd_info_r(g->file);
	if (!info)
		return false;
	for (i = info; i; i = i->next) {
		if (strcmp(i->key, "step") == 0)
			out->step_s = (int64_t)i->value.u_cnt;
		else if (strcmp(i->key, "last_update") == 0)
			out->last_s = (int64_t)i->value.u_cnt;
	}
	rrd_info_free(info);
	if (rrd_fetch_r(g->file, "AVERAGE", &from, &until, &step, &sources, &names, &data) != 0)
		return false;
	for (unsigned long row = 0; sources > OUT_MS && from + (time_t)(row * step) < until;
	     row++) {
		const rrd_value_t *value = &data[row * sources];

		out->known = out->known || !isnan(value[UP]);
		out->slowest_ms = fmax(out->slowest_ms, value[OUT_MS]);
	}
	for (unsigned long k = 0; k < sources; k++)
		free(names[k]);
	free(names);
	free(data);
	return true;
}

/* The round number of milliseconds that the right axis ends at. */
static unsigned axis_ms(double slowest)
{
	static const unsigned ends[] = { 50, 100, 200, 500, 1000, 2000, 5000 };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (slowest <= ends[i])
			return ends[i];
	return 10000;
}

/* ---- outages ---- */

static int by_from(const void *a, const void *b)
{
	const struct graph_outage *x = a, *y = b;

	return (x->from_s > y->from_s) - (x->from_s < y->from_s);
}

/* Sorted and joined, so that no second is dark twice. */
static void join_outages(struct graph *g)
{
	size_t n = 0;

	qsort(g->outage, g->n_outages, sizeof g->outage[0], by_from);
	for (size_t i = 0; i < g->n_outages; i++) {
		struct graph_outage o = g->outage[i];

		if (o.until_s <= o.from_s)
			continue;
		if (n > 0 && o.from_s <= g->outage[n - 1].until_s) {
			if (o.until_s > g->outage[n - 1].until_s)
				g->outage[n - 1].until_s = o.until_s;
		} else {
			g->outage[n++] = o;
		}
	}
	g->n_outages = n;
}

/*
 * The share of each row that the given outages cover, 0..1: seconds that both have, summed. Drawn
 * from the ledger and not from the file, so an outage that is still going on is there too.
 */
static void given_arg(struct args *a, const struct graph *g)
{
	char text[GRAPH_OUTAGES * 96 + 64];
	size_t n = (size_t)snprintf(text, sizeof text, "CDEF:given=up,POP,0");

	for (size_t i = 0; i < g->n_outages; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
				      ",TIME,%lld,MIN,TIME,STEPWIDTH,-,%lld,MAX,-,0,MAX,+",
				      (long long)g->outage[i].until_s,
				      (long long)g->outage[i].from_s);
	snprintf(text + n, sizeof text - n, ",STEPWIDTH,/,1,MIN");
	arg(a, "%s", text);
}

/* ---- looks ---- */

enum { HOUR = 3600, DAY = 24 * HOUR };

/* Ticks and labels in numbers only: no names of days or months in some other language. */
static const char *x_grid(int64_t span_s)
{
	if (span_s <= 2 * HOUR)
		return "MINUTE:5:MINUTE:10:MINUTE:10:0:%H:%M";
	if (span_s <= 2 * DAY)
		return "HOUR:1:HOUR:4:HOUR:4:0:%H:%M";
	if (span_s <= 40 * DAY)
		return "DAY:1:DAY:5:DAY:5:0:%d/%m";
	if (span_s <= 400 * DAY)
		return "WEEK:1:MONTH:1:MONTH:1:0:%m/%Y";
	return "MONTH:3:YEAR:1:YEAR:1:0:%Y";
}

static void look_args(struct args *a, const struct graph *g, unsigned axis)
{
	static const char *const colours[] = { "BACK#101418",   "CANVAS#101418", "SHADEA#101418",
					       "SHADEB#101418", "FONT#D7DEE4",   "AXIS#5C6872",
					       "ARROW#101418",  "GRID#FFFFFF14", "MGRID#FFFFFF2E",
					       "FRAME#101418" };

	arg(a, "graph");
	arg(a, "-");
	arg(a, "--imgformat=PNG");
	arg(a, "--start=%lld", (long long)(g->now_s - g->span_s));
	arg(a, "--end=%lld", (long long)g->now_s);
	arg(a, "--width=%u", g->width);
	arg(a, "--height=%u", g->height);
	arg(a, "--title=%s", g->title);
	arg(a, "--lower-limit=0");
	arg(a, "--upper-limit=100");
	arg(a, "--rigid");
	arg(a, "--border=0");
	arg(a, "--units-exponent=0");
	arg(a, "--y-grid=25:2");
	arg(a, "--left-axis-format=%%.0lf%%%%");
	arg(a, "--x-grid=%s", x_grid(g->span_s));
	arg(a, "--font=DEFAULT:8:DejaVu Sans");
	arg(a, "--font=TITLE:10:DejaVu Sans");
	arg(a, "--disable-rrdtool-tag");
	if (axis > 0) {
		arg(a, "--right-axis=%u.%02u:0", axis / 100, axis % 100);
		arg(a, "--right-axis-format=%%.0lf ms");
	}
	for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
		arg(a, "--color=%s", colours[i]);
}

/* ---- what is drawn ---- */

static void share_args(struct args *a, const struct graph *g, const char *file,
		       const struct about *f)
{
	/* After the file's last value nothing was written yet; after six steps it should have been.
	 */
	int64_t written = g->now_s - f->last_s > 8 * f->step_s ? g->now_s : f->last_s;

	arg(a, "DEF:up=%s:up:AVERAGE", file);
	arg(a, "DEF:out=%s:out_ms:AVERAGE", file);
	given_arg(a, g);
	arg(a, "CDEF:heard=up,UN,0,1,up,-,IF");
	arg(a, "CDEF:dark=given,heard,MAX");
	if (g->span_s > 2 * DAY) {
		/* A few minutes within hours would be less than a pixel high. */
		arg(a, "DEF:least=%s:up:MIN", file);
		arg(a, "CDEF:brief=least,UN,0,least,1,LT,0.07,0,IF,IF");
		arg(a, "CDEF:shown=dark,brief,MAX,dark,0,GT,0.07,0,IF,MAX");
	} else {
		arg(a, "CDEF:shown=dark");
	}
	arg(a, "CDEF:red=shown,100,*");
	arg(a, "CDEF:green=up,UN,UNKN,1,shown,-,100,*,IF");
	arg(a, "CDEF:grey=up,UN,TIME,%lld,GT,UNKN,1,shown,-,100,*,IF,UNKN,IF", (long long)written);
	/* Of the time that somebody knows about. */
	arg(a, "CDEF:good=up,UN,dark,0,GT,0,UNKN,IF,1,dark,-,IF,100,*");
}

/* Per cent with one digit after the comma or point, as the language writes it: printf knows only
 * points. */
static void percent_args(struct args *a, const struct graph *g)
{
	arg(a, "VDEF:share=good,AVERAGE");
	if (g->language != LANGUAGE_VI) {
		arg(a, "GPRINT:share:%%.1lf%%%%");
		return;
	}
	arg(a, "CDEF:tenths=good,POP,share,10,*,0.5,+,FLOOR");
	arg(a, "CDEF:before=tenths,10,/,FLOOR");
	arg(a, "CDEF:after=tenths,10,%%");
	arg(a, "VDEF:whole=before,MAXIMUM");
	arg(a, "VDEF:tenth=after,MAXIMUM");
	arg(a, "GPRINT:whole:%%.0lf\\g");
	arg(a, "GPRINT:tenth:,%%.0lf%%%%");
}

static void draw_args(struct args *a, const struct graph *g, const struct about *f, unsigned axis)
{
	const char *delay = catalogue_str(NULL, N_("Round trip (ms)"), g->language);

	arg(a, "AREA:red#FF6A3D:%s", word_colour(COLOUR_DOWN, g->language));
	arg(a, "AREA:grey#4A535C:%s:STACK", word_colour(COLOUR_UNKNOWN, g->language));
	arg(a, "AREA:green#1E5B52:%s:STACK", word_colour(COLOUR_UP, g->language));
	if (f->known)
		percent_args(a, g);
	if (axis > 0) {
		arg(a, "CDEF:line=out,%u,MIN,%u,/,100,*", axis, axis);
		arg(a, "LINE1:line#8FD3C4:%s", delay);
	}
	arg(a, "COMMENT:\\l");
}

static int take_image(const rrd_info_t *info, unsigned char **png, size_t *len)
{
	for (; info; info = info->next) {
		if (strcmp(info->key, "image") != 0 || info->type != RD_I_BLO)
			continue;
		*len = info->value.u_blo.size;
		*png = malloc(*len ? *len : 1);
		if (!*png)
			return -1;
		memcpy(*png, info->value.u_blo.ptr, *len);
		return 0;
	}
	return -1;
}

int graph_draw(struct graph *g, unsigned char **png, size_t *len, char why[static GRAPH_WHY])
{
	struct args a = { .n = 0 };
	struct about f;
	char file[1024];
	rrd_info_t *info = NULL;
	unsigned axis;
	int err = -1;

	rrd_clear_error();
	join_outages(g);
	if (escape(file, sizeof file, g->file) && look(g, &f)) {
		axis = isnan(f.slowest_ms) ? 0 : axis_ms(f.slowest_ms);
		look_args(&a, g, axis);
		share_args(&a, g, file, &f);
		draw_args(&a, g, &f, axis);
		if (!a.failed)
			info = rrd_graph_v(a.n, a.v);
		if (info)
			err = take_image(info, png, len);
	}
	if (err < 0)
		snprintf(why, GRAPH_WHY, "%s", rrd_test_error() ? rrd_get_error() : "no picture");
	rrd_info_free(info);
	args_free(&a);
	return err;
}
