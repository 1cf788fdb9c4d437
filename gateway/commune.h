/* SPDX-License-Identifier: Apache-2.0 */
/* commune: all points and what is the matter with them; the gateway's judgement in one pure
 * machine. */
#ifndef MATSANG_GATEWAY_COMMUNE_H
#define MATSANG_GATEWAY_COMMUNE_H

#include "gateway/facts.h"
#include "gateway/learn.h"
#include "gateway/roster.h"
#include "gateway/window.h"
#include "mesh/gasp.h"
#include "mesh/tally.h"

struct commune_options {
	int64_t grace_ms;        /* a beat may be this late before the point is suspect */
	int64_t ask_ms;          /* and may take this long to answer when asked */
	int64_t sight_ms;        /* after we were blind: extra time for nodes to dial again */
	int64_t group_hold_ms;   /* wait for neighbours before telling */
	int64_t group_window_ms; /* outages that begin this close may be one incident */
	int64_t camera_hold_ms;  /* a camera must be gone this long before it is told */
	int64_t return_hold_ms;  /* all must be well this long before the end is told */
	int64_t residue_hold_ms; /* a group is back but for a few: so long they get to follow */
	int64_t again_hold_ms;   /* a point told of within again_within_ms must be out this long */
	int64_t again_within_ms;
	int64_t stable_hold_ms; /* one that comes and goes must be well this long */
	int64_t blind_hold_ms;  /* we must be blind this long before it is told */
	int64_t mass_most_ms;   /* most points vanished: so long we doubt ourselves, not them */
	int64_t cut_grace_ms;   /* after a published cut's end power may come so much later */
	int64_t next_person_ms; /* nobody took the job: the next one is told */
	int64_t leader_ms;      /* and after so long the leaders */
};

/* Why a message was refused, beyond what wire.h says. */
enum refusal {
	REFUSE_TOPIC = WIRE_ERRS, /* not a point's topic, or not the sender's own */
	REFUSE_UNKNOWN_POINT,     /* no such point in the roster */
	REFUSE_DUPLICATE,         /* a record that is stored already (acknowledged again) */
	REFUSE_GAP,               /* a record that came before the one it follows (asked again) */
	REFUSE_LATE_WILL,         /* a will of an older connection than the present one */
	REFUSE_TALLY,             /* the broker's own word makes no sense */
	REFUSALS
};
const char *refusal_str(unsigned r); /* wire_err names too; r in 1..REFUSALS-1 */

/* Why a last gasp was refused, beyond what wire.h says. */
enum gasp_refusal {
	GASP_UNKNOWN_POINT = WIRE_ERRS, /* no key has its name, or its point is not in the roster */
	GASP_BAD_SEAL,                  /* not closed with the key of any point of that name */
	GASP_REPLAYED,                  /* this very datagram was opened before */
	GASP_KNOWN,                     /* its record is stored, or another turn told it */
	GASP_OLD,                       /* not sent now, or of a boot that is over */
	GASP_REFUSALS
};
const char *gasp_refusal_str(unsigned r); /* wire_err names too; r in 1..GASP_REFUSALS-1 */

/* What may be known of a point at any time. */
enum contact { CONTACT_UNKNOWN, CONTACT_UP, CONTACT_SUSPECT, CONTACT_DARK, CONTACTS };
const char *contact_str(enum contact c);

struct point_view {
	enum contact contact;
	enum colour colour;
	enum cause cause; /* why it is down */
	enum sure sure;
	wall_t since;           /* of colour */
	wall_t heard;           /* ms 0: never */
	struct verdict verdict; /* as the node last said */
	struct sample sample;   /* last beat; valid when sampled */
	bool sampled;
	uint64_t boot;
	uint32_t waiting; /* records the node still holds */
	int64_t outage;   /* open outage's id or 0 */
	int64_t incident; /* its incident's id or 0 */
	bool planned;     /* it lies in planned work or a published cut */
	bool unstable;    /* it comes and goes */
};

struct commune;

/* roster and options are borrowed for its whole life. NULL when out of memory. */
struct commune *commune_new(const struct roster *r, const struct commune_options *o);
void commune_free(struct commune *c);

/* Memory from the store, before commune_start. Outages and incidents: only open ones (incidents:
 * not CLOSED). Ledger rows are numbered by the commune, from above the last one stored; outages and
 * incidents are named after the row that began them. */
void commune_restore_point(struct commune *c, const struct point_memory *m);
void commune_restore_boot(struct commune *c, const struct boot_memory *m);
void commune_restore_outage(struct commune *c, const struct outage *o);
void commune_restore_incident(struct commune *c, const struct incident *i, mono_t now);
void commune_restore_alert(struct commune *c, const struct alert *a);
/* Outages of the last hours, old and new, oldest first: how restless a point is. told: people were
 * told of its incident. */
