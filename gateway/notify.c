/* SPDX-License-Identifier: Apache-2.0 */
/* notify: takes due deliveries from the outbox and sends each over its receiver's ways, one after
 * the other, until one has taken it. */
#include "gateway/notify_parts.h"

#include "gateway/alert.h"
#include "gateway/delivery.h"
#include "mesh/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	ROWS_FIRST = 32,
	ROWS_MOST = 8192,             /* beyond that the youngest wait until older ones are gone */
	FAR_MS = 10 * 60 * 1000,      /* no wait is as long: the clock was set back meanwhile */
	LOOK_MS = 60 * 1000,          /* look again at least so often while anything waits */
	QUIET_MS = 60 * 1000,         /* nothing waits, as far as the store could say */
	AGAIN_MS = 5 * 1000,          /* the store would not listen: ask it again */
	ANSWER_MS = 15 * 60 * 1000,   /* whoever answered has looked elsewhere by then */
	OLD_MS = 25 * 60 * 60 * 1000, /* nobody is paged for the past */
};

static const char *const skip_names[] = {
	[SKIP_NOT] = "not",
	[SKIP_BREAKER] = "breaker",
	[SKIP_OFFLINE] = "offline",
	[SKIP_BUDGET] = "budget",
};
static_assert(COUNT(skip_names) == SKIPS, "name every reason");

const char *notify_skip_str(enum notify_skip s)
{
	const size_t i = (size_t)s;

	return i < COUNT(skip_names) ? skip_names[i] : "?";
}

/* ---- time, which a test may hurry ---- */

static mono_t hurried(const struct notify *n, mono_t t)
{
	return (mono_t){ t.ms * n->limits.quick };
}

