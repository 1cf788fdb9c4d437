/* SPDX-License-Identifier: Apache-2.0 */
/* compose: what is said about an incident, in words; in the receiver's language. */
#include "gateway/compose.h"

#include "gateway/compose_sms.h"
#include "gateway/date.h"
#include "gateway/scene.h"
#include "gateway/words.h"

#include <stdio.h>
#include <string.h>

/* ---- lines ---- */

static void begin_line(struct sheet *out)
{
	if (out->len > 0)
		sheet_newline(out);
}

/* One line of the text. */
static void say(struct sheet *out, const struct scene *s, enum word w)
{
	begin_line(out);
	scene_say(out, s, w);
}

/* One more sentence on the line. */
static void add(struct sheet *out, const struct scene *s, enum word w)
{
	sheet_put_str(out, " ");
	scene_say(out, s, w);
}

static void say_todo(struct sheet *out, const struct scene *s, const char *todo)
{
	say(out, s, WORD_TODO);
	scene_fill(out, s, todo);
}

/* Who does it, or how to be the one. */
static void say_job(struct sheet *out, const struct scene *s)
{
	if (s->notice->taken_by[0])
		say(out, s, WORD_TAKEN);
	if (s->notice->code[0])
		say(out, s, WORD_TAKE);
}

/* ---- where, and how many ---- */

static void say_where(struct sheet *out, const struct scene *s)
{
	const bool house = s->point && s->point->household[0];

	say(out, s, house ? WORD_WHERE : WORD_WHERE_HAMLET);
}

/* All that is dark hangs on one transformer, and all on it is dark. */
static bool one_transformer(const struct scene *s)
{
	return (s->scope == SCOPE_TRANSFORMER ||
		(s->scope == SCOPE_HAMLET && (s->incident->evidence & EVIDENCE_TRANSFORMER))) &&
	       s->point && s->point->transformer[0];
}

static void say_points_provider(struct sheet *out, const struct scene *s)
{
	const char *rival;
	const unsigned rivals = scene_rivals(s, &rival);

	say(out, s, WORD_POINTS_PROVIDER);
	if (s->incident->others == 0)
		sheet_put_str(out, ".");
	else if (rival[0] && rivals == s->incident->others)
		scene_say(out, s, WORD_OTHERS_NAMED);
	else
		scene_say(out, s, WORD_OTHERS_PROVIDER);
}

static void say_points(struct sheet *out, const struct scene *s)
{
	enum word others = WORD_OTHERS;

	switch (s->scope) {
	case SCOPE_PROVIDER:
		if (s->point && s->point->provider[0]) {
			say_points_provider(out, s);
			return;
		}
		say(out, s, WORD_POINTS);
		break;
	case SCOPE_AREA:
		say(out, s, WORD_POINTS_AREA);
		break;
	case SCOPE_LEARNED:
		say(out, s, WORD_POINTS_LEARNED);
		break;
	case SCOPE_HAMLET:
	case SCOPE_TRANSFORMER:
		if (one_transformer(s)) {
			say(out, s, WORD_POINTS_TRANSFORMER);
			others = WORD_OTHERS_TRANSFORMER;
			break;
		}
		say(out, s, WORD_POINTS);
		break;
	case SCOPE_POINT:
	case SCOPE_RELAY:
	case SCOPE_GATEWAY:
	case SCOPES:
		say_where(out, s);
		if (s->scope == SCOPE_RELAY)
			say(out, s, WORD_POINTS_RELAY);
		return;
	}
	if (s->incident->others > 0)
		scene_say(out, s, others);
}

/* ---- what still works ---- */

static void put_fact(struct sheet *out, const struct scene *s, enum word w, bool good)
{
	if (out->len > 0)
		sheet_put_str(out, "  ");
	scene_say(out, s, w);
	sheet_put_str(out, good ? " ✓" : " ✕");
}

