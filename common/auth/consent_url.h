/*
 * auth/consent_url.h - the URL of Intuit's consent page, on which a person
 * allows the application to read a company.
 */
#ifndef AUTH_CONSENT_URL_H
#define AUTH_CONSENT_URL_H

#include "auth/pkce.h"
#include "auth/settings.h"
#include "http/client.h"

/* --redirect and Intuit's addresses, with the rows of auth/settings.h. */
extern const struct option_table consent_url_options;

struct consent_url {
	struct buf url; /* to open in a browser; no lasting secret is in it */
	const char *redirect;
	const char *revoke_url;
	bool pkce; /* the server supports it */
	char state[SECRET_TEXT], verifier[SECRET_TEXT];
};

void consent_url_init(struct consent_url *u);
void consent_url_free(struct consent_url *u); /* wipes state and verifier */

/* Set the addresses.  FAILURE_USAGE names one that is invalid. */
bool consent_url_settings(struct consent_url *u,
			  const struct settings *settings,
			  struct failure *why) MUST_CHECK;

/*
 * Read the discovery document, and write `url`.  Without a document the login
 * goes on without PKCE, and `*no_pkce` says why there is none.
 */
bool consent_url_build(struct consent_url *u, const struct settings *settings,
		       struct http_client *http, struct failure *no_pkce,
		       struct failure *why) MUST_CHECK;

/* Does the document list the method S256?  FAILURE_DATA: it is not JSON. */
bool consent_url_offers_pkce(struct slice document, bool *pkce,
			     struct failure *why) MUST_CHECK;

#endif
