#include "quickbooks/client.h"
#include "auth/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/call_error.h"
#include "quickbooks/shared_rate_limit.h"

enum {
	MOST_ANSWER_MS = 130000, /* Intuit ends at 120 s by itself */
	FOREVER_MS = 3600000,
};

/* A call that is not done: it waits for its turn, or it is in flight. */
struct under_way {
	struct under_way *next;
	struct qbo_call *call;
	struct http_response answer;
	bool in_flight;
	bool plain;       /* gzip came broken: ask without */
	bool renewed;     /* one 401 was answered with a new token */
	int64_t token;    /* login's number of the one it was sent with */
	int64_t due_ms;   /* not before that */
	int64_t began_ms; /* the first try */
	int64_t tries;    /* but for those that a stale token spoiled */
};

struct qbo_client {
	struct http_client *http;
	struct session login;
	struct shared_rate_limit budget;
	struct retry_policy policy;
	struct under_way *first; /* in the order in which they were begun */
	struct buf authorization;
	int64_t authorized; /* login's number of the token in there, or -1 */
	bool some_done;
};

struct qbo_client *
qbo_client_open(struct failure *why)
{
	struct settings account;

	if (!settings_read(&account, SETTINGS_ALL, why))
		return NULL;
	if (!request_options_rate_limited() &&
	    strstr(account.api_url, ".intuit.com")) {
		fail(why, FAILURE_USAGE,
		     "--no-rate-limit is for servers that are not Intuit's");
		return NULL;
	}
	struct qbo_client *q = base_realloc(NULL, sizeof(*q));

	*q = (struct qbo_client){ .authorized = -1,
				  .policy = request_options_policy() };
	buf_init(&q->authorization, 2 * TOKENS_LONGEST);
	q->http = http_client_open(why);
	if (q->http && session_open(&q->login, &account, q->http, why)) {
		shared_rate_limit_open(&q->budget, q->login.store.file.folder,
				       account.env, account.realm);
		return q;
	}
	http_client_close(q->http);
	free(q);
	return NULL;
}

static void
free_under_way(struct under_way *u)
{
	u->call->under_way = NULL;
	http_client_cancel(&u->answer);
	http_response_free(&u->answer);
	free(u);
}

void
qbo_client_close(struct qbo_client *q)
{
	if (!q)
		return;
	while (q->first) {
		struct under_way *u = q->first;

		q->first = u->next;
		free_under_way(u);
	}
	shared_rate_limit_close(&q->budget);
	tokens_wipe_free(&q->authorization);
	session_close(&q->login);
	http_client_close(q->http);
	free(q);
}

const char *
qbo_client_realm(const struct qbo_client *q)
{
	return q->login.settings.realm;
}

/* The call's memory goes to the answer and comes back with it: a page is some
 * megabytes, and fresh ones cost more than what is done with them. */
static void
swap_bodies(struct under_way *u)
{
	struct buf body = u->call->body;

	u->call->body = u->answer.body;
	u->answer.body = body;
}

void
qbo_client_start(struct qbo_client *q, struct qbo_call *call)
{
	struct under_way *u = base_realloc(NULL, sizeof(*u));
	struct under_way **last = &q->first;

	if (call->under_way || call->done)
		BUG("a call is begun that was not cleared");
	*u = (struct under_way){ .call = call };
	http_response_init(&u->answer);
	swap_bodies(u);
	call->under_way = u;
	while (*last)
		last = &(*last)->next;
	*last = u;
}

static void
take_out(struct qbo_client *q, struct under_way *u)
{
	struct under_way **at = &q->first;

	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
}

void
qbo_client_cancel(struct qbo_client *q, struct qbo_call *call)
{
	struct under_way *u = call->under_way;

	if (!u)
		return;
	take_out(q, u);
	free_under_way(u);
}

/* It is answered, or `call->why` says why not. */
static void
settle(struct qbo_client *q, struct under_way *u)
{
	take_out(q, u);
	u->call->tries = (int)u->tries; /* most_tries is far below */
	u->call->took_ms = u->answer.took_ms;
	u->call->done = true;
	q->some_done = true;
	free_under_way(u);
}

