/*
 * auth/sign_in.h - how a login begins, and how it ends.
 *
 * What was there before stays as it is until the new tokens stand durably.
 */
#ifndef AUTH_SIGN_IN_H
#define AUTH_SIGN_IN_H

#include "auth/session.h"

/* Can a login be kept?  Before a person is asked for one.  Failures as
 * session_open() has them, but for FAILURE_LOGIN. */
bool sign_in_check(const struct settings *with, struct http_client *http,
		   struct failure *why) MUST_CHECK;

/* Tokens for the code of a consent to the company with->realm. */
bool sign_in_with_code(const struct settings *with, struct http_client *http,
		       const struct authorization_code *code,
		       struct failure *why) MUST_CHECK;

/* Tokens for a refresh token that a person brought.  FAILURE_LOGIN: Intuit
 * does not accept it; FAILURE_DATA: it is none. */
bool sign_in_with_token(const struct settings *with, struct http_client *http,
			struct slice token, struct failure *why) MUST_CHECK;

/* Revoke at `revoke_url`, then remove.  `*there`: there was a login. */
bool sign_out(const struct settings *with, struct http_client *http,
	      const char *revoke_url, bool *there,
	      struct failure *why) MUST_CHECK;

#endif
