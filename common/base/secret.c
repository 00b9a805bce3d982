#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "base/secret.h"

/* The leak sanitizer traces its own process, which this would prevent. */
void
secret_protect_process(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void
secret_clear_environment(void)
{
	static const char *const secrets[] = { "QBO_CLIENT_SECRET",
					       "QBO_REFRESH_TOKEN",
					       "PGPASSWORD" };

	for (size_t i = 0; i < LENGTH(secrets); i++)
		unsetenv(secrets[i]);
}

bool
secret_equal(struct slice a, struct slice b)
{
	volatile unsigned char differs = a.len != b.len;

	for (size_t i = 0; i < a.len && i < b.len; i++)
		differs |= (unsigned char)(a.at[i] ^ b.at[i]);
	return !differs;
}

void
secret_encode(const unsigned char bytes[SECRET_BYTES], char word[SECRET_TEXT])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned held = 0, bits = 0;
	char *to = word;

	for (size_t i = 0; i < SECRET_BYTES; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*to++ = digits[held >> (bits - 6) & 63];
	}
	*to++ = digits[held << (6 - bits) & 63]; /* 256 is no multiple of 6 */
	*to = '\0';
}

void
secret_random(char word[SECRET_TEXT])
{
	unsigned char bytes[SECRET_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		BUG("getrandom() failed");
	secret_encode(bytes, word);
	explicit_bzero(bytes, sizeof(bytes));
}
