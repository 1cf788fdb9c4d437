/* SPDX-License-Identifier: Apache-2.0 */
/* settings_check: what gateway_table cannot say of gateway.jsonc: codes, addresses, hashes; part of
 * settings. */
#ifndef MATSANG_GATEWAY_SETTINGS_CHECK_H
#define MATSANG_GATEWAY_SETTINGS_CHECK_H

#include "gateway/settings.h"

/* True, or false and in why where and what is wrong and what to do. s->conf must be set. */
bool settings_check(const struct gateway_settings *s, char why[static CONF_WHY]);

#endif
