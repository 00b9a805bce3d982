/*
 * auth/credential_helper.h - a program that stores the login instead of a file:
 * a vault, a keyring, another machine.
 *
 * The protocol is that of git's credential helpers (gitcredentials(7),
 * git-credential(1)): run with get, store or erase as its last argument, the
 * program reads lines "key=value" up to an empty one; get prints such lines.
 * The login is the password, on one line.  A value cannot contain CR, LF or
 * NUL.
 */
#ifndef AUTH_CREDENTIAL_HELPER_H
#define AUTH_CREDENTIAL_HELPER_H

#include "base/buf.h"

struct credential_helper {
	const char *command; /* for sh(1); NULL: no helper */
	const char *env;     /* "sandbox" or "production" */
	const char *realm;
};

/* Append the password; `*found`: there is one.  FAILURE_DATA: the output is
 * invalid, or for another company; FAILURE_IO: the program failed. */
bool credential_helper_get(const struct credential_helper *h,
			   struct buf *password, bool *found,
			   struct failure *why) MUST_CHECK;

/* FAILURE_DATA: `password` contains CR, LF or NUL.  A helper may fail silently:
 * get it again to be sure. */
bool credential_helper_store(const struct credential_helper *h,
			     struct slice password,
			     struct failure *why) MUST_CHECK;
bool credential_helper_erase(const struct credential_helper *h,
			     struct failure *why) MUST_CHECK;

/* Parse the output of get. */
bool credential_helper_parse(struct slice output, const char *realm,
			     struct buf *password, bool *found,
			     struct failure *why) MUST_CHECK;

#endif
