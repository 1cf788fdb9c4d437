/* SPDX-License-Identifier: Apache-2.0 */
/* scene: one notice as the slots that templates may ask for; compose's own. */
#include "gateway/scene.h"

#include "gateway/plain.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { NAME_TEXT = 240, PHONE_TEXT = 25 };

/* ---- text that is cut at whole characters ---- */

struct sheet sheet_init(char *text, size_t size)
{
	text[0] = '\0';
	return (struct sheet){ .text = text, .size = size };
}

void sheet_put(struct sheet *s, const char *text, size_t len)
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

void sheet_put_str(struct sheet *s, const char *text)
{
	sheet_put(s, text, strlen(text));
}

void sheet_newline(struct sheet *s)
{
	if (s->full || s->len + 1 >= s->size) {
		s->full = true;
		return;
	}
	s->text[s->len++] = '\n';
	s->text[s->len] = '\0';
}

/* ---- slots ---- */

void scene_put(struct scene *s, const char *name, const char *text)
{
	struct sheet out = sheet_init(s->store + s->used, SCENE_STORE - s->used);
	size_t i = 0;

	sheet_put_str(&out, text);
	s->used += out.len + (s->used + out.len + 1 < SCENE_STORE);
	while (i < s->n && strcmp(s->slot[i].name, name) != 0)
		i++;
	assert(i < SCENE_SLOTS);
	s->slot[i] = (struct slot){ name, out.text };
	if (i == s->n)
		s->n++;
}

static const char *slot_find(const struct scene *s, const char *name, size_t len)
{
	for (size_t i = 0; i < s->n; i++)
		if (strlen(s->slot[i].name) == len && memcmp(s->slot[i].name, name, len) == 0)
			return s->slot[i].value;
	assert(false); /* a template asks for a slot that there is not */
	return "";
}

void scene_fill(struct sheet *out, const struct scene *s, const char *template)
{
	const char *open, *close;

	while ((open = strchr(template, '{')) && (close = strchr(open, '}'))) {
		sheet_put(out, template, (size_t)(open - template));
		sheet_put_str(out, slot_find(s, open + 1, (size_t)(close - open) - 1));
		template = close + 1;
	}
	sheet_put_str(out, template);
}

bool scene_says_nothing(const struct scene *s, const char *from, const char *until)
{
	bool any = false;

	while ((from = memchr(from, '{', (size_t)(until - from)))) {
		const char *close = memchr(from, '}', (size_t)(until - from));

		if (!close || slot_find(s, from + 1, (size_t)(close - from) - 1)[0])
			return false;
		any = true;
		from = close;
	}
	return any;
}

void scene_say(struct sheet *out, const struct scene *s, enum word w)
{
	scene_fill(out, s, words_str(w, s->lang));
}

static void put_number(struct scene *s, const char *name, unsigned n)
{
	char text[16];

	snprintf(text, sizeof text, "%u", n);
	scene_put(s, name, text);
}

/* A template filled with the slots that are there so far. */
static void put_filled(struct scene *s, const char *name, const char *template)
{
	char text[2 * NAME_TEXT];
	struct sheet out = sheet_init(text, sizeof text);

	scene_fill(&out, s, template);
	scene_put(s, name, text);
}

static void put_word(struct scene *s, const char *name, enum word w)
{
	put_filled(s, name, words_str(w, s->lang));
}

/* ---- names ---- */

/* As many characters as there may be, up to the end of a word when there is one. */
static void cut(char *text, size_t most)
{
	size_t end = most;

	if (strlen(text) <= most)
		return;
	while (end > most / 3 && text[end] != ' ')
		end--;
	text[text[end] == ' ' ? end : most] = '\0';
	for (end = strlen(text); end > 0 && strchr(" ,.-", text[end - 1]); end--)
		text[end - 1] = '\0';
}

