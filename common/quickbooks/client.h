/*
 * quickbooks/client.h - the one conversation with QuickBooks Online.
 *
 * Many calls at once, each sent again when what went wrong passes by itself,
 * within both of Intuit's limits (unless --no-rate-limit); a stale access token
 * is refreshed on the way.  One thread, no callbacks: begin calls, then work
 * until one is done.
 */
#ifndef QUICKBOOKS_CLIENT_H
#define QUICKBOOKS_CLIENT_H

#include "quickbooks/call.h"
#include "quickbooks/request_options.h"

struct qbo_client;

/*
 * FAILURE_USAGE names a setting that is missing or wrong, FAILURE_LOGIN says
 * that the login is lost.  NULL then.  Nothing is sent before the first call.
 */
struct qbo_client *qbo_client_open(struct failure *why) MUST_CHECK;
void qbo_client_close(struct qbo_client *q); /* NULL is fine */

/* Digits; the company that is read. */
const char *qbo_client_realm(const struct qbo_client *q);

void qbo_client_start(struct qbo_client *q, struct qbo_call *call);
/* Its answer is not wanted any more, whether it has come or not. */
void qbo_client_cancel(struct qbo_client *q, struct qbo_call *call);

/*
 * Send, receive and wait until some call is newly done, or until `wake_fd`
 * (-1: none) can be read.  What goes wrong with a call stands in the call;
 * false only for what ends everything: no access token can be had (as
 * session_ensure_token() says), or FAILURE_IO.
 */
bool qbo_client_run(struct qbo_client *q, int wake_fd,
		    struct failure *why) MUST_CHECK;

#endif
