/* SPDX-License-Identifier: Apache-2.0 */
/* script: a scenario as text, read into what is there, what happens and what is expected. */
#include "tests/sim/script.h"

#include "tests/sim/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct reader {
	struct script *s;
	struct words w;
	int64_t last_at;
	char *why;
};

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

static bool subject_of(const struct script *s, const char *word, struct subject *out)
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

static bool take_subject(struct reader *r, struct subject *out)
{
	if (!words_left(&r->w))
		return words_wrong(&r->w, "a point, a hamlet, a provider or 'all' is missing");
	if (!subject_of(r->s, words_peek(&r->w), out))
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

/* hamlet A points 6 [ups no|node|yes|all|30m] [cameras 2] [provider viettel] */
static bool read_hamlet(struct reader *r)
{
	struct script *s = r->s;
	struct script_point p = { .cameras = 1, .provider = "vnpt" };
	int64_t n = 0, cameras;

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
		} else if (words_take(&r->w, "ups")) {
			if (!read_ups(r, &p))
				return false;
		} else if (words_take(&r->w, "provider") && words_left(&r->w)) {
			snprintf(p.provider, sizeof p.provider, "%s", words_peek(&r->w));
			words_drop(&r->w);
		} else {
			return words_wrong(&r->w, "points, cameras, ups or provider");
		}
	}
	if (n < 1 || (size_t)n + s->n_points > SCRIPT_POINTS)
		return words_wrong(&r->w, "1 to %d points", SCRIPT_POINTS);
	for (int64_t i = 1; i <= n; i++) {
		/* A second line for a hamlet goes on counting. */
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

	if (!take_subject(r, &who))
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
			snprintf(p->provider, sizeof p->provider, "%s", words_peek(&r->w));
			words_drop(&r->w);
		} else {
			return words_wrong(&r->w, "ups, cameras or provider");
		}
	}
	return true;
}

/* ---- what happens ---- */

static const struct {
	const char *text; /* '#' a number, '~' a signed duration */
	enum verb verb;
} verbs[] = {
	{ "mains off", MAINS_OFF },         { "mains on", MAINS_ON },
	{ "line cut", LINE_CUT },           { "line restore", LINE_RESTORE },
	{ "line reset", LINE_RESET },       { "router off", ROUTER_OFF },
	{ "router on", ROUTER_ON },         { "camera # off", CAMERA_OFF },
	{ "camera # on", CAMERA_ON },       { "ping forbid", PING_FORBID },
	{ "ping allow", PING_ALLOW },       { "battery empty", BATTERY_EMPTY },
	{ "node kill", NODE_KILL },         { "node stop", NODE_STOP },
	{ "node start", NODE_START },       { "node restart", NODE_RESTART },
	{ "node reboot", NODE_REBOOT },     { "node die", NODE_DIE },
	{ "spool lose", SPOOL_LOSE },       { "spool break", SPOOL_BREAK },
	{ "spool heal", SPOOL_HEAL },       { "spool limit #", SPOOL_LIMIT },
	{ "clock 1970", SET_CLOCK_1970 },   { "clock 2033", SET_CLOCK_2033 },
	{ "clock floor", SET_CLOCK_FLOOR }, { "clock ntp", SET_CLOCK_NTP },
	{ "clock ~", SET_CLOCK_STEP },      { "will late", WILL_LATE },
	{ "clone start", CLONE_START },     { "clone stop", CLONE_STOP },
};

static const struct {
	const char *who, *what;
	enum verb verb;
} office_verbs[] = {
	{ "broker", "stop", BROKER_STOP },       { "broker", "kill", BROKER_KILL },
	{ "broker", "start", BROKER_START },     { "broker", "restart", BROKER_RESTART },
	{ "gateway", "stop", GATEWAY_STOP },     { "gateway", "kill", GATEWAY_KILL },
	{ "gateway", "start", GATEWAY_START },   { "gateway", "restart", GATEWAY_RESTART },
	{ "gateway", "reboot", GATEWAY_REBOOT },
};

