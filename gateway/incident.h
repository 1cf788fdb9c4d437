/* SPDX-License-Identifier: Apache-2.0 */
/* incident: outages that belong together become one thing that people are told about, once. */
#ifndef MATSANG_GATEWAY_INCIDENT_H
#define MATSANG_GATEWAY_INCIDENT_H

#include "gateway/commune.h"

/* What may tie a point to others; numbers are the commune's own, 0 none. */
struct ties {
	uint32_t hamlet, transformer, provider;
	uint32_t relay; /* point through which it speaks, plus one */
	bool planned;   /* it lies in planned work or a published cut */
	bool again;     /* it was told of within the last hour */
	bool damped;    /* it comes and goes */
	int64_t before; /* incident of the point's last outage that is still the same story, or 0 */
	const int64_t *friends; /* incidents of points that it goes dark with, as learned */
	size_t n_friends;
	uint32_t facts; /* of its verdict */
};

struct incident_live {
	struct incident i;
	mono_t opened, due;        /* due: when to tell, or when the end is believed */
	uint16_t by_cause[CAUSES]; /* outages in it, by cause */
	enum sure best[CAUSES];
	enum cause guess; /* what neighbours suggest while nobody knows; CAUSE_NONE nothing */
	uint32_t transformer, relay; /* of the first point */
	uint32_t provider;           /* of all its points; 0: not one */
	bool planned, again, damped;
	bool excused;       /* it was announced, and is told when it lasts longer */
	wall_t last;        /* when the last of its points came back */
	int64_t longest_ms; /* of its outages that are over */
	bool changed;       /* keep it */
};

/* Incidents that are not closed. */
struct incidents {
	struct incident_live *live;
	size_t n, size;
};

/* A camera or a box is one house's trouble; power and silence may be a hamlet's. */
bool incident_grouped(enum cause c);

/*
 * An outage opened now (or an untold one is found to be still so): find it an incident or begin
 * one. Sets o->incident.
 */
void incident_join(struct incidents *s, struct outage *o, const struct ties *t,
		   const struct commune_options *opt, mono_t now);

/* Our own trouble begins: an incident without outages, named id. */
struct incident_live *incident_doubt(struct incidents *s, int64_t id, enum doubt d, wall_t from,
				     const struct commune_options *opt, mono_t now);
/* And ends. */
void incident_sure(struct incident_live *l, wall_t until, const struct commune_options *opt,
		   mono_t now);

/* The outage's cause changed from was. */
void incident_changed(struct incidents *s, const struct outage *o, enum cause was,
		      const struct commune_options *opt, mono_t now);

/* The outage ended; its incident's end is believed return_hold_ms later. When a group is back but
 * for a few, its end is believed residue_hold_ms later, whatever becomes of those. */
void incident_left(struct incidents *s, const struct outage *o, const struct commune_options *opt,
		   mono_t now);

/* It never was: we doubt ourselves. Its incident forgets it, and ends untold if it was the last. */
void incident_voided(struct incidents *s, const struct outage *o, mono_t now);

/* What stayed dark when its neighbours came back: an incident of its own, told from the beginning.
 */
struct incident_live *incident_residue(struct incidents *s, const struct incident *of,
				       const struct outage *first, mono_t now);
/* One more of those that stayed. */
void incident_stayed(struct incident_live *l, const struct outage *o);

/* How long all must be well before the end is believed: what was out only for a moment may be so
 * again. */
int64_t incident_return_hold(const struct incident_live *l, const struct commune_options *opt);

/* The house of a camera that seemed to be back was dark, so it only seemed: its end waits for more.
 */
void incident_hidden(struct incidents *s, uint32_t point, const struct commune_options *opt,
		     mono_t now);

/* Say again which cause the incident has; after guess was set. */
void incident_conclude(struct incident_live *l, const struct commune_options *opt);

/* What one incident wants after time passed. */
enum { INCIDENT_KEEP = 1, INCIDENT_OPENS = 2, INCIDENT_CLOSES = 4 /* and was told */ };

/*
 * Advance the incident at index; returns INCIDENT_ bits. While blind nothing is told but our own
 * blindness. A CLOSED one is to be removed by incident_remove after it was kept.
 */
unsigned incident_step(struct incident_live *l, bool blind, mono_t now);
void incident_remove(struct incidents *s, size_t index);

/* Two incidents that nobody was told of yet are one: what m counts counts in l, and m is over. */
void incident_absorb(struct incident_live *l, struct incident_live *m);

/* When to step again; while blind only what is to be kept counts. */
mono_t incident_due(const struct incidents *s, bool blind);
struct incident_live *incident_find(struct incidents *s, int64_t id);

/* We see again: give points a moment to be heard before an old beginning or end is told. */
void incident_sight(struct incidents *s, const struct commune_options *o, mono_t now);

/* A replay has no clock but the wall's, and that was set: what is due stays as far away. */
void incidents_shift(struct incidents *s, int64_t by_ms);

/* A restored incident and its outages, open or over (restored after it). */
struct incident_live *incident_restore(struct incidents *s, const struct incident *i,
				       const struct commune_options *o, mono_t now);
void incident_restore_outage(struct incidents *s, const struct outage *o);

/* Our clock was set back while nobody looked: nothing began after now. */
void incident_forget_the_future(struct incidents *s, wall_t now);

/* All are restored: an incident without an open outage begins to close. */
void incident_restored(struct incidents *s, const struct commune_options *o, mono_t now,
		       wall_t wall);

#endif
