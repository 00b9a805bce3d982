#include <signal.h>

#include "auth/session.h"
#include "auth/token_kind.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

enum {
	TIMEOUT_MS = 60000,
	LOCK_STEP_MS = 20,
	MOST_LOCK_WAIT_MS = 300000,
	LEAST_VALID_US = 2000000, /* enough for a request; after a 401 it is
				     renewed, too */
};

/* A QBO_REFRESH_TOKEN that the store has not seen is newer than the store's
 * own, which becomes the fallback. */
static bool
use_given_token(struct session *s, bool found, struct failure *why)
{
	struct tokens *t = &s->tokens;
	struct slice given = slice_of(s->settings.refresh_token);
	bool known = tokens_knows(t, s->given_sha256) ||
		     slice_equal(given, buf_slice(&t->refresh)) ||
		     slice_equal(given, buf_slice(&t->previous));

	tokens_learn(t, s->given_sha256);
	if (found && known)
		return true;
	if (found && !tokens_set(&t->previous, buf_slice(&t->refresh), why))
		return false;
	tokens_wipe(&t->access);
	t->access_ends_us = t->refresh_ends_us = t->login_ends_us = 0;
	if (!tokens_set(&t->refresh, given, why))
		return fail(why, FAILURE_USAGE,
			    "QBO_REFRESH_TOKEN is not a valid token");
	return true;
}

static bool
fail_login(const struct session *s, struct failure *why, const char *what)
{
	fail(why, FAILURE_LOGIN, "%s for company %s (%s)", what,
	     s->settings.realm, s->settings.env);
	return fail_next(why, "qb-auth login, then run the same command again");
}

/* Read the store and QBO_REFRESH_TOKEN. */
static bool
read_store(struct session *s, struct failure *why)
{
	bool found;

	if (!token_store_read(&s->store, &s->tokens, &found, why)) {
		if (why->kind == FAILURE_DATA && !why->next[0])
			fail_next(why,
				  "move %s away and run qb-auth login, then "
				  "run the same command again",
				  s->store.file.path.at);
		return false;
	}
	if (s->settings.refresh_token)
		return use_given_token(s, found, why);
	return found || fail_login(s, why, "there is no login yet");
}

bool
session_begin(struct session *s, const struct settings *settings,
	      struct http_client *http, struct failure *why)
{
	const struct credential_helper helper = { .command = settings->helper,
						  .env = settings->env,
						  .realm = settings->realm };

	secret_protect_process();
	*s = (struct session){ .settings = *settings,
			       .http = http,
			       .policy = token_tries_policy,
			       .timeout_ms = TIMEOUT_MS };
	tokens_init(&s->tokens);
	if (settings->refresh_token)
		tokens_digest(slice_of(settings->refresh_token),
			      s->given_sha256);
	return token_store_open(&s->store, settings->token_file, &helper, why);
}

bool
session_open(struct session *s, const struct settings *settings,
	     struct http_client *http, struct failure *why)
{
	if (session_begin(s, settings, http, why) && read_store(s, why))
		return true;
	session_close(s);
	return false;
}

void
session_close(struct session *s)
{
	token_store_close(&s->store);
	tokens_free(&s->tokens);
}

/* Other requests go on meanwhile. */
bool
session_lock(struct session *s, struct failure *why)
{
	int64_t waited_ms;
	bool locked;

	for (waited_ms = 0; waited_ms < MOST_LOCK_WAIT_MS;
	     waited_ms += LOCK_STEP_MS) {
		if (!token_file_lock(&s->store.file, &locked, why))
			return false;
		if (locked)
			return true;
		if (!http_client_wait(s->http, LOCK_STEP_MS, why))
			return false;
	}
	return fail(why, FAILURE_LATER,
		    "%s.lock: another process has held it for %d minutes",
		    s->store.file.path.at, MOST_LOCK_WAIT_MS / 60000);
}

struct token_endpoint
session_token_endpoint(const struct session *s)
{
	return (struct token_endpoint){ .http = s->http,
					.url = s->settings.token_url,
					.client_id = s->settings.client_id,
					.client_secret =
						s->settings.client_secret,
					.timeout_ms = s->timeout_ms };
}

/* --- one refresh token --------------------------------------------------- */

/* What no more tries can help; invalid_grant is told by the callers. */
static void
fail_tries(const struct session *s, const struct token_tries *t,
	   const struct failure *last, struct failure *why)
{
	*why = *last;
	if (t->result == TOKEN_LOST || t->result == TOKEN_UNSENT ||
	    t->result == TOKEN_NOT_DONE)
		token_tries_fail(t, s->settings.token_url,
				 s->answered || s->token_number, why);
}

enum token_result
session_refresh(struct session *s, struct slice token, struct tokens *next,
		struct failure *why)
{
	const struct token_endpoint endpoint = session_token_endpoint(s);
	struct failure last; /* `why` stays empty if a retry succeeds */
	struct token_tries t;

	token_tries_begin(&t, s->http, &s->policy);
	do {
		tokens_copy(next, &s->tokens);
		token_tries_count(&t,
				  token_request_refresh(&endpoint, token, next,
							&t.trouble, &last));
	} while (token_tries_wait(&t, &last));
	if (t.result != TOKEN_GRANTED && t.result != TOKEN_INVALID_GRANT)
		fail_tries(s, &t, &last, why);
	return t.result;
}

