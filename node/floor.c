/* SPDX-License-Identifier: Apache-2.0 */
/* floor: a time that it certainly is by now, kept across boots. */
#include "node/floor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * The file: milliseconds since 1970, twice, in a line that a person can read. Half of it, or a
 * mixture of two, is no file. It is replaced, never changed.
 */
enum { FILE_LEN = 28, LEAST_MS = 60 * 1000 };
#define FILE_FORMAT "%013" PRId64 " %013" PRId64 "\n"

/* Nothing of ours ran before 2026-01-01; and what says that it is 2046 knows nothing. */
static const wall_t earliest = { INT64_C(1767225600000) }, latest = { INT64_C(2398377600000) };

static bool believable(wall_t t)
{
	return t.ms >= earliest.ms && t.ms < latest.ms;
}

static bool number(const char *digits, int64_t *out)
{
	*out = 0;
	for (int i = 0; i < 13; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		*out = *out * 10 + (digits[i] - '0');
	}
	return true;
}

static bool file_says(const char text[static FILE_LEN], wall_t *out)
{
	int64_t again;

	return number(text, &out->ms) && number(text + 14, &again) && again == out->ms &&
	       text[13] == ' ' && text[27] == '\n' && believable(*out);
}

int floor_open(struct floor *f, const struct disk *disk, mono_t now)
{
	char text[FILE_LEN];
	int64_t size = disk->size(disk->self), n;
	wall_t says;

	*f = (struct floor){ .disk = disk, .at = now, .due = now };
	if (size <= 0)
		return (int)size;
	n = size == FILE_LEN ? disk->read(disk->self, 0, text, FILE_LEN) : 0;
	if (n < 0)
		return (int)n;
	if (n != FILE_LEN || !file_says(text, &says))
		return -EBADMSG;
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
	char text[FILE_LEN + 1];
	int err;

	snprintf(text, sizeof text, FILE_FORMAT, says.ms, says.ms);
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
