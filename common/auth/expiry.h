/* auth/expiry.h - how long a login lasts, as far as the server told. */
#ifndef AUTH_EXPIRY_H
#define AUTH_EXPIRY_H

#include "auth/tokens.h"

enum expiry_state {
	EXPIRY_GOOD,
	EXPIRY_SOON, /* fewer days left than asked for */
	EXPIRY_OVER, /* a person must log in */
};

struct expiry {
	enum expiry_state state;
	/* Whole days left; 0: expired, -1: unknown.  Unused, the login ends
	 * after idle_days; however it is used, after login_days. */
	int64_t idle_days, login_days;
};

/* `t` NULL: there is no login.  EXPIRY_SOON: fewer than `days` are left. */
struct expiry expiry_of(const struct tokens *t, int64_t now_us, int64_t days);

/* For people, one line per fact; for programs, the members of a JSON object and
 * its "{", not its "}".  `where` is where the login is stored.  Neither
 * contains a token. */
bool expiry_write_text(const struct expiry *e, const struct tokens *t,
		       const char *env, const char *realm, const char *where,
		       struct buf *to, struct failure *why) MUST_CHECK;
bool expiry_write_json(const struct expiry *e, const struct tokens *t,
		       const char *env, const char *realm, const char *where,
		       struct buf *to, struct failure *why) MUST_CHECK;

#endif
