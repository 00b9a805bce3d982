/*
 * auth/callback.h - the redirect that ends the consent page: its parameters
 * code, state and realmId, or error (RFC 6749 section 4.1.2).
 */
#ifndef AUTH_CALLBACK_H
#define AUTH_CALLBACK_H

#include "auth/settings.h"
#include "auth/tokens.h"

struct callback {
	struct buf code; /* valid for one request; a secret until then */
	char realm[SETTINGS_REALM_MOST + 1];
};

void callback_init(struct callback *c);
void callback_free(struct callback *c); /* wipes the code */

/*
 * Parse a redirect's whole URL, or its query part.  FAILURE_LOGIN: it belongs
 * to another login than the one of `state`, which is compared first and in
 * constant time, or it names no company; FAILURE_DATA: a parameter is missing
 * or invalid; and as consent_error_fail().  Messages quote nothing of it but an
 * error and its description.
 */
bool callback_parse(struct callback *c, struct slice address, const char *state,
		    struct failure *why) MUST_CHECK;

#endif
