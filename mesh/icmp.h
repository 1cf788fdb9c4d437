/* SPDX-License-Identifier: Apache-2.0 */
/* icmp: echo requests and their answers, IPv4; the one door to the ping socket. */
#ifndef MATSANG_MESH_ICMP_H
#define MATSANG_MESH_ICMP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An answer belongs to the request with the same sequence number and cookie, which come back as
 * they were sent. Never by the id: on a datagram socket the kernel writes its own.
 */
struct icmp_reply {
	struct in_addr addr; /* who answered */
	uint16_t seq;
	uint64_t cookie;
};

enum icmp_err {
	ICMP_OK,
	ICMP_SHORT,  /* fewer bytes than its headers say */
	ICMP_IP,     /* not an IPv4 packet that carries ICMP */
	ICMP_OTHER,  /* ICMP, but not an echo reply */
	ICMP_SUM,    /* damaged on the way */
	ICMP_LENGTH, /* not one of ours: another payload length */
	ICMP_ERRS
};

/*
 * Pure: read one packet. With has_ip_header (raw sockets) it begins with the IPv4 header, and
 * out->addr is its source; without, out->addr is 0.0.0.0. *out is untouched unless the answer is
 * ICMP_OK.
 */
enum icmp_err icmp_parse(const uint8_t *buf, size_t len, bool has_ip_header,
			 struct icmp_reply *out);

const char *icmp_err_str(enum icmp_err e);

struct icmp;

/* A datagram socket, or a raw one where those are not allowed; non-blocking. NULL with errno;
 * EACCES means that this process has no right to ping, by either way. */
struct icmp *icmp_open(void);
void icmp_close(struct icmp *i);

int icmp_fd(const struct icmp *i);

/* Zeros behind the cookie of a large request: 1400 bytes of IP in all, and never in pieces. */
enum { ICMP_PAD = 1364 };

/*
 * Send one echo request: 8 bytes of header, 8 of cookie, and ICMP_PAD more when large. 0 or -errno;
 * -EMSGSIZE when large and the kernel knows already that it cannot pass.
 */
int icmp_send(struct icmp *i, const struct sockaddr_in *to, uint16_t seq, uint64_t cookie,
	      bool large);

/* Take the oldest answer; what is none is counted and passed over. False when nothing waits, or
 * after 64 packets that were none (the descriptor is then still readable). */
bool icmp_next(struct icmp *i, struct icmp_reply *reply);

/* Packets received so far that ended as e says. */
uint64_t icmp_count(const struct icmp *i, enum icmp_err e);

#endif
