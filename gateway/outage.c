/* SPDX-License-Identifier: Apache-2.0 */
/* outage: from ledger rows to spells in a colour and outages with a cause; live and in replay
 * alike. */
#include "gateway/outage.h"

#include "mesh/octets.h"

#include <assert.h>
#include <string.h>

/* A record this much before an outage still speaks of it: mains go a little before the silence
 * counts. */
enum { EVIDENCE_BEFORE_MS = 120000 };

/* No grid leaves one house alone in the dark for longer. */
enum { ALONE_MS = 12 * 60 * 60 * 1000 };

void outage_init(struct spell *s, uint32_t point)
{
	*s = (struct spell){ .point = point };
}

static struct change *add(struct changes *out)
{
	assert(out->n < CHANGES_MAX);
	return &out->change[out->n++];
}

static void say(struct changes *out, enum change_kind kind, const struct outage *o, bool present)
{
	*add(out) = (struct change){ .kind = kind, .present = present, .outage = *o };
}

static void paint(struct changes *out, const struct spell *s, wall_t from, wall_t until,
		  enum colour colour, enum cause cause)
{
	if (until.ms != 0 && until.ms <= from.ms)
		return;
	*add(out) = (struct change){ .kind = CHANGE_PAINT,
				     .paint = { s->point, from, until, colour, cause } };
}

static bool outage_open(const struct spell *s)
{
	return s->outage.id != 0 && s->outage.until.ms == 0;
}

/* Time in an outage that has a colour of its own; until.ms 0: still so. */
struct hole {
	wall_t from, until;
};

/* The outage's time in its cause, but for the last time in it that nobody could judge, and the last
 * that was planned. */
static void repaint(struct changes *out, const struct spell *s)
{
	const struct outage *o = &s->outage;
	struct hole hole[2] = { { s->unknown_from, s->unknown_until },
				{ s->planned_from, s->planned_until } };
	wall_t at = o->from;

	/* What began while nobody could judge was judged afterwards. */
	if (hole[0].from.ms <= o->from.ms)
		hole[0].from.ms = 0;
	if (hole[1].from.ms < hole[0].from.ms) {
		struct hole first = hole[1];

		hole[1] = hole[0];
		hole[0] = first;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct hole *h = &hole[i];

		if (h->from.ms == 0 || (h->until.ms != 0 && h->until.ms <= at.ms) ||
		    (o->until.ms != 0 && h->from.ms >= o->until.ms))
			continue;
		if (h->from.ms > at.ms)
			paint(out, s, at, h->from, COLOUR_DOWN, o->cause);
		if (h->until.ms == 0)
			return;
		at = h->until;
	}
	if (o->until.ms == 0 || at.ms < o->until.ms)
		paint(out, s, at, o->until, COLOUR_DOWN, o->cause);
}

/* ---- what is the matter, from contact and verdict ---- */

struct condition {
	enum colour colour;
	enum cause cause;
	enum sure sure;
};

static struct condition condition(const struct spell *s)
{
	const struct verdict *v = &s->verdict;

	switch (s->contact) {
	case CONTACT_UNKNOWN:
		return (struct condition){ COLOUR_UNKNOWN, CAUSE_NONE, SURE_OPEN };
	case CONTACT_DARK:
		/* It said that mains were gone, then its battery was: still the same cut, most
		 * likely. */
		if (v->cause == CAUSE_POWER)
			return (struct condition){ COLOUR_DOWN, CAUSE_POWER, SURE_PROBABLE };
		return (struct condition){ COLOUR_DOWN, CAUSE_OPEN, SURE_OPEN };
	case CONTACT_UP:
	case CONTACT_SUSPECT:
	case CONTACTS:
		break;
	}
	/* We hear it, so what it last thought of the line is over; power and cameras are not. */
	if (v->cause == CAUSE_POWER || v->cause == CAUSE_CAMERA || v->cause == CAUSE_DEVICE)
		return (struct condition){ COLOUR_DOWN, v->cause, v->sure };
	return (struct condition){ COLOUR_UP, CAUSE_NONE, SURE_CONFIRMED };
}

