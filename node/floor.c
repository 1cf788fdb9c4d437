/* SPDX-License-Identifier: Apache-2.0 */
/* floor: a time that it certainly is by now, kept across boots. */
#include "node/floor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * The file: milliseconds since 1970, the month's bytes and its seconds; all of it twice, in a line
 * that a person can read. Half of it, or a mixture of two, is no file. It is replaced, never
 * changed.
 */
enum { DIGITS = 13, HALF_LEN = 3 * DIGITS + 2, FILE_LEN = 2 * HALF_LEN + 2, LEAST_MS = 60 * 1000 };
#define HALF_FORMAT "%013" PRId64 " %013" PRIu64 " %013" PRId64
static const uint64_t most = UINT64_C(9999999999999); /* thirteen digits */

/* Nothing of ours ran before 2026-01-01; and what says that it is 2046 knows nothing. */
static const wall_t earliest = { INT64_C(1767225600000) }, latest = { INT64_C(2398377600000) };

static bool believable(wall_t t)
{
	return t.ms >= earliest.ms && t.ms < latest.ms;
}

static bool number(const char *digits, int64_t *out)
{
	*out = 0;
	for (int i = 0; i < DIGITS; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		*out = *out * 10 + (digits[i] - '0');
	}
	return true;
}

static bool file_says(const char text[static FILE_LEN], wall_t *out, struct floor_month *month)
{
	int64_t bytes, s;

	if (memcmp(text, text + HALF_LEN + 1, HALF_LEN) != 0 || text[HALF_LEN] != ' ' ||
	    text[FILE_LEN - 1] != '\n' || text[DIGITS] != ' ' || text[2 * DIGITS + 1] != ' ')
		return false;
	if (!number(text, &out->ms) || !number(text + DIGITS + 1, &bytes) ||
	    !number(text + 2 * DIGITS + 2, &s) || !believable(*out))
		return false;
	*month = (struct floor_month){ (uint64_t)bytes, s * 1000 };
	return true;
}

int floor_open(struct floor *f, const struct disk *disk, mono_t now)
{
	char text[FILE_LEN];
	int64_t size = disk->size(disk->self), n;
	struct floor_month month;
	wall_t says;

	*f = (struct floor){ .disk = disk, .at = now, .due = now };
	if (size <= 0)
		return (int)size;
	n = size == FILE_LEN ? disk->read(disk->self, 0, text, FILE_LEN) : 0;
	if (n < 0)
		return (int)n;
	if (n != FILE_LEN || !file_says(text, &says, &month))
		return -EBADMSG;
	f->month = month;
	f->known = f->kept = says; /* which was before now; how long before, nobody knows */
	return 0;
}

enum clock_quality floor_look(struct floor *f, wall_t *wall, enum clock_quality quality, mono_t now)
{
	wall_t least = { f->known.ms + mono_since(now, f->at) };

	if (quality == CLOCK_NTP) {
		if (believable(*wall)) {
			f->known = *wall;
			f->at = now;
		}
		return quality;
	}
	if (f->known.ms == 0 || wall->ms >= least.ms)
		return quality;
	*wall = least;
	return CLOCK_FLOOR;
}

static int write_file(struct floor *f, wall_t says)
{
	const struct disk *d = f->disk;
	const uint64_t bytes = f->month.bytes < most ? f->month.bytes : most;
	const int64_t s = f->month.ms / 1000;
	char text[FILE_LEN + 1];
	int err;

	snprintf(text, sizeof text, HALF_FORMAT " " HALF_FORMAT "\n", says.ms, bytes, s, says.ms,
		 bytes, s);
	err = d->begin(d->self);
	if (err == 0)
		err = d->add(d->self, text, FILE_LEN);
	if (err == 0)
		err = d->commit(d->self);
	if (err == 0)
		f->kept = says;
	return err;
}

int floor_keep(struct floor *f, bool last, mono_t now)
{
	/* What NTP said last, not what has passed since: nobody vouches for that. */
	int64_t gain = f->known.ms - f->kept.ms;
	bool lower = gain < 0, worth = gain >= (last ? LEAST_MS : FLOOR_KEEP_MS);

	if (!lower && !worth)
		return 0;
	if (!last && !mono_reached(now, f->due))
		return 0;
	f->due = mono_after(now, FLOOR_KEEP_MS);
	return write_file(f, f->known);
}
