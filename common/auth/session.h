/*
 * auth/session.h - an access token whenever one is needed, and never a login
 * lost.
 *
 * Refreshing: lock, read again (somebody may have refreshed), ask, store
 * durably, and only then use.  A refresh is never repeated blindly, because a
 * refresh token changes about once a day and its answer is the only copy
 * (QUIRKS.md, "Refresh tokens").  SIGINT, SIGTERM and SIGHUP wait until that
 * answer is stored, or given up.
 */
#ifndef AUTH_SESSION_H
#define AUTH_SESSION_H

#include "auth/settings.h"
#include "auth/token_request.h"
#include "auth/token_store.h"

struct session {
	struct settings with;
	struct http_client *http; /* the caller's */
	struct token_store store;
	struct tokens now;
	char seed_sha256[DIGEST_HEX];
	int64_t number;         /* of the access token in `now`: 0, 1, 2 ... */
	int64_t most_answer_ms; /* of the token endpoint */
};

/*
 * Read the store.  FAILURE_LOGIN: there is none, and no seed.  `with` is
 * copied, its texts are not.  Core files are off from here on.
 */
bool session_open(struct session *l, const struct settings *with,
		  struct http_client *http, struct failure *why) MUST_CHECK;
void session_close(struct session *l); /* may be called twice */

/*
 * See to it that now.access is good, by what the server said of its end.  This
 * may wait for the network, while other requests go on. FAILURE_LOGIN: a person
 * must log in; FAILURE_REFUSED: the application's keys are wrong;
 * FAILURE_LATER: no usable answer, and nothing is lost.
 */
bool session_ensure_token(struct session *l, struct failure *why) MUST_CHECK;

/* The server called now.access stale: another one, as above. */
bool session_renew_token(struct session *l, struct failure *why) MUST_CHECK;

/*
 * The steps of that, for whoever begins or ends a login (auth/sign_in.h).  The
 * store is found and not read, so that session_close() is due whatever came
 * out; the lock, which session_close() gives back; one refresh token asked for
 * its successor, as carefully as above; what was got, kept durably.
 */
bool session_begin(struct session *l, const struct settings *with,
		   struct http_client *http, struct failure *why) MUST_CHECK;
bool session_lock(struct session *l, struct failure *why) MUST_CHECK;
struct token_endpoint session_token_endpoint(const struct session *l);
enum token_result session_refresh(struct session *l, struct slice token,
				  struct tokens *next,
				  struct failure *why) MUST_CHECK;
bool session_save(struct session *l, struct durable_file *d,
		  const struct tokens *next, struct failure *why) MUST_CHECK;

#endif
