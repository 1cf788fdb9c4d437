/* SPDX-License-Identifier: Apache-2.0 */
/* conf_near: the right name nearest to a wrong one, and names as a message shows them; part of
 * conf. */
#include "mesh/conf_near.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_COMPARED = 40 };

const char *near_quote(char out[static NEAR_QUOTE], const char *text)
{
	size_t n = 0;

	while (text[n] != '\0' && n < NEAR_QUOTE - 4) {
		out[n] = iscntrl((unsigned char)text[n]) ? '?' : text[n];
		n++;
	}
	if (text[n] != '\0') {
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		memcpy(out + n, "...", 3);
		n += 3;
	}
	out[n] = '\0';
	return out;
}

/* Letters to add, take away, change or swap with their neighbour to make b of a, whatever the case.
 */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][NAME_MAX_COMPARED + 1], *two = row[0], *one = row[1], *now = row[2];
	const size_t la = strnlen(a, NAME_MAX_COMPARED), lb = strnlen(b, NAME_MAX_COMPARED);

	for (size_t j = 0; j <= lb; j++)
		now[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *const old = two;

		two = one;
		one = now;
		now = old;
		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			const int x = tolower((unsigned char)a[i - 1]),
				  y = tolower((unsigned char)b[j - 1]);
			size_t d = one[j - 1] + (x != y);

			if (one[j] + 1 < d)
				d = one[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]) && two[j - 2] + 1 < d)
				d = two[j - 2] + 1;
			now[j] = d;
		}
	}
	return now[lb];
}

const char *near_find(const char *wrong, const char *(*name)(const void *of, size_t i),
		      const void *of)
{
	const char *best = NULL, *n;
	size_t least = 2 + strnlen(wrong, NAME_MAX_COMPARED) / 3; /* farther is no help */

	for (size_t i = 0; (n = name(of, i)) != NULL; i++) {
		const size_t d = distance(wrong, n);

		if (d < least) {
			least = d;
			best = n;
		}
	}
	return best;
}

void near_all(char *out, size_t size, const char *(*name)(const void *of, size_t i), const void *of)
{
	const char *n;
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; (n = name(of, i)) != NULL; i++) {
		if (at + strlen(n) + 8 > size) { /* room for the dots after it, too */
			memcpy(out + at, ", ...", 6);
			return;
		}
		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "", n);
	}
}
