/* SPDX-License-Identifier: Apache-2.0 */
/* soap: ask a camera's ONVIF device service for its clock. */
#include "node/eye/soap.h"

#include "node/eye/handle.h"
#include "node/eye/onvif.h"

static void on_header(void *self, const char *line, size_t len)
{
	int64_t *date = self, s = handle_date(line, len);

	if (s >= 0)
		*date = s;
}

void soap_ask(struct dial *d, const char *url, bool onvif, mono_t until)
{
	static struct answer a;
	int64_t date = -1, utc_s;
	struct curl_slist *type = NULL;
	wall_t left, came;
	CURL *curl;

	a = (struct answer){ .header = on_header, .self = &date };
	curl = handle_new(url, "http", &a);
	if (!curl)
		return;
	type = curl_slist_append(NULL, "Content-Type: application/soap+xml; charset=utf-8");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, type);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, onvif_ask_time);
	left = clock_wall();
	if (handle_perform(curl, &a, until) == CURLE_OK) {
		came = clock_wall();
		if (onvif && onvif_time(&utc_s, a.body, a.len))
			dial_feed(d, CAMERA_CLOCK_ONVIF, utc_s, left, came);
		dial_feed(d, CAMERA_CLOCK_DATE, date, left, came);
	}
	curl_slist_free_all(type);
	curl_easy_cleanup(curl);
}
