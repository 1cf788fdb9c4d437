/* SPDX-License-Identifier: Apache-2.0 */
/* rtsp: one session: ask, set up, watch for a while, tear down. */
#ifndef MATSANG_NODE_EYE_RTSP_H
#define MATSANG_NODE_EYE_RTSP_H

#include "node/camera_look.h"
#include "node/eye/dial.h"
#include "node/eye/request.h"

enum {
	RTSP_BYTES = 16 << 20,   /* of a stream that are taken before it is torn down */
	RTSP_TEARDOWN_MS = 1500, /* TEARDOWN has its own time, whatever came before */
};

/*
 * Fills l but its clock, and feeds d with each Date of an answer when `dates` is set. At most one
 * session is begun, and if the camera gave it a name, it is torn down, whatever happened in
 * between. Ends within q->timeout_ms and RTSP_TEARDOWN_MS. False when out of memory.
 */
bool rtsp_look(struct camera_look *l, struct dial *d, bool dates, const struct request *q);

#endif
