/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_place: which transformers, hamlets and points of the roster an area names. */
#include "gateway/calendar_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { NAME = 96, ITEMS = 256 };

struct name {
	enum window_target target;
	const char *what; /* of the roster */
	char kind[16];    /* "ap" of "Ấp 5"; "" when the name does not say */
	char core[NAME];  /* the rest */
	bool weak;        /* means something only after its kind: "5", "T1" */
	bool found;
};

struct places {
	const struct roster *roster;
	char commune[NAME];
	struct folded folded;
	struct name *name;
	size_t n;
};

/* One piece of a list; words with one space between. */
struct item {
	char *text;
	const char *kind; /* the last kind of place that it or one before it says; "" */
	char divider;     /* what follows: ',' ';' ':' or 0 */
	bool own_kind, foreign;
};

/* ---- words ---- */

static const char *const hamlet_kinds[] = { "ap", "thon", "xom", "khu pho", "to dan pho",
					    "to", "khom", "ban", "buon",    "lang" };
static const char *const station_kinds[] = { "tram bien ap", "tram", "tba", "mba" };
static const char *const commune_kinds[] = { "xa", "phuong", "thi tran" };
/* A name after one of these is not a transformer's. */
static const char *const elsewhere[] = {
	"xa",  "phuong", "tran", "huyen", "tinh", "pho", "duong",
	"luc", "ap",     "thon", "xom",   "ban",  "cho", "truong"
};
/* Before a name at the beginning of an item these change nothing. */
static const char *const filler[] = { "khu", "vuc", "mot",   "phan", "toan", "bo",    "ca",
				      "cac", "ho",  "dan",   "tai",  "o",    "thuoc", "dia",
				      "ban", "va",  "khach", "hang", "gom",  "bao",   "all" };

/* text begins with these words: their length and that of the space behind; 0 when not. */
static size_t begins_with(const char *text, const char *words)
{
	const size_t n = strlen(words);

	if (strncmp(text, words, n) != 0 || (text[n] != ' ' && text[n] != '\0'))
		return 0;
	return text[n] ? n + 1 : n;
}

static size_t begins_with_any(const char *text, const char *const *words, size_t n,
			      const char **which)
{
	for (size_t i = 0; i < n; i++) {
		size_t used = begins_with(text, words[i]);

		if (used) {
			if (which)
				*which = words[i];
			return used;
		}
	}
	return 0;
}

/* These words stand right before at, which is a place in text. */
static bool is_after(const char *text, const char *at, const char *words)
{
	const size_t n = strlen(words);

	return (size_t)(at - text) > n && at[-1] == ' ' && memcmp(at - 1 - n, words, n) == 0 &&
	       (at - 1 - n == text || at[-2 - (ptrdiff_t)n] == ' ');
}

static bool is_after_any(const char *text, const char *at, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_after(text, at, words[i]))
			return true;
	return false;
}

/* "ap 5-xa thien tan" has "ap 5" in it, "ap 5-6" and "ap 15" do not. */
static bool is_whole(const char *text, const char *at, size_t n)
{
	const char after = at[n];
	const bool begins = at == text || at[-1] == ' ' ||
			    (at[-1] == '-' && at - text > 1 && isalpha((unsigned char)at[-2]));

	return begins && (after == '\0' || after == ' ' ||
			  (after == '-' && isalpha((unsigned char)at[n + 1])));
}

/* The next whole occurrence of a name at or after from. */
static const char *find_whole(const char *text, const char *from, const char *name)
{
	const size_t n = strlen(name);

	for (const char *at = from; (at = strstr(at, name)) != NULL; at++)
		if (is_whole(text, at, n))
			return at;
	return NULL;
}

/* ---- names ---- */

static void plain(struct places *p, char out[static NAME], const char *text)
{
	const size_t len = strlen(text);

	fold(&p->folded, text, len < CALENDAR_FIELD ? len : CALENDAR_FIELD);
	for (size_t i = 0; i < p->folded.n; i++)
		if (strchr(",;:()|+&", p->folded.text[i]))
			p->folded.text[i] = ' ';
	squeeze(p->folded.text);
	snprintf(out, NAME, "%.*s", NAME - 1, p->folded.text);
}

static bool is_weak(const char *core)
{
	size_t letters = 0;

	for (const char *c = core; *c; c++)
		letters += isalpha((unsigned char)*c) != 0;
	return letters == 0 || strlen(core) < 3;
}

