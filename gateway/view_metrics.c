/* SPDX-License-Identifier: Apache-2.0 */
/* view_metrics: the same knowledge as Prometheus text: codes only, no names and no phones. */
#include "gateway/view.h"

#include <inttypes.h>
#include <stdio.h>

static void head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP matsang_%s %s\n# TYPE matsang_%s %s\n", name, help, name, type);
}

static void one(FILE *f, const char *name, const char *type, const char *help, uint64_t value)
{
	head(f, name, type, help);
	fprintf(f, "matsang_%s %" PRIu64 "\n", name, value);
}

/* A label's value; hamlet codes are free text in the settings. */
static void label(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", f);
			continue;
		}
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text, f);
	}
}

static void point_line(FILE *f, const char *name, const struct roster_point *p, int value)
{
	fprintf(f, "matsang_%s{point=\"%s\",hamlet=\"", name, p->code);
	label(f, p->hamlet);
	fprintf(f, "\"} %d\n", value);
}

static void points(FILE *f, const struct view *v)
{
	const struct roster *r = v->roster;

	head(f, "point_known", "gauge", "1 when the state of the point is known.");
	for (size_t i = 0; i < r->n_points; i++)
		point_line(f, "point_known", &r->points[i],
			   commune_point(v->commune, i).colour != COLOUR_UNKNOWN);
	/* Unknown is not down: a point that is not known has no line here. */
	head(f, "point_up", "gauge",
	     "1 when the point is watched; absent while that is not known.");
	for (size_t i = 0; i < r->n_points; i++) {
		const struct point_view pv = commune_point(v->commune, i);

		if (pv.colour != COLOUR_UNKNOWN)
			point_line(f, "point_up", &r->points[i], pv.colour == COLOUR_UP);
	}
	head(f, "point_waiting_records", "gauge", "Records the point still holds.");
	for (size_t i = 0; i < r->n_points; i++)
		point_line(f, "point_waiting_records", &r->points[i],
			   (int)commune_point(v->commune, i).waiting);
}

static void deliveries(FILE *f, const struct view *v)
{
	size_t n = 0;
	const char *const *routes = v->notify ? notify_routes(v->notify, &n) : NULL;

	head(f, "deliveries_total", "counter",
	     "Messages to people by route and result of the try.");
	for (size_t i = 0; i < n; i++) {
		const struct notify_counters c = notify_counters(v->notify, i);
		const struct {
			const char *result;
			uint64_t n;
		} line[] = { { "sent", c.sent },
			     { "failed", c.failed },
			     { "given_up", c.given_up } };

		for (size_t k = 0; k < 3; k++)
			fprintf(f,
				"matsang_deliveries_total{route=\"%s\",result=\"%s\"} %" PRIu64
				"\n",
				routes[i], line[k].result, line[k].n);
	}
	head(f, "deliveries_skipped_total", "counter",
	     "Messages that another way had to carry, or that had to wait, by route and reason.");
	for (size_t i = 0; i < n; i++)
		for (unsigned k = SKIP_NOT + 1; k < SKIPS; k++)
			fprintf(f,
				"matsang_deliveries_skipped_total{route=\"%s\",reason=\"%s\"} "
				"%" PRIu64 "\n",
				routes[i], notify_skip_str((enum notify_skip)k),
				notify_counters(v->notify, i).skipped[k]);
	head(f, "route_open", "gauge", "1 while the route is left alone after failures.");
	for (size_t i = 0; i < n; i++)
		fprintf(f, "matsang_route_open{route=\"%s\"} %d\n", routes[i],
			notify_counters(v->notify, i).open);
}

