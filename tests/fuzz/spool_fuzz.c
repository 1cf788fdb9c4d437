/* SPDX-License-Identifier: Apache-2.0 */
/* spool: any bytes as the file, then any story of puts, acks, restarts, and disks that do not
 * write, sync or read. */
#include "node/spool.h"
#include "tests/fakes/disk_mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STORY = 64, LIMIT = SPOOL_LEAST * 2 };

static uint64_t newest; /* highest number this boot has used */

static void put(struct spool *s, uint8_t what, int64_t t)
{
	struct moment at = { .t = { t }, .wall = { t }, .quality = CLOCK_FLOOR };
	struct verdict v = { .cause = CAUSE_POWER, .sure = SURE_CONFIRMED };
	struct sample m = { .lost = what % 101 };

	if (what & 1)
		spool_put_news(s, &at, &v);
	else
		spool_put_sample(s, &at, &m);
	/* A number is never given twice. */
	if (s->next_seq <= newest)
		abort();
	newest = s->next_seq - 1;
}

/* Reading from front to end comes to an end, and numbers of one boot only rise. */
static void walk(struct spool *s)
{
	uint64_t pos = spool_front(s), last_boot = 0, last_seq = 0, steps = 0;
	struct record r;

	while (spool_peek(s, &pos, &r)) {
		if (r.kind == RECORD_HEAD || ++steps > 100000)
			abort();
		if (r.head.boot == last_boot && s->boot == last_boot && r.head.seq <= last_seq)
			abort();
		last_boot = r.head.boot;
		last_seq = r.head.seq;
		pos++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spool s;
	struct disk_mem disk;
	size_t story = size < STORY ? size : STORY;
	int64_t t = 1000;

	disk_mem_init(&disk);
	disk_mem_fill(&disk, data + story, size - story);
	newest = 0;
	spool_open(&s, &disk.disk, LIMIT, 7, (mono_t){ t });
	newest = s.next_seq - 1;
	for (size_t i = 0; i < story; i++) {
		uint8_t what = data[i];

		t += 1000;
		switch (what % 8) {
		case 0: /* the disk refuses, and later does not */
			disk.fail_write = disk.fail_write ? 0 : -5;
			break;
		case 1:
			spool_ack(&s, 7, s.next_seq - 1 - what / 32 % (s.next_seq));
			break;
		case 2:
			disk.fail_sync = disk.fail_sync ? 0 : -5;
			break;
		case 3:
			disk.fail_read = disk.fail_read ? 0 : -5;
			break;
		case 4: /* the program begins again, in the same boot */
			spool_open(&s, &disk.disk, LIMIT, 7, (mono_t){ t });
			if (s.next_seq <= newest)
				abort();
			break;
		default:
			put(&s, what, t);
			break;
		}
		walk(&s);
	}
	disk_mem_free(&disk);
	return 0;
}
