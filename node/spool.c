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

static int take_over(struct spool *s);

/* What reading one frame comes to. */
enum reading {
	READ_WELL,
	READ_BAD,  /* it is there, and damaged */
	READ_AWAY, /* the disk does not give it now, and may later */
};

/* A page that once did not come and now does: the disk only had a bad moment. */
static void page_came(struct spool *s, uint64_t frame)
{
	if (s->read_fails > 0 && frame == s->failed_at)
		s->read_fails = 0;
}

static bool page_load(struct spool *s, uint64_t frame)
{
	uint64_t n = s->frames - frame;
	int64_t got;

	if (n > SPOOL_PAGE)
		n = SPOOL_PAGE;
	if (s->read_fails >= SPOOL_PATIENCE)
		n = 1; /* lose no more than what cannot be read */
	s->page_n = 0;
	got = s->disk->read(s->disk->self, frame * FRAME_LEN, s->page, (size_t)n * FRAME_LEN);
	if (got < 0) {
		s->failed_at = frame;
		s->read_err = (int)got;
		if (s->read_fails < SPOOL_PATIENCE)
			s->read_fails++;
		return false;
	}
	page_came(s, frame);
	s->page_at = frame;
	s->page_n = (unsigned)(got / FRAME_LEN);
	return true;
}

static enum reading frame_read(struct spool *s, uint64_t frame, struct record *out)
{
	if ((frame < s->page_at || frame >= s->page_at + s->page_n) && !page_load(s, frame))
		return s->read_fails < SPOOL_PATIENCE ? READ_AWAY : READ_BAD;
	if (frame >= s->page_at + s->page_n)
		return READ_BAD;
	return frame_decode(out, s->page + (frame - s->page_at) * FRAME_LEN) ? READ_WELL : READ_BAD;
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

/* The first record at *pos or after it that lies in the file. READ_BAD: there is none. */
static enum reading file_peek(struct spool *s, uint64_t *pos, struct record *out)
{
	struct record r;

