/* SPDX-License-Identifier: Apache-2.0 */
/* compose: what is said about an incident, in words; Vietnamese first, English second. */
#include "gateway/compose.h"

#include "gateway/date.h"
#include "gateway/words.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- text that is cut at whole characters ---- */

struct sheet {
	char *text;
	size_t size, len;
	bool full; /* something did not fit: nothing comes after it */
};

static struct sheet sheet_init(char *text, size_t size)
{
	text[0] = '\0';
	return (struct sheet){ .text = text, .size = size };
}

/* Names come from people: a control character in one is a blank in the message. */
static void put(struct sheet *s, const char *text, size_t len)
{
	size_t room = s->size - 1 - s->len, take = len;

	if (s->full)
		return;
	if (take > room) {
		s->full = true;
		take = room;
		while (take > 0 && ((unsigned char)text[take] & 0xc0) == 0x80)
			take--;
	}
	for (size_t i = 0; i < take; i++) {
		unsigned char c = (unsigned char)text[i];

		s->text[s->len++] = (char)(c < 0x20 || c == 0x7f ? ' ' : c);
	}
	s->text[s->len] = '\0';
}

static void put_str(struct sheet *s, const char *text)
{
	put(s, text, strlen(text));
}

static void put_newline(struct sheet *s)
{
	if (s->full || s->len + 1 >= s->size) {
		s->full = true;
		return;
	}
	s->text[s->len++] = '\n';
	s->text[s->len] = '\0';
}

/* ---- what templates may ask for ---- */

enum { SLOT_TEXT = 240, NUMBER_TEXT = 16, SLOTS = 28 };

struct slot {
	const char *name, *value;
};

struct scene {
	const struct roster *roster;
	const struct incident *incident;
	const struct roster_point *point; /* of the first outage; NULL when the roster forgot it */
	enum language lang;
	struct slot slot[SLOTS];
	size_t n;
	char time[CLOCK_TEXT], date[CLOCK_TEXT], until[CLOCK_TEXT], until_date[CLOCK_TEXT];
	char duration[CLOCK_TEXT * 2];
	char points[NUMBER_TEXT], all[NUMBER_TEXT], rest[NUMBER_TEXT], open[NUMBER_TEXT],
		back[NUMBER_TEXT];
	char up[NUMBER_TEXT], lost[NUMBER_TEXT], eyes_n[NUMBER_TEXT];
	char place[SLOT_TEXT], hamlet[SLOT_TEXT], household[SLOT_TEXT], where[2 * SLOT_TEXT];
	char provider[SLOT_TEXT], phone[SLOT_TEXT], names[SLOT_TEXT];
	char state[SLOT_TEXT], cause[SLOT_TEXT], eyes[SLOT_TEXT];
};

static void slot_add(struct scene *s, const char *name, const char *value)
{
	assert(s->n < SLOTS);
	s->slot[s->n++] = (struct slot){ name, value };
}

static const char *slot_find(const struct scene *s, const char *name, size_t len)
{
	for (size_t i = 0; i < s->n; i++)
		if (strlen(s->slot[i].name) == len && memcmp(s->slot[i].name, name, len) == 0)
			return s->slot[i].value;
	assert(false); /* a template asks for a slot that there is not */
	return "";
}

static void fill(struct sheet *out, const struct scene *s, const char *template)
{
	const char *open, *close;

	while ((open = strchr(template, '{')) && (close = strchr(open, '}'))) {
		put(out, template, (size_t)(open - template));
		put_str(out, slot_find(s, open + 1, (size_t)(close - open) - 1));
		template = close + 1;
	}
	put_str(out, template);
}

static void fill_word(struct sheet *out, const struct scene *s, enum word w)
{
	fill(out, s, words_str(w, s->lang));
}

/* One line of the text. */
static void say(struct sheet *out, const struct scene *s, enum word w)
{
	if (out->len > 0)
		put_newline(out);
	fill_word(out, s, w);
}

/* ---- filling the slots ---- */

static void number(struct scene *s, const char *name, char text[static NUMBER_TEXT], unsigned n)
{
	snprintf(text, NUMBER_TEXT, "%u", n);
	slot_add(s, name, text);
}

