/* SPDX-License-Identifier: Apache-2.0 */
/* script: a scenario as text, read into what is there, what happens and what is expected. */
#include "tests/sim/script.h"

#include "tests/sim/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

bool script_concerns(const struct script *s, const struct subject *who, size_t point)
{
	switch (who->kind) {
	case WHO_ALL:
		return true;
	case WHO_HAMLET:
		return s->point[point].hamlet == who->index;
	case WHO_POINT:
		return point == who->index;
	case WHO_PROVIDER:
		return strcmp(s->point[point].provider, who->provider) == 0;
	}
	return false;
}

bool reader_knows(const struct script *s, const char *word, struct subject *out)
{
	if (strcmp(word, "all") == 0) {
		*out = (struct subject){ .kind = WHO_ALL };
		return true;
	}
	for (uint32_t i = 0; i < s->n_hamlets; i++)
		if (strcmp(word, s->hamlet[i]) == 0) {
			*out = (struct subject){ .kind = WHO_HAMLET, .index = i };
			return true;
		}
	for (uint32_t i = 0; i < s->n_points; i++)
		if (strcmp(word, s->point[i].code) == 0) {
			*out = (struct subject){ .kind = WHO_POINT, .index = i };
			return true;
		}
	for (uint32_t i = 0; i < s->n_points; i++)
		if (strcmp(word, s->point[i].provider) == 0) {
			*out = (struct subject){ .kind = WHO_PROVIDER };
			strcpy(out->provider, s->point[i].provider);
			return true;
		}
	return false;
}

bool reader_subject(struct reader *r, struct subject *out)
{
	if (!words_left(&r->w))
		return words_wrong(&r->w, "a point, a hamlet, a provider or 'all' is missing");
	if (!reader_knows(r->s, words_peek(&r->w), out))
		return words_wrong(&r->w, "no point, hamlet or provider '%s'", words_peek(&r->w));
	words_drop(&r->w);
	return true;
}

/* ---- settings ---- */

/* key and where its duration goes */
struct setting {
	const char *key;
	size_t at;
};

static const struct setting commune_settings[] = {
	{ "hold", offsetof(struct script, commune.group_hold_ms) },
	{ "window", offsetof(struct script, commune.group_window_ms) },
	{ "camera-hold", offsetof(struct script, commune.camera_hold_ms) },
	{ "return-hold", offsetof(struct script, commune.return_hold_ms) },
	{ "grace", offsetof(struct script, commune.grace_ms) },
	{ "ask", offsetof(struct script, commune.ask_ms) },
	{ "sight", offsetof(struct script, commune.sight_ms) },
	{ "residue", offsetof(struct script, commune.residue_hold_ms) },
	{ "again", offsetof(struct script, commune.again_hold_ms) },
	{ "again-within", offsetof(struct script, commune.again_within_ms) },
	{ "stable", offsetof(struct script, commune.stable_hold_ms) },
	{ "blind", offsetof(struct script, commune.blind_hold_ms) },
	{ "mass", offsetof(struct script, commune.mass_most_ms) },
	{ "cut-grace", offsetof(struct script, commune.cut_grace_ms) },
	{ "next-person", offsetof(struct script, commune.next_person_ms) },
	{ "leader", offsetof(struct script, commune.leader_ms) },
	{ "beat", offsetof(struct script, beat_ms) },
};

static const struct setting node_settings[] = {
	{ "beat", offsetof(struct script, beat_ms) },
	{ "probe", offsetof(struct script, probe_ms) },
	{ "line-hold", offsetof(struct script, line_hold_ms) },
	{ "mains-out", offsetof(struct script, out_ms) },
	{ "mains-back", offsetof(struct script, back_ms) },
	{ "ack", offsetof(struct script, ack_timeout_ms) },
};

static const struct setting house_settings[] = {
	{ "node", offsetof(struct script, boots_ms) },
	{ "router", offsetof(struct script, router_ms) },
	{ "camera", offsetof(struct script, camera_ms) },
};

static const struct setting broker_settings[] = {
	{ "keepalive", offsetof(struct script, keepalive_ms) },
};

