/* SPDX-License-Identifier: Apache-2.0 */
/* hall: a commune on a clock we own, its nodes made up on the wire. */
#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum { MONO_BEGAN = 100000000, UP_MS = HALL_HOUR, BEAT_APART_MS = 200 };

static const struct roster_hamlet hamlets[] = {
	{ "TT-01", "Ấp 1" }, { "TT-02", "Ấp 2" }, { "TT-03", "Ấp 3" }, { "TT-04", "Ấp 4" }
};
static const struct roster_camera eyes[] = { { "cổng chợ", "" } };

#define POINT(c, h, t, p, r)                                                         \
	{                                                                            \
		.code = c, .hamlet = h, .household = "", .phone = "", .provider = p, \
		.transformer = t, .relay = r, .cameras = eyes, .n_cameras = 1        \
	}
#define HAMLET(h, r)                                                                     \
	POINT(h "-01", h, h "-a", "VNPT", ""), POINT(h "-02", h, h "-a", "Viettel", ""), \
		POINT(h "-03", h, h "-b", "VNPT", r), POINT(h "-04", h, h "-b", "Viettel", r)
static const struct roster_point points[] = { HAMLET("TT-01", ""), HAMLET("TT-02", ""),
					      HAMLET("TT-03", ""), HAMLET("TT-04", "TT-04-02") };

static const char *const first_hamlet[] = { "TT-01" };
static const struct receiver receivers[] = {
	{ .id = "hook0", .name = "hook0" },
	{ .id = "binh",
	  .name = "anh Bình",
	  .role = ROLE_TECHNICIAN,
	  .quiet_from = 22 * 60,
	  .quiet_until = 5 * 60,
	  .digests = true },
	{ .id = "chin", .name = "anh Chín", .role = ROLE_TECHNICIAN },
	{ .id = "head",
	  .name = "chú Hai",
	  .role = ROLE_HAMLET_HEAD,
	  .hamlets = first_hamlet,
	  .n_hamlets = 1 },
	{ .id = "duty", .name = "trực ban", .role = ROLE_DUTY, .digests = true },
	{ .id = "leader", .name = "chị Tư", .role = ROLE_LEADER },
};
const struct roster hall_roster = {
	.commune = "Thiện Tân",
	.hamlets = hamlets,
	.n_hamlets = COUNT(hamlets),
	.points = points,
	.n_points = COUNT(points),
	.receivers = receivers,
	.n_receivers = COUNT(receivers),
};
const struct commune_options hall_options = {
	.grace_ms = 10 * HALL_SECOND,
	.ask_ms = 4 * HALL_SECOND,
	.sight_ms = 60 * HALL_SECOND,
	.group_hold_ms = 60 * HALL_SECOND,
	.group_window_ms = 120 * HALL_SECOND,
	.camera_hold_ms = 180 * HALL_SECOND,
	.return_hold_ms = 120 * HALL_SECOND,
	.residue_hold_ms = 10 * HALL_MINUTE,
	.again_hold_ms = 5 * HALL_MINUTE,
	.again_within_ms = HALL_HOUR,
	.stable_hold_ms = 30 * HALL_MINUTE,
	.blind_hold_ms = 5 * HALL_MINUTE,
	.mass_most_ms = 30 * HALL_MINUTE,
	.cut_grace_ms = 30 * HALL_MINUTE,
	.next_person_ms = 5 * HALL_MINUTE,
	.leader_ms = 4 * HALL_HOUR,
};

struct hall hall;
struct hall_store hall_store;

mono_t hall_now(void)
{
	return (mono_t){ MONO_BEGAN + hall.passed };
}

wall_t hall_wall(void)
{
	return (wall_t){ hall.day.ms + hall.passed + hall.set };
}

static wall_t nodes_wall(void)
{
	return (wall_t){ hall.day.ms + hall.passed + hall.ahead };
}

/* ---- what a store would do ---- */

