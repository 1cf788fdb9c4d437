/* SPDX-License-Identifier: Apache-2.0 */
/* http_routes: which address answers what, and to whom. */
#include "gateway/http_parts.h"

#include "gateway/page_words.h"
#include "mesh/log.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum need {
	NEED_NOTHING, /* code and words of the page: no secret in them */
	NEED_LOOK,    /* signed in; a page sends those who are not to the sign-in */
	NEED_READ,    /* signed in, else 401 */
	NEED_CHANGE,  /* signed in, with the page's token, from our own page */
	NEED_LOCAL,   /* only over the Unix socket */
	NEED_METRICS, /* signed in, or the bearer token */
};

struct route {
	const char *method;
	const char *path; /* a '*' stands for one piece between slashes */
	enum need need;
	enum MHD_Result (*answer)(struct http_request *q, const char *piece);
};

static struct http *http_of(const struct http_request *q)
{
	return q->face->http;
}

/* ---- pages ---- */

static enum MHD_Result get_page(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_asset(q, "/");
}

static enum MHD_Result get_login(struct http_request *q, const char *piece)
{
	(void)piece;
	return q->user ? reply_redirect(q, "/", NULL) : reply_asset(q, "/login");
}

static enum MHD_Result get_style(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_asset(q, "/page.css");
}

static enum MHD_Result get_script(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_asset(q, "/page.js");
}

static enum MHD_Result get_icon(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_asset(q, "/icon.svg");
}

static enum MHD_Result get_words(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_json(q, 200, page_words());
}

/* ---- reading ---- */

/* Counters of the page itself, and what a signed-in page needs for its changes. */
static void add_http(cJSON *to, const struct http_request *q)
{
	const struct http *h = http_of(q);
	const struct draw_counters d = draw_counters(h->draw);
	cJSON *http = cJSON_AddObjectToObject(to, "http"), *part;
	char token[LOGIN_ID_TEXT];

	cJSON_AddNumberToObject(http, "served", (double)h->served);
	part = cJSON_AddObjectToObject(http, "refused");
	for (size_t i = 0; i < HTTP_REFUSALS; i++)
		cJSON_AddNumberToObject(part, http_refusal_str((enum http_refusal)i),
					(double)h->refused[i]);
	part = cJSON_AddObjectToObject(http, "sign_in");
	for (size_t i = 0; i < LOGIN_ANSWERS; i++)
		cJSON_AddNumberToObject(part, login_answer_str((enum login_answer)i),
					(double)h->login.answered[i]);
	part = cJSON_AddObjectToObject(http, "graphs");
	cJSON_AddNumberToObject(part, "asked", (double)d.asked);
	cJSON_AddNumberToObject(part, "drawn", (double)d.drawn);
	cJSON_AddNumberToObject(part, "failed", (double)d.failed);
	cJSON_AddNumberToObject(part, "refused", (double)d.refused);
	if (!q->user)
		return;
	part = cJSON_AddObjectToObject(to, "session");
	cJSON_AddStringToObject(part, "name", q->user->name);
	login_token_draw(token, q->cookie);
	cJSON_AddStringToObject(part, "token", token);
}

static enum MHD_Result get_status(struct http_request *q, const char *piece)
{
	cJSON *json = view_status(http_of(q)->view);

	(void)piece;
	if (json)
		add_http(json, q);
	return reply_json(q, 200, json);
}

static enum MHD_Result get_points(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_points(q, view_points_new(http_of(q)->view));
}

static enum MHD_Result get_point(struct http_request *q, const char *piece)
{
	cJSON *json = view_point(http_of(q)->view, piece);

	return json ? reply_json(q, 200, json) : reply_refuse(q, HTTP_NOT_FOUND);
}

static enum MHD_Result get_incidents(struct http_request *q, const char *piece)
{
	const char *open = request_argument(q, "open");

	(void)piece;
	return reply_json(q, 200, view_incidents(http_of(q)->view, open && strcmp(open, "1") == 0));
}

/* A number in an address. */
static bool id_read(const char *piece, int64_t *id)
{
	char *end;

	errno = 0;
	*id = strtoll(piece, &end, 10);
	return *end == '\0' && end != piece && errno == 0;
}

static enum MHD_Result get_incident(struct http_request *q, const char *piece)
{
	int64_t id;
	cJSON *json;

	if (!id_read(piece, &id))
		return reply_refuse(q, HTTP_NOT_FOUND);
	json = view_incident(http_of(q)->view, id);
	return json ? reply_json(q, 200, json) : reply_refuse(q, HTTP_NOT_FOUND);
}

