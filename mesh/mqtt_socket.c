/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_socket: the TCP socket that Paho hides: address, options, and what the kernel knows. */
#include "mesh/mqtt_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* More descriptors than this a node or gateway never has open; new ones get low numbers. */
enum { FDS_MAX = 4096, CANDIDATES = 32 };

static bool port_ok(const char *text)
{
	char *end;
	long port;

	if (text[0] < '0' || text[0] > '9' || strlen(text) > 5)
		return false;
	port = strtol(text, &end, 10);
	return *end == '\0' && port >= 1 && port <= 65535;
}

int mqtt_endpoint_decode(struct mqtt_endpoint *e, const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *host = text;
	size_t len;

	if (!colon || !port_ok(colon + 1))
		return -EINVAL;
	len = (size_t)(colon - text);
	if (len >= 2 && text[0] == '[' && colon[-1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(text, ':', len)) {
		return -EINVAL;
	}
	if (len == 0 || len >= sizeof e->host)
		return -EINVAL;

	*e = (struct mqtt_endpoint){ 0 };
	memcpy(e->host, host, len);
	memcpy(e->port, colon + 1, strlen(colon + 1));
	return 0;
}

int mqtt_endpoint_resolve(struct mqtt_endpoint *e, unsigned turn)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	unsigned n = 0, at = 0;

	if (getaddrinfo(e->host, e->port, &hints, &found) != 0) {
		hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
		if (getaddrinfo(e->host, e->port, &hints, &found) != 0)
			return e->good.any.sa_family ? 0 : -EHOSTUNREACH;
	}
	for (struct addrinfo *a = found; a; a = a->ai_next)
		n++;
	for (struct addrinfo *a = found; a; a = a->ai_next, at++)
		if (at == turn % n && a->ai_addrlen <= sizeof e->good)
			memcpy(&e->good, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(found);
	return e->good.any.sa_family ? 0 : -EHOSTUNREACH;
}

void mqtt_endpoint_draw(char text[static MQTT_LITERAL], const struct mqtt_endpoint *e)
{
	const bool v6 = e->good.any.sa_family == AF_INET6;
	const void *at = v6 ? (const void *)&e->good.v6.sin6_addr : &e->good.v4.sin_addr;
	char host[INET6_ADDRSTRLEN] = "?";

	inet_ntop(e->good.any.sa_family, at, host, sizeof host);
	snprintf(text, MQTT_LITERAL, v6 ? "[%s]:%s" : "%s:%s", host, e->port);
}

static bool same_peer(int fd, const union mqtt_address *want)
{
	union mqtt_address is;
	socklen_t len = sizeof is;

	if (getpeername(fd, &is.any, &len) != 0 || is.any.sa_family != want->any.sa_family)
		return false;
	if (is.any.sa_family == AF_INET6)
		return is.v6.sin6_port == want->v6.sin6_port &&
		       memcmp(&is.v6.sin6_addr, &want->v6.sin6_addr, sizeof is.v6.sin6_addr) == 0;
	return is.v4.sin_port == want->v4.sin_port &&
	       is.v4.sin_addr.s_addr == want->v4.sin_addr.s_addr;
}

static bool tcp_info(int fd, struct tcp_info *info)
{
	socklen_t len = sizeof *info;

	memset(info, 0, sizeof *info);
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len) == 0;
}

/* How many descriptors may be open: where the search ends. */
static int fds_end(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur > FDS_MAX)
		return FDS_MAX;
	return (int)rl.rlim_cur;
}

struct candidate {
	int fd;
	ino_t inode;
	unsigned heard_ms; /* since data last came in */
	bool taken;
};

/* Sockets to this peer. One that has two descriptors is somebody's already: the second is theirs.
 */
static size_t candidates(struct candidate out[static CANDIDATES], const struct mqtt_endpoint *e)
{
	const int end = fds_end();
	size_t n = 0;

	for (int fd = 0; fd < end && n < CANDIDATES; fd++) {
		struct tcp_info info;
		struct stat st;
		bool taken = false;

		if (!same_peer(fd, &e->good) || fstat(fd, &st) != 0 || !tcp_info(fd, &info))
			continue;
		for (size_t i = 0; i < n; i++)
			if (out[i].inode == st.st_ino)
				out[i].taken = taken = true;
		out[n++] = (struct candidate){ fd, st.st_ino, info.tcpi_last_data_recv, taken };
	}
	return n;
}

int mqtt_socket_claim(const struct mqtt_endpoint *e)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	struct candidate c[CANDIDATES];
	const struct candidate *best = NULL;
	size_t n;
	int fd;

	pthread_mutex_lock(&one_at_a_time);
	n = candidates(c, e);
	/* The CONNACK has just come in on ours. */
	for (size_t i = 0; i < n; i++)
		if (!c[i].taken && (!best || c[i].heard_ms < best->heard_ms))
			best = &c[i];
	fd = best ? fcntl(best->fd, F_DUPFD_CLOEXEC, 0) : -1;
	pthread_mutex_unlock(&one_at_a_time);
	return fd;
}

void mqtt_socket_tune(int fd, unsigned user_timeout_ms)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms, sizeof user_timeout_ms);
}

void mqtt_socket_cut(int fd)
{
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
}

bool mqtt_socket_link(int fd, struct mqtt_link *out)
{
	enum { IP_AND_TCP = 40, TIME_STAMPS = 12 };
	struct tcp_info info;
	unsigned header;

	*out = (struct mqtt_link){ 0 };
	if (fd < 0 || !tcp_info(fd, &info) || info.tcpi_state != 1 /* established */)
		return false;
	header = IP_AND_TCP + (info.tcpi_options & TCPI_OPT_TIMESTAMPS ? TIME_STAMPS : 0);
	*out = (struct mqtt_link){
		.up = true,
		.unacked = info.tcpi_unacked > 0 || info.tcpi_notsent_bytes > 0,
		.ack_age_ms = info.tcpi_last_ack_recv,
		.rtt_us = info.tcpi_rtt,
		.sent = info.tcpi_bytes_sent,
		.received = info.tcpi_bytes_received,
		.bytes = info.tcpi_bytes_sent + info.tcpi_bytes_received +
			 (uint64_t)header * (info.tcpi_segs_out + info.tcpi_segs_in),
	};
	return true;
}
