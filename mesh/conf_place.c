/* SPDX-License-Identifier: Apache-2.0 */
/* conf_place: where each value of a settings text stands; part of conf, for conf.c only. */
#include "mesh/conf_place.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 40 /* characters; cJSON gives up at 63 */ };

struct scan {
	char *text;
	size_t len, at;
	struct conf_spot spot; /* of text[at] */
	struct conf_places *places;
	enum conf_err err;
	struct conf_spot bad;
	const char *what;
};

static bool value(struct scan *s, struct conf_spot key, int depth);

/* Keeps the first complaint. Returns false, so that it can be returned. */
static bool refuse_at(struct scan *s, struct conf_spot spot, enum conf_err err, const char *what)
{
	if (s->err == CONF_OK) {
		s->err = err;
		s->bad = spot;
		s->what = what;
	}
	return false;
}

static bool refuse(struct scan *s, const char *what)
{
	return refuse_at(s, s->spot, CONF_SYNTAX, what);
}

/* The byte under the cursor or k further on; 0 past the end (a real NUL is refused beforehand). */
static unsigned char peek(const struct scan *s, size_t k)
{
	return s->at + k < s->len ? (unsigned char)s->text[s->at + k] : 0;
}

static void step(struct scan *s, size_t n)
{
	for (; n > 0 && s->at < s->len; n--, s->at++) {
		if (s->text[s->at] == '\n')
			s->spot = (struct conf_spot){ s->spot.line + 1, 1 };
		else if (((unsigned char)peek(s, 1) & 0xc0) != 0x80)
			s->spot.column++;
	}
}

/* Bytes of the UTF-8 character at p (n bytes left), 0 when it is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xc2 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf5 ? 4
				   : 0;
	uint32_t c = len < 2 ? p[0] : p[0] & (0x7fu >> len);

	if (len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (len > 1 && (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)))
		return 0;
	return len;
}

/* The whole text is UTF-8 without NUL; leaves the cursor where it was. */
static bool utf8(struct scan *s)
{
	const struct scan start = *s;

	while (s->at < s->len) {
		size_t n = utf8_len((const unsigned char *)s->text + s->at, s->len - s->at);

		if (n == 0)
			return refuse_at(s, s->spot, CONF_NOT_UTF8,
					 "not UTF-8; save the file as UTF-8");
		if (s->text[s->at] == '\0')
			return refuse(s, "a NUL byte; this is not a text file");
		if (s->text[s->at] == '\n')
			s->spot = (struct conf_spot){ s->spot.line + 1, 1 };
		else
			s->spot.column++;
		s->at += n;
	}
	s->at = start.at;
	s->spot = start.spot;
	return true;
}

/* Over one comment, which is left as spaces. */
static bool comment(struct scan *s)
{
	const struct conf_spot start = s->spot;
	const bool block = peek(s, 1) == '*';
	bool done = false;
	size_t from = s->at;

	step(s, 2);
	while (!done && s->at < s->len) {
		if (!block && peek(s, 0) == '\n')
			break;
		if (block && peek(s, 0) == '*' && peek(s, 1) == '/') {
			step(s, 1);
			done = true;
		}
		step(s, 1);
	}
	if (block && !done)
		return refuse_at(s, start, CONF_SYNTAX,
				 "this comment never ends; close it with */");
	for (; from < s->at; from++)
		if (s->text[from] != '\n')
			s->text[from] = ' ';
	return true;
}

/* Over spaces and comments. */
static bool skip(struct scan *s)
{
	for (;;) {
		const unsigned char c = peek(s, 0);

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			step(s, 1);
		else if (c == '/' && (peek(s, 1) == '/' || peek(s, 1) == '*')) {
			if (!comment(s))
				return false;
		} else
			return true;
	}
}