static enum MHD_Result get_metrics(struct http_request *q, const char *piece)
{
	(void)piece;
	return reply_text(q, "text/plain; version=0.0.4; charset=utf-8",
			  view_metrics(http_of(q)->view));
}

/* ---- changing ---- */

static enum MHD_Result post_login(struct http_request *q, const char *piece)
{
	(void)piece;
	return http_sign_in(q);
}

static enum MHD_Result post_logout(struct http_request *q, const char *piece)
{
	(void)piece;
	return http_sign_out(q);
}

typedef struct cJSON *point_deed(void *self, const char *point, unsigned *status);

static enum MHD_Result post_point(struct http_request *q, const char *what, point_deed *deed)
{
	cJSON *asked = q->len ? cJSON_ParseWithLength(q->body, q->len) : NULL;
	const cJSON *point = cJSON_GetObjectItemCaseSensitive(asked, "point");
	unsigned status = 200;
	cJSON *json;

	if (!cJSON_IsString(point) || !deed) {
		cJSON_Delete(asked);
		return reply_refuse(q, HTTP_BAD);
	}
	log_info("%s asked for %.32s", what, point->valuestring);
	json = deed(http_of(q)->deeds.self, point->valuestring, &status);
	cJSON_Delete(asked);
	return reply_json(q, status, json);
}

static enum MHD_Result post_enrol(struct http_request *q, const char *piece)
{
	(void)piece;
	return post_point(q, "enrol", http_of(q)->deeds.enrol);
}

static enum MHD_Result post_revoke(struct http_request *q, const char *piece)
{
	(void)piece;
	return post_point(q, "revoke", http_of(q)->deeds.revoke);
}

static enum MHD_Result post_order(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	cJSON *asked = q->len ? cJSON_ParseWithLength(q->body, q->len) : NULL, *json;
	const cJSON *point = cJSON_GetObjectItemCaseSensitive(asked, "point");
	unsigned status = 200;

	(void)piece;
	if (!cJSON_IsString(point) || !d->order) {
		cJSON_Delete(asked);
		return reply_refuse(q, HTTP_BAD);
	}
	json = d->order(d->self, point->valuestring, asked, &status);
	cJSON_Delete(asked);
	return reply_json(q, status, json);
}

/* ---- what is planned ---- */

static enum MHD_Result get_planned(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	unsigned status = 200;
	cJSON *json;

	(void)piece;
	if (!d->planned)
		return reply_refuse(q, HTTP_BAD);
	json = d->planned(d->self, &status);
	return reply_json(q, status, json);
}

static enum MHD_Result post_planned(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	cJSON *asked = q->len ? cJSON_ParseWithLength(q->body, q->len) : NULL, *json;
	unsigned status = 200;

	(void)piece;
	if (!asked || !d->plan) {
		cJSON_Delete(asked);
		return reply_refuse(q, HTTP_BAD);
	}
	json = d->plan(d->self, asked, &status);
	cJSON_Delete(asked);
	return reply_json(q, status, json);
}

static enum MHD_Result delete_planned(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	unsigned status = 200;
	int64_t id;
	cJSON *json;

	if (!d->unplan)
		return reply_refuse(q, HTTP_BAD);
	if (!id_read(piece, &id))
		return reply_refuse(q, HTTP_NOT_FOUND);
	json = d->unplan(d->self, id, &status);
	return reply_json(q, status, json);
}

static enum MHD_Result post_calendar(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	unsigned status = 200;
	cJSON *json;

	(void)piece;
	if (!d->calendar || q->len == 0)
		return reply_refuse(q, HTTP_BAD);
	json = d->calendar(d->self, q->body, q->len, &status);
	return reply_json(q, status, json);
}

/* Somebody takes a job, corrects a cause, asks for a test message. */
typedef cJSON *say_fn(void *self, const cJSON *asked, const char *who, unsigned *status);

static enum MHD_Result post_said(struct http_request *q, say_fn *deed)
{
	cJSON *asked = q->len ? cJSON_ParseWithLength(q->body, q->len) : NULL, *json;
	unsigned status = 200;

	if (!cJSON_IsObject(asked) || !deed) {
		cJSON_Delete(asked);
		return reply_refuse(q, HTTP_BAD);
	}
	json = deed(http_of(q)->deeds.self, asked, q->user ? q->user->name : NULL, &status);
	cJSON_Delete(asked);
	return reply_json(q, status, json);
}

static enum MHD_Result post_take(struct http_request *q, const char *piece)
{
	(void)piece;
	return post_said(q, http_of(q)->deeds.take);
}

