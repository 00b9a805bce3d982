#include "quickbooks/pending_call.h"
#include "base/log.h"
#include "http/client.h"
#include "http/jitter.h"
#include "quickbooks/call_error.h"
#include "quickbooks/object_response.h"
#include "quickbooks/retry_options.h"

enum { MOST_STATEMENT_BYTES = 16 * 1024 };

/* A page is some megabytes, and fresh memory costs more than what is done with
 * it: so the call and its responses share one buffer. */
static void
swap_bodies(struct pending_call *p)
{
	struct buf body = p->call->body;

	p->call->body = p->response.body;
	p->response.body = body;
}

struct pending_call *
pending_call_new(struct qbo_call *call)
{
	struct pending_call *p = base_realloc(NULL, sizeof(*p));

	*p = (struct pending_call){ .call = call };
	http_response_init(&p->response);
	buf_init(&p->count_statement, MOST_STATEMENT_BYTES);
	swap_bodies(p);
	call->pending = p;
	return p;
}

void
pending_call_free(struct pending_call *p)
{
	p->call->pending = NULL;
	http_client_cancel(&p->response);
	http_response_free(&p->response);
	buf_free(&p->count_statement);
	free(p);
}

bool
pending_call_is_metered(const struct pending_call *p)
{
	const struct http_response *response = &p->response;

	if (!response->status)
		return response->raw_bytes && !response->proxy_auth;
	return response->status == 200;
}

bool
pending_call_is_held(struct pending_call *p, const struct retry_policy *policy,
		     int64_t wait_ms, int64_t now_ms)
{
	int64_t elapsed_ms = p->tries ? now_ms - p->began_ms : 0;

	if (wait_ms <= 0 || elapsed_ms + wait_ms <= policy->retry_for_ms)
		return false;
	call_error_held(wait_ms, &p->call->why);
	return true;
}

/* --- a count that is {} -----------------------------------------------------
 */

static bool
is_asking_for_a_row(const struct pending_call *p)
{
	return p->count_statement.len;
}

static bool
write_row_query(struct slice count, struct buf *to, struct failure *why)
{
	static const char counted[] = "select count(*) from ";

	if (!slice_begins(count, counted))
		return fail(why, FAILURE_BUG, "a count that is none");
	count.at += sizeof(counted) - 1;
	count.len -= sizeof(counted) - 1;
	buf_clear(to);
	return buf_printf(to, why, "select * from ") &&
	       buf_add_slice(to, count, why) &&
	       buf_printf(to, why, " startposition 1 maxresults 1");
}

static void
swap_statements(struct pending_call *p)
{
	struct buf statement = p->call->statement;

	p->call->statement = p->count_statement;
	p->count_statement = statement;
}

/*
 * The count of nothing may come as {}, without totalCount; and so may that of
 * many rows, from a server in trouble.  So before it is taken for 0, a row is
 * asked for, by the same condition.
 */
static bool
ask_for_a_row(struct pending_call *p)
{
	struct failure ignored;

	if (!p->call->count || !p->call->response.empty ||
	    is_asking_for_a_row(p) ||
	    !write_row_query(buf_slice(&p->call->statement),
			     &p->count_statement, &ignored))
		return false;
	swap_statements(p);
	log_info("count without totalCount: asking for a row");
	return true;
}

/* The call is a count again. */
static void
end_asking(struct pending_call *p)
{
	if (!is_asking_for_a_row(p))
		return;
	swap_statements(p);
	buf_clear(&p->count_statement);
}

/* --- responses --------------------------------------------------------------
 */

static bool
parse(struct pending_call *p, struct slice body, struct failure *why)
{
	struct qbo_call *call = p->call;
	struct query_response *r = &call->response;

	if (call->path)
		return object_response_check(body, call->member, why);
	if (call->changed)
		return change_response_parse(&call->changes, body,
					     call->changed, call->changed_count,
					     why);
	bool count = call->count && !is_asking_for_a_row(p);
	if (!query_response_parse(r, body, call->entity, count, why))
		return false;
	for (size_t i = 0; call->by_created && i < r->row_count; i++)
		if (!response_row_check_created(&r->rows[i], why))
			return false;
	if (!is_asking_for_a_row(p))
		return true;
	end_asking(p);
	if (r->row_count)
		return fail(why, FAILURE_DATA,
			    "no totalCount, although there are rows");
	r->count = 0;
	return true;
}

/* Parsed once: what query_response_parse() takes is no fault either. */
static bool
accept_response(struct pending_call *p, struct failure *why)
{
	struct qbo_call *call = p->call;

	if (!parse(p, buf_slice(&p->response.body), why))
		return false;
	swap_bodies(p);
	log_info("response accepted rows=%zu bytes=%zu try=%" PRId64
		 " ms=%" PRId64 " tid=%s",
		 call->path      ? 1
		 : call->changed ? call->changes.count
				 : call->response.row_count,
		 call->body.len, p->tries, p->response.took_ms,
		 p->response.tid);
	return true;
}

static enum pending_state
retry_or_give_up(struct pending_call *p, const struct retry_policy *policy,
		 struct call_trouble *trouble, int64_t now_ms, int64_t *hold_ms)
{
	const struct http_response *response = &p->response;
	enum api_fault fault = trouble->fault;
	const struct retry_try last = {
		.number = p->tries,
		.fault = fault,
		.elapsed_ms = now_ms - p->began_ms,
		.retry_after_ms = response->retry_after_ms,
		.jitter = jitter_draw(),
	};
	struct retry_policy how = *policy;

	if (p->call->most_tries && p->call->most_tries < how.most_tries)
		how.most_tries = p->call->most_tries;
	struct retry_decision decision = retry_decide(&how, &last);

