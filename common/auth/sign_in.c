#include "auth/sign_in.h"
#include "auth/token_kind.h"
#include "base/log.h"

/* A QBO_REFRESH_TOKEN in the environment is older than this login: mark it as
 * seen, so that later runs do not take it for a newer one. */
static bool
open_locked(struct session *s, const struct settings *settings,
	    struct http_client *http, bool *found, struct failure *why)
{
	if (!session_begin(s, settings, http, why) || !session_lock(s, why))
		return false;
	if (!token_store_read(&s->store, &s->tokens, found, why)) {
		if (why->kind == FAILURE_DATA && !why->next[0])
			fail_next(why, "move it away, then run the same "
				       "command again");
		return false;
	}
	if (settings->refresh_token)
		tokens_learn(&s->tokens, s->given_sha256);
	return true;
}

bool
sign_in_check(const struct settings *settings, struct http_client *http,
	      struct failure *why)
{
	struct durable_file file;
	struct session s;
	bool found;

	bool done = open_locked(&s, settings, http, &found, why) &&
		    token_file_prepare(&s.store.file, &file, why);
	if (done)
		durable_file_discard(&file);
	session_close(&s);
	return done;
}

static void
clear_tokens(struct tokens *t)
{
	struct tokens empty;

	tokens_init(&empty);
	memcpy(empty.seeds, t->seeds, sizeof(empty.seeds));
	tokens_copy(t, &empty);
	tokens_free(&empty);
}

/* A code is valid for one request: retry only when nothing was sent. */
static bool
exchange(struct session *s, const struct authorization_code *code,
	 struct tokens *next, struct failure *why)
{
	const struct token_endpoint endpoint = session_token_endpoint(s);
	enum token_result result;
	struct token_tries t;
	struct failure last;

	token_tries_begin(&t, s->http, &s->policy);
	do {
		tokens_copy(next, &s->tokens);
		result = token_request_exchange(&endpoint, code, next,
						&t.trouble, &last);
		token_tries_count(&t, result);
	} while (result == TOKEN_UNSENT && token_tries_wait(&t, &last));
	if (result == TOKEN_GRANTED)
		return true;
	*why = last;
	if (result == TOKEN_INVALID_GRANT)
		fail(why, FAILURE_LOGIN,
		     "Intuit does not accept the code: it was already used, "
		     "has expired, or belongs to another redirect address");
	if (result != TOKEN_REFUSED)
		fail_next(why, "qb-auth login again");
	return false;
}

static bool
adopt(struct session *s, struct slice token, struct tokens *next,
      struct failure *why)
{
	char hex[DIGEST_HEX];

	tokens_digest(token, hex);
	tokens_learn(&s->tokens, hex);
	switch (session_refresh(s, token, next, why)) {
	case TOKEN_GRANTED:
		return true;
	case TOKEN_INVALID_GRANT:
		fail(why, FAILURE_LOGIN,
		     "Intuit does not accept this refresh token; the stored "
		     "login is unchanged");
		return fail_next(
			why,
			"qb-auth adopt with another one, or qb-auth login");
	case TOKEN_UNSENT:
	case TOKEN_NOT_DONE:
	case TOKEN_LOST:
	case TOKEN_REFUSED:
		break;
	}
	return false;
}

/* With `code`, or else with `token`. */
static bool
sign_in(const struct settings *settings, struct http_client *http,
	const struct authorization_code *code, struct slice token,
	struct failure *why)
{
	struct durable_file file = { .fd = -1 };
	struct tokens next;
	struct session s;
	bool found, done = false;

	tokens_init(&next);
	if (!open_locked(&s, settings, http, &found, why) ||
	    !token_file_prepare(&s.store.file, &file, why))
		goto out;
	clear_tokens(&s.tokens);
	done = (code ? exchange(&s, code, &next, why)
		     : adopt(&s, token, &next, why)) &&
	       session_save(&s, &file, &next, why);
out:
	durable_file_discard(&file);
	session_close(&s);
	tokens_free(&next);
	return done;
}

bool
sign_in_with_code(const struct settings *settings, struct http_client *http,
		  const struct authorization_code *code, struct failure *why)
{
	return sign_in(settings, http, code, (struct slice){ NULL, 0 }, why);
}

bool
sign_in_with_token(const struct settings *settings, struct http_client *http,
		   struct slice token, struct failure *why)
{
	struct buf plain;

	buf_init(&plain, TOKENS_LONGEST);
	bool done =
		token_kind_check(token, "what was given", FAILURE_DATA, why) &&
		tokens_set(&plain, token, why) &&
		sign_in(settings, http, NULL, buf_slice(&plain), why);
	tokens_wipe_free(&plain);
	return done;
}

static bool
revoke_login(struct session *s, const char *url, struct failure *why)
{
	struct token_endpoint endpoint = session_token_endpoint(s);
	enum token_result result;
	struct token_tries t;
	struct failure last;

	endpoint.url = url;
	token_tries_begin(&t, s->http, &s->policy);
	do {
		result = token_request_revoke(
			&endpoint, buf_slice(&s->tokens.refresh), &last);
		token_tries_count(&t, result);
	} while (result == TOKEN_UNSENT && token_tries_wait(&t, &last));
	if (result == TOKEN_INVALID_GRANT)
		log_warn("Intuit had already ended this login");
	if (result == TOKEN_GRANTED || result == TOKEN_INVALID_GRANT)
		return true;
	*why = last;
	return false;
}

bool
sign_out(const struct settings *settings, struct http_client *http,
	 const char *revoke_url, bool *found, struct failure *why)
{
	struct session s;

	*found = false;
	bool done = open_locked(&s, settings, http, found, why) &&
		    (!*found || revoke_login(&s, revoke_url, why)) &&
		    token_store_remove(&s.store, why);
	session_close(&s);
	return done;
}
