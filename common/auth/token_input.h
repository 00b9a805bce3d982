/* auth/token_input.h - a refresh token that a person gives to qb-auth adopt. */
#ifndef AUTH_TOKEN_INPUT_H
#define AUTH_TOKEN_INPUT_H

#include "base/buf.h"

/*
 * Append the contents of `file`, or of standard input (NULL), without the
 * spaces and line ends after it.  FAILURE_USAGE: the file cannot be opened; its
 * name is not quoted, since it may be the token, given by mistake.
 */
bool token_input_read(const char *file, struct buf *text,
		      struct failure *why) MUST_CHECK;

#endif