static void put_eyes(struct sheet *line, const struct scene *s)
{
	const struct incident *i = s->incident;
	const unsigned all = i->cams_n > 0 ? (1u << i->cams_n) - 1 : 0;
	const unsigned up = eyes_up(i->eyes) & all;

	if (s->cause != CAUSE_CAMERA)
		put_fact(line, s, WORD_EYES, up == all);
	else if (up != 0)
		put_fact(line, s, WORD_EYES_REST, true);
}

static void say_facts(struct sheet *out, const struct scene *s)
{
	const uint32_t f = s->incident->facts;
	const bool way = f & (FACT_LINK_UP | FACT_OUTSIDE_ANSWERS);
	char text[200];
	struct sheet line = sheet_init(text, sizeof text);

	if (f & FACT_MAINS_KNOWN)
		put_fact(&line, s, WORD_MAINS, f & FACT_MAINS_ON);
	if ((f & FACT_ROUTER_KNOWN) && !way)
		put_fact(&line, s, WORD_ROUTER, f & FACT_ROUTER_ANSWERS);
	if (way || (f & FACT_OUTSIDE_KNOWN))
		put_fact(&line, s, WORD_LINE, way);
	if (line.len == 0)
		return; /* nobody looked */
	if (s->incident->cams_n > 0)
		put_eyes(&line, s);
	begin_line(out);
	if (scene_facts_are_old(s))
		scene_say(out, s, WORD_LAST_HEARD);
	sheet_put_str(out, text);
}

static void say_neighbours(struct sheet *out, const struct scene *s)
{
	if (!(s->incident->evidence & EVIDENCE_NEIGHBOURS) || s->cause == CAUSE_CAMERA)
		return;
	if (s->cause == CAUSE_POWER)
		scene_say(out, s, WORD_NEIGHBOURS_POWER);
	else if (scene_shares_provider(s) && s->incident->others + 1u >= scene_points(s))
		say(out, s, WORD_NEIGHBOURS_PROVIDER);
	else
		say(out, s, WORD_NEIGHBOURS);
}

/* What is wrong with a camera, when it is more than its silence. */
static bool camera_says_more(const struct scene *s)
{
	const struct incident *i = s->incident;

	for (unsigned k = 0; s->cause == CAUSE_CAMERA && k < i->cams_n; k++)
		if (eye_of(i->eyes, k) > EYE_SILENT && !eye_sees(eye_of(i->eyes, k)))
			return true;
	return false;
}

/* All cameras were seen dark, lately: none of them records. */
static bool none_records(const struct scene *s)
{
	const struct incident *i = s->incident;

	return i->points <= 1 && i->cams_n > 0 && eyes_up(i->eyes) == 0 && i->facts &&
	       !scene_facts_are_old(s);
}

/* ---- it began ---- */

static enum word subject_now(const struct scene *s)
{
	if (s->notice->what == TELL_UNSTABLE)
		return WORD_NOW_UNSTABLE;
	if (scene_is_residue(s))
		return WORD_NOW_RESIDUE;
	switch (s->scope) {
	case SCOPE_HAMLET:
	case SCOPE_TRANSFORMER:
		return WORD_NOW_HAMLET;
	case SCOPE_PROVIDER:
		return WORD_NOW_PROVIDER;
	case SCOPE_RELAY:
		return WORD_NOW_RELAY;
	case SCOPE_LEARNED:
		return WORD_NOW_LEARNED;
	case SCOPE_AREA:
		return WORD_NOW_AREA;
	case SCOPE_POINT:
	case SCOPE_GATEWAY:
	case SCOPES:
		break;
	}
	return WORD_NOW_ONE;
}

static void subject_firing(struct sheet *out, const struct scene *s)
{
	const bool remind = s->notice->what == TELL_REMIND;

	if (remind)
		scene_say(out, s, WORD_REMIND);
	else
		sheet_put_str(out, s->notice->what == TELL_UNSTABLE ? "~ " : "✕ ");
	scene_say(out, s, subject_now(s));
	if (remind && !s->notice->taken_by[0])
		scene_say(out, s, WORD_UNTAKEN);
}

