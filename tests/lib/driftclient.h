/*
 * driftclient.h - a QuickBooks in place of quickbooks/client.c and call.c whose
 * rows change between any two answers (driftcompany.h).
 */
#ifndef DRIFTCLIENT_H
#define DRIFTCLIENT_H

#include "driftcompany.h"
#include "fakecall.h"

/* --- answers ------------------------------------------------------------- */

struct asked {
	int entity;
	struct time_range range;
	int start, most;
};

static int64_t
time_behind(const char *text, const char *mark)
{
	const char *at = strstr(text, mark) + strlen(mark);
	struct slice time = { at, strcspn(at, "'") };
	struct clock_civil civil;
	int64_t at_us = -1;

	if (clock_parse(time, &at_us))
		return at_us;
	return clock_parse_civil(time, &civil) ? clock_from_civil(&civil) : -1;
}

static struct asked
what_is_asked(const struct qbo_call *call)
{
	const char *text = call->statement.at;
	const char *page = strstr(text, "startposition");
	struct asked asked = {
		.entity = call->entity->name[0] == 'B',
		.range = { time_behind(text, ">= '"),
			   time_behind(text, "< '") },
	};

	if (page)
		sscanf(page, "startposition %d maxresults %d", &asked.start,
		       &asked.most);
	return asked;
}

static bool
is_there(const struct version *v, const struct asked *asked)
{
	return v->to == NEVER && v->entity == asked->entity &&
	       v->at_us >= asked->range.start_us &&
	       v->at_us < asked->range.end_us;
}

static int
by_time(const void *a, const void *b)
{
	const struct version *const *x = a, *const *y = b;

	if ((*x)->at_us != (*y)->at_us)
		return (*x)->at_us < (*y)->at_us ? -1 : 1;
	return (*x)->id - (*y)->id;
}

static int
by_anything(const void *a, const void *b)
{
	const struct version *const *x = a, *const *y = b;
	unsigned i = (unsigned)(*x)->id * 2654435761U;
	unsigned j = (unsigned)(*y)->id * 2654435761U;

	return i < j ? -1 : i > j;
}

static int
find_rows(struct qbo_client *q, const struct asked *asked,
	  struct version *found[MOST_VERSIONS])
{
	int count = 0;

	for (int i = 0; i < q->count; i++)
		if (is_there(&q->versions[i], asked))
			found[count++] = &q->versions[i];
	qsort(found, (size_t)count, sizeof(*found),
	      q->unsorted ? by_anything : by_time);
	return count;
}

static bool
print_row(const struct qbo_client *q, const struct version *v, bool first,
	  struct buf *to, struct failure *why)
{
	static const char *const members[] = { [WINDOW_BY_UPDATED] =
						       "LastUpdatedTime",
					       [WINDOW_BY_CREATED] =
						       "CreateTime" };
	char at[CLOCK_TEXT];

	clock_format(v->at_us, at);
	if (!buf_printf(to, why, "%s{\"Id\":\"%d\",\"v\":%d", first ? "" : ",",
			v->id, (int)(v - q->versions)))
		return false;
	if (v->undated)
		return buf_printf(to, why, "}");
	if (q->by == WINDOW_BY_TXN_DATE)
		return buf_printf(to, why, ",\"TxnDate\":\"%.10s\"}", at);
	return buf_printf(to, why, ",\"MetaData\":{\"%s\":\"%s\"}}",
			  members[q->by], at);
}

static bool
refuse(struct qbo_call *call, enum failure_kind kind, bool own)
{
	fail(&call->why, kind, "no answer");
	call->this_call_only = call->may_be_row = own;
	return true;
}

