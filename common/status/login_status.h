/*
 * status/login_status.h - how long the stored login lasts, and how many calls
 * the app made this month.
 *
 * Both are files of this machine, so nothing is asked of Intuit.  It has
 * option rows of its own and does not use auth/settings.h's settings_read(),
 * which would link libcurl: qb-status needs no client secret and reads none.
 */
#ifndef STATUS_LOGIN_STATUS_H
#define STATUS_LOGIN_STATUS_H

#include "auth/expiry.h"
#include "auth/settings.h"
#include "auth/token_store.h"

/* The QBO_* variables that are read; all of them may be missing. */
extern const struct option_table login_status_options;

enum { LOGIN_STATUS_DAYS = 7 }; /* fewer days left is soon */

struct login_status {
	struct settings settings; /* of these variables */
	bool asked;               /* QBO_ENV and QBO_REALM_ID are set */
	bool found;               /* there is a login */
	struct failure trouble;   /* why it cannot be read */
	struct expiry expiry;
	struct token_store store;
	struct tokens tokens;
	int64_t ends_us; /* whichever end comes first; 0: unknown */
	int64_t calls;   /* of the app, this month (UTC); -1: not known */
};

/* FAILURE_USAGE: a variable is invalid.  Call login_status_free() in any
 * case. */
bool login_status_read(struct login_status *l, int64_t now_us,
		       struct failure *why) MUST_CHECK;
void login_status_free(struct login_status *l);

/* Where the login is stored, for people. */
const char *login_status_where(const struct login_status *l);

#endif
