/* base/secret.h - words that nobody else is to see, and how they are kept so.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/slice.h"

/* 32 random bytes are 43 characters of base64url, without padding. */
enum { SECRET_BYTES = 32, SECRET_TEXT = 43 + 1 };

/*
 * From here on no core file is written, and no debugger of another process of
 * ours may look in.  Before the first secret is read.
 */
void secret_protect_process(void);

/* Before another program is run in this process: it gets none of our secrets
 * by its environment, unless one has no other way. */
void secret_clear_environment(void);

/* In a time that depends on the lengths alone. */
bool secret_equal(struct slice a, struct slice b);

/* 256 bits by chance, which nobody guesses; safe in a URL. */
void secret_random(char word[SECRET_TEXT]);

/* RFC 4648 section 5, without padding. */
void secret_encode(const unsigned char bytes[SECRET_BYTES],
		   char word[SECRET_TEXT]);

#endif
