/*
 * parcel.h - a window of a stream, whole and sealed, on its way to its table.
 */
#ifndef PARCEL_H
#define PARCEL_H

#include "ledger.h"
#include "run.h"
#include "stream.h"
#include "waiting.h"

struct parcel {
	struct waiting rows;
	struct buf seal_line;   /* what follows points into it */
	struct envelope sealed; /* the seal */
	struct seal seal;
	struct window window;

	struct ledger_entry entry; /* what became of it */
};

void parcel_init(struct parcel *p);
void parcel_free(struct parcel *p);

/*
 * Keep the row in `in`, or the seal, which is the last; the first line of a
 * window takes the place of what was there.  Rows without a stamp
 * bear the run and the moment in which the window's first line passed.  What
 * waiting_add() says, and FAILURE_DATA: a seal of another company.
 */
bool parcel_add(struct parcel *p, const struct stream *in,
		const struct run *run, struct failure *why) MUST_CHECK;
bool parcel_seal(struct parcel *p, const struct stream *in,
		 const struct run *run, struct failure *why) MUST_CHECK;

/* How many rows it holds. */
static inline int64_t
parcel_rows(const struct parcel *p)
{
	return p->rows.rows.records;
}

#endif
