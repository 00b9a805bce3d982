/*
 * enrol.h - how a login begins, and how it ends.
 *
 * What was there before stays as it is until the new tokens stand durably.
 */
#ifndef ENROL_H
#define ENROL_H

#include "login.h"

/* Can a login be kept?  Before a person is asked for one.  Failures as
 * login_open() has them, but for FAILURE_LOGIN. */
bool enrol_check(const struct account *with, struct http *http,
		 struct failure *why) MUST_CHECK;

/* Tokens for the code of a consent to the company with->realm. */
bool enrol_code(const struct account *with, struct http *http,
		const struct grant_code *code, struct failure *why) MUST_CHECK;

/* Tokens for a refresh token that a person brought.  FAILURE_LOGIN: Intuit
 * does not accept it; FAILURE_DATA: it is none. */
bool enrol_token(const struct account *with, struct http *http,
		 struct slice token, struct failure *why) MUST_CHECK;

/* Revoke at `revoke_url`, then remove.  `*there`: there was a login. */
bool enrol_end(const struct account *with, struct http *http,
	       const char *revoke_url, bool *there,
	       struct failure *why) MUST_CHECK;

#endif
