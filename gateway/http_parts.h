/* SPDX-License-Identifier: Apache-2.0 */
/* http_parts: what the files of http share among themselves, and nobody else. */
#ifndef MATSANG_GATEWAY_HTTP_PARTS_H
#define MATSANG_GATEWAY_HTTP_PARTS_H

#include "gateway/draw_client.h"
#include "gateway/http.h"
#include "gateway/login.h"

#include <cjson/cJSON.h>
#include <microhttpd.h>

enum {
	HTTP_BODY_LOCAL = 256 * 1024, /* over the Unix socket: a calendar of a province fits */
	HTTP_BODY_MAX = 64 * 1024,    /* of somebody we know */
	HTTP_BODY_UNSIGNED = 4096,    /* of anybody: a sign-in form fits */
	HTTP_VERIFY_ROWS = 2000,      /* ledger rows checked in one turn of the loop */
	HTTP_VERIFY_AT_ONCE = 4,
	HTTP_SOURCE_TEXT = 64,
};

/* Why a request was refused; each has a counter in the status. */
enum http_refusal {
	HTTP_UNSIGNED,   /* 401 */
	HTTP_NO_TOKEN,   /* 403: a change without the page's token */
	HTTP_ORIGIN,     /* 403: a change that another site asked for */
	HTTP_ONLY_LOCAL, /* 403: only over the Unix socket */
	HTTP_NOT_FOUND,  /* 404 */
	HTTP_METHOD,     /* 405 */
	HTTP_TOO_BIG,    /* 413 */
	HTTP_BAD,        /* 400 */
	HTTP_BUSY,       /* 503 */
	HTTP_FAILED,     /* 500 */
	HTTP_REFUSALS
};
const char *http_refusal_str(enum http_refusal r);

struct http;

/* One way in: a listening socket and MHD's own epoll on it. */
struct http_face {
	struct http *http;
	struct MHD_Daemon *daemon;
	struct loop_watch *watch;
	struct loop_alarm *alarm;
	bool trusted; /* the Unix socket: whoever may open it is trusted */
};

struct http_request {
	struct http_face *face;
	struct MHD_Connection *connection;
	char *body;
	size_t len, size;
	bool too_big;
	const struct login_user *user; /* signed in, or NULL */
	const char *cookie;            /* MHD's, for the time of one call; may be NULL */
	mono_t now;
	/* Set while MHD has put the connection aside; then the answer. */
	bool suspended;
	bool verifying;
	int64_t verify_at;
	struct verify_result verified;
	struct MHD_Response *answer;
	unsigned status;
	struct http_request *prev, *next; /* http.aside */
};

struct http {
	struct loop *loop;
	struct http_options options;
	struct view *view;
	struct http_deeds deeds;
	struct login login;
	struct login_user *users;
	struct draw_client *draw;
	struct loop_alarm *verify;
	struct http_face tcp, local;
	struct http_request *aside; /* suspended requests */
	bool closing;
	uint64_t served, refused[HTTP_REFUSALS];
	char etag[24]; /* of all that is built in */
};

/* ---- http_reply.c: each sends the answer (or keeps it, and wakes the connection) ---- */

enum MHD_Result reply_send(struct http_request *q, unsigned status, struct MHD_Response *r);
/* Takes the tree; NULL answers 500. */
enum MHD_Result reply_json(struct http_request *q, unsigned status, cJSON *json);
enum MHD_Result reply_refuse(struct http_request *q, enum http_refusal why);
/* text is malloc'd and taken; NULL answers 500. */
enum MHD_Result reply_text(struct http_request *q, const char *type, char *text);
/* Takes the list and hands it out as the connection takes it; NULL answers 500. */
enum MHD_Result reply_points(struct http_request *q, struct view_points *points);
enum MHD_Result reply_redirect(struct http_request *q, const char *to, const char *cookie);
/* One of the files that are built in, or 404. */
enum MHD_Result reply_asset(struct http_request *q, const char *path);
/* The headers that every answer carries. */
void reply_dress(struct MHD_Response *r, const char *type, bool keep);

/* Put the connection aside; a later reply wakes it. */
void request_suspend(struct http_request *q);

/* Text of a request's header, or NULL. */
const char *request_header(const struct http_request *q, const char *name);
const char *request_argument(const struct http_request *q, const char *name);

/* ---- http_routes.c ---- */
enum MHD_Result http_route(struct http_request *q, const char *url, const char *method);
void http_verify_step(void *self, mono_t now);

/* ---- http_sign.c ---- */
enum MHD_Result http_sign_in(struct http_request *q);
enum MHD_Result http_sign_out(struct http_request *q);
/* Did our own page ask for this change? Looks at Origin, and at Sec-Fetch-Site where there is none.
 */
bool http_same_origin(const struct http_request *q);

/* ---- http_graph.c ---- */
enum MHD_Result http_graph(struct http_request *q, const char *code);

#endif
