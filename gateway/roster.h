/* SPDX-License-Identifier: Apache-2.0 */
/* roster: which points, cameras and hamlets there are; filled from the settings, borrowed by all.
 */
#ifndef MATSANG_GATEWAY_ROSTER_H
#define MATSANG_GATEWAY_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum language { LANGUAGE_VI, LANGUAGE_EN };

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
	const char *relay; /* code of the point through which this one reaches us; "" none */
	const struct roster_camera *cameras;
	size_t n_cameras;
};

/* What somebody is here for; decides who is told first and who when nobody goes. */
enum role {
	ROLE_MACHINE,     /* a web hook, a list of mail addresses, a program: told everything */
	ROLE_TECHNICIAN,  /* told first, one after the other */
	ROLE_HAMLET_HEAD, /* told beside the technician, of his own hamlets */
	ROLE_DUTY,        /* told when no technician takes the job */
	ROLE_LEADER,      /* told when nobody did for hours */
	ROLES
};
const char *role_str(enum role r);

/* Somebody or something that is told of incidents. */
struct receiver {
	const char *id;   /* short, unique, [a-z0-9-]: the outbox knows it by this */
	const char *name; /* as people call him or her: "anh Bình"; of a machine its id */
	enum role role;
	const char *const *hamlets; /* codes; none: all of them */
	size_t n_hamlets;
	uint32_t causes;             /* bit 1 << enum cause; 0: all */
	int quiet_from, quiet_until; /* minutes of the day in Vietnam; equal: no quiet hours */
	enum language language;
	bool digests; /* wants the digests of evening and morning, and Monday's test */
};

struct roster {
	const char *commune;
	const struct roster_hamlet *hamlets;
	size_t n_hamlets;
	const struct roster_point *points;
	size_t n_points;
	const struct receiver *receivers; /* in the order in which they are told */
	size_t n_receivers;
};

#endif
