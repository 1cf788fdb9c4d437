/* SPDX-License-Identifier: Apache-2.0 */
/* ask: one question to the gateway. */
#include "gateway/cli/ask.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 64 << 20, TIMEOUT_S = 600 };

struct text {
	char *at;
	size_t len;
};

static size_t keep(char *data, size_t size, size_t n, void *self)
{
	struct text *t = self;
	char *grown;

	(void)size; /* always 1 */
	if (n > BODY_MAX - t->len)
		return 0;
	grown = realloc(t->at, t->len + n + 1);
	if (!grown)
		return 0;
	memcpy(grown + t->len, data, n);
	t->at = grown;
	t->len += n;
	t->at[t->len] = '\0';
	return n;
}

/* method: NULL for what follows from the body */
static CURLcode perform(CURL *c, const char *socket, const char *path, const char *method,
			const char *body, struct text *got, long *status)
{
	char url[512];
	CURLcode err;

	snprintf(url, sizeof url, "http://gateway%s", path);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, socket);
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, got);
	if (body) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	}
	if (method)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	err = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
	return err;
}

static int code_of(long status)
{
	if (status == 404)
		return ANSWER_NOT_FOUND;
	return status == 401 || status == 403 ? ANSWER_REFUSED : ANSWER_FAILED;
}

static cJSON *judge(cJSON *json, long status, int *code)
{
	const cJSON *error = cJSON_GetObjectItemCaseSensitive(json, "error");

	if (json && status < 400) {
		*code = ANSWER_OK;
		return json;
	}
	fprintf(stderr, "matsang: %s\n",
		cJSON_IsString(error) ? error->valuestring : "the gateway's answer makes no sense");
	*code = json ? code_of(status) : ANSWER_FAILED;
	cJSON_Delete(json);
	return NULL;
}

static cJSON *ask_by(const char *method, const char *socket, const char *path, const char *body,
		     int *code, long *status)
{
	CURL *c = curl_easy_init();
	struct text got = { 0 };
	CURLcode err;
	cJSON *json;

	*status = 0;

	if (!c) {
		fprintf(stderr, "matsang: out of memory\n");
		*code = ANSWER_FAILED;
		return NULL;
	}
	err = perform(c, socket, path, method, body, &got, status);
	curl_easy_cleanup(c);
	if (err) {
		fprintf(stderr,
			"matsang: cannot reach the gateway at %s: %s\n"
			"Is matsang-gateway running? May you open the socket (group matsang)? "
			"Another place: --socket PATH\n",
			socket, curl_easy_strerror(err));
		free(got.at);
		*code = ANSWER_UNREACHABLE;
		return NULL;
	}
	json = got.at ? cJSON_ParseWithLength(got.at, got.len) : NULL;
	free(got.at);
	return judge(json, *status, code);
}

cJSON *ask_status(const char *socket, const char *path, const char *body, int *code, long *status)
{
	return ask_by(NULL, socket, path, body, code, status);
}

cJSON *ask(const char *socket, const char *path, const char *body, int *code)
{
	long status;

	return ask_by(NULL, socket, path, body, code, &status);
}

cJSON *ask_delete(const char *socket, const char *path, int *code)
{
	long status;

	return ask_by("DELETE", socket, path, NULL, code, &status);
}
