/* auth/expiry.h - how long a login lasts, by what the server said of it. */
#ifndef AUTH_EXPIRY_H
#define AUTH_EXPIRY_H

#include "auth/tokens.h"

enum expiry_state {
	EXPIRY_GOOD,
	EXPIRY_SOON, /* soon, when nothing is done */
	EXPIRY_OVER, /* a person must log in */
};

struct expiry {
	enum expiry_state state;
	/* Whole days left, 0 when it is over, -1 when nobody said: if the
	 * login is not used until then; and however it is used. */
	int64_t idle_days, login_days;
};

/* `t` NULL: there is no login.  Ending: fewer than `days` are left. */
struct expiry expiry_of(const struct tokens *t, int64_t now_us, int64_t days);

/* For people, a fact a line; for programs, one JSON object.  `where` is where
 * it stands.  No token is in either. */
bool expiry_write_text(const struct expiry *s, const struct tokens *t,
		       const char *env, const char *realm, const char *where,
		       struct buf *to, struct failure *why) MUST_CHECK;
bool expiry_write_json(const struct expiry *s, const struct tokens *t,
		       const char *env, const char *realm, const char *where,
		       struct buf *to, struct failure *why) MUST_CHECK;

#endif