/* What it rests on and what it means. */
static void say_findings(struct sheet *out, const struct scene *s)
{
	const uint32_t e = s->incident->evidence;
	const struct cause_words w = words_cause(s->cause, s->lang);

	if (!s->many) {
		say_neighbours(out, s);
		if ((e & EVIDENCE_RELAY) && s->scope == SCOPE_POINT && s->point &&
		    s->point->relay && s->point->relay[0])
			say(out, s, WORD_THROUGH);
		if (s->cause != CAUSE_POWER)
			say_facts(out, s);
		if (scene_on_battery(s))
			say(out, s, WORD_BATTERY);
		if (camera_says_more(s))
			say(out, s, WORD_CAUSE);
	} else if (e & EVIDENCE_MIXED) {
		say(out, s, WORD_MIXED);
	}
	if (w.effect[0] && !none_records(s)) {
		begin_line(out);
		scene_fill(out, s, w.effect);
	}
}

static const char *todo(const struct scene *s)
{
	const struct cause_words w = words_cause(s->cause, s->lang);

	if (s->notice->what == TELL_UNSTABLE && s->cause != CAUSE_POWER && s->cause != CAUSE_CAMERA)
		return words_str(WORD_TODO_UNSTABLE, s->lang);
	/* What did not come back with its neighbours: most likely its own breaker. */
	if (scene_is_residue(s))
		return s->known ? w.do_one : words_cause(CAUSE_POWER, s->lang).do_one;
	return s->many ? w.do_many : w.do_one;
}

static void text_firing(struct sheet *out, const struct scene *s)
{
	const struct incident *i = s->incident;

	if (s->notice->what == TELL_REMIND && !s->notice->taken_by[0])
		say(out, s, WORD_NOBODY);
	if (scene_is_residue(s)) {
		say_where(out, s);
		say(out, s, WORD_NEIGHBOURS_BACK);
		add(out, s, WORD_CAUSE);
	} else if (s->notice->what == TELL_UNSTABLE) {
		say_points(out, s);
		say(out, s, WORD_MERGED);
	} else {
		say_points(out, s);
		say_findings(out, s);
	}
	if (s->notice->what == TELL_REMIND && i->points > 1 && i->open < i->points)
		say(out, s, WORD_OPEN);
	say_todo(out, s, todo(s));
	say_job(out, s);
}

/* ---- it is over ---- */

static enum word subject_back(const struct scene *s)
{
	if (s->many || s->scope == SCOPE_RELAY)
		return s->incident->hamlets > 1 ? WORD_BACK_AREA : WORD_BACK_MANY;
	return s->cause == CAUSE_CAMERA ? WORD_BACK_CAMERA : WORD_BACK_ONE;
}

static bool over_midnight(const struct incident *i)
{
	char from[CLOCK_TEXT], until[CLOCK_TEXT];

	clock_draw_date(from, i->from);
	clock_draw_date(until, i->until.ms ? i->until : i->from);
	return strncmp(from, until, strcspn(from, " ")) != 0;
}

/* Who did it, and that it is done. */
static void say_end(struct sheet *out, const struct scene *s)
{
	const bool done = s->incident->open == 0;

	if (s->notice->taken_by[0])
		say(out, s, WORD_TAKEN);
	if (done && s->notice->taken_by[0])
		add(out, s, WORD_NOTHING_TODO);
	else if (done)
		say(out, s, WORD_NOTHING_TODO);
}

static void text_resolved(struct sheet *out, const struct scene *s)
{
	const struct incident *i = s->incident;

	if (!s->many)
		say_where(out, s);
	say(out, s, over_midnight(i) ? WORD_LASTED_DAYS : WORD_LASTED);
	/* One on a battery has power although the grid has not. */
	if (!s->many && s->cause != CAUSE_POWER && (i->evidence & EVIDENCE_SAME_BOOT))
		add(out, s, WORD_SAME_BOOT);
	else if (!s->many && s->cause == CAUSE_POWER && (i->evidence & EVIDENCE_NEW_BOOT))
		add(out, s, WORD_NEW_BOOT);
	if (i->flaps > i->points && i->flaps > 1)
		add(out, s, WORD_FLAPPED);
	if (i->open > 0)
		say(out, s, WORD_STILL_OPEN);
	say_end(out, s);
}

