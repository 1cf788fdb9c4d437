/* SPDX-License-Identifier: Apache-2.0 */
/* commune_parts: what commune.c and commune_hear.c share, and nobody else. */
#ifndef MATSANG_GATEWAY_COMMUNE_PARTS_H
#define MATSANG_GATEWAY_COMMUNE_PARTS_H

#include "gateway/acts.h"
#include "gateway/flap.h"
#include "gateway/commune.h"
#include "gateway/incident.h"
#include "gateway/ingest.h"
#include "gateway/outage.h"
#include "gateway/point.h"

struct place {
	struct point point;
	struct spell spell;
	struct ingest ingest;
	uint64_t boot, boot_before;
	mono_t began; /* boot, on our own clock; MONO_NEVER until its birth is heard in this run */
	uint64_t ack_boot;
	uint32_t conn;
	uint32_t hamlet;
	uint32_t transformer, provider; /* numbers of the same names, from 1; 0: not said */
	uint32_t relay;                 /* point through which it speaks, plus one; 0 none */
	uint32_t waiting;
	struct flap flap;
	wall_t told_until; /* when the last incident of it that was told ended; ms 0 none */
	mono_t gone;       /* when its silence was believed; MONO_NEVER: it speaks */
	struct {
		wall_t from, until;
		enum window_kind kind;
	} window; /* the last one that it lay in; until.ms 0: none, or it was taken back */
	wall_t heard;
	wall_t fill_from, fill_until; /* dark time not yet drawn */
	wall_t missed;                /* the last back-filled sample's time */
	struct {
		uint64_t boot, seq;
		uint32_t turns; /* bit i: turn i was opened */
	} gasp;                 /* the last one */
	struct sample sample;
	bool sampled;
	uint8_t turns; /* how often the boot before came back */
	bool ack_due;
	bool relays;   /* others speak through it */
	bool unstable; /* by flap, as of the last look */
	bool planned;
};

/* An incident that people were told of, and how it stood. */
struct alert_live {
	struct alert a;
	struct incident i;
	enum tell opening; /* as it was told first */
};

enum { VOTES = 5 };

struct commune {
	const struct roster *roster;
	const struct commune_options *o;
	struct place *place; /* one a point, in roster order */
	uint32_t *sorted;    /* indices by code */
	struct incidents incidents;
	int64_t last_row;
	bool sees, replaying;
	mono_t replayed; /* how far */
	unsigned doubts; /* bits 1 << enum doubt */
	wall_t blind_since;
	mono_t mass_until;  /* after that we believe that most points are gone */
	bool mass_believed; /* it was so long: until half of them are heard it is them */
	mono_t mass_asked;  /* when all were asked because several vanished */
	size_t mass_gone;   /* how many had vanished */
	bool clock_known;   /* wall_off is */
	int64_t wall_off;   /* our wall clock and monotonic clock differ by this */
	struct {
		uint32_t point;
		int64_t off_ms; /* its clock ahead of ours */
	} vote[VOTES];          /* of nodes that NTP keeps, the newest first */
	size_t n_votes;
	uint8_t *hamlet_mark; /* one a hamlet, for whoever counts them */
	const struct windows *windows;
	mono_t windows_due;
	struct learn *learn; /* one a point */
	struct alert_live *alert;
	size_t n_alerts, size_alerts;
	mono_t alert_due;
	wall_t digest_due; /* when the next of the day's fixed messages is due; ms 0: not known */
	mono_t scan_due;
	struct acts acts;
	uint32_t *ack; /* points that await an acknowledgement */
	size_t n_ack;
	uint64_t refused[REFUSALS];
	uint64_t tallied; /* the broker's own count, as last heard */
};

/* One more act about a point, to be filled at once. */
struct act *commune_add(struct commune *c, enum act_kind kind, uint32_t point);

/* A row about one point: into the ledger, and into what follows from it. */
void commune_row(struct commune *c, struct place *p, struct row *row, mono_t now);

/* Keep what must be found again of this point. */
void commune_keep(struct commune *c, struct place *p);

