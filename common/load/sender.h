/*
 * load/sender.h - rows that waited, on their way to the server: their keys, and
 * then those that are wanted.
 */
#ifndef LOAD_SENDER_H
#define LOAD_SENDER_H

#include "load/row_buffer.h"
#include "postgres/copy.h"

/* Where rows go to. */
struct sender {
	struct pg *pg; /* NULL: to nowhere */
	const char *copy_sql;
	const struct sql_variable *with;
	size_t count;
	bool look; /* at each payload, whether it is JSON that jsonb can hold;
		      or else leave that to the server, which tells one row */
	bool may_refuse;
};

/* COPY all keys into qb_keys. */
bool sender_send_keys(struct row_buffer *w, struct pg *pg,
		      struct failure *why) MUST_CHECK;

/*
 * COPY the rows of the list (`fresh` or `changed`); where they are looked at,
 * but for those that jsonb cannot hold: they are refused, or, when they may not
 * be, the first one is FAILURE_DATA with its line and id, as one that is not
 * JSON always is.
 */
bool sender_send_rows(struct row_buffer *w, struct row_selection *list,
		      const struct sender *to, struct failure *why) MUST_CHECK;

/*
 * The server refused a row of that COPY, the `copy_row`-th from 1, with `why`:
 * refuse it too, so that all can be tried again.  Otherwise false, and `why`
 * names the row.
 */
bool sender_reject_row(struct row_buffer *w, int64_t copy_row, bool may_refuse,
		       struct failure *why) MUST_CHECK;

/* FAILURE_DATA names the first row whose payload is not JSON: who adds them
 * need not have validated it (stream/envelope.h). */
bool sender_check_json(struct row_buffer *w, struct failure *why) MUST_CHECK;

#endif
