#include "quickbooks/client.h"
#include "auth/session.h"
#include "base/clock.h"
#include "quickbooks/monthly_calls.h"
#include "quickbooks/pending_call.h"
#include "quickbooks/shared_rate_limit.h"

enum {
	MOST_RESPONSE_MS = 130000, /* Intuit's own time limit is 120 s */
	FOREVER_MS = 3600000,
};

struct qbo_client {
	struct http_client *http;
	struct session session;
	struct shared_rate_limit rate_limit;
	struct monthly_calls monthly_calls;
	struct retry_policy policy;
	struct include include;
	struct pending_call *pending; /* in the order in which they began */
	struct buf authorization;     /* the header */
	int64_t authorized;           /* token_number in there, or -1 */
	bool some_done;
	int64_t calls; /* of this process, as Intuit meters them */
};

struct qbo_client *
qbo_client_open(struct failure *why)
{
	struct settings settings;

	if (!settings_read(&settings, SETTINGS_ALL, why))
		return NULL;
	if (!retry_options_rate_limited() &&
	    strstr(settings.api_url, ".intuit.com")) {
		fail(why, FAILURE_USAGE,
		     "--no-rate-limit is not allowed for Intuit's servers");
		return NULL;
	}
	struct qbo_client *q = base_realloc(NULL, sizeof(*q));

	*q = (struct qbo_client){ .authorized = -1,
				  .policy = retry_options_policy() };
	buf_init(&q->authorization, 2 * TOKENS_LONGEST);
	q->http = http_client_open(why);
	if (!q->http || !session_open(&q->session, &settings, q->http, why)) {
		http_client_close(q->http);
		free(q);
		return NULL;
	}
	q->session.policy = q->policy;
	shared_rate_limit_open(&q->rate_limit, q->session.store.file.folder,
			       settings.env, settings.realm);
	custom_fields_open(&q->include.fields, q->session.store.file.folder,
			   settings.env, settings.realm);
	if (monthly_calls_open(&q->monthly_calls, &settings, clock_now_us(),
			       why))
		return q;
	qbo_client_close(q);
	return NULL;
}

static void
count_response(struct qbo_client *q, struct pending_call *p)
{
	if (!pending_call_is_metered(p)) {
		monthly_calls_give_back(&q->monthly_calls, &p->counted_in);
		return;
	}
	p->counted_in = 0;
	p->call->calls++;
	q->calls++;
}

/* A call that is under way stays counted: it may succeed at Intuit. */
static void
free_pending(struct qbo_client *q, struct pending_call *p)
{
	if (p->in_flight && p->response.done)
		count_response(q, p);
	else if (!p->in_flight)
		monthly_calls_give_back(&q->monthly_calls, &p->counted_in);
	pending_call_free(p);
}

void
qbo_client_close(struct qbo_client *q)
{
	if (!q)
		return;
	while (q->pending) {
		struct pending_call *p = q->pending;

		q->pending = p->next;
		free_pending(q, p);
	}
	monthly_calls_close(&q->monthly_calls);
	shared_rate_limit_close(&q->rate_limit);
	tokens_wipe_free(&q->authorization);
	session_close(&q->session);
	http_client_close(q->http);
	free(q);
}

const char *
qbo_client_realm(const struct qbo_client *q)
{
	return q->session.settings.realm;
}

struct include *
qbo_client_include(struct qbo_client *q)
{
	return &q->include;
}

int64_t
qbo_client_calls(const struct qbo_client *q)
{
	return q->calls;
}

bool
qbo_client_has_calls(const struct qbo_client *q, int64_t needed,
		     struct failure *why)
{
	return monthly_calls_suffice(&q->monthly_calls, needed, clock_now_us(),
				     why);
}

void
qbo_client_start(struct qbo_client *q, struct qbo_call *call)
{
	struct pending_call **last = &q->pending;

	if (call->pending || call->done)
		BUG("a call is started that was not cleared");
	while (*last)
		last = &(*last)->next;
	*last = pending_call_new(call);
}

static void
unlink_pending(struct qbo_client *q, struct pending_call *p)
{
	struct pending_call **at = &q->pending;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
}

void
qbo_client_cancel(struct qbo_client *q, struct qbo_call *call)
{
	struct pending_call *p = call->pending;

	if (!p)
		return;
	unlink_pending(q, p);
	free_pending(q, p);
}

/* The call has its response, or call->why says why not. */
static void
finish(struct qbo_client *q, struct pending_call *p)
{
	unlink_pending(q, p);
	p->call->tries = (int)p->tries; /* most_tries is far below */
	p->call->took_ms = p->response.took_ms;
	p->call->done = true;
	q->some_done = true;
	free_pending(q, p);
}

/* --- responses in -------------------------------------------------------- */

static bool
take_response(struct qbo_client *q, struct pending_call *p, struct failure *why)
{
	int64_t now_ms = clock_monotonic_ms(), hold_ms;

	p->in_flight = false;
	count_response(q, p);
	p->others_answered = q->session.answered;
	enum pending_state state = pending_call_decide(
		p, &q->policy, &q->session.settings, now_ms, &hold_ms);
	if (hold_ms)
		shared_rate_limit_hold(&q->rate_limit, now_ms,
				       now_ms + hold_ms);
	switch (state) {
	case PENDING_DONE:
		if (!p->call->why.kind)
			q->session.answered = true;
		include_take(&q->include, p->call, p->without_include);
		finish(q, p);
		break;
	case PENDING_RETRY:
		break;
	case PENDING_NEW_TOKEN:
		/* one refresh serves all calls with the expired token */
		return p->token_number != q->session.token_number ||
		       session_renew_token(&q->session, why);
	}
	return true;
}