/* ---- moving from one condition to the next ---- */

/* One row may begin an outage, end an untold one, and later prove to have begun a camera's. */
enum tag { TAG_LIVE, TAG_PAST, TAG_CAMERA, TAGS };

static int64_t tagged_id(int64_t row, enum tag tag)
{
	assert(row > 0);
	return row * TAGS + tag;
}

int64_t outage_id(int64_t row)
{
	return tagged_id(row, TAG_LIVE);
}

static void open_new(struct spell *s, struct condition c, wall_t at, bool present, int64_t row,
		     enum tag tag, struct changes *out)
{
	s->outage = (struct outage){ .id = tagged_id(row, tag),
				     .point = s->point,
				     .from = at,
				     .cause = c.cause,
				     .sure = c.sure,
				     .eyes = s->verdict.eyes,
				     .cams_n = s->verdict.cams_n };
	say(out, CHANGE_OPENED, &s->outage, present);
}

static void close_open(struct spell *s, wall_t at, bool present, struct changes *out)
{
	s->outage.until = at.ms > s->outage.from.ms ? at : s->outage.from;
	if (s->outage.cause != CAUSE_CAMERA && s->outage.cause != CAUSE_DEVICE)
		s->last_until = s->outage.until;
	s->camera_from.ms = 0;
	say(out, CHANGE_CLOSED, &s->outage, present);
}

/* Which of two causes says more about the same outage. */
static unsigned weight(enum cause c)
{
	static const unsigned weights[CAUSES] = {
		[CAUSE_OPEN] = 1,     [CAUSE_DEVICE] = 2, [CAUSE_CAMERA] = 3, [CAUSE_LINE] = 4,
		[CAUSE_GATEWAY] = 5,  [CAUSE_NAMES] = 6,  [CAUSE_MTU] = 6,    [CAUSE_PORTAL] = 6,
		[CAUSE_PROVIDER] = 6, [CAUSE_ROUTER] = 7, [CAUSE_LINK] = 7,   [CAUSE_POWER] = 8,
	};

	return weights[c];
}

static bool better(const struct outage *o, enum cause cause, enum sure sure)
{
	return weight(cause) > weight(o->cause) || (cause == o->cause && sure > o->sure);
}

/* The open outage goes on: does what we know now say more about it? */
static void go_on(struct spell *s, struct condition c, wall_t at, bool present, int64_t row,
		  struct changes *out)
{
	struct outage *o = &s->outage;
	bool changed = false;

	/* Power or line are back and the camera is still booting: the cut goes on for a while. */
	if (c.cause == CAUSE_CAMERA && o->cause != CAUSE_CAMERA) {
		if (s->camera_from.ms == 0) {
			s->camera_from = at;
			s->camera_row = row;
		}
	} else {
		s->camera_from.ms = 0;
	}
	if (s->camera_from.ms == 0 && better(o, c.cause, c.sure)) {
		o->cause = c.cause;
		o->sure = c.sure;
		changed = true;
	}
	if (s->contact == CONTACT_UP &&
	    (o->eyes != s->verdict.eyes || o->cams_n != s->verdict.cams_n)) {
		o->eyes = s->verdict.eyes;
		o->cams_n = s->verdict.cams_n;
		changed = true;
	}
	if (changed || (present && o->incident == 0))
		say(out, CHANGE_CHANGED, o, present);
}

