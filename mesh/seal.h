/* SPDX-License-Identifier: Apache-2.0 */
/* seal: closes a last gasp with the point's own key; whoever carries it can neither read, alter nor
 * forge it. */
#ifndef MATSANG_MESH_SEAL_H
#define MATSANG_MESH_SEAL_H

#include "mesh/gasp.h"
#include "mesh/key.h"

enum { SEAL_KEY = 32 };

/*
 * What a point's key makes: a key for seals alone (BLAKE2b keyed with it, so that nothing here says
 * anything about the key that TLS uses), and a short name by which the gateway finds the point. A
 * carrier sees the name and cannot tell whose it is; two points may share one, then each is tried.
 */
struct seal {
	uint8_t key[SEAL_KEY];
	uint8_t name[GASP_NAME];
};

/* key_len: KEY_MIN to KEY_MAX. The key is not kept. */
void seal_init(struct seal *s, const uint8_t *key, size_t key_len);
void seal_wipe(struct seal *s);

/*
 * XChaCha20-Poly1305 over the body, with the head as its nonce (gasp_nonce says why it never comes
 * twice) and authenticated beside it. The name of *g is not looked at. Returns GASP_LEN.
 */
size_t seal_close(uint8_t out[static GASP_LEN], const struct gasp *g, const struct seal *s);

/* True, and the body, when nobody but the owner of this key can have made all GASP_LEN bytes. */
bool seal_open(uint8_t body[static GASP_BODY], const uint8_t buf[static GASP_LEN],
	       const struct seal *s);

#endif
