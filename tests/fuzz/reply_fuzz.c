/* SPDX-License-Identifier: Apache-2.0 */
/* reply: whatever anybody sends to our number, our bot or our mailbox. */
#include "gateway/reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_code(const char *c)
{
	if (c[0] < '0' || c[0] > '9' || c[1] < 'A' || c[1] > 'Z' || c[1] == 'I' || c[1] == 'O' ||
	    c[2] < '0' || c[2] > '9' || c[3])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char code[NOTICE_CODE] = "before", again[NOTICE_CODE], said[16] = "ok ";
	char *text = malloc(size + 1);
	enum reply_err err;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	err = reply_read(code, text);
	free(text);
	if (err != REPLY_OK) {
		if (strcmp(code, "before") != 0)
			abort();
		return 0;
	}
	is_code(code);
	strcat(said, code);
	if (reply_read(again, said) != REPLY_OK || strcmp(again, code) != 0)
		abort();
	return 0;
}
