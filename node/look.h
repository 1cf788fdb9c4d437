/* SPDX-License-Identifier: Apache-2.0 */
/* look: has matsang-eye look at cameras, one at a time, from the loop. */
#ifndef MATSANG_NODE_LOOK_H
#define MATSANG_NODE_LOOK_H

#include "mesh/loop.h"
#include "node/camera_look.h"

enum {
	LOOK_CAMERAS = 8,
	LOOK_WHY = 200,
	LOOK_GRACE_MS = 6000, /* beyond timeout_ms the eye is killed; it ends earlier by itself */
};

/* What to look at. Texts are never NULL, "" is none; borrowed until the look has ended. */
struct look_at {
	const char *stream; /* rtsp://... */
	const char *user;
	const char *password_file; /* its first line, read for each look, forgotten after it */
	const char *clock;         /* "date", "onvif", "none" */
	const char *onvif;         /* http://... */
	int64_t watch_ms, timeout_ms;
};

/* A look has ended. found is NULL when the eye failed, which says nothing of the camera, and then
 * why tells the reason in a line; it is "" else. Both are to be looked at during the call only. */
typedef void look_fn(void *self, unsigned camera, const struct camera_look *found, const char *why,
		     mono_t now);

struct look;

/* program is the eye's, looked for in PATH when it has no slash; borrowed. NULL with errno. */
struct look *look_new(struct loop *l, const char *program, look_fn *fn, void *self);

/* Ends a look under way, and waits for its process. Only when the loop turns no more. */
void look_free(struct look *k);

/* Ask for a look at camera (below LOOK_CAMERAS): fn is called once, later, from the loop. One
 * that waits already, or is under way, is not asked for twice. */
void look_ask(struct look *k, unsigned camera, const struct look_at *at);

#endif
