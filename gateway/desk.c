/* SPDX-License-Identifier: Apache-2.0 */
/* desk: where people speak to the gateway, from whichever way they come. */
#include "gateway/desk.h"

#include "gateway/alert.h"
#include "mesh/log.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const refusal_names[] = {
	[DESK_OK] = "ok",
	[DESK_STRANGER] = "stranger",
	[DESK_NOTHING] = "nothing_to_take",
	[DESK_UNKNOWN] = "unknown_code",
	[DESK_TAKEN] = "taken_already",
	[DESK_NOT_KEPT] = "not_kept",
};
static_assert(COUNT(refusal_names) == DESK_REFUSALS, "name every refusal");

struct desk {
	const struct gateway_settings *settings;
	struct store *store;
	struct turn *turn;
	struct commune *commune;
	uint64_t count[DESK_REFUSALS];
};

struct desk *desk_new(const struct gateway_settings *s, struct store *store, struct turn *t)
{
	struct desk *d = calloc(1, sizeof *d);

	if (d)
		*d = (struct desk){ .settings = s, .store = store, .turn = t };
	return d;
}

void desk_free(struct desk *d)
{
	free(d);
}

void desk_judge(struct desk *d, struct commune *c)
{
	d->commune = c;
}

const char *desk_refusal_str(unsigned r)
{
	return r < COUNT(refusal_names) ? refusal_names[r] : "?";
}

const uint64_t *desk_counts(const struct desk *d)
{
	return d->count;
}

/* ---- who is it? ---- */

static bool same_place(const char *via, const char *a, const char *b)
{
	if (strcmp(via, "mail") == 0)
		return strcasecmp(a, b) == 0;
	return strcmp(via, "sms") == 0 ? reply_number_same(a, b) : strcmp(a, b) == 0;
}

static const struct gateway_person *person_at(const struct desk *d, const char *via,
					      const char *from)
{
	for (size_t i = 0; i < d->settings->n_people; i++) {
		const struct gateway_person *p = &d->settings->people[i];

		for (size_t k = 0; k < p->n_ways; k++)
			if (strcmp(p->ways[k].via, via) == 0 &&
			    same_place(via, p->ways[k].to, from))
				return p;
	}
	return NULL;
}

static const struct gateway_person *person_called(const struct desk *d, const char *id)
{
	for (size_t i = 0; i < d->settings->n_people; i++)
		if (strcmp(d->settings->people[i].id, id) == 0)
			return &d->settings->people[i];
	return NULL;
}

/* ---- taking a job ---- */

static enum desk_refusal take(struct desk *d, const char *code, const char *name, struct alert *out)
{
	const mono_t now = clock_mono();
	enum taking t = commune_take_job(d->commune, code, name, out, now, clock_wall());

	/* Whoever said it forgets it now, so it must be kept. */
	if (turn_now(d->turn, now) < 0)
		return DESK_NOT_KEPT;
	switch (t) {
	case TAKING_OK:
		log_info("incident %lld: %s takes the job", (long long)out->incident, name);
		return DESK_OK;
	case TAKING_TAKEN:
		return DESK_TAKEN;
	case TAKING_UNKNOWN:
	case TAKINGS:
		break;
	}
	return DESK_UNKNOWN;
}

static enum desk_refusal hear(struct desk *d, const char *via, const char *from, const char *text,
			      struct alert *out)
{
	const struct gateway_person *p = person_at(d, via, from);
	char code[NOTICE_CODE];
	enum desk_refusal r;
	enum reply_err err;

	if (!p)
		return DESK_STRANGER;
	err = reply_read(code, text);
	if (err != REPLY_OK) {
		log_info("%s: an answer of %s says nothing to take (%s)", via, p->id,
			 reply_err_str(err));
		return DESK_NOTHING;
	}
	r = take(d, code, p->name, out);
	if (r != DESK_NOT_KEPT) {
		commune_answer(d->commune, p->id, code, clock_wall());
		turn_soon(d->turn, clock_mono());
	}
	return r;
}

bool desk_heard(void *desk, const char *via, const char *from, const char *text)
{
	struct desk *d = desk;
	struct alert out;
	const enum desk_refusal r = hear(d, via, from, text, &out);

	d->count[r]++;
	if (r != DESK_OK)
		log_warn("%s: an answer is refused: %s", via, desk_refusal_str(r));
	return r != DESK_NOT_KEPT;
}

/* ---- for the API ---- */

static cJSON *failure(const char *why)
{
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "error", why);
	return json;
}

