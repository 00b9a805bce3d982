/*
 * base/digest.h - SHA-256 digests, and 64-bit fingerprints of payloads.
 *
 * The only wrapper of libcrypto's digests and of libxxhash.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/slice.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX = 64 + 1 };

struct digest {
	void *state; /* EVP_MD_CTX */
};

void digest_init(struct digest *d);
void digest_clear(struct digest *d); /* start over */
void digest_free(struct digest *d);
void digest_add(struct digest *d, struct slice bytes);
/* The digest of all that was added, as bytes or lower-case hex; then starts
 * over. */
void digest_bytes(struct digest *d, unsigned char sum[DIGEST_BYTES]);
void digest_hex(struct digest *d, char hex[DIGEST_HEX]);

/* XXH3-64, as a signed number for PostgreSQL's bigint. */
int64_t digest_fingerprint(struct slice bytes);
/* The same of all parts, as if they were one. */
int64_t digest_fingerprint_parts(const struct slice *parts, size_t count);

#endif