static void
try_again(struct qbo_client *q, struct under_way *u, enum api_fault fault,
	  const char *what)
{
	int64_t now_ms = clock_monotonic_ms();
	const struct retry_try last = { .number = u->tries,
					.fault = fault,
					.elapsed_ms = now_ms - u->began_ms,
					.retry_after_ms =
						u->answer.retry_after_ms,
					.jitter = request_options_jitter() };
	struct retry_decision verdict = retry_decide(&q->policy, &last);

	/* also when this call gives up: the others were told, too */
	if (fault == API_FAULT_RATE_LIMITED)
		shared_rate_limit_hold(&q->budget, now_ms,
				       now_ms + verdict.wait_ms);
	if (!verdict.again) {
		call_error_gave_up(&u->answer, &last, &verdict, what,
				   &u->call->why);
		u->call->own =
			u->answer.status && fault != API_FAULT_RATE_LIMITED;
		settle(q, u);
		return;
	}
	u->plain = u->plain || u->answer.bad_gzip;
	u->due_ms = now_ms + verdict.wait_ms;
	log_info("request will be sent again try=%" PRId64 " wait_ms=%" PRId64
		 " why=\"%s: %s\"",
		 u->tries + 1, verdict.wait_ms, verdict.reason, what);
}

static void
ask_less(struct qbo_client *q, struct under_way *u, const char *what)
{
	log_info("page will be asked for in parts why=\"%s\"", what);
	call_error_fail(&u->answer, FAILURE_LATER, what, "too much at once",
			&u->call->why);
	u->call->ask_less = true;
	settle(q, u);
}

static void
refuse(struct qbo_client *q, struct under_way *u, enum api_fault fault,
       const char *what)
{
	int status = u->answer.status;

	call_error_refused(&u->answer, fault, &q->login.settings, what,
			   &u->call->why);
	u->call->own = fault == API_FAULT_REFUSED && status && status != 401 &&
		       status != 403;
	settle(q, u);
}

/* One refresh serves all calls that the stale token spoiled. */
static bool
token_spoiled(struct qbo_client *q, struct under_way *u, const char *what,
	      struct failure *why)
{
	if (u->renewed) {
		refuse(q, u, API_FAULT_STALE_TOKEN, what);
		return true;
	}
	u->renewed = true;
	u->tries--;
	log_info("access token is stale tid=%s", u->answer.tid);
	return u->token != q->login.token_number ||
	       session_renew_token(&q->login, why);
}

/* Is it what was asked for?  Then it is no fault either
 * (quickbooks/query_response.h), and the body has been looked at once. */
static bool
accept(struct under_way *u, struct failure *why)
{
	struct qbo_call *call = u->call;

	if (!query_response_parse(&call->response, buf_slice(&u->answer.body),
				  call->entity, call->count, why))
		return false;
	swap_bodies(u);
	return true;
}

static void
answered(struct qbo_client *q, struct under_way *u)
{
	log_info("answer came rows=%zu bytes=%zu try=%" PRId64 " ms=%" PRId64
		 " tid=%s",
		 u->call->response.row_count, u->call->body.len, u->tries,
		 u->answer.took_ms, u->answer.tid);
	settle(q, u);
}

static bool
judge(struct qbo_client *q, struct under_way *u, struct failure *why)
{
	struct failure other = { 0 };
	char what[CALL_ERROR_WHAT];

	u->in_flight = false;
	if (u->answer.status == 200 && accept(u, &other)) {
		answered(q, u);
		return true;
	}
	enum api_fault fault = call_error_fault(&u->answer);
	call_error_describe(&u->answer, what);
	switch (fault) {
	case API_FAULT_NONE: /* whole, and something else than was asked for */
		fail_in(&other, "HTTP %d", u->answer.status);
		try_again(q, u, API_FAULT_MALFORMED, other.text);
		return true;
	case API_FAULT_STALE_TOKEN:
		return token_spoiled(q, u, what, why);
	case API_FAULT_LOGIN:
	case API_FAULT_REFUSED:
		refuse(q, u, fault, what);
		return true;
	case API_FAULT_TIMEOUT:
		if (u->call->divisible) {
			ask_less(q, u, what);
			return true;
		}
		break;
	case API_FAULT_NO_RESPONSE:
	case API_FAULT_RATE_LIMITED:
	case API_FAULT_SERVER:
	case API_FAULT_MALFORMED:
		break;
	}
	try_again(q, u, fault, what);
	return true;
}

