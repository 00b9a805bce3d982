/*
 * auth/company_name.h - the name of a company, where companies are told apart.
 *
 * It is stored beside the login, in the file "<env>-<realm>.company", one JSON
 * object; qb-auth asks QuickBooks for it when somebody logs in
 * (auth/company_info.h).  Nothing depends on it: a file that is missing,
 * damaged or not ours is a name that is not known.
 */
#ifndef AUTH_COMPANY_NAME_H
#define AUTH_COMPANY_NAME_H

#include "auth/settings.h"
#include "base/buf.h"

enum { COMPANY_NAME_MOST = 1024 }; /* bytes */

/* Append the name of the company s->realm: UTF-8 without control characters.
 * False: it is not known, and nothing was appended. */
bool company_name_read(const struct settings *s, struct buf *to) MUST_CHECK;

/* Store it durably in the open folder `folder`; control characters are spelled
 * out, and what is too long is cut. */
bool company_name_store(const struct settings *s, int folder, struct slice name,
			struct failure *why) MUST_CHECK;

/* "Name (4620816365022138560)", or the number alone. */
bool company_name_write(const struct settings *s, struct buf *to,
			struct failure *why) MUST_CHECK;

/* The member ,"company":"Name", or null in place of the name. */
bool company_name_write_json(const struct settings *s, struct buf *to,
			     struct failure *why) MUST_CHECK;

#endif
