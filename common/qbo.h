/*
 * qbo.h - the one conversation with QuickBooks Online.
 *
 * Many calls at once, each sent again when what went wrong passes by itself,
 * within both of Intuit's limits; a stale access token is refreshed on the
 * way.  One thread, no callbacks: begin calls, then work until one is done.
 */
#ifndef QBO_H
#define QBO_H

#include "options.h"
#include "response.h"

/* Rows for whoever talks to QuickBooks: the QBO_* environment, --retries,
 * --patience.  They fill the settings that qbo_open() reads. */
extern const struct option_table qbo_options;

struct qbo;

/* What is asked, and what came.  The caller keeps it until it is done. */
struct qbo_call {
	struct buf statement;        /* in: query_write() */
	const struct entity *entity; /* in: whose rows are expected */
	bool count;                  /* in: a count is expected, not rows */
	bool divisible;              /* in: see ask_less */

	bool done;
	struct failure why; /* kind FAILURE_NONE: answered */
	bool ask_less;      /* a divisible call that took too long (504, the
			       120 s timeout) or was too large: not answered,
			       and to be asked again in smaller parts */
	struct buf url;     /* as it was sent; bears no secret */
	struct buf body;    /* of the answer that counts, inflated */
	struct response response;
	int64_t took_ms; /* of the last try */
	int tries;
	void *under_way; /* qbo's own */
};

void qbo_call_init(struct qbo_call *call);
void qbo_call_clear(struct qbo_call *call); /* for another question */
void qbo_call_free(struct qbo_call *call);

/*
 * FAILURE_USAGE names a setting that is missing or wrong, FAILURE_LOGIN says
 * that the login is lost.  NULL then.  Nothing is sent before the first call.
 */
struct qbo *qbo_open(struct failure *why) MUST_CHECK;
void qbo_close(struct qbo *q); /* NULL is fine */

/* Digits; the company that is read. */
const char *qbo_realm(const struct qbo *q);

void qbo_begin(struct qbo *q, struct qbo_call *call);

/*
 * Send, receive and wait until some call is newly done, or until `wake_fd`
 * (-1: none) can be read.  What goes wrong with a call stands in the call;
 * false only for what ends everything (FAILURE_IO, FAILURE_LOGIN).
 */
bool qbo_work(struct qbo *q, int wake_fd, struct failure *why) MUST_CHECK;

#endif