static void move(struct spell *s, wall_t at, bool present, int64_t row, struct changes *out)
{
	struct condition c = condition(s);
	enum cause was = s->cause;

	if (c.colour == COLOUR_DOWN) {
		/* Worse than a camera, the house or its line: that is an outage of its own. */
		if (outage_open(s) && s->outage.cause == CAUSE_CAMERA && c.cause != CAUSE_CAMERA) {
			close_open(s, at, present, out);
			s->since = at;
		}
		if (!outage_open(s))
			open_new(s, c, at, present, row, TAG_LIVE, out);
		else
			go_on(s, c, at, present, row, out);
		c.cause = s->outage.cause;
		if (s->planned)
			c.colour = COLOUR_PLANNED;
	} else if (c.colour == COLOUR_UP && outage_open(s)) {
		close_open(s, at, present, out);
	}
	if (c.colour == s->colour && c.cause == was)
		return;
	if (c.colour == COLOUR_UNKNOWN)
		s->unknown_from = at, s->unknown_until.ms = 0, s->camera_from.ms = 0;
	else if (s->colour == COLOUR_UNKNOWN)
		s->unknown_until = at;
	/* A cause that is known better now holds from the outage's beginning, but for time that
	 * nobody could judge. */
	if (c.colour == s->colour && c.colour == COLOUR_DOWN)
		repaint(out, s);
	else {
		paint(out, s, at, (wall_t){ 0 }, c.colour, c.cause);
		s->since = at;
	}
	s->colour = c.colour;
	s->cause = c.cause;
}

/* ---- records that arrive after the fact ---- */

/* A record of a time that lies before the present colour began: it explains, it does not change it.
 */
static void explain(struct spell *s, const struct verdict *v, wall_t at, bool older_boot,
		    struct changes *out)
{
	struct outage *o = &s->outage;
	wall_t until = o->until;

	if (o->id == 0 || v->cause == CAUSE_NONE || v->cause == CAUSE_OPEN)
		return;
	if (at.ms < o->from.ms - EVIDENCE_BEFORE_MS || (until.ms != 0 && at.ms > until.ms))
		return;
	/* No camera makes its house silent, and no silence makes a camera well. */
	if (o->cause == CAUSE_CAMERA || v->cause == CAUSE_CAMERA)
		return;
	/* "The way out works, our broker does not answer": no cause of anything nearer to the
	 * house. */
	if (v->cause == CAUSE_GATEWAY && o->cause != CAUSE_OPEN && o->cause != CAUSE_LINE)
		return;
	/* Whoever lived through the beginning knows more than what we made of the new boot. */
	if (!better(o, v->cause, v->sure) &&
	    !(older_boot && o->sure < SURE_CONFIRMED && v->sure == SURE_CONFIRMED))
		return;
	o->cause = v->cause;
	o->sure = v->sure;
	say(out, CHANGE_CHANGED, o, false);
	repaint(out, s);
	if (until.ms == 0)
		s->cause = o->cause;
}

/* Time nobody could judge, explained afterwards by the node itself: figures change, phones do not.
 */
static void past_spell(struct spell *s, wall_t until, int64_t row, struct changes *out)
{
	struct outage o = { .id = 0,
			    .point = s->point,
			    .from = s->past_from,
			    .until = until,
			    .cause = s->past_cause,
			    .sure = SURE_CONFIRMED,
			    .cams_n = s->verdict.cams_n };
	wall_t limit = s->unknown_until.ms ? s->unknown_until : until;

	s->past_cause = CAUSE_NONE;
	if (o.from.ms < s->unknown_from.ms)
		o.from = s->unknown_from;
	if (o.until.ms > limit.ms)
		o.until = limit;
	if (s->unknown_from.ms == 0 || o.until.ms <= o.from.ms)
		return;
	if (s->outage.id != 0 && s->outage.from.ms <= o.from.ms &&
	    (s->outage.until.ms == 0 || s->outage.until.ms >= o.until.ms)) {
		/* We lost sight of an outage, and it went on. */
		paint(out, s, o.from, o.until, COLOUR_DOWN, s->outage.cause);
		return;
	}
	o.id = tagged_id(row, TAG_PAST);
	say(out, CHANGE_CLOSED, &o, false);
	paint(out, s, o.from, o.until, COLOUR_DOWN, o.cause);
}

