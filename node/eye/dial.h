/* SPDX-License-Identifier: Apache-2.0 */
/* dial: the camera's clock, told by the Date of an answer or by ONVIF, against ours. */
#ifndef MATSANG_NODE_EYE_DIAL_H
#define MATSANG_NODE_EYE_DIAL_H

#include "mesh/clock.h"
#include "node/camera_look.h"

/* The best reading so far: of several Dates the one with the shortest round trip. */
struct dial {
	enum camera_clock clock; /* CAMERA_CLOCK_NONE: no reading yet */
	int64_t off_ms;          /* its clock less ours */
	int64_t trip_ms;
};

/*
 * A camera told the second utc_s in an answer that came at `came` to a question that left at
 * `left`. It told whole seconds, cut off, so half a second is added; the moment it was told is
 * taken to be the middle of the round trip. Together: right to half a second and half a trip.
 */
void dial_feed(struct dial *d, enum camera_clock clock, int64_t utc_s, wall_t left, wall_t came);

#endif
