/* auth/pkce.h - PKCE (RFC 7636): binds a code to the login that requested it.
 */
#ifndef AUTH_PKCE_H
#define AUTH_PKCE_H

#include "base/digest.h"
#include "base/secret.h"

/* BASE64URL(SHA256(verifier)), the method "S256". */
void pkce_challenge(const char *verifier, char challenge[SECRET_TEXT]);

#endif
