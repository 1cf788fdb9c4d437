/* SPDX-License-Identifier: Apache-2.0 */
/* spool: records that the gateway has not yet said it stored; an append-only file that survives. */
#include "node/spool.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* A rewrite that frees less than this part of the file is not worth its wear. */
enum { WORTH = 16 };

/* What a rewrite leaves out or changes. */
enum rewrite { KEEP_ALL, THIN_SAMPLES, DROP_NEWS, RENUMBER };

/* ---- reading ---- */

static bool page_load(struct spool *s, uint64_t frame)
{
	uint64_t n = s->frames - frame;
	int64_t got;

	if (n > SPOOL_PAGE)
		n = SPOOL_PAGE;
	s->page_n = 0;
	got = s->disk->read(s->disk->self, frame * FRAME_LEN, s->page, (size_t)n * FRAME_LEN);
	if (got < FRAME_LEN)
		return false;
	s->page_at = frame;
	s->page_n = (unsigned)(got / FRAME_LEN);
	return true;
}

static bool frame_read(struct spool *s, uint64_t frame, struct record *out)
{
	if ((frame < s->page_at || frame >= s->page_at + s->page_n) && !page_load(s, frame))
		return false;
	return frame_decode(out, s->page + (frame - s->page_at) * FRAME_LEN);
}

static uint64_t file_end(const struct spool *s)
{
	return s->base + s->frames;
}

/* Heads and acknowledgements are about records. */
static bool is_record(const struct record *r)
{
	return r->kind == RECORD_NEWS || r->kind == RECORD_SAMPLE;
}

/* The first record at *pos or after it that lies in the file. */
static bool file_peek(struct spool *s, uint64_t *pos, struct record *out)
{
	struct record r;

	for (uint64_t p = *pos < s->front ? s->front : *pos; p < file_end(s); p++)
		if (frame_read(s, p - s->base, &r) && is_record(&r)) {
			*pos = p;
			*out = r;
			return true;
		}
	return false;
}

bool spool_peek(struct spool *s, uint64_t *pos, struct record *out)
{
	uint64_t p;

	if (file_peek(s, pos, out))
		return true;
	p = *pos > file_end(s) ? *pos : file_end(s);
	if (p >= spool_end(s))
		return false;
	*pos = p;
	*out = s->memory[p - file_end(s)];
	return true;
}

uint64_t spool_front(const struct spool *s)
{
	return s->front;
}

uint64_t spool_end(const struct spool *s)
{
	return file_end(s) + s->memory_n;
}

uint64_t spool_held(const struct spool *s)
{
	return s->held_news + s->held_samples;
}

uint64_t spool_held_samples(const struct spool *s)
{
	return s->held_samples;
}

static uint64_t *held(struct spool *s, enum record_kind kind)
{
	return kind == RECORD_NEWS ? &s->held_news : &s->held_samples;
}

static void forget_one(struct spool *s, enum record_kind kind)
{
	if (*held(s, kind) > 0)
		--*held(s, kind);
}

/* ---- writing the file anew ---- */

static int add(struct spool *s, const struct record *r)
{
	uint8_t buf[FRAME_LEN];

	frame_encode(buf, r);
	return s->disk->add(s->disk->self, buf, sizeof buf);
}

static int begin(struct spool *s, uint64_t next_seq)
{
	const struct record head = { .kind = RECORD_HEAD,
				     .head = { .boot = s->boot, .seq = next_seq } };
	int err = s->disk->begin(s->disk->self);

	return err ? err : add(s, &head);
}

/* One record on its way into the new file. */
struct sieve {
	enum rewrite how;
	uint64_t samples, news; /* seen so far */
	uint64_t news_to_drop;
	uint64_t seq; /* RENUMBER: the last number given */
	uint64_t kept, gone_samples, gone_news;
};

static bool sieve_keeps(struct sieve *v, struct record *r, uint64_t boot)
{
	uint64_t nth = r->kind == RECORD_NEWS ? v->news++ : v->samples++;

	switch (v->how) {
	case KEEP_ALL:
		return true;
	case THIN_SAMPLES:
		return r->kind == RECORD_NEWS || nth / SPOOL_THIN % 2 == 0;
	case DROP_NEWS:
		return r->kind != RECORD_NEWS || nth >= v->news_to_drop;
	case RENUMBER:
		if (r->head.boot == boot)
			r->head.seq = ++v->seq;
		return true;
	}
	return true;
}

