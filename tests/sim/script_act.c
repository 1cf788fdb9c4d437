/* SPDX-License-Identifier: Apache-2.0 */
/* script_act: what happens in a scenario, and the monkey that makes things happen. */
#include "tests/sim/reader.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- what happens ---- */

static const struct {
	const char *text; /* '#' a number, '~' a signed duration */
	enum verb verb;
	enum odd odd;
} verbs[] = {
	{ "mains off", MAINS_OFF, ODDS },
	{ "mains on", MAINS_ON, ODDS },
	{ "line cut", LINE_CUT, ODDS },
	{ "line restore", LINE_RESTORE, ODDS },
	{ "line reset", LINE_RESET, ODDS },
	{ "router off", ROUTER_OFF, ODDS },
	{ "router on", ROUTER_ON, ODDS },
	{ "camera # off", CAMERA_OFF, ODDS },
	{ "camera # on", CAMERA_ON, ODDS },
	{ "ping forbid", PING_FORBID, ODDS },
	{ "ping allow", PING_ALLOW, ODDS },
	{ "battery empty", BATTERY_EMPTY, ODDS },
	{ "node kill", NODE_KILL, ODDS },
	{ "node stop", NODE_STOP, ODDS },
	{ "node start", NODE_START, ODDS },
	{ "node restart", NODE_RESTART, ODDS },
	{ "node reboot", NODE_REBOOT, ODDS },
	{ "node die", NODE_DIE, ODDS },
	{ "spool lose", SPOOL_LOSE, ODDS },
	{ "spool break", SPOOL_BREAK, ODDS },
	{ "spool heal", SPOOL_HEAL, ODDS },
	{ "spool limit #", SPOOL_LIMIT, ODDS },
	{ "clock 1970", SET_CLOCK_1970, ODDS },
	{ "clock 2033", SET_CLOCK_2033, ODDS },
	{ "clock floor", SET_CLOCK_FLOOR, ODDS },
	{ "clock ntp", SET_CLOCK_NTP, ODDS },
	{ "clock ~", SET_CLOCK_STEP, ODDS },
	{ "will late", WILL_LATE, ODDS },
	{ "clone start", CLONE_START, ODDS },
	{ "clone stop", CLONE_STOP, ODDS },

	{ "cable out", ODD_BEGINS, ODD_CABLE },
	{ "cable in", ODD_ENDS, ODD_CABLE },
	{ "router mute", ODD_BEGINS, ODD_MUTE },
	{ "router speaks", ODD_ENDS, ODD_MUTE },
	{ "outside # silent", ODD_BEGINS, ODD_OUTSIDE },
	{ "outside # answers", ODD_ENDS, ODD_OUTSIDE },
	{ "names lost", ODD_BEGINS, ODD_NAMES },
	{ "names found", ODD_ENDS, ODD_NAMES },
	{ "portal open", ODD_BEGINS, ODD_PORTAL },
	{ "portal gone", ODD_ENDS, ODD_PORTAL },
	{ "portal shut", ODD_BEGINS, ODD_SHUT },
	{ "portal paid", ODD_ENDS, ODD_SHUT },
	{ "mtu small", ODD_BEGINS, ODD_MTU },
	{ "mtu whole", ODD_ENDS, ODD_MTU },
	{ "births vanish", ODD_BEGINS, ODD_BIRTHS },
	{ "births pass", ODD_ENDS, ODD_BIRTHS },
	{ "port refused", ODD_BEGINS, ODD_REFUSED },
	{ "port open", ODD_ENDS, ODD_REFUSED },
	{ "port hangs", ODD_BEGINS, ODD_HANGS },
	{ "port answers", ODD_ENDS, ODD_HANGS },
	{ "key refused", ODD_BEGINS, ODD_KEY },
	{ "key known", ODD_ENDS, ODD_KEY },
	{ "voltage low", ODD_BEGINS, ODD_VOLTAGE },
	{ "voltage right", ODD_ENDS, ODD_VOLTAGE },
	{ "ups talks", ODD_BEGINS, ODD_UPS_TALK },
	{ "ups dumb", ODD_ENDS, ODD_UPS_TALK },
	{ "camera # mute", ODD_BEGINS, ODD_CAM_MUTE },
	{ "camera # speaks", ODD_ENDS, ODD_CAM_MUTE },
	{ "camera # refuses", ODD_BEGINS, ODD_CAM_REFUSES },
	{ "camera # serves", ODD_ENDS, ODD_CAM_REFUSES },
	{ "camera # locked", ODD_BEGINS, ODD_CAM_LOCKED },
	{ "camera # unlocked", ODD_ENDS, ODD_CAM_LOCKED },
	{ "camera # frozen", ODD_BEGINS, ODD_CAM_FROZEN },
	{ "camera # moves", ODD_ENDS, ODD_CAM_FROZEN },
	{ "camera # busy", ODD_BEGINS, ODD_CAM_BUSY },
	{ "camera # free", ODD_ENDS, ODD_CAM_BUSY },
	{ "camera # stopped", ODD_BEGINS, ODD_CAM_STOPPED },
	{ "camera # beats", ODD_ENDS, ODD_CAM_STOPPED },
};