static void counters(FILE *f, const struct view *v)
{
	const struct store_counters s = store_counters(v->store);
	const struct series_counters d =
		v->series ? series_counters(v->series) : (struct series_counters){ 0 };
	const struct mqtt_counters m =
		v->mqtt ? mqtt_counters(v->mqtt) : (struct mqtt_counters){ 0 };

	one(f, "ledger_rows_total", "counter", "Rows stored.", s.rows);
	one(f, "commits_total", "counter", "Transactions kept.", s.commits);
	one(f, "commits_failed_total", "counter", "Transactions that were not kept.", s.failed);
	one(f, "outbox_waiting", "gauge", "Messages not delivered yet.",
	    (uint64_t)s.outbox_waiting);
	one(f, "outbox_given_up", "gauge", "Messages given up on.", (uint64_t)s.outbox_given_up);
	one(f, "series_values_total", "counter", "Values written to graphs.", d.values);
	one(f, "series_calls_total", "counter", "Calls that wrote them.", d.calls);
	one(f, "series_dropped_old_total", "counter", "Values not later than the last.",
	    d.dropped_old);
	one(f, "series_dropped_future_total", "counter", "Values from the future.",
	    d.dropped_future);
	one(f, "series_failed_total", "counter", "Calls that failed.", d.failed);
	one(f, "broker_connects_total", "counter", "Connections to the broker.", m.connects);
	one(f, "broker_lost_total", "counter", "Connections lost.", m.lost);
	one(f, "broker_refused_total", "counter", "Connections the broker refused.", m.refused);
	one(f, "broker_dropped_total", "counter", "Messages dropped before they were read.",
	    m.dropped);
}

static void heartbeat(FILE *f, const struct view *v)
{
	struct heartbeat_counters c;

	if (!v->heartbeat)
		return;
	c = heartbeat_counters(v->heartbeat);
	one(f, "heartbeats_total", "counter", "Signs of life that arrived outside.", c.sent);
	one(f, "heartbeats_failed_total", "counter", "Signs of life that did not.", c.failed);
}

static void gasps(FILE *f, const struct view *v)
{
	if (!v->gasps)
		return;
	one(f, "gasps_total", "counter", "Last gasps taken.", gasp_door_count(v->gasps, 0));
	head(f, "gasps_refused_total", "counter", "Last gasps refused, by reason.");
	for (unsigned r = 1; r < GASP_REFUSALS; r++)
		if (r != WIRE_TEXT)
			fprintf(f, "matsang_gasps_refused_total{reason=\"%s\"} %" PRIu64 "\n",
				gasp_refusal_str(r), gasp_door_count(v->gasps, r));
}

static void people(FILE *f, const struct view *v)
{
	head(f, "doubt", "gauge", "1 while the gateway doubts itself for this reason.");
	for (unsigned d = DOUBT_NONE + 1; d < DOUBTS; d++)
		fprintf(f, "matsang_doubt{reason=\"%s\"} %u\n", doubt_str((enum doubt)d),
			commune_doubts(v->commune) >> d & 1);
	one(f, "incidents_untaken", "gauge", "Incidents that were told and nobody has taken.",
	    view_untaken(v));
	if (!v->answers)
		return;
	head(f, "answers_total", "counter", "Answers of people, by what came of them.");
	for (unsigned i = 0; i < v->n_answers; i++)
		fprintf(f, "matsang_answers_total{result=\"%s\"} %" PRIu64 "\n", v->answer_str(i),
			v->answers[i]);
}

char *view_metrics(const struct view *v)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	wall_t since;

	if (!f)
		return NULL;
	head(f, "build_info", "gauge", "Always 1.");
	fprintf(f, "matsang_build_info{version=\"%s\"} 1\n", MATSANG_VERSION);
	one(f, "blind", "gauge", "1 while the gateway hears nothing itself.",
	    commune_blind(v->commune, &since));
	points(f, v);
	head(f, "refused_total", "counter", "Messages refused, by reason.");
	for (unsigned r = 1; r < REFUSALS; r++)
		fprintf(f, "matsang_refused_total{reason=\"%s\"} %" PRIu64 "\n", refusal_str(r),
			commune_refused(v->commune, r));
	gasps(f, v);
	counters(f, v);
	deliveries(f, v);
	heartbeat(f, v);
	people(f, v);
	fclose(f);
	return text;
}
