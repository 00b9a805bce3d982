/*
 * scriptclient.h - a QuickBooks in place of quickbooks/client.c and call.c that
 * answers what a script says.
 *
 * One text per call: the Ids of its rows, "1+ 2 TAX", + where it is active;
 * "[...]" the array of rows itself; "!later", "!refused" or "!absent", how the
 * call fails; "!stop": it is not sent, since the calls of the month are used
 * up.  NULL ends the script, and what is asked then is a failure of the test.
 */
#ifndef SCRIPTCLIENT_H
#define SCRIPTCLIENT_H

#include "fakecall.h"

enum { MOST_ASKED = 64 };

struct qbo_client {
	const char *const *script;
	struct qbo_call *call;
	const char *time; /* QuickBooks' clock; NULL: none */
	int asked;
	int64_t calls;
	char statements[MOST_ASKED][256];
};

static struct qbo_client script_client;

static inline void
script_begin(const char *const *script)
{
	script_client = (struct qbo_client){ .script = script };
}

/* Was everything asked for that the script has? */
static inline bool
script_ended(void)
{
	return !script_client.script[script_client.asked];
}

int64_t
qbo_client_calls(const struct qbo_client *q)
{
	return q->calls;
}

void
qbo_client_start(struct qbo_client *q, struct qbo_call *call)
{
	q->call = call;
}

void
qbo_client_cancel(struct qbo_client *q, struct qbo_call *call)
{
	if (q->call == call)
		q->call = NULL;
}

static bool
script_rows(const char *text, struct buf *to, struct failure *why)
{
	bool first = true;

	while (*text) {
		int len = (int)strcspn(text, " ");

		bool active = len && text[len - 1] == '+';

		if (!buf_printf(to, why, "%s{\"Id\":\"%.*s\"%s}",
				first ? "" : ",", len - active, text,
				active ? ",\"Active\":true" : ""))
			return false;
		first = false;
		text += len + (text[len] == ' ');
	}
	return true;
}

static bool
script_answer(struct qbo_client *q, struct qbo_call *call, const char *text,
	      struct failure *why)
{
	const char *key = call->entity->rows_key;

	call->absent = !strcmp(text, "!absent");
	call->calls = 1;
	q->calls++;
	if (*text == '!') {
		bool later = !strcmp(text, "!later");

		call->this_call_only = true;
		fail(&call->why, later ? FAILURE_LATER : FAILURE_REFUSED,
		     "HTTP %d", later ? 500 : 400);
		return true;
	}
	if (!buf_printf(&call->body, why, "{\"QueryResponse\":{"))
		return false;
	if (*text == '[' ? !buf_printf(&call->body, why, "\"%s\":%s", key, text)
			 : *text && (!buf_printf(&call->body, why, "\"%s\":[",
						 key) ||
				     !script_rows(text, &call->body, why) ||
				     !buf_printf(&call->body, why, "]")))
		return false;
	return buf_printf(&call->body, why, "}") &&
	       (!q->time ||
		buf_printf(&call->body, why, ",\"time\":\"%s\"", q->time)) &&
	       buf_printf(&call->body, why, "}") &&
	       query_response_parse(&call->response, buf_slice(&call->body),
				    call->entity, false, why);
}

bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	struct qbo_call *call = q->call;
	const char *text = q->script[q->asked];

	(void)wake_fd;
	if (!text || q->asked == MOST_ASKED)
		return fail(why, FAILURE_BUG, "more is asked than expected: %s",
			    call->statement.at);
	snprintf(q->statements[q->asked++], sizeof(q->statements[0]), "%s",
		 call->statement.at);
	if (!strcmp(text, "!stop"))
		return fail(why, FAILURE_LATER, "the calls are used up");
	q->call = NULL;
	call->done = true;
	return script_answer(q, call, text, why);
}

#endif