static bool
take_responses(struct qbo_client *q, struct failure *why)
{
	struct pending_call *p = q->pending;

	while (p) {
		struct pending_call *next = p->next;

		if (p->in_flight && p->response.done &&
		    !take_response(q, p, why))
			return false;
		p = next;
	}
	return true;
}

/* While a token is refreshed, other responses may come. */
static bool
has_response(const struct qbo_client *q)
{
	for (const struct pending_call *p = q->pending; p; p = p->next)
		if (p->in_flight && p->response.done)
			return true;
	return false;
}

/* --- requests out -------------------------------------------------------- */

static bool
authorize(struct qbo_client *q, struct failure *why)
{
	if (!session_ensure_token(&q->session, why))
		return false;
	if (q->authorized == q->session.token_number)
		return true;
	tokens_wipe(&q->authorization);
	if (!buf_printf(&q->authorization, why, "Authorization: Bearer ") ||
	    !buf_add_slice(&q->authorization,
			   buf_slice(&q->session.tokens.access), why))
		return false;
	q->authorized = q->session.token_number;
	return true;
}

static bool
send_request(struct qbo_client *q, struct pending_call *p, int64_t now_ms,
	     struct failure *why)
{
	p->call->include =
		p->without_include ? NULL : include_for(&q->include, p->call);
	p->may_drop_include = include_may_be_refused(&q->include, p->call);
	p->must_not_drop_it = include_was_refused(&q->include, p->call);
	if (!qbo_call_address(p->call, q->session.settings.api_url,
			      qbo_client_realm(q), why))
		return false;
	const char *const headers[] = { "Accept: application/json",
					q->authorization.at, NULL };
	const struct http_request request = { .url = p->call->url.at,
					      .headers = headers,
					      .no_gzip = p->no_gzip,
					      .most_bytes = QBO_CALL_MOST_BYTES,
					      .most_ms = MOST_RESPONSE_MS };

	if (!http_client_start(q->http, &request, &p->response, why))
		return false;
	if (!p->tries++)
		p->began_ms = now_ms;
	p->token_number = q->session.token_number;
	p->in_flight = true;
	return true;
}

static bool
is_any_counted(const struct qbo_client *q)
{
	for (const struct pending_call *p = q->pending; p; p = p->next)
		if (p->counted_in)
			return true;
	return false;
}

/*
 * `*counted` is false while another process counts; and when the calls of the
 * month are used up, as long as some of them are under way: what they bring is
 * not to be lost, and those that fail can be tried again.
 */
static bool
count_call(struct qbo_client *q, struct pending_call *p, int64_t *due_ms,
	   bool *counted, struct failure *why)
{
	int64_t now_ms = clock_monotonic_ms();
	struct failure trouble;

	*counted = false;
	switch (monthly_calls_take(&q->monthly_calls, clock_now_us(), now_ms,
				   &p->counted_in, &trouble)) {
	case MONTHLY_CALLS_TAKEN:
		*counted = true;
		return true;
	case MONTHLY_CALLS_BUSY:
		*due_ms = now_ms + MONTHLY_CALLS_BUSY_MS;
		return true;
	case MONTHLY_CALLS_USED_UP:
		if (is_any_counted(q) || q->some_done)
			return true;
		break;
	case MONTHLY_CALLS_FAILED:
		break;
	}
	*why = trouble;
	return false;
}

/* Send it if the rate limit allows; otherwise `*due_ms` becomes when it does.
 */
static bool
send_if_allowed(struct qbo_client *q, struct pending_call *p, int64_t *due_ms,
		struct failure *why)
{
	bool counted;

	/* first, since a refresh takes a while and the limit counts from now */
	if (!authorize(q, why))
		return false;
	if (!count_call(q, p, due_ms, &counted, why))
		return false;
	if (!counted)
		return true;
	int64_t now_ms = clock_monotonic_ms();
	if (!retry_options_rate_limited() ||
	    shared_rate_limit_take(&q->rate_limit, now_ms, due_ms))
		return send_request(q, p, now_ms, why);
	if (pending_call_is_held(p, &q->policy,
				 shared_rate_limit_held_ms(&q->rate_limit) -
					 now_ms,
				 now_ms)) {
		finish(q, p);
		*due_ms = now_ms;
	}
	return true;
}

/* Send what is due; `*wait_ms` becomes the time until more is. */
static bool
send_due(struct qbo_client *q, int64_t *wait_ms, struct failure *why)
{
	int64_t allowed_ms = 0; /* the rate limit allows none before */
	struct pending_call *p, *next;

	*wait_ms = FOREVER_MS;
	for (p = q->pending; p; p = next) {
		int64_t now_ms = clock_monotonic_ms(), due_ms = p->due_ms;

		next = p->next;
		if (p->in_flight)
			continue;
		if (due_ms < allowed_ms)
			due_ms = allowed_ms;
		if (due_ms <= now_ms) {
			if (!send_if_allowed(q, p, &allowed_ms, why))
				return false;
			due_ms = allowed_ms;
		}
		if (due_ms > now_ms && due_ms - now_ms < *wait_ms)
			*wait_ms = due_ms - now_ms;
	}
	return true;
}

bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	bool woken = false;
	int64_t wait_ms;

	q->some_done = false;
	for (;;) {
		if (!take_responses(q, why))
			return false;
		if (q->some_done || woken)
			return true;
		if (!send_due(q, &wait_ms, why))
			return false;
		if (q->some_done || has_response(q))
			continue;
		if (!http_client_run(q->http, wait_ms, wake_fd, &woken, why))
			return false;
	}
}