static void keep_derived(struct derived *d, const struct act *a)
{
	size_t k = 0;

	switch (a->kind) {
	case ACT_PAINT:
		assert_true(d->n_paints < COUNT(d->paint));
		d->paint[d->n_paints++] = a->u.paint;
		return;
	case ACT_OUTAGE:
		while (k < d->n_outages && d->outage[k].id != a->u.outage.id)
			k++;
		assert_true(k < COUNT(d->outage));
		d->n_outages += k == d->n_outages;
		d->outage[k] = a->u.outage;
		return;
	case ACT_INCIDENT:
		while (k < d->n_incidents && d->incident[k].id != a->u.incident.id)
			k++;
		assert_true(k < COUNT(d->incident));
		d->n_incidents += k == d->n_incidents;
		d->incident[k] = a->u.incident;
		return;
	case ACT_CORRECT:
		while (k < d->n_incidents && d->incident[k].id != a->u.correct.incident)
			k++;
		if (k < d->n_incidents)
			d->incident[k].corrected = a->u.correct.cause;
		return;
	case ACT_ROW:
	case ACT_POINT:
	case ACT_BOOT:
	case ACT_ABOUT:
	case ACT_ALERT:
	case ACT_TELL:
	case ACT_SAMPLES:
	case ACT_DRAW:
	case ACT_FILL:
	case ACT_SEND:
		return;
	}
}

static void keep_boot(const struct boot_memory *m)
{
	size_t k = 0;

	while (k < hall.n_boots &&
	       (hall.boots[k].point != m->point || hall.boots[k].boot != m->boot))
		k++;
	assert_true(k < COUNT(hall.boots));
	hall.n_boots += k == hall.n_boots;
	hall.boots[k] = *m;
}

static void keep_alert(const struct alert *a)
{
	size_t k = 0;

	while (k < hall.n_alerts && hall.alert[k].incident != a->incident)
		k++;
	assert_true(k < COUNT(hall.alert));
	hall.n_alerts += k == hall.n_alerts;
	hall.alert[k] = *a;
}

static void keep_said(const struct act *a)
{
	struct said *s = &hall.said[hall.n_said];

	/* As the outbox does: the same message is one row. */
	for (size_t k = 0; k < hall.n_said; k++)
		if (strcmp(hall.said[k].key, a->u.tell.key) == 0)
			return;
	assert_true(hall.n_said++ < COUNT(hall.said));
	s->notice = *a->u.tell.notice;
	s->receiver = a->u.tell.receiver;
	memcpy(s->key, a->u.tell.key, sizeof s->key);
	s->at = hall_wall();
}

static uint8_t keep(const struct act *a)
{
	struct wire_ask ask;

	keep_derived(&hall.live, a);
	if (a->kind == ACT_ROW) {
		assert_true(hall.n_rows < COUNT(hall.row));
		hall.row[hall.n_rows++] = a->u.row;
	} else if (a->kind == ACT_POINT) {
		hall.memory[a->point] = a->u.memory;
		hall.remembered[a->point] = true;
	} else if (a->kind == ACT_BOOT) {
		keep_boot(&a->u.boot);
	} else if (a->kind == ACT_ALERT) {
		keep_alert(&a->u.alert);
	} else if (a->kind == ACT_TELL) {
		keep_said(a);
	} else if (a->kind == ACT_SEND &&
		   wire_ask_decode(&ask, a->u.send.buf, a->u.send.len) == WIRE_OK) {
		return ask.what;
	}
	return 0;
}

/* ---- the nodes ---- */

static void hear(size_t point, const uint8_t *buf, size_t len)
{
	char topic[64];
	unsigned no;

	if (hall.deaf)
		return;
	snprintf(topic, sizeof topic, "ms/%s/up", hall.roster->points[point].code);
	no = commune_hear(hall.c, topic, buf, len, hall_now(), hall_wall());
	if (no != 0)
		fail_msg("%s refused: %s", topic, refusal_str(no));
}

static struct verdict verdict(enum cause cause)
{
	return (struct verdict){ .cause = cause,
				 .sure = SURE_CONFIRMED,
				 .facts = FACT_MAINS_KNOWN |
					  (cause == CAUSE_POWER ? 0u : FACT_MAINS_ON),
				 .eyes = cause == CAUSE_CAMERA ? EYE_SILENT : EYE_OK,
				 .cams_n = 1 };
}

static int64_t up_ms(size_t point)
{
	return hall.passed - hall.booted[point];
}

