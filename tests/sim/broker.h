/* SPDX-License-Identifier: Apache-2.0 */
/* broker: who is connected, their wills, and the one retained message. */
#ifndef MATSANG_SIM_BROKER_H
#define MATSANG_SIM_BROKER_H

#include "tests/sim/world.h"

void broker_act(struct world *w, enum verb verb);
void broker_start(struct world *w);
void broker_gone(struct world *w); /* its connections break now */

/* A machine connected. An older connection of the same client is thrown off, and its will
 * published. */
void broker_connect(struct world *w, struct machine *m);

/* A connection ended and the broker knows it; will: without a goodbye. */
void broker_end(struct world *w, struct house *h, bool will);

/* A message arrives from a machine, or is to go to one; kept: the broker had it before. */
void broker_hear(struct world *w, const struct letter *l);
void broker_send(struct world *w, struct house *h, const char *topic, const uint8_t *buf,
		 size_t len, bool kept);

/* The gateway's own state, retained. */
void broker_gate(struct world *w, const uint8_t *buf, size_t len);

/* The line to this machine works again: what waited goes, or finds nobody. */
void broker_line_back(struct world *w, struct house *h);
void broker_event(struct world *w, struct house *h, const struct event *e);

#endif
