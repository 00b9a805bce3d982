/*
 * check/narrowing.h - in which windows do the counts of QuickBooks and of the
 * table differ?
 *
 * Pure: it says which ranges QuickBooks is to count next, and is given the
 * results.  A range whose counts differ is halved between two windows, and its
 * first half is counted; the other half has the rest.  So a single window among
 * 1000 costs ten counts, and these can be made for many ranges at a time.
 */
#ifndef CHECK_NARROWING_H
#define CHECK_NARROWING_H

#include "check/proof.h"
#include "check/table_counts.h"

struct narrowing_piece {
	struct time_range range;
	int64_t rows;    /* in the table */
	int64_t allowed; /* rows that may be missing there: dropped, rejected */
};

/* Some pieces that follow each other. */
struct narrowing_node {
	size_t first, end;
	bool counted;
	int64_t rows; /* by QuickBooks */
};

struct narrowing {
	struct narrowing_piece *pieces;
	size_t piece_count, piece_room;
	struct narrowing_node *nodes;
	size_t node_count, node_room;
	size_t asked;           /* the first so many are being counted */
	struct time_range rest; /* not covered by pieces yet */
};

/* `range`: what all pieces together cover. */
void narrowing_init(struct narrowing *n, struct time_range range);
void narrowing_free(struct narrowing *n);

/*
 * The windows that cover the range, in the order of their starts and ends: each
 * is a piece, without what those before it cover.  Then the rows of the table;
 * the ends of all windows and of the range are bounds of `counts`.  Where the
 * windows leave a gap, no pieces remain, and nothing is narrowed down: what is
 * missing has to be loaded first.
 */
void narrowing_add_window(struct narrowing *n, struct time_range window,
			  int64_t allowed);
void narrowing_fill(struct narrowing *n, const struct table_counts *counts);

/* Where to begin: all pieces, of which QuickBooks counts so many rows; and
 * those that overlap a range, which is still to be counted unless they are
 * known to differ. */
void narrowing_add_all(struct narrowing *n, int64_t counted);
void narrowing_add_range(struct narrowing *n, struct time_range range);

/*
 * The ranges to count now, `most` or fewer: those where most is missing first.
 * Returns how many; 0 when nothing can be narrowed down further.
 */
size_t narrowing_next(struct narrowing *n, struct time_range *ranges,
		      size_t most);

/* Their results, in that order. */
void narrowing_take(struct narrowing *n, const int64_t *counts);

/* How many rows more QuickBooks has than the table, in all that was counted. */
int64_t narrowing_surplus(const struct narrowing *n);

/*
 * Keep only what differs, each range once, in the order of time, and return how
 * many there are.  narrowing_at() says what the i-th is.
 */
size_t narrowing_finish(struct narrowing *n);
void narrowing_at(const struct narrowing *n, size_t i,
		  struct proof_difference *to);

#endif
