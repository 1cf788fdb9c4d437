/* SPDX-License-Identifier: Apache-2.0 */
/* keys: has the broker read its keys again, and throw off who got in by an old one. */
#ifndef MATSANG_GATEWAY_KEYS_H
#define MATSANG_GATEWAY_KEYS_H

#include "gateway/settings.h"
#include "mesh/loop.h"
#include "mesh/mqtt.h"

struct keys;

/* l and s are borrowed for its whole life. NULL when out of memory. */
struct keys *keys_new(struct loop *l, const struct gateway_settings *s);
void keys_free(struct keys *k);

/* The connection to give orders by; borrowed. */
void keys_by(struct keys *k, struct mqtt *m);

/* The key file was written: run broker_reload. */
void keys_reread(struct keys *k);

/*
 * The key file was written, and point's key in it is another or gone. The broker's plugin reads the
 * file and then ends the point's connection, in this order and with nothing in between; without a
 * plugin broker_reload does the first half.
 */
void keys_changed(struct keys *k, const char *point);

/* The connection is up: give the orders that could not be given. */
void keys_linked(struct keys *k);

#endif
