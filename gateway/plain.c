/* SPDX-License-Identifier: Apache-2.0 */
/* plain: Vietnamese for a text message: without accents, in characters that count one septet each;
 * and in capitals for a headline. */
#include "gateway/plain.h"

#include <stdint.h>
#include <string.h>

/* ---- UTF-8 ---- */

static bool follows(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The character that *at points to, and *at behind it; a broken one is its first byte alone. */
static uint32_t take(const char **at)
{
	static const struct {
		unsigned char mask, is;
	} lead[] = { { 0xe0, 0xc0 }, { 0xf0, 0xe0 }, { 0xf8, 0xf0 } };
	const unsigned char c = (unsigned char)*(*at)++;

	for (unsigned more = 1; more <= 3; more++) {
		uint32_t u = c & (0x3fu >> more);

		if ((c & lead[more - 1].mask) != lead[more - 1].is)
			continue;
		for (unsigned k = 0; k < more; k++) {
			if (!follows((*at)[k]))
				return c;
			u = u << 6 | ((unsigned char)(*at)[k] & 0x3f);
		}
		*at += more;
		return u;
	}
	return c;
}

/* ---- without accents ---- */

/* From 0x00c0 and from 0x1ea0 on, a letter a character; "?" has no likeness of one letter. */
static const char latin_1[] = "AAAAAA?CEEEEIIIIDNOOOOOxOUUUUY??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y";
static const char additional[] = "AaAaAaAaAaAaAaAaAaAaAaAa" /* 1ea0 */
				 "EeEeEeEeEeEeEeEe"         /* 1eb8 */
				 "IiIi"                     /* 1ec8 */
				 "OoOoOoOoOoOoOoOoOoOoOoOo" /* 1ecc */
				 "UuUuUuUuUuUuUu"           /* 1ee4 */
				 "YyYyYyYy";                /* 1ef2 */

static const struct {
	uint32_t is;
	const char *like;
} likes[] = {
	{ 0x00a0, " " },  { 0x00ab, "\"" },  { 0x00b0, "o" },  { 0x00b7, "-" },   { 0x00bb, "\"" },
	{ 0x00d7, "x" },  { 0x0102, "A" },   { 0x0103, "a" },  { 0x0110, "D" },   { 0x0111, "d" },
	{ 0x0128, "I" },  { 0x0129, "i" },   { 0x0168, "U" },  { 0x0169, "u" },   { 0x01a0, "O" },
	{ 0x01a1, "o" },  { 0x01af, "U" },   { 0x01b0, "u" },  { 0x2018, "'" },   { 0x2019, "'" },
	{ 0x201c, "\"" }, { 0x201d, "\"" },  { 0x2022, "-" },  { 0x2026, "..." }, { 0x202f, " " },
	{ 0x20ab, "d" },  { 0x20ac, "EUR" }, { 0x2192, "->" }, { 0x2212, "-" },   { 0x2713, "" },
	{ 0x2715, "" },   { 0xfeff, "" },
};

/* ASCII that GSM-7 lacks, or has only behind an escape of another septet. */
static char ascii(uint32_t u)
{
	static const char odd[] = "[]{}\\|~^`", instead[] = "()()//- '";
	const char *at = strchr(odd, (int)u);

	if (u < 0x20 || u == 0x7f)
		return ' ';
	return at ? instead[at - odd] : (char)u;
}

static bool accent(uint32_t u)
{
	return (u >= 0x0300 && u <= 0x036f) || (u >= 0x200b && u <= 0x200f) ||
	       (u >= 0xfe00 && u <= 0xfe0f);
}

static const char *likeness(uint32_t u, char one[static 2])
{
	one[0] = '?';
	one[1] = '\0';
	if (u < 0x80)
		one[0] = ascii(u);
	else if (u < 0xa0 || accent(u))
		one[0] = u < 0xa0 ? ' ' : '\0';
	else if (u >= 0x2010 && u <= 0x2015)
		one[0] = '-';
	else if (u >= 0x1ea0 && u < 0x1ea0 + sizeof additional - 1)
		one[0] = additional[u - 0x1ea0];
	else
		for (size_t i = 0; i < sizeof likes / sizeof likes[0]; i++)
			if (likes[i].is == u)
				return likes[i].like;
	if (one[0] == '?' && u >= 0xc0 && u < 0x100)
		one[0] = latin_1[u - 0xc0];
	return one;
}

void plain_draw(char *text, size_t size, const char *utf8)
{
	size_t len = 0;
	char one[2];

	while (*utf8) {
		const char *like = likeness(take(&utf8), one);
		const size_t n = strlen(like);

		if (len + n >= size)
			break;
		memcpy(text + len, like, n);
		len += n;
	}
	text[len] = '\0';
}

bool plain_ok(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f ||
		    strchr("[]{}\\|~^`", *text))
			return false;
	return true;
}

/* ---- in capitals ---- */

static uint32_t capital(uint32_t u)
{
	switch (u) {
	case 0x0103:
	case 0x0111:
	case 0x0129:
	case 0x0169:
	case 0x01a1:
	case 0x01b0:
		return u - 1;
	default:
		break;
	}
	if ((u >= 'a' && u <= 'z') || (u >= 0xe0 && u < 0xff && u != 0xf7))
		return u - 0x20;
	return u > 0x1ea0 && u < 0x1ea0 + sizeof additional - 1 ? u & ~UINT32_C(1) : u;
}

/* Each capital is as many bytes as its small letter, and differs only in the last two. */
void plain_capitals(char *text, size_t size, const char *utf8)
{
	size_t len = 0;

	while (*utf8) {
		const char *from = utf8;
		const uint32_t u = take(&utf8), up = capital(u);
		const size_t n = (size_t)(utf8 - from);

		if (len + n >= size)
			break;
		memcpy(text + len, from, n);
		len += n;
		if (up == u || (n == 1 && u > 0x7f))
			continue; /* or a broken one */
		if (n > 1)
			text[len - 2] = (char)(n == 2 ? 0xc0 | up >> 6 : 0x80 | (up >> 6 & 0x3f));
		text[len - 1] = (char)(n == 1 ? up : 0x80 | (up & 0x3f));
	}
	text[len] = '\0';
}