static void say_birth(size_t point)
{
	const struct wire_birth b = {
		.boot = hall.boot[point],
		.conn = hall.conn[point],
		.t_ms = up_ms(point),
		.wall = nodes_wall(),
		.quality = hall.ntp ? CLOCK_NTP : CLOCK_FLOOR,
		.pace_s = 60,
		.cams_n = 1,
		.verdict = verdict(hall.cause[point]),
		.text = "{}",
		.text_len = 2,
	};
	uint8_t buf[WIRE_MAX];

	hear(point, buf, wire_birth_encode(buf, &b));
}

static void say_beat(size_t point)
{
	const struct wire_beat b = { .t_s = (uint16_t)(up_ms(point) / 1000),
				     .sample = { .cams_up = 1, .temp_c = 40 } };
	uint8_t buf[WIRE_MAX];

	hear(point, buf, wire_beat_encode(buf, &b));
}

void hall_turn(void)
{
	const size_t n = hall.roster->n_points;
	uint8_t asked[HALL_POINTS];
	bool any = true;

	while (any) {
		const struct acts *acts;

		commune_step(hall.c, hall_now(), hall_wall());
		commune_settle(hall.c);
		acts = commune_acts(hall.c);
		memset(asked, 0, sizeof asked);
		for (size_t i = 0; i < acts->n; i++)
			asked[acts->act[i].point] |= keep(&acts->act[i]);
		if (hall_store.keep)
			hall_store.keep(acts, hall_wall());
		commune_acts_clear(hall.c);
		any = false;
		for (size_t i = 0; i < n; i++) {
			hall.asked[i] += asked[i] != 0;
			if (!hall.speaks[i] || hall.deaf || asked[i] == 0)
				continue;
			any = true;
			if (asked[i] & ASK_BIRTH)
				say_birth(i);
			if (asked[i] & ASK_BEAT)
				say_beat(i);
		}
	}
}

void hall_birth(size_t point)
{
	hall.conn[point]++;
	hall.speaks[point] = true;
	say_birth(point);
	hall_turn();
}

void hall_reboot(size_t point)
{
	hall.boot[point] += 1000;
	hall.booted[point] = hall.passed - 30 * HALL_SECOND;
	hall.seq[point] = 0;
	hall.conn[point] = 0;
	hall_birth(point);
}

void hall_mute(size_t point)
{
	hall.speaks[point] = false;
}

void hall_will(size_t point)
{
	const struct wire_will w = { .boot = hall.boot[point], .conn = hall.conn[point] };
	uint8_t buf[WIRE_MAX];

	if (hall.speaks[point])
		hear(point, buf, wire_will_encode(buf, &w));
	hall.speaks[point] = false;
	hall_turn();
}

void hall_past(size_t point, enum cause cause, int64_t age_ms, bool present)
{
	const uint64_t seq = ++hall.seq[point];
	const struct wire_news n = {
		.head = { .boot = hall.boot[point],
			  .seq = seq,
			  .t_ms = up_ms(point) - age_ms,
			  .wall = { nodes_wall().ms - age_ms },
			  .quality = hall.ntp ? CLOCK_NTP : CLOCK_FLOOR },
		.age_ms = age_ms,
		.oldest = seq,
		.more = present ? 0 : 1,
		.verdict = verdict(cause),
	};
	uint8_t buf[WIRE_MAX];

	if (present)
		hall.cause[point] = cause;
	hear(point, buf, wire_news_encode(buf, &n));
	hall_turn();
}

void hall_news(size_t point, enum cause cause)
{
	hall_past(point, cause, 0, true);
}

/* ---- time ---- */

/* When the next one beats, in ms since the test began. */
static int64_t next_beat(void)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < hall.roster->n_points; i++) {
		const int64_t at = (int64_t)i * BEAT_APART_MS;
		const int64_t next =
			hall.passed - (hall.passed - at + HALL_MINUTE) % HALL_MINUTE + HALL_MINUTE;

		if (hall.speaks[i] && next < first)
			first = next;
	}
	return first;
}

static void beats(void)
{
	for (size_t i = 0; i < hall.roster->n_points; i++)
		if (hall.speaks[i] && hall.passed % HALL_MINUTE == (int64_t)i * BEAT_APART_MS)
			say_beat(i);
}