static int64_t hurry(const struct notify *n, int64_t wait_ms)
{
	return wait_ms / n->limits.quick;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- quiet hours ---- */

/* Said at any hour: what began, to those who may be woken (alert.c), but not much later; and who
 * has the job, to whoever wrote just now. */
static bool rests(const struct receiver *who, enum tell what, bool again, wall_t now)
{
	const bool wakes = (tell_opens(what) && !again) || what == TELL_ANSWER;
	wall_t until;

	return !wakes && alert_quiet(who, now, &until);
}

static const struct receiver *receiver(const struct notify *n, const char *id)
{
	for (size_t i = 0; i < n->n_parties; i++)
		if (strcmp(n->parties[i].who->id, id) == 0)
			return n->parties[i].who;
	return NULL;
}

/* ---- nobody hears us ---- */

static bool is_awaited(const void *notify, const char *id, enum tell what)
{
	const struct receiver *who = receiver(notify, id);

	return who && what != TELL_ANSWER && !rests(who, what, false, clock_wall());
}

/* A program that took a message, or a mailbox of one, is nobody, where there are people. */
static bool hears(const void *notify, const char *id)
{
	const struct notify *n = notify;
	const struct receiver *who = receiver(n, id);

	return who && (who->role != ROLE_MACHINE || n->options->n_people == 0);
}

static void set_mute(struct notify *n, bool mute)
{
	if (n->mute.on == mute)
		return;
	n->mute.on = mute;
	if (mute)
		log_err("notify: something waits and nothing was delivered to anybody for %" PRId64
			" s",
			n->limits.mute_ms / 1000);
	else
		log_info("notify: somebody is reached again");
	if (n->mute.fn)
		n->mute.fn(n->mute.self, mute);
}

static void heard(struct notify *n)
{
	n->mute.since = MONO_NEVER;
	set_mute(n, false);
}

static void watch_mute(struct notify *n, mono_t now)
{
	const struct store_hearing hearing = { is_awaited, hears, n };
	const int unheard = store_unheard(n->store, &hearing);

	if (unheard == 0)
		n->mute.since = MONO_NEVER;
	else if (unheard > 0 && n->mute.since.ms == MONO_NEVER.ms)
		n->mute.since = now;
	/* What the store cannot say changes nothing. */
	if (n->mute.since.ms != MONO_NEVER.ms &&
	    mono_since(now, n->mute.since) >= n->limits.mute_ms)
		set_mute(n, true);
}

/* ---- receipts ---- */

static void tell_owner(struct party *p, bool delivered)
{
	struct notify *n = p->notify;

	if (n->result.fn)
		n->result.fn(n->result.self, &p->delivery, delivered);
}

/* A message whose receipt cannot be written must not go out again for that: its receiver waits
 * instead. */
static void write_receipt(struct party *p)
{
	struct store *s = p->notify->store;
	const int64_t id = p->delivery.id;
	const int err =
		p->receipt.delivered
			? store_delivered(s, id, p->receipt.at, p->receipt.via, p->receipt.note)
			: store_failed(s, id, &p->receipt.next, p->receipt.note);

	p->receipt.waiting = err < 0;
	if (err < 0) {
		log_err("%s: receipt of %s not stored: %s", p->who->id, p->delivery.key,
			strerror(-err));
		return;
	}
	if (!p->receipt.round_over)
		return;
	if (p->receipt.delivered || p->receipt.first_round)
		tell_owner(p, p->receipt.delivered);
	p->delivery.id = 0;
	p->passed[0] = '\0';
}

/* What the row says: the ways that were passed over, then what came of the rest. */
static void set_note(struct party *p, const char *note)
{
	snprintf(p->receipt.note, sizeof p->receipt.note, "%s%s%s", p->passed,
		 p->passed[0] && note[0] ? "; " : "", note);
}

static void take_success(struct party *p, struct route *r, const char *note)
{
	r->counters.sent++;
	p->sms_today = -1;
	set_note(p, note);
	p->receipt.delivered = p->receipt.round_over = true;
	p->receipt.at = clock_wall();
	p->receipt.via = r->channel->name;
	log_info("%s: %s delivered over %s to %s: %s", p->who->id, p->delivery.key, r->name,
		 r->target, note);
	if (hears(p->notify, p->who->id))
		heard(p->notify);
}

/* All ways failed, the last one just now (NULL: it was passed over). barred: each of them was. */
static void end_round(struct party *p, struct route *last, bool barred)
{
	struct delivery *d = &p->delivery;
	const struct notify *n = p->notify;
	/* What was passed over goes as soon as one way is free again: its row stays due. */
	const int64_t wait = barred ? 0 : delivery_wait(d->round + 1);
	const wall_t now = clock_wall();

	p->receipt.round_over = true;
	p->receipt.first_round = d->round == 0;
	p->receipt.next = (struct retry){
		.round = barred && d->round > 0 ? d->round : d->round + 1,
		.due = { now.ms + (wait < 0 ? 0 : hurry(n, wait)) },
		.given_up = wait < 0,
		.untried = !last,
	};
	d->round = p->receipt.next.round;
	if (wait < 0) {
		if (last)
			last->counters.given_up++;
		log_err("%s: %s given up after %u tries: %s", p->who->id, d->key, d->tries,
			p->receipt.note);
	} else if (!barred) {
		log_warn("%s: %s not delivered over %s to %s (try %u, next in %" PRId64 " s): %s",
			 p->who->id, d->key, last ? last->name : "any way",
			 last ? last->target : "it", d->tries, wait / 1000, p->receipt.note);
	} else {
		log_warn("%s: %s cannot go out now: %s", p->who->id, d->key, p->receipt.note);
	}
}

/* The next way of this round, which is not over. */
static void go_on(struct party *p, unsigned way, mono_t again)
{
	const int64_t wait = mono_since(again, clock_mono());

	p->again = again;
	p->delivery.way = way;
	p->receipt.round_over = false;
	p->receipt.next = (struct retry){ .way = way,
					  .round = p->delivery.round,
					  .due = { clock_wall().ms + (wait > 0 ? wait : 0) } };
}

static void take_failure(struct party *p, struct route *r, bool refused, const char *note)
{
	const struct notify *n = p->notify;
	const mono_t now = clock_mono();
	int64_t wait = -1;

	r->counters.failed++;
	p->delivery.tries++;
	p->tries++;
	p->receipt.delivered = false;
	set_note(p, note);
	if (p->n_ways > 1 && !refused)
		wait = delivery_again(p->tries, mono_since(hurried(n, now), hurried(n, p->began)));
	if (wait >= 0) {
		go_on(p, p->delivery.way, mono_after(now, hurry(n, wait)));
	} else if (p->delivery.way + 1 < p->n_ways) {
		log_warn("%s: %s not delivered over %s (%s), the next way has its turn: %s",
			 p->who->id, p->delivery.key, r->name, r->target, note);
		p->tries = 0;
		go_on(p, p->delivery.way + 1, now);
	} else {
		end_round(p, r, false);
	}
}

static void finish(struct party *p, enum channel_end end, const char *note)
{
	struct route *r = p->way[p->delivery.way].route;

	p->handle = NULL;
	/* One dead mailbox says nothing about the mail of all the others. */
	breaker_feed(&r->breaker, end != CHANNEL_FAILED, hurried(p->notify, clock_mono()));
	if (end == CHANNEL_DELIVERED)
		take_success(p, r, note);
	else
		take_failure(p, r, end == CHANNEL_REFUSED, note);
	write_receipt(p);
}

static void on_done(void *self, enum channel_end end, const char *note)
{
	struct party *p = self;

	p->notify->busy = true;
	finish(p, end, note);
	p->notify->busy = false;
	notify_kick(p->notify);
}

/* ---- which way ---- */

/* Trouble of our own, for which some of the budget is kept: a digest is none. */
static bool is_ours(enum scope scope, enum tell what)
{
	return scope == SCOPE_GATEWAY &&
	       (tell_opens(what) || what == TELL_RESOLVED || what == TELL_REMIND);
}

static bool over_budget(struct party *p, bool ours, wall_t now)
{
	const struct notify *n = p->notify;

	if (p->sms_today < 0)
		p->sms_today =
			store_budget(n->store, p->who->id, channel_sms.name, budget_day(now));
	return !budget_lets(&n->options->sms, p->sms_today, ours);
}

static enum notify_skip skip(struct party *p, unsigned way, bool ours, wall_t now)
{
	const struct notify *n = p->notify;
	const struct route *r = p->way[way].route;

	if (n->offline && r->outside)
		return SKIP_OFFLINE;
	if (!breaker_lets(&r->breaker, hurried(n, clock_mono())))
		return SKIP_BREAKER;
	return r->channel == &channel_sms && over_budget(p, ours, now) ? SKIP_BUDGET : SKIP_NOT;
}

/* The first way from this one on that can be tried; n_ways: none. */
static unsigned way_from(struct party *p, unsigned way, bool ours, wall_t now)
{
	while (way < p->n_ways && skip(p, way, ours, now) != SKIP_NOT)
		way++;
	return way;
}

static const char *words_of(enum notify_skip s)
{
	switch (s) {
	case SKIP_BREAKER:
		return "left alone after failures";
	case SKIP_OFFLINE:
		return "our line is gone";
	case SKIP_BUDGET:
		return "the day's budget is spent";
	case SKIP_NOT:
	case SKIPS:
		break;
	}
	return "?";
}

/* Names and counts what is passed over. */
static void pass(struct party *p, unsigned from, unsigned until, wall_t now)
{
	for (unsigned i = from; i < until; i++) {
		struct route *r = p->way[i].route;
		const enum notify_skip why =
			skip(p, i, is_ours(p->delivery.incident.scope, p->delivery.what), now);
		const size_t len = strlen(p->passed);

		r->counters.skipped[why]++;
		snprintf(p->passed + len, sizeof p->passed - len, "%s%s: %s", len ? "; " : "",
			 r->name, words_of(why));
	}
}

/* ---- choosing ---- */

static bool read_rows(struct notify *n)
{
	for (;;) {
		struct waiting *grown;

		n->n_rows = store_waiting(n->store, n->rows, n->size_rows);
		if (n->n_rows < n->size_rows || n->size_rows >= ROWS_MOST)
			return n->n_rows > 0;
		grown = realloc(n->rows, 2 * n->size_rows * sizeof *grown);
		if (!grown)
			return true;
		n->rows = grown;
		n->size_rows *= 2;
	}
}

static bool is_due(const struct waiting *d, wall_t now)
{
	return d->due.ms <= now.ms || d->due.ms > now.ms + FAR_MS;
}

static bool before(const struct waiting *a, const struct waiting *b)
{
	return a->due.ms != b->due.ms ? a->due.ms < b->due.ms : a->id < b->id;
}

/* The one to begin with; those that no way is free for wait, once their owner knows. */
static struct waiting *choose(struct party *p, wall_t now)
{
	struct notify *n = p->notify;
	struct waiting *best = NULL;

	for (size_t i = 0; i < n->n_rows; i++) {
		struct waiting *d = &n->rows[i];

		if (d->id != 0 && strcmp(d->receiver, p->who->id) == 0 && is_due(d, now) &&
		    !rests(p->who, d->what, d->round > 0, now) && (!best || before(d, best)) &&
		    (d->round == 0 || way_from(p, 0, is_ours(d->scope, d->what), now) < p->n_ways))
			best = d;
	}
	return best;
}

/* ---- sending ---- */

static void start(struct party *p, wall_t now)
{
	const struct notify_options *o = p->notify->options;
	const struct delivery *d = &p->delivery;
	struct route *r = p->way[d->way].route;
	char note[CHANNEL_NOTE] = "";
	struct letter letter = {
		.key = d->key,
		.to = p->way[d->way].to,
		.code = d->code,
		.what = d->what,
		.incident = &d->incident,
		.roster = o->roster,
		.message = &d->message,
		.page_url = o->page_url,
		.now = now,
	};

	if (p->tries == 0)
		p->began = clock_mono();
	breaker_try(&r->breaker);
	p->handle = r->channel->start(&p->notify->tools, r->config, &letter, on_done, p, note);
	if (!p->handle)
		finish(p, CHANNEL_FAILED, note);
}

static void take_up(struct party *p, struct waiting *row)
{
	if (!store_delivery(p->notify->store, row->id, &p->delivery))
		p->delivery.id = 0; /* the store would not say: at the next look */
	row->id = 0;
	if (p->delivery.way >= p->n_ways) /* the settings know fewer ways than they did */
		p->delivery.way = 0;
	p->tries = 0;
	p->again = (mono_t){ 0 };
	p->passed[0] = '\0';
}

/* One try, if there is one to begin, or the end of a round. False when there is nothing to do. */
static bool step(struct party *p, wall_t now)
{
	struct waiting *row;
	unsigned way;

	if (p->handle || p->receipt.waiting)
		return false;
	if (p->delivery.id == 0) {
		row = choose(p, now);
		if (row)
			take_up(p, row);
		return row;
	}
	if (!mono_reached(clock_mono(), p->again))
		return false;

	way = way_from(p, p->delivery.way, is_ours(p->delivery.incident.scope, p->delivery.what),
		       now);
	pass(p, p->delivery.way, way, now);
	if (way < p->n_ways) {
		if (way != p->delivery.way)
			p->tries = 0;
		p->delivery.way = way;
		start(p, now);
		return true;
	}
	p->receipt.delivered = false;
	set_note(p, "");
	end_round(p, NULL, p->delivery.way == 0);
	write_receipt(p);
	return true;
}

/* A way that neither ends well nor badly must not cost the next one its time. */
static mono_t late(const struct party *p)
{
	return p->handle && p->delivery.way + 1 < p->n_ways
		       ? mono_after(p->began, p->notify->limits.way_ms)
		       : MONO_NEVER;
}

static void leave(struct party *p)
{
	const struct channel *c = p->way[p->delivery.way].route->channel;
	bool delivered = false;

	if (c->withdraw)
		delivered = c->withdraw(p->handle);
	else
		c->cancel(p->handle);
	p->tries = UINT16_MAX; /* not this way again */
	finish(p, delivered ? CHANNEL_DELIVERED : CHANNEL_FAILED,
	       delivered ? "at the last moment" : "took too long");
}

static bool is_on_its_way(const struct notify *n, int64_t id)
{
	for (size_t i = 0; i < n->n_parties; i++)
		if (n->parties[i].delivery.id == id)
			return true;
	return false;
}

static const char *vain(const struct notify *n, const struct waiting *d, wall_t now)
{
	const struct receiver *who = receiver(n, d->receiver);
	const int64_t age = now.ms - d->made.ms;

	if (!who)
		return "no such receiver any more";
	if (d->what == TELL_ANSWER && age > ANSWER_MS)
		return "nobody waits for this answer any more";
	/* Not one that was never tried: our clock may have been set. */
	if (d->round > 0 && age > OLD_MS)
		return "it is of another day";
	return d->moot && who->role != ROLE_MACHINE ? "nobody need go any more" : NULL;
}

/* What nobody is helped by any more. */
static void drop_vain(struct notify *n, wall_t now)
{
	const struct retry never = { .due = now, .given_up = true, .untried = true };

	for (size_t i = 0; i < n->n_rows; i++) {
		struct waiting *d = &n->rows[i];
		const char *why = vain(n, d, now);

		if (!why || is_on_its_way(n, d->id))
			continue;
		log_warn("%s: %s, %lld is given up", d->receiver, why, (long long)d->id);
		store_failed(n->store, d->id, &never, why);
		d->id = 0;
	}
}

/* ---- waking ---- */

/* How long to sleep. */
static int64_t wait_of(const struct notify *n, wall_t wall, mono_t now)
{
	int64_t wait = LOOK_MS;

	for (size_t i = 0; i < n->n_rows; i++)
		if (n->rows[i].id != 0 && !is_due(&n->rows[i], wall))
			wait = sooner(wait, n->rows[i].due.ms - wall.ms);
	for (size_t i = 0; i < n->n_parties; i++) {
		const struct party *p = &n->parties[i];

		if (p->receipt.waiting)
			wait = sooner(wait, AGAIN_MS);
		else if (p->handle)
			wait = sooner(wait, mono_since(late(p), now));
		else if (!p->handle && p->delivery.id != 0)
			wait = sooner(wait, mono_since(p->again, now));
	}
	for (size_t i = 0; i < n->n_routes; i++) {
		const mono_t due = breaker_due(&n->routes[i].breaker);

		/* What is past holds nobody up. */
		if (due.ms != MONO_NEVER.ms && due.ms / n->limits.quick >= now.ms)
			wait = sooner(wait, due.ms / n->limits.quick + 1 - now.ms);
	}
	if (n->mute.since.ms != MONO_NEVER.ms && !n->mute.on)
		wait = sooner(wait, n->limits.mute_ms - mono_since(now, n->mute.since));
	return wait < 0 ? 0 : wait;
}

static void look(struct notify *n)
{
	const wall_t wall = clock_wall();
	int64_t wait;

	for (size_t i = 0; i < n->n_parties; i++) {
		n->parties[i].sms_today = -1;
		if (n->parties[i].receipt.waiting)
			write_receipt(&n->parties[i]);
		if (mono_reached(clock_mono(), late(&n->parties[i])))
			leave(&n->parties[i]);
	}
	if (read_rows(n)) {
		drop_vain(n, wall);
		for (size_t i = 0; i < n->n_parties; i++)
			while (step(&n->parties[i], wall))
				continue;
		watch_mute(n, clock_mono());
		wait = wait_of(n, wall, clock_mono());
	} else {
		/* Nothing waits; or the store could not say. Never sleep for ever on that. */
		const bool nothing = store_waits(n->store) == 0;

		if (nothing)
			n->mute.since = MONO_NEVER;
		wait = nothing ? QUIET_MS : AGAIN_MS;
	}
	loop_alarm_set(n->alarm, mono_after(clock_mono(), n->kicked ? 0 : wait));
}

void notify_kick(struct notify *n)
{
	if (n->busy) { /* an owner who answers a result: there is another look right after this */
		n->kicked = true;
		return;
	}
	n->busy = true;
	n->kicked = false;
	look(n);
	n->busy = false;
}

static void on_alarm(void *self, mono_t now)
{
	(void)now;
	notify_kick(self);
}

void notify_offline(struct notify *n, bool offline)
{
	if (n->offline == offline)
		return;
	n->offline = offline;
	if (offline)
		log_warn("notify: our line is gone, only ways that do without it are tried");
	else
		log_info("notify: our line is back");
	n->kicked = true;
	loop_alarm_set(n->alarm, clock_mono());
}

void notify_on_result(struct notify *n, notify_result_fn *fn, void *self)
{
	n->result.fn = fn;
	n->result.self = self;
}

void notify_on_mute(struct notify *n, notify_mute_fn *fn, void *self)
{
	n->mute.fn = fn;
	n->mute.self = self;
}

bool notify_mute(const struct notify *n)
{
	return n->mute.on;
}

/* ---- beginning and end ---- */

struct notify *notify_new_limits(struct loop *l, struct store *s, const struct notify_options *o,
				 const struct notify_limits *limits)
{
	struct notify *n = calloc(1, sizeof *n);
	int why = ENOMEM;

	if (!n)
		return NULL;
	*n = (struct notify){ .store = s,
			      .options = o,
			      .limits = *limits,
			      .tools = { .loop = l, .exec_ms = limits->exec_ms },
			      .mute = { .since = MONO_NEVER } };
	if (sodium_init() < 0)
		goto free_notify;
	n->tools.post = post_new(l, &n->limits.post);
	n->alarm = n->tools.post ? loop_alarm_new(l, on_alarm, n) : NULL;
	if (!n->alarm)
		goto free_notify;
	n->rows = calloc(ROWS_FIRST, sizeof *n->rows);
	if (!n->rows)
		goto free_notify;
	n->size_rows = ROWS_FIRST;
	if (notify_set_up(n, o))
		return n;
	why = errno;

free_notify:
	notify_free(n);
	errno = why;
	return NULL;
}

struct notify *notify_new(struct loop *l, struct store *s, const struct notify_options *o)
{
	const struct notify_limits usual = {
		.post = post_defaults,
		.exec_ms = 30000,
		.way_ms = 25000,
		.mute_ms = 10 * 60 * 1000,
		.quick = 1,
	};

	return notify_new_limits(l, s, o, &usual);
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->n_parties; i++) {
		struct party *p = &n->parties[i];

		if (p->handle)
			p->way[p->delivery.way].route->channel->cancel(p->handle);
	}
	post_free(n->tools.post);
	loop_alarm_free(n->alarm);
	free(n->routes);
	free(n->names);
	free(n->parties);
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
	struct notify_counters c = n->routes[route].counters;

	c.open = breaker_open(&n->routes[route].breaker);
	return c;
}
