/* SPDX-License-Identifier: Apache-2.0 */
/* graph: one point's time as a picture, on librrd. For matsang-draw only: librrd leaks a little
 * each time. */
#ifndef MATSANG_GATEWAY_GRAPH_H
#define MATSANG_GATEWAY_GRAPH_H

#include "gateway/compose.h"

#include <stddef.h>
#include <stdint.h>

enum { GRAPH_OUTAGES = 65, GRAPH_WHY = 200 };

struct graph_outage {
	int64_t from_s, until_s;
};

/* All times in UTC seconds. */
struct graph {
	const char *file; /* RRD file of series.h */
	int64_t span_s, now_s;
	unsigned width, height; /* of the canvas, in pixels */
	const char *title;
	enum language language;
	struct graph_outage
		outage[GRAPH_OUTAGES]; /* need not be in order; graph_draw sorts and joins them */
	size_t n_outages;
};

/*
 * Green where the point worked, red where it was dark by the file or by an outage given, grey where
 * nobody knows; nothing yet after the file's last value while that is young. A thin line is the
 * round trip. 0 and *png (free it) and *len, or -1 and why.
 */
int graph_draw(struct graph *g, unsigned char **png, size_t *len, char why[static GRAPH_WHY]);

#endif
