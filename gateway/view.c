/* SPDX-License-Identifier: Apache-2.0 */
/* view: the gateway's knowledge as JSON. */
#include "gateway/view_parts.h"

#include "gateway/page_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTAGES_MAX = 200 };
#define HALF_YEAR_MS (183LL * 24 * 3600 * 1000)

/* ---- the whole commune ---- */

static struct headline headline(const struct view *v, wall_t *blind_since)
{
	struct headline h = { .total = v->roster->n_points };

	h.blind = commune_blind(v->commune, blind_since);
	for (size_t i = 0; i < h.total; i++)
		switch (commune_point(v->commune, i).colour) {
		case COLOUR_UP:
			h.up++;
			break;
		case COLOUR_DOWN:
			h.down++;
			break;
		case COLOUR_PLANNED:
			h.planned++;
			break;
		case COLOUR_UNKNOWN:
		case COLOURS:
			h.unknown++;
			break;
		}
	return h;
}

static void add_headline(cJSON *to, const struct view *v)
{
	char text[HEADLINE_TEXT];
	wall_t since = { 0 };
	const struct headline h = headline(v, &since);
	cJSON *said = cJSON_AddObjectToObject(to, "headline");
	cJSON *points;

	headline_draw(text, &h, LANGUAGE_VI);
	cJSON_AddStringToObject(said, "vi", text);
	headline_draw(text, &h, LANGUAGE_EN);
	cJSON_AddStringToObject(said, "en", text);
	cJSON_AddBoolToObject(to, "blind", h.blind);
	part_time(to, "blind_since", h.blind ? since : (wall_t){ 0 });

	points = cJSON_AddObjectToObject(to, "points");
	part_count(points, "total", h.total);
	part_count(points, "up", h.up);
	part_count(points, "down", h.down);
	part_count(points, "unknown", h.unknown);
	part_count(points, "planned", h.planned);
}

static void add_broker(cJSON *to, const struct view *v)
{
	const struct mqtt_counters c =
		v->mqtt ? mqtt_counters(v->mqtt) : (struct mqtt_counters){ 0 };
	cJSON *broker = cJSON_AddObjectToObject(to, "broker");

	/* Each loss ends a connection that was counted. */
	cJSON_AddBoolToObject(broker, "connected", c.connects > c.lost);
	part_count(broker, "connects", c.connects);
	part_count(broker, "lost", c.lost);
	part_count(broker, "refused", c.refused);
	part_count(broker, "dropped", c.dropped);
}

static void add_store(cJSON *to, const struct view *v)
{
	const struct store_counters c = store_counters(v->store);
	cJSON *store = cJSON_AddObjectToObject(to, "store"), *outbox;

	part_count(store, "rows", c.rows);
	part_count(store, "commits", c.commits);
	part_count(store, "failed", c.failed);
	outbox = cJSON_AddObjectToObject(to, "outbox");
	cJSON_AddNumberToObject(outbox, "waiting", (double)c.outbox_waiting);
	cJSON_AddNumberToObject(outbox, "given_up", (double)c.outbox_given_up);
}

static void add_series(cJSON *to, const struct view *v)
{
	const struct series_counters c =
		v->series ? series_counters(v->series) : (struct series_counters){ 0 };
	cJSON *series = cJSON_AddObjectToObject(to, "series");

	part_count(series, "values", c.values);
	part_count(series, "calls", c.calls);
	part_count(series, "dropped_old", c.dropped_old);
	part_count(series, "dropped_future", c.dropped_future);
	part_count(series, "failed", c.failed);
	part_count(series, "remade", c.remade);
}

static void add_notify(cJSON *to, const struct view *v)
{
	cJSON *list = cJSON_AddArrayToObject(to, "notify");
	size_t n = 0;
	const char *const *routes = v->notify ? notify_routes(v->notify, &n) : NULL;

	for (size_t i = 0; i < n; i++) {
		const struct notify_counters c = notify_counters(v->notify, i);
		cJSON *route = cJSON_CreateObject(), *skipped;

		cJSON_AddStringToObject(route, "route", routes[i]);
		part_count(route, "sent", c.sent);
		part_count(route, "failed", c.failed);
		part_count(route, "given_up", c.given_up);
		skipped = cJSON_AddObjectToObject(route, "skipped");
		for (unsigned k = SKIP_NOT + 1; k < SKIPS; k++)
			part_count(skipped, notify_skip_str((enum notify_skip)k), c.skipped[k]);
		cJSON_AddBoolToObject(route, "open", c.open);
		cJSON_AddItemToArray(list, route);
	}
}

static void add_heartbeat(cJSON *to, const struct view *v)
{
	struct heartbeat_counters c;
	cJSON *beat;

	if (!v->heartbeat)
		return;
	c = heartbeat_counters(v->heartbeat);
	beat = cJSON_AddObjectToObject(to, "heartbeat");
	part_count(beat, "sent", c.sent);
	part_count(beat, "failed", c.failed);
	cJSON_AddBoolToObject(beat, "failing", c.failing);
}