/* Whoever copied the name may have cut its last character in two. */
static size_t whole_len(const char *text)
{
	const size_t len = strlen(text);
	size_t last = len, want;
	unsigned char c;

	while (last > 0 && ((unsigned char)text[last - 1] & 0xc0) == 0x80)
		last--;
	if (last == 0)
		return 0;
	c = (unsigned char)text[last - 1];
	want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	return len - (last - 1) == want ? len : last - 1;
}

static void name_draw(char out[static NAME_TEXT], const struct scene *s, const char *name)
{
	struct sheet sheet = sheet_init(out, NAME_TEXT);
	char plain[NAME_TEXT];

	sheet_put(&sheet, name, whole_len(name));
	if (s->shorter == 0)
		return;
	plain_draw(plain, sizeof plain, out);
	strcpy(out, plain);
	cut(out, s->shorter);
}

static void put_name(struct scene *s, const char *slot, const char *name)
{
	char text[NAME_TEXT];

	name_draw(text, s, name);
	scene_put(s, slot, text);
}

/* With the word that says what it is before it unless the name says so itself. */
static void put_named(struct scene *s, const char *slot, enum word kind, const char *name,
		      bool capitals)
{
	char shown[NAME_TEXT], big[NAME_TEXT], text[2 * NAME_TEXT];
	struct sheet out = sheet_init(text, sizeof text);

	name_draw(shown, s, name);
	plain_capitals(big, sizeof big, shown);
	if (!words_names_itself(name))
		sheet_put_str(&out, words_str(kind, s->lang));
	sheet_put_str(&out, capitals ? big : shown);
	scene_put(s, slot, text);
}

/* ---- the roster ---- */

static bool in_hamlet(const struct scene *s, const struct roster_point *p)
{
	return s->hamlet && strcmp(p->hamlet, s->hamlet->code) == 0;
}

unsigned scene_points(const struct scene *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->roster->n_points; i++)
		n += in_hamlet(s, &s->roster->points[i]);
	return n;
}

unsigned scene_rivals(const struct scene *s, const char **provider)
{
	unsigned n = 0;

	*provider = "";
	for (size_t i = 0; s->point && i < s->roster->n_points; i++) {
		const struct roster_point *p = &s->roster->points[i];

		if (!in_hamlet(s, p) || p->provider[0] == '\0' ||
		    strcmp(p->provider, s->point->provider) == 0)
			continue;
		if (n++ == 0)
			*provider = p->provider;
		else if (strcmp(*provider, p->provider) != 0)
			*provider = "";
	}
	return n;
}

/* Points of the hamlet with the provider of the first, itself among them. */
static unsigned with_provider(const struct scene *s)
{
	unsigned n = 0;

	for (size_t i = 0; s->point && s->point->provider[0] && i < s->roster->n_points; i++)
		n += in_hamlet(s, &s->roster->points[i]) &&
		     strcmp(s->roster->points[i].provider, s->point->provider) == 0;
	return n;
}

bool scene_shares_provider(const struct scene *s)
{
	return with_provider(s) > 1;
}

/* Of how many: a hamlet's incident that is told as a provider's counts the provider's points. */
static unsigned group_of(const struct scene *s)
{
	return s->scope == SCOPE_PROVIDER && s->incident->scope == SCOPE_HAMLET
		       ? with_provider(s)
		       : s->incident->group;
}

/* The provider of the one point, or the one that all points of the incident share; else "". */
static const char *provider_of(const struct scene *s)
{
	const char *provider = s->point ? s->point->provider : "", *rival;

	if (s->scope == SCOPE_PROVIDER || s->scope == SCOPE_RELAY || s->incident->points <= 1 ||
	    (s->incident->evidence & EVIDENCE_PROVIDER))
		return provider;
	return scene_rivals(s, &rival) == 0 ? provider : "";
}

/* ---- filling the slots ---- */

