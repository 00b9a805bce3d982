/*
 * auth/tokens.h - the tokens of one login and their expiry times, and how they
 * are stored as JSON; qb-tokens(5).
 */
#ifndef AUTH_TOKENS_H
#define AUTH_TOKENS_H

#include "base/digest.h"
#include "json/json.h"

/* Far above what Intuit sends: access tokens of 1 kB, refresh tokens of 50
 * bytes. */
enum { TOKENS_LONGEST = 16 * 1024, TOKENS_SEEDS = 8 };

/* Times as in base/clock.h; 0: unknown. */
struct tokens {
	struct buf access, refresh, previous; /* empty: none */
	int64_t access_ends_us;
	int64_t refresh_ends_us; /* unless it is used before */
	int64_t login_ends_us;   /* of the consent: five years */
	int64_t replaced_us;     /* when `previous` was replaced */
	int64_t written_us;      /* the later of two logins is the newer */
	/* SHA-256 of the QBO_REFRESH_TOKENs that were used, the last one first:
	 * they are not newer than the stored login.  "": none. */
	char seeds[TOKENS_SEEDS][DIGEST_HEX];
};

void tokens_init(struct tokens *t);
void tokens_free(struct tokens *t); /* wipes what was secret */
void tokens_copy(struct tokens *to, const struct tokens *from);

/* Set one of the three, wiping the old value.  FAILURE_DATA: it is empty, too
 * long, or not printable ASCII. */
bool tokens_set(struct buf *token, struct slice text,
		struct failure *why) MUST_CHECK;

/* Refresh tokens that were given in QBO_REFRESH_TOKEN, by their digest: was
 * this one used before?  Note that it was. */
void tokens_digest(struct slice token, char hex[DIGEST_HEX]);
bool tokens_knows(const struct tokens *t, const char hex[DIGEST_HEX]);
void tokens_learn(struct tokens *t, const char hex[DIGEST_HEX]);

/* Clear or free a buf, and leave nothing of it in memory. */
void tokens_wipe(struct buf *b);
void tokens_wipe_free(struct buf *b);

/*
 * One JSON object; unknown members are ignored.  FAILURE_DATA names the invalid
 * member, or what somebody put in place of a refresh token, and never quotes
 * it; FAILURE_USAGE: it is the login of another company or environment.
 */
bool tokens_parse(struct tokens *t, struct slice text, const char *env,
		  const char *realm, struct failure *why) MUST_CHECK;
bool tokens_write(const struct tokens *t, const char *env, const char *realm,
		  struct buf *to, struct failure *why) MUST_CHECK;

#endif