static int copy_held(struct spool *s, struct sieve *v)
{
	struct record r;
	int err = 0;

	for (uint64_t pos = s->front; !err && file_peek(s, &pos, &r); pos++) {
		if (sieve_keeps(v, &r, s->boot)) {
			err = add(s, &r);
			v->kept++;
		} else if (r.kind == RECORD_NEWS) {
			v->gone_news++;
		} else {
			v->gone_samples++;
		}
	}
	return err;
}

/* Write what is held into a new file. On error (-errno) everything is as before. */
static int rewrite(struct spool *s, struct sieve *v)
{
	uint64_t was = s->front < file_end(s) ? file_end(s) - s->front : 0;
	int err = begin(s, v->how == RENUMBER ? v->seq + 1 : s->next_seq);

	if (!err)
		err = copy_held(s, v);
	if (!err)
		err = s->disk->commit(s->disk->self);
	if (err)
		return err;
	/* Records keep their positions unless some between them are gone. The head takes one too.
	 */
	if (v->kept != was || v->how == RENUMBER)
		s->shuffles++;
	s->base = file_end(s) - v->kept - 1;
	s->frames = v->kept + 1;
	s->front = s->base + 1;
	s->page_n = 0;
	s->unsynced = 0;
	s->unnoted = 0;
	s->begun = true;
	s->held_news -= v->gone_news;
	s->held_samples -= v->gone_samples;
	s->count.dropped += v->gone_news;
	s->count.thinned += v->gone_samples;
	return 0;
}

static int rewrite_how(struct spool *s, enum rewrite how)
{
	struct sieve v = { .how = how, .news_to_drop = s->held_news / WORTH + 1 };

	return rewrite(s, &v);
}

static bool full(const struct spool *s)
{
	return (s->frames + 1) * FRAME_LEN > s->limit;
}

static int make_room(struct spool *s)
{
	int err = 0;

	if (full(s) && (s->front - s->base) >= s->frames / WORTH)
		err = rewrite_how(s, KEEP_ALL);
	if (!err && full(s) && s->held_samples > SPOOL_THIN)
		err = rewrite_how(s, THIN_SAMPLES);
	if (!err && full(s))
		err = rewrite_how(s, DROP_NEWS);
	return err ? err : full(s) ? -ENOSPC : 0;
}

/* ---- opening ---- */

struct scan {
	uint64_t good;  /* frames up to and including the last readable one */
	uint64_t holes; /* unreadable ones before it */
	bool headed;    /* the first frame is a head */
	uint64_t top;   /* the next seq of our boot, 0 when the file does not say */
};

/* The gateway has everything before this frame up to that seq, and whatever lies before that. */
static void scan_acked(struct spool *s, const struct record_head *acked, uint64_t frame)
{
	uint64_t front = s->front - s->base, after = front;
	struct record r;

	for (uint64_t i = front; i < frame; i++)
		if (frame_read(s, i, &r) && is_record(&r) && r.head.boot == acked->boot &&
		    r.head.seq <= acked->seq)
			after = i + 1;
	for (uint64_t i = front; i < after; i++)
		if (frame_read(s, i, &r) && is_record(&r))
			forget_one(s, r.kind);
	s->front = s->base + after;
}

static void scan(struct spool *s, struct scan *c)
{
	uint64_t bad = 0;
	struct record r;

	for (uint64_t i = 0; i < s->frames; i++) {
		uint64_t next;

		if (!frame_read(s, i, &r)) {
			bad++;
			continue;
		}
		c->holes += bad;
		bad = 0;
		c->good = i + 1;
		if (r.kind == RECORD_HEAD)
			c->headed |= i == 0;
		else if (r.kind == RECORD_ACKED)
			scan_acked(s, &r.head, i);
		else
			++*held(s, r.kind);
		next = r.head.seq + (r.kind != RECORD_HEAD);
		if (r.head.boot == s->boot && next > c->top)
			c->top = next;
	}
}

