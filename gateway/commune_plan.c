/* SPDX-License-Identifier: Apache-2.0 */
/* commune_plan: planned work and published power cuts. Part of commune. */
#include "gateway/commune_parts.h"

void commune_windows(struct commune *c, const struct windows *w, mono_t now)
{
	c->windows = w;
	c->windows_due = now;
}

/* A window that ended before its time was taken back, and excuses nothing. */
void commune_plan_row(struct place *p, const struct row *row)
{
	const struct planned said = outage_planned_of(row);

	if (said.begins) {
		if (!p->planned)
			p->window.from = row->at;
		p->window.kind = said.kind;
		p->window.until = said.until;
	} else if (p->planned && row->at.ms < p->window.until.ms) {
		p->window.until.ms = 0;
	}
	p->planned = said.begins;
}

static void set_planned(struct commune *c, struct place *p, const struct planned *said, mono_t now,
			wall_t wall)
{
	struct row row = { .at = wall, .stored = wall, .how = STAMP_OWN, .kind = ROW_PLANNED };

	outage_planned_body(&row, said);
	commune_row(c, p, &row, now);
}

void commune_plan(struct commune *c, mono_t now, wall_t wall)
{
	wall_t next = { INT64_MAX };

	c->windows_due = MONO_NEVER;
	for (size_t i = 0; i < c->roster->n_points; i++) {
		struct place *p = &c->place[i];
		struct planned is = { .begins = false };

		is.begins = c->windows &&
			    windows_at(c->windows, c->roster, i, wall, &is.kind, &is.until);
		if (is.begins != p->planned ||
		    (is.begins && (is.kind != p->window.kind || is.until.ms != p->window.until.ms)))
			set_planned(c, p, &is, now, wall);
	}
	if (c->windows)
		next = windows_next(c->windows, wall);
	if (next.ms != INT64_MAX)
		c->windows_due = mono_after(now, next.ms - wall.ms);
}

bool commune_plan_holds(const struct place *p, wall_t at)
{
	return p->planned || (p->window.until.ms != 0 && at.ms >= p->window.from.ms &&
			      at.ms < p->window.until.ms);
}

/* Power that comes back a little after the promised end is no news; a camera is no matter of the
 * power company's. */
wall_t commune_excused(const struct commune *c, const struct incident *i, size_t point)
{
	static const wall_t no = { 0 };
	const struct place *p = &c->place[point];

	if (!commune_plan_holds(p, i->from))
		return no;
	if (p->window.kind == WINDOW_WORK)
		return p->window.until;
	if (i->cause == CAUSE_CAMERA || i->cause == CAUSE_DEVICE)
		return no;
	return p->window.until.ms == INT64_MAX
		       ? p->window.until
		       : (wall_t){ p->window.until.ms + c->o->cut_grace_ms };
}
