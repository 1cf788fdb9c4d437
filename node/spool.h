/* SPDX-License-Identifier: Apache-2.0 */
/* spool: records that the gateway has not yet said it stored; an append-only file that survives. */
#ifndef MATSANG_NODE_SPOOL_H
#define MATSANG_NODE_SPOOL_H

#include "mesh/clock.h"
#include "mesh/wire.h"
#include "node/disk.h"
#include "node/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The file is a row of frames (frame.h draws them): heads and records. A head says which seq its
 * boot uses next: the first one in the file, so that the number outlives the records it numbered;
 * one between records, that those before it were skipped. A frame that cannot be read is skipped;
 * at the end of the file it is a torn tail and cut off.
 */
enum {
	SPOOL_LEAST = 64 * FRAME_LEN, /* smallest limit, bytes */
	SPOOL_COMPACT = 64 << 10,     /* a file above this, half of it acknowledged, is rewritten */
	SPOOL_MEMORY = 64,            /* records kept while the disk refuses */
	SPOOL_SYNC_SAMPLES = 10,      /* samples are synced by tens, news each */
	SPOOL_THIN = 10,              /* samples in a row that stay, then as many that go */
	SPOOL_PAGE = 16,              /* frames read at once */
	SPOOL_PATIENCE = 100, /* reads that fail until what they were to bring is given up */
	SPOOL_NOTE = 100,     /* acknowledged records between two notes of it, while more wait */
};

/* When something happened, in both times. */
struct moment {
	mono_t t;
	wall_t wall;
	enum clock_quality quality;
};

struct spool_counters {
	uint64_t news, samples; /* put */
	uint64_t acked;         /* records let go because the gateway has them */
	uint64_t thinned;       /* samples given up because the spool was full */
	uint64_t dropped;       /* news given up: spool full of news, or memory full of them */
	uint64_t torn;          /* frames cut off at the end of the file */
	uint64_t corrupt;       /* frames in its middle that cannot be read */
	uint64_t lost;          /* times the file could not be used and was begun anew */
	uint64_t write_errors;  /* times the disk refused */
	uint64_t jumped;        /* times the gateway knew a later number than we did */
};

/*
 * Positions count records from wherever the spool was opened and never go back; front..end-1 are
 * held. A position may be empty (a frame that was corrupt). `shuffles` rises when positions have
 * lost their meaning; who keeps one then starts from the front.
 */
struct spool {
	const struct disk *disk;
	uint64_t limit; /* bytes the file may have */
	uint64_t boot, next_seq;
	uint64_t first_seq; /* where this program began */
	uint64_t skips;     /* this number and those up to it were never used; 0 none */
	bool begun;         /* the file has a head we wrote or read, and can be trusted */
	bool fresh, lost;   /* at opening: there was no file; nothing of it could be used */
	bool unread;        /* the disk did not let us read it yet: it may hold anything */
	uint64_t base;      /* position of the file's first frame */
	uint64_t frames;    /* in the file */
	uint64_t front;
	uint64_t held_news, held_samples;
	unsigned unsynced; /* samples appended since the last sync */
	uint64_t unnoted;  /* records acknowledged since the file last said so */
	unsigned shuffles;
	struct record memory[SPOOL_MEMORY]; /* after the file, in order */
	unsigned memory_n;
	uint64_t page_at; /* frame number of page[0]; page_n 0 when empty */
	unsigned page_n;
	unsigned read_fails; /* reads that failed since the page at failed_at last came */
	uint64_t failed_at;
	int read_err;
	uint8_t page[SPOOL_PAGE * FRAME_LEN];
	struct spool_counters count;
};

/*
 * Take over the file, cut a torn tail, find the next sequence number of this boot.
 *
 * disk   borrowed for the life of the spool
 * limit  most bytes of the file, at least SPOOL_LEAST
 * now    numbers begin at the milliseconds since boot, or after those in the file: a program of
 * this boot that ran before may have used others, and none may ever be used twice
 *
 * 0; -errno when the file could not be read or begun: the spool then works from memory and tries
 * again at every put.
 */
int spool_open(struct spool *s, const struct disk *disk, uint64_t limit, uint64_t boot, mono_t now);

/*
 * What the opening found. Lost: a file in which not one record or head could be used; what it held
 * is gone. Fresh: no file, or an empty one. That is a first installation, or a loss too: whoever
 * keeps something else in the same folder can tell by that.
 */
bool spool_lost(const struct spool *s);
bool spool_fresh(const struct spool *s);

/*
 * Keep one record. 0: it survives a power cut (a sample: up to ten may be lost). -errno: the disk
 * refused; the record is held in memory, in its place, and only a power cut or a restart loses it.
 *
 * When the file is full every second ten samples in a row are given up, oldest first and counted;
 * when there is no sample left to give up, the oldest sixteenth of the news. When the memory is
 * full its oldest sample goes, then its oldest news.
 */
int spool_put_news(struct spool *s, const struct moment *at, const struct verdict *v);
int spool_put_sample(struct spool *s, const struct moment *at, const struct sample *m);

/* The first record at *pos or after it; moves *pos to it. False, and *out untouched, when none. */
bool spool_peek(struct spool *s, uint64_t *pos, struct record *out);

/*
 * The first of the numbers right before this record's, which spool_peek found at pos, that were
 * never used; its own number when there are none. What is missing before that was given up.
 */
uint64_t spool_skips(struct spool *s, uint64_t pos, const struct record *r);

/* Position of the oldest record held, and one after the newest. */
uint64_t spool_front(const struct spool *s);
uint64_t spool_end(const struct spool *s);

/* Records held, and how many of them are samples. */
uint64_t spool_held(const struct spool *s);
uint64_t spool_held_samples(const struct spool *s);

/*
 * The gateway has every record of boot up to and including seq: let go of those at the front. An
 * acknowledgement of a number that this boot has not used yet means that our memory of it was lost;
 * what is held of this boot then takes new numbers after it.
 * Returns how many records were let go.
 */
uint64_t spool_ack(struct spool *s, uint64_t boot, uint64_t seq);

/* Make everything put so far durable. 0 or -errno. */
int spool_flush(struct spool *s);

#endif
