/* SPDX-License-Identifier: Apache-2.0 */
/* machine: a Pi in the world: power, clock, disk, program, and its connection to the broker. */
#ifndef MATSANG_SIM_MACHINE_H
#define MATSANG_SIM_MACHINE_H

#include "tests/sim/promise.h"
#include "tests/sim/world.h"

void machine_init(struct world *w, struct machine *m, struct house *h, bool clone);
void machine_free(struct machine *m);

/* Mains or UPS give power now, or not. Taking it away ends everything at once. */
void machine_power(struct world *w, struct machine *m, bool on);

enum ending {
	ENDS_KILLED /* the kernel hangs up */,
	ENDS_BYE /* says goodbye */,
	ENDS_DEAD /* silence */
};
void machine_end(struct world *w, struct machine *m, enum ending how);
void machine_start(struct world *w, struct machine *m); /* the program, in the same boot */
void machine_reboot(struct world *w, struct machine *m);

/* Let the node decide, and do what it wants. */
void machine_turn(struct world *w, struct machine *m);
void machine_mains(struct world *w, struct machine *m, bool on);
void machine_event(struct world *w, struct machine *m, const struct event *e);

mono_t machine_mono(const struct world *w, const struct machine *m);

/* ---- what it senses (senses.c) ---- */

void machine_feel(struct world *w, struct machine *m);  /* carrier and supply may have changed */
void machine_looks(struct world *w, struct machine *m); /* as its last step wants */
void machine_senses_event(struct world *w, struct machine *m, const struct event *e);

/* Packets get from it to the house's network. */
bool machine_wired(const struct machine *m);

/* ---- its connection (line.c) ---- */

bool machine_reaches(const struct world *w, const struct machine *m);
/* To the outside, whether or not the office is there. */
bool machine_gets_out(const struct world *w, const struct machine *m);
void machine_dial_in(struct world *w, struct machine *m, int64_t ms);
void machine_send(struct world *w, struct machine *m); /* what its last step made */
void machine_lost(struct world *w, struct machine *m,
		  const char *why);                         /* its kernel gave up, or was told */
void machine_line_back(struct world *w, struct machine *m); /* it reaches out again */
void machine_line_event(struct world *w, struct machine *m, const struct event *e);
void machine_hang_up(struct world *w, struct machine *m);   /* forget it, say nothing */
void machine_hear(struct world *w, const struct letter *l); /* a message from the broker */
void machine_fly_down(struct world *w, struct machine *m, const struct letter *l, int64_t after);

#endif