static void history(struct spell *s, const struct verdict *v, wall_t at, int64_t row,
		    struct changes *out)
{
	if (s->past_cause != CAUSE_NONE)
		past_spell(s, at, row, out);
	/* Our own broker being away is our blindness, not the point's outage. */
	if (v->cause != CAUSE_NONE && v->cause != CAUSE_GATEWAY && v->cause != CAUSE_OPEN) {
		s->past_cause = v->cause;
		s->past_from = at;
	}
}

static bool in_unknown(const struct spell *s, wall_t at)
{
	return s->unknown_from.ms != 0 && at.ms >= s->unknown_from.ms &&
	       (s->unknown_until.ms == 0 || at.ms < s->unknown_until.ms);
}

/* ---- rows ---- */

void outage_news_body(struct row *row, const struct verdict *v, bool present)
{
	wire_verdict_put(row->body, v);
	row->body[VERDICT_LEN] = present;
	row->body_len = VERDICT_LEN + 1;
}

void outage_clock_body(struct row *row, int64_t by_ms)
{
	octets_put(row->body, (uint64_t)by_ms, 8);
	row->body_len = 8;
}

int64_t outage_clock_by(const struct row *row)
{
	return (int64_t)octets_get(row->body, 8);
}

void outage_planned_body(struct row *row, const struct planned *p)
{
	row->body[0] = p->begins;
	row->body[1] = (uint8_t)p->kind;
	octets_put(row->body + 2, (uint64_t)p->until.ms, 8);
	row->body_len = 10;
}

struct planned outage_planned_of(const struct row *row)
{
	const bool cut = row->body_len > 1 && row->body[1] == WINDOW_CUT;

	return (struct planned){
		.begins = row->body_len > 0 && row->body[0] != 0,
		.kind = cut ? WINDOW_CUT : WINDOW_WORK,
		.until = { row->body_len == 10 ? (int64_t)octets_get(row->body + 2, 8)
					       : INT64_MAX },
	};
}

void outage_birth_body(struct row *row, const struct verdict *v, uint16_t pace_s)
{
	wire_verdict_put(row->body, v);
	octets_put(row->body + VERDICT_LEN, pace_s, 2);
	row->body_len = VERDICT_LEN + 2;
}

int64_t outage_birth_pace(const struct row *row)
{
	int64_t pace = (int64_t)octets_get(row->body + VERDICT_LEN, 2);

	return pace > 0 ? pace : 1;
}

static bool body_verdict(struct verdict *v, const struct row *row)
{
	return row->body_len > VERDICT_LEN && wire_verdict_get(v, row->body) == WIRE_OK;
}

static void birth(struct spell *s, const struct row *row, const struct verdict *v,
		  struct changes *out)
{
	struct outage *o = &s->outage;

	/* Same boot: it had power all along, so it was the line. Another boot: it had not; but
	 * whether that was the grid's or its own, after so long alone, nobody knows. */
	const bool own = s->alone && s->boot != row->boot && row->at.ms - o->from.ms >= ALONE_MS;

	if (!own && (s->contact == CONTACT_DARK || o->cause == CAUSE_OPEN) && outage_open(s) &&
	    s->boot != 0) {
		enum cause cause = s->boot == row->boot ? CAUSE_LINE : CAUSE_POWER;

		if (better(o, cause, SURE_PROBABLE)) {
			o->cause = cause;
			o->sure = SURE_PROBABLE;
			s->cause = cause;
			say(out, CHANGE_CHANGED, o, true);
			repaint(out, s);
		}
	}
	s->boot = row->boot;
	s->verdict = *v;
	s->verdict_at = row->at;
	if (s->contact == CONTACT_UP)
		move(s, row->at, true, row->id, out);
}