/* loss 10% delay 800ms dup 5% reorder 5% */
static bool read_law(struct reader *r, struct law *law)
{
	while (words_left(&r->w)) {
		unsigned *part = words_are(&r->w, "loss")      ? &law->loss
				 : words_are(&r->w, "dup")     ? &law->dup
				 : words_are(&r->w, "reorder") ? &law->reorder
							       : NULL;

		if (!part && !words_are(&r->w, "delay"))
			return words_wrong(&r->w, "loss, dup, reorder or delay");
		words_drop(&r->w);
		if (part ? !words_permille(&r->w, part) : !words_duration(&r->w, &law->delay_ms))
			return false;
	}
	return true;
}

/* Does what is left match this verb? Numbers in it go to the action. */
static bool verb_is(struct reader *r, const char *text, struct action *a)
{
	struct words try = r->w;
	char word[16];
	int64_t n;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, " ");

		snprintf(word, sizeof word, "%.*s", (int)len, p);
		if (strcmp(word, "#") == 0) {
			if (!words_number(&try, &n))
				return false;
			a->n = (unsigned)n;
		} else if (strcmp(word, "~") == 0) {
			if (!words_duration(&try, &a->ms))
				return false;
		} else if (!words_take(&try, word)) {
			return false;
		}
		p += len + (p[len] == ' ');
	}
	if (words_left(&try))
		return false;
	r->w = try;
	return true;
}

static bool read_office_verb(struct reader *r, struct action *a, bool *found)
{
	*found = words_are(&r->w, "broker") || words_are(&r->w, "gateway");
	for (size_t i = 0; i < COUNT(office_verbs); i++) {
		struct words was = r->w;

		if (words_take(&r->w, office_verbs[i].who) &&
		    words_take(&r->w, office_verbs[i].what)) {
			a->verb = office_verbs[i].verb;
			return true;
		}
		r->w = was;
	}
	return !*found || words_wrong(&r->w, "stop, kill, start or restart");
}

static bool read_verb(struct reader *r, struct action *a)
{
	bool office;

	if (!read_office_verb(r, a, &office))
		return false;
	if (office)
		return true;
	if (!words_are(&r->w, "link") && !take_subject(r, &a->who))
		return false;
	if (words_take(&r->w, "link")) {
		a->verb = LINK_LAW;
		return read_law(r, &a->law);
	}
	for (size_t i = 0; i < COUNT(verbs); i++) {
		char why[SCRIPT_WHY];

		memcpy(why, r->why, sizeof why); /* a verb that does not match is no error */
		if (verb_is(r, verbs[i].text, a)) {
			a->verb = verbs[i].verb;
			return true;
		}
		memcpy(r->why, why, sizeof why);
	}
	return words_wrong(&r->w, "nothing that can happen: '%s'",
			   words_left(&r->w) ? words_peek(&r->w) : "");
}

static bool read_at(struct reader *r)
{
	struct script *s = r->s;
	struct action a = { .line = r->w.line, .who = { .kind = WHO_ALL } };

	if (s->n_actions == SCRIPT_ACTIONS)
		return words_wrong(&r->w, "at most %d things happen", SCRIPT_ACTIONS);
	if (!words_moment(&r->w, r->last_at, &a.at) || !read_verb(r, &a))
		return false;
	if (a.at < r->last_at)
		return words_wrong(&r->w, "this is before the line above it");
	r->last_at = a.at;
	s->action[s->n_actions++] = a;
	return true;
}

/* ---- a monkey ---- */

static const struct {
	enum verb harm, repair; /* repair VERBS: it heals by itself */
	unsigned share;
} harms[] = {
	{ MAINS_OFF, MAINS_ON, 20 },
	{ LINE_CUT, LINE_RESTORE, 20 },
	{ ROUTER_OFF, ROUTER_ON, 8 },
	{ CAMERA_OFF, CAMERA_ON, 12 },
	{ NODE_KILL, NODE_START, 6 },
	{ NODE_STOP, NODE_START, 4 },
	{ NODE_DIE, NODE_START, 4 },
	{ NODE_REBOOT, VERBS, 6 },
	{ LINE_RESET, VERBS, 8 },
	{ SPOOL_BREAK, SPOOL_HEAL, 3 },
	{ SPOOL_LOSE, VERBS, 2 },
	{ SET_CLOCK_1970, SET_CLOCK_NTP, 2 },
	{ SET_CLOCK_2033, SET_CLOCK_FLOOR, 2 },
	{ BROKER_KILL, BROKER_START, 2 },
	{ BROKER_RESTART, VERBS, 2 },
	{ GATEWAY_KILL, GATEWAY_START, 3 },
	{ GATEWAY_RESTART, VERBS, 3 },
	{ GATEWAY_REBOOT, VERBS, 1 },
};