/* --- a new access token -------------------------------------------------- */

/* All tries to replace one access token. */
struct renewal {
	struct tokens stale; /* as they were before */
	struct buf refused;  /* a refresh token that got invalid_grant */
	struct token_tries t;
	bool asked; /* in the last try, and t.result is the result */
};

static enum token_result
request(struct session *s, const struct buf *token, struct tokens *next,
	struct renewal *r, struct failure *why)
{
	const struct token_endpoint endpoint = session_token_endpoint(s);
	enum token_result result;

	tokens_copy(next, &s->tokens);
	result = token_request_refresh(&endpoint, buf_slice(token), next,
				       &r->t.trouble, why);
	token_tries_count(&r->t, result);
	r->asked = true;
	return result;
}

/* The next token has tries of its own. */
static bool
note_refused(struct renewal *r, const struct buf *token, struct failure *why)
{
	log_info("refresh token refused, trying the previous one");
	r->t.lost = 0;
	return tokens_set(&r->refused, buf_slice(token), why);
}

static bool
fail_not_accepted(const struct session *s, struct failure *why)
{
	const char *what = token_kind_mistaken(buf_slice(&s->tokens.refresh));
	size_t len;

	fail_login(s, why, "Intuit no longer accepts the login");
	len = strlen(why->text);
	if (what)
		snprintf(why->text + len, sizeof(why->text) - len,
			 ": its refresh token is %s", what);
	return false;
}

/* With the refresh token, and after invalid_grant with the one before it. A
 * token that got invalid_grant is not sent again. */
static bool
refresh(struct session *s, struct tokens *next, struct renewal *r,
	struct failure *why)
{
	struct tokens *t = &s->tokens;
	bool known_refused =
		r->refused.len &&
		slice_equal(buf_slice(&r->refused), buf_slice(&t->refresh));
	enum token_result result =
		known_refused ? TOKEN_INVALID_GRANT
			      : request(s, &t->refresh, next, r, why);

	if (result == TOKEN_INVALID_GRANT && t->previous.len) {
		if (!known_refused && !note_refused(r, &t->refresh, why))
			return false;
		result = request(s, &t->previous, next, r, why);
	}
	if (result == TOKEN_INVALID_GRANT)
		return fail_not_accepted(s, why);
	return result == TOKEN_GRANTED;
}

/* Store durably, then use. */
bool
session_save(struct session *s, struct durable_file *d,
	     const struct tokens *next, struct failure *why)
{
	if (token_store_save(&s->store, d, next, why)) {
		tokens_copy(&s->tokens, next);
		s->token_number++;
		log_info("login refreshed realm=%s", s->settings.realm);
		return true;
	}
	return fail_next(
		why, "fix this, then run the same command again within 24 "
		     "hours, while Intuit still accepts the previous token");
}

/* Termination signals wait until the response is stored: it may be the only
 * copy of the login. */
static void
block_signals(sigset_t *before)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_BLOCK, &blocked, before);
}

static bool
refresh_and_store(struct session *s, struct renewal *r, struct failure *why)
{
	struct durable_file file;
	struct tokens next;
	sigset_t before;
	bool done = false;

	if (!token_file_prepare(&s->store.file, &file, why))
		return false;
	block_signals(&before);
	tokens_init(&next);
	if (refresh(s, &next, r, why))
		done = session_save(s, &file, &next, why);
	tokens_free(&next);
	durable_file_discard(&file);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return done;
}

static bool
is_valid(const struct tokens *t)
{
	return t->access.len &&
	       (!t->access_ends_us ||
		t->access_ends_us > clock_now_us() + LEAST_VALID_US);
}

/* Another process may have refreshed while we waited for the lock. */
static bool
renew(struct session *s, struct renewal *r, struct failure *why)
{
	if (!read_store(s, why))
		return false;
	if (is_valid(&s->tokens) &&
	    !slice_equal(buf_slice(&r->stale.access),
			 buf_slice(&s->tokens.access))) {
		s->token_number++;
		log_info("login refreshed by another process realm=%s",
			 s->settings.realm);
		return true;
	}
	return refresh_and_store(s, r, why);
}

/* Between two tries nothing is under way and nothing is held: other processes
 * may refresh, and signals end this one. */
static bool
renew_with_retries(struct session *s, struct renewal *r, struct failure *why)
{
	struct failure last; /* `why` stays empty if a retry succeeds */
	bool done;

	do {
		r->asked = done = false;
		if (session_lock(s, &last))
			done = renew(s, r, &last);
		token_file_unlock(&s->store.file);
	} while (!done && r->asked && token_tries_wait(&r->t, &last));
	if (done)
		return true;
	if (r->asked)
		fail_tries(s, &r->t, &last, why);
	else
		*why = last;
	return false;
}

bool
session_renew_token(struct session *s, struct failure *why)
{
	struct renewal r = { 0 };

	tokens_init(&r.stale);
	tokens_copy(&r.stale, &s->tokens);
	buf_init(&r.refused, TOKENS_LONGEST);
	token_tries_begin(&r.t, s->http, &s->policy);
	bool done = renew_with_retries(s, &r, why);
	tokens_wipe_free(&r.refused);
	tokens_free(&r.stale);
	return done;
}

bool
session_ensure_token(struct session *s, struct failure *why)
{
	return is_valid(&s->tokens) || session_renew_token(s, why);
}
