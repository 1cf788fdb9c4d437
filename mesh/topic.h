/* SPDX-License-Identifier: Apache-2.0 */
/* topic: point codes, the three MQTT topics that carry everything, and the broker's own two. */
#ifndef MATSANG_MESH_TOPIC_H
#define MATSANG_MESH_TOPIC_H

#include <stdbool.h>
#include <stddef.h>

enum { POINT_CODE_MAX = 24, POINT_CODE_TEXT = POINT_CODE_MAX + 1, TOPIC_TEXT = 40 };

#define TOPIC_GATEWAY "ms/gateway" /* retained: is the gateway listening? */
#define TOPIC_ALL_UP "ms/+/up"     /* what the gateway subscribes to */
#define TOPIC_GATEWAY_USER "gateway"

/* Between the gateway and the broker's plugin: what it refused (tally.h); and a point code: read
 * the keys again, then off with it. */
#define TOPIC_BROKER "ms/broker"
#define TOPIC_THROW_OFF "$CONTROL/matsang/v1"

/* Letters, digits and '-', 1 to POINT_CODE_MAX of them, and not the gateway's own user name. */
bool point_code_ok(const char *code);

/* Draw "ms/<code>/up" and "ms/<code>/down". code must be a valid point code. */
void topic_up_draw(char text[static TOPIC_TEXT], const char *code);
void topic_down_draw(char text[static TOPIC_TEXT], const char *code);

/* The point code inside "ms/<code>/up" or "ms/<code>/down". False, and code untouched, for any
 * other topic. */
bool topic_up_point(char code[static POINT_CODE_TEXT], const char *topic, size_t len);
bool topic_down_point(char code[static POINT_CODE_TEXT], const char *topic, size_t len);

#endif
