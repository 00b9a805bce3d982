/*
 * auth/token_kind.h - what somebody gave as a refresh token that cannot be one
 * (QUIRKS.md, "Logging in").
 */
#ifndef AUTH_TOKEN_KIND_H
#define AUTH_TOKEN_KIND_H

#include "base/failure.h"
#include "base/slice.h"

/* "an access token", after "it is"; NULL: it may be a refresh token. */
const char *token_kind_mistaken(struct slice token);

/* NULL, or what is wrong with the characters of a key or a token, after "it":
 * "is in quotes", "contains a line end".  Nothing of it is quoted. */
const char *token_kind_unclean(struct slice text);

/* `name` is what was given: "QBO_REFRESH_TOKEN".  The failure says its length,
 * and nothing of it. */
bool token_kind_check(struct slice token, const char *name,
		      enum failure_kind kind, struct failure *why) MUST_CHECK;

#endif
