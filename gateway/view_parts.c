/* SPDX-License-Identifier: Apache-2.0 */
/* view_parts: the small pieces that views are made of. */
#include "gateway/view_parts.h"

#include "gateway/date.h"

#include <stdlib.h>
#include <string.h>

enum { FIGURES_A_LIST = 50 };
#define FIGURES_LIST_MS (60 * 1000)
#define DAY_MS (24LL * 3600 * 1000)

/* A point's three figures, packed: there is one of each of thousands of points. */
struct few {
	uint32_t of[COLOURS], theirs;
};

struct figure {
	wall_t counted; /* ms 0: never */
	struct few h24, d30, m6;
};

struct view_figures {
	size_t n;
	unsigned left; /* so many may still be counted for this list */
	struct figure figure[];
};

struct view_figures *view_figures_new(size_t n)
{
	struct view_figures *f = calloc(1, sizeof *f + n * sizeof f->figure[0]);

	if (f)
		f->n = n;
	return f;
}

void view_figures_free(struct view_figures *f)
{
	free(f);
}

void part_time(cJSON *to, const char *key, wall_t t)
{
	char text[DATE_TEXT];

	if (t.ms <= 0) {
		cJSON_AddNullToObject(to, key);
		return;
	}
	date_draw_iso(text, t);
	cJSON_AddStringToObject(to, key, text);
}

void part_count(cJSON *to, const char *key, uint64_t n)
{
	cJSON_AddNumberToObject(to, key, (double)n);
}

void part_known(cJSON *to, const char *key, bool known, bool yes)
{
	if (known)
		cJSON_AddBoolToObject(to, key, yes);
	else
		cJSON_AddNullToObject(to, key);
}

void part_hamlet(cJSON *to, const struct roster *r, const char *code)
{
	cJSON *hamlet = cJSON_AddObjectToObject(to, "hamlet");
	const char *name = "";

	for (size_t i = 0; i < r->n_hamlets; i++)
		if (strcmp(r->hamlets[i].code, code) == 0)
			name = r->hamlets[i].name;
	cJSON_AddStringToObject(hamlet, "code", code);
	cJSON_AddStringToObject(hamlet, "name", name);
}

/* Percent with two digits, cut and not rounded: 100 means that not a second is missing. */
static double percent(int64_t up, int64_t of)
{
	return (double)(up * 10000 / of) / 100;
}

cJSON *part_seconds(const struct seconds *s)
{
	cJSON *to = cJSON_CreateObject();
	int64_t all = 0, judged;

	for (int c = 0; c < COLOURS; c++)
		all += s->of[c];
	judged = all - s->of[COLOUR_UNKNOWN] - s->of[COLOUR_PLANNED];
	cJSON_AddNumberToObject(to, "up", (double)s->of[COLOUR_UP]);
	cJSON_AddNumberToObject(to, "down", (double)s->of[COLOUR_DOWN]);
	cJSON_AddNumberToObject(to, "theirs", (double)s->theirs);
	cJSON_AddNumberToObject(to, "unknown", (double)s->of[COLOUR_UNKNOWN]);
	cJSON_AddNumberToObject(to, "planned", (double)s->of[COLOUR_PLANNED]);
	cJSON_AddNumberToObject(to, "seconds", (double)all);
	if (judged > 0)
		cJSON_AddNumberToObject(to, "percent", percent(s->of[COLOUR_UP], judged));
	else
		cJSON_AddNullToObject(to, "percent");
	return to;
}

cJSON *part_outage(const struct view *v, const struct outage *o)
{
	cJSON *to = cJSON_CreateObject();
	const wall_t end = o->until.ms ? o->until : v->now;

	cJSON_AddNumberToObject(to, "id", (double)o->id);
	if (o->point < v->roster->n_points)
		cJSON_AddStringToObject(to, "point", v->roster->points[o->point].code);
	part_time(to, "from", o->from);
	part_time(to, "until", o->until);
	cJSON_AddNumberToObject(to, "seconds", (double)((end.ms - o->from.ms) / 1000));
	cJSON_AddStringToObject(to, "cause", cause_str(o->cause));
	cJSON_AddStringToObject(to, "sure", sure_str(o->sure));
	if (o->incident)
		cJSON_AddNumberToObject(to, "incident", (double)o->incident);
	else
		cJSON_AddNullToObject(to, "incident");
	return to;
}

/* Half a year is 16 million seconds. */
static struct few pack(const struct seconds *s)
{
	struct few f = { .theirs = (uint32_t)s->theirs };

	for (int c = 0; c < COLOURS; c++)
		f.of[c] = (uint32_t)s->of[c];
	return f;
}

static cJSON *unpack_json(const struct few *f)
{
	struct seconds s = { .theirs = f->theirs };

	for (int c = 0; c < COLOURS; c++)
		s.of[c] = f->of[c];
	return part_seconds(&s);
}

static struct few count(const struct view *v, size_t point, int64_t days)
{
	struct seconds s =
		store_seconds(v->store, point, (wall_t){ v->now.ms - days * DAY_MS }, v->now);

	return pack(&s);
}

static struct figure count_all(const struct view *v, size_t point)
{
	return (struct figure){ v->now, count(v, point, 1), count(v, point, 30),
				count(v, point, 183) };
}

static cJSON *figure_json(const struct figure *f)
{
	cJSON *to = cJSON_CreateObject();

	cJSON_AddItemToObject(to, "h24", unpack_json(&f->h24));
	cJSON_AddItemToObject(to, "d30", unpack_json(&f->d30));
	cJSON_AddItemToObject(to, "m6", unpack_json(&f->m6));
	return to;
}

void part_availability_begin(const struct view *v)
{
	if (v->figures)
		v->figures->left = FIGURES_A_LIST;
}

cJSON *part_availability(const struct view *v, size_t point, bool fresh)
{
	struct figure *f, now;
	int64_t age;
	bool old;

	if (!v->figures || point >= v->figures->n) {
		now = count_all(v, point);
		return figure_json(&now);
	}
	f = &v->figures->figure[point];
	age = v->now.ms - f->counted.ms;
	old = f->counted.ms == 0 || age < 0 || age > FIGURES_LIST_MS;
	if (fresh || (old && v->figures->left > 0)) {
		*f = count_all(v, point);
		v->figures->left -= !fresh;
	}
	return f->counted.ms ? figure_json(f) : cJSON_CreateNull();
}