void hall_pass(int64_t ms)
{
	const int64_t until = hall.passed + ms;

	for (;;) {
		const int64_t due = commune_due(hall.c).ms == MONO_NEVER.ms
					    ? INT64_MAX
					    : commune_due(hall.c).ms - MONO_BEGAN;
		const int64_t beat = next_beat();
		const int64_t next = due < beat ? due : beat;

		if (next > until)
			break;
		if (next > hall.passed)
			hall.passed = next;
		if (beat <= due)
			beats();
		hall_turn();
	}
	hall.passed = until;
	hall_turn();
}

/* ---- opening, closing, going away ---- */

void hall_open(const struct roster *r, wall_t day)
{
	memset(&hall, 0, sizeof hall);
	assert_true(r->n_points <= HALL_POINTS);
	hall.roster = r;
	hall.day = day;
	hall.c = commune_new(r, &hall_options);
	assert_non_null(hall.c);
	commune_start(hall.c, (wall_t){ 0 }, hall_now(), hall_wall());
	hall_turn();
	commune_link(hall.c, true, hall_now(), hall_wall());
	for (size_t i = 0; i < r->n_points; i++) {
		hall.boot[i] = 100 + i;
		hall.booted[i] = -UP_MS;
		hall_birth(i);
	}
	hall_pass(HALL_MINUTE + HALL_MINUTE / 2);
	hall_hush();
}

void hall_close(void)
{
	if (hall.c)
		hall_replay();
	commune_free(hall.c);
	hall.c = NULL;
}

int hall_setup(void **state)
{
	(void)state;
	hall_open(&hall_roster, HALL_DAY);
	return 0;
}

int hall_teardown(void **state)
{
	(void)state;
	hall_close();
	return 0;
}

/* What lies on top at this moment. */
static struct span top(const struct derived *d, size_t point, wall_t at)
{
	for (size_t i = d->n_paints; i-- > 0;) {
		const struct span *s = &d->paint[i];

		if (s->point == point && s->from.ms <= at.ms &&
		    (s->until.ms == 0 || s->until.ms > at.ms))
			return *s;
	}
	return (struct span){ .point = (uint32_t)point, .colour = COLOUR_UNKNOWN };
}

static bool alive_incident(int64_t id)
{
	const struct incident *i = hall_incident(id);

	return i && i->state != INCIDENT_CLOSED;
}

static bool told(const struct outage *o)
{
	const struct incident *i = hall_incident(o->incident);

	return i && i->told;
}

static void teach_again(const struct incident *i)
{
	uint32_t together[LEARN_CROWD];
	size_t n = 0;

	if (i->points < 2 || i->cause == CAUSE_CAMERA || i->cause == CAUSE_DEVICE)
		return;
	for (size_t k = 0; k < hall.live.n_outages && n < LEARN_CROWD; k++)
		if (hall.live.outage[k].incident == i->id)
			together[n++] = hall.live.outage[k].point;
	commune_restore_together(hall.c, together, n);
}

/* In the order in which the store does it. */
static void restore(void)
{
	const struct derived *d = &hall.live;

	for (size_t i = 0; i < hall.roster->n_points; i++)
		if (hall.remembered[i])
			commune_restore_point(hall.c, &hall.memory[i]);
	for (size_t i = 0; i < hall.n_boots; i++)
		commune_restore_boot(hall.c, &hall.boots[i]);
	commune_restore_rows(hall.c, hall.n_rows ? hall.row[hall.n_rows - 1].id : 0);
	for (size_t i = 0; i < d->n_outages; i++)
		if (d->outage[i].incident != 0)
			commune_restore_past(hall.c, &d->outage[i], told(&d->outage[i]));
	for (size_t i = 0; i < hall.n_rows; i++)
		if (hall.row[i].kind == ROW_PLANNED)
			commune_restore_planned(hall.c, &hall.row[i]);
	for (size_t i = 0; i < d->n_incidents; i++)
		if (d->incident[i].state != INCIDENT_CLOSED)
			commune_restore_incident(hall.c, &d->incident[i], hall_now());
	for (size_t i = 0; i < d->n_outages; i++)
		if (d->outage[i].until.ms == 0 || alive_incident(d->outage[i].incident))
			commune_restore_outage(hall.c, &d->outage[i]);
	for (uint32_t i = 0; i < hall.roster->n_points; i++) {
		const struct span last = top(d, i, hall_wall());

		if (last.colour == COLOUR_UNKNOWN && last.from.ms != 0)
			commune_restore_unknown(hall.c, i, last.from);
	}
	for (size_t i = 0; i < hall.n_alerts; i++)
		if (!hall.alert[i].closed)
			commune_restore_alert(hall.c, &hall.alert[i]);
	for (size_t i = 0; i < d->n_incidents; i++)
		teach_again(&d->incident[i]);
}

