/* SPDX-License-Identifier: Apache-2.0 */
/* icmp: echo requests and their answers, IPv4. */
#include "mesh/icmp.h"

#include "mesh/octets.h"

#include <assert.h>
#include <errno.h>
#include <linux/icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * An echo request or reply of ours, big-endian:
 *
 *	TT 00 SS SS II II QQ QQ CC CC CC CC CC CC CC CC
 *
 *	T   8 bits  type, 8 request, 0 reply; then the code, always 0
 *	S  16 bits  checksum over all of it
 *	I  16 bits  id, the kernel's or ours; means nothing here
 *	Q  16 bits  sequence number
 *	C  64 bits  cookie; a large one has ICMP_PAD zeros behind it
 */
enum {
	HEADER = 8,
	COOKIE = 8,
	ECHO = HEADER + COOKIE,
	IP_LEAST = 20,
	PACKET_MOST = 1500,
	A_TURN = 64
};

struct icmp {
	int fd;
	bool raw;
	uint64_t count[ICMP_ERRS];
};

static const char *const err_names[] = {
	[ICMP_OK] = "ok",       [ICMP_SHORT] = "short", [ICMP_IP] = "ip",
	[ICMP_OTHER] = "other", [ICMP_SUM] = "sum",     [ICMP_LENGTH] = "length",
};
static_assert(sizeof err_names / sizeof err_names[0] == ICMP_ERRS, "name every icmp error");

const char *icmp_err_str(enum icmp_err e)
{
	return (size_t)e < ICMP_ERRS ? err_names[e] : "?";
}

/* The internet checksum (RFC 1071) of at most 64 kB; 0 over a message that carries its own. */
static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)octets_get(p + i, 2);
	if (len % 2)
		sum += (uint32_t)p[len - 1] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Steps over the IPv4 header: *buf and *len become those of what it carries. */
static enum icmp_err skip_ip(const uint8_t **buf, size_t *len, struct in_addr *from)
{
	const uint8_t *p = *buf;
	size_t header, whole;

	if (*len < IP_LEAST)
		return ICMP_SHORT;
	header = (size_t)(p[0] & 0x0f) * 4;
	whole = octets_get(p + 2, 2);
	if (p[0] >> 4 != 4 || header < IP_LEAST || p[9] != IPPROTO_ICMP)
		return ICMP_IP;
	if (whole > *len || header > whole)
		return ICMP_SHORT;
	memcpy(&from->s_addr, p + 12, sizeof from->s_addr);
	*buf = p + header;
	*len = whole - header;
	return ICMP_OK;
}

enum icmp_err icmp_parse(const uint8_t *buf, size_t len, bool has_ip_header, struct icmp_reply *out)
{
	struct in_addr from = { 0 };

	if (has_ip_header) {
		const enum icmp_err err = skip_ip(&buf, &len, &from);

		if (err != ICMP_OK)
			return err;
	}
	if (len < HEADER)
		return ICMP_SHORT;
	if (buf[0] != ICMP_ECHOREPLY || buf[1] != 0)
		return ICMP_OTHER;
	if (len != ECHO && len != ECHO + ICMP_PAD)
		return ICMP_LENGTH;
	if (checksum(buf, len) != 0)
		return ICMP_SUM;

	*out = (struct icmp_reply){
		.addr = from,
		.seq = (uint16_t)octets_get(buf + 6, 2),
		.cookie = octets_get(buf + HEADER, 8),
	};
	return ICMP_OK;
}

/* A raw socket sees every ICMP packet of the machine: let only echo replies through. */
static int only_replies(int fd)
{
	const struct icmp_filter f = { .data = ~(1u << ICMP_ECHOREPLY) };

	return setsockopt(fd, SOL_RAW, ICMP_FILTER, &f, sizeof f);
}

/* A large request asks whether large packets pass: nobody may cut it up. */
static int never_in_pieces(int fd)
{
	const int how = IP_PMTUDISC_DO;

	return setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof how);
}

struct icmp *icmp_open(void)
{
	const int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	struct icmp *i = calloc(1, sizeof *i);
	int why;

	if (!i)
		return NULL;
	i->fd = socket(AF_INET, SOCK_DGRAM | flags, IPPROTO_ICMP);
	if (i->fd < 0) {
		i->raw = true;
		i->fd = socket(AF_INET, SOCK_RAW | flags, IPPROTO_ICMP);
	}
	if (i->fd < 0) {
		why = errno == EPERM ? EACCES : errno;
		goto free_icmp;
	}
	if ((i->raw && only_replies(i->fd) < 0) || never_in_pieces(i->fd) < 0) {
		why = errno;
		close(i->fd);
		goto free_icmp;
	}
	return i;

free_icmp:
	free(i);
	errno = why;
	return NULL;
}

void icmp_close(struct icmp *i)
{
	if (!i)
		return;
	close(i->fd);
	free(i);
}

int icmp_fd(const struct icmp *i)
{
	return i->fd;
}

int icmp_send(struct icmp *i, const struct sockaddr_in *to, uint16_t seq, uint64_t cookie,
	      bool large)
{
	uint8_t echo[ECHO + ICMP_PAD] = { ICMP_ECHO };
	const size_t len = large ? sizeof echo : ECHO;

	octets_put(echo + 4, (uint16_t)getpid(),
		   2); /* on a datagram socket the kernel puts its own */
	octets_put(echo + 6, seq, 2);
	octets_put(echo + HEADER, cookie, 8);
	octets_put(echo + 2, checksum(echo, len), 2);
	if (sendto(i->fd, echo, len, 0, (const struct sockaddr *)to, sizeof *to) < 0)
		return -errno;
	return 0;
}

bool icmp_next(struct icmp *i, struct icmp_reply *reply)
{
	for (int n = 0; n < A_TURN; n++) {
		uint8_t buf[PACKET_MOST];
		struct sockaddr_in from = { 0 };
		socklen_t from_len = sizeof from;
		const ssize_t len =
			recvfrom(i->fd, buf, sizeof buf, 0, (struct sockaddr *)&from, &from_len);
		enum icmp_err err;

		if (len < 0)
			return false;
		err = icmp_parse(buf, (size_t)len, i->raw, reply);
		i->count[err]++;
		if (err == ICMP_OK) {
			reply->addr = from.sin_addr;
			return true;
		}
	}
	return false;
}

uint64_t icmp_count(const struct icmp *i, enum icmp_err e)
{
	return (size_t)e < ICMP_ERRS ? i->count[e] : 0;
}
