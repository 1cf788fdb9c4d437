/* SPDX-License-Identifier: Apache-2.0 */
/* plan: the page of text that says how large the commune is and how often what goes wrong. */
#ifndef MATSANG_YEAR_PLAN_H
#define MATSANG_YEAR_PLAN_H

#include "mesh/wire.h"

#include <stdbool.h>

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

enum fault {
	FAULT_TRANSFORMER,
	FAULT_HAMLET,
	FAULT_PLANNED,
	FAULT_HOUSE,
	FAULT_UNPLUG,
	FAULT_PROVIDER,
	FAULT_LINE,
	FAULT_ROUTER,
	FAULT_RELAY, /* not drawn: the point on the way is gone */
	FAULT_BLIP,
	FAULT_FLAP,
	FAULT_CRASH,
	FAULT_REBOOT,
	FAULT_DEATH,
	FAULT_CAMERA,
	FAULT_CAMERA_BLIP,
	FAULT_BROKER,
	FAULT_RESTART,
	FAULT_GATEWAY_CRASH,
	FAULT_OWN_LINE,
	FAULT_OWN_POWER,
	FAULTS
};

/* What a rate is of. */
enum of_each { PER_POINT, PER_HAMLET, PER_TRANSFORMER, PER_PROVIDER, PER_COMMUNE, OF_EACH };

struct fault_kind {
	const char *name;
	enum of_each of;
	enum cause cause; /* the truth, as far as there is a word for it */
};

extern const struct fault_kind fault_kinds[FAULTS];

struct rate {
	double a_year; /* of each subject */
	int64_t median_ms, least_ms, most_ms;
	double spread;
};

/* So many of a thousand. */
enum share {
	SHARE_BATTERY,        /* of the nodes run on one when mains go */
	SHARE_ROUTER_UPS,     /* of these houses have one for the router too */
	SHARE_GASP,           /* of last gasps get out of a house whose router dies */
	SHARE_WILL,           /* of connections that break are noticed by the broker */
	SHARE_LATE_WILL,      /* of wills come after the next birth */
	SHARE_NTP,            /* of nodes know the time */
	SHARE_FLOOR,          /* more of them know what it was once */
	SHARE_OVERRUN,        /* of announced cuts last longer than was said */
	SHARE_OFFICE_BATTERY, /* of cuts of the office's own mains: the gateway lives on */
	SHARE_TAKEN,          /* of jobs are taken by the technician who was told */
	SHARES
};

enum limit {
	LIMIT_FALSE, /* false alarms of a point and quarter */
	LIMIT_FLAP,  /* tellings that one loose plug may begin */
	LIMITS
};

struct plan {
	unsigned points, hamlets, providers, transformers, relays, days, pace_s;
	struct rate rate[FAULTS];
	unsigned share[SHARES];
	unsigned limit[LIMITS];
};

enum { PLAN_WHY = 240 };

/* Read the page. False and why when a line makes no sense, or a rate is missing. */
bool plan_read(struct plan *p, const char *file, const char *text, char why[static PLAN_WHY]);

#endif