void hall_restart(int64_t away_ms)
{
	const wall_t alive = hall_wall();

	commune_free(hall.c);
	hall.passed += away_ms;
	hall.c = commune_new(hall.roster, &hall_options);
	assert_non_null(hall.c);
	if (hall_store.restore)
		hall_store.restore(hall.c, hall_now());
	else
		restore();
	commune_start(hall.c, alive, hall_now(), hall_wall());
	hall_turn();
	commune_link(hall.c, true, hall_now(), hall_wall());
	hall_turn();
}

/* ---- what came of it ---- */

struct point_view hall_view(size_t point)
{
	return commune_point(hall.c, point);
}

size_t hall_told(enum tell what, uint32_t receiver)
{
	size_t n = 0;

	for (size_t i = 0; i < hall.n_said; i++)
		n += hall.said[i].notice.what == what && hall.said[i].receiver == receiver;
	return n;
}

const struct said *hall_last(uint32_t receiver)
{
	for (size_t i = hall.n_said; i-- > 0;)
		if (hall.said[i].receiver == receiver)
			return &hall.said[i];
	fail_msg("nothing was told to %s", hall.roster->receivers[receiver].id);
	return NULL;
}

void hall_hush(void)
{
	hall.n_said = 0;
}

const struct incident *hall_incident(int64_t id)
{
	for (size_t i = 0; i < hall.live.n_incidents; i++)
		if (hall.live.incident[i].id == id)
			return &hall.live.incident[i];
	return NULL;
}

const struct outage *hall_outage(int64_t id)
{
	for (size_t i = 0; i < hall.live.n_outages; i++)
		if (hall.live.outage[i].id == id)
			return &hall.live.outage[i];
	return NULL;
}

const struct incident *hall_doubt(enum doubt d)
{
	for (size_t i = 0; i < hall.live.n_incidents; i++) {
		const struct incident *k = &hall.live.incident[i];

		if (k->scope == SCOPE_GATEWAY && k->doubt == d && k->state != INCIDENT_CLOSED)
			return k;
	}
	return NULL;
}

const struct outage *hall_last_outage(size_t point)
{
	const struct outage *last = NULL;

	for (size_t i = 0; i < hall.live.n_outages; i++) {
		const struct outage *o = &hall.live.outage[i];

		if (o->point == point && (!last || o->from.ms >= last->from.ms))
			last = o;
	}
	return last;
}

/* The first moment after t, and before until, at which something else may lie on top. */
static wall_t next_edge(const struct derived *d, size_t point, wall_t t, wall_t until)
{
	wall_t next = until;

	for (size_t i = 0; i < d->n_paints; i++) {
		const struct span *s = &d->paint[i];

		if (s->point != point)
			continue;
		if (s->from.ms > t.ms && s->from.ms < next.ms)
			next = s->from;
		if (s->until.ms > t.ms && s->until.ms < next.ms)
			next = s->until;
	}
	return next;
}

int64_t hall_spent(size_t point, wall_t from, wall_t until, enum colour colour)
{
	int64_t ms = 0;

	for (wall_t t = from, next; t.ms < until.ms; t = next) {
		next = next_edge(&hall.live, point, t, until);
		if (top(&hall.live, point, t).colour == colour)
			ms += next.ms - t.ms;
	}
	return ms;
}

size_t hall_rows(enum row_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < hall.n_rows; i++)
		n += hall.row[i].kind == kind;
	return n;
}

const struct alert *hall_alert(int64_t incident)
{
	for (size_t i = 0; i < hall.n_alerts; i++)
		if (hall.alert[i].incident == incident)
			return &hall.alert[i];
	return NULL;
}

/* ---- the same once more, from the rows alone ---- */

static const struct outage *outage_in(const struct derived *d, int64_t id)
{
	for (size_t i = 0; i < d->n_outages; i++)
		if (d->outage[i].id == id)
			return &d->outage[i];
	fail_msg("the rows give no outage %lld", (long long)id);
	return NULL;
}

