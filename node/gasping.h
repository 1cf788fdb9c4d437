/* SPDX-License-Identifier: Apache-2.0 */
/* gasping: the news that mains are gone, said three times in half a second, until it is heard. */
#ifndef MATSANG_NODE_GASPING_H
#define MATSANG_NODE_GASPING_H

#include "mesh/gasp.h"
#include "node/spool.h"

enum { GASPING_TURNS = 3 };

struct gasping {
	struct gasp word;
	mono_t began, due; /* of the next turn; MONO_NEVER: nothing to say */
};

void gasping_init(struct gasping *g);

/* The newest record of the spool is the one to tell, from now on; what was being told gives way. */
void gasping_begin(struct gasping *g, struct spool *s, mono_t now);

/* The gateway has all records of this boot up to seq. */
void gasping_acked(struct gasping *g, const struct wire_ack *ack);

/* True, and the word without its name, when it is to be sent now. Call until false. */
bool gasping_step(struct gasping *g, mono_t now, struct gasp *out);
mono_t gasping_due(const struct gasping *g);

#endif
