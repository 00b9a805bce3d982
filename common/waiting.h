/*
 * waiting.h - the rows of one window, which wait until its seal is known to
 * hold, and then for the landing table's verdict on each.
 *
 *	waiting_add() ...  waiting_send_keys()  waiting_verdict() ...
 *	waiting_send_wanted()
 *
 * Memory: some megabytes and three bits a row; the rest is in spools.
 */
#ifndef WAITING_H
#define WAITING_H

#include "bits.h"
#include "landrow.h"
#include "pgcopy.h"
#include "spool.h"

enum { WAITING_REALM = 32 };

struct waiting {
	struct landrow row;
	struct spool keys;         /* COPY rows for qb_keys */
	struct spool lines;        /* the envelopes, whole */
	int64_t first_line;        /* of the window, in the stream */
	int64_t latest_us;         /* of its pages; INT64_MIN: no rows */
	char realm[WAITING_REALM]; /* of its rows */

	struct bits wanted, fresh; /* by the table; and those new to it */
	struct bits refused;       /* jsonb cannot hold them */
	int64_t wanted_count, refused_count, refused_fresh;

	struct buf piece; /* one COPY row */
};

void waiting_init(struct waiting *w);
void waiting_free(struct waiting *w);

/* Forget the rows; those to come begin at line `first_line` of the stream. */
void waiting_clear(struct waiting *w, int64_t first_line);

/* FAILURE_DATA: a member is missing or wrong, or another company's row. */
bool waiting_add(struct waiting *w, const struct envelope *row,
		 struct failure *why) MUST_CHECK;

/* COPY all keys into qb_keys. */
bool waiting_send_keys(struct waiting *w, struct pg *pg,
		       struct failure *why) MUST_CHECK;

/* Before the first verdict: no row is wanted. */
bool waiting_want_none(struct waiting *w, struct failure *why) MUST_CHECK;
void waiting_want(struct waiting *w, int64_t n, bool fresh);

/*
 * COPY the wanted rows into qb_stage, but for those that jsonb cannot hold:
 * they are refused, or, when they may not be, the first one is FAILURE_DATA
 * with its line and id.  `pg` NULL: only look at them.
 */
bool waiting_send_wanted(struct waiting *w, struct pg *pg,
			 const struct window *window, bool may_refuse,
			 struct failure *why) MUST_CHECK;

/*
 * The server refused a row of that COPY, the `copy_row`-th from 1, with `why`:
 * refuse it too, so that all can be tried again.  Otherwise false, and `why`
 * names the row.
 */
bool waiting_refuse_sent(struct waiting *w, int64_t copy_row, bool may_refuse,
			 struct failure *why) MUST_CHECK;

/* Append the refused envelopes to the file, and have them on the disk. */
bool waiting_write_refused(struct waiting *w, int fd,
			   struct failure *why) MUST_CHECK;

#endif
