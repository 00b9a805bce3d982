/*
 * auth/consent_error.h - what an error of Intuit's consent page means, and what
 * to do about it (RFC 6749 section 4.1.2.1; QUIRKS.md, "Logging in").
 */
#ifndef AUTH_CONSENT_ERROR_H
#define AUTH_CONSENT_ERROR_H

#include "base/failure.h"
#include "base/slice.h"

/*
 * `error` and `description` as they came, decoded; the message shows both,
 * without what may be a secret.  FAILURE_LOGIN: a person said no;
 * FAILURE_LATER: the page has a transient error; FAILURE_REFUSED: the app, its
 * keys or its redirect URI must be changed, or the error is not known.
 */
bool consent_error_fail(struct slice error, struct slice description,
			struct failure *why);

/* The redirect names no company. */
bool consent_error_no_company(struct failure *why);

/* What to correct when Intuit lets the app not do this, for any endpoint. */
extern const char consent_error_portal[];

#endif
