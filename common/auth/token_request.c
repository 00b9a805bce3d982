#include "auth/token_request.h"
#include "base/clock.h"

enum {
	MOST_ANSWER_BYTES = 256 * 1024,
	MOST_FORM_BYTES = 8 * TOKENS_LONGEST, /* three bytes a character */
};

/* The form goes out at once, and is wiped. */
static bool
send_request(const struct token_endpoint *g, struct buf *form, bool json,
	     struct http_response *answer, struct failure *why)
{
	const char *const headers[] = {
		"Accept: application/json",
		json ? "Content-Type: application/json"
		     : "Content-Type: application/x-www-form-urlencoded",
		/* or the answer does not tell of the five years */
		"x-include-refresh-token-hard-expires-in: true", NULL
	};
	const struct http_request request = { .url = g->url,
					      .headers = headers,
					      .user = g->client_id,
					      .password = g->client_secret,
					      .body = buf_slice(form),
					      .own_connection = true,
					      .most_bytes = MOST_ANSWER_BYTES,
					      .most_ms = g->most_ms };
	bool sent = http_client_start(g->http, &request, answer, why);

	while (sent && !answer->done)
		sent = http_client_run(g->http, g->most_ms, -1, NULL, why);
	return sent;
}

static struct slice
word_of(struct slice value)
{
	struct slice word = { NULL, 0 };

	return json_plain_string(value, &word) ? word : value;
}

/* "so many seconds from now"; 0 where it makes no sense. */
static int64_t
instant_of(struct slice value)
{
	const int64_t century_s = INT64_C(36525) * 86400;
	int64_t seconds;

	if (!json_integer(word_of(value), &seconds) || seconds <= 0 ||
	    seconds > century_s)
		return 0;
	return clock_now_us() + seconds * CLOCK_SECOND;
}

/* What an answer's body says, as values of JSON; `whole`: it is one object. */
struct told {
	bool whole;
	struct slice access, refresh, error;
	int64_t access_ends_us, refresh_ends_us, login_ends_us;
};

static struct told
read_told(struct slice body)
{
	struct told told = { 0 };
	struct failure ignored;
	struct slice key, value;
	struct json j;

	json_begin(&j, body);
	bool object = json_object(&j);
	while (object && json_key(&j, &key) && json_value(&j, &value))
		if (slice_is(key, "access_token"))
			told.access = value;
		else if (slice_is(key, "refresh_token"))
			told.refresh = value;
		else if (slice_is(key, "expires_in"))
			told.access_ends_us = instant_of(value);
		else if (slice_is(key, "x_refresh_token_expires_in"))
			told.refresh_ends_us = instant_of(value);
		else if (slice_is(key, "x_refresh_token_hard_expires_in"))
			told.login_ends_us = instant_of(value);
		else if (slice_is(key, "error"))
			told.error = value;
	told.whole = object && json_end(&j, &ignored);
	return told;
}

static bool
set_from(struct buf *token, struct slice value, struct failure *why)
{
	struct buf plain;

	buf_init(&plain, TOKENS_LONGEST);
	bool set = json_unquote(value, &plain, why) &&
		   tokens_set(token, buf_slice(&plain), why);
	tokens_wipe_free(&plain);
	return set;
}

/* `next` begins as what we had, and becomes what we have now; nothing was
 * used when the tokens came for a code. */
static bool
take_tokens(struct tokens *next, struct slice used, const struct told *told)
{
	struct failure ignored;
	struct buf before;

	buf_init(&before, TOKENS_LONGEST);
	bool taken = (!used.at || tokens_set(&before, used, &ignored)) &&
		     set_from(&next->access, told->access, &ignored);
	if (taken && told->refresh.len)
		taken = set_from(&next->refresh, told->refresh, &ignored);
	else if (taken)
		taken = tokens_set(&next->refresh, buf_slice(&before),
				   &ignored);
	if (taken && used.at &&
	    !slice_equal(buf_slice(&before), buf_slice(&next->refresh))) {
		taken = tokens_set(&next->previous, buf_slice(&before),
				   &ignored);
		next->replaced_us = clock_now_us();
	}
	/* a clock that was set back makes nothing older */
	if (next->written_us < clock_now_us())
		next->written_us = clock_now_us();
	else
		next->written_us++;
	next->access_ends_us = told->access_ends_us;
	next->refresh_ends_us = told->refresh_ends_us;
	if (told->login_ends_us)
		next->login_ends_us = told->login_ends_us;
	tokens_wipe_free(&before);
	return taken;
}

/* The words of RFC 6749 5.2; a body is not quoted, but these tell nothing. */
static const char *
known_error(struct slice error)
{
	static const char *const known[] = {
		"invalid_request", "invalid_client",
		"invalid_grant",   "unauthorized_client",
		"invalid_scope",   "unsupported_grant_type",
	};

	for (size_t i = 0; i < LENGTH(known); i++)
		if (slice_is(word_of(error), known[i]))
			return known[i];
	return "no reason that we know";
}

static enum token_result
refused(const struct http_response *a, const struct told *told,
	struct failure *why)
{
	const char *error = known_error(told->error);