static void add_name(struct places *p, enum window_target target, const char *what,
		     const char *text)
{
	struct name *n = &p->name[p->n];
	const char *kind = "";
	char all[NAME];
	size_t used = 0;

	plain(p, all, text);
	if (target == WINDOW_HAMLET)
		used = begins_with_any(all, hamlet_kinds, COUNT(hamlet_kinds), &kind);
	if (target == WINDOW_TRANSFORMER)
		used = begins_with_any(all, station_kinds, COUNT(station_kinds), &kind);
	if (!all[used])
		used = 0;
	*n = (struct name){ .target = target, .what = what };
	snprintf(n->kind, sizeof n->kind, "%s", used ? kind : "");
	snprintf(n->core, sizeof n->core, "%s", all + used);
	n->weak = is_weak(n->core) || strcmp(n->core, p->commune) == 0;
	if (n->core[0] && strlen(what) < WINDOW_WHAT)
		p->n++;
}

static int by_what(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return strcmp(x->what, y->what);
}

/* Points share transformers: each is there once. */
static void add_transformers(struct places *p)
{
	const struct roster *r = p->roster;
	const size_t first = p->n;
	size_t n = first;

	for (size_t i = 0; i < r->n_points; i++)
		if (r->points[i].transformer && r->points[i].transformer[0])
			add_name(p, WINDOW_TRANSFORMER, r->points[i].transformer,
				 r->points[i].transformer);
	qsort(p->name + first, p->n - first, sizeof *p->name, by_what);
	for (size_t i = first; i < p->n; i++)
		if (n == first || strcmp(p->name[n - 1].what, p->name[i].what) != 0)
			p->name[n++] = p->name[i];
	p->n = n;
}

struct places *places_new(const struct roster *r)
{
	struct places *p = calloc(1, sizeof *p);
	char commune[NAME];

	if (!p)
		return NULL;
	p->name = calloc(2 * r->n_points + 2 * r->n_hamlets + 1, sizeof *p->name);
	if (!p->name) {
		free(p);
		return NULL;
	}
	p->roster = r;
	plain(p, commune, r->commune);
	snprintf(p->commune, sizeof p->commune, "%s",
		 commune + begins_with_any(commune, commune_kinds, COUNT(commune_kinds), NULL));
	add_transformers(p);
	for (size_t i = 0; i < r->n_hamlets; i++) {
		add_name(p, WINDOW_HAMLET, r->hamlets[i].code, r->hamlets[i].name);
		add_name(p, WINDOW_HAMLET, r->hamlets[i].code, r->hamlets[i].code);
	}
	for (size_t i = 0; i < r->n_points; i++)
		add_name(p, WINDOW_POINT, r->points[i].code, r->points[i].code);
	return p;
}

void places_free(struct places *p)
{
	if (p)
		free(p->name);
	free(p);
}

/* ---- an area, item by item ---- */

/* The last word in text that says a kind of place; "ap" is also "áp", as in "trạm biến áp". */
static const char *kind_in(const char *text)
{
	static const char *const voltage[] = { "bien", "ha", "trung", "cao", "dien" };
	const char *kind = "", *which;

	for (const char *at = text; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (begins_with_any(at, station_kinds, COUNT(station_kinds), &which))
			kind = which;
		else if (begins_with_any(at, hamlet_kinds, COUNT(hamlet_kinds), &which) &&
			 !is_after_any(text, at, voltage, COUNT(voltage)) &&
			 !is_after(text, at, "dia"))
			kind = which;
	}
	return kind;
}

/* Where the item names a commune; NULL when it does not. */
static const char *commune_in(const char *text, const char **name)
{
	for (const char *at = text; at; at = strchr(at, ' ')) {
		size_t used;

		at += *at == ' ';
		used = begins_with_any(at, commune_kinds, COUNT(commune_kinds), NULL);
		if (used && at[used] && !is_after(text, at, "thi")) {
			*name = at + used;
			return at;
		}
	}
	return NULL;
}

static const char *skip_filler(const char *text)
{
	size_t used;

	while ((used = begins_with_any(text, filler, COUNT(filler), NULL)) > 0)
		text += used;
	return text;
}

static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " ");
	for (n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	return text;
}

