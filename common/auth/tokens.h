/*
 * auth/tokens.h - what is known of one login, and how it is written down;
 * qb-tokens(5).
 */
#ifndef AUTH_TOKENS_H
#define AUTH_TOKENS_H

#include "base/digest.h"
#include "json/json.h"

/* Far above what Intuit sends: access tokens about 1 kB, refresh tokens 50. */
enum { TOKENS_LONGEST = 16 * 1024, TOKENS_SEEDS = 8 };

/* Instants as base/clock.h has them; 0: it was not said. */
struct tokens {
	struct buf access, refresh, previous; /* empty: there is none */
	int64_t access_ends_us;
	int64_t refresh_ends_us; /* when it is not used until then */
	int64_t login_ends_us;   /* the refreshing itself: five years */
	int64_t replaced_us;     /* when `previous` was */
	int64_t written_us;      /* of two, the later one is the newer */
	/* SHA-256 of tokens that people gave, the last one first: what is among
	 * them is not news.  "" where there is none. */
	char seeds[TOKENS_SEEDS][DIGEST_HEX];
};

void tokens_init(struct tokens *t);
void tokens_free(struct tokens *t); /* wipes what was secret */
void tokens_copy(struct tokens *to, const struct tokens *from);

/* Set one of the three; wipes what was there.  FAILURE_DATA: it is empty, too
 * long, or holds anything but printable ASCII. */
bool tokens_set(struct buf *token, struct slice text,
		struct failure *why) MUST_CHECK;

/* A token that a person gave, by its digest: is it known, and now it is. */
void tokens_digest(struct slice token, char hex[DIGEST_HEX]);
bool tokens_knows(const struct tokens *t, const char hex[DIGEST_HEX]);
void tokens_learn(struct tokens *t, const char hex[DIGEST_HEX]);

/* Empty a buf so that nothing of it stays in memory; or give it back. */
void tokens_wipe(struct buf *b);
void tokens_wipe_free(struct buf *b);

/*
 * One JSON object; unknown members are passed over.  FAILURE_DATA names what
 * is wrong, and never quotes; FAILURE_USAGE: it is not the login of `env` and
 * `realm`.
 */
bool tokens_parse(struct tokens *t, struct slice text, const char *env,
		  const char *realm, struct failure *why) MUST_CHECK;
bool tokens_write(const struct tokens *t, const char *env, const char *realm,
		  struct buf *to, struct failure *why) MUST_CHECK;

#endif