static uint64_t monkey_draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % below;
}

static void monkey_acts(struct script *s, uint64_t *seed, int64_t from, int64_t until,
			unsigned line)
{
	static const int64_t longest[] = { 1000, 15000, 60000, 240000, 1200000, 14400000 };
	unsigned total = 0, pick;
	struct action a = { .line = line };
	size_t i = 0;

	for (size_t k = 0; k < COUNT(harms); k++)
		total += harms[k].share;
	pick = (unsigned)monkey_draw(seed, total);
	while (pick >= harms[i].share)
		pick -= harms[i++].share;
	a.verb = harms[i].harm;
	a.at = from + (int64_t)monkey_draw(seed, (uint64_t)(until - from));
	a.n = (unsigned)monkey_draw(seed, 2);
	if (monkey_draw(seed, 12) == 0)
		a.who = (struct subject){ .kind = WHO_HAMLET,
					  .index = (uint32_t)monkey_draw(seed, s->n_hamlets) };
	else
		a.who = (struct subject){ .kind = WHO_POINT,
					  .index = (uint32_t)monkey_draw(seed, s->n_points) };
	s->action[s->n_actions++] = a;
	if (harms[i].repair == VERBS)
		return;
	a.verb = harms[i].repair;
	a.at += 1 +
		(int64_t)monkey_draw(seed, (uint64_t)longest[monkey_draw(seed, COUNT(longest))]);
	a.at = a.at < until ? a.at : until;
	s->action[s->n_actions++] = a;
}

/* monkey 300 between 01:00 and 40:00: so many things go wrong at random, and all are repaired by
 * the end */
static bool read_monkey(struct reader *r)
{
	struct script *s = r->s;
	uint64_t seed = s->seed;
	int64_t n, from, until;

	if (!words_number(&r->w, &n) || !words_take(&r->w, "between") ||
	    !words_moment(&r->w, 0, &from) || !words_take(&r->w, "and") ||
	    !words_moment(&r->w, 0, &until))
		return words_wrong(&r->w, "monkey N between .. and ..");
	if (n < 1 || 2 * (size_t)n + s->n_actions > SCRIPT_ACTIONS || until <= from || !s->n_points)
		return words_wrong(&r->w, "1 to %d things, after the hamlets", SCRIPT_ACTIONS / 2);
	for (int64_t i = 0; i < n; i++)
		monkey_acts(s, &seed, from, until, r->w.line);
	return true;
}

/* ---- what is expected ---- */

static bool clause_between(struct reader *r, struct expect *e)
{
	e->from_given = e->until_given = true;
	return words_moment(&r->w, e->from, &e->from) &&
	       (words_take(&r->w, "and") || words_wrong(&r->w, "between .. and ..")) &&
	       words_moment(&r->w, e->from, &e->until);
}

static bool clause_since(struct reader *r, struct expect *e)
{
	e->from_given = true;
	return words_moment(&r->w, 0, &e->from);
}

static bool clause_at(struct reader *r, struct expect *e)
{
	e->at_given = true;
	return words_moment(&r->w, 0, &e->at);
}

static bool clause_within(struct reader *r, struct expect *e)
{
	/* Plain numbers are seconds here. */
	return words_duration(&r->w, &e->within);
}

static bool clause_points(struct reader *r, struct expect *e)
{
	return words_number(&r->w, &e->points);
}

static bool clause_once(struct reader *r, struct expect *e)
{
	(void)r;
	e->compare = EXACTLY;
	e->n = 1;
	return true;
}

