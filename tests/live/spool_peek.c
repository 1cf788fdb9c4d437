/* SPDX-License-Identifier: Apache-2.0 */
/* spool_peek FILE BOOT: what a stopped node's spool says, for tests. BOOT: the boot id in hex. */
#include "node/disk_file.h"
#include "node/spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	static struct spool spool;
	struct disk disk = { 0 };
	char boot[17] = "";
	int e;

	if (argc != 3) {
		fprintf(stderr, "usage: spool_peek FILE BOOT\n");
		return 2;
	}
	e = disk_file_open(&disk, argv[1]);
	if (e < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-e));
		return 1;
	}
	memcpy(boot, argv[2], strnlen(argv[2], sizeof boot - 1));
	e = spool_open(&spool, &disk, 1 << 30, strtoull(boot, NULL, 16), (mono_t){ 0 });
	printf("next=%" PRIu64 " held=%" PRIu64 " lost=%" PRIu64 " torn=%" PRIu64 "\n",
	       spool.next_seq, spool_held(&spool), spool.count.lost, spool.count.torn);
	disk_file_close(&disk);
	return e < 0;
}
