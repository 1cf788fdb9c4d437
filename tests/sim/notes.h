/* SPDX-License-Identifier: Apache-2.0 */
/* notes: lines of text that pile up: what happened, and what should not have. */
#ifndef MATSANG_SIM_NOTES_H
#define MATSANG_SIM_NOTES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { NOTES_MOST = 20000, NOTES_LINE = 220 };

struct notes {
	char **line;
	size_t n, size;
	size_t dropped; /* lines after the first NOTES_MOST */
};

void notes_addv(struct notes *n, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void notes_add(struct notes *n, const char *format, ...) __attribute__((format(printf, 2, 3)));
void notes_free(struct notes *n);

/* A moment of the scenario as 01:02:03.004, days counted in hours. */
enum { MOMENT_TEXT = 32 };
void moment_draw(char text[static MOMENT_TEXT], int64_t ms);

#endif
