/* SPDX-License-Identifier: Apache-2.0 */
/* store: the gateway's memory in one SQLite file; the only door to it. */
#ifndef MATSANG_GATEWAY_STORE_H
#define MATSANG_GATEWAY_STORE_H

#include "gateway/commune.h"
#include "gateway/compose.h"
#include "gateway/facts.h"
#include "gateway/roster.h"
#include "gateway/window.h"

enum { STORE_WHY = 200, STORE_KEY = FACTS_KEY, STORE_RECEIVER = 32 };

struct store;

/* Open or create state_dir/ledger.db (WAL, synchronous FULL, busy time-out; schema.sql is built
 * in). Adds roster points it has not seen. NULL and why (place and remedy) on error. */
struct store *store_open(const char *state_dir, const struct roster *r, char why[static STORE_WHY]);
void store_close(struct store *s);

/* Feed everything remembered into a new commune; returns the mark of when the gateway last lived.
 */
int store_restore(struct store *s, struct commune *c, mono_t now, wall_t *alive);

/*
 * Keep all acts of one turn in one transaction: rows (each with the hash of the one before), point
 * and boot memories, about texts, paints, outages, incidents, samples still to be drawn, and for
 * each ACT_TELL one outbox row, composed in its receiver's language; a key that is there already is
 * left as it is. 0 after COMMIT; -errno (-ENOSPC, -EIO, ...) when nothing was kept.
 */
int store_commit(struct store *s, const struct acts *acts, wall_t now);

/* "The gateway lives": call every 10 s. */
int store_mark(struct store *s, wall_t now);

/* ---- outbox ---- */
struct delivery {
	int64_t id;
	char key[STORE_KEY]; /* the same at every try */
	char receiver[STORE_RECEIVER];
	char code[NOTICE_CODE]; /* to take the job with; "" none */
	enum tell what;
	unsigned way;   /* which of the receiver's ways is tried now, from 0 */
	unsigned round; /* how often all of them failed, one after the other */
	unsigned tries; /* on all of them together */
	wall_t made, due;
	struct incident incident; /* as it stood when it was told; of a digest only the times */
	struct message message;   /* as it was composed then */
};

/* A delivery that waits, without its words. */
struct waiting {
	int64_t id;
	char receiver[STORE_RECEIVER];
	enum tell what;
	enum scope scope;
	unsigned way, round;
	wall_t made, due;
	bool moot; /* it asks somebody to go, and somebody does or it is over; or it is the end of
		    * what was never delivered */
};

/* What waits and may go, due or not, oldest first, at most max. To one receiver nothing of an
 * incident may go before what was said of it earlier: its end never overtakes its beginning, nor a
 * reminder either. Returns how many. */
size_t store_waiting(struct store *s, struct waiting *out, size_t max);
/* Does anything wait? 1 yes, 0 no, -errno when the store cannot say. */
int store_waits(struct store *s);
/* Does a message wait that counts, while nobody who hears got the same one? 1 yes, 0 no, -errno. */
struct store_hearing {
	bool (*counts)(const void *self, const char *receiver, enum tell what);
	bool (*hears)(const void *self, const char *receiver);
	const void *self;
};
int store_unheard(struct store *s, const struct store_hearing *h);
/* The whole of one that is still to be delivered; false when there is none. */
bool store_delivery(struct store *s, int64_t id, struct delivery *out);

/* A receipt: which channel delivered it, and what the other side said. */
int store_delivered(struct store *s, int64_t id, wall_t now, const char *via, const char *note);

/* What becomes of a delivery that could not be made. */
struct retry {
	unsigned way, round;
	wall_t due;
	bool given_up;
	bool untried; /* every way was passed over: does not count as a try */
};
int store_failed(struct store *s, int64_t id, const struct retry *next, const char *note);

/* How many deliveries to this receiver went out through this channel from since on. */
int64_t store_budget(struct store *s, const char *receiver, const char *via, wall_t since);

/* ---- reading, for people; each calls row once per hit, newest first, until row returns false ----
 */
