/* SPDX-License-Identifier: Apache-2.0 */
/* series: one RRD file a point on librrd; values are held and written several a call. */
#include "gateway/series.h"

#include "mesh/log.h"
#include "mesh/wire.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FUTURE_S = 120,   /* a value may be this far ahead of now */
	POISONED_S = 600, /* a file whose last value is this far ahead refuses all others: remade */
	HOLD_STEPS = 5,
	FLUSH_MOST = 500, /* files a flush: new ones cost a millisecond each, and the loop waits */
	BEATS_MISSED = 3, /* heartbeat in steps: a longer gap is unknown */
	VALUE_TEXT = 96,
};

/* What is not known; lost: what we filled in ourselves. */
enum { UP_NONE = 2, SITE_NONE = 127, LOST_NONE = 127 };

/* One value as it is held: 8 bytes, times SERIES_HELD, times the points. Round trips as on the
 * wire. */
struct held {
	uint32_t at_s;
	uint32_t out : 8, router : 8, lost : 7, site : 7, up : 2;
};
static_assert(sizeof(struct held) == 8, "there are nearly a hundred thousand of them");

struct line {
	bool known; /* the file was looked at, or there was none */
	bool good;  /* and there is one that could be read */
	uint8_t n;
	uint32_t last_s; /* of the last value taken, or in the file */
	struct held held[SERIES_HELD];
};

struct series {
	char *dir;
	const struct roster *roster;
	unsigned step_s;
	struct line *line; /* one a point */
	size_t next;       /* where the next flush begins */
	struct series_counters count;
};

/* ---- the file ---- */

