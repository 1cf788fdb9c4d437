/* SPDX-License-Identifier: Apache-2.0 */
/* handle: a libcurl handle that speaks one protocol, directly, and follows nobody. */
#ifndef MATSANG_NODE_EYE_HANDLE_H
#define MATSANG_NODE_EYE_HANDLE_H

#include "mesh/clock.h"

#include <curl/curl.h>

#include <stdbool.h>
#include <stddef.h>

enum { HANDLE_HEADERS = 65536, HANDLE_BODY = 65536 };

/* What an answer brought; shared by all answers of one handle. */
struct answer {
	char body[HANDLE_BODY]; /* of the last one */
	size_t len;
	size_t headers; /* bytes of all headers so far; above HANDLE_HEADERS it is cut off */
	void (*header)(void *self, const char *line, size_t len); /* each, without its end */
	void *self;
};

/* NULL when out of memory. answer outlives the handle; curl_easy_cleanup it. */
CURL *handle_new(const char *url, const char *scheme, struct answer *answer);

/* Perform, for at most until `until`. What curl_easy_perform says. */
CURLcode handle_perform(CURL *curl, struct answer *answer, mono_t until);

/* The second that a header line "Date: ..." tells; -1 when it is another line, or tells none. */
int64_t handle_date(const char *line, size_t len);

#endif
