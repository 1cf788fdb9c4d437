/* SPDX-License-Identifier: Apache-2.0 */
/* soap: ask a camera's ONVIF device service for its clock. */
#ifndef MATSANG_NODE_EYE_SOAP_H
#define MATSANG_NODE_EYE_SOAP_H

#include "node/eye/dial.h"

#include <stdbool.h>

/*
 * One POST to url, at most until `until`. Feeds d with the time in the answer when `onvif` is set,
 * and with the answer's Date. Nothing comes of an answer that cannot be read.
 */
void soap_ask(struct dial *d, const char *url, bool onvif, mono_t until);

#endif
