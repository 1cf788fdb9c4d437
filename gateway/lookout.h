/* SPDX-License-Identifier: Apache-2.0 */
/* lookout: does our own line reach the outside, and do our own mains feed us? Asked each few
 * seconds, so that a silence is not believed of others when it is ours. */
#ifndef MATSANG_GATEWAY_LOOKOUT_H
#define MATSANG_GATEWAY_LOOKOUT_H

#include "gateway/facts.h"
#include "mesh/loop.h"

/* Something that answers or does not; a few answers of a kind are believed. */
struct sense {
	bool gone, said;   /* said: it was believed once, so or so */
	bool last;         /* the last answer */
	unsigned in_a_row; /* answers like it that contradict gone */
	wall_t good;       /* the last good one; ms 0: none yet */
};

enum { SENSE_BAD = 3, SENSE_GOOD = 2 }; /* in a row, to be believed */

/* One answer more. True when gone changed by it, or is believed for the first time. */
bool sense_feed(struct sense *s, bool good, wall_t now);

struct lookout_options {
	const char *const
		*references;    /* IPv4 literals outside, pinged; none: our line is not judged */
	size_t n_references;    /* 0, or 2..LOOKOUT_REFERENCES */
	const char *mains_file; /* begins with '0' while our mains are gone; "": not known */
	int64_t every_ms;
	int timeout_ms; /* of a ping; less than every_ms */
};
enum { LOOKOUT_REFERENCES = 4, LOOKOUT_EVERY_MS = 5000, LOOKOUT_TIMEOUT_MS = 2000 };

/* DOUBT_LINE or DOUBT_POWER began (on), at the last moment that all was well, or is over. */
typedef void lookout_fn(void *self, enum doubt d, bool on, wall_t since);

struct lookout;

/* Borrows the strings. No right to ping is no error: the line is then not judged, and a log line
 * says so once. NULL with errno. */
struct lookout *lookout_new(struct loop *l, const struct lookout_options *o, lookout_fn *fn,
			    void *self);
void lookout_free(struct lookout *k);

/* The line is gone, as far as is believed. */
bool lookout_offline(const struct lookout *k);

#endif
