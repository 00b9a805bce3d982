/*
 * login.h - an access token whenever one is needed, and never a login lost.
 *
 * Refreshing: lock, read again (somebody may have refreshed), ask, store
 * durably, and only then use.  A refresh is never repeated blindly, because a
 * refresh token changes about once a day and its answer is the only copy
 * (QUIRKS.md, "Refresh tokens").  SIGINT, SIGTERM and SIGHUP wait until that
 * answer is stored, or given up.
 */
#ifndef LOGIN_H
#define LOGIN_H

#include "account.h"
#include "grant.h"
#include "store.h"

struct login {
	struct account with;
	struct http *http; /* the caller's */
	struct store store;
	struct tokens now;
	char seed_sha256[DIGEST_HEX];
	int64_t number;         /* of the access token in `now`: 0, 1, 2 ... */
	int64_t most_answer_ms; /* of the token endpoint */
};

/*
 * Read the store.  FAILURE_LOGIN: there is none, and no seed.  `with` is
 * copied, its texts are not.  Core files are off from here on.
 */
bool login_open(struct login *l, const struct account *with, struct http *http,
		struct failure *why) MUST_CHECK;
void login_close(struct login *l); /* may be called twice */

/*
 * See to it that now.access is good, by what the server said of its end.  This
 * may wait for the network, while other requests go on. FAILURE_LOGIN: a person
 * must log in; FAILURE_REFUSED: the application's keys are wrong;
 * FAILURE_LATER: no usable answer, and nothing is lost.
 */
bool login_ready(struct login *l, struct failure *why) MUST_CHECK;

/* The server called now.access stale: another one, as above. */
bool login_renew(struct login *l, struct failure *why) MUST_CHECK;

/*
 * The steps of that, for whoever begins or ends a login (enrol.h).  The store
 * is found and not read, so that login_close() is due whatever came out; the
 * lock, which login_close() gives back; one refresh token asked for its
 * successor, as carefully as above; what was got, kept durably.
 */
bool login_begin(struct login *l, const struct account *with, struct http *http,
		 struct failure *why) MUST_CHECK;
bool login_lock(struct login *l, struct failure *why) MUST_CHECK;
struct grant login_grant(const struct login *l);
enum granted login_ask(struct login *l, struct slice token, struct tokens *next,
		       struct failure *why) MUST_CHECK;
bool login_keep(struct login *l, struct durable *d, const struct tokens *next,
		struct failure *why) MUST_CHECK;

#endif
