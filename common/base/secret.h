/* base/secret.h - random secrets, and keeping secrets inside the process. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/slice.h"

/* 32 random bytes are 43 characters of base64url, without padding. */
enum { SECRET_BYTES = 32, SECRET_TEXT = 43 + 1 };

/*
 * Call before the first secret is read: no core file will be written, and other
 * processes of the same user cannot read the memory or attach a debugger.
 */
void secret_protect_process(void);

/* Call before exec(3): removes the secrets of qb and libpq from the environment
 * that the other program inherits. */
void secret_clear_environment(void);

/* In constant time: it depends on the lengths only. */
bool secret_equal(struct slice a, struct slice b);

/* 256 random bits, safe in a URL. */
void secret_random(char word[SECRET_TEXT]);

/* base64url (RFC 4648 section 5) without padding. */
void secret_encode(const unsigned char bytes[SECRET_BYTES],
		   char word[SECRET_TEXT]);

#endif