static bool read_settings(struct reader *r, const struct setting *table, size_t n)
{
	while (words_left(&r->w)) {
		size_t i = 0;
		int64_t ms;

		while (i < n && !words_are(&r->w, table[i].key))
			i++;
		if (i == n)
			return words_wrong(&r->w, "no setting '%s' here", words_peek(&r->w));
		words_drop(&r->w);
		if (!words_duration(&r->w, &ms))
			return false;
		memcpy((char *)r->s + table[i].at, &ms, sizeof ms);
	}
	return true;
}

static bool read_commune(struct reader *r)
{
	return read_settings(r, commune_settings, COUNT(commune_settings));
}

static bool read_node(struct reader *r)
{
	return read_settings(r, node_settings, COUNT(node_settings));
}

static bool read_house(struct reader *r)
{
	return read_settings(r, house_settings, COUNT(house_settings));
}

static bool read_broker(struct reader *r)
{
	return read_settings(r, broker_settings, COUNT(broker_settings));
}

static bool read_seed(struct reader *r)
{
	int64_t n;

	if (!words_number(&r->w, &n))
		return false;
	r->s->seed = (uint64_t)n;
	return true;
}

/* spool 64: KiB */
static bool read_spool(struct reader *r)
{
	int64_t n;

	if (!words_number(&r->w, &n))
		return false;
	r->s->spool_kib = n < 4 ? 4 : (unsigned)n;
	return true;
}

static bool read_end(struct reader *r)
{
	return words_moment(&r->w, r->last_at, &r->s->end);
}

