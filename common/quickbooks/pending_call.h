/*
 * quickbooks/pending_call.h - a call that is not done: its tries, and what each
 * response means for it.
 *
 * Where a retry is decided: http/retry.h says whether and when, this file
 * applies it; quickbooks/client.c sends.
 */
#ifndef QUICKBOOKS_PENDING_CALL_H
#define QUICKBOOKS_PENDING_CALL_H

#include "auth/settings.h"
#include "http/response.h"
#include "quickbooks/call.h"

struct pending_call {
	struct pending_call *next; /* client.c's list */
	struct qbo_call *call;
	struct http_response response;
	bool in_flight;        /* or else it waits to be sent */
	bool no_gzip;          /* a response's gzip was broken */
	bool token_renewed;    /* an expired token was replaced once */
	bool others_answered;  /* another call of this client has succeeded */
	int64_t token_number;  /* session.token_number it was sent with */
	int64_t due_ms;        /* not sent before */
	int64_t began_ms;      /* the first try */
	int64_t tries;         /* without those with an expired token */
	int64_t counted_in;    /* monthly_calls_take(); 0: not counted */
	int64_t rate_limited;  /* tries that met a rate limit */
	bool may_drop_include; /* it may be what is refused */
	bool must_not_drop_it; /* it is, and cannot be left out */
	bool include_refused;  /* it was refused with it, once */
	bool without_include;  /* twice: it is sent without */
	/* its statement, while a row is asked for instead of a count */
	struct buf count_statement;
};

enum pending_state {
	PENDING_DONE,      /* the call has its response, or its failure */
	PENDING_RETRY,     /* send it again at due_ms */
	PENDING_NEW_TOKEN, /* send it again with another access token */
};

/* The memory of call->body serves the responses until the call is done. */
struct pending_call *pending_call_new(struct qbo_call *call);
void pending_call_free(struct pending_call *p);

/* Intuit meters what it answered with 200, whether or not that could be used;
 * of a response that was cut in its body nobody knows the status any more. */
bool pending_call_is_metered(const struct pending_call *p);

/*
 * A rate limit that another request met, perhaps in another process, lasts for
 * `wait_ms` more.  Is that longer than this call may be retried?  Then
 * call->why says so, and it is done.
 */
bool pending_call_is_held(struct pending_call *p,
			  const struct retry_policy *policy, int64_t wait_ms,
			  int64_t now_ms);

/*
 * A response has come, or none: decide.  `*hold_ms` becomes how long nothing
 * may be sent to this company, after a rate limit, or 0.
 */
enum pending_state pending_call_decide(struct pending_call *p,
				       const struct retry_policy *policy,
				       const struct settings *settings,
				       int64_t now_ms, int64_t *hold_ms);

#endif
