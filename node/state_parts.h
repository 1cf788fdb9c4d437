/* SPDX-License-Identifier: Apache-2.0 */
/* state_parts: what the files of state share with each other, and with nobody else. */
#ifndef MATSANG_NODE_STATE_PARTS_H
#define MATSANG_NODE_STATE_PARTS_H

#include "node/state.h"

/* ---- state_feed.c ---- */

/* The house got its power at `woke`: router and cameras are about to start. */
void state_hurry(struct node *n, mono_t woke, mono_t now);

/* Something stood between us and all of them, and is gone: that they were silent says nothing now.
 */
void state_ask_afresh(struct node *n, mono_t now);

/* ---- state_heard.c ---- */

/* The pace that settings, budget and gateway want together; a birth is owed when it is another. */
void state_keep_pace(struct node *n, mono_t now);

/* ---- state_probe.c ---- */

void state_judge_router(struct node *n, mono_t now);
void state_judge_cameras(struct node *n, mono_t now);
void state_judge_wayout(struct node *n, mono_t now);
void state_probe(struct node *n, mono_t now, struct node_acts *out);
void state_look(struct node *n, mono_t now, struct node_acts *out);

/* Whom to ask with a large packet, and when; outside_n for nobody. */
unsigned state_large_at(const struct node *n);
mono_t state_large_due(const struct node *n);

/* Adds to the facts that something is being restarted. */
void state_heal(struct node *n, struct facts *f, mono_t now);

/* ---- state_tell.c ---- */

void state_judge(struct node *n, const struct facts *f, const struct moment *at,
		 struct node_acts *out);
void state_make_birth(struct node *n, const struct moment *at, struct node_acts *out);
void state_rescue_beat(struct node *n, struct node_acts *out);
void state_tell_minute(struct node *n, const struct facts *f, const struct moment *at,
		       struct node_acts *out);
bool state_wants_report(struct node *n, mono_t now);

#endif
