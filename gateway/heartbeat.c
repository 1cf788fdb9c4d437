/* SPDX-License-Identifier: Apache-2.0 */
/* heartbeat: fetches a URL each minute, so that somebody outside learns when it stops. */
#include "gateway/heartbeat.h"

#include "mesh/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE = 128 };

struct heartbeat {
	const char *url;
	int64_t every_ms;
	struct post *post;
	struct loop_alarm *alarm;
	CURL *easy; /* of the one under way, or NULL */
	heartbeat_well_fn *well;
	void *self;
	struct heartbeat_counters counters;
};

/* Said once when it begins and once when it is over. */
static void take(struct heartbeat *h, bool arrived, const char *note)
{
	if (arrived)
		h->counters.sent++;
	else
		h->counters.failed++;
	if (h->counters.failing == !arrived)
		return;
	h->counters.failing = !arrived;
	if (arrived)
		log_info("heartbeat: arrives again");
	else
		log_warn("heartbeat: does not arrive, whoever waits for it will think us dead: %s",
			 note);
}

static void on_done(void *self, CURLcode code, long status)
{
	struct heartbeat *h = self;
	char note[NOTE];

	if (code == CURLE_OK)
		snprintf(note, sizeof note, "HTTP %ld", status);
	else
		snprintf(note, sizeof note, "%s", curl_easy_strerror(code));
	curl_easy_cleanup(h->easy);
	h->easy = NULL;
	take(h, code == CURLE_OK && status >= 200 && status < 300, note);
}

static bool describe(struct heartbeat *h)
{
	return curl_easy_setopt(h->easy, CURLOPT_URL, h->url) == CURLE_OK &&
	       curl_easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(h->easy, CURLOPT_USERAGENT, "matsang/" MATSANG_VERSION) ==
		       CURLE_OK &&
	       curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
}

static void on_alarm(void *self, mono_t now)
{
	struct heartbeat *h = self;
	int err = -ENOMEM;

	loop_alarm_set(h->alarm, mono_after(now, h->every_ms));
	if (h->easy) /* the last one is not over, and will say how it ended */
		return;
	if (h->well && !h->well(h->self)) {
		take(h, false, "we keep it back, because nothing can be stored or told");
		return;
	}
	h->easy = curl_easy_init();
	if (h->easy && describe(h))
		err = post_start(h->post, h->easy, on_done, h);
	if (err == 0)
		return;
	curl_easy_cleanup(h->easy);
	h->easy = NULL;
	take(h, false, strerror(-err));
}

struct heartbeat *heartbeat_new(struct loop *l, const char *url, int64_t every_ms,
				const struct post_options *o)
{
	struct heartbeat *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->url = url;
	h->every_ms = every_ms;
	h->post = post_new(l, o);
	h->alarm = h->post ? loop_alarm_new(l, on_alarm, h) : NULL;
	if (h->alarm) {
		loop_alarm_set(h->alarm, clock_mono());
		return h;
	}
	heartbeat_free(h);
	errno = ENOMEM;
	return NULL;
}

void heartbeat_while(struct heartbeat *h, heartbeat_well_fn *well, void *self)
{
	h->well = well;
	h->self = self;
}

void heartbeat_free(struct heartbeat *h)
{
	if (!h)
		return;
	post_free(h->post); /* ends the one under way */
	curl_easy_cleanup(h->easy);
	loop_alarm_free(h->alarm);
	free(h);
}

struct heartbeat_counters heartbeat_counters(const struct heartbeat *h)
{
	return h->counters;
}
