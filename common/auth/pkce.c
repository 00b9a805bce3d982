#include "auth/pkce.h"

void
pkce_challenge(const char *verifier, char challenge[SECRET_TEXT])
{
	unsigned char sum[DIGEST_BYTES];
	struct digest d;

	digest_init(&d);
	digest_add(&d, slice_of(verifier));
	digest_bytes(&d, sum);
	digest_free(&d);
	secret_encode(sum, challenge);
}
