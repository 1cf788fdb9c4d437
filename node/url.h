/* SPDX-License-Identifier: Apache-2.0 */
/* url: an address of a camera's stream or service that may be asked. */
#ifndef MATSANG_NODE_URL_H
#define MATSANG_NODE_URL_H

#include <stdbool.h>

enum { URL_TEXT = 512 };

/* It begins with scheme ("rtsp://") and a host, holds no user or password, and nothing that could
 * end a line of a protocol: letters, digits and signs of ASCII only. */
bool url_ok(const char *url, const char *scheme);

#endif
