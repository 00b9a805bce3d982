/*
 * load/row.h - a row envelope as a row of a landing table.
 *
 * Reads the members that become columns, and writes the row as COPY wants it:
 * short for load/row_compare.h (who is it, how new), whole for the table or
 * qb_stage (sql/).  A whole row is in two parts: its own, and behind it what
 * the rows of a page have in common, which needs to be written and kept only
 * once.
 */
#ifndef LOAD_ROW_H
#define LOAD_ROW_H

#include "stream/envelope.h"
#include "stream/window.h"

struct load_row {
	/* what rows without a stamp bear; the caller's */
	struct slice own_run;
	int64_t own_at_us;

	/* of the row read last; slices live until the next one */
	struct slice id, payload, run, request, realm;
	bool dated; /* updated_us is known */
	int64_t updated_us, fetched_us, ingested_us;
	int64_t page_no, page_size;
	int64_t fingerprint; /* of the payload's bytes */

	/* All rows of a page bear the same text, and mostly the same stamp: it
	 * is read once, and then compared. */
	struct buf page_text, stamp_text, id_text, run_text;
	bool alike; /* both are those of the row before: so is the tail */

	struct json walk; /* through a row; here, so that none is cleared */
};

void load_row_init(struct load_row *r);
void load_row_free(struct load_row *r);

/* FAILURE_DATA names the member that is missing or wrong. */
bool load_row_read(struct load_row *r, const struct envelope *e,
		   struct failure *why) MUST_CHECK;

/* Only what a stamp says (of a seal, too), into `run` and `ingested_us`. */
bool load_row_read_stamp(struct load_row *r, const struct envelope *e,
			 struct failure *why) MUST_CHECK;

/* Append the row that was read, the n-th of its window from 0; `place` says
 * where its line waits.  From its id on the fields of a key are those that
 * sql/load/compare.sql is asked with. */
enum { LOAD_ROW_KEY_ID = 2, LOAD_ROW_KEY_ASKED = 4 };
bool load_row_write_key(const struct load_row *r, int64_t n, int64_t place,
			struct buf *to, struct failure *why) MUST_CHECK;
enum { LOAD_ROW_ID, LOAD_ROW_PAYLOAD }; /* its first fields */
bool load_row_write_own(const struct load_row *r, struct buf *to,
			struct failure *why) MUST_CHECK;
bool load_row_write_tail(const struct load_row *r, const struct window *window,
			 struct buf *to, struct failure *why) MUST_CHECK;

#endif