static wall_t later(wall_t a, wall_t b)
{
	return a.ms > b.ms ? a : b;
}

static void news(struct spell *s, const struct row *row, const struct verdict *v,
		 struct changes *out)
{
	bool present = row->body[VERDICT_LEN] != 0;
	wall_t from = later(s->since, s->heard_from);

	if (row->at.ms >= from.ms && s->contact == CONTACT_UP && s->past_cause == CAUSE_NONE) {
		s->verdict = *v;
		s->verdict_at = row->at;
		move(s, row->at, present, row->id, out);
		return;
	}
	explain(s, v, row->at, row->boot != s->boot, out);
	if (in_unknown(s, row->at) || s->past_cause != CAUSE_NONE)
		history(s, v, row->at, row->id, out);
	if (!present)
		return;
	s->verdict = *v;
	s->verdict_at = row->at;
	if (s->contact != CONTACT_UP)
		return;
	from = later(from, row->at);
	/* It began while nobody could judge, and it is still so: one outage, from its beginning. */
	if (s->past_cause != CAUSE_NONE && condition(s).colour == COLOUR_DOWN && !outage_open(s)) {
		from = later(later(s->past_from, s->unknown_from), s->outage.until);
		s->past_cause = CAUSE_NONE;
	}
	move(s, from, true, row->id, out);
}

/*
 * Our own clock was set back, and what we remember lies in its future: it was just now, as far as
 * anybody can tell. Without this every record would count as history until the clock has caught up.
 */
static void forget_the_future(struct spell *s, const struct row *row, struct changes *out)
{
	wall_t *const moments[] = { &s->verdict_at,    &s->heard_from, &s->unknown_from,
				    &s->unknown_until, &s->last_until, &s->camera_from,
				    &s->past_from };

	for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
		if (moments[i]->ms > row->stored.ms)
			*moments[i] = row->at;
	if (outage_open(s) && s->outage.from.ms > row->stored.ms) {
		s->outage.from = row->at;
		say(out, CHANGE_CHANGED, &s->outage, true);
	}
	if (s->since.ms > row->stored.ms) {
		s->since = row->at;
		paint(out, s, s->since, (wall_t){ 0 }, s->colour, s->cause);
	}
}

/*
 * Our own clock was set while we looked: what goes on now keeps its length on the new clock. Time
 * that the clock leapt over was lived by nobody.
 */
static void clock_set(struct spell *s, const struct row *row, struct changes *out)
{
	const int64_t by = outage_clock_by(row);
	wall_t *const moments[] = { &s->verdict_at,    &s->heard_from,   &s->unknown_from,
				    &s->unknown_until, &s->last_until,   &s->camera_from,
				    &s->past_from,     &s->since,        &s->planned_from,
				    &s->planned_until, &s->dark_noticed, &s->outage.from };
	const wall_t before = { row->at.ms - by };

	if (s->since.ms == 0)
		return;
	if (by > 0)
		paint(out, s, outage_open(s) ? s->outage.from : before, row->at, COLOUR_UNKNOWN,
		      CAUSE_NONE);
	for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
		if (moments[i]->ms != 0)
			moments[i]->ms += by;
	if (outage_open(s)) {
		say(out, CHANGE_CHANGED, &s->outage, true);
		paint(out, s, s->outage.from, (wall_t){ 0 }, COLOUR_DOWN, s->outage.cause);
	}
	if (by > 0 || !outage_open(s) || s->colour != COLOUR_DOWN)
		paint(out, s, by > 0 && !outage_open(s) ? row->at : s->since, (wall_t){ 0 },
		      s->colour, s->cause);
}

