/* SPDX-License-Identifier: Apache-2.0 */
/* decode: any message of the wire as JSON, for people who look at one. */
#ifndef MATSANG_GATEWAY_CLI_DECODE_H
#define MATSANG_GATEWAY_CLI_DECODE_H

#include "mesh/wire.h"

struct cJSON;

/* Bytes from hex digits; spaces, colons and line ends between them are skipped. The length, or -1
 * when something else is among them, a digit is left over, or they are more than WIRE_MAX. */
long decode_hex(uint8_t out[static WIRE_MAX], const char *text);

/* A tree that the caller deletes; or NULL, and *why. */
struct cJSON *decode_message(const uint8_t *buf, size_t len, enum wire_err *why);

#endif
