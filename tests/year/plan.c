/* SPDX-License-Identifier: Apache-2.0 */
/* plan: the page of text that says how large the commune is and how often what goes wrong. */
#include "tests/year/plan.h"

#include "tests/sim/script.h"
#include "tests/sim/words.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static_assert((int)PLAN_WHY >= (int)SCRIPT_WHY, "words says why in as much");

const struct fault_kind fault_kinds[FAULTS] = {
	[FAULT_TRANSFORMER] = { "transformer", PER_TRANSFORMER, CAUSE_POWER },
	[FAULT_HAMLET] = { "hamlet", PER_HAMLET, CAUSE_POWER },
	[FAULT_PLANNED] = { "planned", PER_HAMLET, CAUSE_POWER },
	[FAULT_HOUSE] = { "house", PER_POINT, CAUSE_POWER },
	[FAULT_UNPLUG] = { "unplug", PER_POINT, CAUSE_POWER },
	[FAULT_PROVIDER] = { "provider", PER_PROVIDER, CAUSE_PROVIDER },
	[FAULT_LINE] = { "line", PER_POINT, CAUSE_PROVIDER },
	[FAULT_ROUTER] = { "router", PER_POINT, CAUSE_ROUTER },
	[FAULT_RELAY] = { "relay", PER_POINT, CAUSE_ROUTER },
	[FAULT_BLIP] = { "blip", PER_POINT, CAUSE_PROVIDER },
	[FAULT_FLAP] = { "flap", PER_POINT, CAUSE_ROUTER },
	[FAULT_CRASH] = { "crash", PER_POINT, CAUSE_DEVICE },
	[FAULT_REBOOT] = { "reboot", PER_POINT, CAUSE_DEVICE },
	[FAULT_DEATH] = { "death", PER_POINT, CAUSE_DEVICE },
	[FAULT_CAMERA] = { "camera", PER_POINT, CAUSE_CAMERA },
	[FAULT_CAMERA_BLIP] = { "camera-blip", PER_POINT, CAUSE_CAMERA },
	[FAULT_BROKER] = { "broker", PER_COMMUNE, CAUSE_GATEWAY },
	[FAULT_RESTART] = { "restart", PER_COMMUNE, CAUSE_GATEWAY },
	[FAULT_GATEWAY_CRASH] = { "gateway-crash", PER_COMMUNE, CAUSE_GATEWAY },
	[FAULT_OWN_LINE] = { "own-line", PER_COMMUNE, CAUSE_GATEWAY },
	[FAULT_OWN_POWER] = { "own-power", PER_COMMUNE, CAUSE_GATEWAY },
};

static const char *const subject_names[] = {
	[PER_POINT] = "point",       [PER_HAMLET] = "hamlet",   [PER_TRANSFORMER] = "transformer",
	[PER_PROVIDER] = "provider", [PER_COMMUNE] = "commune",
};
static_assert(COUNT(subject_names) == OF_EACH, "name every subject");

static const char *const share_names[] = {
	[SHARE_BATTERY] = "battery",
	[SHARE_ROUTER_UPS] = "router-ups",
	[SHARE_GASP] = "gasp",
	[SHARE_WILL] = "will",
	[SHARE_LATE_WILL] = "late-will",
	[SHARE_NTP] = "ntp",
	[SHARE_FLOOR] = "floor",
	[SHARE_OVERRUN] = "overrun",
	[SHARE_OFFICE_BATTERY] = "office-battery",
	[SHARE_TAKEN] = "taken",
};
static_assert(COUNT(share_names) == SHARES, "name every share");

static const char *const limit_names[] = {
	[LIMIT_FALSE] = "false",
	[LIMIT_FLAP] = "flap",
};
static_assert(COUNT(limit_names) == LIMITS, "name every limit");

static const struct {
	const char *key;
	size_t at;
	int64_t least, most;
} sizes[] = {
	{ "points", offsetof(struct plan, points), 1, 5000 },
	{ "hamlets", offsetof(struct plan, hamlets), 1, 100 },
	{ "providers", offsetof(struct plan, providers), 1, 10 },
	{ "transformers", offsetof(struct plan, transformers), 1, 500 },
	{ "relays", offsetof(struct plan, relays), 0, 50 },
	{ "days", offsetof(struct plan, days), 1, 366 },
	{ "pace", offsetof(struct plan, pace_s), 1, 900 },
};

