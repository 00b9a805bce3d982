/*
 * base/digest.h - SHA-256 of what flows by, and fingerprints of payloads.
 *
 * The door to libcrypto and libxxhash.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/slice.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX = 64 + 1 };

struct digest {
	void *state; /* EVP_MD_CTX */
};

void digest_init(struct digest *d);
void digest_clear(struct digest *d); /* begin anew */
void digest_free(struct digest *d);
void digest_add(struct digest *d, struct slice bytes);
/* The digest of all that was added, as bytes or in lower-case hex; then
 * digest_clear(). */
void digest_bytes(struct digest *d, unsigned char sum[DIGEST_BYTES]);
void digest_hex(struct digest *d, char hex[DIGEST_HEX]);

/* XXH3-64, as PostgreSQL's bigint holds it. */
int64_t digest_fingerprint(struct slice bytes);

#endif
