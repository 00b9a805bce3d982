/* pkce.h - RFC 7636: proof that who brings a code is who asked for it. */
#ifndef PKCE_H
#define PKCE_H

#include "digest.h"
#include "secret.h"

/* BASE64URL(SHA256(verifier)), the method "S256". */
void pkce_challenge(const char *verifier, char challenge[SECRET_WORD]);

#endif
