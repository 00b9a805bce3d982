/*
 * auth/sign_in.h - starts and ends a login.
 *
 * An earlier login stays unchanged until the new tokens are stored durably.
 */
#ifndef AUTH_SIGN_IN_H
#define AUTH_SIGN_IN_H

#include "auth/session.h"

/* Check that a login can be stored, before a person is asked for one.  Failures
 * as session_open(), except FAILURE_LOGIN. */
bool sign_in_check(const struct settings *settings, struct http_client *http,
		   struct failure *why) MUST_CHECK;

/* Exchange the code for tokens, and store them for settings->realm. */
bool sign_in_with_code(const struct settings *settings,
		       struct http_client *http,
		       const struct authorization_code *code,
		       struct failure *why) MUST_CHECK;

/* Exchange a refresh token from elsewhere, and store what comes. FAILURE_LOGIN:
 * Intuit does not accept it; FAILURE_DATA: it cannot be one (token_kind.h). */
bool sign_in_with_token(const struct settings *settings,
			struct http_client *http, struct slice token,
			struct failure *why) MUST_CHECK;

/* Revoke at `revoke_url`, then remove it.  `*found`: there was a login. */
bool sign_out(const struct settings *settings, struct http_client *http,
	      const char *revoke_url, bool *there,
	      struct failure *why) MUST_CHECK;

#endif