static bool path_of(const struct series *s, size_t point, char path[static PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/%s.rrd", s->dir, s->roster->points[point].code);

	return n > 0 && n < PATH_MAX;
}

/* How many steps of the file make one row of about row_s, and how many rows cover the span. */
struct rra {
	const char *cf;
	unsigned row_s;
	unsigned span_s;
};

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

#define FILL_MS ((int64_t)31 * DAY * 1000) /* most that is filled at once */

static const struct rra rras[] = {
	{ "AVERAGE", 1, HOUR + 5 * MINUTE }, /* at the step itself */
	{ "AVERAGE", MINUTE, DAY + HOUR },
	{ "AVERAGE", 30 * MINUTE, 31 * DAY },
	{ "AVERAGE", 3 * HOUR, 186 * DAY },
	{ "AVERAGE", DAY, 1830u * DAY },
	/* A short outage must not vanish in a long row. */
	{ "MIN", 30 * MINUTE, 31 * DAY },
	{ "MIN", 3 * HOUR, 186 * DAY },
};
enum { RRAS = sizeof rras / sizeof rras[0], SOURCES = 5 };

static unsigned at_least(unsigned n, unsigned least)
{
	return n < least ? least : n;
}

/*
 * One xff for all: 0.9. A row is drawn from whatever was known of it, and is unknown only when
 * nearly nothing was. With 0.5 three hours with a twenty-minute outage after a blind afternoon
 * would not show the outage. How long was known is not the graph's to say: the ledger counts.
 */
static int make(const struct series *s, const char *path, uint32_t first_s)
{
	static const struct {
		const char *name, *most;
	} sources[SOURCES] = { { "up", "1" },
			       { "site", "100" },
			       { "out_ms", "U" },
			       { "router_ms", "U" },
			       { "lost", "100" } };
	char text[SOURCES + RRAS][48];
	const char *argv[SOURCES + RRAS];
	int argc = 0;

	for (size_t i = 0; i < SOURCES; i++) {
		snprintf(text[argc], sizeof text[argc], "DS:%s:GAUGE:%u:0:%s", sources[i].name,
			 BEATS_MISSED * s->step_s, sources[i].most);
		argv[argc] = text[argc];
		argc++;
	}
	for (size_t i = 0; i < RRAS; i++) {
		unsigned steps = at_least(rras[i].row_s / s->step_s, 1);
		unsigned rows = at_least(rras[i].span_s / (steps * s->step_s), 10);

		/* With a step of a minute the first two are one. */
		if (i == 0 && s->step_s >= MINUTE)
			continue;
		snprintf(text[argc], sizeof text[argc], "RRA:%s:0.9:%u:%u", rras[i].cf, steps,
			 rows);
		argv[argc] = text[argc];
		argc++;
	}
	rrd_clear_error();
	return rrd_create_r(path, s->step_s, (time_t)(first_s - s->step_s), argc, argv) == 0 ? 0
											     : -EIO;
}

/* A file that cannot be read is kept for whoever wants to look at it, and made again. */
static void move_aside(struct series *s, size_t point, const char *path, const char *why)
{
	char bad[PATH_MAX + 8];

	snprintf(bad, sizeof bad, "%s.bad", path);
	if (rename(path, bad) < 0)
		unlink(path);
	s->count.remade++;
	log_warn("series: %s.rrd is made anew: %s; what there was is kept beside it as .bad",
		 s->roster->points[point].code, why);
}

static bool poisoned(int64_t last_s, wall_t now)
{
	return last_s > now.ms / 1000 + POISONED_S;
}

/* Find out where the file ends. */
static void look(struct series *s, size_t point, const char *path, wall_t now)
{
	struct line *l = &s->line[point];
	struct stat st;
	time_t last;

	l->known = true;
	l->good = false;
	if (stat(path, &st) < 0)
		return;
	rrd_clear_error();
	last = rrd_last_r(path);
	if (last < 0 || rrd_test_error()) {
		move_aside(s, point, path, rrd_get_error());
		return;
	}
	if (poisoned(last, now)) {
		move_aside(s, point, path, "it ends in the future");
		return;
	}
	l->good = true;
	if ((uint32_t)last > l->last_s)
		l->last_s = (uint32_t)last;
}

/* ---- writing ---- */

static struct held hold(const struct draw *d, bool filled)
{
	const unsigned lost = filled ? LOST_NONE : d->lost > 100 ? 100 : d->lost;

	return (struct held){
		.at_s = (uint32_t)(d->at.ms / 1000),
		.out = wire_rtt_pack(d->out_us),
		.router = wire_rtt_pack(d->router_us),
		.up = (uint32_t)(d->up < 0 ? UP_NONE : d->up > 0) & 3,
		.site = (uint32_t)(d->site < 0 || d->site > 100 ? SITE_NONE : d->site) & 127,
		.lost = lost & 127,
	};
}

/* Thousandths with a point, whatever the locale thinks of commas. */
static int put_ms(char *at, size_t room, uint8_t rtt)
{
	const int32_t us = wire_rtt_us(rtt);

	return us < 0 ? snprintf(at, room, ":U")
		      : snprintf(at, room, ":%d.%03d", us / 1000, us % 1000);
}

static int put_known(char *at, size_t room, bool known, unsigned v)
{
	return known ? snprintf(at, room, ":%u", v) : snprintf(at, room, ":U");
}

static void value_draw(char text[static VALUE_TEXT], const struct held *h)
{
	char *at = text, *end = text + VALUE_TEXT;

	at += snprintf(at, VALUE_TEXT, "%u", h->at_s);
	at += put_known(at, (size_t)(end - at), h->up != UP_NONE, h->up);
	at += put_known(at, (size_t)(end - at), h->site != SITE_NONE, h->site);
	at += put_ms(at, (size_t)(end - at), (uint8_t)h->out);
	at += put_ms(at, (size_t)(end - at), (uint8_t)h->router);
	put_known(at, (size_t)(end - at), h->lost != LOST_NONE, h->lost);
}

static bool update(struct series *s, const struct line *l, const char *path)
{
	char text[SERIES_HELD][VALUE_TEXT];
	const char *argv[SERIES_HELD];

	for (size_t i = 0; i < l->n; i++) {
		value_draw(text[i], &l->held[i]);
		argv[i] = text[i];
	}
	rrd_clear_error();
	s->count.calls++;
	return rrd_update_r(path, NULL, l->n, argv) == 0;
}

/* After an update that failed: what the file took before it did is no longer held. */
static void drop_written(struct series *s, struct line *l, const char *path)
{
	time_t last = rrd_last_r(path);
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++)
		if (last < 0 || (time_t)l->held[i].at_s > last)
			l->held[kept++] = l->held[i];
	s->count.values += l->n - kept;
	l->n = (uint8_t)kept;
}

/* Write what is held. True when the file has it; what could not be written stays held. */
static bool write_line(struct series *s, size_t point, wall_t now)
{
	struct line *l = &s->line[point];
	char path[PATH_MAX], why[128];

	if (l->n == 0 || !path_of(s, point, path))
		return false;
	if (!l->good)
		l->good = make(s, path, l->held[0].at_s) == 0;
	if (l->good && update(s, l, path))
		goto written;

	/* Perhaps the file broke, or is gone: find out, and once more. */
	snprintf(why, sizeof why, "%s", rrd_get_error());
	look(s, point, path, now);
	if (l->good)
		drop_written(s, l, path);
	else
		l->good = make(s, path, l->held[0].at_s) == 0;
	if (l->n == 0 || (l->good && update(s, l, path)))
		goto written;
	s->count.failed++;
	/* A full disk refuses thousands a minute: 1, 2, 4, 8 ... are enough to say so. */
	if ((s->count.failed & (s->count.failed - 1)) == 0)
		log_warn("series: %s: %s (%llu times so far)", s->roster->points[point].code, why,
			 (unsigned long long)s->count.failed);
	return false;

written:
	s->count.values += l->n;
	l->n = 0;
	return true;
}

static void take(struct series *s, size_t point, struct held h, wall_t now)
{
	struct line *l = &s->line[point];

	if (l->n == SERIES_HELD && !write_line(s, point, now) && l->n == SERIES_HELD) {
		/* It cannot be written and there is no room: the oldest gives way. */
		memmove(&l->held[0], &l->held[1], sizeof l->held - sizeof l->held[0]);
		l->n--;
	}
	l->held[l->n++] = h;
	l->last_s = h.at_s;
}

