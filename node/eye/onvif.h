/* SPDX-License-Identifier: Apache-2.0 */
/* onvif: the question GetSystemDateAndTime, and the time in its answer. */
#ifndef MATSANG_NODE_EYE_ONVIF_H
#define MATSANG_NODE_EYE_ONVIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ONVIF_TEXT = 65536 };

/* What to post, as application/soap+xml. It needs no password: the standard lets everybody ask. */
extern const char *const onvif_ask_time;

/*
 * Seconds since 1970 from the UTCDateTime of an answer (len bytes of XML). False, with *utc_s
 * untouched, when it is not whole XML, has a document type, or no such time in it.
 */
bool onvif_time(int64_t *utc_s, const char *xml, size_t len);

#endif
