/* SPDX-License-Identifier: Apache-2.0 */
/* lookout: does our own line reach the outside, and do our own mains feed us? */
#include "gateway/lookout.h"

#include "mesh/log.h"
#include "mesh/ping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool sense_feed(struct sense *s, bool good, wall_t now)
{
	if (good)
		s->good = now;
	if (good != s->gone && s->said) {
		s->in_a_row = 0;
		return false;
	}
	s->in_a_row = good == s->last ? s->in_a_row + 1 : 1;
	s->last = good;
	if (s->in_a_row < (good ? SENSE_GOOD : SENSE_BAD))
		return false;
	s->in_a_row = 0;
	s->gone = !good;
	s->said = true;
	return true;
}

struct lookout {
	struct lookout_options o;
	lookout_fn *fn;
	void *self;
	struct ping *ping;
	struct loop_alarm *alarm;
	struct sense line, mains;
	unsigned asked, answered, unable; /* of this round's pings */
	bool said_unable;
};

static void feed(struct lookout *k, struct sense *s, enum doubt d, bool good)
{
	const wall_t now = clock_wall(), since = s->good.ms ? s->good : now;
	const bool first = !s->said;

	if (!sense_feed(s, good, now))
		return;
	if (!s->gone && first)
		log_debug("gateway: %s",
			  d == DOUBT_LINE ? "the outside answers" : "our mains are there");
	else if (s->gone)
		log_warn("gateway: %s", d == DOUBT_LINE ? "no reference outside answers"
							: "our own mains are gone");
	else
		log_info("gateway: %s",
			 d == DOUBT_LINE ? "the outside answers again" : "our own mains are back");
	k->fn(k->self, d, s->gone, s->gone ? since : now);
}

/* One reference that answers is enough; all of them must be silent. */
static void end_round(struct lookout *k)
{
	if (k->unable == k->o.n_references) {
		if (!k->said_unable)
			log_warn("gateway: may not ping, so its own line is not judged; see "
				 "net.ipv4.ping_group_range");
		k->said_unable = true;
		return;
	}
	feed(k, &k->line, DOUBT_LINE, k->answered > 0);
}

static void on_ping(void *self, unsigned tag, int32_t rtt_us, mono_t now)
{
	struct lookout *k = self;

	(void)tag;
	(void)now;
	k->answered += rtt_us >= 0;
	k->unable += rtt_us == PING_UNABLE;
	if (--k->asked == 0)
		end_round(k);
}

static void ask(struct lookout *k)
{
	if (k->asked > 0)
		return; /* the last round is not over */
	k->answered = k->unable = 0;
	k->asked = (unsigned)k->o.n_references;
	for (unsigned i = 0; i < k->o.n_references; i++)
		if (ping_send(k->ping, k->o.references[i], false, i) < 0) {
			k->unable++;
			k->asked--;
		}
	if (k->asked == 0 && k->o.n_references > 0)
		end_round(k);
}

static void look_at_mains(struct lookout *k)
{
	FILE *f = k->o.mains_file[0] ? fopen(k->o.mains_file, "re") : NULL;
	int c = f ? fgetc(f) : EOF;

	if (f)
		fclose(f);
	if (c == '0' || c == '1')
		feed(k, &k->mains, DOUBT_POWER, c == '1');
}

static void on_alarm(void *self, mono_t now)
{
	struct lookout *k = self;

	look_at_mains(k);
	ask(k);
	loop_alarm_set(k->alarm, mono_after(now, k->o.every_ms));
}

struct lookout *lookout_new(struct loop *l, const struct lookout_options *o, lookout_fn *fn,
			    void *self)
{
	struct lookout *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	k->o = *o;
	k->fn = fn;
	k->self = self;
	k->ping = ping_new(l, o->timeout_ms, on_ping, k);
	k->alarm = k->ping ? loop_alarm_new(l, on_alarm, k) : NULL;
	if (!k->alarm) {
		lookout_free(k);
		errno = ENOMEM;
		return NULL;
	}
	if (o->n_references > 0 || o->mains_file[0])
		loop_alarm_set(k->alarm, clock_mono());
	return k;
}

void lookout_free(struct lookout *k)
{
	if (!k)
		return;
	loop_alarm_free(k->alarm);
	ping_free(k->ping);
	free(k);
}

bool lookout_offline(const struct lookout *k)
{
	return k->line.gone;
}
