/* SPDX-License-Identifier: Apache-2.0 */
/* view_incident: incidents as JSON: what belongs together, why, and who takes care of it. */
#include "gateway/view_parts.h"

#include "gateway/compose.h"
#include "gateway/page_words.h"

#include <string.h>

enum { INCIDENTS_MAX = 200, OUTAGES_MAX = 200 };

static size_t hamlet_points(const struct roster *r, const char *code)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_points; i++)
		n += strcmp(r->points[i].hamlet, code) == 0;
	return n;
}

/* ---- what it rests on ---- */

static void add_evidence(cJSON *to, uint32_t evidence)
{
	static const char *const names[] = { "said",       "transformer", "provider", "mixed",
					     "neighbours", "same_boot",   "new_boot", "relay" };
	cJSON *list = cJSON_AddArrayToObject(to, "evidence");

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (evidence >> i & 1)
			cJSON_AddItemToArray(list, cJSON_CreateString(names[i]));
}

/* ---- who takes care of it ---- */

/* People were told, it goes on, and nobody has it. */
static bool is_untaken(const struct view *v, const struct incident *in)
{
	struct alert a;

	return in->told && in->state == INCIDENT_TOLD &&
	       (!store_alert(v->store, in->id, &a) || a.taken_by[0] == '\0');
}

static void add_alert(cJSON *to, const struct view *v, int64_t incident)
{
	const struct roster *r = v->roster;
	struct alert a;
	cJSON *o, *list;

	if (!store_alert(v->store, incident, &a)) {
		cJSON_AddNullToObject(to, "alert");
		return;
	}
	o = cJSON_AddObjectToObject(to, "alert");
	cJSON_AddStringToObject(o, "code", a.code);
	cJSON_AddStringToObject(o, "taken_by", a.taken_by);
	part_time(o, "taken", a.taken);
	part_time(o, "next", a.next);
	list = cJSON_AddArrayToObject(o, "told_to");
	for (size_t i = 0; i < r->n_receivers && i < ALERT_RECEIVERS; i++)
		if (a.told_to[i / 64] >> i % 64 & 1)
			cJSON_AddItemToArray(list, cJSON_CreateString(r->receivers[i].name));
}

/* The name of what its points have in common, "" where the scope says it all. */
static const char *shared(const struct incident *in, const struct roster_point *p)
{
	switch (in->scope) {
	case SCOPE_TRANSFORMER:
		return p ? p->transformer : "";
	case SCOPE_PROVIDER:
		return p ? p->provider : "";
	case SCOPE_RELAY:
		return p ? p->code : "";
	case SCOPE_POINT:
	case SCOPE_HAMLET:
	case SCOPE_LEARNED:
	case SCOPE_AREA:
	case SCOPE_GATEWAY:
	case SCOPES:
		break;
	}
	return "";
}

static void add_place(cJSON *to, const struct view *v, const struct incident *in)
{
	const struct roster *r = v->roster;
	const bool own = in->scope == SCOPE_GATEWAY;
	const char *hamlet = !own && in->hamlet < r->n_hamlets ? r->hamlets[in->hamlet].code : "";
	const struct roster_point *p =
		!own && in->point < r->n_points ? &r->points[in->point] : NULL;

	cJSON_AddStringToObject(to, "scope", scope_str(in->scope));
	cJSON_AddStringToObject(to, "doubt", doubt_str(in->doubt));
	cJSON_AddStringToObject(to, "shared", shared(in, p));
	part_hamlet(to, r, hamlet);
	cJSON_AddStringToObject(to, "point", p ? p->code : "");
	cJSON_AddStringToObject(to, "household", p ? p->household : "");
	part_count(to, "hamlet_points", own ? 0 : hamlet_points(r, hamlet));
}

/* What a person knows goes before what was judged. */
static const char *letter(const struct incident *in)
{
	if (in->scope == SCOPE_GATEWAY)
		return page_letter(COLOUR_UNKNOWN, CAUSE_NONE);
	return page_letter(COLOUR_DOWN, in->corrected != CAUSE_NONE ? in->corrected : in->cause);
}