static const struct incident *incident_in(const struct derived *d, int64_t id)
{
	for (size_t i = 0; i < d->n_incidents; i++)
		if (d->incident[i].id == id)
			return &d->incident[i];
	fail_msg("the rows give no incident %lld", (long long)id);
	return NULL;
}

static void same_outage(const struct outage *a, const struct outage *b)
{
	if (a->point != b->point || a->from.ms != b->from.ms || a->until.ms != b->until.ms ||
	    a->cause != b->cause || a->sure != b->sure || a->incident != b->incident)
		fail_msg("outage %lld: %lld..%lld cause %d incident %lld, from the rows "
			 "%lld..%lld cause %d incident %lld",
			 (long long)a->id, (long long)a->from.ms, (long long)a->until.ms, a->cause,
			 (long long)a->incident, (long long)b->from.ms, (long long)b->until.ms,
			 b->cause, (long long)b->incident);
}

static void same_incident(const struct incident *a, const struct incident *b)
{
	/* Whether it was told the outbox knows. */
	if (a->scope != b->scope || a->doubt != b->doubt || a->hamlet != b->hamlet ||
	    a->point != b->point || a->from.ms != b->from.ms || a->cause != b->cause ||
	    a->sure != b->sure || a->corrected != b->corrected || a->residue != b->residue ||
	    a->points != b->points || a->open != b->open || a->flaps != b->flaps ||
	    a->until.ms != b->until.ms || a->state != b->state)
		fail_msg("incident %lld: %s at %u %lld..%lld cause %d/%d %u of %u open, from the "
			 "rows %s at %u %lld..%lld cause %d/%d %u of %u open",
			 (long long)a->id, scope_str(a->scope), a->point, (long long)a->from.ms,
			 (long long)a->until.ms, a->cause, a->sure, a->open, a->points,
			 scope_str(b->scope), b->point, (long long)b->from.ms,
			 (long long)b->until.ms, b->cause, b->sure, b->open, b->points);
}

static void same_colours(const struct derived *a, const struct derived *b, size_t point)
{
	const wall_t end = { hall_wall().ms + 1 };
	wall_t t = { 0 };

	while (t.ms < end.ms) {
		const struct span x = top(a, point, t), y = top(b, point, t);
		const wall_t k = next_edge(a, point, t, end), l = next_edge(b, point, t, end);

		if (x.colour != y.colour || (x.colour == COLOUR_DOWN && x.cause != y.cause))
			fail_msg("%s at %lld is %s (%d), from the rows %s (%d)",
				 hall.roster->points[point].code, (long long)t.ms,
				 colour_str(x.colour), x.cause, colour_str(y.colour), y.cause);
		t = k.ms < l.ms ? k : l;
	}
}

static void keep_replayed(struct derived *d, struct commune *c)
{
	const struct acts *acts = commune_acts(c);

	for (size_t i = 0; i < acts->n; i++) {
		assert_int_not_equal(acts->act[i].kind, ACT_ROW);
		assert_int_not_equal(acts->act[i].kind, ACT_TELL);
		keep_derived(d, &acts->act[i]);
	}
	commune_acts_clear(c);
}

void hall_replay(void)
{
	static struct derived again;
	struct commune *c = commune_new(hall.roster, &hall_options);
	const struct derived *live = &hall.live;

	assert_non_null(c);
	memset(&again, 0, sizeof again);
	for (size_t i = 0; i < hall.n_rows; i++) {
		commune_replay(c, &hall.row[i]);
		keep_replayed(&again, c);
	}
	commune_replayed(c, hall_wall());
	keep_replayed(&again, c);
	commune_free(c);
	for (size_t i = 0; i < live->n_outages; i++)
		same_outage(&live->outage[i], outage_in(&again, live->outage[i].id));
	for (size_t i = 0; i < live->n_incidents; i++)
		same_incident(&live->incident[i], incident_in(&again, live->incident[i].id));
	assert_int_equal(again.n_outages, live->n_outages);
	assert_int_equal(again.n_incidents, live->n_incidents);
	for (size_t i = 0; i < hall.roster->n_points; i++)
		same_colours(live, &again, i);
}
