/* SPDX-License-Identifier: Apache-2.0 */
/* gasp: the door at which last gasps arrive; opens their seals with the keys that the broker has,
 * too. */
#ifndef MATSANG_GATEWAY_GASP_H
#define MATSANG_GATEWAY_GASP_H

#include "gateway/commune.h"
#include "mesh/loop.h"

enum { GASP_WHY = 200 };

struct gasp_door;

/* One whose seal was good. 0, or why it is refused (enum gasp_refusal). Borrowed for the call. */
typedef unsigned gasp_fn(void *self, const char *code, const struct gasp *g, mono_t now);

/*
 * listen: "address:port". psk_file: see psk.h; looked at for changes whenever something arrives, so
 * that a key that was revoked counts no more. Both are borrowed. NULL and why.
 */
struct gasp_door *gasp_door_open(struct loop *l, const char *listen, const char *psk_file,
				 gasp_fn *fn, void *self, char why[static GASP_WHY]);
void gasp_door_close(struct gasp_door *d); /* NULL is fine */

/* How many were refused for this reason (wire_err or gasp_refusal), or taken (0). */
uint64_t gasp_door_count(const struct gasp_door *d, unsigned reason);

#endif
