/*
 * fakeclient.h - a QuickBooks in place of quickbooks/client.c and call.c: seven
 * windows of invoices, whose responses come in any order, fail after so many,
 * or are too large for one page.
 */
#ifndef FAKECLIENT_H
#define FAKECLIENT_H

#include "quickbooks/fetch_queue.h"

enum { WINDOWS = 7 };

static const int window_rows[WINDOWS] = { 25, 0, 1, 13, 100, 0, 30 };

struct qbo_client {
	struct qbo_call *under_way[FETCH_QUEUE_MOST_JOBS];
	int count, most_at_once;
	unsigned random;
	bool last_first;             /* answer the newest question first */
	int fail_after;              /* this many answers; -1: never */
	int fail_times;              /* and then so often; 0: once */
	enum failure_kind fail_kind; /* FAILURE_NONE: FAILURE_LATER */
	bool fail_own;               /* for a reason of the window's own */
	int less_after;              /* then one page is too much; -1: never */
	bool unsteady;               /* counts never agree with the rows */
	int answers, asked_counts;
};

const struct option_table retry_options = { .count = 0 };

void
qbo_call_init(struct qbo_call *call)
{
	*call = (struct qbo_call){ .done = false };
	buf_init(&call->statement, 4096);
	buf_init(&call->url, 4096);
	buf_init(&call->body, 1024 * 1024);
	query_response_init(&call->response);
}

void
qbo_call_clear(struct qbo_call *call)
{
	buf_clear(&call->statement);
	buf_clear(&call->body);
	call->done = call->must_split = call->this_call_only = false;
	call->why.kind = FAILURE_NONE;
}

void
qbo_call_free(struct qbo_call *call)
{
	buf_free(&call->statement);
	buf_free(&call->url);
	buf_free(&call->body);
	query_response_free(&call->response);
}

const char *
qbo_client_realm(const struct qbo_client *q)
{
	return q ? "4620816365" : "";
}

void
qbo_client_start(struct qbo_client *q, struct qbo_call *call)
{
	q->under_way[q->count++] = call;
	q->asked_counts += call->count;
	if (q->count > q->most_at_once)
		q->most_at_once = q->count;
}

void
qbo_client_cancel(struct qbo_client *q, struct qbo_call *call)
{
	for (int i = 0; i < q->count; i++)
		if (q->under_way[i] == call)
			q->under_way[i--] = q->under_way[--q->count];
}

/* The windows are days of January, from the first. */
static int
window_of(const struct qbo_call *call)
{
	const char *date = strstr(call->statement.at, "'2025-01-");

	return (date[9] - '0') * 10 + date[10] - '0' - 1;
}

static bool
add_rows(struct qbo_call *call, int window, struct failure *why)
{
	int start = 0, most = 0;
	const char *page = strstr(call->statement.at, "startposition");

	if (sscanf(page, "startposition %d maxresults %d", &start, &most) != 2)
		return false;
	if (!buf_printf(&call->body, why, "{\"QueryResponse\":{\"Invoice\":["))
		return false;
	for (int i = start; i < start + most && i <= window_rows[window]; i++)
		if (!buf_printf(&call->body, why, "%s{\"Id\":\"%d\"}",
				i > start ? "," : "", window * 1000 + i))
			return false;
	return buf_printf(&call->body, why, "]}}");
}

static bool
answer(struct qbo_client *q, struct qbo_call *call, struct failure *why)
{
	int window = window_of(call);

	call->done = true;
	if (q->fail_after >= 0 && q->answers >= q->fail_after &&
	    q->answers <= q->fail_after + q->fail_times) {
		fail(&call->why, q->fail_kind ? q->fail_kind : FAILURE_LATER,
		     "no answer");
		call->this_call_only = q->fail_own;
		return true;
	}
	call->must_split =
		!call->count && call->can_split && q->answers == q->less_after;
	if (call->must_split)
		return true;
	if (!call->count && !add_rows(call, window, why))
		return false;
	if (call->count &&
	    !buf_printf(&call->body, why,
			"{\"QueryResponse\":{\"totalCount\":%d}}",
			window_rows[window] + q->unsteady))
		return false;
	return query_response_parse(&call->response, buf_slice(&call->body),
				    call->entity, call->count, why);
}

bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	(void)wake_fd;
	if (!q->count)
		return fail(why, FAILURE_BUG, "waiting for nothing");
	q->random = q->random * 1664525 + 1013904223;
	int i = q->last_first ? q->count - 1
			      : (int)((q->random >> 8) % (unsigned)q->count);
	struct qbo_call *call = q->under_way[i];
	q->under_way[i] = q->under_way[--q->count];
	bool answered = answer(q, call, why);
	q->answers++;
	return answered;
}

#endif