static bool clause_number(struct reader *r, struct expect *e, enum compare how)
{
	e->compare = how;
	return words_number(&r->w, &e->n);
}

static bool clause_least(struct reader *r, struct expect *e)
{
	return clause_number(r, e, AT_LEAST);
}

static bool clause_most(struct reader *r, struct expect *e)
{
	return clause_number(r, e, AT_MOST);
}

static bool clause_exactly(struct reader *r, struct expect *e)
{
	return clause_number(r, e, EXACTLY);
}

static bool clause_up(struct reader *r, struct expect *e)
{
	return words_number(&r->w, &e->seconds[COLOUR_UP]);
}

static bool clause_down(struct reader *r, struct expect *e)
{
	return words_number(&r->w, &e->seconds[COLOUR_DOWN]);
}

static bool clause_unknown(struct reader *r, struct expect *e)
{
	return words_number(&r->w, &e->seconds[COLOUR_UNKNOWN]);
}

static const struct {
	const char *word;
	bool (*read)(struct reader *r, struct expect *e);
} clauses[] = {
	{ "between", clause_between }, { "since", clause_since },   { "at", clause_at },
	{ "within", clause_within },   { "points", clause_points }, { "once", clause_once },
	{ ">=", clause_least },        { "<=", clause_most },       { "=", clause_exactly },
	{ "up", clause_up },           { "down", clause_down },     { "unknown", clause_unknown },
};

/* Arguments: c cause, k colour, l lamp, r row kind, f refusal, t firing or resolved, s subject, n
 * number, o the word "once"; a capital may be left out. */
static const struct {
	const char *word;
	enum expectation kind;
	bool who; /* begins with a subject */
	const char *arguments;
} expectations[] = {
	{ "outage", EXPECT_OUTAGE, true, "C" },
	{ "outages", EXPECT_OUTAGES, true, "N" },
	{ "colour", EXPECT_COLOUR, true, "k" },
	{ "seconds", EXPECT_SECONDS, true, "" },
	{ "lamp", EXPECT_LAMP, true, "l" },
	{ "verdict", EXPECT_VERDICT, true, "c" },
	{ "row", EXPECT_ROW, true, "r" },
	{ "asked", EXPECT_ASKED, true, "" },
	{ "samples", EXPECT_SAMPLES, true, "N" },
	{ "held", EXPECT_HELD, true, "N" },
	{ "told", EXPECT_TOLD, false, "tcs" },
	{ "tells", EXPECT_TELLS, false, "N" },
	{ "ledger", EXPECT_LEDGER, false, "o" },
	{ "refused", EXPECT_REFUSED, false, "f" },
	{ "incidents", EXPECT_INCIDENTS, false, "N" },
};

typedef const char *name_fn(unsigned i);

static const char *cause_name(unsigned i)
{
	return cause_str((enum cause)i);
}

static const char *sure_name(unsigned i)
{
	return sure_str((enum sure)i);
}

static const char *colour_name(unsigned i)
{
	return colour_str((enum colour)i);
}

static const char *lamp_name(unsigned i)
{
	return lamp_str((enum lamp)i);
}

static const char *row_name(unsigned i)
{
	return row_kind_str((enum row_kind)i);
}

static const char *tell_name(unsigned i)
{
	return tell_str((enum tell)i);
}

static bool take_name(struct reader *r, name_fn *name, unsigned n, unsigned *out, const char *what)
{
	for (unsigned i = 0; words_left(&r->w) && i < n; i++)
		if (words_take(&r->w, name(i))) {
			*out = i;
			return true;
		}
	return words_wrong(&r->w, "no such %s: '%s'", what,
			   words_left(&r->w) ? words_peek(&r->w) : "");
}

static bool take_cause(struct reader *r, struct expect *e, bool optional)
{
	unsigned i = 0;

	for (; words_left(&r->w) && i < CAUSES; i++)
		if (words_are(&r->w, cause_name(i)))
			break;
	if (optional && (i == CAUSES || !words_left(&r->w)))
		return true;
	e->cause_given = true;
	if (!take_name(r, cause_name, CAUSES, &i, "cause"))
		return false;
	e->cause = (enum cause)i;
	for (i = 0; words_left(&r->w) && i < SURES; i++)
		if (words_take(&r->w, sure_name(i))) {
			e->sure_given = true;
			e->sure = (enum sure)i;
		}
	return true;
}

