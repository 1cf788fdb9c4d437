/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_socket: the TCP socket that Paho hides: address, options, and what the kernel knows. */
#ifndef MATSANG_MESH_MQTT_SOCKET_H
#define MATSANG_MESH_MQTT_SOCKET_H

#include "mesh/mqtt.h"

#include <netinet/in.h>
#include <sys/socket.h>

enum { MQTT_HOST = 256, MQTT_LITERAL = INET6_ADDRSTRLEN + 16 };

/* One endpoint as written in the settings, taken apart. */
struct mqtt_endpoint {
	char host[MQTT_HOST];
	char port[6];
	union mqtt_address {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} good; /* where it was last found; family 0 when never */
};

/* From "host:port", "1.2.3.4:port" or "[v6]:port". 0, or -EINVAL and *e untouched. */
int mqtt_endpoint_decode(struct mqtt_endpoint *e, const char *text);

/*
 * Ask the resolver (may block for seconds; an address literal does not). Of several answers the
 * turn-th is taken, IPv4 before IPv6 as the resolver orders them. When it does not answer, the last
 * good address serves. 0, or -EHOSTUNREACH.
 */
int mqtt_endpoint_resolve(struct mqtt_endpoint *e, unsigned turn);

/* Draw "1.2.3.4:8883" or "[v6]:8883" of the last good address. */
void mqtt_endpoint_draw(char text[static MQTT_LITERAL], const struct mqtt_endpoint *e);

/*
 * Find, among this process's descriptors, the newest connected TCP socket to the address that is
 * nobody's yet, and return a descriptor of our own for it (the caller closes it); -1 when there is
 * none. Safe from several threads.
 */
int mqtt_socket_claim(const struct mqtt_endpoint *e);

/* TCP_USER_TIMEOUT of user_timeout_ms (0: the kernel's way), and no waiting to fill a segment. */
void mqtt_socket_tune(int fd, unsigned user_timeout_ms);

/* Ends the conversation at once, without a word; whoever reads sees an end of file. -1 is fine. */
void mqtt_socket_cut(int fd);

/* False, and *out all zero, when fd is no connected socket. */
bool mqtt_socket_link(int fd, struct mqtt_link *out);

#endif
