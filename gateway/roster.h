/* SPDX-License-Identifier: Apache-2.0 */
/* roster: which points, cameras and hamlets there are; filled from the settings, borrowed by all.
 */
#ifndef MATSANG_GATEWAY_ROSTER_H
#define MATSANG_GATEWAY_ROSTER_H

#include <stddef.h>

struct roster_camera {
	const char *name, *address; /* address: only for the node's file; may be "" */
};

struct roster_hamlet {
	const char *code, *name;
};

struct roster_point {
	const char *code;
	const char *hamlet;                                     /* code of one of the hamlets */
	const char *household, *phone, *provider, *transformer; /* may be "" */
	const struct roster_camera *cameras;
	size_t n_cameras;
};

struct roster {
	const char *commune;
	const struct roster_hamlet *hamlets;
	size_t n_hamlets;
	const struct roster_point *points;
	size_t n_points;
};

#endif
