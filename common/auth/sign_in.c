#include "auth/sign_in.h"
#include "base/log.h"

enum { MOST_UNSENT = 3 };

/* A token that stands in the environment meanwhile is older than what a person
 * does now: it is known from here on. */
static bool
open_locked(struct session *l, const struct settings *with,
	    struct http_client *http, bool *there, struct failure *why)
{
	if (!session_begin(l, with, http, why) || !session_lock(l, why))
		return false;
	if (!token_store_read(&l->store, &l->now, there, why)) {
		if (why->kind == FAILURE_DATA)
			fail_next(why,
				  "move it away, then run the same command "
				  "again");
		return false;
	}
	if (with->refresh_token)
		tokens_learn(&l->now, l->seed_sha256);
	return true;
}

bool
sign_in_check(const struct settings *with, struct http_client *http,
	      struct failure *why)
{
	struct durable_file file;
	struct session l;
	bool there;

	bool done = open_locked(&l, with, http, &there, why) &&
		    token_store_prepare(&l.store, &file, why);
	if (done)
		durable_file_discard(&file);
	session_close(&l);
	return done;
}

static void
forget_tokens(struct tokens *t)
{
	struct tokens empty;

	tokens_init(&empty);
	memcpy(empty.seeds, t->seeds, sizeof(empty.seeds));
	tokens_copy(t, &empty);
	tokens_free(&empty);
}

/* A code is good for one question; only one that never went out is asked
 * again. */
static bool
exchange(struct session *l, const struct authorization_code *code,
	 struct tokens *next, struct failure *why)
{
	const struct token_endpoint grant = session_token_endpoint(l);
	enum token_result got = TOKEN_UNSENT;
	struct failure last;
	int64_t ignored;

	for (int i = 0; i < MOST_UNSENT && got == TOKEN_UNSENT; i++) {
		tokens_copy(next, &l->now);
		got = token_request_exchange(&grant, code, next, &ignored,
					     &last);
	}
	if (got == TOKEN_GRANTED)
		return true;
	*why = last;
	if (got == TOKEN_INVALID_GRANT)
		fail(why, FAILURE_LOGIN,
		     "Intuit does not accept the code: it was used already, "
		     "or is too old, or the redirect is another one");
	if (got != TOKEN_REFUSED)
		fail_next(why, "qb-auth login again");
	return false;
}

static bool
adopt(struct session *l, struct slice token, struct tokens *next,
      struct failure *why)
{
	char hex[DIGEST_HEX];

	tokens_digest(token, hex);
	tokens_learn(&l->now, hex);
	switch (session_refresh(l, token, next, why)) {
	case TOKEN_GRANTED:
		return true;
	case TOKEN_INVALID_GRANT:
		fail(why, FAILURE_LOGIN,
		     "Intuit does not accept this refresh token; what was "
		     "stored before is as it was");
		return fail_next(why, "bring another one, or qb-auth login");
	case TOKEN_UNSENT:
	case TOKEN_LOST:
	case TOKEN_REFUSED:
		break;
	}
	return false;
}

/* Exactly one of `code` and `token` is there. */
static bool
enrol(const struct settings *with, struct http_client *http,
      const struct authorization_code *code, struct slice token,
      struct failure *why)
{
	struct durable_file file = { .fd = -1 };
	struct tokens next;
	struct session l;
	bool there, done = false;

	tokens_init(&next);
	if (!open_locked(&l, with, http, &there, why) ||
	    !token_store_prepare(&l.store, &file, why))
		goto out;
	forget_tokens(&l.now);
	done = (code ? exchange(&l, code, &next, why)
		     : adopt(&l, token, &next, why)) &&
	       session_save(&l, &file, &next, why);
out:
	durable_file_discard(&file);
	session_close(&l);
	tokens_free(&next);
	return done;
}

bool
sign_in_with_code(const struct settings *with, struct http_client *http,
		  const struct authorization_code *code, struct failure *why)
{
	return enrol(with, http, code, (struct slice){ NULL, 0 }, why);
}

bool
sign_in_with_token(const struct settings *with, struct http_client *http,
		   struct slice token, struct failure *why)
{
	struct buf plain;

	buf_init(&plain, TOKENS_LONGEST);
	bool done = tokens_set(&plain, token, why) &&
		    enrol(with, http, NULL, buf_slice(&plain), why);
	tokens_wipe_free(&plain);
	return done;
}

static bool
revoke_it(struct session *l, const char *url, struct failure *why)
{
	struct token_endpoint grant = session_token_endpoint(l);
	enum token_result got = TOKEN_UNSENT;
	struct failure last;

	grant.url = url;
	for (int i = 0; i < MOST_UNSENT && got == TOKEN_UNSENT; i++)
		got = token_request_revoke(&grant, buf_slice(&l->now.refresh),
					   &last);
	if (got == TOKEN_INVALID_GRANT)
		log_warn("Intuit did not know this login any more");
	if (got == TOKEN_GRANTED || got == TOKEN_INVALID_GRANT)
		return true;
	*why = last;
	return false;
}

bool
sign_out(const struct settings *with, struct http_client *http,
	 const char *revoke_url, bool *there, struct failure *why)
{
	struct session l;

	*there = false;
	bool done = open_locked(&l, with, http, there, why) &&
		    (!*there || revoke_it(&l, revoke_url, why)) &&
		    token_store_remove(&l.store, why);
	session_close(&l);
	return done;
}
