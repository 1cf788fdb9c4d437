/* SPDX-License-Identifier: Apache-2.0 */
/* assets: the page's files, built into the program by embed.cmake. */
#ifndef MATSANG_GATEWAY_ASSETS_H
#define MATSANG_GATEWAY_ASSETS_H

#include <stddef.h>

struct asset {
	const char *path, *type;
	const unsigned char *data;
	size_t len;
};

extern const struct asset assets[];
extern const size_t n_assets;

#endif