static void add_gasps(cJSON *to, const struct view *v)
{
	cJSON *refused;

	if (!v->gasps)
		return;
	part_count(to, "gasps", gasp_door_count(v->gasps, 0));
	refused = cJSON_AddObjectToObject(to, "refused_gasp");
	for (unsigned r = 1; r < GASP_REFUSALS; r++)
		if (r != WIRE_TEXT)
			part_count(refused, gasp_refusal_str(r), gasp_door_count(v->gasps, r));
}

static void add_doubts(cJSON *to, const struct view *v)
{
	cJSON *list = cJSON_AddArrayToObject(to, "doubts");

	for (unsigned d = DOUBT_NONE + 1; d < DOUBTS; d++)
		if (commune_doubts(v->commune) >> d & 1)
			cJSON_AddItemToArray(list, cJSON_CreateString(doubt_str((enum doubt)d)));
}

struct cJSON *view_status(const struct view *v)
{
	cJSON *to = cJSON_CreateObject(), *refused;

	cJSON_AddStringToObject(to, "commune", v->roster->commune);
	cJSON_AddStringToObject(to, "version", MATSANG_VERSION);
	cJSON_AddStringToObject(to, "language", v->language == LANGUAGE_EN ? "en" : "vi");
	part_time(to, "now", v->now);
	part_time(to, "started", v->started);
	add_headline(to, v);
	add_doubts(to, v);
	part_count(to, "untaken", view_untaken(v));

	/* Every name, also those that have not happened: a page can show what is watched for. */
	refused = cJSON_AddObjectToObject(to, "refused");
	for (unsigned r = 1; r < REFUSALS; r++)
		part_count(refused, refusal_str(r), commune_refused(v->commune, r));
	add_gasps(to, v);
	add_broker(to, v);
	add_store(to, v);
	add_series(to, v);
	add_notify(to, v);
	add_heartbeat(to, v);
	return to;
}

/* ---- points ---- */

static void add_cameras(cJSON *to, const struct roster_point *p, const struct point_view *pv)
{
	const bool heard = pv->contact == CONTACT_UP || pv->contact == CONTACT_SUSPECT;
	cJSON *list = cJSON_AddArrayToObject(to, "cameras");

	for (size_t i = 0; i < p->n_cameras; i++) {
		cJSON *camera = cJSON_CreateObject();

		cJSON_AddStringToObject(camera, "name", p->cameras[i].name);
		/* What a silent point last said of its cameras is no longer knowledge. */
		part_known(camera, "up", heard && i < pv->verdict.cams_n,
			   eye_sees(eye_of(pv->verdict.eyes, (unsigned)i)));
		cJSON_AddStringToObject(camera, "eye",
					heard ? eye_str(eye_of(pv->verdict.eyes, (unsigned)i))
					      : eye_str(EYE_UNKNOWN));
		cJSON_AddItemToArray(list, camera);
	}
}

cJSON *part_point(const struct view *v, size_t i, bool fresh)
{
	const struct roster_point *p = &v->roster->points[i];
	const struct point_view pv = commune_point(v->commune, i);
	cJSON *to = cJSON_CreateObject();

	cJSON_AddStringToObject(to, "code", p->code);
	part_hamlet(to, v->roster, p->hamlet);
	cJSON_AddStringToObject(to, "household", p->household);
	cJSON_AddStringToObject(to, "state", colour_str(pv.colour));
	cJSON_AddStringToObject(
		to, "letter",
		pv.unstable && pv.colour == COLOUR_UP ? "~" : page_letter(pv.colour, pv.cause));
	if (pv.colour == COLOUR_DOWN) {
		cJSON_AddStringToObject(to, "cause", cause_str(pv.cause));
		cJSON_AddStringToObject(to, "sure", sure_str(pv.sure));
	} else {
		cJSON_AddNullToObject(to, "cause");
		cJSON_AddNullToObject(to, "sure");
	}
	part_time(to, "since", pv.since);
	part_time(to, "heard", pv.heard);
	cJSON_AddStringToObject(to, "contact", contact_str(pv.contact));
	part_count(to, "waiting", pv.waiting);
	cJSON_AddBoolToObject(to, "planned", pv.planned);
	cJSON_AddBoolToObject(to, "unstable", pv.unstable);
	add_cameras(to, p, &pv);
	cJSON_AddItemToObject(to, "availability", part_availability(v, i, fresh));
	return to;
}

