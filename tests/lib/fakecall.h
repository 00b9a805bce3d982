/*
 * fakecall.h - quickbooks/call.c, and what is the same in each QuickBooks that
 * stands in place of quickbooks/client.c.
 */
#ifndef FAKECALL_H
#define FAKECALL_H

#include "quickbooks/fetch_queue.h"

const struct option_table retry_options = { .count = 0 };

struct retry_policy
retry_options_policy(void)
{
	return (struct retry_policy){ .most_tries = 6 };
}

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
	call->done = call->must_split = false;
	call->this_call_only = call->may_be_row = false;
	call->why.kind = FAILURE_NONE;
	call->calls = 0;
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

#endif
