#include "auth/token_request.h"
#include "auth/consent_error.h"
#include "base/clock.h"

enum {
	MOST_RESPONSE_BYTES = 256 * 1024,
	MOST_FORM_BYTES = 8 * TOKENS_LONGEST, /* three bytes a character */
};

/* Wait for the response. */
static bool
send_request(const struct token_endpoint *e, struct buf *form, bool json,
	     struct http_response *response, struct failure *why)
{
	const char *const headers[] = {
		"Accept: application/json",
		json ? "Content-Type: application/json"
		     : "Content-Type: application/x-www-form-urlencoded",
		/* else the response lacks the end of the consent */
		"x-include-refresh-token-hard-expires-in: true", NULL
	};
	const struct http_request request = { .url = e->url,
					      .headers = headers,
					      .user = e->client_id,
					      .password = e->client_secret,
					      .body = buf_slice(form),
					      .own_connection = true,
					      .most_bytes = MOST_RESPONSE_BYTES,
					      .most_ms = e->timeout_ms };
	bool sent = http_client_start(e->http, &request, response, why);

	while (sent && !response->done)
		sent = http_client_run(e->http, e->timeout_ms, -1, NULL, why);
	return sent;
}

static struct slice
plain_text(struct slice value)
{
	struct slice word = { NULL, 0 };

	return json_plain_string(value, &word) ? word : value;
}

/* A time in seconds from now; 0 when it is invalid. */
static int64_t
expiry_time(struct slice value)
{
	const int64_t century_s = INT64_C(36525) * 86400;
	int64_t seconds;

	if (!json_integer(plain_text(value), &seconds) || seconds <= 0 ||
	    seconds > century_s)
		return 0;
	return clock_now_us() + seconds * CLOCK_SECOND;
}

/* The members of a response as JSON values; `complete`: it is one whole
 * object. */
struct token_reply {
	bool complete;
	struct slice access, refresh, error;
	int64_t access_ends_us, refresh_ends_us, login_ends_us;
};

static struct token_reply
parse_reply(struct slice body)
{
	struct token_reply reply = { 0 };
	struct failure ignored;
	struct slice key, value;
	struct json j;

	json_begin(&j, body);
	bool object = json_object(&j);
	while (object && json_key(&j, &key) && json_value(&j, &value))
		if (slice_is(key, "access_token"))
			reply.access = value;
		else if (slice_is(key, "refresh_token"))
			reply.refresh = value;
		else if (slice_is(key, "expires_in"))
			reply.access_ends_us = expiry_time(value);
		else if (slice_is(key, "x_refresh_token_expires_in"))
			reply.refresh_ends_us = expiry_time(value);
		else if (slice_is(key, "x_refresh_token_hard_expires_in"))
			reply.login_ends_us = expiry_time(value);
		else if (slice_is(key, "error"))
			reply.error = value;
	reply.complete = object && json_end(&j, &ignored);
	return reply;
}

static bool
set_token(struct buf *token, struct slice value, struct failure *why)
{
	struct buf plain;

	buf_init(&plain, TOKENS_LONGEST);
	bool set = json_unquote(value, &plain, why) &&
		   tokens_set(token, buf_slice(&plain), why);
	tokens_wipe_free(&plain);
	return set;
}

/* Update `next`; `used` is the refresh token that was sent, or at NULL after a
 * code. */
static bool
take_tokens(struct tokens *next, struct slice used,
	    const struct token_reply *reply)
{
	struct failure ignored;
	struct buf before;

	buf_init(&before, TOKENS_LONGEST);
	bool taken = (!used.at || tokens_set(&before, used, &ignored)) &&
		     set_token(&next->access, reply->access, &ignored);
	if (taken && reply->refresh.len)
		taken = set_token(&next->refresh, reply->refresh, &ignored);
	else if (taken)
		taken = tokens_set(&next->refresh, buf_slice(&before),
				   &ignored);
	if (taken && used.at &&
	    !slice_equal(buf_slice(&before), buf_slice(&next->refresh))) {
		taken = tokens_set(&next->previous, buf_slice(&before),
				   &ignored);
		next->replaced_us = clock_now_us();
	}
	/* also when the clock was set back */
	if (next->written_us < clock_now_us())
		next->written_us = clock_now_us();
	else
		next->written_us++;
	next->access_ends_us = reply->access_ends_us;
	next->refresh_ends_us = reply->refresh_ends_us;
	if (reply->login_ends_us)
		next->login_ends_us = reply->login_ends_us;
	tokens_wipe_free(&before);
	return taken;
}

