/* SPDX-License-Identifier: Apache-2.0 */
/* post_json: one JSON object there and one back, for services with an API; over post. */
#include "gateway/post_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct post_json {
	struct post *post;
	CURL *easy;
	struct curl_slist *headers;
	struct post_answer answer;
	post_json_fn *done;
	void *self;
};

static void json_free(struct post_json *j)
{
	curl_easy_cleanup(j->easy);
	curl_slist_free_all(j->headers);
	free(j->answer.text);
	free(j);
}

static void on_done(void *self, CURLcode code, long status)
{
	struct post_json *j = self;
	const struct post_json was = *j;
	char note[POST_JSON_NOTE];
	cJSON *json = NULL;

	if (code == CURLE_OK && !j->answer.cut)
		json = cJSON_ParseWithLength(j->answer.text, j->answer.len);
	if (json && !cJSON_IsObject(json)) {
		cJSON_Delete(json);
		json = NULL;
	}
	if (code != CURLE_OK)
		snprintf(note, sizeof note, "%s", curl_easy_strerror(code));
	else
		snprintf(note, sizeof note, "HTTP %ld%s", status, json ? "" : ", malformed answer");
	json_free(j);
	was.done(was.self, json, status, note);
	cJSON_Delete(json);
}

static bool add_header(struct post_json *j, const char *line)
{
	struct curl_slist *grown = curl_slist_append(j->headers, line);

	if (grown)
		j->headers = grown;
	return grown != NULL;
}

/* An empty value after the colon takes away what libcurl would say: with "Expect: 100-continue"
 * head and body would travel apart. */
static bool add_headers(struct post_json *j, const char *bearer)
{
	char line[512];

	if (bearer[0] &&
	    snprintf(line, sizeof line, "Authorization: Bearer %s", bearer) >= (int)sizeof line)
		return false;
	return (!bearer[0] || add_header(j, line)) && add_header(j, "Expect:") &&
	       add_header(j, "Content-Type: application/json") &&
	       add_header(j, "User-Agent: matsang/" MATSANG_VERSION);
}

static bool describe(struct post_json *j, const char *url, const char *bearer, const char *body)
{
	return add_headers(j, bearer) && curl_easy_setopt(j->easy, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(j->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(j->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ==
		       CURLE_OK &&
	       curl_easy_setopt(j->easy, CURLOPT_HTTPHEADER, j->headers) == CURLE_OK &&
	       curl_easy_setopt(j->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body)) == CURLE_OK &&
	       curl_easy_setopt(j->easy, CURLOPT_COPYPOSTFIELDS, body) == CURLE_OK;
}

struct post_json *post_json_start(struct post *p, const char *url, const char *bearer, cJSON *body,
				  size_t room, post_json_fn *done, void *self)
{
	char *text = cJSON_PrintUnformatted(body);
	struct post_json *j = calloc(1, sizeof *j);
	int err = -ENOMEM;

	cJSON_Delete(body);
	if (!text || !j)
		goto free_all;
	*j = (struct post_json){ .post = p, .done = done, .self = self };
	j->answer = (struct post_answer){ .text = malloc(room + 1), .size = room + 1 };
	j->easy = curl_easy_init();
	if (j->answer.text && j->easy && describe(j, url, bearer, text))
		err = post_ask(p, j->easy, &j->answer, on_done, j);
	if (err == 0) {
		cJSON_free(text);
		return j;
	}
	json_free(j);
	j = NULL;
free_all:
	cJSON_free(text);
	free(j);
	errno = -err;
	return NULL;
}

void post_json_cancel(struct post_json *j)
{
	post_cancel(j->post, j->easy);
	json_free(j);
}
