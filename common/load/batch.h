/*
 * load/batch.h - the rows and gone lines of one window with its seal, to be
 * loaded together.
 */
#ifndef LOAD_BATCH_H
#define LOAD_BATCH_H

#include "load/gone_rows.h"
#include "load/ledger.h"
#include "load/row_buffer.h"
#include "stream/run_stamp.h"
#include "stream/stream.h"

struct batch {
	struct row_buffer rows;
	struct gone_rows gone;
	struct buf seal_line;   /* `sealed` and `seal` point into it */
	struct envelope sealed; /* the seal */
	struct seal seal;
	struct window window;

	struct ledger_entry entry; /* the result, filled by load/upsert.h */
};

void batch_init(struct batch *b);
void batch_free(struct batch *b);

/*
 * Add the row or gone line in `in`, or the seal, which comes last; the first
 * line of a window clears the batch.  Lines without a stamp get the run, and
 * the time when the window's first line was read.  Failures as of
 * row_buffer_add() and gone_rows_add(), and FAILURE_DATA: a seal of another
 * company than the rows.
 */
bool batch_add(struct batch *b, const struct stream *in,
	       const struct run_stamp *run, struct failure *why) MUST_CHECK;
bool batch_seal(struct batch *b, const struct stream *in,
		const struct run_stamp *run, struct failure *why) MUST_CHECK;

static inline int64_t
batch_rows(const struct batch *b)
{
	return b->rows.rows.records;
}

static inline int64_t
batch_gone(const struct batch *b)
{
	return b->gone.lines.records;
}

/* Of the stream, without the seal. */
static inline int64_t
batch_lines(const struct batch *b)
{
	return batch_rows(b) + batch_gone(b);
}

#endif
