/* SPDX-License-Identifier: Apache-2.0 */
/* watch: all that happens at one point, line by line, to find out why a year went wrong. */
#include "tests/year/watch.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(const struct world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct world *w, const char *format, ...)
{
	va_list args;

	printf("day %d %02d:%02d:%02d.%03d  ", (int)(w->now / DAY), (int)(w->now / HOUR % 24),
	       (int)(w->now / MINUTE % 60), (int)(w->now / 1000 % 60), (int)(w->now % 1000));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

void watch_message(const struct world *w, const char *topic, const uint8_t *buf, size_t len,
		   unsigned refused)
{
	enum wire_kind kind = WIRE_BEAT;
	struct wire_news n;

	if (!w->watched || strcmp(topic, w->watched->topic) != 0)
		return;
	wire_kind_of(&kind, buf, len);
	if (kind == WIRE_NEWS && wire_news_decode(&n, buf, len) == WIRE_OK)
		say(w, "    news %" PRIu64 " of boot %04x: %s, age %" PRId64 ", %u more%s%s",
		    n.head.seq, (unsigned)(n.head.boot & 0xffff), cause_str(n.verdict.cause),
		    n.age_ms, n.more, refused ? ", " : "", refused ? refusal_str(refused) : "");
	else
		say(w, "    %s%s%s", wire_kind_str(kind), refused ? ", " : "",
		    refused ? refusal_str(refused) : "");
}

static void watch_outage(const struct world *w, const struct outage *o)
{
	say(w, "        outage %" PRId64 " since %" PRId64 " s%s: %s %s, incident %" PRId64, o->id,
	    (world_wall(w).ms - o->from.ms) / 1000, o->until.ms ? ", over" : "", sure_str(o->sure),
	    cause_str(o->cause), o->incident);
}

void watch_act(const struct world *w, const struct act *a)
{
	const struct site *s = w->watched;
	const struct incident *i;

	if (!s)
		return;
	if (a->kind == ACT_ROW && (a->point == s->i || a->u.row.point[0] == '\0') &&
	    a->u.row.kind != ROW_NEWS)
		say(w, "        row %s%s",
		    a->u.row.point[0] ? "" : "of the gateway: ", row_kind_str(a->u.row.kind));
	if (a->kind == ACT_OUTAGE && a->u.outage.point == s->i)
		watch_outage(w, &a->u.outage);
	if (a->kind == ACT_SEND && a->point == s->i)
		say(w, "        sends");
	if (a->kind != ACT_TELL || a->u.tell.receiver != 0)
		return;
	i = &a->u.tell.notice->incident;
	if (i->point == s->i || score_part(w, s->i, i->id))
		say(w, "        TELLS %s %" PRId64 ", %s %s %s, %u points, %u open",
		    tell_str(a->u.tell.notice->what), i->id, scope_str(i->scope), sure_str(i->sure),
		    cause_str(i->cause), i->points, i->open);
}

void watch_truth(const struct world *w, const struct site *s, enum fault way)
{
	if (s == w->watched && way != w->truth.point[s->i].spells[TRACK_WAY].now.kind)
		say(w, "truth: %s%s", way == FAULTS ? "well" : fault_kinds[way].name,
		    s->path ? "" : ", cannot be heard");
}