void commune_restore_past(struct commune *c, const struct outage *o, bool told);
/* Nobody could judge this point since then, when the gateway last lived. After its outages. */
void commune_restore_unknown(struct commune *c, uint32_t point, wall_t from);
/* The last ROW_PLANNED of a point that begins something and the last that ends it, in order. */
void commune_restore_planned(struct commune *c, const struct row *row);
/* The points of one incident of the last year: who goes dark together. */
void commune_restore_together(struct commune *c, const uint32_t *points, size_t n);
void commune_restore_rows(struct commune *c, int64_t last);

/* Begin, blind: everything is unknown since alive (when the gateway last lived; ms 0: first start).
 */
void commune_start(struct commune *c, wall_t alive, mono_t now, wall_t wall);

/* Our own connection to the broker came (true) or went. */
void commune_link(struct commune *c, bool up, mono_t now, wall_t wall);

/*
 * Trouble of our own began (on), at since, or is over: DOUBT_LINE, _POWER or _MUTE. The broker's is
 * commune_link's, the clock's and the mass's are found out here. While our line is gone nobody can
 * be judged; while our mains are gone no silence is believed.
 */
void commune_doubt(struct commune *c, enum doubt d, bool on, wall_t since, mono_t now, wall_t wall);

/* What is planned, from now on; borrowed until the next call. NULL: nothing. */
void commune_windows(struct commune *c, const struct windows *w, mono_t now);

/* ---- what people say ---- */
enum taking {
	TAKING_OK,      /* the job is theirs */
	TAKING_UNKNOWN, /* no open incident has that code */
	TAKING_TAKEN,   /* somebody else has it already */
	TAKINGS
};
/* who: a receiver's id, or a name. out: the incident's alert, but for TAKING_UNKNOWN. */
enum taking commune_take_job(struct commune *c, const char *code, const char *who,
			     struct alert *out, mono_t now, wall_t wall);

/* The receiver wrote this code: it is told who has that job now, once an incident, or that there is
 * none, once a day. */
void commune_answer(struct commune *c, const char *receiver, const char *code, wall_t wall);

/* All ways to this receiver failed: somebody else is told at once. */
void commune_undelivered(struct commune *c, int64_t incident, const char *receiver, mono_t now,
			 wall_t wall);

/* A test message to this receiver, now. False: there is nobody of that name. */
bool commune_test(struct commune *c, const char *receiver, mono_t now, wall_t wall);

/* A person knows better why; the cause as it was judged stays on record. point: where it began. */
void commune_correct(struct commune *c, int64_t incident, size_t point, enum cause cause,
		     const char *who, mono_t now, wall_t wall);

/* One message. 0, or why it was refused (counted). payload borrowed for the call. */
unsigned commune_hear(struct commune *c, const char *topic, const uint8_t *payload, size_t len,
		      mono_t now, wall_t wall);

/*
 * What came on TOPIC_BROKER: messages that the broker refused because their topic was not the
 * sender's own, which we never hear. Counted with our own (REFUSE_TOPIC). How many are new, and
 * whose the last one was; 0 and t untouched when there are none, or when it makes no sense
 * (REFUSE_TALLY).
 */
uint64_t commune_tally(struct commune *c, struct tally *t, const uint8_t *payload, size_t len);

/*
 * A last gasp of this point, its seal opened. boot_stored: the ledger has rows of its boot (a boot
 * so old may be forgotten here). 0, or why it was refused; not counted. It is taken as the news it
 * tells when that is the next record in order; else it becomes a row of its own kind, judged alike.
 */
unsigned commune_gasp(struct commune *c, const char *code, const struct gasp *g, bool boot_stored,
		      mono_t now, wall_t wall);

/* Time passed. Call whenever commune_due is reached. */
void commune_step(struct commune *c, mono_t now, wall_t wall);
mono_t commune_due(const struct commune *c);

/*
 * What is to be done since the last clear, in order. Valid until the next call into the commune.
 * Call commune_settle once before, when a batch of messages has been heard: it adds the
 * acknowledgements, one a point however many records came.
 */
void commune_settle(struct commune *c);
const struct acts *commune_acts(const struct commune *c);
void commune_acts_clear(struct commune *c);

/* Replay one ledger row (rebuild): derives the same spans, outages and incidents; nothing is told,
 * sent or drawn, no row comes back. Rows in id order, into a fresh commune. */
void commune_replay(struct commune *c, const struct row *row);
/* All rows are: what fell due after the last one until now. */
void commune_replayed(struct commune *c, wall_t now);

/* ---- looking, never changing ---- */
size_t commune_find(const struct commune *c,
		    const char *code); /* index; SIZE_MAX when there is none */
struct point_view commune_point(const struct commune *c, size_t point);
bool commune_blind(const struct commune *c, wall_t *since);
unsigned commune_doubts(const struct commune *c); /* bit 1 << enum doubt */
/* Whom the point goes dark with, as learned; how many. */
size_t commune_learned(const struct commune *c, size_t point, uint32_t out[static LEARN_FRIENDS]);
/* NULL: nobody was told of it. */
const struct alert *commune_alert(const struct commune *c, int64_t incident);
/* How many messages of each refusal; r as refusal_str. */
uint64_t commune_refused(const struct commune *c, unsigned r);

#endif