/* Where this point's values end: in the file, or in what is held. */
static uint32_t last_of(struct series *s, size_t point, wall_t now)
{
	struct line *l = &s->line[point];
	char path[PATH_MAX];

	if (!path_of(s, point, path))
		return UINT32_MAX;
	if (!l->known)
		look(s, point, path, now);
	if (poisoned(l->last_s, now)) {
		/* Our clock was wrong when it was taken, and is back: nothing true would ever be
		 * drawn. */
		if (l->good)
			move_aside(s, point, path, "it ends in the future");
		*l = (struct line){ .known = true };
	}
	return l->last_s;
}

/* ---- the door ---- */

struct series *series_open(const char *dir, const struct roster *r, unsigned step_s,
			   char why[static SERIES_WHY])
{
	struct series *s;

	if (step_s == 0 || step_s > HOUR) {
		snprintf(why, SERIES_WHY, "step_s: %u is not within 1..%d", step_s, HOUR);
		return NULL;
	}
	if ((mkdir(dir, 0700) < 0 && errno != EEXIST) || access(dir, R_OK | W_OK | X_OK) < 0) {
		snprintf(why, SERIES_WHY, "%s: %s; the gateway's user must own its state_dir", dir,
			 strerror(errno));
		return NULL;
	}
	s = calloc(1, sizeof *s);
	if (!s)
		goto no_memory;
	s->roster = r;
	s->step_s = step_s;
	s->dir = strdup(dir);
	s->line = calloc(r->n_points + 1, sizeof *s->line);
	if (s->dir && s->line)
		return s;
	free(s->line);
	free(s->dir);
	free(s);
no_memory:
	snprintf(why, SERIES_WHY, "%s: out of memory", dir);
	return NULL;
}

void series_close(struct series *s)
{
	if (!s)
		return;
	/* Whatever the time is now, what was taken was good when it was. */
	series_flush(s, (wall_t){ (int64_t)UINT32_MAX * 1000 }, true, NULL, NULL);
	free(s->line);
	free(s->dir);
	free(s);
}

void series_add(struct series *s, size_t point, const struct draw *d, wall_t now)
{
	int64_t at = d->at.ms / 1000;

	if (point >= s->roster->n_points)
		return;
	if (d->at.ms > now.ms + FUTURE_S * 1000 || at > UINT32_MAX) {
		s->count.dropped_future++;
		return;
	}
	if (at <= (int64_t)last_of(s, point, now)) {
		s->count.dropped_old++;
		return;
	}
	take(s, point, hold(d, false), now);
}

void series_fill(struct series *s, size_t point, wall_t from, wall_t until, wall_t now)
{
	int64_t step = s->step_s, at, last;

	if (point >= s->roster->n_points)
		return;
	last = last_of(s, point, now);
	if (until.ms > now.ms)
		until = now;
	/* What lies further back is drawn from the outages anyway. */
	if (from.ms < until.ms - FILL_MS)
		from.ms = until.ms - FILL_MS;
	at = from.ms / 1000 > last ? from.ms / 1000 : last;
	for (at = (at / step + 1) * step; at * 1000 <= until.ms; at += step)
		take(s, point,
		     hold(&(struct draw){ .at = { at * 1000 },
					  .up = 0,
					  .site = -1,
					  .out_us = -1,
					  .router_us = -1 },
			  true),
		     now);
}

static bool ripe(const struct series *s, const struct line *l, wall_t now)
{
	return now.ms >= (int64_t)(l->held[0].at_s + HOLD_STEPS * s->step_s) * 1000;
}

void series_flush(struct series *s, wall_t now, bool all, series_written_fn *written, void *self)
{
	size_t n = s->roster->n_points, most = all ? n : FLUSH_MOST, done = 0;

	for (size_t k = 0; k < n && done < most; k++) {
		size_t i = s->next;
		const struct line *l = &s->line[i];

		s->next = (s->next + 1) % n;
		if (l->n == 0 || !(all || ripe(s, l, now)))
			continue;
		done++;
		if (write_line(s, i, now) && written)
			written(self, i, (wall_t){ (int64_t)l->last_s * 1000 });
	}
}

void series_write(struct series *s, size_t point, wall_t now)
{
	if (s->line[point].n > 0)
		write_line(s, point, now);
}

int series_reset(struct series *s)
{
	DIR *dir = opendir(s->dir);
	const struct dirent *e;
	int err = 0;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		size_t len = strlen(e->d_name);

		if (len > 4 && strcmp(e->d_name + len - 4, ".rrd") == 0 &&
		    unlinkat(dirfd(dir), e->d_name, 0) < 0)
			err = -errno;
	}
	closedir(dir);
	memset(s->line, 0, s->roster->n_points * sizeof *s->line);
	return err;
}

struct series_counters series_counters(const struct series *s)
{
	return s->count;
}
