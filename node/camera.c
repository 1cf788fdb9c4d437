/* SPDX-License-Identifier: Apache-2.0 */
/* camera: is one camera seeing? Four levels put together: ping, RTSP, moving picture, heartbeat. */
#include "node/camera.h"

enum { ALIKE = 2, UNLIKE = 3 }; /* bad looks in a row that are believed */

void camera_init(struct camera *c, const struct camera_options *o, mono_t now)
{
	*c = (struct camera){
		.o = *o,
		.since = now,
		.ping_since = now,
		.seen_at = MONO_NEVER,
		.early = CAMERA_EARLY,
		.next = mono_after(now, CAMERA_SETTLE_MS),
		.beat = MONO_NEVER,
		.beat_missed = MONO_NEVER,
		.stopped_at = MONO_NEVER,
	};
	if (c->o.look_every_ms == 0)
		c->o.look_every_ms = CAMERA_LOOK_EVERY_MS;
	if (c->o.beat_ms == 0)
		c->o.beat_ms = CAMERA_BEAT_MS;
	/* It may have got its power with us. */
	if (c->o.heartbeat)
		c->beat_missed = mono_after(now, CAMERA_WAKE_MS + c->o.beat_ms);
}

/* ---- what is believed ---- */

static enum eye eye_of_silence(const struct camera *c)
{
	if (c->beaten || c->seen == CAMERA_SAYS_MOVING || c->seen == CAMERA_SAYS_BUSY)
		return EYE_CONTRADICTS;
	if (c->seen == CAMERA_SAYS_LOCKED)
		return EYE_LOCKED;
	if (c->seen == CAMERA_SAYS_REFUSED && c->last_reached)
		return EYE_REFUSING;
	return c->seen == CAMERA_SAYS_FROZEN ? EYE_FROZEN : EYE_SILENT;
}

/* It moved in a look that ended after the heartbeat did. */
static bool moves_though_stopped(const struct camera *c)
{
	return c->seen == CAMERA_SAYS_MOVING && c->last == CAMERA_SAYS_MOVING &&
	       c->seen_at.ms > c->stopped_at.ms;
}

/* The look that tells whether it is the camera or the wire has not ended. */
static bool wire_in_doubt(const struct camera *c)
{
	return c->seen == CAMERA_SAYS_MOVING && c->last == CAMERA_SAYS_MOVING &&
	       c->seen_at.ms <= c->stopped_at.ms && !c->mains_out;
}

static enum eye eye_of_heart(const struct camera *c)
{
	if (c->stopped && !wire_in_doubt(c))
		return moves_though_stopped(c) ? EYE_CONTRADICTS : EYE_STOPPED;
	if (c->seen == CAMERA_SAYS_BUSY)
		return EYE_BUSY;
	if (c->seen == CAMERA_SAYS_MOVING || c->ping == REACH_ANSWERS || c->beaten)
		return EYE_OK;
	return EYE_UNKNOWN;
}

static enum eye eye_now(const struct camera *c)
{
	if (c->ping == REACH_SILENT)
		return eye_of_silence(c);
	switch (c->seen) {
	case CAMERA_SAYS_LOCKED:
		return EYE_LOCKED;
	case CAMERA_SAYS_REFUSED:
		/* With neither ping nor connection there is nothing that could refuse. */
		return c->ping == REACH_ANSWERS || c->last_reached ? EYE_REFUSING : EYE_SILENT;
	case CAMERA_SAYS_FROZEN:
		return EYE_FROZEN;
	case CAMERA_SAYS_NOTHING:
	case CAMERA_SAYS_MOVING:
	case CAMERA_SAYS_BUSY:
	case CAMERA_SAYINGS:
		return eye_of_heart(c);
	}
	return EYE_UNKNOWN;
}

static unsigned settle(struct camera *c, mono_t now)
{
	const enum eye eye = eye_now(c);

	if (eye == c->eye)
		return 0;
	c->eye = eye;
	c->since = now;
	return CAMERA_EYE_CHANGED;
}

/* ---- when to look ---- */

