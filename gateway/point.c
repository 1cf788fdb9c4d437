/* SPDX-License-Identifier: Apache-2.0 */
/* point: do we hear it? Suspect, ask, and only then dark. */
#include "gateway/point.h"

#include <assert.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A dark point is asked again this often: it may be connected and believe that we are away. */
enum { AGAIN_MS = 15 * 60 * 1000 };

static const char *const contact_names[] = {
	[CONTACT_UNKNOWN] = "unknown",
	[CONTACT_UP] = "up",
	[CONTACT_SUSPECT] = "suspect",
	[CONTACT_DARK] = "dark",
};
static_assert(COUNT(contact_names) == CONTACTS, "name every contact");

const char *contact_str(enum contact c)
{
	size_t i = (size_t)c;

	return i < COUNT(contact_names) ? contact_names[i] : "?";
}

void point_init(struct point *p, bool known, uint16_t pace_s)
{
	*p = (struct point){ .contact = CONTACT_UNKNOWN,
			     .known = known,
			     .heard = MONO_NEVER,
			     .due = MONO_NEVER,
			     .pace_ms = (int64_t)pace_s * 1000 };
}

static unsigned heard(struct point *p, const struct commune_options *o, mono_t now)
{
	unsigned back = p->present ? 0 : POINT_BACK;

	p->contact = CONTACT_UP;
	p->known = p->present = true;
	p->heard = now;
	p->due = mono_after(now, p->pace_ms + o->grace_ms);
	return back;
}

static unsigned silence(struct point *p, const struct commune_options *o, mono_t now)
{
	if (!mono_reached(now, p->due))
		return 0;
	switch (p->contact) {
	case CONTACT_UNKNOWN: /* we see, it was known before, and it does not come: ask it too */
	case CONTACT_UP:
		p->contact = CONTACT_SUSPECT;
		p->due = mono_after(now, o->ask_ms);
		return POINT_ASK;
	case CONTACT_SUSPECT:
		p->contact = CONTACT_DARK;
		p->present = false;
		p->due = mono_after(now, AGAIN_MS);
		return POINT_GONE;
	case CONTACT_DARK:
		p->due = mono_after(now, AGAIN_MS);
		return POINT_ASK;
	case CONTACTS:
		break;
	}
	return 0;
}

unsigned point_step(struct point *p, enum point_input in, const struct commune_options *o,
		    mono_t now)
{
	switch (in) {
	case POINT_HEARD:
		return heard(p, o, now);
	case POINT_WILL:
		/* A hint, never the proof: it may be dialling again this very second. */
		if (p->contact != CONTACT_UP)
			return 0;
		p->contact = CONTACT_SUSPECT;
		p->due = mono_after(now, o->grace_ms);
		return POINT_ASK;
	case POINT_TIME:
		return silence(p, o, now);
	case POINT_BLIND:
		p->contact = CONTACT_UNKNOWN;
		p->present = false;
		p->due = MONO_NEVER;
		return 0;
	case POINT_SIGHT:
		/* A point never heard from is not lost; it is not installed yet. The others dial
		 * again in their own time. */
		if (p->known)
			p->due = mono_after(now, p->pace_ms + o->grace_ms + o->sight_ms);
		return 0;
	}
	return 0;
}
