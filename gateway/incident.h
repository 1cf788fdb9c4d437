/* SPDX-License-Identifier: Apache-2.0 */
/* incident: outages that belong together become one thing that people are told about, once. */
#ifndef MATSANG_GATEWAY_INCIDENT_H
#define MATSANG_GATEWAY_INCIDENT_H

#include "gateway/commune.h"

struct incident_live {
	struct incident i;
	mono_t opened, due;        /* due: when to tell, or when the end is believed */
	uint16_t by_cause[CAUSES]; /* outages in it, by cause */
	enum sure best[CAUSES];
	bool changed; /* keep it */
};

/* Incidents that are not closed. */
struct incidents {
	struct incident_live *live;
	size_t n, size;
};

/*
 * An outage opened now (or an untold one is found to be still so): find it an incident or begin
 * one. before: the incident of the same point's last outage, or 0. facts: the verdict's. Sets
 * o->incident.
 */
void incident_join(struct incidents *s, struct outage *o, int64_t before, uint32_t hamlet,
		   uint32_t facts, const struct commune_options *opt, mono_t now);

/* The outage's cause changed from was. */
void incident_changed(struct incidents *s, const struct outage *o, enum cause was,
		      const struct commune_options *opt, mono_t now);

/* The outage ended; its incident's end is believed return_hold_ms later. */
void incident_left(struct incidents *s, const struct outage *o, const struct commune_options *opt,
		   mono_t now);

/* The house of a camera that seemed to be back was dark, so it only seemed: its end waits for more.
 */
void incident_hidden(struct incidents *s, uint32_t point, const struct commune_options *opt,
		     mono_t now);

/* What one incident wants after time passed. */
enum { INCIDENT_KEEP = 1, INCIDENT_TELL_FIRING = 2, INCIDENT_TELL_RESOLVED = 4 };

/*
 * Advance the incident at index; returns INCIDENT_ bits. While blind nothing is told. A CLOSED one
 * is to be removed by incident_remove after it was kept.
 */
unsigned incident_step(struct incident_live *l, bool blind, const struct commune_options *o,
		       mono_t now);
void incident_remove(struct incidents *s, size_t index);

/* When to step again; while blind only what is to be kept counts. */
mono_t incident_due(const struct incidents *s, bool blind);
struct incident_live *incident_find(struct incidents *s, int64_t id);

/* We see again: give points a moment to be heard before an old beginning or end is told. */
void incident_sight(struct incidents *s, const struct commune_options *o, mono_t now);

/* A restored incident and its open outages (restored after it). */
void incident_restore(struct incidents *s, const struct incident *i,
		      const struct commune_options *o, mono_t now);
void incident_restore_outage(struct incidents *s, const struct outage *o);

/* All are restored: an incident without an open outage begins to close. */
void incident_restored(struct incidents *s, const struct commune_options *o, mono_t now,
		       wall_t wall);

#endif
