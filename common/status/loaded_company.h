/* status/loaded_company.h - the name of the company, where CompanyInfo was
 * loaded.
 */
#ifndef STATUS_LOADED_COMPANY_H
#define STATUS_LOADED_COMPANY_H

#include "check/ledger_query.h"

enum { LOADED_COMPANY_NAME = 1024 };

/* `name` without control characters; "" where there is no table, this role may
 * not read it, or it has no name. */
bool loaded_company_read(const struct ledger_query *l,
			 char name[LOADED_COMPANY_NAME],
			 struct failure *why) MUST_CHECK;

#endif
