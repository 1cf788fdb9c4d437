/* SPDX-License-Identifier: Apache-2.0 */
/* view_points: the list of all points as text, a piece at a time, so that thousands never stand in
 * memory at once. */
#include "gateway/view_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Dark ones first, the latest of them on top; then what is not known; what works comes last. */
struct place {
	size_t point;
	int rank;
	int64_t since;
};

static int place_cmp(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank - y->rank;
	if (x->rank == 0 && x->since != y->since)
		return x->since < y->since ? 1 : -1;
	return (x->point > y->point) - (x->point < y->point);
}

static int rank_of(enum colour c)
{
	switch (c) {
	case COLOUR_DOWN:
		return 0;
	case COLOUR_UNKNOWN:
	case COLOURS:
		return 1;
	case COLOUR_PLANNED:
		return 2;
	case COLOUR_UP:
		return 3;
	}
	return 1;
}

struct view_points {
	const struct view *v;
	struct place *place;
	size_t n, drawn; /* of place */
	bool closed;     /* all is drawn, the end too */
	char *text;      /* drawn and not handed out yet, malloc'd, or NULL */
	size_t len, from;
};

struct view_points *view_points_new(const struct view *v)
{
	const size_t n = v->roster->n_points;
	struct view_points *p = calloc(1, sizeof *p);
	struct place *place = calloc(n ? n : 1, sizeof *place);

	if (!p || !place) {
		free(p);
		free(place);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		const struct point_view pv = commune_point(v->commune, i);

		place[i] = (struct place){ i, rank_of(pv.colour), pv.since.ms };
	}
	qsort(place, n, sizeof *place, place_cmp);
	part_availability_begin(v);
	*p = (struct view_points){ .v = v, .place = place, .n = n };
	return p;
}

void view_points_free(struct view_points *p)
{
	if (!p)
		return;
	free(p->text);
	free(p->place);
	free(p);
}

/* What leads to the next point, the point, and what ends the list after the last one. */
static bool draw_next(struct view_points *p)
{
	const char *lead = p->drawn ? "," : "{\"points\":[";
	const char *end = p->drawn + 1 >= p->n ? "]}" : "";
	cJSON *json = NULL;
	char *text = NULL;
	int len = -1;

	if (p->drawn < p->n) {
		json = part_point(p->v, p->place[p->drawn].point, false);
		text = cJSON_PrintUnformatted(json);
	}
	if (p->n == 0 || text)
		len = asprintf(&p->text, "%s%s%s", lead, text ? text : "", end);
	cJSON_free(text);
	cJSON_Delete(json);
	if (len < 0) {
		p->text = NULL;
		return false;
	}
	p->len = (size_t)len;
	p->from = 0;
	p->drawn++;
	p->closed = *end;
	return true;
}

ssize_t view_points_draw(struct view_points *p, char *to, size_t max)
{
	size_t got = 0, n;

	while (got < max) {
		if (!p->text) {
			if (p->closed)
				break;
			if (!draw_next(p))
				return -1;
		}
		n = p->len - p->from < max - got ? p->len - p->from : max - got;
		memcpy(to + got, p->text + p->from, n);
		got += n;
		p->from += n;
		if (p->from == p->len) {
			free(p->text);
			p->text = NULL;
		}
	}
	return (ssize_t)got;
}