static const struct {
	const char *who, *what;
	enum verb verb;
} office_verbs[] = {
	{ "broker", "stop", BROKER_STOP },
	{ "broker", "kill", BROKER_KILL },
	{ "broker", "start", BROKER_START },
	{ "broker", "restart", BROKER_RESTART },
	{ "gateway", "stop", GATEWAY_STOP },
	{ "gateway", "kill", GATEWAY_KILL },
	{ "gateway", "start", GATEWAY_START },
	{ "gateway", "restart", GATEWAY_RESTART },
	{ "gateway", "reboot", GATEWAY_REBOOT },
	{ "gateway", "clock", GATEWAY_CLOCK_STEP },
	{ "gateway", "line-cut", GATEWAY_LINE_CUT },
	{ "gateway", "line-restore", GATEWAY_LINE_RESTORE },
	{ "gateway", "mains-off", GATEWAY_MAINS_OFF },
	{ "gateway", "mains-on", GATEWAY_MAINS_ON },
	{ "gateway", "mute", GATEWAY_MUTE },
	{ "gateway", "delivers", GATEWAY_HEARD },
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
			return a->verb != GATEWAY_CLOCK_STEP || words_duration(&r->w, &a->ms);
		}
		r->w = was;
	}
	return !*found || words_wrong(&r->w, "stop, kill, start, restart, reboot, clock, line-cut, "
					     "line-restore, mains-off, mains-on, mute or delivers");
}

/* binh takes A-1; binh corrects A-1 line */
static bool read_person_verb(struct reader *r, struct action *a, bool *found)
{
	struct script *s = r->s;
	unsigned i = 0;

	while (i < s->n_people && !words_are(&r->w, s->person[i].id))
		i++;
	*found = i < s->n_people;
	if (!*found)
		return true;
	words_drop(&r->w);
	a->n = i;
	a->verb = words_take(&r->w, "takes") ? PERSON_TAKES : PERSON_CORRECTS;
	if (a->verb == PERSON_CORRECTS && !words_take(&r->w, "corrects"))
		return words_wrong(&r->w, "takes or corrects");
	if (!reader_subject(r, &a->who))
		return false;
	for (i = 0; a->verb == PERSON_CORRECTS; i++) {
		if (i == CAUSES)
			return words_wrong(&r->w, "no such cause");
		if (words_take(&r->w, cause_str((enum cause)i)))
			break;
	}
	a->odd = ODDS;
	a->ms = i;
	return true;
}

static bool read_verb(struct reader *r, struct action *a)
{
	bool office;

	if (!read_person_verb(r, a, &office) || office)
		return office && r->why[0] == '\0';
	if (!read_office_verb(r, a, &office))
		return false;
	if (office)
		return true;
	if (!words_are(&r->w, "link") && !reader_subject(r, &a->who))
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
			a->odd = verbs[i].odd;
			return true;
		}
		memcpy(r->why, why, sizeof why);
	}
	return words_wrong(&r->w, "nothing that can happen: '%s'",
			   words_left(&r->w) ? words_peek(&r->w) : "");
}

bool reader_at(struct reader *r)
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
bool reader_monkey(struct reader *r)
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