/* A name, with the word that says what it is before it unless the name says so itself. */
static void named(char text[static SLOT_TEXT], const char *kind, const char *name)
{
	struct sheet out = sheet_init(text, SLOT_TEXT);

	if (!words_names_itself(name))
		put_str(&out, kind);
	put_str(&out, name);
}

static const struct roster_hamlet *hamlet_of(const struct scene *s)
{
	return s->incident->hamlet < s->roster->n_hamlets ? &s->roster->hamlets[s->incident->hamlet]
							  : NULL;
}

static bool in_hamlet(const struct scene *s, const struct roster_point *p)
{
	const struct roster_hamlet *h = hamlet_of(s);

	return h && strcmp(p->hamlet, h->code) == 0;
}

static unsigned points_of_hamlet(const struct scene *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->roster->n_points; i++)
		n += in_hamlet(s, &s->roster->points[i]);
	return n;
}

/* The provider of the one point, or the one that all points of the hamlet share; else "". */
static const char *provider_of(const struct scene *s)
{
	const char *provider = s->point ? s->point->provider : "";

	for (size_t i = 0; s->incident->points > 1 && i < s->roster->n_points; i++)
		if (in_hamlet(s, &s->roster->points[i]) &&
		    strcmp(s->roster->points[i].provider, provider) != 0)
			return "";
	return provider;
}

static void scene_times(struct scene *s)
{
	const struct incident *i = s->incident;
	const wall_t until = i->until.ms ? i->until : i->from;
	char text[CLOCK_TEXT];

	clock_draw(s->time, i->from);
	clock_draw(s->until, until);
	clock_draw_date(text, i->from);
	memcpy(s->date, text, strcspn(text, " "));
	clock_draw_date(text, until);
	memcpy(s->until_date, text, strcspn(text, " "));
	duration_draw(s->duration, until.ms - i->from.ms, s->lang);
	slot_add(s, "time", s->time);
	slot_add(s, "until", s->until);
	slot_add(s, "date", s->date);
	slot_add(s, "until_date", s->until_date);
	slot_add(s, "duration", s->duration);
}

static void scene_numbers(struct scene *s)
{
	const struct incident *i = s->incident;
	const unsigned all = points_of_hamlet(s);
	const unsigned points = i->points > 0 ? i->points : 1;
	unsigned up = 0;

	for (unsigned k = 0; k < i->cams_n; k++)
		up += eye_sees(eye_of(i->eyes, k));
	number(s, "n", s->points, points);
	number(s, "m", s->all, all > points ? all : points);
	number(s, "rest", s->rest, all > points ? all - points : 0);
	number(s, "open", s->open, i->open);
	number(s, "back", s->back, points > i->open ? points - i->open : 0);
	number(s, "up", s->up, up);
	number(s, "lost", s->lost, i->cams_n - up);
	number(s, "eyes_n", s->eyes_n, i->cams_n);
}

static void scene_places(struct scene *s)
{
	const struct roster_hamlet *h = hamlet_of(s);
	const char *name = h ? h->name : "?";
	const bool whole = strcmp(s->points, s->all) == 0;
	struct sheet out;

	named(s->hamlet, words_str(WORD_HAMLET, s->lang), name);
	named(s->place, words_str(whole ? WORD_HAMLET_WHOLE : WORD_HAMLET_FIRST, s->lang), name);
	slot_add(s, "hamlet", s->hamlet);
	slot_add(s, "place", s->place);
	slot_add(s, "code", s->point ? s->point->code : "?");

	if (s->point && s->point->household[0])
		named(s->household, words_str(WORD_HOUSEHOLD, s->lang), s->point->household);
	slot_add(s, "household", s->household);
	out = sheet_init(s->where, sizeof s->where);
	if (s->household[0] && s->incident->points <= 1)
		fill_word(&out, s, WORD_WHERE);
	else
		fill_word(&out, s, WORD_WHERE_HAMLET);
	slot_add(s, "where", s->where);
}