/* We doubt ourselves, and since before its silence was believed: then it never was. */
static void take_back(struct spell *s, wall_t doubted, struct changes *out)
{
	if (s->contact != CONTACT_DARK || !outage_open(s) || !s->dark_opened ||
	    s->dark_noticed.ms < doubted.ms)
		return;
	paint(out, s, s->outage.from, (wall_t){ 0 }, COLOUR_UP, CAUSE_NONE);
	s->outage.until = s->outage.from;
	say(out, CHANGE_VOIDED, &s->outage, true);
	s->colour = COLOUR_UP;
	s->cause = CAUSE_NONE;
	s->since = s->outage.from;
	s->dark_opened = false;
}

static void blind(struct spell *s, const struct row *row, struct changes *out)
{
	/* That the broker is gone is known at once: no silence was believed for it. */
	if (row->body_len > 0 && row->body[0] != DOUBT_BROKER)
		take_back(s, row->at, out);
	s->contact = CONTACT_UNKNOWN;
	if (s->since.ms != 0)
		move(s, later(row->at, s->since), true, row->id, out);
}

static void dark(struct spell *s, const struct row *row, struct changes *out)
{
	const int64_t before = s->outage.id;

	s->contact = CONTACT_DARK;
	s->dark_noticed = row->stored;
	move(s, later(row->at, s->since), true, row->id, out);
	s->dark_opened = s->outage.id != before;
}

static void planned(struct spell *s, const struct row *row, struct changes *out)
{
	const bool begins = outage_planned_of(row).begins;

	if (begins == s->planned)
		return;
	s->planned = begins;
	if (begins) {
		s->planned_from = row->at;
		s->planned_until.ms = 0;
	} else {
		s->planned_until = row->at;
	}
	if (s->since.ms != 0)
		move(s, later(row->at, s->since), true, row->id, out);
}

void outage_row(struct spell *s, const struct row *row, struct changes *out)
{
	struct verdict v;

	if (row->kind == ROW_CLOCK)
		clock_set(s, row, out);
	forget_the_future(s, row, out);

	switch (row->kind) {
	case ROW_BIRTH:
		if (body_verdict(&v, row))
			birth(s, row, &v, out);
		return;
	case ROW_NEWS:
	case ROW_GASP:
		if (body_verdict(&v, row))
			news(s, row, &v, out);
		return;
	case ROW_DARK:
		dark(s, row, out);
		return;
	case ROW_HEARD:
		s->contact = CONTACT_UP;
		s->heard_from = row->at;
		move(s, row->at, true, row->id, out);
		return;
	case ROW_BLIND:
		blind(s, row, out);
		return;
	case ROW_PLANNED:
		planned(s, row, out);
		return;
	case ROW_SIGHT:
	case ROW_LOST:
	case ROW_CLONE:
	case ROW_CLOCK:
	case ROW_DOUBT:
	case ROW_TAKEN:
	case ROW_CORRECTED:
	case ROW_KINDS:
		return;
	}
}

void outage_time(struct spell *s, int64_t camera_hold_ms, wall_t now, struct changes *out)
{
	wall_t from = s->camera_from;
	struct condition c;

	if (from.ms == 0 || now.ms < from.ms + camera_hold_ms || !outage_open(s))
		return;
	close_open(s, from, true, out);
	c = condition(s);
	open_new(s, c, from, true, s->camera_row, TAG_CAMERA, out);
	s->colour = s->planned ? COLOUR_PLANNED : COLOUR_DOWN;
	paint(out, s, from, (wall_t){ 0 }, s->colour, c.cause);
	s->since = from;
	s->cause = c.cause;
}

int8_t outage_up_at(const struct spell *s, wall_t at, bool all_up)
{
	if (at.ms >= s->since.ms && s->since.ms != 0)
		return s->colour == COLOUR_UNKNOWN || s->colour == COLOUR_PLANNED
			       ? -1
			       : s->colour == COLOUR_UP && all_up;
	if (s->outage.id && at.ms >= s->outage.from.ms &&
	    (s->outage.until.ms == 0 || at.ms < s->outage.until.ms))
		return 0;
	return in_unknown(s, at) ? -1 : all_up;
}
