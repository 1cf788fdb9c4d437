/* SPDX-License-Identifier: Apache-2.0 */
/* handle: a libcurl handle that speaks one protocol, directly, and follows nobody. */
#include "node/eye/handle.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DATE_TEXT = 64 };

static size_t on_header(char *text, size_t size, size_t n, void *self)
{
	struct answer *a = self;
	size_t len = size * n;

	a->headers += len;
	if (a->headers > HANDLE_HEADERS)
		return 0;
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (a->header)
		a->header(a->self, text, len);
	return size * n;
}

static size_t on_body(char *text, size_t size, size_t n, void *self)
{
	struct answer *a = self;

	if (size * n > sizeof a->body - a->len)
		return 0;
	memcpy(a->body + a->len, text, size * n);
	a->len += size * n;
	return size * n;
}

CURL *handle_new(const char *url, const char *scheme, struct answer *answer)
{
	CURL *curl = curl_easy_init();

	if (!curl)
		return NULL;
	/* Texts are copied; of all these only they can fail, for want of memory, and then the
	 * handle has no address and says so. */
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "matsang/" MATSANG_VERSION);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	return curl;
}

CURLcode handle_perform(CURL *curl, struct answer *answer, mono_t until)
{
	const int64_t left = mono_since(until, clock_mono());

	answer->len = 0;
	/* 0 would mean for ever. */
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	return curl_easy_perform(curl);
}

int64_t handle_date(const char *line, size_t len)
{
	static const char key[] = "Date:";
	char text[DATE_TEXT];

	if (len < sizeof key - 1 || strncasecmp(line, key, sizeof key - 1) != 0 ||
	    len - (sizeof key - 1) >= sizeof text)
		return -1;
	snprintf(text, sizeof text, "%.*s", (int)(len - (sizeof key - 1)), line + sizeof key - 1);
	return curl_getdate(text, NULL);
}
