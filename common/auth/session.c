#include <signal.h>

#include "auth/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

enum {
	PAUSE_MS = 1000, /* before the same is asked again */
	LONGEST_ADVICE_MS = 60000,
	MOST_LOST = 2,   /* questions whose answer is lost */
	MOST_UNSENT = 3, /* tries while nothing at all went out */
	MOST_ANSWER_MS = 60000,
	LOCK_STEP_MS = 20,
	MOST_LOCKED_MS = 300000,
	GOOD_FOR_US = 2000000, /* enough to arrive; a 401 is no harm either */
};

/* Where a person gave a token that the store does not know, it is newer than
 * the store: the store's own becomes the one to fall back on. */
static bool
take_seed(struct session *l, bool found, struct failure *why)
{
	struct tokens *t = &l->now;
	struct slice seed = slice_of(l->with.refresh_token);
	bool known = tokens_knows(t, l->seed_sha256) ||
		     slice_equal(seed, buf_slice(&t->refresh)) ||
		     slice_equal(seed, buf_slice(&t->previous));

	tokens_learn(t, l->seed_sha256);
	if (found && known)
		return true;
	if (found && !tokens_set(&t->previous, buf_slice(&t->refresh), why))
		return false;
	tokens_wipe(&t->access);
	t->access_ends_us = t->refresh_ends_us = t->login_ends_us = 0;
	if (!tokens_set(&t->refresh, seed, why))
		return fail(why, FAILURE_USAGE,
			    "QBO_REFRESH_TOKEN is not a token");
	return true;
}

static bool
no_login(const struct session *l, struct failure *why, const char *what)
{
	fail(why, FAILURE_LOGIN, "%s the login of %s %s", what, l->with.env,
	     l->with.realm);
	return fail_next(why, "qb-auth login, then run the same command again");
}

/* What the store says now, and what a person gave. */
static bool
look(struct session *l, struct failure *why)
{
	bool found;

	if (!token_store_read(&l->store, &l->now, &found, why)) {
		if (why->kind == FAILURE_DATA)
			fail_next(why,
				  "move %s away, qb-auth login, then run the "
				  "same command again",
				  l->store.path.at);
		return false;
	}
	if (l->with.refresh_token)
		return take_seed(l, found, why);
	return found || no_login(l, why, "there is no token yet for");
}

bool
session_begin(struct session *l, const struct settings *with,
	      struct http_client *http, struct failure *why)
{
	const struct credential_helper of = { .command = with->helper,
					      .env = with->env,
					      .realm = with->realm };

	secret_protect_process();
	*l = (struct session){ .with = *with,
			       .http = http,
			       .most_answer_ms = MOST_ANSWER_MS };
	tokens_init(&l->now);
	if (with->refresh_token)
		tokens_digest(slice_of(with->refresh_token), l->seed_sha256);
	return token_store_open(&l->store, with->token_file, &of, why);
}

bool
session_open(struct session *l, const struct settings *with,
	     struct http_client *http, struct failure *why)
{
	if (session_begin(l, with, http, why) && look(l, why))
		return true;
	session_close(l);
	return false;
}

void
session_close(struct session *l)
{
	token_store_close(&l->store);
	tokens_free(&l->now);
}

/* Other requests go on meanwhile. */
static bool
pause_ms(struct session *l, int64_t ms, struct failure *why)
{
	int64_t end_ms = clock_monotonic_ms() + ms, left_ms = ms;

	while (left_ms > 0) {
		if (!http_client_run(l->http, left_ms, -1, NULL, why))
			return false;
		left_ms = end_ms - clock_monotonic_ms();
	}
	return true;
}

bool
session_lock(struct session *l, struct failure *why)
{
	int64_t waited_ms;
	bool locked;

	for (waited_ms = 0; waited_ms < MOST_LOCKED_MS;
	     waited_ms += LOCK_STEP_MS) {
		if (!token_store_lock(&l->store, &locked, why))
			return false;
		if (locked)
			return true;
		if (!pause_ms(l, LOCK_STEP_MS, why))
			return false;
	}
	return fail(why, FAILURE_LATER,
		    "%s.lock: another process has held it for %d minutes",
		    l->store.path.at, MOST_LOCKED_MS / 60000);
}

