/* SPDX-License-Identifier: Apache-2.0 */
/* compose_sms: the same in one text message; compose's own. */
#include "gateway/compose_sms.h"

#include "gateway/plain.h"
#include "gateway/scene.h"

#include <string.h>

enum { TEMPLATE_TEXT = 800, LONG_TEXT = 1600, CLAUSES = 12 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* How long a name may be, from all of it to hardly any; only then do clauses go. */
static const size_t generous[] = { 80, 48, 32, 24, 18 }, stingy[] = { 12, 8, 4 };

/* ---- sentences ---- */

static void put(struct sheet *t, const struct scene *s, enum word w)
{
	sheet_put_str(t, words_str(w, s->lang));
}

static void put_job(struct sheet *t, const struct scene *s)
{
	if (s->notice->taken_by[0])
		put(t, s, SMS_TAKEN);
	if (s->notice->code[0])
		put(t, s, SMS_TAKE);
}

static enum word head(const struct scene *s)
{
	if (s->notice->what == TELL_UNSTABLE)
		return SMS_NOW_UNSTABLE;
	if (scene_is_residue(s))
		return SMS_NOW_RESIDUE;
	switch (s->scope) {
	case SCOPE_HAMLET:
	case SCOPE_TRANSFORMER:
		return SMS_NOW_HAMLET;
	case SCOPE_PROVIDER:
		return s->point && s->point->provider[0] ? SMS_NOW_PROVIDER : SMS_NOW_HAMLET;
	case SCOPE_RELAY:
		return SMS_NOW_RELAY;
	case SCOPE_LEARNED:
		return SMS_NOW_LEARNED;
	case SCOPE_AREA:
		return SMS_NOW_AREA;
	case SCOPE_POINT:
	case SCOPE_GATEWAY:
	case SCOPES:
		break;
	}
	return s->cause == CAUSE_CAMERA && s->point && s->point->n_cameras > 0 ? SMS_NOW_CAMERA
									       : SMS_NOW_ONE;
}

static void put_others(struct sheet *t, const struct scene *s)
{
	const char *rival;
	const unsigned rivals = scene_rivals(s, &rival);

	if (s->incident->others == 0)
		sheet_put_str(t, ".");
	else
		put(t, s,
		    rival[0] && rivals == s->incident->others ? SMS_OTHERS_NAMED
							      : SMS_OTHERS_PROVIDER);
}

/* What still works, and what it rests on. */
static void put_findings(struct sheet *t, const struct scene *s)
{
	const uint32_t f = s->incident->facts;

	if (s->grid)
		put(t, s, SMS_GRID);
	if (s->many)
		return;
	if (scene_on_battery(s))
		put(t, s, SMS_BATTERY);
	else if (s->cause == CAUSE_CAMERA && (f & FACT_MAINS_ON) && (f & FACT_LINK_UP))
		put(t, s, SMS_POWER_AND_LINE);
	else if (s->cause != CAUSE_CAMERA && (s->incident->evidence & EVIDENCE_NEIGHBOURS))
		put(t, s, SMS_NEIGHBOURS);
}

static const char *todo(const struct scene *s)
{
	const struct cause_words w = words_cause(s->cause, s->lang);

	if (s->notice->what == TELL_UNSTABLE && s->cause != CAUSE_POWER && s->cause != CAUSE_CAMERA)
		return words_str(SMS_TODO_UNSTABLE, s->lang);
	if (scene_is_residue(s))
		return s->known ? w.sms_one : words_cause(CAUSE_POWER, s->lang).sms_one;
	return s->many ? w.sms_many : w.sms_one;
}

static void put_firing(struct sheet *t, const struct scene *s)
{
	const enum tell what = s->notice->what;
	const enum word first = head(s);

	if (what == TELL_REMIND)
		put(t, s, SMS_REMIND);
	put(t, s, first);
	if (first == SMS_NOW_PROVIDER)
		put_others(t, s);
	if (what == TELL_REMIND && !s->notice->taken_by[0])
		put(t, s, SMS_UNTAKEN);
	if (what == TELL_UNSTABLE)
		put(t, s, SMS_MERGED);
	else if (!scene_is_residue(s))
		put_findings(t, s);
	sheet_put_str(t, todo(s));
	put_job(t, s);
}

static void put_resolved(struct sheet *t, const struct scene *s)
{
	if (!s->many && s->scope != SCOPE_RELAY)
		put(t, s, SMS_BACK_ONE);
	else
		put(t, s, s->incident->hamlets > 1 ? SMS_BACK_AREA : SMS_BACK_MANY);
	put(t, s, SMS_LASTED);
	if (s->incident->open > 0)
		put(t, s, SMS_STILL_OPEN);
	if (s->notice->taken_by[0])
		put(t, s, SMS_TAKEN);
	if (s->incident->open == 0)
		put(t, s, SMS_NOTHING_TODO);
}

static void put_gateway(struct sheet *t, const struct scene *s)
{
	const struct doubt_words w = words_doubt(s->incident->doubt, s->lang);
	const bool remind = s->notice->what == TELL_REMIND;

	if (s->notice->what == TELL_RESOLVED) {
		sheet_put_str(t, w.back);
		sheet_put_str(t, ".");
		put(t, s, SMS_DOUBTED);
		if (w.means[0] == '\0')
			put(t, s, SMS_NOT_COUNTED);
		put(t, s, SMS_NOTHING_TODO);
		return;
	}
	if (remind)
		put(t, s, SMS_REMIND);
	sheet_put_str(t, w.sms);
	if (remind && !s->notice->taken_by[0])
		put(t, s, SMS_UNTAKEN);
	else if (w.means[0] == '\0' && s->notice->total > 0)
		put(t, s, SMS_BLIND);
	sheet_put_str(t, w.sms_todo);
	put_job(t, s);
}

static void put_morning(struct sheet *t, const struct scene *s)
{
	put(t, s, SMS_MORNING);
	if (s->notice->dark_n > 0)
		put(t, s, WORD_DARK);
}

static void put_answer(struct sheet *t, const struct scene *s)
{
	if (s->incident->id == 0) {
		put(t, s, SMS_ANSWER_NONE);
		return;
	}
	put(t, s, SMS_ANSWER);
	if (s->scope == SCOPE_GATEWAY)
		sheet_put_str(t, words_doubt(s->incident->doubt, s->lang).sms);
	else
		put(t, s, head(s));
}

/* All that is to be said, with its slots and brackets still in it. */
static void put_all(struct sheet *t, const struct scene *s)
{
	const struct notice *n = s->notice;

	switch (n->what) {
	case TELL_MORNING:
		put_morning(t, s);
		return;
	case TELL_EVENING:
		put(t, s, n->dark_n > 0 || n->down > 0 ? SMS_EVENING : SMS_EVENING_NONE);
		return;
	case TELL_TEST:
		put(t, s, SMS_TEST);
		return;
	case TELL_ANSWER:
		put_answer(t, s);
		return;
	case TELL_FIRING:
	case TELL_RESOLVED:
	case TELL_RESIDUE:
	case TELL_UNSTABLE:
	case TELL_REMIND:
	case TELLS:
		break;
	}
	if (s->scope == SCOPE_GATEWAY)
		put_gateway(t, s);
	else if (n->what == TELL_RESOLVED)
		put_resolved(t, s);
	else
		put_firing(t, s);
}

/* ---- making it fit ---- */

static unsigned clauses_of(const char *template)
{
	unsigned n = 0;

	while ((template = strchr(template, '[')) && (template = strchr(template, ']')))
		n++;
	return n;
}

/* The last clause only rounds it off and goes first; then one after the other from the front. */
static bool goes(unsigned i, unsigned drop, unsigned clauses)
{
	return drop > 0 && (i + 1 == clauses || i + 1 < drop);
}

/* The template without its brackets, and without so many of the clauses in them. One whose slots
 * are empty says nothing. */
static void drop_clauses(char out[static TEMPLATE_TEXT], const char *template, unsigned drop,
			 const struct scene *s)
{
	const unsigned clauses = clauses_of(template);
	struct sheet to = sheet_init(out, TEMPLATE_TEXT);

	for (unsigned i = 0; i < clauses; i++) {
		const char *open = strchr(template, '[') + 1, *close = strchr(open, ']');

		sheet_put(&to, template, (size_t)(open - 1 - template));
		if (!goes(i, drop, clauses) && !scene_says_nothing(s, open, close))
			sheet_put(&to, open, (size_t)(close - open));
		template = close + 1;
	}
	sheet_put_str(&to, template);
}

/* One try. True when it fits; *clauses: how many there are to be dropped. */
static bool fits(char text[static COMPOSE_SMS], struct scene *s, unsigned drop, unsigned *clauses)
{
	char raw[TEMPLATE_TEXT], template[TEMPLATE_TEXT], full[LONG_TEXT], plain[LONG_TEXT];
	struct sheet t = sheet_init(raw, sizeof raw), out = sheet_init(full, sizeof full);

	put_all(&t, s);
	*clauses = clauses_of(raw);
	drop_clauses(template, raw, drop, s);
	scene_fill(&out, s, template);
	plain_draw(plain, sizeof plain, full);
	plain_draw(text, COMPOSE_SMS, plain);
	return strlen(plain) < COMPOSE_SMS;
}

void compose_sms(char text[static COMPOSE_SMS], const struct roster *r, const struct notice *n,
		 enum language lang)
{
	unsigned clauses = CLAUSES;
	struct scene s;

	for (unsigned drop = 0; drop <= clauses; drop++)
		for (size_t k = 0; k < COUNT(generous); k++) {
			scene_init(&s, r, n, lang, generous[k]);
			if (fits(text, &s, drop, &clauses))
				return;
		}
	for (size_t k = 0; k < COUNT(stingy); k++) {
		scene_init(&s, r, n, lang, stingy[k]);
		if (fits(text, &s, clauses, &clauses))
			return;
	}
}
