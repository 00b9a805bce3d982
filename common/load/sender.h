/*
 * load/sender.h - send buffered rows to the server by COPY: their keys, and the
 * rows that were selected.
 */
#ifndef LOAD_SENDER_H
#define LOAD_SENDER_H

#include "load/row_buffer.h"
#include "postgres/copy.h"

struct sender {
	struct pg *pg;        /* NULL: only check, a dry run */
	const char *copy_sql; /* COPY ... FROM STDIN, with its variables: */
	const struct sql_variable *with;
	size_t count;
	bool check_payloads; /* that each is JSON which jsonb can hold; or else
				leave that to the server, which names one row */
	bool may_reject;     /* what jsonb cannot hold */
};

/* COPY all keys into qb_keys. */
bool sender_send_keys(struct row_buffer *rb, struct pg *pg,
		      struct failure *why) MUST_CHECK;

/*
 * COPY the rows of the list (to_insert or to_update).  With check_payloads,
 * rows that jsonb cannot hold are rejected and not sent; without may_reject the
 * first one is FAILURE_DATA with its line and id, as is one that is not JSON.
 */
bool sender_send_rows(struct row_buffer *rb, struct row_selection *list,
		      const struct sender *to, struct failure *why) MUST_CHECK;

/*
 * The server refused the `copy_row`-th row of that COPY, from 1, with `why`:
 * reject it, so that the others can be tried again.  Without may_reject: false,
 * and `why` names the row.
 */
bool sender_reject_row(struct row_buffer *rb, int64_t copy_row, bool may_reject,
		       struct failure *why) MUST_CHECK;

/* FAILURE_DATA names the first row whose payload is not JSON, which reading the
 * envelope need not have checked (stream/envelope.h). */
bool sender_check_json(struct row_buffer *rb, struct failure *why) MUST_CHECK;

#endif