static void scene_times(struct scene *s)
{
	const struct incident *i = s->incident;
	const wall_t until = i->until.ms ? i->until : i->from;
	char text[CLOCK_TEXT], duration[CLOCK_TEXT * 2];

	clock_draw_date(text, until);
	text[strcspn(text, " ")] = '\0';
	scene_put(s, "until_date", text);
	clock_draw(text, until);
	scene_put(s, "until", text);
	clock_draw_date(text, i->from);
	text[strcspn(text, " ")] = '\0';
	scene_put(s, "date", text);
	clock_draw(text, i->from);
	if (s->notice->what == TELL_REMIND) { /* it may be days */
		strcat(text, " ");
		strcat(text, s->slot[s->n - 1].value);
	}
	scene_put(s, "time", text);
	duration_draw(duration, until.ms - i->from.ms, s->lang);
	scene_put(s, "duration", duration);
	put_number(s, "hours", s->notice->hours);
}

static void scene_numbers(struct scene *s)
{
	const struct incident *i = s->incident;
	const struct notice *n = s->notice;
	const unsigned points = i->points > 0 ? i->points : 1;
	const unsigned dark = n->down > n->dark_n ? n->down : n->dark_n;
	unsigned seeing = 0;

	for (unsigned k = 0; k < i->cams_n; k++)
		seeing += eye_sees(eye_of(i->eyes, k));
	put_number(s, "n", points);
	put_number(s, "m", group_of(s));
	if (group_of(s) >= points)
		put_word(s, "count", WORD_COUNT);
	else
		put_number(s, "count", points);
	put_number(s, "rest", points - 1);
	put_number(s, "others", i->others);
	put_number(s, "open", i->open);
	put_number(s, "back", points > i->open ? points - i->open : 0);
	put_number(s, "flaps", i->flaps);
	put_number(s, "seeing", seeing);
	put_number(s, "lost", i->cams_n - seeing);
	put_number(s, "eyes_n", i->cams_n);
	put_number(s, "total", n->total);
	put_number(s, "up", n->up);
	put_number(s, "dark", dark);
	put_number(s, "unknown", n->unknown);
	put_number(s, "planned", n->planned);
	put_number(s, "k", i->hamlets);
}

/* "Cả thôn" is said when three of four points are dark; how many exactly stands beside it. */
static bool whole_hamlet(const struct scene *s)
{
	const unsigned all = scene_points(s);

	return all > 0 && 4u * s->incident->points >= 3 * all;
}

static void scene_places(struct scene *s)
{
	const char *name = s->hamlet ? s->hamlet->name : "?";
	const enum word house = s->shorter ? SMS_HOUSEHOLD : WORD_HOUSEHOLD;

	put_name(s, "commune", s->roster->commune);
	put_name(s, "village", name);
	put_named(s, "hamlet", WORD_HAMLET, name, false);
	put_named(s, "Hamlet", WORD_HAMLET_FIRST, name, false);
	put_named(s, "place", whole_hamlet(s) ? WORD_HAMLET_WHOLE : WORD_HAMLET_PLACE, name, true);
	if (s->incident->hamlets > 1)
		put_word(s, "hamlets", WORD_HAMLETS);
	else
		put_named(s, "hamlets", WORD_HAMLET, name, false);
	scene_put(s, "code", s->point ? s->point->code : "?");
	put_word(s, "who", WORD_WHO_MANY);
	if (!s->many)
		scene_put(s, "who", s->point ? s->point->code : "?");
	scene_put(s, "household", "");
	if (s->point && s->point->household[0])
		put_named(s, "household", house, s->point->household, false);
	put_name(s, "transformer", s->point ? s->point->transformer : "");
	scene_put(s, "relay", s->point && s->point->relay ? s->point->relay : "");
}