/* Cuts area at its dividers, and at "va" (and). Items that are empty are left out. */
static size_t cut(char *area, struct item out[static ITEMS])
{
	char *from = area, *at = area;
	size_t n = 0;

	for (bool more = true; more; at++) {
		const bool conjunction = strncmp(at, " va ", 4) == 0;
		const char divider = conjunction ? ',' : *at;

		if (!conjunction && *at && !strchr(",;:", *at))
			continue;
		more = *at != '\0';
		*at = '\0';
		at += conjunction ? 2 : 0;
		from = trim(from);
		if (*from && n == ITEMS)
			return ITEMS + 1;
		if (*from)
			out[n++] = (struct item){ .text = from, .kind = "", .divider = divider };
		else if (n > 0 && divider == ';')
			out[n - 1].divider = divider;
		from = at + 1;
	}
	return n;
}

/*
 * Every commune has an "Ấp 5". A commune is named after its hamlets ("ấp 5, ấp 6 xã Thiện Tân"), or
 * before them with a colon or bracket; without one they are taken to be ours.
 */
static void tell_communes(const struct places *p, struct item *item, size_t n)
{
	const char *name, *at;
	bool standing = false;
	size_t group = 0;

	for (size_t i = 0; i < n; i++) {
		at = commune_in(item[i].text, &name);
		item[i].foreign = standing;
		if (at) {
			const bool foreign = !begins_with(name, p->commune);
			const bool heads =
				item[i].divider == ':' && skip_filler(item[i].text) == at;

			for (size_t k = heads ? i : group; k <= i; k++)
				item[k].foreign = foreign;
			standing = heads && foreign;
		}
		if (at || item[i].divider == ';')
			group = i + 1;
	}
}

/* "Ấp 5, 6 và 7": what the first says of its kind holds for those that say none. */
static void tell_kinds(struct item *item, size_t n)
{
	const char *kind = "";

	for (size_t i = 0; i < n; i++) {
		const char *own = kind_in(item[i].text);

		item[i].own_kind = *own != '\0';
		item[i].kind = *own ? own : kind;
		kind = item[i].divider == ';' ? "" : item[i].kind;
	}
}

static bool kind_fits(const struct name *n, const char *kind)
{
	const char *which;

	if (n->target == WINDOW_TRANSFORMER)
		return begins_with_any(kind, station_kinds, COUNT(station_kinds), &which) > 0;
	if (n->kind[0])
		return strcmp(kind, n->kind) == 0;
	return begins_with_any(kind, hamlet_kinds, COUNT(hamlet_kinds), &which) > 0;
}

/* The kind stands right before the name. */
static bool kind_before(const struct name *n, const struct item *i, const char *at)
{
	static const char *const voltage[] = { "bien ap" };

	if (n->target == WINDOW_TRANSFORMER)
		return is_after_any(i->text, at, station_kinds, COUNT(station_kinds));
	if (is_after_any(i->text, at, voltage, COUNT(voltage)))
		return false;
	return n->kind[0] ? is_after(i->text, at, n->kind)
			  : is_after_any(i->text, at, hamlet_kinds, COUNT(hamlet_kinds));
}

static bool named_at(const struct name *n, const struct item *i, const char *at)
{
	const bool first = skip_filler(i->text) == at || at == i->text;

	if (n->target == WINDOW_POINT)
		return !n->weak || is_after(i->text, at, "diem") || is_after(i->text, at, "point");
	if (kind_before(n, i, at) || (first && !i->own_kind && kind_fits(n, i->kind)))
		return true;
	if (n->weak)
		return false;
	if (n->target == WINDOW_TRANSFORMER)
		return !is_after_any(i->text, at, elsewhere, COUNT(elsewhere));
	return first;
}

static bool named_in(const struct name *n, const struct item *i)
{
	/* A transformer's own name is nobody else's; "Trạm 1" is. */
	if (i->foreign && (n->target == WINDOW_HAMLET || n->weak))
		return false;
	for (const char *at = find_whole(i->text, i->text, n->core); at;
	     at = find_whole(i->text, at + 1, n->core))
		if (named_at(n, i, at))
			return true;
	return false;
}

/* "Toàn bộ xã Thiện Tân", "toàn xã", "all". */
static bool is_whole_commune(const struct places *p, const struct item *i)
{
	const char *name, *at = commune_in(i->text, &name);
	const bool whole = begins_with(i->text, "toan") || begins_with(i->text, "ca");

	if (i->foreign || i->divider == ':')
		return false;
	if (strcmp(i->text, "all") == 0 || strcmp(i->text, "toan xa") == 0 ||
	    strcmp(i->text, "toan bo xa") == 0)
		return true;
	return whole && at && skip_filler(i->text) == at && begins_with(name, p->commune);
}