/* The error codes of RFC 6749 5.2, which are safe to quote. */
static const char *
known_error(struct slice error)
{
	static const char *const known[] = {
		"invalid_request", "invalid_client",
		"invalid_grant",   "unauthorized_client",
		"invalid_scope",   "unsupported_grant_type",
	};

	for (size_t i = 0; i < LENGTH(known); i++)
		if (slice_is(plain_text(error), known[i]))
			return known[i];
	return "unknown error";
}

static void
fail_keys(const struct http_response *r, const char *which, struct failure *why)
{
	fail(why, FAILURE_REFUSED,
	     "the %s endpoint rejects QBO_CLIENT_ID or QBO_CLIENT_SECRET (HTTP "
	     "%d)",
	     which, r->status);
	fail_next(why, "set QBO_CLIENT_ID and QBO_CLIENT_SECRET to the keys of "
		       "the app that the login was made with, then run the "
		       "same command again");
}

static enum token_result
fail_refused(const struct http_response *r, const struct token_reply *reply,
	     struct failure *why)
{
	const char *error = known_error(reply->error);

	if (r->status == 401 || !strcmp(error, "invalid_client")) {
		fail_keys(r, "token", why);
		return TOKEN_REFUSED;
	}
	fail(why, FAILURE_REFUSED, "the token endpoint refused: HTTP %d, %s",
	     r->status, error);
	if (!strcmp(error, "unauthorized_client") ||
	    !strcmp(error, "invalid_scope"))
		fail_next(why, "%s", consent_error_portal);
	else
		fail_next(why, "check QBO_TOKEN_URL, and for a login "
			       "QBO_REDIRECT_URL; then run the same command "
			       "again");
	return TOKEN_REFUSED;
}

/* QUIRKS.md, "Refresh tokens": which responses show that nothing was done. */
static bool
is_not_done(const struct http_response *r, const struct token_reply *reply)
{
	if (r->status >= 500 || r->status == 408 || r->status == 429)
		return true;
	/* a page of a server in front */
	return r->status >= 300 && r->status != 401 &&
	       !(r->status == 400 ? reply->complete : reply->error.len > 0);
}

static enum token_result
classify(const struct http_response *r, struct slice used, struct tokens *next,
	 struct failure *why)
{
	struct token_reply reply = parse_reply(buf_slice(&r->body));

	if (r->untrusted || r->proxy_auth) {
		fail(why, FAILURE_REFUSED, "the token endpoint: %s", r->error);
		if (r->proxy_auth)
			fail_next(why, "put the proxy's name and password into "
				       "https_proxy, then run the same command "
				       "again");
		return TOKEN_REFUSED;
	}
	if (r->status == 0)
		return r->unsent ? TOKEN_UNSENT : TOKEN_LOST;
	if (r->status == 200)
		return reply.complete && take_tokens(next, used, &reply)
			       ? TOKEN_GRANTED
			       : TOKEN_LOST;
	if (reply.complete &&
	    slice_is(plain_text(reply.error), "invalid_grant"))
		return TOKEN_INVALID_GRANT;
	if (is_not_done(r, &reply))
		return TOKEN_NOT_DONE;
	if (r->status >= 300)
		return fail_refused(r, &reply, why);
	return TOKEN_LOST;
}

static struct token_trouble
describe_trouble(const struct http_response *r, enum token_result result)
{
	struct token_trouble trouble = { .fault = API_FAULT_NO_RESPONSE,
					 .retry_after_ms = r->retry_after_ms };

	if (result == TOKEN_NOT_DONE)
		trouble.fault = r->status == 429   ? API_FAULT_RATE_LIMITED
				: r->status == 408 ? API_FAULT_SERVER
				: r->status >= 500 ? API_FAULT_SERVER
						   : API_FAULT_FOREIGN;
	return trouble;
}

static void
fail_lost(const struct http_response *r, const char *which, struct failure *why)
{
	if (!r->status)
		fail(why, FAILURE_LATER, "the %s endpoint: %s", which,
		     r->error);
	else
		fail(why, FAILURE_LATER,
		     "the %s endpoint: HTTP %d, and no valid response", which,
		     r->status);
}

