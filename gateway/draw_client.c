/* SPDX-License-Identifier: Apache-2.0 */
/* draw_client: asks matsang-draw, a helper process, for graphs; one at a time, the rest wait. */
#include "gateway/draw_client.h"

#include "gateway/draw_helper.h"
#include "mesh/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_MAX_LEN = 4096,
	KEY_LEN = LINE_MAX_LEN,
	TRIES = 2, /* a helper may have come to its end just as it was asked */
};

/* What two requests for the same graph have in common: all but now. */
struct key {
	char *file, *rest; /* fields before and after now_s, parted by tabs */
};

struct kept {
	struct key key;
	void *png;
	size_t len;
	mono_t until;
};

struct ask {
	struct key key;
	int64_t now_s;
	draw_fn *fn; /* NULL: cancelled while it was being drawn */
	void *self;
	unsigned tries;
};

struct draw_client {
	char *dir;
	struct draw_helper *helper;
	struct loop_alarm *soon;      /* answers are never given from within draw_ask */
	struct ask ask[DRAW_WAITING]; /* oldest first; the first is being drawn when busy */
	size_t n_asks;
	bool busy;
	struct kept kept[DRAW_KEPT]; /* oldest first */
	size_t n_kept;
	struct draw_counters count;
};

/* ---- keys ---- */

static bool key_like(const struct key *a, const struct key *b)
{
	return strcmp(a->file, b->file) == 0 && strcmp(a->rest, b->rest) == 0;
}

static void key_free(struct key *k)
{
	free(k->file);
	free(k->rest);
}