/* Feed the point's contact, and act on what comes of it. */
void commune_contact(struct commune *c, struct place *p, enum point_input in, mono_t now,
		     wall_t wall);

/* Ask the point for ASK_ bits. */
void commune_ask(struct commune *c, struct place *p, uint8_t what);

/* The point spoke by MQTT, or another way as good. birth: by a birth. */
void commune_alive(struct commune *c, struct place *p, bool birth, mono_t now, wall_t wall);

/* What a message of records says beside its first one. */
struct claim {
	uint64_t last, oldest; /* its last number; the oldest of its boot that is still held */
	uint32_t more;         /* records held after the last */
	bool skipped;          /* instead, oldest is the first number that was never used */
};

/*
 * The records' place in their boot's sequence; 0 when they are to be taken, from *first on. What is
 * stored is acknowledged at the end of the turn.
 */
unsigned commune_take(struct commune *c, struct place *p, const struct record_head *h,
		      const struct claim *claim, uint64_t *first, mono_t now, wall_t wall);

/* When it happened. */
wall_t commune_stamp(struct place *p, const struct record_head *h, int64_t age_ms, wall_t wall,
		     enum stamp_how *how);

/* A row (kind, at, stored, how are set) about a verdict, and what must be found again. */
void commune_news(struct commune *c, struct place *p, struct row *row, const struct record_head *h,
		  const struct verdict *v, bool present, mono_t now);

/* A row of our own (point ""): into the ledger, and into what follows for every point. */
void commune_own_row(struct commune *c, struct row *row, mono_t now);

/* What a row leads to for one point. */
void commune_derive(struct commune *c, struct place *p, const struct row *row, mono_t now);

/* The body of ROW_TAKEN and ROW_CORRECTED. */
void commune_person_body(struct row *row, int64_t incident, enum cause cause, const char *who);

/* Look at the points by then. */
void commune_scan_by(struct commune *c, mono_t due);

/* ---- commune_incident.c ---- */
void commune_join(struct commune *c, struct place *p, struct outage *o, mono_t now);
void commune_step_incidents(struct commune *c, mono_t now, wall_t wall);

/* ---- commune_self.c ---- */
/* A row of our own begins or ends an incident of our own. */
void commune_own_incident(struct commune *c, const struct row *row, mono_t now);
/* A ROW_CLOCK: what goes on keeps its length on the new clock. */
void commune_shift(struct commune *c, const struct row *row);
/* Is our clock still the one it was? Call before anything else with the same now and wall. */
void commune_clock(struct commune *c, mono_t now, wall_t wall);
/* A node says by its birth what it thinks the time is. */
void commune_vote(struct commune *c, struct place *p, const struct wire_birth *b, mono_t now,
		  wall_t wall);
/* Several points were found silent just now: is it them, or us? */
void commune_mass(struct commune *c, mono_t now, wall_t wall);
/* A point was heard again: enough of them, so that we see? */
void commune_mass_heard(struct commune *c, mono_t now, wall_t wall);
/* Time passed: after mass_most_ms it is them. */
void commune_mass_time(struct commune *c, mono_t now, wall_t wall);
/* A point through which others speak is back: nobody knows of those until they are heard. */
void commune_relay_back(struct commune *c, struct place *p, mono_t now, wall_t wall);

/* ---- commune_plan.c ---- */
void commune_plan(struct commune *c, mono_t now, wall_t wall);
/* A ROW_PLANNED of this point. */
void commune_plan_row(struct place *p, const struct row *row);
/* Did the last window hold this moment, or does it hold now? */
bool commune_plan_holds(const struct place *p, wall_t at);
/* Until when nothing is told of this point of the incident; ms 0: tell it. */
wall_t commune_excused(const struct commune *c, const struct incident *i, size_t point);

/* ---- commune_alert.c ---- */
void commune_tell(struct commune *c, const struct incident *i, enum tell what, wall_t wall);
void commune_alert_keep(struct commune *c, const struct incident *i); /* it changed */
void commune_step_alerts(struct commune *c, mono_t now, wall_t wall);

#endif
