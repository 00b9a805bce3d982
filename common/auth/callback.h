/*
 * auth/callback.h - what Intuit's page sends back with the browser when a
 * person has answered it: code, state and realmId, or why not (RFC 6749 section
 * 4.1.2).
 */
#ifndef AUTH_CALLBACK_H
#define AUTH_CALLBACK_H

#include "auth/settings.h"
#include "auth/tokens.h"

struct callback {
	struct buf code; /* good for one question; a secret until then */
	char realm[SETTINGS_REALM_MOST + 1];
};

void callback_init(struct callback *c);
void callback_free(struct callback *c); /* wipes the code */

/*
 * Read a whole address, or what stands behind its "?".  FAILURE_LOGIN: the
 * state is another one than `state`, which is looked at first and in constant
 * time, or the person said no; FAILURE_DATA: it is no such address.  Nothing
 * of it is quoted.
 */
bool callback_parse(struct callback *c, struct slice address, const char *state,
		    struct failure *why) MUST_CHECK;

#endif