/* Tabs and line ends would end a field. */
static void put_title(char *out, size_t room, const char *title)
{
	size_t n = strlen(title);

	if (n >= room)
		n = room - 1;
	/* Never half a letter. */
	while (n > 0 && title[n] && ((unsigned char)title[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)title[i] < ' ' || title[i] == 0x7f ? ' ' : title[i];
	out[n] = '\0';
}

static int rest_draw(char *rest, size_t room, const struct draw_request *r)
{
	char title[200];
	size_t n, most = r->n_outages < DRAW_OUTAGES ? r->n_outages : DRAW_OUTAGES;

	put_title(title, sizeof title, r->title ? r->title : "");
	n = (size_t)snprintf(rest, room, "%u\t%u\t%s\t%s\t%lld\t", r->width, r->height, title,
			     r->language == LANGUAGE_VI ? "vi" : "en",
			     (long long)(r->dark_since.ms / 1000));
	for (size_t i = 0; i < most; i++) {
		const struct draw_outage *o = &r->outages[i];
		/* To the end of what was asked for, whatever now is by then. */
		int64_t until = o->until.ms ? o->until.ms / 1000 : UINT32_MAX;

		n += (size_t)snprintf(rest + n, room - n, "%s%lld-%lld", i ? "," : "",
				      (long long)(o->from.ms / 1000), (long long)until);
	}
	return n < room ? 0 : -EINVAL;
}

static bool sane(const struct draw_request *r)
{
	return point_code_ok(r->code) && r->span_s >= 60 && r->span_s <= 1830LL * 86400 &&
	       r->width >= 100 && r->width <= 2000 && r->height >= 30 && r->height <= 1000 &&
	       r->now.ms / 1000 < UINT32_MAX && r->dark_since.ms >= 0;
}

static int key_make(struct key *k, const struct draw_client *c, const struct draw_request *r)
{
	char rest[KEY_LEN];

	*k = (struct key){ 0 };
	if (!sane(r) || rest_draw(rest, sizeof rest, r) < 0)
		return -EINVAL;
	k->rest = strdup(rest);
	if (asprintf(&k->file, "%s/%s.rrd\t%lld", c->dir, r->code, (long long)r->span_s) < 0)
		k->file = NULL;
	if (k->rest && k->file)
		return strlen(k->file) < LINE_MAX_LEN ? 0 : -EINVAL;
	return -ENOMEM;
}

/* ---- graphs that are kept ---- */

static void kept_drop_first(struct draw_client *c)
{
	key_free(&c->kept[0].key);
	free(c->kept[0].png);
	c->n_kept--;
	memmove(&c->kept[0], &c->kept[1], c->n_kept * sizeof c->kept[0]);
}

static const struct kept *kept_find(struct draw_client *c, const struct key *k)
{
	while (c->n_kept > 0 && mono_reached(clock_mono(), c->kept[0].until))
		kept_drop_first(c);
	for (size_t i = 0; i < c->n_kept; i++)
		if (key_like(&c->kept[i].key, k))
			return &c->kept[i];
	return NULL;
}

static void keep(struct draw_client *c, const struct key *k, const void *png, size_t len)
{
	struct kept new = { .len = len, .until = mono_after(clock_mono(), DRAW_KEEP_MS) };

	new.key.file = strdup(k->file);
	new.key.rest = strdup(k->rest);
	new.png = malloc(len);
	if (!new.key.file || !new.key.rest || !new.png) {
		key_free(&new.key);
		free(new.png);
		return;
	}
	memcpy(new.png, png, len);
	if (c->n_kept == DRAW_KEPT)
		kept_drop_first(c);
	c->kept[c->n_kept++] = new;
}

/* ---- asks ---- */

/* Out of the line; its key is the caller's now. */
static struct ask ask_take(struct draw_client *c, size_t i)
{
	struct ask a = c->ask[i];

	c->n_asks--;
	memmove(&c->ask[i], &c->ask[i + 1], (c->n_asks - i) * sizeof c->ask[0]);
	return a;
}

static void ask_drop(struct draw_client *c, size_t i)
{
	struct ask a = ask_take(c, i);

	key_free(&a.key);
}

/* The ask that is being drawn has its answer, and so has whoever else waits for the same (png NULL:
 * it cannot be drawn). Those who are called may ask and cancel. */
static void done(struct draw_client *c, const void *png, size_t len)
{
	struct ask a = ask_take(c, 0);

	c->busy = false;
	loop_alarm_set(c->soon, (mono_t){ 0 });
	if (png) {
		c->count.drawn++;
		keep(c, &a.key, png, len);
	} else {
		c->count.failed++;
	}
	if (a.fn)
		a.fn(a.self, png, len);
	for (size_t i = 0; i < c->n_asks;) {
		struct ask same;

		if (!key_like(&c->ask[i].key, &a.key)) {
			i++;
			continue;
		}
		same = ask_take(c, i);
		key_free(&same.key);
		same.fn(same.self, png, len);
	}
	key_free(&a.key);
}

/* ---- serving ---- */

static void drawn(void *self, enum draw_end end, const void *png, size_t len)
{
	struct draw_client *c = self;
	struct ask *a = &c->ask[0];

	if (end == DRAW_LATE)
		log_warn("draw: no graph within %d s, helper killed", DRAW_TIMEOUT_MS / 1000);
	if (end == DRAW_LOST && a->fn && ++a->tries < TRIES) {
		c->busy = false;
		loop_alarm_set(c->soon, (mono_t){ 0 });
		return;
	}
	done(c, png, len);
}

/* Give the first ask to the helper. */
static void begin(struct draw_client *c)
{
	const struct ask *a = &c->ask[0];
	char line[2 * LINE_MAX_LEN + 64];
	int err;

	snprintf(line, sizeof line, "%s\t%lld\t%s\n", a->key.file, (long long)a->now_s,
		 a->key.rest);
	c->busy = true;
	err = draw_helper_ask(c->helper, line, DRAW_TIMEOUT_MS);
	if (err < 0) {
		log_warn("draw: the helper does not start: %s", strerror(-err));
		done(c, NULL, 0);
	}
}

/* Answer whoever can be answered from memory, then let the helper draw for the first of the others.
 */
static void serve(struct draw_client *c)
{
	for (int i = 0; i < DRAW_WAITING && !c->busy && c->n_asks > 0; i++) {
		const struct kept *kept = kept_find(c, &c->ask[0].key);
		struct ask a;

		if (!kept) {
			begin(c);
			continue;
		}
		a = ask_take(c, 0);
		key_free(&a.key);
		c->count.kept++;
		a.fn(a.self, kept->png, kept->len);
	}
	if (!c->busy && c->n_asks > 0)
		loop_alarm_set(c->soon, (mono_t){ 0 });
}

static void serve_soon(void *self, mono_t now)
{
	(void)now;
	serve(self);
}

/* ---- the door ---- */

struct draw_client *draw_client_new(struct loop *l, const char *program, const char *dir)
{
	struct draw_client *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->dir = strdup(dir);
	c->helper = draw_helper_new(l, program, drawn, c);
	c->soon = loop_alarm_new(l, serve_soon, c);
	if (!c->dir || !c->helper || !c->soon) {
		draw_client_free(c);
		errno = ENOMEM;
		return NULL;
	}
	return c;
}

void draw_client_free(struct draw_client *c)
{
	if (!c)
		return;
	draw_helper_free(c->helper);
	while (c->n_asks > 0)
		ask_drop(c, c->n_asks - 1);
	while (c->n_kept > 0)
		kept_drop_first(c);
	if (c->soon)
		loop_alarm_free(c->soon);
	free(c->dir);
	free(c);
}

int draw_ask(struct draw_client *c, const struct draw_request *r, draw_fn *fn, void *self)
{
	struct ask a = { .now_s = r->now.ms / 1000, .fn = fn, .self = self };
	int err;

	c->count.asked++;
	if (c->n_asks == DRAW_WAITING) {
		c->count.refused++;
		return -EBUSY;
	}
	err = key_make(&a.key, c, r);
	if (err < 0) {
		key_free(&a.key);
		c->count.refused++;
		return err;
	}
	c->ask[c->n_asks++] = a;
	loop_alarm_set(c->soon, (mono_t){ 0 });
	return 0;
}

void draw_cancel(struct draw_client *c, const void *self)
{
	/* The one being drawn keeps its place: its answer comes anyway, and may be kept for the
	 * next. */
	if (c->busy && c->ask[0].self == self)
		c->ask[0].fn = NULL;
	for (size_t i = c->busy ? 1 : 0; i < c->n_asks;)
		if (c->ask[i].self == self)
			ask_drop(c, i);
		else
			i++;
}

struct draw_counters draw_counters(const struct draw_client *c)
{
	struct draw_counters out = c->count;

	out.started = draw_helper_started(c->helper);
	return out;
}