/* ---- words of one line ---- */

static bool take_name(struct words *w, const char *const *names, size_t n, size_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (words_take(w, names[i])) {
			*out = i;
			return true;
		}
	return words_wrong(w, "nobody knows '%s'", words_peek(w));
}

static bool take_decimal(struct words *w, double *out)
{
	char *end;

	*out = strtod(words_peek(w), &end);
	if (end == words_peek(w) || *end != '\0' || *out < 0)
		return words_wrong(w, "'%s' is not a number", words_peek(w));
	words_drop(w);
	return true;
}

/* commune points 500 hamlets 15 .. */
static bool read_commune(struct plan *p, struct words *w)
{
	while (words_left(w)) {
		int64_t n;
		size_t i = 0;

		while (i < COUNT(sizes) && !words_are(w, sizes[i].key))
			i++;
		if (i == COUNT(sizes))
			return words_wrong(w, "a commune has no '%s'", words_peek(w));
		words_drop(w);
		if (!words_number(w, &n))
			return false;
		if (n < sizes[i].least || n > sizes[i].most)
			return words_wrong(w, "so many %s cannot be", sizes[i].key);
		*(unsigned *)(void *)((char *)p + sizes[i].at) = (unsigned)n;
	}
	return true;
}

/* rate line 1.5 a point lasts 5h spread 1.2 within 10m 4d */
static bool read_rate(struct plan *p, struct words *w)
{
	struct rate r = { .least_ms = 0, .most_ms = INT64_MAX };
	size_t kind = 0, subject = 0;

	while (kind < FAULTS && !words_are(w, fault_kinds[kind].name))
		kind++;
	if (kind == FAULTS)
		return words_wrong(w, "nobody knows '%s'", words_peek(w));
	words_drop(w);
	if (!take_decimal(w, &r.a_year) || !words_take(w, "a") ||
	    !take_name(w, subject_names, COUNT(subject_names), &subject))
		return words_wrong(w, "how often a point, hamlet, ..?");
	if (subject != fault_kinds[kind].of)
		return words_wrong(w, "that is so many a %s", subject_names[fault_kinds[kind].of]);
	if (!words_take(w, "lasts") || !words_duration(w, &r.median_ms))
		return words_wrong(w, "how long does it last?");
	if (words_take(w, "spread") && !take_decimal(w, &r.spread))
		return false;
	if (words_take(w, "within") &&
	    (!words_duration(w, &r.least_ms) || !words_duration(w, &r.most_ms)))
		return false;
	p->rate[kind] = r;
	return true;
}

static bool read_share(struct plan *p, struct words *w)
{
	size_t i = 0;

	return take_name(w, share_names, COUNT(share_names), &i) && words_permille(w, &p->share[i]);
}

static bool read_limit(struct plan *p, struct words *w)
{
	int64_t n;
	size_t i = 0;

	if (!take_name(w, limit_names, COUNT(limit_names), &i) || !words_number(w, &n))
		return false;
	p->limit[i] = (unsigned)n;
	return true;
}

static bool read_line(struct plan *p, struct words *w)
{
	bool ok;

	if (!words_left(w))
		return true;
	if (words_take(w, "commune"))
		ok = read_commune(p, w);
	else if (words_take(w, "rate"))
		ok = read_rate(p, w);
	else if (words_take(w, "share"))
		ok = read_share(p, w);
	else if (words_take(w, "limit"))
		ok = read_limit(p, w);
	else
		return words_wrong(w, "nobody knows '%s'", words_peek(w));
	return ok && (!words_left(w) || words_wrong(w, "what does '%s' want here?", words_peek(w)));
}

bool plan_read(struct plan *p, const char *file, const char *text, char why[static PLAN_WHY])
{
	unsigned line = 1;

	*p = (struct plan){ .days = 365, .pace_s = 300 };
	for (; *text != '\0'; line++) {
		size_t len = strcspn(text, "\n");
		struct words w;

		if (!words_begin(&w, file, line, text, len, why) || !read_line(p, &w))
			return false;
		text += len + (text[len] == '\n');
	}
	if (p->points && p->hamlets && p->providers && p->transformers)
		return true;
	strcpy(why, "the page says nothing of points, hamlets, providers or transformers");
	return false;
}
