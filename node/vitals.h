/* SPDX-License-Identifier: Apache-2.0 */
/* vitals: what the board knows of itself: which boot this is, its temperature, its default route.
 */
#ifndef MATSANG_NODE_VITALS_H
#define MATSANG_NODE_VITALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VITALS_ADDRESS = 16, VITALS_INTERFACE = 16, VITALS_NO_TEMP = INT8_MIN };

/* The first eight bytes of the boot id at path ("0f1e2d3c-4b5a-..."), which differs at every boot.
 * 0; -errno; -EINVAL when the file holds no such id. */
int vitals_boot(const char *path, uint64_t *boot);

/* Pure: the same from text. */
bool vitals_boot_parse(const char *text, uint64_t *boot);

/* Bytes of IP that this machine received and sent since its boot, all protocols. False when the
 * kernel does not say. */
bool vitals_bytes(uint64_t *in, uint64_t *out);

/* Pure: the same from the text of /proc/net/netstat (lines in pairs, of names and of numbers). */
bool vitals_bytes_parse(const char *text, uint64_t *in, uint64_t *out);

/* Degrees Celsius of the board's first thermal zone; VITALS_NO_TEMP when it has none. */
int8_t vitals_temp(void);

/* Has the interface a carrier? 1 or 0 (no cable, or switched off); -1 when there is no such one. */
int vitals_carrier(const char *interface);

/* The default route: its gateway as an IPv4 literal, and the interface it leaves by. */
struct vitals_route {
	char router[VITALS_ADDRESS], interface[VITALS_INTERFACE];
};

/* False, and both empty, when there is none now. */
bool vitals_route(struct vitals_route *out);

/* Pure: the same from the text of /proc/net/route (a line a route, numbers as the kernel's memory
 * has them). */
bool vitals_route_parse(const char *text, struct vitals_route *out);

#endif