	/* also when this call gives up: the limit is the company's */
	if (fault == API_FAULT_RATE_LIMITED) {
		*hold_ms = decision.wait_ms;
		trouble->rate_limited = ++p->rate_limited;
	}
	if (!decision.again) {
		call_error_gave_up(trouble, &last, &decision, &p->call->why);
		p->call->this_call_only = response->status &&
					  fault != API_FAULT_RATE_LIMITED &&
					  p->call->why.kind == FAILURE_LATER;
		p->call->may_be_row =
			p->call->this_call_only && fault != API_FAULT_FOREIGN;
		return PENDING_DONE;
	}
	p->no_gzip = p->no_gzip || response->bad_gzip;
	p->due_ms = now_ms + decision.wait_ms;
	log_info("request will be retried try=%" PRId64 " wait_ms=%" PRId64
		 " why=\"%s: %s\"",
		 p->tries + 1, decision.wait_ms, decision.reason,
		 trouble->what);
	return PENDING_RETRY;
}

static enum pending_state
ask_to_split(struct pending_call *p, const char *what)
{
	log_info("request will be split why=\"%s\"", what);
	call_error_fail(&p->response, FAILURE_LATER, what, "too much at once",
			&p->call->why);
	p->call->must_split = true;
	return PENDING_DONE;
}

/* Of the log of changes many entities are asked for at once. */
static bool
is_absent(const struct pending_call *p)
{
	return !p->call->changed &&
	       api_fault_is_absent(buf_slice(&p->response.body),
				   p->call->entity->name);
}

static enum pending_state
refuse(struct pending_call *p, struct call_trouble *trouble)
{
	struct qbo_call *call = p->call;
	int status = p->response.status;

	call->absent = trouble->fault == API_FAULT_REFUSED && is_absent(p);
	trouble->absent = call->absent ? call->entity->name : NULL;
	call_error_refused(trouble, &call->why);
	call->this_call_only =
		call->absent || (trouble->fault == API_FAULT_REFUSED &&
				 status && status != 401 && status != 403);
	call->may_be_row = call->this_call_only && !call->absent;
	return PENDING_DONE;
}

/* Is it what the request includes that is refused?  One 400 may be a mistake of
 * QuickBooks' own, so the same request is sent again before that is believed.
 */
static bool
ask_without_include(struct pending_call *p)
{
	const struct http_response *response = &p->response;
	struct qbo_call *call = p->call;

	if (!call->include || !p->may_drop_include || response->status != 400 ||
	    is_absent(p) ||
	    !api_fault_may_be_parameter(buf_slice(&response->body)))
		return false;
	call->include_refused = p->must_not_drop_it;
	if (call->include_refused)
		return false;
	p->without_include = p->include_refused;
	p->include_refused = true;
	log_info("request will be sent %s tid=%s",
		 p->without_include ? "without its include" : "again",
		 response->tid);
	return true;
}

/* The response is whole, but a row of it could not be loaded: trying again does
 * not help. */
static enum pending_state
refuse_row(struct pending_call *p, const struct failure *invalid)
{
	struct qbo_call *call = p->call;

	call_error_fail(&p->response, FAILURE_REFUSED, invalid->text, "",
			&call->why);
	call->this_call_only = call->may_be_row = true;
	return PENDING_DONE;
}

/* A token may expire at any time, but not twice in one call. */
static enum pending_state
renew_token(struct pending_call *p, struct call_trouble *trouble)
{
	if (p->token_renewed)
		return refuse(p, trouble);
	p->token_renewed = true;
	p->tries--;
	log_info("access token expired tid=%s", p->response.tid);
	return PENDING_NEW_TOKEN;
}

enum pending_state
pending_call_decide(struct pending_call *p, const struct retry_policy *policy,
		    const struct settings *settings, int64_t now_ms,
		    int64_t *hold_ms)
{
	const struct http_response *response = &p->response;
	struct failure invalid = { 0 };
	char what[CALL_ERROR_WHAT];

	*hold_ms = 0;
	if (response->status == 200 && accept_response(p, &invalid))
		return PENDING_DONE;
	struct call_trouble trouble = { .response = response,
					.settings = settings,
					.fault = call_error_fault(response),
					.what = what,
					.answered = p->others_answered };
	call_error_describe(response, trouble.fault, what);
	switch (trouble.fault) {
	case API_FAULT_NONE: /* whole JSON, but not what was requested */
		if (ask_for_a_row(p)) {
			p->due_ms = now_ms;
			return PENDING_RETRY;
		}
		fail_in(&invalid, "HTTP %d", response->status);
		if (invalid.kind == FAILURE_REFUSED)
			return refuse_row(p, &invalid);
		trouble.fault = API_FAULT_MALFORMED;
		trouble.what = invalid.text;
		break;
	case API_FAULT_STALE_TOKEN:
		return renew_token(p, &trouble);
	case API_FAULT_REFUSED:
		if (ask_without_include(p)) {
			p->due_ms = now_ms;
			return PENDING_RETRY;
		}
		return refuse(p, &trouble);
	case API_FAULT_LOGIN:
		return refuse(p, &trouble);
	case API_FAULT_TIMEOUT:
		if (p->call->can_split)
			return ask_to_split(p, what);
		break;
	case API_FAULT_NO_RESPONSE:
	case API_FAULT_RATE_LIMITED:
	case API_FAULT_SERVER:
	case API_FAULT_MALFORMED:
	case API_FAULT_FOREIGN:
		break;
	}
	return retry_or_give_up(p, policy, &trouble, now_ms, hold_ms);
}
