/* SPDX-License-Identifier: Apache-2.0 */
/* push: settings sent from the gateway: tried, kept when the gateway is reached with them, else
 * undone. */
#ifndef MATSANG_NODE_PUSH_H
#define MATSANG_NODE_PUSH_H

#include "mesh/wire.h"
#include "node/report.h"
#include "node/settings.h"

#include <limits.h>

enum { PUSH_TRIAL_MS = 5 * 60 * 1000 };

/*
 * Files in the state directory, each {"id": 7, "settings": {...}}: push.trial waits for the next
 * start, push.trying is being tried, push.kept is in force, push.undone says why the last one is
 * not. What they hold lies over the node's own file, key by key; "gpio" wire by wire.
 */
struct push {
	char dir[PATH_MAX - 16];
	bool trying; /* the settings in force are on trial */
	uint32_t id; /* of what was pushed last; 0: nothing ever */
	const char *state;
	char why[CONF_WHY];
};

/*
 * At the start: what is in force? base are the node's own settings, read from path; they are given
 * back as they are, or freed and replaced by the ones with what was pushed over them. What was
 * pushed and does not fit (any more) is undone, never fatal.
 */
struct node_settings *push_begin(struct push *p, struct node_settings *base, const char *path);

/*
 * New settings from the gateway; they lie over those that were kept before. True when they are
 * worth a trial: then end this run and begin the next, which tries them. False when refused; state
 * and why say so. in: the settings in force, path: the node's own file.
 */
bool push_take(struct push *p, const char *path, uint32_t id, const char *text, size_t len);

/* The gateway was reached: they are kept. 0 or -errno. */
int push_keep(struct push *p);

/* It was not, in time: they are undone; begin anew. 0 or -errno. */
int push_undo(struct push *p, const char *why);

struct report_push push_report(const struct push *p);

#endif
