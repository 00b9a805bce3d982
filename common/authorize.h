/*
 * authorize.h - the question that a person answers at Intuit's page: may this
 * application read this company?
 */
#ifndef AUTHORIZE_H
#define AUTHORIZE_H

#include "account.h"
#include "http.h"
#include "pkce.h"

/* Rows for qb-auth: Intuit's addresses, --redirect; with account.h's. */
extern const struct option_table authorize_options;

struct authorize {
	struct buf url; /* to open in a browser; bears no secret that lasts */
	const char *redirect;
	const char *revoke_url;
	bool pkce; /* the discovery document offers it */
	char state[SECRET_WORD], verifier[SECRET_WORD];
};

void authorize_init(struct authorize *a);
void authorize_free(struct authorize *a); /* wipes state and verifier */

/* The settings alone.  FAILURE_USAGE names one that is wrong. */
bool authorize_settings(struct authorize *a, const struct account *with,
			struct failure *why) MUST_CHECK;

/*
 * Look into the discovery document and make the question.  A document that
 * does not come is no failure: *unknown then says why, and there is no PKCE.
 */
bool authorize_ask(struct authorize *a, const struct account *with,
		   struct http *http, struct failure *unknown,
		   struct failure *why) MUST_CHECK;

/* Does this document offer the method S256?  FAILURE_DATA: it is not JSON. */
bool authorize_offers(struct slice document, bool *pkce,
		      struct failure *why) MUST_CHECK;

#endif
