/* SPDX-License-Identifier: Apache-2.0 */
/* planned: planned work and published power cuts, from a terminal. */
#ifndef MATSANG_GATEWAY_CLI_PLANNED_H
#define MATSANG_GATEWAY_CLI_PLANNED_H

#include "gateway/compose.h"

#include <stdbool.h>

/* What was said on the command line; texts are NULL when they were not. */
struct planned_call {
	const char *socket;
	bool json;
	enum language lang;
	const char *point, *hamlet, *transformer;
	const char *from, *until, *weekly, *last, *reason;
	bool all, daily, cut;
};

/* verb: "add", "list", or "remove" with an id; else NULL. How the command ends (ask.h). */
int planned_mute(const struct planned_call *c, const char *verb, const char *id);
/* file: "-" for standard input. Ends with ANSWER_FAILED when an entry was refused. */
int planned_calendar(const struct planned_call *c, const char *file);

#endif
