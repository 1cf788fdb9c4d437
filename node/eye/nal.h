/* SPDX-License-Identifier: Apache-2.0 */
/* nal: which packets of an H.264 or H.265 stream tell of movement. Looks at the first bytes of
 * units, decodes nothing.
 */
#ifndef MATSANG_NODE_EYE_NAL_H
#define MATSANG_NODE_EYE_NAL_H

#include <stddef.h>
#include <stdint.h>

enum nal_codec {
	NAL_NONE, /* JPEG and all others: no such units */
	NAL_H264, /* RFC 6184 */
	NAL_H265, /* RFC 7798 */
};

enum nal_kind {
	NAL_WHOLE, /* no such codec: every picture stands for itself */
	NAL_KEY,   /* a piece of a key picture, parameters, remarks: they come without movement, too
		    */
	NAL_STILL, /* a difference that says: as before */
	NAL_MOVES, /* a difference to the picture before */
};

/*
 * An encoder that is fed the same picture for ever sends key pictures that differ in their
 * quantiser and number, and between them differences of 5 to 20 bytes a slice, all blocks skipped
 * (x264). One new digit of a clock in the picture takes 300 or more, a sensor's noise more still.
 * Between the two. (A scene without any noise, and a clock that ticks in nothing but key pictures,
 * would be taken for frozen.)
 */
enum { NAL_STILL_MOST = 64 };

/* Of the payload of one packet; of several units in it, what tells most. */
enum nal_kind nal_kind(enum nal_codec codec, const uint8_t *payload, size_t len);

#endif
