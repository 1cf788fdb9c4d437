/* SPDX-License-Identifier: Apache-2.0 */
/* village: who lives where; a commune made up from the plan. */
#include "tests/year/world.h"

#include <stdio.h>

struct names {
	char (*hamlet)[NAMES], (*transformer)[NAMES], (*provider)[NAMES];
	struct roster_hamlet *hamlets;
	struct roster_point *points;
};

static const struct receiver receivers[] = {
	{ .id = "log", .name = "log", .role = ROLE_MACHINE }, /* the first is judged by */
	{ .id = "technician", .name = "anh Bình", .role = ROLE_TECHNICIAN },
	{ .id = "duty", .name = "trực ban", .role = ROLE_DUTY },
	{ .id = "leader",
	  .name = "chị Hoa",
	  .role = ROLE_LEADER,
	  .quiet_from = 1320,
	  .quiet_until = 360 },
};

static const struct roster_camera cameras[] = {
	{ "gate", "" },
	{ "yard", "" },
	{ "road", "" },
};

static void *many(size_t n, size_t each)
{
	void *at = calloc(n, each);

	if (!at)
		abort();
	return at;
}

static char (*name_all(const char *letter, unsigned n))[NAMES]
{
	char(*at)[NAMES] = many(n, sizeof *at);

	for (unsigned i = 0; i < n; i++)
		snprintf(at[i], sizeof at[i], "%s%u", letter, i + 1);
	return at;
}

static void furnish(struct world *w, struct site *s)
{
	const unsigned *share = w->plan->share;
	struct chance *c = &w->chance;

	s->battery = chance_hit(c, share[SHARE_BATTERY]);
	s->router_ups = s->battery && chance_hit(c, share[SHARE_ROUTER_UPS]);
	s->cams_n = (uint8_t)chance_between(c, 1, 4);
	s->quality = CLOCK_NEVER;
	if (chance_hit(c, share[SHARE_NTP])) {
		s->quality = CLOCK_NTP;
	} else if (chance_hit(c, share[SHARE_FLOOR] * 1000 / (1000 - share[SHARE_NTP] + 1))) {
		s->quality = CLOCK_FLOOR;
		s->clock_late_ms = chance_between(c, HOUR, 20 * DAY);
	}
}

static void settle(struct world *w, struct names *n, uint32_t i)
{
	const struct plan *p = w->plan;
	struct site *s = &w->site[i];
	unsigned slot = (unsigned)chance_between(&w->chance, 0, p->pace_s);

	s->i = i;
	s->transformer = i * p->transformers / p->points; /* neighbours */
	s->hamlet = i * p->hamlets / p->points;
	s->provider = (uint32_t)chance_between(&w->chance, 0, p->providers);
	snprintf(s->code, sizeof s->code, "H%u-%u", s->hamlet + 1, i + 1);
	topic_up_draw(s->topic, s->code);
	s->next = w->slot[slot];
	w->slot[slot] = s;
	furnish(w, s);
	n->points[i] = (struct roster_point){ .code = s->code,
					      .hamlet = n->hamlet[s->hamlet],
					      .household = "",
					      .phone = "",
					      .provider = n->provider[s->provider],
					      .transformer = n->transformer[s->transformer],
					      .relay = "",
					      .cameras = cameras,
					      .n_cameras = s->cams_n };
}

/* A relay serves those that come after it. */
static void relay(struct world *w, struct names *n, uint32_t at)
{
	struct site *s = &w->site[at];

	for (uint32_t k = 0; k < RELAYED && at + 1 + k < w->plan->points; k++) {
		struct site *b = s + 1 + k;

		b->relay = s;
		s->behind[k] = b;
		b->provider = s->provider;
		n->points[b->i].provider = n->points[at].provider;
		n->points[b->i].relay = s->code;
	}
}

void village_build(struct world *w)
{
	const struct plan *p = w->plan;
	struct names *n = many(1, sizeof *n);

	w->names = n;
	w->site = many(p->points, sizeof *w->site);
	w->slot = many(p->pace_s, sizeof(struct site *));
	n->hamlet = name_all("H", p->hamlets);
	n->transformer = name_all("T", p->transformers);
	n->provider = name_all("P", p->providers);
	n->hamlets = many(p->hamlets, sizeof *n->hamlets);
	n->points = many(p->points, sizeof *n->points);
	for (unsigned i = 0; i < p->hamlets; i++)
		n->hamlets[i] = (struct roster_hamlet){ n->hamlet[i], n->hamlet[i] };
	for (uint32_t i = 0; i < p->points; i++)
		settle(w, n, i);
	for (uint32_t i = 0; i < p->relays; i++)
		relay(w, n, i * p->points / p->relays);
	w->roster = (struct roster){ .commune = "Year",
				     .hamlets = n->hamlets,
				     .n_hamlets = p->hamlets,
				     .points = n->points,
				     .n_points = p->points,
				     .receivers = receivers,
				     .n_receivers = sizeof receivers / sizeof receivers[0] };
}

void village_free(struct world *w)
{
	struct names *n = w->names;

	free(n->hamlet);
	free(n->transformer);
	free(n->provider);
	free(n->hamlets);
	free(n->points);
	free(n);
	free(w->site);
	free(w->slot);
}
