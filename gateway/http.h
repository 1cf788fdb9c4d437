/* SPDX-License-Identifier: Apache-2.0 */
/* http: the page and the API on libmicrohttpd; signed-in over TCP, trusted over the Unix socket. */
#ifndef MATSANG_GATEWAY_HTTP_H
#define MATSANG_GATEWAY_HTTP_H

#include "gateway/view.h"
#include "mesh/loop.h"

enum { HTTP_WHY = 200 };

struct http_user {
	const char *name, *password; /* argon2id string */
};

struct http_options {
	const char *listen; /* "127.0.0.1:8080" */
	const char *url;    /* public address; cookies are Secure when it begins with https */
	const char *socket; /* path of the Unix socket */
	const char *metrics_token; /* "": only signed in or over the socket */
	const char *series_dir;    /* where the RRD files are */
	const char *draw_program;  /* path of matsang-draw */
	const struct http_user *users;
	size_t n_users;
};

/* Deeds that the API may ask for; each returns JSON (caller deletes) and sets *status (HTTP). */
struct http_deeds {
	void *self;
	struct cJSON *(*enrol)(void *self, const char *point, unsigned *status);
	struct cJSON *(*revoke)(void *self, const char *point, unsigned *status);
	struct cJSON *(*rebuild)(void *self, unsigned *status);
	/* asked: {"point": ..., and what order.h says}; borrowed */
	struct cJSON *(*order)(void *self, const char *point, const struct cJSON *asked,
			       unsigned *status);
	/* What is planned, one more (asked: planned.h says; borrowed), one less, and a calendar. */
	struct cJSON *(*planned)(void *self, unsigned *status);
	struct cJSON *(*plan)(void *self, const struct cJSON *asked, unsigned *status);
	struct cJSON *(*unplan)(void *self, int64_t id, unsigned *status);
	struct cJSON *(*calendar)(void *self, const char *text, size_t len, unsigned *status);
	/* Somebody answered, and it came in by another program: via "mail" from an address. */
	struct cJSON *(*reply)(void *self, const char *via, const char *from, const char *text,
			       unsigned *status);
	/* desk.h says what may be asked (borrowed). who: signed in by that name; NULL: the socket
	 */
	struct cJSON *(*take)(void *self, const struct cJSON *asked, const char *who,
			      unsigned *status);
	struct cJSON *(*correct)(void *self, const struct cJSON *asked, const char *who,
				 unsigned *status);
	struct cJSON *(*test)(void *self, const struct cJSON *asked, const char *who,
			      unsigned *status);
};

struct http;

/* Borrows all it is given. view->now is refreshed by http before each use. NULL and why on error.
 */
struct http *http_open(struct loop *l, const struct http_options *o, struct view *v,
		       const struct http_deeds *deeds, char why[static HTTP_WHY]);
void http_close(struct http *h);

#endif
