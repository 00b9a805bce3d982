/*
 * auth/token_tries.h - the tries of one request to the token endpoint: whether
 * it is sent again, and when.
 *
 * What was not done is retried as http/retry.h decides.  A request whose
 * response was lost may have been done; then the stored refresh token is the
 * old one, and stays valid for about a day (QUIRKS.md, "Refresh tokens").  It
 * is sent once more and not again, also with --retries=0.
 */
#ifndef AUTH_TOKEN_TRIES_H
#define AUTH_TOKEN_TRIES_H

#include "auth/token_request.h"

/* For tools without --retries and --retry-for. */
extern const struct retry_policy token_tries_policy;

struct token_tries {
	struct http_client *http;
	const struct retry_policy *policy;
	int64_t began_ms, count;
	int64_t lost; /* how many were TOKEN_LOST */
	enum token_result result;
	struct token_trouble trouble; /* of the last one; the caller sets it */
};

/* `policy` must stay. */
void token_tries_begin(struct token_tries *t, struct http_client *http,
		       const struct retry_policy *policy);

/* Another try ended with `result`. */
void token_tries_count(struct token_tries *t, enum token_result result);

/* Wait for the next try, while other requests go on; false at once if there is
 * none.  `why` is the reason, for the log. */
bool token_tries_wait(const struct token_tries *t,
		      const struct failure *why) MUST_CHECK;

/* There is no next try: complete `why`.  FAILURE_LATER becomes FAILURE_REFUSED
 * if only servers in front of `url` answered, and nothing was `answered` ever.
 */
void token_tries_fail(const struct token_tries *t, const char *url,
		      bool answered, struct failure *why);

#endif
