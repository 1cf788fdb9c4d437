/* SPDX-License-Identifier: Apache-2.0 */
/* draw_helper: one matsang-draw process: started when needed, one line in, one picture out, never
 * waited for. */
#ifndef MATSANG_GATEWAY_DRAW_HELPER_H
#define MATSANG_GATEWAY_DRAW_HELPER_H

#include "mesh/loop.h"

#include <stddef.h>

enum draw_end {
	DRAW_DONE,    /* a picture */
	DRAW_REFUSED, /* it says that it cannot be drawn */
	DRAW_LOST,    /* the helper ended, or talked nonsense; the next may do better */
	DRAW_LATE,    /* it took too long and was killed */
};

struct draw_helper;

/* png is to be looked at during the call only; NULL unless DRAW_DONE. The helper may be asked
 * again. */
typedef void draw_helper_fn(void *self, enum draw_end end, const void *png, size_t len);

/* Nothing is started yet. program is copied. NULL when out of memory. */
struct draw_helper *draw_helper_new(struct loop *l, const char *program, draw_helper_fn *fn,
				    void *self);
void draw_helper_free(struct draw_helper *h); /* ends the process */

/* Ask; only when fn has been called for the ask before. line ends in '\n' and is copied. 0: fn will
 * be called from the loop within timeout_ms; else -errno: it could not be started. */
int draw_helper_ask(struct draw_helper *h, const char *line, int64_t timeout_ms);

/* How often it was started. */
uint64_t draw_helper_started(const struct draw_helper *h);

#endif
