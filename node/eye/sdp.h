/* SPDX-License-Identifier: Apache-2.0 */
/* sdp: the first video of a description (RFC 4566): where it is controlled, how it is coded. */
#ifndef MATSANG_NODE_EYE_SDP_H
#define MATSANG_NODE_EYE_SDP_H

#include "node/eye/nal.h"

#include <stdbool.h>
#include <stddef.h>

enum { SDP_TEXT = 65536, SDP_URL = 1024 };

struct sdp {
	char track[SDP_URL]; /* where SETUP goes: the first "m=video" */
	char whole[SDP_URL]; /* where PLAY goes: the presentation */
	enum nal_codec codec;
};

/*
 * base is the address of the description: Content-Base, Content-Location or what was asked. False,
 * with *out untouched, when there is no video, or an address does not fit or has in it what does
 * not belong in an address. Of the description's two dozen kinds of line three matter here, at the
 * start of lines; that is less than any library's interface, so there is none.
 */
bool sdp_read(struct sdp *out, const char *base, const char *text, size_t len);

#endif
