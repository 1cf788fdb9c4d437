/* SPDX-License-Identifier: Apache-2.0 */
/* view_parts: the small pieces that views are made of. Only for view.c and its neighbours. */
#ifndef MATSANG_GATEWAY_VIEW_PARTS_H
#define MATSANG_GATEWAY_VIEW_PARTS_H

#include "gateway/view.h"

#include <cjson/cJSON.h>

/* Add a time ("2026-05-14T12:42:03.120Z"); null when t.ms is 0 or less. */
void part_time(cJSON *to, const char *key, wall_t t);
void part_count(cJSON *to, const char *key, uint64_t n);
/* true, false, or null when it is not known. */
void part_known(cJSON *to, const char *key, bool known, bool yes);

/* {"code", "name"} of the hamlet with this code. */
void part_hamlet(cJSON *to, const struct roster *r, const char *code);

/* {"up", "down", "theirs", "unknown", "planned", "seconds", "percent"}; percent is up out of what
 * was known and not planned, null when that is nothing. */
cJSON *part_seconds(const struct seconds *s);

/* One point: state, cause, since when, cameras, availability (fresh: as part_availability says). */
cJSON *part_point(const struct view *v, size_t point, bool fresh);

cJSON *part_outage(const struct view *v, const struct outage *o);

/* A list that is being filled, and how many more may come. */
struct part_listing {
	const struct view *v;
	cJSON *list;
	size_t left;
};
bool part_list_outage(void *listing, const struct outage *o); /* a store_outage_fn */

/* Availability of one point: "h24", "d30", "m6". fresh: counted now. NULL (JSON
 * null) when it has not been counted yet and this call has counted enough. */
cJSON *part_availability(const struct view *v, size_t point, bool fresh);
/* A new list begins: so many may be counted in it. */
void part_availability_begin(const struct view *v);

#endif