static enum MHD_Result post_correct(struct http_request *q, const char *piece)
{
	(void)piece;
	return post_said(q, http_of(q)->deeds.correct);
}

static enum MHD_Result post_test(struct http_request *q, const char *piece)
{
	(void)piece;
	return post_said(q, http_of(q)->deeds.test);
}

static enum MHD_Result post_reply(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	cJSON *said = q->len ? cJSON_ParseWithLength(q->body, q->len) : NULL, *json;
	const char *via = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(said, "via"));
	const char *from = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(said, "from"));
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(said, "text"));
	unsigned status = 200;

	(void)piece;
	if (!via || !from || !text || !d->reply) {
		cJSON_Delete(said);
		return reply_refuse(q, HTTP_BAD);
	}
	json = d->reply(d->self, via, from, text, &status);
	cJSON_Delete(said);
	return reply_json(q, status, json);
}

static enum MHD_Result post_rebuild(struct http_request *q, const char *piece)
{
	const struct http_deeds *d = &http_of(q)->deeds;
	struct view *v = http_of(q)->view;
	unsigned status = 200;
	cJSON *json;

	(void)piece;
	if (!d->rebuild)
		return reply_refuse(q, HTTP_BAD);
	log_info("rebuild asked for");
	json = d->rebuild(d->self, &status);
	/* Figures counted before are no longer the truth. */
	view_figures_free(v->figures);
	v->figures = view_figures_new(v->roster->n_points);
	return reply_json(q, status, json);
}

static size_t verifying(const struct http *h)
{
	size_t n = 0;

	for (const struct http_request *q = h->aside; q; q = q->next)
		n += q->verifying;
	return n;
}

static enum MHD_Result post_verify(struct http_request *q, const char *piece)
{
	struct http *h = http_of(q);

	(void)piece;
	if (verifying(h) >= HTTP_VERIFY_AT_ONCE)
		return reply_refuse(q, HTTP_BUSY);
	q->verifying = true;
	request_suspend(q);
	loop_alarm_set(h->verify, q->now);
	return MHD_YES;
}

static void verify_reply(struct http_request *q)
{
	const struct verify_result *v = &q->verified;
	cJSON *json = cJSON_CreateObject();

	cJSON_AddBoolToObject(json, "ok", v->first_bad == 0);
	cJSON_AddNumberToObject(json, "rows", (double)v->rows);
	if (v->first_bad)
		cJSON_AddNumberToObject(json, "first_bad", (double)v->first_bad);
	else
		cJSON_AddNullToObject(json, "first_bad");
	cJSON_AddStringToObject(json, "why", v->first_bad ? v->why : "");
	q->verifying = false;
	reply_json(q, 200, json);
}

/* Some rows for each who asked, then the loop's other business, then some more. */
void http_verify_step(void *self, mono_t now)
{
	struct http *h = self;
	struct http_request *next;

	for (struct http_request *q = h->aside; q; q = next) {
		next = q->next;
		if (q->verifying &&
		    !store_verify(h->view->store, &q->verify_at, HTTP_VERIFY_ROWS, &q->verified))
			verify_reply(q);
	}
	loop_alarm_set(h->verify, verifying(h) ? now : MONO_NEVER);
}

/* "7K2", and nothing that could mean anything in a header. */
static bool is_job(const char *piece)
{
	return isdigit((unsigned char)piece[0]) && isupper((unsigned char)piece[1]) &&
	       isdigit((unsigned char)piece[2]) && piece[3] == '\0';
}

/* A browser that comes from elsewhere does not bring its session, so the job that a message's link
 * names goes along behind the '#', from where the sign-in page hands it back. */
static enum MHD_Result send_to_sign_in(struct http_request *q, const char *piece)
{
	char to[32];

	snprintf(to, sizeof to, "/login%s%s", is_job(piece) ? "#take-" : "",
		 is_job(piece) ? piece : "");
	return reply_redirect(q, to, NULL);
}

/* ---- the table ---- */