/* ---- the gateway doubts itself ---- */

static void say_gateway(struct message *out, const struct scene *s)
{
	const struct doubt_words w = words_doubt(s->incident->doubt, s->lang);
	const bool back = s->notice->what == TELL_RESOLVED;
	const bool remind = s->notice->what == TELL_REMIND;
	struct sheet subject = sheet_init(out->subject, sizeof out->subject);
	struct sheet text = sheet_init(out->text, sizeof out->text);

	if (remind)
		scene_say(&subject, s, WORD_REMIND);
	else
		sheet_put_str(&subject, back ? "✓ " : "? ");
	scene_fill(&subject, s, back ? w.back : w.state);
	if (remind && !s->notice->taken_by[0]) {
		scene_say(&subject, s, WORD_UNTAKEN);
		say(&text, s, WORD_NOBODY);
	}
	if (back) {
		say(&text, s, over_midnight(s->incident) ? WORD_DOUBTED_DAYS : WORD_DOUBTED);
		if (w.means[0] == '\0')
			say(&text, s, WORD_NOT_COUNTED);
		say_end(&text, s);
		return;
	}
	if (w.means[0]) {
		begin_line(&text);
		scene_fill(&text, s, w.means);
	} else {
		say(&text, s, s->notice->total > 0 ? WORD_BLIND : WORD_BLIND_ALL);
		say(&text, s, WORD_BACKFILL);
	}
	say_todo(&text, s, w.todo);
	say_job(&text, s);
}

/* ---- digests, and Monday's test ---- */

static void say_unwatched(struct sheet *out, const struct scene *s)
{
	if (s->notice->unknown > 0)
		say(out, s, WORD_UNKNOWN);
	if (s->notice->planned > 0)
		say(out, s, WORD_PLANNED);
}

static bool list_is_short(const struct notice *n)
{
	return n->down > n->dark_n || n->dark_n > NOTICE_LIST;
}

static void text_morning(struct sheet *out, struct scene *s)
{
	const struct notice *n = s->notice;

	say(out, s, n->total > 0 && n->up == n->total ? WORD_UP_ALL : WORD_UP);
	if (scene_list(s, NULL) > 0)
		scene_say(out, s, WORD_DARK);
	if (list_is_short(n))
		scene_say(out, s, WORD_DARK_MORE);
	say_unwatched(out, s);
}

/* Hamlet by hamlet: who goes there tonight wants to know. */
static void text_evening(struct sheet *out, struct scene *s)
{
	const struct roster *r = s->roster;
	unsigned said = 0;

	for (size_t k = 0; k < r->n_hamlets; k++) {
		if (scene_list(s, &r->hamlets[k]) == 0)
			continue;
		scene_hamlet(s, &r->hamlets[k]);
		say(out, s, WORD_DARK_HAMLET);
		said++;
	}
	if (said == 0 && s->notice->down == 0)
		say(out, s, WORD_NO_BLIND);
	if (list_is_short(s->notice))
		scene_say(out, s, WORD_DARK_MORE);
	say_unwatched(out, s);
}

static void text_test(struct sheet *out, const struct scene *s)
{
	say(out, s, WORD_UP);
	say(out, s, WORD_HEALTHY);
	add(out, s, WORD_NOTHING_TODO);
}

/* ---- answers to those who answer ---- */

