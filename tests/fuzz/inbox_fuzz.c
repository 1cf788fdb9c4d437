/* SPDX-License-Identifier: Apache-2.0 */
/* inbox: a file of any name with anything in it, where text messages come in. */
#include "gateway/reply_sms.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name(const uint8_t *data, size_t size)
{
	char number[REPLY_SMS_NUMBER], *text = malloc(size + 1);
	size_t shared;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (reply_sms_name(text, number, &shared) &&
	    (shared >= strlen(text) || strlen(number) >= sizeof number || strchr(number, '/') ||
	     strncmp(text + shared - strlen(number), number, strlen(number)) != 0))
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t room = size ? 1 + data[0] : 1;
	char *out = malloc(room);

	if (!out)
		abort();
	if (!memchr(data, '/', size)) /* no file's name has one */
		name(data, size);
	reply_sms_text(out, room, data, size);
	if (strlen(out) >= room)
		abort();
	free(out);
	return 0;
}
