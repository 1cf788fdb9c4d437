/* SPDX-License-Identifier: Apache-2.0 */
/* http_reply: answers, and the headers that every one of them carries. */
#include "gateway/http_parts.h"

#include "gateway/assets.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name, *words;
	unsigned status;
} refusals[] = {
	[HTTP_UNSIGNED] = { "unsigned", "sign in first", 401 },
	[HTTP_NO_TOKEN] = { "no_token", "the page's token is missing: load the page again", 403 },
	[HTTP_ORIGIN] = { "origin", "another site asked for this", 403 },
	[HTTP_ONLY_LOCAL] = { "only_local", "only by `matsang` on the gateway itself", 403 },
	[HTTP_NOT_FOUND] = { "not_found", "there is nothing here by that name", 404 },
	[HTTP_METHOD] = { "method", "this address knows another method", 405 },
	[HTTP_TOO_BIG] = { "too_big", "the request is too big", 413 },
	[HTTP_BAD] = { "bad", "the request makes no sense", 400 },
	[HTTP_BUSY] = { "busy", "too much to do: try again in a moment", 503 },
	[HTTP_FAILED] = { "failed", "the gateway could not do it: see its log", 500 },
};
static_assert(COUNT(refusals) == HTTP_REFUSALS, "say every refusal");

const char *http_refusal_str(enum http_refusal r)
{
	size_t i = (size_t)r;

	return i < COUNT(refusals) ? refusals[i].name : "?";
}

const char *request_header(const struct http_request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

const char *request_argument(const struct http_request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name);
}

void reply_dress(struct MHD_Response *r, const char *type, bool keep)
{
	MHD_add_response_header(r, "Content-Type", type);
	MHD_add_response_header(r, "Cache-Control", keep ? "no-cache" : "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, "X-Frame-Options", "DENY");
	/* Not no-referrer: browsers then send "Origin: null" with our own form. */
	MHD_add_response_header(r, "Referrer-Policy", "same-origin");
	MHD_add_response_header(r, "Content-Security-Policy",
				"default-src 'self'; base-uri 'none'; form-action 'self'; "
				"frame-ancestors 'none'");
}

void request_suspend(struct http_request *q)
{
	struct http *h = q->face->http;

	q->suspended = true;
	q->prev = NULL;
	q->next = h->aside;
	if (h->aside)
		h->aside->prev = q;
	h->aside = q;
	MHD_suspend_connection(q->connection);
}

static void request_resume(struct http_request *q)
{
	struct http *h = q->face->http;

	if (q->prev)
		q->prev->next = q->next;
	else
		h->aside = q->next;
	if (q->next)
		q->next->prev = q->prev;
	q->suspended = false;
	MHD_resume_connection(q->connection);
	/* MHD wakes itself by its own descriptor; the alarm is for versions that would not. */
	loop_alarm_set(q->face->alarm, (mono_t){ 0 });
}

enum MHD_Result reply_send(struct http_request *q, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result did;

	if (!r)
		return MHD_NO; /* out of memory: the connection is closed */
	if (q->suspended) {
		q->answer = r;
		q->status = status;
		request_resume(q);
		return MHD_YES;
	}
	q->face->http->served++;
	did = MHD_queue_response(q->connection, status, r);
	MHD_destroy_response(r);
	return did;
}

/* buffer is malloc'd and becomes the response's. */
static struct MHD_Response *response_of(char *buffer, const char *type)
{
	struct MHD_Response *r =
		MHD_create_response_from_buffer(strlen(buffer), buffer, MHD_RESPMEM_MUST_FREE);

	if (r)
		reply_dress(r, type, false);
	else
		free(buffer);
	return r;
}

enum MHD_Result reply_text(struct http_request *q, const char *type, char *text)
{
	if (!text)
		return reply_refuse(q, HTTP_FAILED);
	return reply_send(q, 200, response_of(text, type));
}

enum MHD_Result reply_json(struct http_request *q, unsigned status, cJSON *json)
{
	char *text = json ? cJSON_PrintUnformatted(json) : NULL;

	cJSON_Delete(json);
	if (!text)
		return reply_refuse(q, HTTP_FAILED);
	return reply_send(q, status, response_of(text, "application/json; charset=utf-8"));
}

static ssize_t points_read(void *self, uint64_t at, char *to, size_t max)
{
	const ssize_t n = view_points_draw(self, to, max);

	(void)at;
	return n > 0    ? n
	       : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM
			: MHD_CONTENT_READER_END_WITH_ERROR;
}

static void points_free(void *self)
{
	view_points_free(self);
}

enum MHD_Result reply_points(struct http_request *q, struct view_points *points)
{
	enum { BLOCK = 16 * 1024 };
	struct MHD_Response *r;

	if (!points)
		return reply_refuse(q, HTTP_FAILED);
	r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, points_read, points,
					      points_free);
	if (r)
		reply_dress(r, "application/json; charset=utf-8", false);
	else
		view_points_free(points);
	return reply_send(q, 200, r);
}

enum MHD_Result reply_refuse(struct http_request *q, enum http_refusal why)
{
	cJSON *json = cJSON_CreateObject();
	char *text;

	q->face->http->refused[why]++;
	cJSON_AddStringToObject(json, "refused", refusals[why].name);
	cJSON_AddStringToObject(json, "error", refusals[why].words);
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	if (!text)
		return MHD_NO;
	return reply_send(q, refusals[why].status,
			  response_of(text, "application/json; charset=utf-8"));
}

enum MHD_Result reply_redirect(struct http_request *q, const char *to, const char *cookie)
{
	char *nothing = calloc(1, 1);
	struct MHD_Response *r = nothing ? response_of(nothing, "text/plain") : NULL;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Location", to);
	if (cookie)
		MHD_add_response_header(r, "Set-Cookie", cookie);
	return reply_send(q, 303, r);
}

/* MHD only reads what is persistent; its signature came before const did. */
static void *unconst(const void *p)
{
	return (void *)(uintptr_t)p;
}

enum MHD_Result reply_asset(struct http_request *q, const char *path)
{
	const char *have = request_header(q, "If-None-Match");
	const struct http *h = q->face->http;
	struct MHD_Response *r;
	bool same;

	for (size_t i = 0; i < n_assets; i++) {
		if (strcmp(assets[i].path, path) != 0)
			continue;
		same = have && strcmp(have, h->etag) == 0;
		r = MHD_create_response_from_buffer(
			same ? 0 : assets[i].len, unconst(assets[i].data), MHD_RESPMEM_PERSISTENT);
		if (!r)
			return MHD_NO;
		reply_dress(r, assets[i].type, true);
		MHD_add_response_header(r, "ETag", h->etag);
		return reply_send(q, same ? 304 : 200, r);
	}
	return reply_refuse(q, HTTP_NOT_FOUND);
}
