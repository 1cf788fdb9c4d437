/* SPDX-License-Identifier: Apache-2.0 */
/* tally: how many messages the broker refused on our behalf, as its plugin tells the gateway. */
#include "mesh/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] = "refused ";

size_t tally_draw(char text[static TALLY_TEXT], const struct tally *t)
{
	return (size_t)snprintf(text, TALLY_TEXT, "%s%" PRIu64 " %s", head, t->refused, t->last);
}

bool tally_read(struct tally *t, const void *buf, size_t len)
{
	char text[TALLY_TEXT] = "", again[TALLY_TEXT];
	struct tally got = { 0 };
	char *end;

	if (len >= sizeof text || memchr(buf, '\0', len) || len < sizeof head)
		return false;
	memcpy(text, buf, len);
	got.refused = strtoull(text + sizeof head - 1, &end, 10);
	if (got.refused == 0 || *end != ' ' || !point_code_ok(end + 1))
		return false;
	snprintf(got.last, sizeof got.last, "%s", end + 1);
	/* One number has one form: no sign, no leading nought, no overflow. */
	tally_draw(again, &got);
	if (strcmp(again, text) != 0)
		return false;
	*t = got;
	return true;
}