/* With what stands before or after them, so that nothing is left when there is none. */
static void scene_contacts(struct scene *s)
{
	const char *rival, *phone = s->point ? s->point->phone : "";
	char text[NAME_TEXT + 2], provider[NAME_TEXT], number[PHONE_TEXT];
	struct sheet out = sheet_init(number, sizeof number);

	scene_rivals(s, &rival);
	put_name(s, "rival", rival);
	name_draw(provider, s, provider_of(s));
	scene_put(s, "provider", provider);
	snprintf(text, sizeof text, " %s", provider);
	scene_put(s, "_provider", provider[0] ? text : "");

	sheet_put_str(&out, phone);
	snprintf(text, sizeof text, ": %s", number);
	scene_put(s, "phone", number[0] ? text : ".");
	scene_put(s, "call", number[0] ? text : "");
	put_name(s, "by", s->notice->taken_by);
	scene_put(s, "token", s->notice->code);
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
	const struct cause_words w = words_cause(s->cause, s->lang);
	const bool corrected = i->corrected != CAUSE_NONE;
	const char *sure = corrected ? words_str(WORD_CORRECTED, s->lang)
			   : !s->known || s->probably || s->grid
				   ? ""
				   : words_str(WORD_CONFIRMED, s->lang);
	char text[2 * NAME_TEXT];
	struct sheet out = sheet_init(text, sizeof text);

	put_filled(s, "bare", w.state);
	put_filled(s, "maybe", s->probably ? words_str(WORD_PROBABLY, s->lang) : "");
	put_filled(s, "state", "{maybe}{bare}");
	put_filled(s, "swings", w.swings);

	if (s->probably || s->grid)
		scene_say(&out, s, WORD_MAYBE);
	scene_fill(&out, s, s->cause == CAUSE_CAMERA && eye ? eye : w.cause);
	scene_put(s, "short_cause", text);
	sheet_put_str(&out, sure);
	scene_put(s, "cause", text);

	/* A camera is seen to be lost: nothing to add. */
	scene_put(s, "sure", s->cause == CAUSE_CAMERA && !corrected ? "" : sure);
	scene_put(s, "why", "");
	if (!s->known)
		put_word(s, "why", WORD_NO_CAUSE);
	else if (s->grid)
		put_word(s, "why", WORD_GRID);
	if (s->shorter) {
		put_filled(s, "sure", corrected ? words_str(SMS_CORRECTED, s->lang) : "");
		put_filled(s, "why", s->known ? "" : words_str(SMS_NO_CAUSE, s->lang));
	}
}

/* "camera ngã ba" is "ngã ba" after the word camera. */
static const char *bare_camera(const char *name)
{
	return strncmp(name, "camera ", 7) == 0 || strncmp(name, "Camera ", 7) == 0 ? name + 7
										    : name;
}

/* Which cameras are lost, by name. */
static void scene_eyes(struct scene *s)
{
	const struct incident *i = s->incident;
	char names[NAME_TEXT], bare[NAME_TEXT], name[NAME_TEXT];
	struct sheet out = sheet_init(names, sizeof names);
	struct sheet plain = sheet_init(bare, sizeof bare);

	for (size_t k = 0; s->point && k < i->cams_n && k < s->point->n_cameras; k++) {
		const char *full = s->point->cameras[k].name;

		if (eye_sees(eye_of(i->eyes, (unsigned)k)))
			continue;
		if (out.len > 0)
			sheet_put_str(&out, ", ");
		else if (!words_names_itself(full))
			scene_say(&out, s, WORD_CAMERA);
		if (plain.len > 0)
			sheet_put_str(&plain, ", ");
		name_draw(name, s, full);
		sheet_put_str(&out, name);
		name_draw(name, s, bare_camera(full));
		sheet_put_str(&plain, name);
	}
	scene_put(s, "names", names);
	put_name(s, "bare_names", bare);
	scene_put(s, "eyes", "");
	if (s->cause == CAUSE_CAMERA && names[0])
		put_word(s, "eyes", WORD_EYE);
}

