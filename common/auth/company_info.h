/*
 * auth/company_info.h - asks QuickBooks for the name of a company, by one call,
 * after somebody has logged in.
 */
#ifndef AUTH_COMPANY_INFO_H
#define AUTH_COMPANY_INFO_H

#include "auth/company_name.h"
#include "http/client.h"

/*
 * Read CompanyInfo with the access token that is stored, and store the name
 * beside it (auth/company_name.h).  The call is counted as Intuit meters it
 * (auth/monthly_count.h), and not made where QBO_MONTHLY_CALLS are used up.  It
 * is not repeated, and the token is not refreshed: a login is complete without
 * a name.  The failure says why there is none.
 */
bool company_info_learn(const struct settings *s, struct http_client *http,
			struct failure *why) MUST_CHECK;

#endif
