/* SPDX-License-Identifier: Apache-2.0 */
/* turn: one round of the gateway: decide, keep, and only then acknowledge, draw and tell. */
#ifndef MATSANG_GATEWAY_TURN_H
#define MATSANG_GATEWAY_TURN_H

#include "gateway/commune.h"
#include "gateway/notify.h"
#include "gateway/series.h"
#include "gateway/store.h"
#include "mesh/loop.h"
#include "mesh/mqtt.h"

struct turn;

/* Everything is borrowed. NULL with errno. */
struct turn *turn_new(struct loop *l, const struct roster *r);
void turn_free(struct turn *t);

/* Who judges (again after a rebuild), and the hands that act. All before the first turn. */
void turn_judge(struct turn *t, struct commune *c);
void turn_parts(struct turn *t, struct store *s, struct series *series, struct notify *n,
		struct mqtt *m);

/* Something was heard: one turn, after all that this wake-up of the loop brings. */
void turn_soon(struct turn *t, mono_t now);

/*
 * One turn at once. 0; -errno when nothing could be kept: then nothing was sent, and the same is
 * tried again every two seconds. Each turn arranges the next.
 */
int turn_now(struct turn *t, mono_t now);

/* The ledger refused for so long that this turn ended the loop: the supervisor is to start us
 * again. */
bool turn_gave_up(const struct turn *t);

/* False while the ledger refuses. */
bool turn_keeps(const struct turn *t);

#endif
