/* SPDX-License-Identifier: Apache-2.0 */
/* channel_hook: a web hook in the shape that Alertmanager's receivers know (version "4"). */
#include "gateway/channel.h"

#include "gateway/date.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the body ---- */

#define ALERT_NAME "CameraPointDark"
#define ALERT_OURSELVES "GatewayInDoubt"

/* FNV-1a: anybody may compute it. */
void channel_key(char out[static CHANNEL_KEY], const struct letter *l)
{
	snprintf(out, CHANNEL_KEY, "%s.%" PRId64, l->key, l->incident->from.ms);
}

void channel_link(char out[static CHANNEL_LINK], const struct letter *l)
{
	const bool calls = tell_opens(l->what) || l->what == TELL_REMIND;

	out[0] = '\0';
	if (calls && l->code && l->code[0] && l->page_url && l->page_url[0])
		snprintf(out, CHANNEL_LINK, "%.512s/take/%s", l->page_url, l->code);
}

uint64_t channel_hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *c = text; *c; c++)
		h = (h ^ (unsigned char)*c) * UINT64_C(1099511628211);
	return h;
}

/* The same for one incident for ever, whatever is learned of it: receivers tell alerts apart by it.
 */
static uint64_t fingerprint(int64_t incident)
{
	char text[64];

	snprintf(text, sizeof text, ALERT_NAME "/%" PRId64, incident);
	return channel_hash(text);
}

static cJSON *labels(const struct letter *l)
{
	const struct incident *i = l->incident;
	const struct roster *r = l->roster;
	const bool ourselves = i->scope == SCOPE_GATEWAY; /* then it is at no point */
	cJSON *o = cJSON_CreateObject();
	char text[32];

	cJSON_AddStringToObject(o, "alertname", ourselves ? ALERT_OURSELVES : ALERT_NAME);
	snprintf(text, sizeof text, "%" PRId64, i->id);
	cJSON_AddStringToObject(o, "incident", text);
	cJSON_AddStringToObject(o, "commune", r->commune);
	cJSON_AddStringToObject(o, "hamlet",
				!ourselves && i->hamlet < r->n_hamlets ? r->hamlets[i->hamlet].code
								       : "");
	cJSON_AddStringToObject(
		o, "point", !ourselves && i->point < r->n_points ? r->points[i->point].code : "");
	snprintf(text, sizeof text, "%u", (unsigned)i->points);
	cJSON_AddStringToObject(o, "points", text);
	cJSON_AddStringToObject(o, "cause", cause_str(i->cause));
	cJSON_AddStringToObject(o, "sure", sure_str(i->sure));
	cJSON_AddStringToObject(o, "scope", scope_str(i->scope));
	cJSON_AddStringToObject(o, "doubt", doubt_str(i->doubt));
	cJSON_AddStringToObject(o, "residue", i->residue ? "true" : "false");
	return o;
}

static cJSON *annotations(const struct letter *l)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "summary", l->message->subject);
	cJSON_AddStringToObject(o, "description", l->message->text);
	cJSON_AddStringToObject(o, "told", tell_str(l->what)); /* "remind": still firing */
	return o;
}

static cJSON *alert(const struct letter *l, const char *status)
{
	cJSON *o = cJSON_CreateObject();
	char text[DATE_TEXT + 24], url[512];

	cJSON_AddStringToObject(o, "status", status);
	cJSON_AddItemToObject(o, "labels", labels(l));
	cJSON_AddItemToObject(o, "annotations", annotations(l));
	date_draw_iso(text, l->incident->from);
	cJSON_AddStringToObject(o, "startsAt", text);
	if (l->what == TELL_RESOLVED) {
		date_draw_iso(text, l->incident->until.ms ? l->incident->until : l->now);
		cJSON_AddStringToObject(o, "endsAt", text);
	} else {
		cJSON_AddStringToObject(o, "endsAt", "0001-01-01T00:00:00Z"); /* not yet */
	}
	snprintf(url, sizeof url, "%s/#incident-%" PRId64, l->page_url, l->incident->id);
	cJSON_AddStringToObject(o, "generatorURL", url);
	snprintf(text, sizeof text, "%016" PRIx64, fingerprint(l->incident->id));
	cJSON_AddStringToObject(o, "fingerprint", text);
	return o;
}

char *hook_draw(const struct letter *l)
{
	const char *status = l->what == TELL_RESOLVED ? "resolved" : "firing";
	cJSON *o = cJSON_CreateObject(), *group = cJSON_CreateObject(),
	      *alerts = cJSON_CreateArray();
	char id[32], key[64], *text;

	snprintf(id, sizeof id, "%" PRId64, l->incident->id);
	snprintf(key, sizeof key, "{}:{incident=\"%s\"}", id);
	cJSON_AddStringToObject(group, "incident", id);
	cJSON_AddItemToArray(alerts, alert(l, status));

	cJSON_AddStringToObject(o, "version", "4");
	cJSON_AddStringToObject(o, "groupKey", key);
	cJSON_AddNumberToObject(o, "truncatedAlerts", 0);
	cJSON_AddStringToObject(o, "status", status);
	cJSON_AddStringToObject(o, "receiver", l->to);
	cJSON_AddItemToObject(o, "groupLabels", group);
	cJSON_AddItemToObject(o, "commonLabels", labels(l));
	cJSON_AddItemToObject(o, "commonAnnotations", annotations(l));
	cJSON_AddStringToObject(o, "externalURL", l->page_url);
	cJSON_AddItemToObject(o, "alerts", alerts);
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	return text;
}

