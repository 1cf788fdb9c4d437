/* SPDX-License-Identifier: Apache-2.0 */
/* udp: one socket for datagrams, to one address or at one; never blocks, never asks a resolver. */
#include "mesh/udp.h"

#include "mesh/mqtt_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct udp {
	int fd;
	union mqtt_address peer;
	socklen_t peer_len;
};

/* The length of the address, 0 when it is none. */
static socklen_t decode(union mqtt_address *out, const char *address)
{
	struct mqtt_endpoint e;

	memset(out, 0, sizeof *out);
	if (mqtt_endpoint_decode(&e, address) != 0)
		return 0;
	if (inet_pton(AF_INET, e.host, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons((uint16_t)atoi(e.port));
		return sizeof out->v4;
	}
	if (inet_pton(AF_INET6, e.host, &out->v6.sin6_addr) == 1) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons((uint16_t)atoi(e.port));
		return sizeof out->v6;
	}
	return 0;
}

bool udp_address_ok(const char *address)
{
	union mqtt_address a;

	return decode(&a, address) > 0;
}

static struct udp *open_socket(const char *address)
{
	struct udp *u = calloc(1, sizeof *u);

	if (!u)
		return NULL;
	u->peer_len = decode(&u->peer, address);
	if (u->peer_len == 0) {
		errno = EINVAL;
		goto free_udp;
	}
	u->fd = socket(u->peer.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (u->fd >= 0)
		return u;

free_udp:
	free(u);
	return NULL;
}

struct udp *udp_to(const char *address)
{
	return open_socket(address);
}

struct udp *udp_at(const char *address)
{
	struct udp *u = open_socket(address);
	int why;

	if (!u || bind(u->fd, &u->peer.any, u->peer_len) == 0)
		return u;
	why = errno;
	udp_free(u);
	errno = why;
	return NULL;
}

void udp_free(struct udp *u)
{
	if (!u)
		return;
	close(u->fd);
	free(u);
}

int udp_fd(const struct udp *u)
{
	return u->fd;
}

int udp_send(struct udp *u, const uint8_t *buf, size_t len)
{
	return sendto(u->fd, buf, len, 0, &u->peer.any, u->peer_len) < 0 ? -errno : 0;
}

int64_t udp_next(struct udp *u, uint8_t *buf, size_t size)
{
	ssize_t n = recv(u->fd, buf, size, MSG_TRUNC);

	return n < 0 ? -errno : n;
}
