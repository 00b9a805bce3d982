/* quickbooks/call.h - one question to QuickBooks Online, and what came of it.
 */
#ifndef QUICKBOOKS_CALL_H
#define QUICKBOOKS_CALL_H

#include "quickbooks/query.h"
#include "quickbooks/query_response.h"

/* A page of 1000 invoices is 2 MB, but one of 1000 invoices of 10,000 lines
 * would be 8 GB: beyond this it must be asked for in parts. */
enum { QBO_CALL_MOST_BYTES = 256 * 1024 * 1024 };

/* What is asked, and what came.  The caller keeps it until it is done. */
struct qbo_call {
	struct buf statement;        /* in: query_write() */
	const struct entity *entity; /* in: whose rows are expected */
	bool count;                  /* in: a count is expected, not rows */
	bool divisible;              /* in: see ask_less */

	bool done;
	struct failure why; /* kind FAILURE_NONE: answered */
	bool own;           /* `why` is about this question: QuickBooks was
			       there, and may well answer another */
	bool ask_less;      /* a divisible call that took too long (504, the
			       120 s timeout) or was too large: not answered,
			       and to be asked again in smaller parts */
	struct buf url;     /* as it was sent; bears no secret */
	struct buf body;    /* of the answer that counts, inflated */
	struct query_response response;
	int64_t took_ms; /* of the last try */
	int tries;
	void *under_way; /* qbo's own */
};

void qbo_call_init(struct qbo_call *call);
void qbo_call_clear(struct qbo_call *call); /* for another question */
void qbo_call_free(struct qbo_call *call);

/* Write call->url: the server `base`, the company, and the statement. */
bool qbo_call_address(struct qbo_call *call, const char *base,
		      const char *realm, struct failure *why) MUST_CHECK;

#endif