	for (uint64_t p = *pos < s->front ? s->front : *pos; p < file_end(s); p++) {
		enum reading got = frame_read(s, p - s->base, &r);

		if (got == READ_AWAY)
			return got;
		if (got == READ_WELL && is_record(&r)) {
			*pos = p;
			*out = r;
			return got;
		}
	}
	return READ_BAD;
}

bool spool_peek(struct spool *s, uint64_t *pos, struct record *out)
{
	enum reading got;
	uint64_t p;

	if (s->unread)
		take_over(s);
	got = file_peek(s, pos, out);
	if (got != READ_BAD)
		return got == READ_WELL;
	p = *pos > file_end(s) ? *pos : file_end(s);
	if (p >= spool_end(s))
		return false;
	*pos = p;
	*out = s->memory[p - file_end(s)];
	return true;
}

/* A head says which number its boot uses next; a record right after it that has a later one was
 * given it by a program that began again. Before the first head of a file nothing is known. */
uint64_t spool_skips(struct spool *s, uint64_t pos, const struct record *r)
{
	struct record head;

	if (pos >= file_end(s))
		return s->skips && r->head.boot == s->boot && r->head.seq == s->first_seq
			       ? s->skips
			       : r->head.seq;
	if (pos - 1 > s->base && frame_read(s, pos - 1 - s->base, &head) == READ_WELL &&
	    head.kind == RECORD_HEAD && head.head.boot == r->head.boot &&
	    head.head.seq < r->head.seq)
		return head.head.seq;
	return r->head.seq;
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

static struct record head_of(uint64_t boot, uint64_t next_seq)
{
	return (struct record){ .kind = RECORD_HEAD, .head = { .boot = boot, .seq = next_seq } };
}

static int begin(struct spool *s, uint64_t next_seq)
{
	const struct record head = head_of(s->boot, next_seq);
	int err = s->disk->begin(s->disk->self);

	return err ? err : add(s, &head);
}

/* One record on its way into the new file. */
struct sieve {
	enum rewrite how;
	uint64_t samples, news; /* seen so far */
	uint64_t news_to_drop;
	uint64_t seq;   /* RENUMBER: the last number given */
	uint64_t skips; /* from here on, before the next one that stays; 0 none */
	uint64_t skips_boot;
	uint64_t kept; /* frames, with the heads between records */
	uint64_t gone_samples, gone_news;
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

/* A skip before a record that goes is one before the next of its boot that stays. */
static void sieve_skips(struct spool *s, struct sieve *v, uint64_t pos, const struct record *r)
{
	uint64_t from = spool_skips(s, pos, r);

	if (v->skips_boot != r->head.boot || v->how == RENUMBER)
		v->skips = 0;
	if (from < r->head.seq && v->skips == 0 && v->how != RENUMBER)
		v->skips = from;
	v->skips_boot = r->head.boot;
}

static int keep(struct spool *s, struct sieve *v, const struct record *r)
{
	const struct record head = head_of(r->head.boot, v->skips ? v->skips : 1);
	int err = v->skips ? add(s, &head) : 0;

	v->kept += v->skips ? 2 : 1;
	v->skips = 0;
	return err ? err : add(s, r);
}

/* Records that the disk does not give now are not left behind. */
static int copy_held(struct spool *s, struct sieve *v)
{
	enum reading got = READ_WELL;
	struct record r;
	int err = 0;

	for (uint64_t pos = s->front; !err; pos++) {
		got = file_peek(s, &pos, &r);
		if (got != READ_WELL)
			break;
		sieve_skips(s, v, pos, &r);
		if (sieve_keeps(v, &r, s->boot)) {
			err = keep(s, v, &r);
		} else if (r.kind == RECORD_NEWS) {
			v->gone_news++;
		} else {
			v->gone_samples++;
		}
	}
	if (!err && (got == READ_AWAY || (s->read_fails >= SPOOL_PATIENCE && v->kept == 0)))
		err = s->read_err;
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

/* A record may come with a head. */
static bool full(const struct spool *s)
{
	return (s->frames + 2) * FRAME_LEN > s->limit;
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

	for (uint64_t i = front; i < frame; i++) {
		if (frame_read(s, i, &r) != READ_WELL || !is_record(&r) ||
		    r.head.boot != acked->boot)
			continue;
		if (r.head.seq > acked->seq)
			break; /* numbers of a boot rise */
		after = i + 1;
	}
	for (uint64_t i = front; i < after; i++)
		if (frame_read(s, i, &r) == READ_WELL && is_record(&r))
			forget_one(s, r.kind);
	s->front = s->base + after;
}

static void scan_frame(struct spool *s, struct scan *c, uint64_t i, const struct record *r)
{
	uint64_t next = r->head.seq + (r->kind != RECORD_HEAD);

	c->good = i + 1;
	if (r->kind == RECORD_HEAD) {
		c->headed |= i == 0;
	} else if (r->kind == RECORD_ACKED) {
		scan_acked(s, &r->head, i);
	} else {
		++*held(s, r->kind);
	}
	if (r->head.boot == s->boot && next > c->top)
		c->top = next;
}

/* 0; -errno when the disk does not give all of it now. */
static int scan(struct spool *s, struct scan *c)
{
	uint64_t bad = 0;
	struct record r;

	for (uint64_t i = 0; i < s->frames; i++) {
		enum reading got = frame_read(s, i, &r);

		if (got == READ_AWAY)
			return s->read_err;
		if (got == READ_BAD) {
			bad++;
			continue;
		}
		c->holes += bad;
		bad = 0;
		scan_frame(s, c, i, &r);
	}
	/* A disk that gives nothing at all is not one that has nothing. */
	return c->good == 0 && s->frames > 0 && s->read_fails > 0 ? s->read_err : 0;
}

static int cut(struct spool *s, uint64_t frames)
{
	s->page_n = 0;
	return s->disk->cut(s->disk->self, frames * FRAME_LEN);
}

/*
 * The number this boot uses next. One that may have been used before is worse than a gap: a program
 * that ran before us in this boot may have lived from memory, when the disk refused, and given
 * numbers that the file does not know. None of them is beyond the milliseconds of this boot.
 */
static void number_from(struct spool *s, uint64_t top)
{
	if (top > s->next_seq)
		s->next_seq = top;
	s->skips = top < s->first_seq ? top : 0;
}

/* Nothing is known of the file, and nothing of it is touched. */
static int stays_unread(struct spool *s, int err)
{
	s->frames = 0;
	s->front = s->base;
	s->held_news = s->held_samples = 0;
	for (unsigned i = 0; i < s->memory_n; i++)
		++*held(s, s->memory[i].kind);
	s->unread = true;
	return err;
}

static int take_over(struct spool *s)
{
	int64_t size = s->disk->size(s->disk->self);
	struct scan c = { 0 };
	bool torn;
	int err;

	if (size < 0)
		return stays_unread(s, (int)size);
	s->frames = (uint64_t)size / FRAME_LEN;
	err = scan(s, &c);
	if (err)
		return stays_unread(s, err);
	s->unread = false;
	s->shuffles++;
	torn = (uint64_t)size != c.good * FRAME_LEN;
	s->fresh = size == 0;
	s->lost = size > 0 && c.good == 0;
	s->count.lost += size != 0 && !c.headed;
	s->count.corrupt += c.holes;
	if (torn && c.good > 0)
		s->count.torn += s->frames - c.good + (size % FRAME_LEN != 0);
	number_from(s, c.top);
	s->frames = c.good;
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
	s->next_seq = s->first_seq = now.ms > 0 ? (uint64_t)now.ms : 1;
	err = take_over(s);
	s->count.write_errors += err != 0;
	return err;
}

bool spool_lost(const struct spool *s)
{
	return s->lost;
}

bool spool_fresh(const struct spool *s)
{
	return s->fresh;
}

/* ---- putting ---- */

/* A file that could not be begun, read, or made durable is tried anew. */
static int mend(struct spool *s)
{
	if (s->unread) {
		int err = take_over(s);

		if (err || s->begun)
			return err;
	}
	return rewrite_how(s, KEEP_ALL);
}

/*
 * Records in the file when *placed, whatever is returned. A sync that failed says nothing about
 * what arrived, and the next one does not try the same again: the file is not trusted any more, and
 * written anew.
 */
static int append(struct spool *s, const struct record *r, bool *placed)
{
	const struct record head = head_of(s->boot, s->skips ? s->skips : 1);
	const bool skips = s->skips && r->head.boot == s->boot && r->head.seq == s->first_seq;
	uint8_t buf[2 * FRAME_LEN];
	int err = s->begun ? 0 : mend(s);

	*placed = false;
	if (!err)
		err = make_room(s);
	if (err)
		return err;
	frame_encode(buf, &head);
	frame_encode(buf + FRAME_LEN, r);
	err = s->disk->append(s->disk->self, skips ? buf : buf + FRAME_LEN,
			      skips ? sizeof buf : FRAME_LEN);
	if (err)
		return err;
	s->frames += 1 + skips;
	*placed = true;
	if (r->kind == RECORD_SAMPLE && ++s->unsynced < SPOOL_SYNC_SAMPLES)
		return 0;
	err = s->disk->sync(s->disk->self);
	if (err)
		s->begun = false;
	else
		s->unsynced = 0;
	return err;
}

static int drain_memory(struct spool *s)
{
	bool placed;
	int err = 0;

	while (s->memory_n > 0 && !err) {
		err = append(s, &s->memory[0], &placed);
		if (placed)
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
	bool placed = false;
	int err;

	r->head = (struct record_head){ .boot = s->boot,
					.seq = s->next_seq++,
					.t_ms = at->t.ms,
					.wall.ms = at->wall.ms > 0 ? at->wall.ms : 0,
					.quality = at->quality };
	++*held(s, r->kind);
	err = drain_memory(s);
	if (!err)
		err = append(s, r, &placed);
	s->count.write_errors += err != 0;
	if (!placed)
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

	if (!err && !s->begun)
		err = mend(s);
	if (!err && s->unsynced > 0) {
		err = s->disk->sync(s->disk->self);
		if (err)
			s->begun = false;
		else
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

	if (s->frames > 0 && (rewrite(s, &v) != 0 || s->disk->sync(s->disk->self) != 0)) {
		s->count.write_errors++;
		return; /* the gateway will say it again */
	}
	for (unsigned i = 0; i < s->memory_n; i++)
		s->memory[i].head.seq = ++v.seq;
	s->next_seq = v.seq + 1;
	s->skips = 0;
	s->shuffles++;
	s->count.jumped++;
}

/* What is counted in the file, and was neither to be read nor waited for. */
static void pass_over(struct spool *s)
{
	s->count.corrupt += spool_held(s) - s->memory_n;
	s->held_news = s->held_samples = 0;
	for (unsigned i = 0; i < s->memory_n; i++)
		++*held(s, s->memory[i].kind);
}

static void let_go(struct spool *s, uint64_t pos, enum record_kind kind)
{
	if (pos >= file_end(s) && s->front < file_end(s))
		pass_over(s);
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
	pos = s->front;
	if (s->memory_n == 0 && file_peek(s, &pos, &r) == READ_BAD)
		pass_over(s);
	if (gone > 0 && s->begun && s->frames * FRAME_LEN > SPOOL_COMPACT &&
	    (s->front - s->base) * 2 >= s->frames && rewrite_how(s, KEEP_ALL) != 0)
		s->count.write_errors++;
	note_acked(s, boot, seq, gone);
	if (spool_held(s) == 0)
		s->front = spool_end(s);
	return gone;
}
