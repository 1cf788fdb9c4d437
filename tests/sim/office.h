/* SPDX-License-Identifier: Apache-2.0 */
/* office: the gateway: the real core, a store in memory, and a shell like gateway/main.c. */
#ifndef MATSANG_SIM_OFFICE_H
#define MATSANG_SIM_OFFICE_H

#include "tests/sim/world.h"

void office_init(struct world *w);
void office_free(struct world *w);

void office_line(struct world *w); /* it found out about its own line */
void office_act(struct world *w, const struct action *a);
void office_start(struct world *w);
void office_dial(struct world *w, uint64_t life);
void office_lost(struct world *w); /* the broker is gone */

/* One message arrived. The turn comes at the end of the instant. */
void office_hear(struct world *w, const char *topic, const uint8_t *buf, size_t len);

/* A datagram with the last gasp of a point; its seal is taken for granted. */
void office_gasp(struct world *w, const char *code, const struct gasp *g);
void office_turn(struct world *w);
void office_due(struct world *w, const struct event *e);

uint64_t office_refused(const struct world *w, unsigned refusal);
mono_t office_mono(const struct world *w);
wall_t office_wall(const struct world *w); /* what its clock shows */

#endif
