/* SPDX-License-Identifier: Apache-2.0 */
/* notify: takes due deliveries from the outbox and sends them over their channel, one try at a
 * time. */
#include "gateway/notify.h"

#include "gateway/channel.h"
#include "gateway/delivery.h"
#include "mesh/log.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXEC_MS = 30000,
	ROWS_FIRST = 32,
	ROWS_MOST = 8192,        /* beyond that the youngest wait until older ones are gone */
	FAR_MS = 10 * 60 * 1000, /* no wait is as long: the clock was set back meanwhile */
	LOOK_MS = 60 * 1000,     /* look again at least so often while anything waits */
	QUIET_MS = 60 * 1000,    /* nothing waits, as far as the store could say */
	AGAIN_MS = 5 * 1000,     /* the store would not listen: ask it again */
};

/* One way out. What it sends is in order: one try at a time, so that an end never overtakes its
 * beginning. */
struct route {
	struct notify *notify;
	const struct channel *channel;
	const void *config;
	char name[STORE_RECEIVER], target[CHANNEL_TARGET];
	void *handle;             /* of the try under way, or NULL */
	struct delivery delivery; /* it, or the one whose receipt is not written yet */
	struct {
		bool waiting, delivered, given_up;
		wall_t at; /* delivered, or when to try again */
		char note[CHANNEL_NOTE];
	} receipt;
	struct notify_counters counters;
};

struct notify {
	struct store *store;
	const struct notify_options *options;
	struct channel_tools tools;
	struct loop_alarm *alarm;
	struct route *routes;
	const char **names;
	size_t n_routes;
	struct delivery *rows; /* everything unsent, as it is at one kick; id 0: seen to */
	size_t n_rows, size_rows;
};

/* ---- receipts ---- */

/* A message whose receipt cannot be written must not go out again for that: the route waits
 * instead. */
static void write_receipt(struct route *r)
{
	struct store *s = r->notify->store;
	const int64_t id = r->delivery.id;
	const int err =
		r->receipt.delivered
			? store_delivered(s, id, r->receipt.at, r->receipt.note)
			: store_failed(s, id, r->receipt.at, r->receipt.given_up, r->receipt.note);

	r->receipt.waiting = err < 0;
	if (err < 0)
		log_err("%s: receipt of %s not stored: %s", r->name, r->delivery.key,
			strerror(-err));
}

static void take_success(struct route *r, const char *note)
{
	r->counters.sent++;
	r->receipt.delivered = true;
	r->receipt.given_up = false;
	r->receipt.at = clock_wall();
	log_info("%s: %s delivered to %s: %s", r->name, r->delivery.key, r->target, note);
}

static void take_failure(struct route *r, const char *note)
{
	const unsigned tries = r->delivery.tries + 1;
	const int64_t wait = delivery_wait(tries);

	r->counters.failed++;
	r->counters.given_up += wait < 0;
	r->receipt.delivered = false;
	r->receipt.given_up = wait < 0;
	r->receipt.at.ms = clock_wall().ms + (wait < 0 ? 0 : wait);
	if (wait < 0)
		log_err("%s: %s given up after %u tries, %s: %s", r->name, r->delivery.key, tries,
			r->target, note);
	else
		log_warn("%s: %s not delivered to %s (try %u, next in %" PRId64 " s): %s", r->name,
			 r->delivery.key, r->target, tries, wait / 1000, note);
}

static void finish(struct route *r, bool delivered, const char *note)
{
	r->handle = NULL;
	snprintf(r->receipt.note, sizeof r->receipt.note, "%s", note);
	if (delivered)
		take_success(r, note);
	else
		take_failure(r, note);
	write_receipt(r);
}

static void on_done(void *self, bool delivered, const char *note)
{
	struct route *r = self;

	finish(r, delivered, note);
	notify_kick(r->notify);
}

/* ---- choosing ---- */

static bool read_rows(struct notify *n)
{
	const wall_t any = { INT64_MAX }; /* what is not due yet as well: it says when to wake */

	for (;;) {
		struct delivery *grown;

		n->n_rows = store_due(n->store, any, n->rows, n->size_rows);
		if (n->n_rows < n->size_rows || n->size_rows >= ROWS_MOST)
			return n->n_rows > 0;
		grown = realloc(n->rows, 2 * n->size_rows * sizeof *grown);
		if (!grown)
			return true;
		n->rows = grown;
		n->size_rows *= 2;
	}
}

static bool is_due(const struct delivery *d, wall_t now)
{
	return d->due.ms <= now.ms || d->due.ms > now.ms + FAR_MS;
}

/* The end of an incident waits until its beginning went out, or was given up. */
static bool held_back(const struct notify *n, const struct delivery *d)
{
	for (size_t i = 0; !tell_opens(d->what) && i < n->n_rows; i++) {
		const struct delivery *o = &n->rows[i];

		if (tell_opens(o->what) && o->incident.id == d->incident.id &&
		    strcmp(o->receiver, d->receiver) == 0)
			return true;
	}
	return false;
}

static bool before(const struct delivery *a, const struct delivery *b)
{
	return a->due.ms != b->due.ms ? a->due.ms < b->due.ms : a->id < b->id;
}

static struct delivery *choose(struct notify *n, const struct route *r, wall_t now)
{
	struct delivery *best = NULL;

	for (size_t i = 0; i < n->n_rows; i++) {
		struct delivery *d = &n->rows[i];

		if (d->id != 0 && strcmp(d->receiver, r->name) == 0 && is_due(d, now) &&
		    (!best || before(d, best)) && !held_back(n, d))
			best = d;
	}
	return best;
}

/* ---- sending ---- */

