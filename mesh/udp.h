/* SPDX-License-Identifier: Apache-2.0 */
/* udp: one socket for datagrams, to one address or at one; never blocks, never asks a resolver. */
#ifndef MATSANG_MESH_UDP_H
#define MATSANG_MESH_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct udp;

/* address: "1.2.3.4:port" or "[v6]:port", literals only. */
bool udp_address_ok(const char *address);

/*
 * A socket that sends to this address. It is not connected: a board may start before its network
 * does, and move to another one later. NULL with errno.
 */
struct udp *udp_to(const char *address);

/* A socket that receives at this address. NULL with errno. */
struct udp *udp_at(const char *address);

void udp_free(struct udp *u);
int udp_fd(const struct udp *u);

/* 0, or -errno at once. */
int udp_send(struct udp *u, const uint8_t *buf, size_t len);

/* The next datagram's whole length, also when it is longer than size (the rest is lost); -EAGAIN
 * when none waits, or another -errno. */
int64_t udp_next(struct udp *u, uint8_t *buf, size_t size);

#endif
