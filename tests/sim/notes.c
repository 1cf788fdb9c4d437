/* SPDX-License-Identifier: Apache-2.0 */
/* notes: lines of text that pile up: what happened, and what should not have. */
#include "tests/sim/notes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void notes_addv(struct notes *n, const char *format, va_list args)
{
	char text[NOTES_LINE];

	if (n->n == NOTES_MOST) {
		n->dropped++;
		return;
	}
	if (n->n == n->size) {
		size_t size = n->size ? 2 * n->size : 64;
		char **grown = realloc(n->line, size * sizeof *grown);

		if (!grown)
			abort();
		n->line = grown;
		n->size = size;
	}
	vsnprintf(text, sizeof text, format, args);
	n->line[n->n] = strdup(text);
	if (!n->line[n->n])
		abort();
	n->n++;
}

void notes_add(struct notes *n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	notes_addv(n, format, args);
	va_end(args);
}

void notes_free(struct notes *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->line[i]);
	free(n->line);
	*n = (struct notes){ 0 };
}

void moment_draw(char text[static MOMENT_TEXT], int64_t ms)
{
	const char *sign = ms < 0 ? "-" : "";
	uint64_t t = (uint64_t)(ms < 0 ? -ms : ms);
	int n = snprintf(text, MOMENT_TEXT, "%s%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, sign,
			 t / 3600000, t / 60000 % 60, t / 1000 % 60);

	if (t % 1000 != 0)
		snprintf(text + n, MOMENT_TEXT - (size_t)n, ".%03" PRIu64, t % 1000);
}
