/* SPDX-License-Identifier: Apache-2.0 */
/* order: what a person may ask of one node, as a message of the wire. */
#ifndef MATSANG_GATEWAY_ORDER_H
#define MATSANG_GATEWAY_ORDER_H

#include "mesh/wire.h"

struct cJSON;

enum { ORDER_WHY = 160 };

/*
 * One of these, beside "point":
 *
 *	"ask": "beat", "birth", "report", "probe", "find", "taken" or "left"
 *	"pace": {"beat_s": 1..900, "minutes": 1..1440}, or {} for the node's own again
 *	"push": {...}                     settings to try; the node answers with a report
 *
 * The message goes into buf; its length, or 0 and why in a line that names the remedy. id comes
 * back in the report that answers a push, at least 1.
 */
size_t order_encode(uint8_t buf[static WIRE_MAX], const struct cJSON *asked, uint32_t id,
		    char why[static ORDER_WHY]);

#endif