typedef bool store_outage_fn(void *self, const struct outage *o);
typedef bool store_incident_fn(void *self, const struct incident *i);
typedef bool store_span_fn(void *self, const struct span *s);
typedef bool store_row_fn(void *self, const struct row *r);
struct delivery_view {
	char key[STORE_KEY], receiver[STORE_RECEIVER], note[128];
	enum tell what;
	unsigned tries;
	wall_t made, sent; /* sent.ms 0: not yet; -1: given up */
	char via[16];      /* the channel that delivered it; "" none did */
};
typedef bool store_delivery_fn(void *self, const struct delivery_view *d);
void store_outages(struct store *s, size_t point, wall_t since, store_outage_fn *row, void *self);
void store_outages_of(struct store *s, int64_t incident, store_outage_fn *row, void *self);
void store_incidents(struct store *s, bool open_only, size_t max, store_incident_fn *row,
		     void *self);
bool store_incident(struct store *s, int64_t id, struct incident *out);
/* Who was told of this incident, and who takes care of it. */
bool store_alert(struct store *s, int64_t incident, struct alert *out);
void store_spans(struct store *s, size_t point, wall_t from, wall_t until, store_span_fn *row,
		 void *self);
void store_deliveries(struct store *s, int64_t incident, store_delivery_fn *row, void *self);
/* What a node last said about itself, and when; malloc'd JSON text or NULL (*at untouched). */
char *store_about(struct store *s, size_t point, enum about_what what, wall_t *at);

/* Whole seconds of each colour between from and until; they sum to the length exactly. theirs: the
 * part of COLOUR_DOWN that was the grid's or the provider's. */
struct seconds {
	int64_t of[COLOURS], theirs;
};
struct seconds store_seconds(struct store *s, size_t point, wall_t from, wall_t until);

/* ---- the chain ---- */
struct verify_result {
	int64_t rows;      /* checked */
	int64_t first_bad; /* id, or 0 when all is well */
	char why[STORE_WHY];
};
/* Check the next at most n rows after *at (start with 0); false when the end or a bad row is
 * reached. */
bool store_verify(struct store *s, int64_t *at, size_t n, struct verify_result *out);
/* All rows, in order. */
void store_rows(struct store *s, store_row_fn *row, void *self);
/* Drop everything derived and derive it again through commune_replay. 0 or -errno (then all is as
 * before). */
int store_rebuild(struct store *s, const struct commune_options *o, wall_t now);

/* Back-filled samples that were committed but not drawn before the last stop: calls fn for each,
 * oldest first; store_drawn drops those of a point up to at once the series has written them to its
 * file. */
typedef void store_sample_fn(void *self, size_t point, const struct draw *d);
void store_undrawn(struct store *s, store_sample_fn *fn, void *self);
int store_drawn(struct store *s, size_t point, wall_t at);

/* Has the ledger rows that came from this boot of the point? */
bool store_boot_known(struct store *s, const char *code, uint64_t boot);

/* ---- planned (store_planned.c) ---- */
/* Keep a window, whose id is not looked at. 0 and its id; 1 and the id of the one that stands
 * already, whatever its reason; -EINVAL for what is no window; -errno. */
int store_planned_add(struct store *s, const struct window *w, wall_t now, int64_t *id);
/* n of them in one transaction: all, or -errno and none. Sets ids, and in known which stood
 * already.
 */
int store_planned_add_all(struct store *s, struct window *w, size_t n, bool *known, wall_t now);
/* Take one back; it stays on record. 0; -ENOENT when there is none that stands; -errno. */
int store_planned_remove(struct store *s, int64_t id, wall_t now);
/* All that stand and were not over a year ago, by id; windows_free them. 0 or -errno, and then *out
 * is untouched. */
int store_planned(struct store *s, wall_t now, struct windows *out);

struct store_counters {
	uint64_t rows, commits, failed;
	int64_t outbox_waiting, outbox_given_up;
};
struct store_counters store_counters(struct store *s);

#endif
