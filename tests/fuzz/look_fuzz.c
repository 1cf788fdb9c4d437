/* SPDX-License-Identifier: Apache-2.0 */
/* look: any line from the eye; a refusal changes nothing, what is accepted is drawn the same. */
#include "node/camera_look.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), again[CAMERA_LOOK_TEXT];
	struct camera_look l, before;

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	memset(&l, 0xa5, sizeof l);
	memcpy(&before, &l, sizeof l);
	if (camera_look_parse(line, &l)) {
		camera_look_draw(again, &l);
		if (strcmp(again, line) != 0 || (size_t)camera_look_says(&l) >= CAMERA_SAYINGS)
			abort();
	} else if (memcmp(&l, &before, sizeof l) != 0) {
		abort();
	}
	free(line);
	return 0;
}
