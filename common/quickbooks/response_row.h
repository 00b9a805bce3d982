/*
 * quickbooks/response_row.h - one object of a response: its bytes, and what qb
 * reads of it.
 */
#ifndef QUICKBOOKS_RESPONSE_ROW_H
#define QUICKBOOKS_RESPONSE_ROW_H

#include "json/json.h"

struct response_row {
	struct slice payload; /* the object, byte for byte */
	struct slice id;      /* without its quotes */
	/* as sent; or at NULL: */
	struct slice updated;  /* MetaData.LastUpdatedTime */
	struct slice created;  /* MetaData.CreateTime */
	struct slice txn_date; /* TxnDate */
	struct slice status;   /* "Deleted" in the log of changes */
};

/*
 * Read the value at which the cursor stands; slices point into its text.
 * FAILURE_DATA: it is not an object, has no Id, or a member of another type
 * than these have.  Invalid JSON is no failure yet: json_end() reports it.
 */
bool response_row_read(struct json *j, struct response_row *row,
		       struct failure *why) MUST_CHECK;

/* The same, but only the payload is set, and nothing else is needed. */
bool response_row_take(struct json *j, struct response_row *row,
		       struct failure *why) MUST_CHECK;

/* Is this the key of a fault instead?  Spelled in any case, as in
 * http/api_fault.c. */
bool response_row_is_fault(struct slice key);

#endif
