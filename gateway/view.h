/* SPDX-License-Identifier: Apache-2.0 */
/* view: the gateway's knowledge as JSON, the same for page, API and command line. */
#ifndef MATSANG_GATEWAY_VIEW_H
#define MATSANG_GATEWAY_VIEW_H

#include "gateway/commune.h"
#include "gateway/compose.h"
#include "gateway/gasp.h"
#include "gateway/heartbeat.h"
#include "gateway/notify.h"
#include "gateway/series.h"
#include "gateway/store.h"
#include "mesh/mqtt.h"

#include <sys/types.h>

struct cJSON;
struct view_figures;

/* Everything a view looks at; all borrowed. */
struct view {
	const struct roster *roster;
	const struct commune *commune;
	struct store *store;
	struct series *series;
	const struct notify *notify;
	const struct heartbeat *heartbeat; /* NULL when nobody waits for one */
	const struct mqtt *mqtt;
	const struct gasp_door *gasps; /* NULL when none are taken */
	const uint64_t *answers; /* of people, n_answers by what came of them; NULL: none come */
	const char *(*answer_str)(unsigned i);
	size_t n_answers;
	enum language language;
	wall_t started;
	wall_t now; /* set by the caller before each call */
	/* Availability counted lately, so that a list of thousands stays cheap; owned by http.
	 * NULL: all is counted anew at each call. */
	struct view_figures *figures;
};

/* For n points. NULL when out of memory; free(NULL) is fine. */
struct view_figures *view_figures_new(size_t n);
void view_figures_free(struct view_figures *f);

/* Incidents that people were told of, that go on, and that nobody has taken. */
size_t view_untaken(const struct view *v);

/* Each returns a new tree that the caller deletes; NULL when there is no such point or incident. */
struct cJSON *view_status(const struct view *v);
struct cJSON *view_point(const struct view *v, const char *code);
struct cJSON *view_incidents(const struct view *v, bool open_only);
struct cJSON *view_incident(const struct view *v, int64_t id);
char *view_metrics(const struct view *v); /* Prometheus text, malloc'd */

/* The list of all points as JSON text, those that are dark first. Their order is that of the
 * beginning; each is drawn as it is when its turn comes. v must live as long. NULL when out of
 * memory; free(NULL) is fine. */
struct view_points;
struct view_points *view_points_new(const struct view *v);
/* Writes at most max bytes (> 0) of what comes next. Returns how many: 0 at the end, -1 when out of
 * memory. */
ssize_t view_points_draw(struct view_points *p, char *to, size_t max);
void view_points_free(struct view_points *p);

#endif