/* The four hex digits k bytes ahead; -1 when they are not there. */
static long hex4(const struct scan *s, size_t k)
{
	long v = 0;

	for (size_t i = 0; i < 4; i++) {
		const int c = peek(s, k + i);
		const int d = c >= '0' && c <= '9'                 ? c - '0'
			      : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
								   : -1;

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* Over \u and its digits, pairs of surrogates together. */
static bool unicode(struct scan *s)
{
	const long hi = hex4(s, 2);

	if (hi < 0)
		return refuse(s, "\\u takes four hexadecimal digits");
	if (hi == 0)
		return refuse(s, "\\u0000 cannot be part of a text; leave it out");
	if (hi >= 0xd800 && hi <= 0xdfff) {
		const long lo = peek(s, 6) == '\\' && peek(s, 7) == 'u' ? hex4(s, 8) : -1;

		if (hi >= 0xdc00 || lo < 0xdc00 || lo > 0xdfff)
			return refuse(s, "half a surrogate pair; write the character itself");
		step(s, 6);
	}
	step(s, 6);
	return true;
}

static bool string(struct scan *s)
{
	const struct conf_spot start = s->spot;

	step(s, 1);
	while (peek(s, 0) != '"') {
		if (s->at >= s->len || peek(s, 0) == '\n')
			return refuse_at(s, start, CONF_SYNTAX,
					 "this text never ends; close it with \" on its line");
		if (peek(s, 0) < 0x20)
			return refuse(s, "a control character in a text; write \\t or \\n");
		if (peek(s, 0) != '\\') {
			step(s, 1);
		} else if (peek(s, 1) == 'u') {
			if (!unicode(s))
				return false;
		} else if (peek(s, 1) != 0 && strchr("\"\\/bfnrt", peek(s, 1))) {
			step(s, 2);
		} else {
			return refuse(s, "no such escape; write \\\\ for a backslash");
		}
	}
	step(s, 1);
	return true;
}

static size_t digits(const struct scan *s, size_t k)
{
	size_t n = 0;

	while (peek(s, k + n) >= '0' && peek(s, k + n) <= '9')
		n++;
	return n;
}

static bool number(struct scan *s)
{
	size_t k = peek(s, 0) == '-' ? 1 : 0, n = digits(s, k);

	if (n == 0 || (n > 1 && peek(s, k) == '0'))
		return refuse(s, "not a number; write it as 0, 12 or -12");
	k += n;
	if (peek(s, k) == '.') {
		n = digits(s, k + 1);
		if (n == 0)
			return refuse(s, "a digit is missing after the point");
		k += 1 + n;
	}
	if ((peek(s, k) | 32) == 'e') {
		k += peek(s, k + 1) == '+' || peek(s, k + 1) == '-' ? 2 : 1;
		n = digits(s, k);
		if (n == 0)
			return refuse(s, "a digit is missing after the e");
		k += n;
	}
	if (k > NUMBER_MAX)
		return refuse_at(s, s->spot, CONF_RANGE, "this number is too long");
	step(s, k);
	return true;
}

static bool word(struct scan *s, const char *w)
{
	const size_t n = strlen(w);

	if (s->len - s->at < n || memcmp(s->text + s->at, w, n) != 0)
		return refuse(
			s, "no such word; texts stand in double quotes, words are true and false");
	step(s, n);
	return true;
}

/* Over the key of a member and its colon. */
static bool member_key(struct scan *s)
{
	if (peek(s, 0) == '\'')
		return refuse(s, "texts stand in double quotes");
	if (peek(s, 0) != '"')
		return refuse(s, "a key in double quotes belongs here");
	if (!string(s) || !skip(s))
		return false;
	if (peek(s, 0) != ':')
		return refuse(s, "a colon belongs between key and value");
	step(s, 1);
	return skip(s);
}

/* Over an object or a list. */
static bool container(struct scan *s, bool object, int depth)
{
	const struct conf_spot start = s->spot;
	const unsigned char end = object ? '}' : ']';

	if (depth >= CONF_DEPTH_MAX)
		return refuse_at(s, s->spot, CONF_TOO_BIG,
				 "nested too deep; settings need no more than 8 levels");
	step(s, 1);
	if (!skip(s))
		return false;
	if (peek(s, 0) == end) {
		step(s, 1);
		return true;
	}
	for (;;) {
		const struct conf_spot key = s->spot;

		if ((object && !member_key(s)) || !value(s, key, depth + 1) || !skip(s))
			return false;
		if (peek(s, 0) == end)
			break;
		if (s->at >= s->len)
			return refuse_at(s, start, CONF_SYNTAX,
					 object ? "this { is never closed; add }"
						: "this [ is never closed; add ]");
		if (peek(s, 0) != ',')
			return refuse(s, "a comma is missing before this");
		const struct conf_spot comma = s->spot;

		step(s, 1);
		if (!skip(s))
			return false;
		if (peek(s, 0) == end)
			return refuse_at(s, comma, CONF_SYNTAX,
					 "nothing follows this comma; take it away");
	}
	step(s, 1);
	return true;
}

/* Room for one more place; its index, or SIZE_MAX. */
static size_t place_add(struct scan *s, struct conf_spot key)
{
	struct conf_places *p = s->places;

	if (p->n == p->size) {
		const size_t size = p->size ? 2 * p->size : 64;
		struct conf_place *more = reallocarray(p->place, size, sizeof *more);

		if (!more) {
			refuse_at(s, s->spot, CONF_TOO_BIG, "out of memory");
			return SIZE_MAX;
		}
		p->place = more;
		p->size = size;
	}
	p->place[p->n] = (struct conf_place){ key, s->spot, s->at, 0 };
	return p->n++;
}

static bool value(struct scan *s, struct conf_spot key, int depth)
{
	const unsigned char c = peek(s, 0);
	const size_t from = s->at, i = place_add(s, key);
	bool ok;

	if (i == SIZE_MAX)
		return false;
	if (c == '{' || c == '[')
		ok = container(s, c == '{', depth);
	else if (c == '"')
		ok = string(s);
	else if (c == '-' || (c >= '0' && c <= '9'))
		ok = number(s);
	else if (c == 't')
		ok = word(s, "true");
	else if (c == 'f')
		ok = word(s, "false");
	else if (c == 'n')
		ok = word(s, "null");
	else if (s->at >= s->len)
		ok = refuse(s, "the file ends where a value belongs");
	else
		ok = refuse(s, "a value belongs here: a text in double quotes, a number, true, "
			       "false, [ or {");
	s->places->place[i].len = s->at - from;
	return ok;
}

enum conf_err conf_place_scan(struct conf_places *places, char *text, size_t len,
			      struct conf_spot *bad, const char **what)
{
	struct scan s = { .text = text, .len = len, .spot = { 1, 1 }, .places = places };

	*places = (struct conf_places){ NULL, 0, 0 };
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		memset(text, ' ', 3);
		s.at = 3;
	}
	if (utf8(&s) && skip(&s)) {
		const struct conf_spot start = s.spot;

		if (s.at >= s.len)
			refuse(&s, "the file is empty; settings begin with { and end with }");
		else if (value(&s, start, 0) && skip(&s) && s.at < s.len)
			refuse(&s, "something follows after the settings' end; take it away");
	}
	*bad = s.bad;
	*what = s.what;
	return s.err;
}
