#include <signal.h>

#include "auth/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

enum {
	PAUSE_MS = 1000, /* before a retry */
	LONGEST_RETRY_AFTER_MS = 60000,
	MOST_LOST_TRIES =
		2, /* when the request was sent and no response came */
	MOST_UNSENT_TRIES = 3, /* when nothing was sent */
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
		if (why->kind == FAILURE_DATA)
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
static bool
pause_ms(struct session *s, int64_t ms, struct failure *why)
{
	int64_t end_ms = clock_monotonic_ms() + ms, left_ms = ms;

	while (left_ms > 0) {
		if (!http_client_run(s->http, left_ms, -1, NULL, why))
			return false;
		left_ms = end_ms - clock_monotonic_ms();
	}
	return true;
}

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
		if (!pause_ms(s, LOCK_STEP_MS, why))
			return false;
	}
	return fail(why, FAILURE_LATER,
		    "%s.lock: another process has held it for %d minutes",
		    s->store.file.path.at, MOST_LOCK_WAIT_MS / 60000);
}

/* Wait for the next try; false when there is none. */
static bool
wait_to_retry(struct session *s, enum token_result result, int tries,
	      int64_t retry_after_ms, struct failure *why)
{
	struct failure ignored;
	int64_t wait_ms = retry_after_ms > PAUSE_MS ? retry_after_ms : PAUSE_MS;

	if (wait_ms > LONGEST_RETRY_AFTER_MS)
		return false;
	if ((result == TOKEN_UNSENT && tries < MOST_UNSENT_TRIES) ||
	    (result == TOKEN_LOST && tries < MOST_LOST_TRIES)) {
		log_info("token request will be retried wait_ms=%" PRId64
			 " why=\"%s\"",
			 wait_ms, why->text);
		return pause_ms(s, wait_ms, &ignored);
	}
	return false;
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

/* A response that was lost may have replaced the refresh token; the old one
 * stays valid for about a day, so one more try with it is safe. */
enum token_result
session_refresh(struct session *s, struct slice token, struct tokens *next,
		struct failure *why)
{
	const struct token_endpoint endpoint = session_token_endpoint(s);
	struct failure last; /* `why` stays empty if a retry succeeds */
	enum token_result result;
	int64_t retry_after_ms = -1;
	int tries = 0;

	do {
		tokens_copy(next, &s->tokens);
		result = token_request_refresh(&endpoint, token, next,
					       &retry_after_ms, &last);
		tries++;
	} while (wait_to_retry(s, result, tries, retry_after_ms, &last));
	if ((result == TOKEN_LOST || result == TOKEN_UNSENT) && tries > 1)
		fail_in(&last, "after %d tries", tries);
	if (result != TOKEN_GRANTED && result != TOKEN_INVALID_GRANT)
		*why = last;
	return result;
}

static bool
refresh(struct session *s, struct tokens *next, struct failure *why)
{
	enum token_result result =
		session_refresh(s, buf_slice(&s->tokens.refresh), next, why);

	if (result == TOKEN_INVALID_GRANT && s->tokens.previous.len) {
		log_info("refresh token refused, trying the previous one");
		result = session_refresh(s, buf_slice(&s->tokens.previous),
					 next, why);
	}
	if (result == TOKEN_INVALID_GRANT)
		return fail_login(s, why, "Intuit no longer accepts the login");
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
refresh_and_store(struct session *s, struct failure *why)
{
	struct durable_file file;
	struct tokens next;
	sigset_t before;
	bool done = false;

	if (!token_file_prepare(&s->store.file, &file, why))
		return false;
	block_signals(&before);
	tokens_init(&next);
	if (refresh(s, &next, why))
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
renew(struct session *s, const struct buf *stale, struct failure *why)
{
	if (!read_store(s, why))
		return false;
	if (is_valid(&s->tokens) &&
	    !slice_equal(buf_slice(stale), buf_slice(&s->tokens.access))) {
		s->token_number++;
		log_info("login refreshed by another process realm=%s",
			 s->settings.realm);
		return true;
	}
	return refresh_and_store(s, why);
}

bool
session_renew_token(struct session *s, struct failure *why)
{
	struct tokens stale;
	bool done = false;

	tokens_init(&stale);
	tokens_copy(&stale, &s->tokens);
	if (session_lock(s, why))
		done = renew(s, &stale.access, why);
	token_file_unlock(&s->store.file);
	tokens_free(&stale);
	return done;
}

bool
session_ensure_token(struct session *s, struct failure *why)
{
	return is_valid(&s->tokens) || session_renew_token(s, why);
}
