/* SPDX-License-Identifier: Apache-2.0 */
/* commune_plan: planned work and published power cuts. Part of commune. */
#include "gateway/commune_parts.h"

void commune_windows(struct commune *c, const struct windows *w, mono_t now)
{
	c->windows = w;
	c->windows_due = now;
}

static void set_planned(struct commune *c, struct place *p, bool planned, mono_t now, wall_t wall)
{
	struct row row = { .at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_PLANNED };

	outage_planned_body(&row, planned);
	commune_row(c, p, &row, now);
}

void commune_plan(struct commune *c, mono_t now, wall_t wall)
{
	wall_t next = { INT64_MAX };

	c->windows_due = MONO_NEVER;
	for (size_t i = 0; i < c->roster->n_points; i++) {
		enum window_kind kind;
		wall_t until;
		bool planned =
			c->windows && windows_at(c->windows, c->roster, i, wall, &kind, &until);

		if (planned != c->place[i].planned)
			set_planned(c, &c->place[i], planned, now, wall);
	}
	if (c->windows)
		next = windows_next(c->windows, wall);
	if (next.ms != INT64_MAX)
		c->windows_due = mono_after(now, next.ms - wall.ms);
}

/* Power that comes back a little after the promised end is no news; a camera is no matter of the
 * power company's. */
wall_t commune_excused(const struct commune *c, const struct incident *i, size_t point, wall_t wall)
{
	static const wall_t no = { 0 };
	enum window_kind kind;
	wall_t until;

	if (!c->windows)
		return no;
	if (!windows_at(c->windows, c->roster, point, wall, &kind, &until) &&
	    !windows_at(c->windows, c->roster, point, i->from, &kind, &until))
		return no;
	if (kind == WINDOW_WORK)
		return until;
	if (i->cause == CAUSE_CAMERA || i->cause == CAUSE_DEVICE)
		return no;
	return (wall_t){ until.ms + c->o->cut_grace_ms };
}
