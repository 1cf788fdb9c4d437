/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt_nap: keeps Paho's receiving thread from sleeping over what comes in. */
#ifndef MATSANG_MESH_MQTT_NAP_H
#define MATSANG_MESH_MQTT_NAP_H

/*
 * After each second without traffic Paho's receiver calls usleep for a tenth of a second, deaf to
 * its sockets: of a calm gateway's messages every eleventh came up to 100 ms late. It has already
 * waited in poll, so the sleep serves only when there is no socket. Our own usleep, which the
 * dynamic linker finds before the C library's, cuts it short in that one thread while a connection
 * is up; everywhere else it sleeps as told.
 */

/* The calling thread is Paho's receiver, and one more connection is up. */
void mqtt_nap_up(void);

/* One connection less; from any thread. */
void mqtt_nap_down(void);

#endif