static bool
answer_page(struct qbo_client *q, struct qbo_call *call,
	    const struct asked *asked, struct failure *why)
{
	struct version *found[MOST_VERSIONS];
	int count = find_rows(q, asked, found), end = asked->most;
	char now[CLOCK_TEXT];

	if (q->odd_pages && end > 1 && !draw(q, 4))
		end += q->odd_pages > 1 && draw(q, 2) ? 1 : -1;
	end += asked->start - 1;
	for (int i = asked->start - 1; i < count && i < end; i++)
		if (found[i]->unreadable)
			return refuse(call, q->fail_kind, true);
	clock_format(clock_now_us(), now);
	if (!buf_printf(&call->body, why, "{\"QueryResponse\":{\"%s\":[",
			call->entity->name))
		return false;
	for (int i = asked->start - 1; i < count && i < end; i++)
		if (!print_row(q, found[i], i == asked->start - 1, &call->body,
			       why))
			return false;
	return buf_printf(&call->body, why, "]},\"time\":\"%s\"}", now);
}

static bool
answer_count(struct qbo_client *q, struct qbo_call *call,
	     const struct asked *asked, struct failure *why)
{
	int count = 0;

	if (q->bad_count_us && q->bad_count_us >= asked->range.start_us &&
	    q->bad_count_us < asked->range.end_us)
		return refuse(call, q->fail_kind, true);
	for (int i = 0; i < q->count; i++)
		count += is_there(&q->versions[i], asked);
	return buf_printf(&call->body, why,
			  "{\"QueryResponse\":{\"totalCount\":%d}}", count);
}

static bool
answer(struct qbo_client *q, struct qbo_call *call, struct failure *why)
{
	struct asked asked = what_is_asked(call);
	int64_t length_us = asked.range.end_us - asked.range.start_us;

	if (q->own_failures && !draw(q, 8)) {
		q->own_failures--;
		return refuse(call, q->fail_kind, true);
	}
	if (q->failures && !draw(q, 12)) {
		q->failures--;
		q->failed = true;
		return refuse(call, FAILURE_LATER, false);
	}
	call->must_split =
		call->can_split &&
		(call->count ? q->slow_count_us && length_us > q->slow_count_us
			     : q->slow_page && asked.most > q->slow_page);
	if (call->must_split)
		return refuse(call, FAILURE_LATER, true);
	if (!(call->count ? answer_count(q, call, &asked, why)
			  : answer_page(q, call, &asked, why)))
		return false;
	if (call->why.kind)
		return true;
	call->calls = draw(q, 16) ? 1 : 2;
	return query_response_parse(&call->response, buf_slice(&call->body),
				    call->entity, call->count, why);
}

/* --- quickbooks/call.h and client.h ------------------------------------- */

int64_t
qbo_client_calls(const struct qbo_client *q)
{
	return q->calls;
}

bool
qbo_client_has_calls(const struct qbo_client *q, int64_t needed,
		     struct failure *why)
{
	(void)q, (void)needed, (void)why;
	return true;
}

void
qbo_client_start(struct qbo_client *q, struct qbo_call *call)
{
	int i = q->under_way_count++;

	q->under_way[i].call = call;
	q->under_way[i].answered = false;
	if (q->under_way_count > q->most_at_once)
		q->most_at_once = q->under_way_count;
}

void
qbo_client_cancel(struct qbo_client *q, struct qbo_call *call)
{
	for (int i = 0; i < q->under_way_count; i++)
		if (q->under_way[i].call == call) {
			call->calls = 0;
			q->under_way[i--] = q->under_way[--q->under_way_count];
		}
}

static bool
answer_at(struct qbo_client *q, int i, struct failure *why)
{
	if (q->under_way[i].answered)
		return true;
	change(q);
	q->under_way[i].answered = true;
	q->answers++;
	return answer(q, q->under_way[i].call, why);
}

/* Some may be answered long before the answer arrives. */
bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	(void)wake_fd;
	if (!q->under_way_count)
		return fail(why, FAILURE_BUG, "waiting for nothing");
	if (q->answers > MOST_ANSWERS)
		return fail(why, FAILURE_BUG, "it does not end");
	if (!draw(q, 3) && !answer_at(q, draw(q, q->under_way_count), why))
		return false;
	int i = draw(q, q->under_way_count);
	if (!answer_at(q, i, why))
		return false;
	q->under_way[i].call->done = true;
	q->calls += q->under_way[i].call->calls;
	q->under_way[i] = q->under_way[--q->under_way_count];
	if (!draw(q, 2))
		change(q);
	return true;
}

#endif