static void say_answer(struct message *out, const struct scene *s)
{
	struct sheet subject = sheet_init(out->subject, sizeof out->subject);
	struct sheet text = sheet_init(out->text, sizeof out->text);

	if (s->incident->id == 0) {
		scene_say(&subject, s, WORD_ANSWER_NONE);
		say(&text, s, WORD_NO_JOB);
		return;
	}
	scene_say(&subject, s, WORD_ANSWER);
	if (s->scope == SCOPE_GATEWAY) {
		begin_line(&text);
		scene_fill(&text, s, words_doubt(s->incident->doubt, s->lang).state);
		return;
	}
	say(&text, s, subject_now(s));
	say_points(&text, s);
}

/* ---- all of it ---- */

static void say_all(struct message *out, struct scene *s)
{
	struct sheet subject = sheet_init(out->subject, sizeof out->subject);
	struct sheet text = sheet_init(out->text, sizeof out->text);

	switch (s->notice->what) {
	case TELL_MORNING:
		scene_say(&subject, s, WORD_MORNING);
		text_morning(&text, s);
		return;
	case TELL_EVENING:
		scene_say(&subject, s,
			  s->notice->down || s->notice->dark_n ? WORD_EVENING : WORD_EVENING_NONE);
		text_evening(&text, s);
		return;
	case TELL_TEST:
		scene_say(&subject, s, WORD_TEST);
		text_test(&text, s);
		return;
	case TELL_ANSWER:
		say_answer(out, s);
		return;
	case TELL_FIRING:
	case TELL_RESOLVED:
	case TELL_RESIDUE:
	case TELL_UNSTABLE:
	case TELL_REMIND:
	case TELLS:
		break;
	}
	if (s->scope == SCOPE_GATEWAY) {
		say_gateway(out, s);
	} else if (s->notice->what == TELL_RESOLVED) {
		sheet_put_str(&subject, "✓ ");
		scene_say(&subject, s, subject_back(s));
		text_resolved(&text, s);
	} else {
		subject_firing(&subject, s);
		text_firing(&text, s);
	}
}

void compose(struct message *out, const struct roster *r, const struct notice *n,
	     enum language lang)
{
	struct scene s;

	scene_init(&s, r, n, lang, 0);
	say_all(out, &s);
	compose_sms(out->sms, r, n, lang);
}

/* ---- times for people ---- */

void clock_draw(char text[static CLOCK_TEXT], wall_t t)
{
	const struct date d = date_of(t, DATE_VIETNAM_MIN);

	snprintf(text, CLOCK_TEXT, "%02u:%02u", d.hour % 100, d.minute % 100);
}

void clock_draw_date(char text[static CLOCK_TEXT], wall_t t)
{
	const struct date d = date_of(t, DATE_VIETNAM_MIN);

	snprintf(text, CLOCK_TEXT, "%02u/%02u/%04u %02u:%02u", d.day % 100, d.month % 100,
		 d.year % 10000, d.hour % 100, d.minute % 100);
}

/* The two largest units that are not nothing say enough. */
void duration_draw(char text[static CLOCK_TEXT * 2], int64_t ms, enum language lang)
{
	static const int64_t year_1000 = INT64_C(1000) * 366 * 86400;
	const int64_t s = ms < 0 ? 0 : ms / 1000 > year_1000 ? year_1000 : ms / 1000;
	const unsigned amount[] = { (unsigned)(s / 86400), (unsigned)(s / 3600 % 24),
				    (unsigned)(s / 60 % 60), (unsigned)(s % 60) };
	static const enum word unit[] = { WORD_DAYS, WORD_HOURS, WORD_MINUTES, WORD_SECONDS };
	size_t first = 0;
	char more[CLOCK_TEXT];
	struct sheet out = sheet_init(text, CLOCK_TEXT * 2);

	while (first < 3 && amount[first] == 0)
		first++;
	for (size_t k = first; k < 4 && k < first + 2; k++) {
		if (k > first && (amount[k] == 0 || k == 3))
			break; /* nobody counts the seconds of minutes */
		snprintf(more, sizeof more, "%s%u ", k > first ? " " : "", amount[k]);
		sheet_put_str(&out, more);
		sheet_put_str(&out, words_str(unit[k], lang));
	}
}
