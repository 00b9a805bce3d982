/*
 * auth/token_request.h - one request to the token endpoint: new tokens for a
 * refresh token (RFC 6749 section 6; QUIRKS.md, "Refresh tokens") or for an
 * authorization code (section 4.1.3); or one to the revocation endpoint (RFC
 * 7009, but in JSON, as Intuit wants it).
 *
 * Messages quote nothing of a response but the error codes of the RFC.
 */
#ifndef AUTH_TOKEN_REQUEST_H
#define AUTH_TOKEN_REQUEST_H

#include "auth/tokens.h"
#include "http/client.h"

struct token_endpoint {
	struct http_client *http;
	const char *url, *client_id, *client_secret;
	int64_t timeout_ms; /* until the response is complete */
};

enum token_result {
	TOKEN_GRANTED,       /* new tokens */
	TOKEN_INVALID_GRANT, /* invalid_grant: the token or code is not valid */
	TOKEN_UNSENT,        /* nothing was sent: a retry is safe */
	TOKEN_NOT_DONE,      /* a whole response says that it was not done: a
				transient error, or a page of a server in front
				of the token endpoint */
	TOKEN_LOST,          /* it was sent, and no valid response came */
	TOKEN_REFUSED,       /* a retry is useless */
};

/* A try without new tokens, as http/retry.h wants it. */
struct token_trouble {
	enum api_fault fault;
	int64_t retry_after_ms; /* -1: none */
};

/*
 * Send one request, while others go on.  The caller sets `next` to the present
 * tokens; it becomes the new ones, and is undefined unless TOKEN_GRANTED. `why`
 * is set for the last four results.
 */
enum token_result token_request_refresh(const struct token_endpoint *e,
					struct slice token, struct tokens *next,
					struct token_trouble *trouble,
					struct failure *why) MUST_CHECK;

/* A code, and the parameters of the request that it answers. */
struct authorization_code {
	struct slice code;
	const char *redirect;
	const char *verifier; /* of PKCE, or NULL */
};

/* The same for a code, which is valid for one request: after TOKEN_LOST it
 * cannot be used again. */
enum token_result token_request_exchange(const struct token_endpoint *e,
					 const struct authorization_code *code,
					 struct tokens *next,
					 struct token_trouble *trouble,
					 struct failure *why) MUST_CHECK;

/* Revoke the login of `token`; e->url is the revocation endpoint.
 * TOKEN_INVALID_GRANT: Intuit does not know it. */
enum token_result token_request_revoke(const struct token_endpoint *e,
				       struct slice token,
				       struct failure *why) MUST_CHECK;

#endif
