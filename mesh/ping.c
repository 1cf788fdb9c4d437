/* SPDX-License-Identifier: Apache-2.0 */
/* ping: many probes at once, in the loop, over icmp. */
#include "mesh/ping.h"

#include "mesh/icmp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

struct probe {
	bool under_way;
	uint16_t seq;
	uint64_t cookie;
	struct in_addr to;
	unsigned tag;
	int64_t sent_us;
	int32_t verdict; /* what to say when due */
	mono_t due;
};

struct ping {
	struct loop *loop;
	struct icmp *icmp; /* NULL: no right to ping, so far */
	struct loop_watch *watch;
	struct loop_alarm *alarm;
	int timeout_ms;
	uint16_t seq;
	ping_fn *fn;
	void *self;
	uint64_t strays;
	struct probe probes[PING_MOST];
};

static void rearm(struct ping *p)
{
	mono_t due = MONO_NEVER;

	for (size_t i = 0; i < PING_MOST; i++)
		if (p->probes[i].under_way)
			due = mono_first(due, p->probes[i].due);
	loop_alarm_set(p->alarm, due);
}

static void finish(struct ping *p, struct probe *b, int32_t rtt_us, mono_t now)
{
	b->under_way = false; /* before the call, which may send again */
	p->fn(p->self, b->tag, rtt_us, now);
}

static struct probe *probe_of(struct ping *p, const struct icmp_reply *r)
{
	for (size_t i = 0; i < PING_MOST; i++) {
		struct probe *b = &p->probes[i];

		if (b->under_way && b->seq == r->seq && b->cookie == r->cookie &&
		    b->to.s_addr == r->addr.s_addr && b->verdict == PING_SILENT)
			return b;
	}
	return NULL;
}

static void take_answers(struct ping *p, mono_t now)
{
	struct icmp_reply r;

	while (icmp_next(p->icmp, &r)) {
		const int64_t now_us = clock_us();
		struct probe *b = probe_of(p, &r);
		int64_t rtt_us;

		if (!b) {
			p->strays++;
			continue;
		}
		rtt_us = now_us - b->sent_us;
		finish(p, b, rtt_us > INT32_MAX ? INT32_MAX : (int32_t)rtt_us, now);
	}
}

static void on_answer(void *self, mono_t now)
{
	struct ping *p = self;

	take_answers(p, now);
	rearm(p);
}

static void on_due(void *self, mono_t now)
{
	struct ping *p = self;

	/* A slow card may have held the loop up: an answer that waits at the door is no silence. */
	if (p->icmp)
		take_answers(p, now);
	for (size_t i = 0; i < PING_MOST; i++) {
		struct probe *b = &p->probes[i];

		if (b->under_way && mono_reached(now, b->due))
			finish(p, b, b->verdict, now);
	}
	rearm(p);
}

static int socket_up(struct ping *p)
{
	int why;

	if (p->icmp)
		return 0;
	p->icmp = icmp_open();
	if (!p->icmp)
		return -errno;
	p->watch = loop_watch_new(p->loop, icmp_fd(p->icmp), LOOP_READ, on_answer, p);
	if (!p->watch) {
		why = errno;
		icmp_close(p->icmp);
		p->icmp = NULL;
		return -why;
	}
	return 0;
}

struct ping *ping_new(struct loop *l, int timeout_ms, ping_fn *fn, void *self)
{
	struct ping *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	*p = (struct ping){ .loop = l, .timeout_ms = timeout_ms, .fn = fn, .self = self };
	p->alarm = loop_alarm_new(l, on_due, p);
	if (!p->alarm) {
		free(p);
		return NULL;
	}
	socket_up(p); /* early, while rights are still there; tried again with every probe */
	return p;
}

void ping_free(struct ping *p)
{
	if (!p)
		return;
	loop_watch_free(p->watch);
	loop_alarm_free(p->alarm);
	icmp_close(p->icmp);
	free(p);
}

bool ping_able(const struct ping *p)
{
	return p->icmp != NULL;
}

/* A missing route is as good as silence. Anything else (a firewall of our own, no buffers) is our
 * fault. */
static int32_t verdict_of(int err)
{
	switch (err) {
	case 0:
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -ENETDOWN:
	case -EHOSTDOWN:
		return PING_SILENT;
	default:
		return PING_UNABLE;
	}
}

static struct probe *probe_free(struct ping *p)
{
	for (size_t i = 0; i < PING_MOST; i++)
		if (!p->probes[i].under_way)
			return &p->probes[i];
	return NULL;
}

int ping_send(struct ping *p, const char *address, bool large, unsigned tag)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct probe *b = probe_free(p);
	const mono_t now = clock_mono();
	int err;

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return -EINVAL;
	if (!b)
		return -EBUSY;
	*b = (struct probe){ .under_way = true, .seq = p->seq++, .to = to.sin_addr, .tag = tag };
	/* Nobody off the path can guess it, so nobody off the path can answer for another. */
	if (getrandom(&b->cookie, sizeof b->cookie, GRND_NONBLOCK) != (ssize_t)sizeof b->cookie)
		b->cookie = (uint64_t)clock_us(); /* in the first second of a boot */

	err = socket_up(p);
	b->sent_us = clock_us();
	if (err == 0)
		err = icmp_send(p->icmp, &to, b->seq, b->cookie, large);
	b->verdict = verdict_of(err);
	b->due = err == 0 ? mono_after(now, p->timeout_ms) : now;
	rearm(p);
	return 0;
}

uint64_t ping_strays(const struct ping *p)
{
	return p->strays;
}
