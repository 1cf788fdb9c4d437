/* SPDX-License-Identifier: Apache-2.0 */
/* psk: the broker's file of pre-shared keys, one "identity:key" a line; no key, no way in. */
#ifndef MATSANG_GATEWAY_PSK_H
#define MATSANG_GATEWAY_PSK_H

#include "mesh/conf.h"

/*
 * Give identity this key (hexadecimal) and no other; all other lines stay as they are. The file is
 * made when it is missing and left alone when nothing would change. 0, or -errno and why.
 */
int psk_put(const char *path, const char *identity, const char *key, char why[static CONF_WHY]);

/* Take identity's key away. 0; -ENOENT when it has none; other -errno; why is filled on every
 * error. */
int psk_drop(const char *path, const char *identity, char why[static CONF_WHY]);

#endif
