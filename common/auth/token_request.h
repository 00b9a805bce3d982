/*
 * auth/token_request.h - one question to the token endpoint: new tokens for a
 * refresh token (RFC 6749 section 6; QUIRKS.md, "Refresh tokens"), or for the
 * code that a person's consent gave (section 4.1.3); and to the one that
 * revokes (RFC 7009, as Intuit has it: JSON).
 *
 * Nothing that it says is quoted, but for the words that the RFC defines.
 */
#ifndef AUTH_TOKEN_REQUEST_H
#define AUTH_TOKEN_REQUEST_H

#include "auth/tokens.h"
#include "http/client.h"

struct token_endpoint {
	struct http_client *http;
	const char *url, *client_id, *client_secret;
	int64_t most_ms; /* until the answer is whole */
};

enum token_result {
	TOKEN_GRANTED,       /* new tokens */
	TOKEN_INVALID_GRANT, /* invalid_grant: this refresh token is no good */
	TOKEN_UNSENT,        /* nothing went out: asking again is harmless */
	TOKEN_LOST,          /* it went out, and no usable answer came */
	TOKEN_REFUSED,       /* repeating is useless */
};

/*
 * Ask once, while other requests go on.  `next` begins as what is known now
 * and becomes what is known then; it is undefined unless TOKEN_GRANTED.  `why`
 * says what happened for the last three; `*retry_after_ms` is the answer's.
 */
enum token_result token_request_refresh(const struct token_endpoint *g,
					struct slice token, struct tokens *next,
					int64_t *retry_after_ms,
					struct failure *why) MUST_CHECK;

/* What a code was asked for with. */
struct authorization_code {
	struct slice code;
	const char *redirect;
	const char *verifier; /* of PKCE, or NULL */
};

/* The same for a code, which is good for one question: TOKEN_LOST leaves
 * nothing to ask again with. */
enum token_result token_request_exchange(const struct token_endpoint *g,
					 const struct authorization_code *code,
					 struct tokens *next,
					 int64_t *retry_after_ms,
					 struct failure *why) MUST_CHECK;

/* End the connection that `token` is of; g->url is the revoking endpoint's.
 * TOKEN_INVALID_GRANT: there is none. */
enum token_result token_request_revoke(const struct token_endpoint *g,
				       struct slice token,
				       struct failure *why) MUST_CHECK;

#endif
