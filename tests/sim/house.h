/* SPDX-License-Identifier: Apache-2.0 */
/* house: one point: mains, router, line, cameras, and the node that watches them. */
#ifndef MATSANG_SIM_HOUSE_H
#define MATSANG_SIM_HOUSE_H

#include "tests/sim/world.h"

void house_init(struct world *w, struct house *h, uint32_t index);
void house_free(struct house *h);

/* One action of the script. */
void house_act(struct world *w, struct house *h, const struct action *a);

/* Something on the way out changed: does it work (again)? */
void house_check(struct world *w, struct house *h);

/* Power, router or battery may have changed by the passing of time. */
void house_ready(struct world *w, struct house *h);
void house_battery(struct world *w, struct house *h, uint64_t serial);

/* Does the router work? Can this camera be reached through it? Can anybody get out? What is odd?
 * Does the camera live, reachable or not? */
bool house_router(const struct world *w, const struct house *h);
bool house_camera(const struct world *w, const struct house *h, unsigned camera);
bool house_line(const struct world *w, const struct house *h);
bool house_odd(const struct house *h, enum odd what, unsigned n);
bool house_alive(const struct world *w, const struct house *h, unsigned camera);

#endif
