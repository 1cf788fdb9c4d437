/* SPDX-License-Identifier: Apache-2.0 */
/* promise: what nodes committed to their spools, so that the ledger can be held to it. */
#include "tests/sim/machine.h"
#include "tests/sim/promise.h"

#include <stdlib.h>

static void promise(struct world *w, struct machine *m, const struct record *r)
{
	if (w->promises.n == w->promises.room) {
		size_t room = w->promises.room ? 2 * w->promises.room : 256;
		struct promise *grown = realloc(w->promises.at, room * sizeof *grown);

		if (!grown)
			abort();
		w->promises.at = grown;
		w->promises.room = room;
	}
	w->promises.at[w->promises.n++] = (struct promise){ .machine = m,
							    .boot = r->head.boot,
							    .seq = r->head.seq,
							    .sample = r->kind == RECORD_SAMPLE };
}

void machine_note(struct world *w, struct machine *m)
{
	struct spool *s = &m->spool;
	uint64_t fresh = s->next_seq - m->noted_seq, end = spool_end(s), pos = spool_front(s);
	struct record r;

	if (fresh == 0)
		return;
	if (end - pos > fresh)
		pos = end - fresh;
	/* What is only in memory was not promised. */
	for (; spool_peek(s, &pos, &r); pos++) {
		if (r.head.boot != m->boot || r.head.seq < m->noted_seq)
			continue;
		if (pos < s->base + s->frames)
			promise(w, m, &r);
		else
			m->loose++;
	}
	m->noted_seq = s->next_seq;
}

static uint64_t stored_up_to(const struct world *w, uint32_t point, uint64_t boot)
{
	const struct memory *mem = &w->office.memory;

	for (size_t i = 0; i < mem->boots.n; i++)
		if (mem->boots.at[i].point == point && mem->boots.at[i].boot == boot)
			return mem->boots.at[i].seq;
	return 0;
}

size_t promise_kept(const struct world *w, const struct promise *p)
{
	const struct house *h = p->machine->house;

	if (p->sample)
		return stored_up_to(w, h->index, p->boot) >= p->seq;
	return memory_rows(&w->office.memory, h->p->code, ROW_NEWS, p->boot, p->seq);
}

bool promise_held(const struct promise *p)
{
	struct machine *m = p->machine;
	struct record r;

	/* A machine that is off still has its card. */
	for (uint64_t off = 0; !m->running && off + FRAME_LEN <= m->disk.len; off += FRAME_LEN)
		if (frame_decode(&r, m->disk.data + off) && r.kind != RECORD_HEAD &&
		    r.head.boot == p->boot && r.head.seq == p->seq)
			return true;
	if (!m->running)
		return false;
	for (uint64_t pos = spool_front(&m->spool); spool_peek(&m->spool, &pos, &r); pos++)
		if (r.head.boot == p->boot && r.head.seq == p->seq)
			return true;
	return false;
}

/* The spool lost its memory of this boot, and what it held has new numbers. */
void machine_renumbered(struct world *w, struct machine *m)
{
	size_t n = 0;

	if (m->spool.count.jumped == m->noted_jumps)
		return;
	m->noted_jumps = m->spool.count.jumped;
	for (size_t i = 0; i < w->promises.n; i++) {
		const struct promise *p = &w->promises.at[i];

		if (p->machine == m && p->boot == m->boot && !p->excused && promise_kept(w, p) == 0)
			continue;
		w->promises.at[n++] = *p;
	}
	w->promises.n = n;
	m->noted_seq = 1;
	machine_note(w, m);
}

void machine_excuse(struct world *w, struct machine *m, bool news)
{
	for (size_t i = 0; i < w->promises.n; i++) {
		struct promise *p = &w->promises.at[i];

		if (p->machine == m && !p->excused && (news || p->sample) &&
		    promise_kept(w, p) == 0 && !promise_held(p))
			p->excused = true;
	}
}