/* May the same be asked again after this?  Then wait for it. */
static bool
once_more(struct session *l, enum token_result got, int tries,
	  int64_t retry_after_ms, struct failure *why)
{
	struct failure ignored;
	int64_t wait_ms = retry_after_ms > PAUSE_MS ? retry_after_ms : PAUSE_MS;

	if (wait_ms > LONGEST_ADVICE_MS)
		return false;
	if ((got == TOKEN_UNSENT && tries < MOST_UNSENT) ||
	    (got == TOKEN_LOST && tries < MOST_LOST)) {
		log_info("token endpoint asked again wait_ms=%" PRId64
			 " why=\"%s\"",
			 wait_ms, why->text);
		return pause_ms(l, wait_ms, &ignored);
	}
	return false;
}

struct token_endpoint
session_token_endpoint(const struct session *l)
{
	return (struct token_endpoint){ .http = l->http,
					.url = l->with.token_url,
					.client_id = l->with.client_id,
					.client_secret = l->with.client_secret,
					.most_ms = l->most_answer_ms };
}

/* An answer that was lost may have changed the token, and the old one lives
 * on for about a day: the same is asked once more, and no more. */
enum token_result
session_refresh(struct session *l, struct slice token, struct tokens *next,
		struct failure *why)
{
	const struct token_endpoint grant = session_token_endpoint(l);
	struct failure last; /* it may yet end well, and `why` stay empty */
	enum token_result got;
	int64_t retry_after_ms = -1;
	int tries = 0;

	do {
		tokens_copy(next, &l->now);
		got = token_request_refresh(&grant, token, next,
					    &retry_after_ms, &last);
		tries++;
	} while (once_more(l, got, tries, retry_after_ms, &last));
	if ((got == TOKEN_LOST || got == TOKEN_UNSENT) && tries > 1)
		fail_in(&last, "asked %d times", tries);
	if (got != TOKEN_GRANTED && got != TOKEN_INVALID_GRANT)
		*why = last;
	return got;
}

static bool
refresh(struct session *l, struct tokens *next, struct failure *why)
{
	enum token_result got =
		session_refresh(l, buf_slice(&l->now.refresh), next, why);

	if (got == TOKEN_INVALID_GRANT && l->now.previous.len) {
		log_info("refresh token refused, the previous one is tried");
		got = session_refresh(l, buf_slice(&l->now.previous), next,
				      why);
	}
	if (got == TOKEN_INVALID_GRANT)
		return no_login(l, why, "Intuit no longer accepts");
	return got == TOKEN_GRANTED;
}

/* Durable first, then used: what is lost after this line is on the disk. */
bool
session_save(struct session *l, struct durable_file *d,
	     const struct tokens *next, struct failure *why)
{
	if (token_store_save(&l->store, d, next, why)) {
		tokens_copy(&l->now, next);
		l->number++;
		log_info("login refreshed realm=%s", l->with.realm);
		return true;
	}
	return fail_next(why, "mend this machine, then run the same command "
			      "again within a day: so long the token before "
			      "lives on");
}

/* Signals that ask a process to end wait until the answer is kept: it may be
 * the only copy of the login. */
static void
hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, before);
}

static bool
ask_and_keep(struct session *l, struct failure *why)
{
	struct durable_file file;
	struct tokens next;
	sigset_t before;
	bool done = false;

	if (!token_store_prepare(&l->store, &file, why))
		return false;
	hold_signals(&before);
	tokens_init(&next);
	if (refresh(l, &next, why))
		done = session_save(l, &file, &next, why);
	tokens_free(&next);
	durable_file_discard(&file);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return done;
}

static bool
is_good(const struct tokens *t)
{
	return t->access.len &&
	       (!t->access_ends_us ||
		t->access_ends_us > clock_now_us() + GOOD_FOR_US);
}

/* Somebody may have refreshed while we waited for the lock. */
static bool
renew(struct session *l, const struct buf *stale, struct failure *why)
{
	if (!look(l, why))
		return false;
	if (is_good(&l->now) &&
	    !slice_equal(buf_slice(stale), buf_slice(&l->now.access))) {
		l->number++;
		log_info("login refreshed by another process realm=%s",
			 l->with.realm);
		return true;
	}
	return ask_and_keep(l, why);
}

bool
session_renew_token(struct session *l, struct failure *why)
{
	struct tokens stale;
	bool done = false;

	tokens_init(&stale);
	tokens_copy(&stale, &l->now);
	if (session_lock(l, why))
		done = renew(l, &stale.access, why);
	token_store_unlock(&l->store);
	tokens_free(&stale);
	return done;
}

bool
session_ensure_token(struct session *l, struct failure *why)
{
	return is_good(&l->now) || session_renew_token(l, why);
}
