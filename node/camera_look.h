/* SPDX-License-Identifier: Apache-2.0 */
/* camera_look: what one look at a camera found, as the line that matsang-eye prints and the node
 * reads. */
#ifndef MATSANG_NODE_CAMERA_LOOK_H
#define MATSANG_NODE_CAMERA_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CAMERA_LOOK_TEXT = 320,          /* longest line and its NUL */
	CAMERA_LOOK_PACKETS = 1000000,   /* most packets, frames, steps */
	CAMERA_LOOK_RESOLUTION_MS = 500, /* a camera tells whole seconds: off_ms is within this */
};

enum camera_clock {
	CAMERA_CLOCK_NONE,  /* it told no time, or was not asked */
	CAMERA_CLOCK_DATE,  /* the Date of an RTSP or HTTP answer */
	CAMERA_CLOCK_ONVIF, /* GetSystemDateAndTime */
	CAMERA_CLOCKS
};

/*
 * Thirteen names in this order, one space between, numbers without leading zeros:
 *
 *	reach=1 options=200 describe=200 setup=200 play=200 teardown=200 packets=123 seq_advance=122
 *	frames=30 repeats=0 stale=0 clock=date clock_off_ms=-1200
 *
 *	reach         0, 1     a TCP connection was made; when 0, all the others are 0 but the clock
 *	options ...   0, 100..999  the status of the answer; 0 not asked, or no answer
 *	packets       0..1000000   RTP packets of the first video medium
 *	seq_advance   0..1000000   steps their sequence went forward, the first to the farthest
 *	frames        0..packets   how often the RTP time stamp was a new one, the first included
 *	repeats       0..packets   payloads that had been there before in this look
 *	stale         0..frames    frames after the last one that brought anything new; where frames
 *	              are coded as differences (H.264, H.265), anything new but key pictures
 *	clock         none, date, onvif
 *	clock_off_ms  +-4000000000000  camera's clock less ours, half of the round trip taken off;
 *	              a camera tells whole seconds, so it is right to half a second at best
 */
struct camera_look {
	bool reach;
	uint16_t options, describe, setup, play, teardown;
	uint32_t packets, seq_advance, frames, repeats, stale;
	enum camera_clock clock;
	int64_t clock_off_ms; /* 0 without a clock */
};

/* True when line is such a line, whole and without newline; otherwise *out is untouched. */
bool camera_look_parse(const char *line, struct camera_look *out);

/* The line, without newline. The look must be one that camera_look_ok accepts. */
void camera_look_draw(char text[static CAMERA_LOOK_TEXT], const struct camera_look *l);

/* Everything is in its range. */
bool camera_look_ok(const struct camera_look *l);

/* What a look says of the camera. */
enum camera_says {
	CAMERA_SAYS_NOTHING, /* could not look */
	CAMERA_SAYS_MOVING,
	CAMERA_SAYS_REFUSED, /* no answer, or one that leads to no picture */
	CAMERA_SAYS_LOCKED,  /* 401, 403 */
	CAMERA_SAYS_FROZEN,  /* the stream stands still or repeats itself */
	CAMERA_SAYS_BUSY,    /* 453, 503: somebody else watches */
	CAMERA_SAYINGS
};

/*
 * Frozen: it plays, and fewer than two packets came, or sequence or time stamp did not move, or
 * nothing in the later half of the frames was new. A quiet night is not frozen by this: noise, or
 * a clock that the camera writes into the picture, makes news at least each second. NULL says
 * nothing.
 */
enum camera_says camera_look_says(const struct camera_look *l);

const char *camera_says_str(enum camera_says s);
const char *camera_clock_str(enum camera_clock c);

#endif