static void
fail_not_done(const struct http_response *r, struct failure *why)
{
	struct failure ignored;
	struct slice body = buf_slice(&r->body);

	fail(why, FAILURE_LATER, "the token endpoint: HTTP %d%s%s%s%s",
	     r->status, r->location[0] ? " to " : "", r->location,
	     json_check(body, &ignored) ? "" : ", ",
	     json_check(body, &ignored) ? "" : api_fault_body(body));
}

/* Send `form`, and take the tokens that come. */
static enum token_result
request_tokens(const struct token_endpoint *e, struct buf *form,
	       struct slice used, struct tokens *next,
	       struct token_trouble *trouble, struct failure *why)
{
	struct http_response response;
	enum token_result result = TOKEN_REFUSED;

	http_response_init(&response);
	if (send_request(e, form, false, &response, why)) {
		result = classify(&response, used, next, why);
		if (result == TOKEN_UNSENT || result == TOKEN_LOST)
			fail_lost(&response, "token", why);
		if (result == TOKEN_NOT_DONE)
			fail_not_done(&response, why);
		*trouble = describe_trouble(&response, result);
	}
	http_client_cancel(&response);
	tokens_wipe(&response.body);
	http_response_free(&response);
	return result;
}

static bool
add_field(struct buf *form, const char *name, struct slice value,
	  struct failure *why)
{
	return buf_printf(form, why, "%s%s=", form->len ? "&" : "", name) &&
	       http_url_escape(form, value, why);
}

enum token_result
token_request_refresh(const struct token_endpoint *e, struct slice token,
		      struct tokens *next, struct token_trouble *trouble,
		      struct failure *why)
{
	enum token_result result = TOKEN_REFUSED;
	struct buf form;

	buf_init(&form, MOST_FORM_BYTES);
	if (add_field(&form, "grant_type", SLICE("refresh_token"), why) &&
	    add_field(&form, "refresh_token", token, why))
		result = request_tokens(e, &form, token, next, trouble, why);
	tokens_wipe_free(&form);
	return result;
}

enum token_result
token_request_exchange(const struct token_endpoint *e,
		       const struct authorization_code *code,
		       struct tokens *next, struct token_trouble *trouble,
		       struct failure *why)
{
	const struct slice nothing = { NULL, 0 };
	enum token_result result = TOKEN_REFUSED;
	struct buf form;

	buf_init(&form, MOST_FORM_BYTES);
	if (add_field(&form, "grant_type", SLICE("authorization_code"), why) &&
	    add_field(&form, "code", code->code, why) &&
	    add_field(&form, "redirect_uri", slice_of(code->redirect), why) &&
	    (!code->verifier ||
	     add_field(&form, "code_verifier", slice_of(code->verifier), why)))
		result = request_tokens(e, &form, nothing, next, trouble, why);
	tokens_wipe_free(&form);
	return result;
}

/* 400 is the response to a token that was revoked or never existed. */
static enum token_result
classify_revocation(const struct http_response *r, struct failure *why)
{
	if (r->untrusted) {
		fail(why, FAILURE_REFUSED, "the revocation endpoint: %s",
		     r->error);
		return TOKEN_REFUSED;
	}
	if (r->status == 200)
		return TOKEN_GRANTED;
	if (r->status == 400)
		return TOKEN_INVALID_GRANT;
	if (r->status == 401) {
		fail_keys(r, "revocation", why);
		return TOKEN_REFUSED;
	}
	if (r->status == 403 || r->status == 404) {
		fail(why, FAILURE_REFUSED, "the revocation endpoint: HTTP %d",
		     r->status);
		fail_next(why, "check QBO_REVOKE_URL, then qb-auth logout "
			       "again");
		return TOKEN_REFUSED;
	}
	fail_lost(r, "revocation", why);
	return r->unsent ? TOKEN_UNSENT : TOKEN_LOST;
}

enum token_result
token_request_revoke(const struct token_endpoint *e, struct slice token,
		     struct failure *why)
{
	enum token_result result = TOKEN_REFUSED;
	struct http_response response;
	struct buf body;

	http_response_init(&response);
	buf_init(&body, MOST_FORM_BYTES);
	if (buf_printf(&body, why, "{\"token\":") &&
	    json_quote(token, &body, why) && buf_printf(&body, why, "}") &&
	    send_request(e, &body, true, &response, why))
		result = classify_revocation(&response, why);
	http_client_cancel(&response);
	http_response_free(&response);
	tokens_wipe_free(&body);
	return result;
}