unsigned scene_list(struct scene *s, const struct roster_hamlet *h)
{
	const struct notice *n = s->notice;
	const size_t most = s->shorter ? 3 * s->shorter : SIZE_MAX;
	char text[1200] = "";
	struct sheet out = sheet_init(text, sizeof text);
	unsigned found = 0;

	for (size_t k = 0; k < n->dark_n && k < NOTICE_LIST; k++) {
		const struct roster_point *p =
			n->dark[k] < s->roster->n_points ? &s->roster->points[n->dark[k]] : NULL;

		if (!p || (h && strcmp(h->code, p->hamlet) != 0))
			continue;
		found++;
		if (out.len + strlen(p->code) + 2 > most) {
			sheet_put_str(&out, "...");
			break;
		}
		if (out.len > 0)
			sheet_put_str(&out, ", ");
		sheet_put_str(&out, p->code);
	}
	scene_put(s, "list", text);
	return found;
}

void scene_hamlet(struct scene *s, const struct roster_hamlet *h)
{
	put_named(s, "Hamlet", WORD_HAMLET_FIRST, h->name, false);
}

static void scene_digest(struct scene *s)
{
	const struct notice *n = s->notice;
	const unsigned listed = n->dark_n < NOTICE_LIST ? n->dark_n : NOTICE_LIST;

	put_number(s, "more", n->down > listed ? n->down - listed : 0);
	scene_list(s, NULL);
}

/* What is told of several points when nobody said what they share is where they are; a provider's
 * fault is told as one even when it is all of a hamlet. */
static enum scope scope_of(const struct scene *s)
{
	const struct incident *i = s->incident;

	if (i->scope == SCOPE_GATEWAY)
		return SCOPE_GATEWAY;
	if (i->points <= 1)
		return SCOPE_POINT;
	if (i->scope == SCOPE_HAMLET && s->cause == CAUSE_PROVIDER &&
	    (i->evidence & EVIDENCE_PROVIDER))
		return SCOPE_PROVIDER;
	return i->scope == SCOPE_POINT ? SCOPE_HAMLET : i->scope;
}

void scene_init(struct scene *s, const struct roster *r, const struct notice *n, enum language lang,
		size_t shorter)
{
	const struct incident *i = &n->incident;

	memset(s, 0, offsetof(struct scene, store));
	s->used = 0;
	s->roster = r;
	s->notice = n;
	s->incident = i;
	s->lang = lang;
	s->shorter = shorter;
	s->point = i->point < r->n_points ? &r->points[i->point] : NULL;
	s->hamlet = i->hamlet < r->n_hamlets ? &r->hamlets[i->hamlet] : NULL;
	s->cause = i->corrected != CAUSE_NONE ? i->corrected : i->cause;
	s->scope = scope_of(s);
	s->many = i->points > 1 && s->scope != SCOPE_RELAY;
	s->known = s->cause != CAUSE_OPEN && s->cause != CAUSE_NONE;
	s->grid = s->many && s->cause == CAUSE_POWER && i->sure != SURE_CONFIRMED &&
		  i->corrected == CAUSE_NONE;
	s->probably =
		s->known && !s->grid && i->sure != SURE_CONFIRMED && i->corrected == CAUSE_NONE;
	scene_times(s);
	scene_numbers(s);
	scene_places(s);
	scene_contacts(s);
	scene_causes(s);
	scene_eyes(s);
	scene_digest(s);
}

/* ---- what it is, and what the verdict is worth ---- */

bool scene_is_residue(const struct scene *s)
{
	return s->notice->what == TELL_RESIDUE ||
	       (s->incident->residue && s->notice->what != TELL_UNSTABLE);
}

bool scene_facts_are_old(const struct scene *s)
{
	const uint32_t f = s->incident->facts;

	switch (s->incident->cause) {
	case CAUSE_POWER:
		return f & FACT_MAINS_ON;
	case CAUSE_ROUTER:
	case CAUSE_PROVIDER:
	case CAUSE_GATEWAY:
	case CAUSE_LINE:
	case CAUSE_LINK:
	case CAUSE_NAMES:
	case CAUSE_PORTAL:
	case CAUSE_MTU:
		return f & FACT_LINK_UP;
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

bool scene_on_battery(const struct scene *s)
{
	const uint32_t f = s->incident->facts;

	return s->cause == CAUSE_POWER && (f & FACT_MAINS_KNOWN) && !(f & FACT_MAINS_ON);
}