static int cut(struct spool *s, uint64_t frames)
{
	s->page_n = 0;
	return s->disk->cut(s->disk->self, frames * FRAME_LEN);
}

/* The number this boot uses next. One that may have been used before is worse than a gap. */
static uint64_t next_seq(const struct scan *c, mono_t now)
{
	uint64_t unknown = now.ms > 0 ? (uint64_t)now.ms : 1;

	/* A boot that the file does not know may have lived from memory, when the disk refused. */
	if (c->headed && c->top)
		return c->top;
	return c->top > unknown ? c->top : unknown;
}

static int take_over(struct spool *s, mono_t now)
{
	int64_t size = s->disk->size(s->disk->self);
	struct scan c = { 0 };
	bool torn;

	s->frames = size > 0 ? (uint64_t)size / FRAME_LEN : 0;
	scan(s, &c);
	torn = size > 0 && (uint64_t)size != c.good * FRAME_LEN;
	s->next_seq = next_seq(&c, now);
	s->count.lost = size != 0 && !c.headed;
	s->count.corrupt = c.holes;
	if (torn && c.good > 0)
		s->count.torn = s->frames - c.good + (size % FRAME_LEN != 0);
	s->frames = c.good;
	if (size < 0)
		return (int)size;
	if (!c.headed)
		return rewrite_how(s, KEEP_ALL);
	if (torn && cut(s, c.good) != 0)
		return rewrite_how(s, KEEP_ALL);
	s->begun = true;
	/* What this boot's last program appended may still be on its way: the next put syncs. */
	s->unsynced = SPOOL_SYNC_SAMPLES - 1;
	return 0;
}

int spool_open(struct spool *s, const struct disk *disk, uint64_t limit, uint64_t boot, mono_t now)
{
	int err;

	assert(limit >= SPOOL_LEAST);
	memset(s, 0, sizeof *s);
	s->disk = disk;
	s->limit = limit;
	s->boot = boot;
	s->base = s->front = 1;
	err = take_over(s, now);
	s->count.write_errors += err != 0;
	return err;
}

/* ---- putting ---- */

static int append(struct spool *s, const struct record *r)
{
	uint8_t buf[FRAME_LEN];
	/* A file that could not be begun, or mended, is tried anew with what can be read of it. */
	int err = s->begun ? make_room(s) : rewrite_how(s, KEEP_ALL);

	if (err)
		return err;
	frame_encode(buf, r);
	err = s->disk->append(s->disk->self, buf, sizeof buf);
	if (err)
		return err;
	s->frames++;
	if (r->kind == RECORD_SAMPLE && ++s->unsynced < SPOOL_SYNC_SAMPLES)
		return 0;
	err = s->disk->sync(s->disk->self);
	if (!err) {
		s->unsynced = 0;
		return 0;
	}
	/* Not durable: take it back, so that it is written again and not merely synced again. When
	 * even that fails it stays where it is, and the next sync may save it. */
	if (cut(s, s->frames - 1) == 0)
		s->frames--;
	return err;
}

static int drain_memory(struct spool *s)
{
	int err = 0;

	while (s->memory_n > 0 && !err) {
		uint64_t before = s->frames;

		err = append(s, &s->memory[0]);
		if (err && s->frames <= before)
			break;
		memmove(&s->memory[0], &s->memory[1], --s->memory_n * sizeof s->memory[0]);
	}
	return err;
}

static void memory_put(struct spool *s, const struct record *r)
{
	unsigned gone = 0;

	if (s->memory_n == SPOOL_MEMORY) {
		while (gone < SPOOL_MEMORY && s->memory[gone].kind == RECORD_NEWS)
			gone++;
		if (gone == SPOOL_MEMORY)
			gone = 0;
		if (s->memory[gone].kind == RECORD_NEWS)
			s->count.dropped++;
		else
			s->count.thinned++;
		forget_one(s, s->memory[gone].kind);
		s->memory_n--;
		memmove(&s->memory[gone], &s->memory[gone + 1],
			(s->memory_n - gone) * sizeof s->memory[0]);
		s->shuffles++;
	}
	s->memory[s->memory_n++] = *r;
}

