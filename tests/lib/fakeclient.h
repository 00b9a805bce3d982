/*
 * fakeclient.h - a QuickBooks in place of quickbooks/client.c and call.c: seven
 * windows of invoices, whose responses come in any order, fail after so many,
 * or are too large for one page, or cannot be had at all.
 */
#ifndef FAKECLIENT_H
#define FAKECLIENT_H

#include "base/clock.h"
#include "fakecall.h"

enum { WINDOWS = 7 };

static const int window_rows[WINDOWS] = { 25, 0, 1, 13, 100, 0, 30 };

struct qbo_client {
	struct qbo_call *under_way[FETCH_MOST_JOBS + 1];
	int count, most_at_once;
	unsigned random;
	bool last_first;             /* answer the newest question first */
	bool all_at_once;            /* answer all questions under way */
	int fail_after;              /* this many answers; -1: never */
	int fail_times;              /* and then so often; 0: once */
	enum failure_kind fail_kind; /* FAILURE_NONE: FAILURE_LATER */
	bool fail_own;               /* for a reason of the window's own */
	int less_after;              /* then one page is too much; -1: never */
	bool unsteady;  /* counts exceed the rows, by one for each window */
	int bad_window; /* its rows cannot be had; 0: none */
	int bad_row;    /* the Id of one that cannot be had */
	bool undated;   /* rows without a time */
	int slow_hours; /* a count of more is too slow; 0: none */
	bool no_filter; /* the range is ignored */
	int answers, asked_counts;
	int pages_refused;         /* the month's calls were used up */
	int64_t calls, most_calls; /* of the month; most 0: no limit */
};

int64_t
qbo_client_calls(const struct qbo_client *q)
{
	return q->calls;
}

bool
qbo_client_has_calls(const struct qbo_client *q, int64_t needed,
		     struct failure *why)
{
	return !q->most_calls || q->most_calls - q->calls >= needed ||
	       fail(why, FAILURE_LATER, "too few calls are left");
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

/* Row i of a window, i from 1, is i minutes after its start; the windows are
 * days of January, from the first. */
static int64_t
row_second(int window, int i)
{
	return (window * INT64_C(1440) + i) * 60;
}

static int64_t
second_after(const char *text)
{
	const struct clock_civil january = { .year = 2025,
					     .month = 1,
					     .day = 1 };
	int64_t at_us;

	if (!clock_parse((struct slice){ text, strcspn(text, "'") }, &at_us))
		return -1;
	return (at_us - clock_from_civil(&january)) / CLOCK_SECOND;
}

/* The range that is asked for, in seconds. */
static void
asked_range(const struct qbo_client *q, const struct qbo_call *call,
	    int64_t *start, int64_t *end)
{
	*start = second_after(strstr(call->statement.at, ">= '") + 4);
	*end = second_after(strstr(call->statement.at, "< '") + 3);
	if (q->no_filter) {
		*start = 0;
		*end = WINDOWS * INT64_C(86400);
	}
}

static int
rows_between(int64_t start, int64_t end)
{
	int count = 0;

	for (int w = 0; w < WINDOWS; w++)
		for (int i = 1; i <= window_rows[w]; i++)
			count += row_second(w, i) >= start &&
				 row_second(w, i) < end;
	return count;
}

static int
windows_between(int64_t start, int64_t end)
{
	return (int)((end + 86399) / 86400 - start / 86400);
}

static bool
add_row(struct qbo_client *q, struct qbo_call *call, int window, int i,
	bool first, bool *bad, struct failure *why)
{
	int id = window * 1000 + i;

	*bad = *bad || (q->bad_window && window + 1 == q->bad_window) ||
	       (q->bad_row && id == q->bad_row);
	if (!buf_printf(&call->body, why, "%s{\"Id\":\"%d\"", first ? "" : ",",
			id))
		return false;
	return q->undated ? buf_printf(&call->body, why, "}")
			  : buf_printf(&call->body, why,
				       ",\"MetaData\":{\"LastUpdatedTime\":"
				       "\"2025-01-%02dT%02d:%02d:00Z\"}}",
				       window + 1, i / 60, i % 60);
}

/* `*bad`: one of them cannot be had. */
static bool
add_rows(struct qbo_client *q, struct qbo_call *call, int64_t from, int64_t to,
	 bool *bad, struct failure *why)
{
	int start = 0, most = 0, position = 0;
	const char *page = strstr(call->statement.at, "startposition");

	if (sscanf(page, "startposition %d maxresults %d", &start, &most) != 2)
		return false;
	if (!buf_printf(&call->body, why, "{\"QueryResponse\":{\"Invoice\":["))
		return false;
	for (int w = 0; w < WINDOWS; w++)
		for (int i = 1; i <= window_rows[w]; i++) {
			if (row_second(w, i) < from || row_second(w, i) >= to)
				continue;
			position++;
			if (position >= start && position < start + most &&
			    !add_row(q, call, w, i, position == start, bad,
				     why))
				return false;
		}
	return buf_printf(&call->body, why, "]}}");
}

static bool
refuse(const struct qbo_client *q, struct qbo_call *call)
{
	fail(&call->why, q->fail_kind ? q->fail_kind : FAILURE_LATER,
	     "no answer");
	return true;
}

static bool
answer(struct qbo_client *q, struct qbo_call *call, struct failure *why)
{
	int64_t start, end;
	bool bad = false;

	asked_range(q, call, &start, &end);
	call->done = true;
	call->calls = 0;
	if (q->fail_after >= 0 && q->answers >= q->fail_after &&
	    q->answers <= q->fail_after + q->fail_times) {
		call->this_call_only = call->may_be_row = q->fail_own;
		return refuse(q, call);
	}
	call->must_split =
		call->can_split &&
		(call->count
			 ? q->slow_hours && end - start > q->slow_hours * 3600
			 : q->answers == q->less_after);
	if (call->must_split)
		return refuse(q, call);
	if (!call->count && !add_rows(q, call, start, end, &bad, why))
		return false;
	if (bad) {
		call->this_call_only = call->may_be_row = true;
		return refuse(q, call);
	}
	if (call->count &&
	    !buf_printf(&call->body, why,
			"{\"QueryResponse\":{\"totalCount\":%d}}",
			rows_between(start, end) +
				q->unsteady * windows_between(start, end)))
		return false;
	call->calls = 1;
	return query_response_parse(&call->response, buf_slice(&call->body),
				    call->entity, call->count, why);
}

/* Not a count, nor the time of one row. */
static bool
is_page(const struct qbo_call *call)
{
	const char *most = strstr(call->statement.at, "maxresults");

	return most && strcmp(most, "maxresults 1");
}

static bool
answer_one(struct qbo_client *q, int i, struct failure *why)
{
	struct qbo_call *call = q->under_way[i];

	q->under_way[i] = q->under_way[--q->count];
	if (q->most_calls && q->calls >= q->most_calls) {
		q->pages_refused += is_page(call);
		return fail(why, FAILURE_LATER, "the calls are used up");
	}
	bool answered = answer(q, call, why);
	q->answers++;
	q->calls += call->calls;
	return answered;
}

bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	bool done = true;

	(void)wake_fd;
	if (!q->count)
		return fail(why, FAILURE_BUG, "waiting for nothing");
	while (done && q->all_at_once && q->count > 1)
		done = answer_one(q, q->count - 1, why);
	q->random = q->random * 1664525 + 1013904223;
	int i = q->last_first ? q->count - 1
			      : (int)((q->random >> 8) % (unsigned)q->count);
	return done && answer_one(q, i, why);
}

#endif
