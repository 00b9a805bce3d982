/*
 * quickbooks/call.h - one call to QuickBooks Online, and its result: a query,
 * what changed since a time, or one object at another path.
 */
#ifndef QUICKBOOKS_CALL_H
#define QUICKBOOKS_CALL_H

#include "quickbooks/change_response.h"
#include "quickbooks/query.h"
#include "quickbooks/query_response.h"

/* A page of 1000 invoices is 2 MB; one of 1000 invoices of 10,000 lines would
 * be 8 GB.  What is larger must be requested in parts. */
enum { QBO_CALL_MOST_BYTES = 256 * 1024 * 1024 };

/* Call and result.  The caller keeps it in place until it is done. */
struct qbo_call {
	struct buf statement;        /* in: query_write(), or with `changed`
					query_write_changes() */
	const struct entity *entity; /* in: whose rows are expected */
	bool count;                  /* in: a count is expected, not rows */
	bool by_created; /* in: rows are selected by their CreateTime */
	/* in: what changed of these is expected, in `changes`; or NULL */
	const struct entity *const *changed;
	size_t changed_count;
	/* in: instead of a query, this path of the company is read, with the
	 * statement as its parameters ("a=1&b=2"); one object that has the
	 * member is expected, in `body`; or NULL */
	const char *path, *member;
	bool can_split;     /* in: see must_split */
	int64_t most_tries; /* in: fewer than --retries allows; 0: as it does */

	bool done;
	struct failure why;  /* FAILURE_NONE: it succeeded */
	bool this_call_only; /* `why` concerns this query: another one may
				succeed */
	bool may_be_row;     /* this_call_only, and by QuickBooks itself: one of
				the rows may be the reason */
	bool absent;         /* this_call_only: the company does not have the
				entity, by its plan or its country */
	bool include_refused; /* this_call_only: QuickBooks answers it only
				 without the include, and that would lose what
				 rows of this company have */
	bool must_split;     /* a call that can be split took too long (504, the
				 120 s timeout) or was too large: send it again
				 as smaller pages */
	const char *include; /* the include= it was sent with, or NULL; lives as
				long as the client */
	struct buf url;      /* as it was sent; no secret is in it */
	struct buf body;     /* of the successful response, inflated */
	struct query_response response;
	struct change_response changes; /* instead of `response` */
	int64_t took_ms;                /* of the last try */
	int tries;
	int64_t calls; /* as Intuit meters them: HTTP 200, also of a response
			  that could not be used and was tried again */
	void *pending; /* client.c's, until it is done */
};

void qbo_call_init(struct qbo_call *call);
void qbo_call_clear(struct qbo_call *call); /* for the next query */
void qbo_call_free(struct qbo_call *call);

/* Write call->url from the server `base`, the company and the statement. */
bool qbo_call_address(struct qbo_call *call, const char *base,
		      const char *realm, struct failure *why) MUST_CHECK;

#endif