/* What was once known to answer pings is not asked for pictures while it does not. */
static bool may_look(const struct camera *c)
{
	return c->o.stream && !c->looking && !c->mains_out &&
	       (c->ping == REACH_ANSWERS || !c->ponged);
}

/* A look ahead of its time, as long as there are some left. */
static void hasten(struct camera *c, int64_t ms, mono_t now)
{
	const mono_t soon = mono_after(now, ms);

	if (c->early == 0 || soon.ms >= c->next.ms)
		return;
	c->next = soon;
	c->next_early = true;
}

static void back_off(struct camera *c, mono_t now)
{
	int64_t ms = c->backoff_ms == 0 ? CAMERA_BACKOFF_MIN_MS : 2 * c->backoff_ms;

	c->backoff_ms = ms < CAMERA_BACKOFF_MAX_MS ? ms : CAMERA_BACKOFF_MAX_MS;
	ms = c->backoff_ms > c->o.look_every_ms ? c->backoff_ms : c->o.look_every_ms;
	c->next = mono_after(now, ms);
	c->next_early = false;
}

static void keep_pace(struct camera *c, mono_t now)
{
	c->next = mono_after(now, c->o.look_every_ms);
	c->next_early = false;
}

/* Not beating says nothing before it has had the time to start. */
static void await_heart(struct camera *c, mono_t now)
{
	c->beat_missed = mono_after(now, CAMERA_WAKE_MS + c->o.beat_ms);
	c->stopped = false;
}

/* ---- level 1 ---- */

/* Whatever it was that was seen, it is not there any more. */
static void forget_looks(struct camera *c)
{
	c->seen = c->last = CAMERA_SAYS_NOTHING;
	c->last_reached = false;
	c->bad = 0;
	c->look_void = c->looking;
}

/* It starts: first its network, then its programs. */
static void comes_back(struct camera *c, mono_t now)
{
	const mono_t settled = mono_after(now, CAMERA_SETTLE_MS);

	c->backoff_ms = 0;
	hasten(c, CAMERA_SETTLE_MS, now);
	if (!mono_reached(c->next, settled))
		c->next = settled;
	if (c->o.heartbeat && !c->beaten)
		await_heart(c, now);
}

/* No connection was made: there was nobody, but now there is. */
static void forget_unreached(struct camera *c)
{
	if (c->seen == CAMERA_SAYS_REFUSED && !c->last_reached)
		forget_looks(c);
}

unsigned camera_pinged(struct camera *c, enum reach_state ping, mono_t now)
{
	if (ping == c->ping)
		return 0;
	/* One that never answered may forbid it: its pictures are not doubted for that. */
	if (ping == REACH_SILENT && c->ponged) {
		forget_looks(c);
		c->beaten = false; /* an edge from now on is proof of life */
	}
	if (ping == REACH_ANSWERS && (c->ping == REACH_SILENT || !c->ponged)) {
		forget_unreached(c);
		comes_back(c, now);
	}
	c->ponged = c->ponged || ping == REACH_ANSWERS;
	c->ping = ping;
	c->ping_since = now;
	return settle(c, now);
}

unsigned camera_unasked(struct camera *c, mono_t now)
{
	c->ping = REACH_UNKNOWN;
	c->ping_since = now;
	c->ponged = false;
	return settle(c, now);
}

unsigned camera_afresh(struct camera *c, mono_t now)
{
	if (c->seen != CAMERA_SAYS_REFUSED || c->last_reached)
		return 0;
	forget_looks(c);
	c->backoff_ms = 0;
	camera_ask(c, now);
	return settle(c, now);
}

/* ---- levels 2 and 3 ---- */

static void believe(struct camera *c, enum camera_says says, mono_t now)
{
	c->seen = says;
	c->bad = 0;
	c->seen_at = now;
}

/* True when it is believed now. */
static bool bad_look(struct camera *c, enum camera_says says, mono_t now)
{
	const bool alike = c->bad > 0 && c->last == says;

	c->bad++;
	if (says != c->seen && !(alike && c->bad >= ALIKE) && c->bad < UNLIKE)
		return false;
	believe(c, says, now);
	return true;
}