/* With the blank or colon that stands before them, so that nothing is left when there is none. */
static void scene_contacts(struct scene *s)
{
	struct sheet out = sheet_init(s->provider, sizeof s->provider);

	if (provider_of(s)[0]) {
		put_str(&out, " ");
		put_str(&out, provider_of(s));
	}
	slot_add(s, "provider", s->provider);
	out = sheet_init(s->phone, sizeof s->phone);
	if (s->point && s->point->phone[0]) {
		put_str(&out, ": ");
		put_str(&out, s->point->phone);
	}
	slot_add(s, "phone", s->phone);
}

static bool is_open(const struct incident *i)
{
	return i->cause == CAUSE_OPEN || i->cause == CAUSE_NONE;
}

/* What is wrong with the cameras that do not see, when it is the same with all of them; else NULL.
 */
static const char *eyes_in_words(const struct incident *i, enum language lang)
{
	enum eye same = EYE_UNKNOWN;

	for (unsigned k = 0; k < i->cams_n; k++) {
		enum eye e = eye_of(i->eyes, k);

		if (eye_sees(e) || e == EYE_UNKNOWN || e == same)
			continue;
		if (same != EYE_UNKNOWN)
			return NULL;
		same = e;
	}
	return words_eye(same, lang);
}

static void scene_causes(struct scene *s)
{
	const struct incident *i = s->incident;
	const char *eye = i->points > 1 ? NULL : eyes_in_words(i, s->lang);
	const struct cause_words *w = words_cause(i->cause, s->lang);
	const bool probably = !is_open(i) && i->sure != SURE_CONFIRMED;
	const char *sure = is_open(i) ? words_str(WORD_NO_CAUSE, s->lang)
			   : probably ? ""
				      : words_str(WORD_CONFIRMED, s->lang);
	struct sheet out = sheet_init(s->state, sizeof s->state);

	if (probably)
		fill_word(&out, s, WORD_PROBABLY);
	fill(&out, s, w->state);
	slot_add(s, "state", s->state);
	slot_add(s, "sure", sure);

	out = sheet_init(s->cause, sizeof s->cause);
	if (probably)
		fill_word(&out, s, WORD_MAYBE);
	if (i->cause == CAUSE_CAMERA && eye)
		put_str(&out, eye);
	else
		fill(&out, s, w->cause);
	if (!is_open(i))
		put_str(&out, sure);
	slot_add(s, "cause", s->cause);
}

/* Which cameras are lost, by name. */
static void scene_eyes(struct scene *s)
{
	const struct incident *i = s->incident;
	struct sheet out = sheet_init(s->names, sizeof s->names);

	for (size_t k = 0; s->point && k < i->cams_n && k < s->point->n_cameras; k++) {
		if (eye_sees(eye_of(i->eyes, (unsigned)k)))
			continue;
		if (out.len > 0)
			put_str(&out, ", ");
		else if (!words_names_itself(s->point->cameras[k].name))
			fill_word(&out, s, WORD_CAMERA);
		put_str(&out, s->point->cameras[k].name);
	}
	slot_add(s, "names", s->names);
	out = sheet_init(s->eyes, sizeof s->eyes);
	if (i->cause == CAUSE_CAMERA && s->names[0])
		fill_word(&out, s, WORD_EYE);
	slot_add(s, "eyes", s->eyes);
}

static void scene_init(struct scene *s, const struct roster *r, const struct incident *i,
		       enum language lang)
{
	*s = (struct scene){ .roster = r, .incident = i, .lang = lang };
	if (i->point < r->n_points)
		s->point = &r->points[i->point];
	scene_times(s);
	scene_numbers(s);
	scene_places(s);
	scene_contacts(s);
	scene_causes(s);
	scene_eyes(s);
}

/* ---- what still works ---- */

static void put_fact(struct sheet *out, const struct scene *s, enum word w, bool good)
{
	fill_word(out, s, w);
	put_str(out, good ? " ✓  " : " ✕  ");
}

/* The verdict speaks of the time before the silence, not of now. */
static bool facts_are_old(const struct incident *i)
{
	switch (i->cause) {
	case CAUSE_POWER:
		return i->facts & FACT_MAINS_ON;
	case CAUSE_ROUTER:
	case CAUSE_PROVIDER:
	case CAUSE_GATEWAY:
	case CAUSE_LINE:
	case CAUSE_LINK:
	case CAUSE_NAMES:
	case CAUSE_PORTAL:
	case CAUSE_MTU:
		return i->facts & FACT_LINK_UP;
	case CAUSE_CAMERA:
		return false;
	case CAUSE_NONE:
	case CAUSE_DEVICE:
	case CAUSE_OPEN:
	case CAUSES:
		break;
	}
	return true;
}

