/*
 * load/batch.h - a window of a stream, whole and sealed, on its way to its
 * table.
 */
#ifndef LOAD_BATCH_H
#define LOAD_BATCH_H

#include "load/ledger.h"
#include "load/row_buffer.h"
#include "stream/run_stamp.h"
#include "stream/stream.h"

struct batch {
	struct row_buffer rows;
	struct buf seal_line;   /* what follows points into it */
	struct envelope sealed; /* the seal */
	struct seal seal;
	struct window window;

	struct ledger_entry entry; /* what became of it */
};

void batch_init(struct batch *p);
void batch_free(struct batch *p);

/*
 * Keep the row in `in`, or the seal, which is the last; the first line of a
 * window takes the place of what was there.  Rows without a stamp
 * bear the run and the moment in which the window's first line passed.  What
 * row_buffer_add() says, and FAILURE_DATA: a seal of another company.
 */
bool batch_add(struct batch *p, const struct stream *in,
	       const struct run_stamp *run, struct failure *why) MUST_CHECK;
bool batch_seal(struct batch *p, const struct stream *in,
		const struct run_stamp *run, struct failure *why) MUST_CHECK;

/* How many rows it holds. */
static inline int64_t
batch_rows(const struct batch *p)
{
	return p->rows.rows.records;
}

#endif