static void take_bad(struct camera *c, enum camera_says says, mono_t now)
{
	if (!bad_look(c, says, now)) {
		keep_pace(c, now);
		hasten(c, CAMERA_AGAIN_MS, now);
	} else if (says == CAMERA_SAYS_FROZEN) {
		c->backoff_ms = 0; /* it lets us in: its return should be seen soon */
		keep_pace(c, now);
	} else {
		back_off(c, now);
	}
}

static void take_look(struct camera *c, const struct camera_look *look, mono_t now)
{
	const enum camera_says says = camera_look_says(look);

	switch (says) {
	case CAMERA_SAYS_MOVING:
		believe(c, says, now);
		c->backoff_ms = 0;
		keep_pace(c, now);
		break;
	case CAMERA_SAYS_BUSY:
		if (c->seen != CAMERA_SAYS_FROZEN)
			believe(c, says, now);
		back_off(c, now);
		break;
	case CAMERA_SAYS_REFUSED:
	case CAMERA_SAYS_LOCKED:
	case CAMERA_SAYS_FROZEN:
		take_bad(c, says, now);
		break;
	case CAMERA_SAYS_NOTHING:
	case CAMERA_SAYINGS:
		back_off(c, now);
		return;
	}
	c->last = says;
	c->last_reached = look->reach;
}

/* Wrong beyond one bound, right within another: a clock between them stays what it was. */
static unsigned take_clock(struct camera *c, const struct camera_look *look)
{
	const bool was = c->clock_wrong;
	const int64_t off = look->clock_off_ms < 0 ? -look->clock_off_ms : look->clock_off_ms;

	c->clock = look->clock;
	c->clock_off_ms = look->clock_off_ms;
	if (off > CAMERA_CLOCK_OFF_MS)
		c->clock_wrong = true;
	else if (off < CAMERA_CLOCK_RIGHT_MS)
		c->clock_wrong = false;
	return c->clock_wrong != was ? CAMERA_CLOCK_CHANGED : 0;
}

unsigned camera_looked(struct camera *c, const struct camera_look *look, bool clock_sure,
		       mono_t now)
{
	unsigned news = 0;

	c->looking = false;
	if (c->look_void) {
		/* It fell silent meanwhile; what was seen belongs to the time before. */
		c->look_void = false;
		keep_pace(c, now);
		return 0;
	}
	take_look(c, look, now);
	if (look && look->clock != CAMERA_CLOCK_NONE && clock_sure)
		news = take_clock(c, look);
	return news | settle(c, now);
}

/* ---- level 4 ---- */

unsigned camera_beaten(struct camera *c, mono_t at, mono_t now)
{
	if (!c->o.heartbeat)
		return 0;
	c->beat = at;
	c->beat_missed = mono_after(at, c->o.beat_ms);
	/* An edge on its way while ping was being given up proves nothing. */
	if (c->ping != REACH_SILENT || at.ms > c->ping_since.ms)
		c->beaten = true;
	c->stopped = false;
	return settle(c, now);
}

static void watch_heart(struct camera *c, mono_t now)
{
	if (!c->o.heartbeat)
		return;
	if (c->mains_out) {
		await_heart(c, now);
		return;
	}
	if (c->stopped || !mono_reached(now, c->beat_missed))
		return;
	c->stopped = true;
	c->beaten = false;
	c->stopped_at = now;
	if (c->backoff_ms == 0)
		hasten(c, 0, now);
}

/* ---- the passing of time ---- */

unsigned camera_step(struct camera *c, bool mains_out, mono_t now)
{
	unsigned acts;

	c->mains_out = mains_out;
	watch_heart(c, now);
	acts = settle(c, now);
	if (!may_look(c) || !mono_reached(now, c->next))
		return acts;
	c->early = c->next_early ? c->early - 1 : CAMERA_EARLY;
	c->next_early = false;
	c->looking = true;
	return acts | CAMERA_LOOK;
}

void camera_ask(struct camera *c, mono_t now)
{
	c->next = mono_first(c->next, now);
}

mono_t camera_due(const struct camera *c)
{
	mono_t due = may_look(c) ? c->next : MONO_NEVER;

	if (c->o.heartbeat && !c->stopped && !c->mains_out)
		due = mono_first(due, c->beat_missed);
	return due;
}