static void say_facts(struct sheet *out, const struct scene *s)
{
	const struct incident *i = s->incident;
	const uint32_t f = i->facts;
	const unsigned eyes = i->cams_n > 0 ? (1u << i->cams_n) - 1 : 0;
	char text[SLOT_TEXT];
	struct sheet line = sheet_init(text, sizeof text);

	if (f & FACT_MAINS_KNOWN)
		put_fact(&line, s, WORD_MAINS, f & FACT_MAINS_ON);
	if (f & FACT_ROUTER_KNOWN)
		put_fact(&line, s, WORD_ROUTER, f & FACT_ROUTER_ANSWERS);
	if (f & (FACT_LINK_UP | FACT_OUTSIDE_KNOWN))
		put_fact(&line, s, WORD_LINE, f & (FACT_LINK_UP | FACT_OUTSIDE_ANSWERS));
	if (line.len == 0)
		return; /* nobody looked */
	if (eyes)
		put_fact(&line, s, WORD_EYES, (eyes_up(i->eyes) & eyes) == eyes);
	while (line.len > 0 && text[line.len - 1] == ' ')
		text[--line.len] = '\0';
	put_newline(out);
	if (facts_are_old(i))
		fill_word(out, s, WORD_LAST_HEARD);
	put_str(out, text);
}

/* ---- the two messages ---- */

/* All cameras were seen dark, lately: none of them records. */
static bool none_records(const struct incident *i)
{
	return i->points <= 1 && i->cams_n > 0 && eyes_up(i->eyes) == 0 && i->facts &&
	       !facts_are_old(i);
}

static void say_firing(struct sheet *out, const struct scene *s)
{
	const struct incident *i = s->incident;
	const struct cause_words *w = words_cause(i->cause, s->lang);

	say(out, s, WORD_SINCE);
	say(out, s, WORD_CAUSE);
	if (i->points > 1) {
		if (strcmp(s->rest, "0") != 0)
			say(out, s, WORD_OTHERS);
	} else {
		say_facts(out, s);
		if (i->cause == CAUSE_POWER && (i->facts & FACT_MAINS_KNOWN) &&
		    !(i->facts & FACT_MAINS_ON))
			say(out, s, WORD_BATTERY);
	}
	if (w->effect[0] && !none_records(i)) {
		put_newline(out);
		fill(out, s, w->effect);
	}
	say(out, s, WORD_TODO);
	fill(out, s, i->points > 1 ? w->do_many : w->do_one);
}

static void say_resolved(struct sheet *out, const struct scene *s)
{
	say(out, s, strcmp(s->date, s->until_date) == 0 ? WORD_LASTED : WORD_LASTED_DAYS);
	say(out, s, WORD_CAUSE);
	say(out, s, s->incident->open > 0 ? WORD_STILL_OPEN : WORD_NOTHING_TODO);
}

static enum word subject_of(const struct incident *i, enum tell what)
{
	if (what == TELL_FIRING)
		return i->points > 1 ? WORD_NOW_MANY : WORD_NOW_ONE;
	if (i->points > 1)
		return WORD_BACK_MANY;
	return i->cause == CAUSE_CAMERA ? WORD_BACK_CAMERA : WORD_BACK_ONE;
}

void compose(struct message *out, const struct roster *r, const struct notice *n,
	     enum language lang)
{
	const struct incident *i = &n->incident;
	const enum tell what = n->what;
	struct sheet subject = sheet_init(out->subject, sizeof out->subject);
	struct sheet text = sheet_init(out->text, sizeof out->text);
	struct scene s;

	out->sms[0] = '\0';
	scene_init(&s, r, i, lang);
	fill_word(&subject, &s, subject_of(i, what));
	if (what == TELL_FIRING)
		say_firing(&text, &s);
	else
		say_resolved(&text, &s);
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
		put_str(&out, more);
		put_str(&out, words_str(unit[k], lang));
	}
}
