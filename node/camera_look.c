/* SPDX-License-Identifier: Apache-2.0 */
/* camera_look: what one look at a camera found, as the line that matsang-eye prints and the node
 * reads. */
#include "node/camera_look.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { RTSP_OK = 200, RTSP_UNAUTHORIZED = 401, RTSP_FORBIDDEN = 403 };
enum { RTSP_NOT_ENOUGH_BANDWIDTH = 453, RTSP_UNAVAILABLE = 503 };

static const int64_t OFF_MOST_MS = 4000000000000;

static const char *const says_names[] = {
	[CAMERA_SAYS_NOTHING] = "nothing", [CAMERA_SAYS_MOVING] = "moving",
	[CAMERA_SAYS_REFUSED] = "refused", [CAMERA_SAYS_LOCKED] = "locked",
	[CAMERA_SAYS_FROZEN] = "frozen",   [CAMERA_SAYS_BUSY] = "busy",
};
static_assert(COUNT(says_names) == CAMERA_SAYINGS, "name everything a look can say");

static const char *const clock_names[] = {
	[CAMERA_CLOCK_NONE] = "none",
	[CAMERA_CLOCK_DATE] = "date",
	[CAMERA_CLOCK_ONVIF] = "onvif",
};
static_assert(COUNT(clock_names) == CAMERA_CLOCKS, "name every clock");

const char *camera_says_str(enum camera_says s)
{
	return (size_t)s < COUNT(says_names) ? says_names[s] : "?";
}

const char *camera_clock_str(enum camera_clock c)
{
	return (size_t)c < COUNT(clock_names) ? clock_names[c] : "?";
}

/* ---- reading; each step moves *at behind what it took, or leaves false ---- */

static bool word(const char **at, const char *w)
{
	const size_t len = strlen(w);

	if (strncmp(*at, w, len) != 0)
		return false;
	*at += len;
	return true;
}

/* Digits without a leading zero, 0..most. */
static bool digits(const char **at, int64_t most, int64_t *out)
{
	const char *p = *at;
	int64_t v = 0;

	if (*p < '0' || *p > '9' || (p[0] == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (*p - '0');
		if (v > most)
			return false;
	}
	*at = p;
	*out = v;
	return true;
}

static bool number(const char **at, const char *name, int64_t most, int64_t *out)
{
	return word(at, name) && digits(at, most, out);
}

static bool status(const char **at, const char *name, uint16_t *out)
{
	int64_t v;

	if (!number(at, name, 999, &v))
		return false;
	*out = (uint16_t)v;
	return true;
}

static bool count(const char **at, const char *name, uint32_t *out)
{
	int64_t v;

	if (!number(at, name, CAMERA_LOOK_PACKETS, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool clock_kind(const char **at, enum camera_clock *out)
{
	if (!word(at, " clock="))
		return false;
	for (size_t i = 0; i < COUNT(clock_names); i++)
		if (word(at, clock_names[i])) {
			*out = (enum camera_clock)i;
			return true;
		}
	return false;
}

static bool offset(const char **at, int64_t *out)
{
	bool minus;

	if (!word(at, " clock_off_ms="))
		return false;
	minus = word(at, "-");
	if (!digits(at, OFF_MOST_MS, out) || (minus && *out == 0))
		return false;
	if (minus)
		*out = -*out;
	return true;
}

bool camera_look_parse(const char *line, struct camera_look *out)
{
	const char *at = line;
	struct camera_look l = { 0 };
	int64_t reach;

	if (!number(&at, "reach=", 1, &reach))
		return false;
	l.reach = reach == 1;
	if (!status(&at, " options=", &l.options) || !status(&at, " describe=", &l.describe) ||
	    !status(&at, " setup=", &l.setup) || !status(&at, " play=", &l.play) ||
	    !status(&at, " teardown=", &l.teardown))
		return false;
	if (!count(&at, " packets=", &l.packets) || !count(&at, " seq_advance=", &l.seq_advance) ||
	    !count(&at, " frames=", &l.frames) || !count(&at, " repeats=", &l.repeats) ||
	    !count(&at, " stale=", &l.stale))
		return false;
	if (!clock_kind(&at, &l.clock) || !offset(&at, &l.clock_off_ms) || *at != '\0' ||
	    !camera_look_ok(&l))
		return false;

	*out = l;
	return true;
}

/* ---- writing ---- */

void camera_look_draw(char text[static CAMERA_LOOK_TEXT], const struct camera_look *l)
{
	assert(camera_look_ok(l));
	snprintf(text, CAMERA_LOOK_TEXT,
		 "reach=%d options=%u describe=%u setup=%u play=%u teardown=%u packets=%u "
		 "seq_advance=%u frames=%u repeats=%u stale=%u clock=%s clock_off_ms=%" PRId64,
		 l->reach, l->options, l->describe, l->setup, l->play, l->teardown, l->packets,
		 l->seq_advance, l->frames, l->repeats, l->stale, camera_clock_str(l->clock),
		 l->clock_off_ms);
}

/* ---- judging ---- */

static bool status_ok(uint16_t s)
{
	return s == 0 || (s >= 100 && s <= 999);
}

static bool stream_ok(const struct camera_look *l)
{
	if (l->packets == 0)
		return l->seq_advance == 0 && l->frames == 0 && l->repeats == 0 && l->stale == 0;
	return l->packets <= CAMERA_LOOK_PACKETS && l->seq_advance <= CAMERA_LOOK_PACKETS &&
	       l->frames >= 1 && l->frames <= l->packets && l->repeats < l->packets &&
	       l->stale <= l->frames;
}

bool camera_look_ok(const struct camera_look *l)
{
	if (!l->reach &&
	    (l->options || l->describe || l->setup || l->play || l->teardown || l->packets))
		return false;
	if ((size_t)l->clock >= CAMERA_CLOCKS || l->clock_off_ms > OFF_MOST_MS ||
	    l->clock_off_ms < -OFF_MOST_MS ||
	    (l->clock == CAMERA_CLOCK_NONE && l->clock_off_ms != 0))
		return false;
	return status_ok(l->options) && status_ok(l->describe) && status_ok(l->setup) &&
	       status_ok(l->play) && status_ok(l->teardown) && stream_ok(l);
}

/* Any of the four questions that lead to a picture. */
static bool any(const struct camera_look *l, uint16_t s)
{
	return l->options == s || l->describe == s || l->setup == s || l->play == s;
}

static bool stands(const struct camera_look *l)
{
	return l->packets < 2 || l->seq_advance == 0 || l->frames < 2 || 2 * l->stale >= l->frames;
}

enum camera_says camera_look_says(const struct camera_look *l)
{
	if (!l)
		return CAMERA_SAYS_NOTHING;
	if (l->play == RTSP_OK)
		return stands(l) ? CAMERA_SAYS_FROZEN : CAMERA_SAYS_MOVING;
	if (any(l, RTSP_UNAUTHORIZED) || any(l, RTSP_FORBIDDEN))
		return CAMERA_SAYS_LOCKED;
	if (any(l, RTSP_NOT_ENOUGH_BANDWIDTH) || any(l, RTSP_UNAVAILABLE))
		return CAMERA_SAYS_BUSY;
	return CAMERA_SAYS_REFUSED;
}
