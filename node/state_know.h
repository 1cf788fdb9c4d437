/* SPDX-License-Identifier: Apache-2.0 */
/* state_know: what the node knows and shows, from its parts; it changes nothing. Part of state. */
#ifndef MATSANG_NODE_STATE_KNOW_H
#define MATSANG_NODE_STATE_KNOW_H

#include "node/state.h"

/* What is known now; wayout_step must have been called with the same now. */
struct facts state_facts(const struct node *n, mono_t now);

/* What the household's light says to the verdict in force. */
enum lamp state_lamp(const struct node *n, mono_t now);

/* The earliest moment after the last step at which either may change without any input. */
mono_t state_change_due(const struct node *n);

#endif