static void add_facts(cJSON *to, const struct point_view *pv)
{
	const uint32_t f = pv->verdict.facts;
	const bool said = pv->heard.ms > 0;
	cJSON *facts = cJSON_AddObjectToObject(to, "facts");

	part_known(facts, "mains", f & FACT_MAINS_KNOWN, f & FACT_MAINS_ON);
	part_known(facts, "router", f & FACT_ROUTER_KNOWN, f & FACT_ROUTER_ANSWERS);
	part_known(facts, "outside", f & FACT_OUTSIDE_KNOWN, f & FACT_OUTSIDE_ANSWERS);
	part_known(facts, "link", said, f & FACT_LINK_UP);
	part_known(facts, "gateway", said, f & FACT_GATEWAY_LISTENS);
	part_known(facts, "may_ping", said, !(f & FACT_NO_PING_RIGHT));
	part_known(facts, "on_battery", f & FACT_UPS_KNOWN, f & FACT_ON_BATTERY);
	part_known(facts, "battery_low", f & FACT_UPS_KNOWN, f & FACT_BATTERY_LOW);
	part_known(facts, "under_voltage", said, f & FACT_UNDER_VOLTAGE);
	part_known(facts, "away", said, f & FACT_AWAY);
	part_known(facts, "call", said, f & FACT_CALL);
	part_known(facts, "healing", said, f & FACT_HEALING);
	part_known(facts, "records_lost", said, f & FACT_RECORDS_LOST);
	part_known(facts, "camera_clock", said, f & FACT_CAMERA_CLOCK);
	part_known(facts, "slowed", said, f & FACT_SLOWED);
	cJSON_AddStringToObject(facts, "layer", layer_str(pv->verdict.layer));
	cJSON_AddStringToObject(facts, "cause", cause_str(pv->verdict.cause));
	cJSON_AddStringToObject(facts, "sure", sure_str(pv->verdict.sure));
}

static void add_rtt(cJSON *to, const char *key, uint8_t packed)
{
	const int32_t us = wire_rtt_us(packed);

	if (us < 0)
		cJSON_AddNullToObject(to, key);
	else
		cJSON_AddNumberToObject(to, key, us);
}

static void add_sample(cJSON *to, const struct point_view *pv)
{
	const struct sample *s = &pv->sample;
	cJSON *sample;

	if (!pv->sampled) {
		cJSON_AddNullToObject(to, "sample");
		return;
	}
	sample = cJSON_AddObjectToObject(to, "sample");
	part_known(sample, "mains", s->mains_known, s->mains_on);
	part_known(sample, "router", s->router_known, s->router_answers);
	add_rtt(sample, "router_us", s->router_rtt);
	add_rtt(sample, "out_us", s->out_rtt);
	cJSON_AddBoolToObject(sample, "on_battery", s->on_battery);
	cJSON_AddBoolToObject(sample, "under_voltage", s->under_voltage);
	part_count(sample, "lost_percent", s->lost);
	if (s->temp_c == -128)
		cJSON_AddNullToObject(sample, "temp_c");
	else
		cJSON_AddNumberToObject(sample, "temp_c", s->temp_c);
}

bool part_list_outage(void *self, const struct outage *o)
{
	struct part_listing *l = self;

	cJSON_AddItemToArray(l->list, part_outage(l->v, o));
	return --l->left > 0;
}

static void add_about(cJSON *to, const char *key, const struct view *v, size_t point,
		      enum about_what what)
{
	wall_t at = { 0 };
	char *text = store_about(v->store, point, what, &at);
	cJSON *said = text ? cJSON_Parse(text) : NULL;

	cJSON_AddItemToObject(to, key, said ? said : cJSON_CreateNull());
	if (cJSON_IsObject(said))
		part_time(said, "at", at);
	free(text);
}

/* Whom it goes dark with, as learned from what happened. */
static void add_learned(cJSON *to, const struct view *v, size_t point)
{
	cJSON *list = cJSON_AddArrayToObject(to, "learned");
	uint32_t friend[LEARN_FRIENDS];
	size_t n = commune_learned(v->commune, point, friend);

	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(v->roster->points[friend[i]].code));
}

struct cJSON *view_point(const struct view *v, const char *code)
{
	const size_t i = commune_find(v->commune, code);
	const wall_t since = { v->now.ms - HALF_YEAR_MS };
	const struct roster_point *p;
	struct part_listing outages;
	struct point_view pv;
	char boot[20];
	cJSON *to;

	if (i == SIZE_MAX)
		return NULL;
	p = &v->roster->points[i];
	pv = commune_point(v->commune, i);
	to = part_point(v, i, true);
	cJSON_AddStringToObject(to, "phone", p->phone);
	cJSON_AddStringToObject(to, "provider", p->provider);
	cJSON_AddStringToObject(to, "transformer", p->transformer);
	snprintf(boot, sizeof boot, "%016" PRIx64, pv.boot);
	cJSON_AddStringToObject(to, "boot", boot);
	cJSON_AddNumberToObject(to, "outage", (double)pv.outage);
	cJSON_AddNumberToObject(to, "incident", (double)pv.incident);
	cJSON_AddStringToObject(to, "relay", p->relay ? p->relay : "");
	add_learned(to, v, i);
	add_facts(to, &pv);
	add_sample(to, &pv);

	add_about(to, "about", v, i, ABOUT_BIRTH);
	add_about(to, "report", v, i, ABOUT_REPORT);

	outages = (struct part_listing){ v, cJSON_AddArrayToObject(to, "outages"), OUTAGES_MAX };
	store_outages(v->store, i, since, part_list_outage, &outages);
	return to;
}