static cJSON *incident_json(const struct view *v, const struct incident *in)
{
	const wall_t end = in->until.ms ? in->until : v->now;
	cJSON *to = cJSON_CreateObject();

	cJSON_AddNumberToObject(to, "id", (double)in->id);
	cJSON_AddStringToObject(to, "state", incident_state_str(in->state));
	cJSON_AddBoolToObject(to, "told", in->told);
	add_place(to, v, in);
	part_time(to, "from", in->from);
	part_time(to, "until", in->until);
	cJSON_AddNumberToObject(to, "seconds", (double)((end.ms - in->from.ms) / 1000));
	cJSON_AddStringToObject(to, "cause", cause_str(in->cause));
	cJSON_AddStringToObject(to, "sure", sure_str(in->sure));
	cJSON_AddStringToObject(to, "corrected",
				in->corrected != CAUSE_NONE ? cause_str(in->corrected) : "");
	cJSON_AddStringToObject(to, "letter", letter(in));
	cJSON_AddBoolToObject(to, "residue", in->residue);
	part_count(to, "points", in->points);
	part_count(to, "open", in->open);
	part_count(to, "group", in->group);
	part_count(to, "others", in->others);
	part_count(to, "hamlets", in->hamlets);
	part_count(to, "flaps", in->flaps);
	add_evidence(to, in->evidence);
	add_alert(to, v, in->id);
	cJSON_AddBoolToObject(to, "untaken", is_untaken(v, in));
	return to;
}

/* ---- lists ---- */

static bool list_incident(void *self, const struct incident *in)
{
	struct part_listing *l = self;

	cJSON_AddItemToArray(l->list, incident_json(l->v, in));
	return --l->left > 0;
}

struct cJSON *view_incidents(const struct view *v, bool open_only)
{
	cJSON *to = cJSON_CreateObject();
	struct part_listing l = { v, cJSON_AddArrayToObject(to, "incidents"), INCIDENTS_MAX };

	store_incidents(v->store, open_only, INCIDENTS_MAX, list_incident, &l);
	return to;
}

static bool count_untaken(void *self, const struct incident *in)
{
	struct part_listing *l = self;

	l->left += is_untaken(l->v, in);
	return true;
}

size_t view_untaken(const struct view *v)
{
	struct part_listing l = { .v = v };

	store_incidents(v->store, true, INCIDENTS_MAX, count_untaken, &l);
	return l.left;
}

static bool list_delivery(void *self, const struct delivery_view *d)
{
	struct part_listing *l = self;
	cJSON *to = cJSON_CreateObject();

	cJSON_AddStringToObject(to, "key", d->key);
	cJSON_AddStringToObject(to, "receiver", d->receiver);
	cJSON_AddStringToObject(to, "what", tell_str(d->what));
	part_count(to, "tries", d->tries);
	part_time(to, "made", d->made);
	part_time(to, "sent", d->sent);
	cJSON_AddBoolToObject(to, "given_up", d->sent.ms < 0);
	cJSON_AddStringToObject(to, "via", d->via);
	cJSON_AddStringToObject(to, "note", d->note);
	cJSON_AddItemToArray(l->list, to);
	return --l->left > 0;
}

/* As it would be told now. */
static cJSON *message_json(const struct view *v, const struct incident *in, enum language lang)
{
	cJSON *to = cJSON_CreateObject();
	struct notice n = { .what = in->state == INCIDENT_CLOSED ? TELL_RESOLVED
				    : in->residue                ? TELL_RESIDUE
								 : TELL_FIRING,
			    .incident = *in };
	struct message m;
	struct alert a;

	if (store_alert(v->store, in->id, &a)) {
		memcpy(n.code, a.code, sizeof n.code);
		memcpy(n.taken_by, a.taken_by, sizeof n.taken_by);
	}
	compose(&m, v->roster, &n, lang);
	cJSON_AddStringToObject(to, "subject", m.subject);
	cJSON_AddStringToObject(to, "text", m.text);
	return to;
}

struct cJSON *view_incident(const struct view *v, int64_t id)
{
	struct incident in;
	struct part_listing l;
	cJSON *to, *message;

	if (!store_incident(v->store, id, &in))
		return NULL;
	to = incident_json(v, &in);
	message = cJSON_AddObjectToObject(to, "message");
	cJSON_AddItemToObject(message, "vi", message_json(v, &in, LANGUAGE_VI));
	cJSON_AddItemToObject(message, "en", message_json(v, &in, LANGUAGE_EN));
	l = (struct part_listing){ v, cJSON_AddArrayToObject(to, "outages"), OUTAGES_MAX };
	store_outages_of(v->store, id, part_list_outage, &l);
	l = (struct part_listing){ v, cJSON_AddArrayToObject(to, "deliveries"), OUTAGES_MAX };
	store_deliveries(v->store, id, list_delivery, &l);
	return to;
}