static bool
authorize(struct qbo_client *q, struct failure *why)
{
	if (!session_ensure_token(&q->login, why))
		return false;
	if (q->authorized == q->login.token_number)
		return true;
	tokens_wipe(&q->authorization);
	if (!buf_printf(&q->authorization, why, "Authorization: Bearer ") ||
	    !buf_add_slice(&q->authorization, buf_slice(&q->login.tokens.access),
			   why))
		return false;
	q->authorized = q->login.token_number;
	return true;
}

static bool
send(struct qbo_client *q, struct under_way *u, int64_t now_ms,
     struct failure *why)
{
	if (!qbo_call_address(u->call, q->login.settings.api_url,
			      qbo_client_realm(q), why))
		return false;
	const char *const headers[] = { "Accept: application/json",
					q->authorization.at, NULL };
	const struct http_request request = { .url = u->call->url.at,
					      .headers = headers,
					      .no_gzip = u->plain,
					      .most_bytes = QBO_CALL_MOST_BYTES,
					      .most_ms = MOST_ANSWER_MS };

	if (!http_client_start(q->http, &request, &u->answer, why))
		return false;
	if (!u->tries++)
		u->began_ms = now_ms;
	u->token = q->login.token_number;
	u->in_flight = true;
	return true;
}

/* Others were told to slow down, perhaps in another process: is that longer
 * than this call has patience for?  Then it ends here. */
static bool
is_held_too_long(struct qbo_client *q, struct under_way *u, int64_t now_ms)
{
	int64_t wait_ms = shared_rate_limit_held_ms(&q->budget) - now_ms;
	int64_t elapsed_ms = u->tries ? now_ms - u->began_ms : 0;

	if (wait_ms <= 0 || elapsed_ms + wait_ms <= q->policy.retry_for_ms)
		return false;
	call_error_held(wait_ms, &u->call->why);
	settle(q, u);
	return true;
}

/* Send it if it may go; `*due_ms` becomes when it may, else. */
static bool
send_one(struct qbo_client *q, struct under_way *u, int64_t *due_ms,
	 struct failure *why)
{
	/* a new token takes a while, and the budget counts from now on */
	if (!authorize(q, why))
		return false;
	int64_t now_ms = clock_monotonic_ms();
	if (!request_options_rate_limited() ||
	    shared_rate_limit_take(&q->budget, now_ms, due_ms))
		return send(q, u, now_ms, why);
	if (is_held_too_long(q, u, now_ms))
		*due_ms = now_ms;
	return true;
}

/* Send what is due; `*wait_ms` becomes how long until more may be. */
static bool
send_due(struct qbo_client *q, int64_t *wait_ms, struct failure *why)
{
	int64_t turn_ms = 0; /* the budget lets none go before */
	struct under_way *u, *next;

	*wait_ms = FOREVER_MS;
	for (u = q->first; u; u = next) {
		int64_t now_ms = clock_monotonic_ms(), due_ms = u->due_ms;

		next = u->next;
		if (u->in_flight)
			continue;
		if (due_ms < turn_ms)
			due_ms = turn_ms;
		if (due_ms <= now_ms) {
			if (!send_one(q, u, &turn_ms, why))
				return false;
			due_ms = turn_ms;
		}
		if (due_ms > now_ms && due_ms - now_ms < *wait_ms)
			*wait_ms = due_ms - now_ms;
	}
	return true;
}

static bool
judge_done(struct qbo_client *q, struct failure *why)
{
	struct under_way *u = q->first;

	while (u) {
		struct under_way *next = u->next;

		if (u->in_flight && u->answer.done && !judge(q, u, why))
			return false;
		u = next;
	}
	return true;
}

/* A refresh waits too, and other answers come in meanwhile. */
static bool
is_some_answered(const struct qbo_client *q)
{
	for (const struct under_way *u = q->first; u; u = u->next)
		if (u->in_flight && u->answer.done)
			return true;
	return false;
}

bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	bool woken = false;
	int64_t wait_ms;

	q->some_done = false;
	for (;;) {
		if (!judge_done(q, why))
			return false;
		if (q->some_done || woken)
			return true;
		if (!send_due(q, &wait_ms, why))
			return false;
		if (q->some_done || is_some_answered(q))
			continue;
		if (!http_client_run(q->http, wait_ms, wake_fd, &woken, why))
			return false;
	}
}
