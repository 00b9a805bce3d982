/*
 * check/provenance.h - is the table at least as new as its load log?
 *
 * One table restored from an older dump, rows deleted or overwritten by hand:
 * the totals may agree with QuickBooks' all the same, where a row that is
 * missing makes up for one that has changed since.  Three rules find that from
 * the database alone.  They rest on this: an entry of the log is committed
 * together with its rows; entries of one entity commit in the order of their
 * seq; a row is only ever replaced by a newer one, and whoever replaces it
 * counts it as `updated`.
 *
 * 1. A row does not lie before the window that it was read in.  (It may lie
 *    behind it: QuickBooks may find a row by an old time and send a new one.)
 *
 * 2. A row that an entry wrote bears its window and run until a later entry
 *    replaces it.  So of the rows that the last n entries wrote, no more can be
 *    gone than the n - 1 after the first of them have updated.
 *
 * 3. The rows that an entry read were in its range when it was committed, and
 *    leave it only by an update.  So of the rows that the last n entries read,
 *    of ranges that do not overlap, no more can have left than the n - 1 after
 *    the first of them have updated.
 *
 * Each holds however loads were ordered, repeated, replayed, or run at the same
 * time, and however run IDs were used again: entries of one window and run are
 * one group, and what is left of its rows is taken to be of its latest entries.
 *
 * What was wrong once must not be told for ever: rules 1 and 2 leave out an
 * entry whose whole range has been read again since, at the same time or later,
 * because then the rows of that range are there again.  Rule 3 looks only at
 * the latest reading of a range.  So where a row went back to an older state
 * after its range had been read again, it is found only if it left the window.
 *
 * Pure: check/table_query.h reads what it needs.
 */
#ifndef CHECK_PROVENANCE_H
#define CHECK_PROVENANCE_H

#include "check/suspects.h"
#include "check/table_counts.h"

struct provenance_entry {
	struct time_range range;
	bool same_by;    /* it was read by the time that is checked */
	int64_t read_us; /* when */
	int64_t written; /* rows that it inserted or updated */
	int64_t updated;
	int64_t kept;  /* rows that it read and that were in the table then */
	size_t window; /* a number, the same for the same range */
	size_t group;  /* of entries of the same window and run */
};

/* Rows in the table that bear a window and run. */
struct provenance_group {
	int64_t rows;
	int64_t older;   /* those that lie before the window */
	int64_t younger; /* those behind it, or without a time */
};

struct provenance {
	struct provenance_entry *entries; /* the latest first */
	size_t entry_count;
	struct provenance_group *groups;
	size_t group_count, window_count;
};

void provenance_init(struct provenance *p);
void provenance_free(struct provenance *p);

/*
 * Add the windows that overlap `range` and may have lost rows, in the order of
 * their starts; none where no rule is broken.  Some may have lost theirs to
 * updates, which only QuickBooks' counts can tell.  The ends of all entries
 * read by that time are bounds of `counts`.
 */
void provenance_check(const struct provenance *p,
		      const struct table_counts *counts,
		      struct time_range range, struct suspects *to);

#endif
