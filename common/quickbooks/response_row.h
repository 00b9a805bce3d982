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
	struct slice updated;       /* MetaData.LastUpdatedTime */
	struct slice created;       /* MetaData.CreateTime */
	struct slice txn_date;      /* TxnDate */
	struct slice custom_fields; /* CustomField, a value of any kind */
	struct slice status;        /* "Deleted" in the log of changes */
};

/*
 * Read the value at which the cursor stands; slices point into its text.
 * FAILURE_DATA: it is not an object, or has no Id, as in a response that was
 * mixed up on its way.  FAILURE_REFUSED: a row that could not be loaded, with
 * an Id that is not text, is empty, too long or has control characters; or a
 * member that is read is of another type, or occurs twice.  Invalid JSON is no
 * failure yet: json_end() reports it.
 */
bool response_row_read(struct json *j, struct response_row *row,
		       struct failure *why) MUST_CHECK;

/* The same, but only the payload is set, and nothing else is needed. */
bool response_row_take(struct json *j, struct response_row *row,
		       struct failure *why) MUST_CHECK;

/* FAILURE_REFUSED: a time of the row could not be loaded, because it is no
 * time, has no offset from UTC, or is outside the years 1 to 9999. */
bool response_row_check_updated(const struct response_row *row,
				struct failure *why) MUST_CHECK;
bool response_row_check_created(const struct response_row *row,
				struct failure *why) MUST_CHECK;

/*
 * Read the time of a response, QuickBooks' clock; `time->at` is NULL before.
 * FAILURE_DATA: it is no time with an offset, or came before.
 */
bool response_time_read(struct slice value, struct slice *time,
			struct failure *why) MUST_CHECK;

/* A row of `body` was refused: unless that is one whole JSON value, `why`
 * becomes FAILURE_DATA and says where it is not.  Returns false. */
bool response_fail(struct slice body, struct failure *why);

/* Is this the key of a fault instead?  Spelled in any case, as in
 * http/api_fault.c. */
bool response_row_is_fault(struct slice key);

#endif