static bool read_ups(struct reader *r, struct script_point *p)
{
	static const char *const names[] = { "no", "node", "yes", "all" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (words_take(&r->w, names[i])) {
			p->ups = (enum ups)i;
			return true;
		}
	p->ups = UPS_HOUSE;
	return words_duration(&r->w, &p->battery_ms);
}

/* eyes ping stream heart both: one word a camera, for what is known of it beside its pings */
static bool read_eyes(struct reader *r, struct script_point *p)
{
	static const char *const kinds[] = { "ping", "stream", "heart", "both" };
	unsigned kind = 0;

	p->cameras = p->streams = p->hearts = 0;
	while (kind < COUNT(kinds) && p->cameras < WIRE_CAMERAS) {
		for (kind = 0; kind < COUNT(kinds); kind++)
			if (words_take(&r->w, kinds[kind]))
				break;
		if (kind == COUNT(kinds))
			break;
		p->streams |= (kind & 1) << p->cameras;
		p->hearts |= (kind >> 1) << p->cameras;
		p->cameras++;
	}
	return p->cameras > 0 || words_wrong(&r->w, "eyes: ping, stream, heart or both of each");
}

static void take_name(struct reader *r, char name[static POINT_CODE_TEXT])
{
	snprintf(name, POINT_CODE_TEXT, "%s", words_peek(&r->w));
	words_drop(&r->w);
}

/* hamlet A points 6 [ups no|node|yes|all|30m] [cameras 2] [eyes stream both] [provider viettel] */
static bool read_hamlet(struct reader *r)
{
	struct script *s = r->s;
	struct script_point p = { .cameras = 1, .provider = "vnpt" };
	struct subject same;
	int64_t n = 0, cameras;

	if (words_left(&r->w) && reader_knows(s, words_peek(&r->w), &same))
		return words_wrong(&r->w, "there is a '%s' already", words_peek(&r->w));
	if (s->n_hamlets == SCRIPT_HAMLETS || !words_left(&r->w))
		return words_wrong(&r->w, "hamlet needs a name, and there are at most %d",
				   SCRIPT_HAMLETS);
	if (strlen(words_peek(&r->w)) > POINT_CODE_MAX - 4)
		return words_wrong(&r->w, "a hamlet's name has at most %d characters",
				   POINT_CODE_MAX - 4);
	p.hamlet = (uint32_t)s->n_hamlets;
	strcpy(s->hamlet[s->n_hamlets++], words_peek(&r->w));
	words_drop(&r->w);
	while (words_left(&r->w)) {
		if (words_take(&r->w, "points")) {
			if (!words_number(&r->w, &n))
				return false;
		} else if (words_take(&r->w, "cameras")) {
			if (!words_number(&r->w, &cameras))
				return false;
			if (cameras < 0 || cameras > WIRE_CAMERAS)
				return words_wrong(&r->w, "0 to %d cameras", WIRE_CAMERAS);
			p.cameras = (unsigned)cameras;
		} else if (words_take(&r->w, "eyes")) {
			if (!read_eyes(r, &p))
				return false;
		} else if (words_take(&r->w, "ups")) {
			if (!read_ups(r, &p))
				return false;
		} else if (words_take(&r->w, "gasps")) {
			p.gasps = true;
		} else if (words_take(&r->w, "provider") && words_left(&r->w)) {
			take_name(r, p.provider);
		} else if (words_take(&r->w, "transformer") && words_left(&r->w)) {
			take_name(r, p.transformer);
		} else {
			return words_wrong(&r->w, "points, cameras, eyes, ups, gasps, provider or "
						  "transformer");
		}
	}
	if (n < 1 || (size_t)n + s->n_points > SCRIPT_POINTS)
		return words_wrong(&r->w, "1 to %d points", SCRIPT_POINTS);
	for (int64_t i = 1; i <= n; i++) {
		snprintf(p.code, sizeof p.code, "%.20s-%d", s->hamlet[p.hamlet], (int)i);
		s->point[s->n_points++] = p;
	}
	return true;
}

/* point A-2 [ups ..] [cameras ..] [provider ..]: one house unlike its neighbours */
static bool read_point(struct reader *r)
{
	struct subject who;
	struct script_point *p;
	int64_t n;

	if (!reader_subject(r, &who))
		return false;
	if (who.kind != WHO_POINT)
		return words_wrong(&r->w, "one point");
	p = &r->s->point[who.index];
	while (words_left(&r->w)) {
		if (words_take(&r->w, "ups")) {
			if (!read_ups(r, p))
				return false;
		} else if (words_take(&r->w, "cameras")) {
			if (!words_number(&r->w, &n))
				return false;
			p->cameras = (unsigned)n % (WIRE_CAMERAS + 1);
		} else if (words_take(&r->w, "provider") && words_left(&r->w)) {
			take_name(r, p->provider);
		} else if (words_take(&r->w, "transformer") && words_left(&r->w)) {
			take_name(r, p->transformer);
		} else if (words_take(&r->w, "relay") && words_left(&r->w)) {
			take_name(r, p->relay);
		} else {
			return words_wrong(&r->w, "ups, cameras, provider, transformer or relay");
		}
	}
	return true;
}

/* ---- people and plans ---- */

static bool take_clock(struct reader *r, int *minutes)
{
	int64_t ms;

	if (!words_moment(&r->w, 0, &ms))
		return false;
	*minutes = (int)(ms / 60000);
	return true;
}

/* person binh technician [hamlet A] [quiet 22:00 06:00]; quiet hours in Vietnam's time */
static bool read_person(struct reader *r)
{
	struct script *s = r->s;
	struct script_person *p = &s->person[s->n_people];
	unsigned role = 0;

	if (s->n_people == SCRIPT_PEOPLE || !words_left(&r->w))
		return words_wrong(&r->w, "a person needs a name; at most %d", SCRIPT_PEOPLE);
	take_name(r, p->id);
	while (role < ROLES && words_left(&r->w) && !words_take(&r->w, role_str((enum role)role)))
		role++;
	if (role == ROLES)
		return words_wrong(&r->w, "technician, hamlet_head, duty or leader");
	p->role = (enum role)role;
	while (words_left(&r->w)) {
		if (words_take(&r->w, "hamlet") && words_left(&r->w))
			take_name(r, p->hamlet);
		else if (!words_take(&r->w, "quiet") || !take_clock(r, &p->quiet_from) ||
			 !take_clock(r, &p->quiet_until))
			return words_wrong(&r->w, "hamlet X, or quiet HH:MM HH:MM");
	}
	s->n_people++;
	return true;
}

/* planned work A between 01:00 and 02:00 [daily]; planned cut T1 ...: hamlet, point, transformer or
 * all */
static bool read_planned(struct reader *r)
{
	struct script *s = r->s;
	struct window *w = &s->window[s->n_windows];
	struct subject who;
	int64_t from, until;

	if (s->n_windows == SCRIPT_WINDOWS)
		return words_wrong(&r->w, "at most %d plans", SCRIPT_WINDOWS);
	*w = (struct window){ .id = (int64_t)s->n_windows + 1 };
	if (words_take(&r->w, "cut"))
		w->kind = WINDOW_CUT;
	else if (!words_take(&r->w, "work"))
		return words_wrong(&r->w, "planned work, or planned cut");
	if (!words_left(&r->w))
		return words_wrong(&r->w, "planned for whom?");
	w->target = WINDOW_TRANSFORMER;
	if (reader_knows(s, words_peek(&r->w), &who))
		w->target = who.kind == WHO_ALL      ? WINDOW_ALL
			    : who.kind == WHO_HAMLET ? WINDOW_HAMLET
						     : WINDOW_POINT;
	if (w->target != WINDOW_ALL)
		snprintf(w->what, sizeof w->what, "%s", words_peek(&r->w));
	words_drop(&r->w);
	if (!words_take(&r->w, "between") || !words_moment(&r->w, 0, &from) ||
	    !words_take(&r->w, "and") || !words_moment(&r->w, from, &until))
		return words_wrong(&r->w, "between .. and ..");
	if (words_take(&r->w, "daily"))
		w->repeat = WINDOW_DAILY;
	w->from.ms = SCRIPT_BEGINS + from;
	w->until.ms = SCRIPT_BEGINS + until;
	if (!window_ok(w))
		return words_wrong(&r->w, "no such plan can be");
	s->n_windows++;
	return true;
}

/* ---- lines ---- */

static const struct {
	const char *word;
	bool (*read)(struct reader *r);
} lines[] = {
	{ "commune", read_commune }, { "node", read_node },       { "boots", read_house },
	{ "broker", read_broker },   { "hamlet", read_hamlet },   { "point", read_point },
	{ "spool", read_spool },     { "monkey", reader_monkey }, { "seed", read_seed },
	{ "person", read_person },   { "planned", read_planned }, { "at", reader_at },
	{ "expect", reader_expect }, { "end", read_end },
};

static bool read_line(struct reader *r)
{
	if (!words_left(&r->w))
		return true;
	for (size_t i = 0; i < COUNT(lines); i++)
		if (words_take(&r->w, lines[i].word)) {
			if (!lines[i].read(r))
				return false;
			return !words_left(&r->w) ||
			       words_wrong(&r->w, "'%s' is too much", words_peek(&r->w));
		}
	return words_wrong(&r->w, "no line begins with '%s'", words_peek(&r->w));
}

static void defaults(struct script *s, const char *file)
{
	const char *base = strrchr(file, '/');

	base = base ? base + 1 : file;
	*s = (struct script){
		.file = file,
		.commune = { .grace_ms = 10000,
			     .ask_ms = 4000,
			     .sight_ms = 330000,
			     .group_window_ms = 120000,
			     .camera_hold_ms = 180000,
			     .return_hold_ms = 120000,
			     .residue_hold_ms = 600000,
			     .again_hold_ms = 600000,
			     .again_within_ms = 3600000,
			     .stable_hold_ms = 1800000,
			     .blind_hold_ms = 60000,
			     .mass_most_ms = 1800000,
			     .cut_grace_ms = 1800000,
			     .next_person_ms = 300000,
			     .leader_ms = 14400000 },
		.beat_ms = 60000,
		.probe_ms = 10000,
		.probe_timeout_ms = 1000,
		.probe_fails = 3,
		.line_hold_ms = 20000,
		.out_ms = 500,
		.back_ms = 2000,
		.ack_timeout_ms = 20000,
		.spool_kib = 2048,
		.boots_ms = 25000,
		.router_ms = 40000,
		.camera_ms = 30000,
		.keepalive_ms = 14400000,
		.seed = 1,
		.end = -1,
	};
	snprintf(s->name, sizeof s->name, "%.*s", (int)strcspn(base, "."), base);
}

bool script_read(struct script *s, const char *file, const char *text, char why[static SCRIPT_WHY])
{
	struct reader r = { .s = s, .why = why };
	unsigned line = 0;

	defaults(s, file);
	why[0] = '\0';
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (!words_begin(&r.w, file, ++line, text, len, why) || !read_line(&r))
			return false;
		text += len + (text[len] == '\n');
	}
	if (s->end < 0 || s->n_points == 0)
		return words_wrong(&r.w, "a scenario needs a hamlet and an end");
	return true;
}