static int put(struct spool *s, struct record *r, const struct moment *at)
{
	uint64_t before;
	int err;

	r->head = (struct record_head){ .boot = s->boot,
					.seq = s->next_seq++,
					.t_ms = at->t.ms,
					.wall.ms = at->wall.ms > 0 ? at->wall.ms : 0,
					.quality = at->quality };
	++*held(s, r->kind);
	err = drain_memory(s);
	before = s->frames;
	if (!err)
		err = append(s, r);
	if (!err)
		return 0;
	s->count.write_errors++;
	if (s->memory_n > 0 || s->frames <= before)
		memory_put(s, r);
	return err;
}

int spool_put_news(struct spool *s, const struct moment *at, const struct verdict *v)
{
	struct record r = { .kind = RECORD_NEWS, .verdict = *v };

	s->count.news++;
	return put(s, &r, at);
}

int spool_put_sample(struct spool *s, const struct moment *at, const struct sample *m)
{
	struct record r = { .kind = RECORD_SAMPLE, .sample = *m };

	s->count.samples++;
	return put(s, &r, at);
}

int spool_flush(struct spool *s)
{
	int err = drain_memory(s);

	if (!err && s->unsynced > 0) {
		err = s->disk->sync(s->disk->self);
		if (!err)
			s->unsynced = 0;
	}
	return err;
}

/* ---- letting go ---- */

/*
 * The gateway has stored numbers of this boot that we do not remember giving. Under our old numbers
 * the records held would be taken for those, and be lost.
 */
static void jump(struct spool *s, uint64_t seq)
{
	struct sieve v = { .how = RENUMBER, .seq = seq };

	if (s->begun && rewrite(s, &v) != 0) {
		s->count.write_errors++;
		return; /* the gateway will say it again */
	}
	for (unsigned i = 0; i < s->memory_n; i++)
		s->memory[i].head.seq = ++v.seq;
	s->next_seq = v.seq + 1;
	s->shuffles++;
	s->count.jumped++;
}

static void let_go(struct spool *s, uint64_t pos, enum record_kind kind)
{
	forget_one(s, kind);
	s->count.acked++;
	s->front = pos + 1;
	if (pos >= file_end(s)) {
		s->memory_n--;
		memmove(&s->memory[0], &s->memory[1], s->memory_n * sizeof s->memory[0]);
		s->base++; /* the file's own positions are all behind the front now */
	}
}

/*
 * Remember it over a restart, or every boot to come would send everything again. Not synced: that
 * costs no wear of its own, and one that gets lost only means that records come twice.
 */
static void note_acked(struct spool *s, uint64_t boot, uint64_t seq, uint64_t gone)
{
	const struct record acked = { .kind = RECORD_ACKED, .head = { .boot = boot, .seq = seq } };
	uint8_t buf[FRAME_LEN];

	if (gone == 0 || s->unnoted == 0 || (spool_held(s) > 0 && s->unnoted < SPOOL_NOTE))
		return;
	/* Records in memory would change their positions. */
	if (!s->begun || s->memory_n > 0 || full(s))
		return;
	frame_encode(buf, &acked);
	if (s->disk->append(s->disk->self, buf, sizeof buf) != 0)
		return;
	s->frames++;
	s->unnoted = 0;
}

uint64_t spool_ack(struct spool *s, uint64_t boot, uint64_t seq)
{
	uint64_t gone = 0, pos = s->front;
	struct record r;

	if (boot == s->boot && seq >= s->next_seq) {
		jump(s, seq);
		return 0;
	}
	while (spool_peek(s, &pos, &r) && r.head.boot == boot && r.head.seq <= seq) {
		let_go(s, pos, r.kind);
		gone++;
		s->unnoted++;
		pos = s->front;
	}
	if (!spool_peek(s, &pos, &r))
		s->held_news = s->held_samples = 0;
	if (gone > 0 && s->begun && s->frames * FRAME_LEN > SPOOL_COMPACT &&
	    (s->front - s->base) * 2 >= s->frames && rewrite_how(s, KEEP_ALL) != 0)
		s->count.write_errors++;
	note_acked(s, boot, seq, gone);
	if (spool_held(s) == 0)
		s->front = spool_end(s);
	return gone;
}
