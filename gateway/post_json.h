/* SPDX-License-Identifier: Apache-2.0 */
/* post_json: one JSON object there and one back, for services with an API; over post. */
#ifndef MATSANG_GATEWAY_POST_JSON_H
#define MATSANG_GATEWAY_POST_JSON_H

#include "gateway/post.h"

enum { POST_JSON_ANSWER = 4096, POST_JSON_NOTE = 128 };

struct cJSON;
struct post_json;

/*
 * It is over, and the handle is gone. answer is the JSON object that came back, borrowed for the
 * call, and status the HTTP status it came with; NULL when there was no answer or none that is
 * JSON, and note says why. note holds neither the address nor what the other side wrote.
 */
typedef void post_json_fn(void *self, const struct cJSON *answer, long status, const char *note);

/*
 * POST body, which is taken, to url; bearer is sent as a token, "" sends none. room bounds what is
 * read of the answer, in bytes. done is called once, from the loop, never from here; or never after
 * post_json_cancel. NULL with errno. Keeps nothing that was given.
 */
struct post_json *post_json_start(struct post *p, const char *url, const char *bearer,
				  struct cJSON *body, size_t room, post_json_fn *done, void *self);
void post_json_cancel(struct post_json *j);

#endif