static void start(struct route *r, const struct delivery *d, wall_t now)
{
	const struct notify_options *o = r->notify->options;
	char note[CHANNEL_NOTE] = "";
	struct letter letter = {
		.key = d->key,
		.to = r->name,
		.code = d->code,
		.what = d->what,
		.incident = &d->incident,
		.roster = o->roster,
		.message = &d->message,
		.page_url = o->page_url,
		.now = now,
	};

	r->delivery = *d;
	r->handle = r->channel->start(&r->notify->tools, r->config, &letter, on_done, r, note);
	if (!r->handle)
		finish(r, false, note);
}

static void send_due(struct route *r, wall_t now)
{
	struct delivery *d;

	while (!r->handle && !r->receipt.waiting && (d = choose(r->notify, r, now))) {
		start(r, d, now);
		if (r->handle)
			break;
		d->due = r->receipt.at; /* it could not even begin */
		if (r->receipt.given_up)
			d->id = 0;
	}
}

static bool is_route(const struct notify *n, const char *name)
{
	for (size_t i = 0; i < n->n_routes; i++)
		if (strcmp(n->routes[i].name, name) == 0)
			return true;
	return false;
}

/* The settings lost a route that messages still wait for. */
static void drop_strays(struct notify *n, wall_t now)
{
	for (size_t i = 0; i < n->n_rows; i++) {
		struct delivery *d = &n->rows[i];

		if (is_route(n, d->receiver))
			continue;
		log_warn("%s: no such route any more, %s is given up", d->receiver, d->key);
		store_failed(n->store, d->id, now, true, "no such route any more");
		d->id = 0;
	}
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How long to sleep; -1 for ever. Routes under way wake us by themselves. */
static int64_t wait_of(const struct notify *n, wall_t now)
{
	int64_t wait = LOOK_MS;

	for (size_t i = 0; i < n->n_rows; i++)
		if (n->rows[i].id != 0 && !is_due(&n->rows[i], now))
			wait = sooner(wait, n->rows[i].due.ms - now.ms);
	for (size_t i = 0; i < n->n_routes; i++)
		if (n->routes[i].receipt.waiting)
			wait = sooner(wait, AGAIN_MS);
	return wait;
}

void notify_kick(struct notify *n)
{
	const wall_t now = clock_wall();
	int64_t wait;

	for (size_t i = 0; i < n->n_routes; i++)
		if (n->routes[i].receipt.waiting)
			write_receipt(&n->routes[i]);
	if (read_rows(n)) {
		drop_strays(n, now);
		for (size_t i = 0; i < n->n_routes; i++)
			send_due(&n->routes[i], now);
		wait = wait_of(n, now);
	} else {
		/* Nothing waits; or the store could not say. Never sleep for ever on that. */
		wait = store_next_due(n->store).ms == INT64_MAX ? QUIET_MS : AGAIN_MS;
	}
	loop_alarm_set(n->alarm, wait < 0 ? MONO_NEVER : mono_after(clock_mono(), wait));
}

static void on_alarm(void *self, mono_t now)
{
	(void)now;
	notify_kick(self);
}

/* ---- beginning and end ---- */

static void add_route(struct notify *n, const struct channel *c, size_t number, const void *config)
{
	struct route *r = &n->routes[n->n_routes];

	*r = (struct route){ .notify = n, .channel = c, .config = config };
	snprintf(r->name, sizeof r->name, "%s%zu", c->name, number);
	c->target(r->target, config);
	n->names[n->n_routes++] = r->name;
}

static bool add_routes(struct notify *n, const struct notify_options *o)
{
	const size_t all = o->n_hooks + o->n_mails + o->n_execs;

	n->routes = calloc(all + 1, sizeof *n->routes);
	n->names = calloc(all + 1, sizeof *n->names);
	n->rows = calloc(ROWS_FIRST, sizeof *n->rows);
	if (!n->routes || !n->names || !n->rows)
		return false;
	n->size_rows = ROWS_FIRST;
	for (size_t i = 0; i < o->n_hooks; i++)
		add_route(n, &channel_hook, i, &o->hooks[i]);
	for (size_t i = 0; i < o->n_mails; i++)
		add_route(n, &channel_mail, i, &o->mails[i]);
	for (size_t i = 0; i < o->n_execs; i++)
		add_route(n, &channel_exec, i, &o->execs[i]);
	return true;
}

struct notify *notify_new_limits(struct loop *l, struct store *s, const struct notify_options *o,
				 const struct post_options *p, int64_t exec_ms)
{
	struct notify *n = calloc(1, sizeof *n);

	if (!n)
		return NULL;
	*n = (struct notify){ .store = s,
			      .options = o,
			      .tools = { .loop = l, .exec_ms = exec_ms } };
	if (sodium_init() < 0)
		goto free_notify;
	n->tools.post = post_new(l, p);
	n->alarm = n->tools.post ? loop_alarm_new(l, on_alarm, n) : NULL;
	if (!n->alarm || !add_routes(n, o))
		goto free_notify;
	return n;

free_notify:
	notify_free(n);
	errno = ENOMEM;
	return NULL;
}

struct notify *notify_new(struct loop *l, struct store *s, const struct notify_options *o)
{
	return notify_new_limits(l, s, o, &post_defaults, EXEC_MS);
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->n_routes; i++)
		if (n->routes[i].handle)
			n->routes[i].channel->cancel(n->routes[i].handle);
	post_free(n->tools.post);
	loop_alarm_free(n->alarm);
	free(n->routes);
	free(n->names);
	free(n->rows);
	free(n);
}

const char *const *notify_routes(const struct notify *n, size_t *count)
{
	*count = n->n_routes;
	return n->names;
}

struct notify_counters notify_counters(const struct notify *n, size_t route)
{
	return n->routes[route].counters;
}
