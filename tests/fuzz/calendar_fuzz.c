/* SPDX-License-Identifier: Apache-2.0 */
/* calendar: any text as a calendar of cuts; what is found is a window of ours, what is refused says
 * where and why, and one of both there is. */
#include "gateway/calendar.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct roster_hamlet hamlets[] = { { "TT05", "Ấp 5" }, { "AL", "An Lạc" } };
static const struct roster_point points[] = {
	{ .code = "TT-05-01", .hamlet = "TT05", .transformer = "T05-1" },
	{ .code = "AL-01", .hamlet = "AL", .transformer = "Trạm 1" },
};
static const struct roster roster = {
	.commune = "Thiện Tân", .hamlets = hamlets, .n_hamlets = 2, .points = points, .n_points = 2
};

struct told {
	size_t found, refused;
	unsigned lines;
};

static void found(void *self, const struct window *w)
{
	struct told *t = self;
	bool concerns = false;

	if (!window_ok(w) || w->kind != WINDOW_CUT || w->repeat != WINDOW_ONCE)
		abort();
	for (size_t i = 0; i < roster.n_points; i++)
		concerns = concerns || window_concerns(w, &roster, i);
	if (!concerns)
		abort();
	t->found++;
}

static void refused(void *self, unsigned line, const char *why)
{
	struct told *t = self;

	if (line < 1 || line > t->lines || !why[0])
		abort();
	t->refused++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told t = { .lines = 1 };
	const struct calendar_ear ear = { &t, found, refused };
	struct calendar_counts c;
	char *text = malloc(size + !size); /* its end is watched */

	if (!text)
		abort();
	memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		t.lines += text[i] == '\n';
	c = calendar_read(text, size, &roster, &ear);
	if (c.found != t.found || c.refused != t.refused || c.found + c.refused == 0)
		abort();
	free(text);
	return 0;
}
