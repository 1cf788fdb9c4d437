/* SPDX-License-Identifier: Apache-2.0 */
/* ping: many probes at once, each answered, given up or never sent; in the loop, over icmp. */
#ifndef MATSANG_MESH_PING_H
#define MATSANG_MESH_PING_H

#include "mesh/loop.h"

#include <stdint.h>

enum {
	PING_MOST = 32,   /* probes under way at once */
	PING_SILENT = -1, /* no answer in time, or no route to there */
	PING_IP = 36,     /* bytes of IP of one packet */
	PING_LARGE_IP = 1400,
	PING_UNABLE =
		-2, /* we could not ask (no right to ping): says nothing about the other side */
};

/* tag is that of ping_send; rtt_us the round trip in microseconds, or one of the two above. May
 * call ping_send, but not ping_free. */
typedef void ping_fn(void *self, unsigned tag, int32_t rtt_us, mono_t now);

struct ping;

/* fn is told of every probe exactly once. No right to ping is no error here: it is asked for again
 * with every probe, and the probe ends as PING_UNABLE. NULL with errno. */
struct ping *ping_new(struct loop *l, int timeout_ms, ping_fn *fn, void *self);
void ping_free(struct ping *p); /* fn is not told of probes under way */

/* May this process ping at all? */
bool ping_able(const struct ping *p);

/*
 * Probe address, an IPv4 literal ("192.168.1.1"); nothing is looked up. large: with a packet of
 * 1400 bytes that nobody may cut up; PING_UNABLE when the kernel knows that it cannot pass, for
 * then TCP knows as well. fn is called later, never from here. 0; -EINVAL when address is no
 * literal, -EBUSY when PING_MOST are under way (then fn is not called).
 */
int ping_send(struct ping *p, const char *address, bool large, unsigned tag);

/* Answers that came too late, from elsewhere, or that nobody asked for. */
uint64_t ping_strays(const struct ping *p);

#endif