/* ---- sending ---- */

struct hook_try {
	struct post *post;
	CURL *easy;
	struct curl_slist *headers;
	channel_done_fn *done;
	void *self;
};

static void hook_free(struct hook_try *t)
{
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	free(t);
}

static void on_done(void *self, CURLcode code, long status)
{
	struct hook_try *t = self;
	char note[CHANNEL_NOTE];

	if (code != CURLE_OK)
		snprintf(note, sizeof note, "%s", curl_easy_strerror(code));
	else
		snprintf(note, sizeof note, "HTTP %ld", status);
	t->done(t->self,
		code == CURLE_OK && status >= 200 && status < 300 ? CHANNEL_DELIVERED
								  : CHANNEL_FAILED,
		note);
	hook_free(t);
}

static bool add_header(struct hook_try *t, const char *name, const char *value)
{
	char line[256];
	struct curl_slist *grown;

	snprintf(line, sizeof line, "%s: %s", name, value);
	grown = curl_slist_append(t->headers, line);
	if (grown)
		t->headers = grown;
	return grown != NULL;
}

/* An empty value after the colon takes away what libcurl would say: with "Expect: 100-continue"
 * head and body would travel apart. */
static bool add_headers(struct hook_try *t, const struct letter *l)
{
	struct curl_slist *grown = curl_slist_append(t->headers, "Expect:");
	char key[CHANNEL_KEY];

	if (!grown)
		return false;
	t->headers = grown;
	channel_key(key, l);
	return add_header(t, "Content-Type", "application/json") &&
	       add_header(t, "User-Agent", "matsang/" MATSANG_VERSION) &&
	       add_header(t, "Idempotency-Key", key);
}

static bool add_signature(struct hook_try *t, const char *secret, const char *body)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	char hex[2 * sizeof mac + 1];
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
	return add_header(t, "X-Matsang-Signature", hex);
}

static bool describe(struct hook_try *t, const struct hook_route *r, const struct letter *l)
{
	char *body = hook_draw(l);
	bool ok = body && add_headers(t, l) && (!r->secret[0] || add_signature(t, r->secret, body));

	ok = ok && curl_easy_setopt(t->easy, CURLOPT_URL, r->url) == CURLE_OK &&
	     curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	     curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ==
		     CURLE_OK &&
	     curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK &&
	     curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body)) == CURLE_OK &&
	     curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, body) == CURLE_OK;
	free(body);
	return ok;
}

static void *hook_start(const struct channel_tools *tools, const void *route,
			const struct letter *l, channel_done_fn *done, void *self,
			char note[static CHANNEL_NOTE])
{
	struct hook_try *t = calloc(1, sizeof *t);
	int err = -ENOMEM;

	if (!t)
		goto say_why;
	*t = (struct hook_try){ .post = tools->post, .done = done, .self = self };
	t->easy = curl_easy_init();
	if (t->easy && describe(t, route, l))
		err = post_start(t->post, t->easy, on_done, t);
	if (err == 0)
		return t;
	hook_free(t);
say_why:
	snprintf(note, CHANNEL_NOTE, "%s", strerror(-err));
	return NULL;
}

static void hook_cancel(void *handle)
{
	struct hook_try *t = handle;

	post_cancel(t->post, t->easy);
	hook_free(t);
}

void channel_target_url(char text[static CHANNEL_TARGET], const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL;

	snprintf(text, CHANNEL_TARGET, "?");
	if (!u)
		return;
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
		curl_url_get(u, CURLUPART_PORT, &port, 0);
		snprintf(text, CHANNEL_TARGET, "%.16s://%.100s%s%.8s", scheme, host,
			 port ? ":" : "", port ? port : "");
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
}

static bool is_ours_v4(const unsigned char a[4])
{
	return a[0] == 127 || a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
	       (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254) ||
	       (a[0] == 100 && (a[1] & 0xc0) == 64); /* shared: private networks over the outside */
}

static bool is_ours_v6(const struct in6_addr *a)
{
	return IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_LINKLOCAL(a) ||
	       (a->s6_addr[0] & 0xfe) == 0xfc;
}

static bool ends_in(const char *host, const char *end)
{
	const size_t n = strlen(host), m = strlen(end);

	return n > m && strcasecmp(host + n - m, end) == 0;
}

/* A name without a dot is known at home only. */
static bool is_near_name(const char *host)
{
	return (!strchr(host, '.') && !strchr(host, ':')) || ends_in(host, ".localhost") ||
	       ends_in(host, ".local") || ends_in(host, ".lan") || ends_in(host, ".internal") ||
	       ends_in(host, ".home.arpa");
}

static bool is_near(char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	char *end = host + strlen(host);

	if (host[0] == '[' && end[-1] == ']') {
		end[-1] = '\0';
		return inet_pton(AF_INET6, host + 1, &v6) == 1 && is_ours_v6(&v6);
	}
	if (inet_pton(AF_INET, host, &v4) == 1)
		return is_ours_v4((const unsigned char *)&v4);
	return is_near_name(host);
}

bool channel_is_near(const char *url)
{
	CURLU *u = curl_url();
	char *host = NULL;
	bool near = false;

	if (u && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		near = is_near(host);
	curl_free(host);
	curl_url_cleanup(u);
	return near;
}

static void hook_target(char text[static CHANNEL_TARGET], const void *route)
{
	channel_target_url(text, ((const struct hook_route *)route)->url);
}

const struct channel channel_hook = {
	.name = "hook",
	.start = hook_start,
	.cancel = hook_cancel,
	.target = hook_target,
};
