/*
 * grant.h - one question to the token endpoint: new tokens for a refresh token
 * (RFC 6749 section 6; QUIRKS.md, "Refresh tokens"), or for the code that a
 * person's consent gave (section 4.1.3); and to the one that revokes (RFC 7009,
 * as Intuit has it: JSON).
 *
 * Nothing that it says is quoted, but for the words that the RFC defines.
 */
#ifndef GRANT_H
#define GRANT_H

#include "http.h"
#include "tokens.h"

struct grant {
	struct http *http;
	const char *url, *client_id, *client_secret;
	int64_t most_ms; /* until the answer is whole */
};

enum granted {
	GRANT_GOT,     /* new tokens */
	GRANT_GONE,    /* invalid_grant: this refresh token is no good */
	GRANT_UNSENT,  /* nothing went out: asking again is harmless */
	GRANT_LOST,    /* it went out, and no usable answer came */
	GRANT_REFUSED, /* repeating is useless */
};

/*
 * Ask once, while other requests go on.  `next` begins as what is known now
 * and becomes what is known then; it is undefined unless GRANT_GOT.  `why`
 * says what happened for the last three; `*advice_ms` is the answer's.
 */
enum granted grant_ask(const struct grant *g, struct slice token,
		       struct tokens *next, int64_t *advice_ms,
		       struct failure *why) MUST_CHECK;

/* What a code was asked for with. */
struct grant_code {
	struct slice code;
	const char *redirect;
	const char *verifier; /* of PKCE, or NULL */
};

/* The same for a code, which is good for one question: GRANT_LOST leaves
 * nothing to ask again with. */
enum granted grant_exchange(const struct grant *g,
			    const struct grant_code *code, struct tokens *next,
			    int64_t *advice_ms, struct failure *why) MUST_CHECK;

/* End the connection that `token` is of; g->url is the revoking endpoint's.
 * GRANT_GONE: there is none. */
enum granted grant_revoke(const struct grant *g, struct slice token,
			  struct failure *why) MUST_CHECK;

#endif
