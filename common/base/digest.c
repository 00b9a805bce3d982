#include <openssl/evp.h>
#include <xxhash.h>

#include "base/digest.h"

void
digest_init(struct digest *d)
{
	d->state = EVP_MD_CTX_new();
	if (!d->state)
		BUG("libcrypto: no digest context");
	digest_clear(d);
}

void
digest_clear(struct digest *d)
{
	if (!EVP_DigestInit_ex(d->state, EVP_sha256(), NULL))
		BUG("libcrypto: no SHA-256");
}

void
digest_free(struct digest *d)
{
	EVP_MD_CTX_free(d->state);
	d->state = NULL;
}

void
digest_add(struct digest *d, struct slice bytes)
{
	if (!EVP_DigestUpdate(d->state, bytes.at, bytes.len))
		BUG("libcrypto: update failed");
}

void
digest_bytes(struct digest *d, unsigned char sum[DIGEST_BYTES])
{
	unsigned len = 0;

	if (!EVP_DigestFinal_ex(d->state, sum, &len) || len != DIGEST_BYTES)
		BUG("libcrypto: no digest");
	digest_clear(d);
}

void
digest_hex(struct digest *d, char hex[DIGEST_HEX])
{
	unsigned char sum[DIGEST_BYTES];

	digest_bytes(d, sum);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

int64_t
digest_fingerprint(struct slice bytes)
{
	/* two's complement keeps all 64 bits */
	return (int64_t)XXH3_64bits(bytes.at, bytes.len);
}

int64_t
digest_fingerprint_parts(const struct slice *parts, size_t count)
{
	XXH3_state_t *state = XXH3_createState();

	if (!state)
		BUG("libxxhash: no state");
	XXH3_64bits_reset(state);
	for (size_t i = 0; i < count; i++)
		XXH3_64bits_update(state, parts[i].at, parts[i].len);
	int64_t fingerprint = (int64_t)XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return fingerprint;
}