/* "ấp 5-7": which they are is not for us to guess. */
static bool is_range(const struct places *p, const struct item *i)
{
	for (size_t k = 0; k < p->n; k++) {
		const char *kind = p->name[k].kind;

		if (p->name[k].target != WINDOW_HAMLET || !kind[0] || i->foreign)
			continue;
		for (const char *at = find_whole(i->text, i->text, kind); at;
		     at = find_whole(i->text, at + 1, kind)) {
			const char *from = at + strlen(kind) + 1;
			const size_t n = at[strlen(kind)] == ' ' ? strspn(from, "0123456789") : 0;

			if (n && from[n] == '-' && isdigit((unsigned char)from[n + 1]))
				return true;
		}
	}
	return false;
}

/* ---- all together ---- */

/* Is a hamlet told more exactly, by a transformer of it? */
static bool told_closer(const struct places *p, const struct name *hamlet)
{
	for (size_t t = 0; t < p->n; t++) {
		if (p->name[t].target != WINDOW_TRANSFORMER || !p->name[t].found)
			continue;
		for (size_t i = 0; i < p->roster->n_points; i++) {
			const struct roster_point *point = &p->roster->points[i];

			if (point->transformer && strcmp(point->hamlet, hamlet->what) == 0 &&
			    strcmp(point->transformer, p->name[t].what) == 0)
				return true;
		}
	}
	return false;
}

static bool is_there(const struct calendar_place *out, size_t n, const struct name *name)
{
	for (size_t i = 0; i < n; i++)
		if (out[i].target == name->target && strcmp(out[i].what, name->what) == 0)
			return true;
	return false;
}

static size_t gather(const struct places *p, struct calendar_place out[static CALENDAR_PLACES],
		     char why[static CALENDAR_WHY])
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct name *name = &p->name[i];

		if (!name->found || (name->target == WINDOW_HAMLET && told_closer(p, name)) ||
		    is_there(out, n, name))
			continue;
		if (n == CALENDAR_PLACES) {
			snprintf(why, CALENDAR_WHY, "it names more than %d places; make it several",
				 CALENDAR_PLACES);
			return 0;
		}
		out[n++] = (struct calendar_place){ name->target, name->what };
	}
	return n;
}

static size_t nowhere(const struct places *p, const struct item *item, size_t n,
		      char why[static CALENDAR_WHY])
{
	const char *name;

	if (n == 0)
		snprintf(why, CALENDAR_WHY, "it says no area");
	else
		snprintf(why, CALENDAR_WHY,
			 "it names no transformer, hamlet or point of gateway.jsonc; write one of "
			 "their names");
	for (size_t i = 0; i < n; i++) {
		if (item[i].foreign)
			snprintf(why, CALENDAR_WHY,
				 "it is about another commune; leave it out if so");
		else if (commune_in(item[i].text, &name) && begins_with(name, p->commune)) {
			snprintf(why, CALENDAR_WHY,
				 "it says no more than the commune; name the hamlet or the "
				 "transformer, or write \"toàn xã\"");
			break;
		}
	}
	return 0;
}

size_t places_find(struct places *p, char *area, struct calendar_place out[static CALENDAR_PLACES],
		   char why[static CALENDAR_WHY])
{
	struct item item[ITEMS];
	size_t n, found;

	squeeze(area);
	n = cut(area, item);
	if (n > ITEMS) {
		snprintf(why, CALENDAR_WHY, "its area is a list of more than %d; make it several",
			 ITEMS);
		return 0;
	}
	tell_communes(p, item, n);
	tell_kinds(item, n);
	for (size_t i = 0; i < n; i++) {
		if (is_range(p, &item[i])) {
			snprintf(why, CALENDAR_WHY,
				 "it names hamlets from one to another; name each");
			return 0;
		}
		if (is_whole_commune(p, &item[i])) {
			out[0] = (struct calendar_place){ WINDOW_ALL, "" };
			return 1;
		}
	}
	for (size_t k = 0; k < p->n; k++) {
		p->name[k].found = false;
		for (size_t i = 0; i < n && !p->name[k].found; i++)
			p->name[k].found = named_in(&p->name[k], &item[i]);
	}
	why[0] = '\0';
	found = gather(p, out, why);
	return found || why[0] ? found : nowhere(p, item, n, why);
}