static bool take_told(struct reader *r, struct expect *e)
{
	if (words_take(&r->w, "nothing")) {
		e->nothing = true;
		return true;
	}
	if (!take_name(r, tell_name, TELLS, &e->word, "telling") || !take_cause(r, e, false))
		return false;
	e->who_given = true;
	return take_subject(r, &e->who);
}

static bool take_arguments(struct reader *r, struct expect *e, const char *arguments)
{
	int64_t n;

	switch (arguments[0]) {
	case 'C':
	case 'c':
		return take_cause(r, e, arguments[0] == 'C');
	case 'k':
		return take_name(r, colour_name, COLOURS, &e->word, "colour");
	case 'l':
		return take_name(r, lamp_name, LAMPS, &e->word, "lamp");
	case 'r':
		return take_name(r, row_name, ROW_KINDS, &e->word, "row");
	case 'f':
		return take_name(r, refusal_str, REFUSALS, &e->word, "refusal");
	case 'o':
		return words_take(&r->w, "once") || words_wrong(&r->w, "ledger once");
	case 't':
		return take_told(r, e);
	case 'N':
		if (!words_left(&r->w) || strchr("0123456789", words_peek(&r->w)[0]) == NULL)
			return true;
		e->compare = EXACTLY;
		if (!words_number(&r->w, &n))
			return false;
		e->n = n;
		return true;
	default:
		return true;
	}
}

static bool read_clauses(struct reader *r, struct expect *e)
{
	while (words_left(&r->w)) {
		size_t i = 0;

		while (i < COUNT(clauses) && !words_take(&r->w, clauses[i].word))
			i++;
		if (i == COUNT(clauses))
			return words_wrong(&r->w, "'%s' says nothing here", words_peek(&r->w));
		if (!clauses[i].read(r, e))
			return false;
	}
	return true;
}

static bool read_expect(struct reader *r)
{
	struct script *s = r->s;
	struct expect e = { .line = r->w.line,
			    .within = 5000,
			    .points = -1,
			    .n = 1,
			    .compare = AT_LEAST,
			    .seconds = { -1, -1, -1, -1 } };
	size_t i = 0;

	if (s->n_expects == SCRIPT_EXPECTS || !words_left(&r->w))
		return words_wrong(&r->w, "expect what? (at most %d)", SCRIPT_EXPECTS);
	if (subject_of(s, words_peek(&r->w), &e.who)) {
		e.who_given = true;
		words_drop(&r->w);
	}
	e.no = words_take(&r->w, "no");
	while (words_left(&r->w) && i < COUNT(expectations) &&
	       !(expectations[i].who == e.who_given && words_take(&r->w, expectations[i].word)))
		i++;
	if (i == COUNT(expectations))
		return words_wrong(&r->w, "nothing that can be expected%s: '%s'",
				   e.who_given ? " of a point" : "", words_peek(&r->w));
	e.kind = expectations[i].kind;
	if (!take_arguments(r, &e, expectations[i].arguments) || !read_clauses(r, &e))
		return false;
	if ((e.kind == EXPECT_COLOUR || e.kind == EXPECT_LAMP || e.kind == EXPECT_VERDICT) &&
	    !e.at_given)
		return words_wrong(&r->w, "at what moment?");
	s->expect[s->n_expects++] = e;
	return true;
}

/* ---- lines ---- */

static const struct {
	const char *word;
	bool (*read)(struct reader *r);
} lines[] = {
	{ "commune", read_commune }, { "node", read_node },     { "boots", read_house },
	{ "broker", read_broker },   { "hamlet", read_hamlet }, { "point", read_point },
	{ "spool", read_spool },     { "monkey", read_monkey }, { "seed", read_seed },
	{ "at", read_at },           { "expect", read_expect }, { "end", read_end },
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
			     .return_hold_ms = 120000 },
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
