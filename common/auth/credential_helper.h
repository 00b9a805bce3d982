/*
 * auth/credential_helper.h - a program that holds the login in place of a file:
 * a vault, a keyring, another machine.
 *
 * It speaks the dialect of git's credential helpers (gitcredentials(7),
 * git-credential(1)): run with get, store or erase as its last argument, it
 * reads lines "key=value" up to an empty one, and answers to get with such
 * lines.  The login is the password, on one line.  CR, LF and NUL have no
 * place in a value.
 */
#ifndef AUTH_CREDENTIAL_HELPER_H
#define AUTH_CREDENTIAL_HELPER_H

#include "base/buf.h"

struct credential_helper {
	const char *command; /* for sh(1); NULL: there is no helper */
	const char *env;     /* "sandbox" or "production" */
	const char *realm;
};

/* Append the password.  `*found`: it gave one.  FAILURE_DATA: what it says is
 * not of the dialect, or for another company; FAILURE_IO: it failed. */
bool credential_helper_get(const struct credential_helper *h,
			   struct buf *password, bool *found,
			   struct failure *why) MUST_CHECK;

/* FAILURE_DATA: `password` bears CR, LF or NUL.  What a helper keeps is known
 * only when it is asked again. */
bool credential_helper_store(const struct credential_helper *h,
			     struct slice password,
			     struct failure *why) MUST_CHECK;
bool credential_helper_erase(const struct credential_helper *h,
			     struct failure *why) MUST_CHECK;

/* The pure half of credential_helper_get(). */
bool credential_helper_parse(struct slice answer, const char *realm,
			     struct buf *password, bool *found,
			     struct failure *why) MUST_CHECK;

#endif
