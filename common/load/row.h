/*
 * load/row.h - a row envelope as a row of a landing table.
 *
 * Reads the members that become columns, and writes COPY rows: the key (id,
 * times, fingerprint) for load/row_compare.h, and the whole row for the table
 * or qb_stage (sql/).  A whole row is in two parts: the fields of its own, then
 * those that all rows of its page share, which are written and kept only once.
 */
#ifndef LOAD_ROW_H
#define LOAD_ROW_H

#include "stream/envelope.h"
#include "stream/window.h"

struct load_row {
	/* the stamp of rows that have none; the caller's */
	struct slice own_run;
	int64_t own_at_us;

	/* of the row read last; slices live until the next one */
	struct slice id, payload, run, request, realm;
	bool has_updated;
	int64_t updated_us, fetched_us, ingested_us;
	int64_t page_no, page_size;
	int64_t fingerprint; /* stream/fingerprint.h */

	/* All rows of a page have the same "page", and mostly the same "stamp":
	 * they are parsed once, and then compared as text. */
	struct buf page_text, stamp_text, id_text, run_text;
	bool same_page_part; /* both texts are as those of the row before */

	struct json walk; /* through a row; large, so not on the stack */
};

void load_row_init(struct load_row *r);
void load_row_free(struct load_row *r);

/* FAILURE_DATA names the member that is missing or invalid. */
bool load_row_read(struct load_row *r, const struct envelope *e,
		   const struct entity *entity, struct failure *why) MUST_CHECK;

/* Read only the stamp, of a row or a seal, into `run` and `ingested_us`. */
bool load_row_read_stamp(struct load_row *r, const struct envelope *e,
			 struct failure *why) MUST_CHECK;

/* Append the row that was read, the n-th of its window from 0, which is at
 * `offset` in row_buffer.rows.  The fields of a key from its id on are the
 * parameters of sql/load/compare.sql. */
enum { LOAD_ROW_KEY_ID = 2, LOAD_ROW_KEY_PARAMETERS = 4 };
bool load_row_write_key(const struct load_row *r, int64_t n, int64_t offset,
			struct buf *to, struct failure *why) MUST_CHECK;
enum { LOAD_ROW_ID, LOAD_ROW_PAYLOAD }; /* its first fields */
bool load_row_write_row_part(const struct load_row *r, struct buf *to,
			     struct failure *why) MUST_CHECK;
bool load_row_write_page_part(const struct load_row *r,
			      const struct window *window, struct buf *to,
			      struct failure *why) MUST_CHECK;

#endif
