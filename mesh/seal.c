/* SPDX-License-Identifier: Apache-2.0 */
/* seal: closes a last gasp with the point's own key. */
#include "mesh/seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the cipher's key");
static_assert(GASP_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "its nonce");
static_assert(GASP_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "its tag");
static_assert(KEY_MIN >= crypto_generichash_blake2b_KEYBYTES_MIN &&
		      KEY_MAX <= crypto_generichash_blake2b_KEYBYTES_MAX,
	      "every key of a point keys the hash");

/* len bytes that only who has the key can know, another for each purpose. */
static void derive(uint8_t *out, size_t len, const char *purpose, const uint8_t *key,
		   size_t key_len)
{
	static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "matsang gasp";
	uint8_t hash[SEAL_KEY];

	crypto_generichash_blake2b_salt_personal(hash, sizeof hash, (const uint8_t *)purpose,
						 strlen(purpose), key, key_len, NULL, personal);
	memcpy(out, hash, len);
	sodium_memzero(hash, sizeof hash);
}

void seal_init(struct seal *s, const uint8_t *key, size_t key_len)
{
	assert(key_len >= KEY_MIN && key_len <= KEY_MAX);
	/* It fails where there is no chance to be had; nothing here draws lots. */
	(void)!sodium_init();
	derive(s->key, sizeof s->key, "key", key, key_len);
	derive(s->name, sizeof s->name, "name", key, key_len);
}

void seal_wipe(struct seal *s)
{
	sodium_memzero(s, sizeof *s);
}

size_t seal_close(uint8_t out[static GASP_LEN], const struct gasp *g, const struct seal *s)
{
	uint8_t nonce[GASP_NONCE], body[GASP_BODY];
	struct gasp named = *g;

	memcpy(named.name, s->name, sizeof named.name);
	gasp_head_encode(out, &named);
	gasp_body_encode(body, g);
	gasp_nonce(nonce, out);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + GASP_HEAD, NULL, body, sizeof body, out,
						   GASP_HEAD, NULL, nonce, s->key);
	return GASP_LEN;
}

bool seal_open(uint8_t body[static GASP_BODY], const uint8_t buf[static GASP_LEN],
	       const struct seal *s)
{
	uint8_t nonce[GASP_NONCE];

	if (memcmp(buf + 1, s->name, GASP_NAME) != 0)
		return false;
	gasp_nonce(nonce, buf);
	return crypto_aead_xchacha20poly1305_ietf_decrypt(body, NULL, NULL, buf + GASP_HEAD,
							  GASP_BODY + GASP_TAG, buf, GASP_HEAD,
							  nonce, s->key) == 0;
}
