/*
 * auth/session.h - provides a valid access token, and never loses the login.
 *
 * The wing auth/ logs in to Intuit with OAuth 2, stores the tokens and
 * refreshes them.  It includes http/; quickbooks/ and qb-auth include it.
 *
 * To refresh: lock, read the store again (another process may have refreshed),
 * request new tokens, store them durably, and only then use them.  Intuit
 * replaces the refresh token about once a day, and the response is the only
 * copy of the new one (QUIRKS.md, "Refresh tokens").  token_tries.h says when a
 * refresh is retried; between two tries the lock is released, and the store is
 * read again.  SIGINT, SIGTERM and SIGHUP wait during a try until its tokens
 * are stored.
 */
#ifndef AUTH_SESSION_H
#define AUTH_SESSION_H

#include "auth/settings.h"
#include "auth/token_store.h"
#include "auth/token_tries.h"

struct session {
	struct settings settings;
	struct http_client *http; /* the caller's */
	struct token_store store;
	struct tokens tokens;
	char given_sha256[DIGEST_HEX]; /* of QBO_REFRESH_TOKEN */
	int64_t token_number;          /* counts access tokens, from 0 */
	int64_t timeout_ms;            /* of a request to the token endpoint */
	struct retry_policy policy;    /* the caller may change it */
	bool answered; /* the caller's: QuickBooks has taken an access token */
};

/*
 * Read the store.  FAILURE_LOGIN: there is no login, and no QBO_REFRESH_TOKEN.
 * `settings` is copied, its texts are not.  Core dumps are off from here on.
 */
bool session_open(struct session *s, const struct settings *settings,
		  struct http_client *http, struct failure *why) MUST_CHECK;
void session_close(struct session *s); /* may be called twice */

/*
 * Make sure that tokens.access has not expired, as far as the server told. This
 * may wait for the network, while other requests go on.  FAILURE_LOGIN: a
 * person must log in; FAILURE_REFUSED: the application's keys are wrong, or
 * QBO_TOKEN_URL; FAILURE_LATER: no valid response, and the login is not lost.
 */
bool session_ensure_token(struct session *s, struct failure *why) MUST_CHECK;

/* The server rejects tokens.access as expired: get another one, as above. */
bool session_renew_token(struct session *s, struct failure *why) MUST_CHECK;

/*
 * The single steps, for auth/sign_in.h and for qb-auth status.  session_begin()
 * opens the store without reading it; call session_close() even when it failed.
 * session_lock() takes the lock, which session_close() releases.
 * session_refresh() exchanges one refresh token, with retries under the lock.
 * session_save() stores the new tokens durably.
 */
bool session_begin(struct session *s, const struct settings *settings,
		   struct http_client *http, struct failure *why) MUST_CHECK;
bool session_lock(struct session *s, struct failure *why) MUST_CHECK;
struct token_endpoint session_token_endpoint(const struct session *s);
enum token_result session_refresh(struct session *s, struct slice token,
				  struct tokens *next,
				  struct failure *why) MUST_CHECK;
bool session_save(struct session *s, struct durable_file *d,
		  const struct tokens *next, struct failure *why) MUST_CHECK;

#endif
