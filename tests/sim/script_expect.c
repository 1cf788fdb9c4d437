/* SPDX-License-Identifier: Apache-2.0 */
/* script_expect: what a scenario expects. */
#include "tests/sim/reader.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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

static bool clause_lasts(struct reader *r, struct expect *e)
{
	e->lasts_given = true;
	return words_duration(&r->w, &e->lasts);
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

static bool clause_to(struct reader *r, struct expect *e)
{
	e->to_given = true;
	for (e->to = 0; e->to < r->s->n_people; e->to++)
		if (words_left(&r->w) && words_take(&r->w, r->s->person[e->to].id))
			return true;
	return words_wrong(&r->w, "to whom?");
}

static bool clause_scope(struct reader *r, struct expect *e)
{
	e->scope_given = true;
	for (unsigned i = 0; words_left(&r->w) && i < SCOPES; i++)
		if (words_take(&r->w, scope_str((enum scope)i))) {
			e->scope = (enum scope)i;
			return true;
		}
	return words_wrong(&r->w, "no such scope");
}

static bool clause_planned(struct reader *r, struct expect *e)
{
	return words_number(&r->w, &e->seconds[COLOUR_PLANNED]);
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
	{ "between", clause_between }, { "since", clause_since },     { "at", clause_at },
	{ "within", clause_within },   { "points", clause_points },   { "once", clause_once },
	{ ">=", clause_least },        { "<=", clause_most },         { "=", clause_exactly },
	{ "lasts", clause_lasts },     { "up", clause_up },           { "down", clause_down },
	{ "unknown", clause_unknown }, { "planned", clause_planned }, { "to", clause_to },
	{ "scope", clause_scope },
};

/* Arguments: c cause, k colour, l lamp, r row kind, f refusal, t firing or resolved, s subject, n
 * number, o the word "once", h the word "harmless"; a capital may be left out. */
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
	{ "clocks", EXPECT_CLOCKS, false, "h" },
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
	if (!take_name(r, tell_name, TELLS, &e->word, "telling"))
		return false;
	if (e->word == TELL_MORNING || e->word == TELL_EVENING || e->word == TELL_TEST)
		return true; /* about nothing in particular */
	if (!take_cause(r, e, false))
		return false;
	for (unsigned i = 0; e->cause == CAUSE_GATEWAY && words_left(&r->w) && i < DOUBTS; i++)
		if (words_take(&r->w, doubt_str((enum doubt)i))) {
			e->doubt = (enum doubt)i;
			return e->doubt_given = true;
		}
	e->who_given = true;
	return reader_subject(r, &e->who);
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
	case 'h':
		return words_take(&r->w, "harmless") || words_wrong(&r->w, "clocks harmless");
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

bool reader_expect(struct reader *r)
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
	if (reader_knows(s, words_peek(&r->w), &e.who)) {
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
