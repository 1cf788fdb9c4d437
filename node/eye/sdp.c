/* SPDX-License-Identifier: Apache-2.0 */
/* sdp: the first video of a description (RFC 4566): where it is controlled, how it is coded. */
#include "node/eye/sdp.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A piece of the text. */
struct span {
	const char *at;
	size_t len;
};

/* The next line, without its end; false at the end of the text. */
static bool next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->len == 0)
		return false;
	end = memchr(rest->at, '\n', rest->len);
	*line = (struct span){ rest->at, end ? (size_t)(end - rest->at) : rest->len };
	rest->at += line->len + (end ? 1 : 0);
	rest->len -= line->len + (end ? 1 : 0);
	while (line->len > 0 && (line->at[line->len - 1] == '\r' || line->at[line->len - 1] == ' '))
		line->len--;
	return true;
}

static bool begins(const struct span *line, const char *with)
{
	return line->len >= strlen(with) && strncasecmp(line->at, with, strlen(with)) == 0;
}

/* What follows `a=control:`; it stays as it was when the line is another. */
static void take_control(struct span *control, const struct span *line)
{
	static const char key[] = "a=control:";

	if (!begins(line, key) || control->len > 0)
		return;
	*control = (struct span){ line->at + strlen(key), line->len - strlen(key) };
	while (control->len > 0 && *control->at == ' ') {
		control->at++;
		control->len--;
	}
}

/* "a=rtpmap:96 H264/90000", the first one; other codings stay NAL_NONE. */
static void take_codec(enum nal_codec *codec, const struct span *line)
{
	static const char key[] = "a=rtpmap:";
	struct span name = *line;

	if (!begins(line, key) || *codec != NAL_NONE)
		return;
	while (name.len > 0 && *name.at != ' ') {
		name.at++;
		name.len--;
	}
	if (begins(&name, " H264/"))
		*codec = NAL_H264;
	else if (begins(&name, " H265/"))
		*codec = NAL_H265;
}

static bool clean(const struct span *s)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i] <= ' ' || s->at[i] > '~')
			return false;
	return true;
}

/* RFC 2326, C.1.1: absolute as it is; "*" or nothing is the base; else it is put behind the base,
 * with a slash between them, as every player does and every camera expects. */
static bool resolve(char out[static SDP_URL], const char *base, const struct span *control)
{
	const struct span whole = { base, strlen(base) };
	int n;

	if (!clean(control) || !clean(&whole) || whole.len == 0)
		return false;
	if (begins(control, "rtsp://"))
		n = snprintf(out, SDP_URL, "%.*s", (int)control->len, control->at);
	else if (control->len == 0 || (control->len == 1 && control->at[0] == '*'))
		n = snprintf(out, SDP_URL, "%s", base);
	else
		n = snprintf(out, SDP_URL, "%s%s%.*s", base, base[whole.len - 1] == '/' ? "" : "/",
			     (int)control->len, control->at);
	return n > 0 && n < SDP_URL;
}

bool sdp_read(struct sdp *out, const char *base, const char *text, size_t len)
{
	struct span rest = { text, len < SDP_TEXT ? len : SDP_TEXT }, line;
	struct span session = { "", 0 }, track = { "", 0 };
	enum { BEFORE, OTHER, VIDEO } medium = BEFORE;
	struct sdp found = { .codec = NAL_NONE };

	while (next_line(&rest, &line)) {
		if (begins(&line, "m=")) {
			if (medium == VIDEO)
				break;
			medium = begins(&line, "m=video ") ? VIDEO : OTHER;
		} else if (medium == BEFORE) {
			take_control(&session, &line);
		} else if (medium == VIDEO) {
			take_control(&track, &line);
			take_codec(&found.codec, &line);
		}
	}
	if (medium != VIDEO || !resolve(found.whole, base, &session) ||
	    !resolve(found.track, found.whole, &track))
		return false;
	*out = found;
	return true;
}
