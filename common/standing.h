/* standing.h - how long a login lasts, by what the server said of it. */
#ifndef STANDING_H
#define STANDING_H

#include "tokens.h"

enum standing_state {
	STANDING_GOOD,
	STANDING_ENDING, /* soon, when nothing is done */
	STANDING_GONE,   /* a person must log in */
};

struct standing {
	enum standing_state state;
	/* Whole days left, 0 when it is over, -1 when nobody said: if the
	 * login is not used until then; and however it is used. */
	int64_t idle_days, login_days;
};

/* `t` NULL: there is no login.  Ending: fewer than `days` are left. */
struct standing standing_of(const struct tokens *t, int64_t now_us,
			    int64_t days);

/* For people, a fact a line; for programs, one JSON object.  `where` is where
 * it stands.  No token is in either. */
bool standing_tell(const struct standing *s, const struct tokens *t,
		   const char *env, const char *realm, const char *where,
		   struct buf *to, struct failure *why) MUST_CHECK;
bool standing_write(const struct standing *s, const struct tokens *t,
		    const char *env, const char *realm, const char *where,
		    struct buf *to, struct failure *why) MUST_CHECK;

#endif