static const struct route routes[] = {
	{ "GET", "/", NEED_LOOK, get_page },
	{ "GET", "/take/*", NEED_LOOK, get_page }, /* the page asks whether to take it */
	{ "GET", "/login", NEED_NOTHING, get_login },
	{ "GET", "/page.css", NEED_NOTHING, get_style },
	{ "GET", "/page.js", NEED_NOTHING, get_script },
	{ "GET", "/icon.svg", NEED_NOTHING, get_icon },
	{ "GET", "/words.json", NEED_NOTHING, get_words },
	{ "GET", "/metrics", NEED_METRICS, get_metrics },
	{ "GET", "/api/v1/status", NEED_READ, get_status },
	{ "GET", "/api/v1/points", NEED_READ, get_points },
	{ "GET", "/api/v1/points/*", NEED_READ, get_point },
	{ "GET", "/api/v1/points/*/graph.png", NEED_READ, http_graph },
	{ "GET", "/api/v1/incidents", NEED_READ, get_incidents },
	{ "GET", "/api/v1/incidents/*", NEED_READ, get_incident },
	{ "GET", "/api/v1/planned", NEED_READ, get_planned },
	{ "POST", "/api/v1/login", NEED_NOTHING, post_login },
	{ "POST", "/api/v1/logout", NEED_CHANGE, post_logout },
	{ "POST", "/api/v1/verify", NEED_CHANGE, post_verify },
	{ "POST", "/api/v1/enrol", NEED_LOCAL, post_enrol },
	{ "POST", "/api/v1/revoke", NEED_LOCAL, post_revoke },
	{ "POST", "/api/v1/rebuild", NEED_LOCAL, post_rebuild },
	{ "POST", "/api/v1/order", NEED_LOCAL, post_order },
	{ "POST", "/api/v1/planned", NEED_LOCAL, post_planned },
	{ "DELETE", "/api/v1/planned/*", NEED_LOCAL, delete_planned },
	{ "POST", "/api/v1/calendar", NEED_LOCAL, post_calendar },
	{ "POST", "/api/v1/reply", NEED_LOCAL, post_reply },
	{ "POST", "/api/v1/test", NEED_LOCAL, post_test },
	{ "POST", "/api/v1/take", NEED_CHANGE, post_take },
	{ "POST", "/api/v1/correct", NEED_CHANGE, post_correct },
};

enum { PIECE_TEXT = 64 };

/* piece gets what stands where the pattern has its '*'. */
static bool path_fits(const char *pattern, const char *url, char piece[static PIECE_TEXT])
{
	const char *star = strchr(pattern, '*');
	size_t head, n;

	piece[0] = '\0';
	if (!star)
		return strcmp(pattern, url) == 0;
	head = (size_t)(star - pattern);
	if (strncmp(pattern, url, head) != 0)
		return false;
	n = strcspn(url + head, "/");
	if (n == 0 || n >= PIECE_TEXT || strcmp(star + 1, url + head + n) != 0)
		return false;
	memcpy(piece, url + head, n);
	piece[n] = '\0';
	return true;
}

static bool bearer_ok(const struct http_request *q)
{
	const char *right = http_of(q)->options.metrics_token;
	const char *said = request_header(q, "Authorization");

	if (!right[0] || !said || strncmp(said, "Bearer ", 7) != 0)
		return false;
	said += 7;
	return strlen(said) == strlen(right) && sodium_memcmp(said, right, strlen(right)) == 0;
}

/* HTTP_REFUSALS when this may go on. */
static enum http_refusal may(const struct http_request *q, enum need need)
{
	const char *token;

	if (need == NEED_NOTHING || q->face->trusted)
		return HTTP_REFUSALS;
	if (need == NEED_METRICS && bearer_ok(q))
		return HTTP_REFUSALS;
	if (!q->user)
		return HTTP_UNSIGNED;
	if (need == NEED_LOCAL)
		return HTTP_ONLY_LOCAL;
	if (need != NEED_CHANGE)
		return HTTP_REFUSALS;
	token = request_header(q, "X-Matsang-Token");
	if (!token || !login_token_ok(q->cookie, token))
		return HTTP_NO_TOKEN;
	return http_same_origin(q) ? HTTP_REFUSALS : HTTP_ORIGIN;
}

enum MHD_Result http_route(struct http_request *q, const char *url, const char *method)
{
	const char *as = strcmp(method, "HEAD") == 0 ? "GET" : method;
	enum http_refusal why = HTTP_NOT_FOUND;
	char piece[PIECE_TEXT];

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		const struct route *r = &routes[i];

		if (!path_fits(r->path, url, piece))
			continue;
		if (strcmp(r->method, as) != 0) {
			why = HTTP_METHOD;
			continue;
		}
		why = may(q, r->need);
		if (why == HTTP_UNSIGNED && r->need == NEED_LOOK)
			return send_to_sign_in(q, piece);
		return why == HTTP_REFUSALS ? r->answer(q, piece) : reply_refuse(q, why);
	}
	return reply_refuse(q, why);
}
