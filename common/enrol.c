#include "enrol.h"
#include "diag.h"

enum { MOST_UNSENT = 3 };

/* A token that stands in the environment meanwhile is older than what a person
 * does now: it is known from here on. */
static bool
open_locked(struct login *l, const struct account *with, struct http *http,
	    bool *there, struct failure *why)
{
	if (!login_begin(l, with, http, why) || !login_lock(l, why))
		return false;
	if (!store_read(&l->store, &l->now, there, why)) {
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
enrol_check(const struct account *with, struct http *http, struct failure *why)
{
	struct durable file;
	struct login l;
	bool there;

	bool done = open_locked(&l, with, http, &there, why) &&
		    store_prepare(&l.store, &file, why);
	if (done)
		durable_drop(&file);
	login_close(&l);
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
exchange(struct login *l, const struct grant_code *code, struct tokens *next,
	 struct failure *why)
{
	const struct grant grant = login_grant(l);
	enum granted got = GRANT_UNSENT;
	struct failure last;
	int64_t ignored;

	for (int i = 0; i < MOST_UNSENT && got == GRANT_UNSENT; i++) {
		tokens_copy(next, &l->now);
		got = grant_exchange(&grant, code, next, &ignored, &last);
	}
	if (got == GRANT_GOT)
		return true;
	*why = last;
	if (got == GRANT_GONE)
		fail(why, FAILURE_LOGIN,
		     "Intuit does not accept the code: it was used already, "
		     "or is too old, or the redirect is another one");
	if (got != GRANT_REFUSED)
		fail_next(why, "qb-auth login again");
	return false;
}

static bool
adopt(struct login *l, struct slice token, struct tokens *next,
      struct failure *why)
{
	char hex[DIGEST_HEX];

	tokens_digest(token, hex);
	tokens_learn(&l->now, hex);
	switch (login_ask(l, token, next, why)) {
	case GRANT_GOT:
		return true;
	case GRANT_GONE:
		fail(why, FAILURE_LOGIN,
		     "Intuit does not accept this refresh token; what was "
		     "stored before is as it was");
		return fail_next(why, "bring another one, or qb-auth login");
	case GRANT_UNSENT:
	case GRANT_LOST:
	case GRANT_REFUSED:
		break;
	}
	return false;
}

/* Exactly one of `code` and `token` is there. */
static bool
enrol(const struct account *with, struct http *http,
      const struct grant_code *code, struct slice token, struct failure *why)
{
	struct durable file = { .fd = -1 };
	struct tokens next;
	struct login l;
	bool there, done = false;

	tokens_init(&next);
	if (!open_locked(&l, with, http, &there, why) ||
	    !store_prepare(&l.store, &file, why))
		goto out;
	forget_tokens(&l.now);
	done = (code ? exchange(&l, code, &next, why)
		     : adopt(&l, token, &next, why)) &&
	       login_keep(&l, &file, &next, why);
out:
	durable_drop(&file);
	login_close(&l);
	tokens_free(&next);
	return done;
}

bool
enrol_code(const struct account *with, struct http *http,
	   const struct grant_code *code, struct failure *why)
{
	return enrol(with, http, code, (struct slice){ NULL, 0 }, why);
}

bool
enrol_token(const struct account *with, struct http *http, struct slice token,
	    struct failure *why)
{
	struct buf plain;

	buf_init(&plain, TOKENS_LONGEST);
	bool done = tokens_set(&plain, token, why) &&
		    enrol(with, http, NULL, buf_slice(&plain), why);
	tokens_wipe_free(&plain);
	return done;
}

static bool
revoke_it(struct login *l, const char *url, struct failure *why)
{
	struct grant grant = login_grant(l);
	enum granted got = GRANT_UNSENT;
	struct failure last;

	grant.url = url;
	for (int i = 0; i < MOST_UNSENT && got == GRANT_UNSENT; i++)
		got = grant_revoke(&grant, buf_slice(&l->now.refresh), &last);
	if (got == GRANT_GONE)
		diag_warn("Intuit did not know this login any more");
	if (got == GRANT_GOT || got == GRANT_GONE)
		return true;
	*why = last;
	return false;
}

bool
enrol_end(const struct account *with, struct http *http, const char *revoke_url,
	  bool *there, struct failure *why)
{
	struct login l;

	*there = false;
	bool done = open_locked(&l, with, http, there, why) &&
		    (!*there || revoke_it(&l, revoke_url, why)) &&
		    store_remove(&l.store, why);
	login_close(&l);
	return done;
}
