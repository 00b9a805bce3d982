/*
 * auth/consent_url.h - the question that a person answers at Intuit's page: may
 * this application read this company?
 */
#ifndef AUTH_CONSENT_URL_H
#define AUTH_CONSENT_URL_H

#include "auth/pkce.h"
#include "auth/settings.h"
#include "http/client.h"

/* Rows for qb-auth: Intuit's addresses, --redirect; with auth/settings.h's. */
extern const struct option_table consent_url_options;

struct consent_url {
	struct buf url; /* to open in a browser; bears no secret that lasts */
	const char *redirect;
	const char *revoke_url;
	bool pkce; /* the discovery document offers it */
	char state[SECRET_TEXT], verifier[SECRET_TEXT];
};

void consent_url_init(struct consent_url *a);
void consent_url_free(struct consent_url *a); /* wipes state and verifier */

/* The settings alone.  FAILURE_USAGE names one that is wrong. */
bool consent_url_settings(struct consent_url *a, const struct settings *with,
			  struct failure *why) MUST_CHECK;

/*
 * Look into the discovery document and make the question.  A document that
 * does not come is no failure: *unknown then says why, and there is no PKCE.
 */
bool consent_url_build(struct consent_url *a, const struct settings *with,
		       struct http_client *http, struct failure *unknown,
		       struct failure *why) MUST_CHECK;

/* Does this document offer the method S256?  FAILURE_DATA: it is not JSON. */
bool consent_url_offers_pkce(struct slice document, bool *pkce,
			     struct failure *why) MUST_CHECK;

#endif