static cJSON *outcome(struct desk *d, enum desk_refusal r, const struct alert *a, unsigned *status)
{
	static const char *const why[] = {
		[DESK_STRANGER] = "nobody of \"people\" is reached there",
		[DESK_NOTHING] =
			"no code to take: write OK and the code of the message, as in OK 7K2",
		[DESK_UNKNOWN] = "no open incident has that code",
		[DESK_TAKEN] = "somebody has that job already",
		[DESK_NOT_KEPT] =
			"the ledger cannot be written; make room on the disk, then say it again",
	};
	cJSON *json;

	d->count[r]++;
	*status = r == DESK_OK         ? 200
		  : r == DESK_TAKEN    ? 409
		  : r == DESK_UNKNOWN  ? 404
		  : r == DESK_NOT_KEPT ? 503
				       : 400;
	json = r == DESK_OK ? cJSON_CreateObject() : failure(why[r]);
	if (r == DESK_OK || r == DESK_TAKEN) {
		cJSON_AddNumberToObject(json, "incident", (double)a->incident);
		cJSON_AddStringToObject(json, "code", a->code);
		cJSON_AddStringToObject(json, "taken_by", a->taken_by);
	}
	return json;
}

cJSON *desk_reply(struct desk *d, const char *via, const char *from, const char *text,
		  unsigned *status)
{
	struct alert a = { 0 };
	enum desk_refusal r = hear(d, via, from, text, &a);

	return outcome(d, r, &a, status);
}

static const char *text_of(const cJSON *asked, const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(asked, key));

	return text ? text : "";
}

/* Whoever is signed in acts for himself; whoever is on the machine says for whom. */
static const char *name_of(const struct desk *d, const cJSON *asked, const char *who)
{
	const char *as = text_of(asked, "as");
	const struct gateway_person *p = person_called(d, who ? who : as);

	if (p)
		return p->name;
	return who ? who : as;
}

cJSON *desk_take(struct desk *d, const cJSON *asked, const char *who, unsigned *status)
{
	const char *text = text_of(asked, "code"), *name = name_of(d, asked, who);
	struct alert a = { 0 };
	char code[NOTICE_CODE];

	*status = 400;
	if (name[0] == '\0')
		return failure("who takes it? give \"as\": the id of one of \"people\", or a name");
	if (reply_read(code, text) != REPLY_OK)
		return outcome(d, DESK_NOTHING, &a, status);
	return outcome(d, take(d, code, name, &a), &a, status);
}

static bool cause_read(const char *text, enum cause *out)
{
	for (unsigned i = CAUSE_POWER; i < CAUSES; i++)
		if (strcmp(cause_str((enum cause)i), text) == 0) {
			*out = (enum cause)i;
			return true;
		}
	return false;
}

cJSON *desk_correct(struct desk *d, const cJSON *asked, const char *who, unsigned *status)
{
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(asked, "incident");
	const char *name = name_of(d, asked, who);
	const mono_t now = clock_mono();
	struct incident in;
	enum cause cause;
	cJSON *json;

	*status = 400;
	if (name[0] == '\0')
		return failure("who says so? give \"as\": the id of one of \"people\", or a name");
	if (!cause_read(text_of(asked, "cause"), &cause))
		return failure("no such cause; power, router, provider, gateway, line, camera, "
			       "device, link, names, portal, mtu or open");
	*status = 404;
	if (!cJSON_IsNumber(id) || !store_incident(d->store, (int64_t)id->valuedouble, &in) ||
	    in.scope == SCOPE_GATEWAY)
		return failure("no such incident");
	commune_correct(d->commune, in.id, in.point, cause, name, now, clock_wall());
	turn_soon(d->turn, now);
	log_info("incident %lld: %s says the cause was %s", (long long)in.id, name,
		 cause_str(cause));
	json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "incident", (double)in.id);
	cJSON_AddStringToObject(json, "cause", cause_str(in.cause));
	cJSON_AddStringToObject(json, "corrected", cause_str(cause));
	*status = 200;
	return json;
}

static bool is_quiet(const struct desk *d, const char *id)
{
	const struct roster *r = &d->settings->roster;
	wall_t until;

	for (size_t k = 0; k < r->n_receivers; k++)
		if (strcmp(r->receivers[k].id, id) == 0)
			return alert_quiet(&r->receivers[k], clock_wall(), &until);
	return false;
}

cJSON *desk_test(struct desk *d, const cJSON *asked, unsigned *status)
{
	const char *to = text_of(asked, "to");
	const mono_t now = clock_mono();
	cJSON *json;

	*status = 404;
	if (!commune_test(d->commune, to, now, clock_wall()))
		return failure("no such person: give the id of one of \"people\"");
	turn_soon(d->turn, now);
	json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "to", to);
	cJSON_AddBoolToObject(json, "quiet", is_quiet(d, to));
	*status = 200;
	return json;
}
