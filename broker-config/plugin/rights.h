/* SPDX-License-Identifier: Apache-2.0 */
/* rights: who may say and hear what; the same as broker-config/acl, and no wider. */
#ifndef MATSANG_BROKER_RIGHTS_H
#define MATSANG_BROKER_RIGHTS_H

#include <stdbool.h>

/* user: the name that TLS vouches for; NULL has no rights. */
bool rights_write(const char *user, const char *topic);
bool rights_read(const char *user, const char *topic);

#endif