	if (a->status == 401) {
		fail(why, FAILURE_REFUSED,
		     "the token endpoint does not know this application "
		     "(HTTP 401)");
		fail_next(why, "set QBO_CLIENT_ID and QBO_CLIENT_SECRET to the "
			       "keys of the application that logged in, then "
			       "run the same command again");
	} else {
		fail(why, FAILURE_REFUSED,
		     "the token endpoint refuses: HTTP %d, %s", a->status,
		     error);
	}
	return TOKEN_REFUSED;
}

static enum token_result
judge(const struct http_response *a, struct slice used, struct tokens *next,
      struct failure *why)
{
	struct told told = read_told(buf_slice(&a->body));

	if (a->untrusted) {
		fail(why, FAILURE_REFUSED, "the token endpoint: %s", a->error);
		return TOKEN_REFUSED;
	}
	if (a->status == 0)
		return a->unsent ? TOKEN_UNSENT : TOKEN_LOST;
	if (a->status == 200)
		return told.whole && take_tokens(next, used, &told)
			       ? TOKEN_GRANTED
			       : TOKEN_LOST;
	if (told.whole && slice_is(word_of(told.error), "invalid_grant"))
		return TOKEN_INVALID_GRANT;
	if (a->status == 401 || a->status == 403 || a->status == 404 ||
	    (a->status == 400 && told.whole))
		return refused(a, &told, why);
	return TOKEN_LOST;
}

static void
tell_lost(const struct http_response *a, const char *which, struct failure *why)
{
	if (!a->status)
		fail(why, FAILURE_LATER, "the %s endpoint: %s", which,
		     a->error);
	else
		fail(why, FAILURE_LATER,
		     "the %s endpoint: HTTP %d, and no answer that can be "
		     "used",
		     which, a->status);
}

/* Send `form`, wipe it, and judge. */
static enum token_result
ask(const struct token_endpoint *g, struct buf *form, struct slice used,
    struct tokens *next, int64_t *retry_after_ms, struct failure *why)
{
	struct http_response answer;
	enum token_result got = TOKEN_REFUSED;

	http_response_init(&answer);
	if (send_request(g, form, false, &answer, why)) {
		got = judge(&answer, used, next, why);
		if (got == TOKEN_UNSENT || got == TOKEN_LOST)
			tell_lost(&answer, "token", why);
		*retry_after_ms = answer.retry_after_ms;
	}
	http_client_cancel(&answer);
	tokens_wipe(&answer.body);
	http_response_free(&answer);
	return got;
}

static bool
add_field(struct buf *form, const char *name, struct slice value,
	  struct failure *why)
{
	return buf_printf(form, why, "%s%s=", form->len ? "&" : "", name) &&
	       http_url_escape(form, value, why);
}

enum token_result
token_request_refresh(const struct token_endpoint *g, struct slice token,
		      struct tokens *next, int64_t *retry_after_ms,
		      struct failure *why)
{
	enum token_result got = TOKEN_REFUSED;
	struct buf form;

	buf_init(&form, MOST_FORM_BYTES);
	if (add_field(&form, "grant_type", SLICE("refresh_token"), why) &&
	    add_field(&form, "refresh_token", token, why))
		got = ask(g, &form, token, next, retry_after_ms, why);
	tokens_wipe_free(&form);
	return got;
}

enum token_result
token_request_exchange(const struct token_endpoint *g,
		       const struct authorization_code *code,
		       struct tokens *next, int64_t *retry_after_ms,
		       struct failure *why)
{
	const struct slice nothing = { NULL, 0 };
	enum token_result got = TOKEN_REFUSED;
	struct buf form;

	buf_init(&form, MOST_FORM_BYTES);
	if (add_field(&form, "grant_type", SLICE("authorization_code"), why) &&
	    add_field(&form, "code", code->code, why) &&
	    add_field(&form, "redirect_uri", slice_of(code->redirect), why) &&
	    (!code->verifier ||
	     add_field(&form, "code_verifier", slice_of(code->verifier), why)))
		got = ask(g, &form, nothing, next, retry_after_ms, why);
	tokens_wipe_free(&form);
	return got;
}

/* 400 is what a token gets that is no more, or that was never there. */
static enum token_result
judge_revoked(const struct http_response *a, struct failure *why)
{
	if (a->untrusted) {
		fail(why, FAILURE_REFUSED, "the revoking endpoint: %s",
		     a->error);
		return TOKEN_REFUSED;
	}
	if (a->status == 200)
		return TOKEN_GRANTED;
	if (a->status == 400)
		return TOKEN_INVALID_GRANT;
	if (a->status == 401 || a->status == 403 || a->status == 404) {
		fail(why, FAILURE_REFUSED, "the revoking endpoint: HTTP %d",
		     a->status);
		return TOKEN_REFUSED;
	}
	tell_lost(a, "revoking", why);
	return a->unsent ? TOKEN_UNSENT : TOKEN_LOST;
}

enum token_result
token_request_revoke(const struct token_endpoint *g, struct slice token,
		     struct failure *why)
{
	enum token_result got = TOKEN_REFUSED;
	struct http_response answer;
	struct buf body;

	http_response_init(&answer);
	buf_init(&body, MOST_FORM_BYTES);
	if (buf_printf(&body, why, "{\"token\":") &&
	    json_quote(token, &body, why) && buf_printf(&body, why, "}") &&
	    send_request(g, &body, true, &answer, why))
		got = judge_revoked(&answer, why);
	http_client_cancel(&answer);
	http_response_free(&answer);
	tokens_wipe_free(&body);
	return got;
}
