/*
 * check/table_counts.h - how many rows a table has in each piece of time.
 *
 * Pure: the bounds are collected first, then the rows between them are filled
 * in (check/table_query.h), then any range between two bounds can be asked for.
 */
#ifndef CHECK_TABLE_COUNTS_H
#define CHECK_TABLE_COUNTS_H

#include "base/time_ranges.h"

struct table_counts {
	int64_t *bounds; /* in ascending order, each once */
	size_t bound_count, room;
	/* of rows before each bound, from the first one: */
	int64_t *rows_before;
	int64_t *live_before; /* those that are not marked as deleted */
	int64_t rows, live;   /* of the whole table */
};

void table_counts_init(struct table_counts *t);
void table_counts_free(struct table_counts *t);

/* In any order; then once table_counts_sort(). */
void table_counts_add_bound(struct table_counts *t, int64_t at_us);
void table_counts_sort(struct table_counts *t);

/* So many rows lie in the n-th piece, from 1: behind the n-th bound and before
 * the next one.  Other n: outside of all pieces.  Then table_counts_sum(). */
void table_counts_add(struct table_counts *t, int64_t piece, int64_t rows,
		      int64_t live);
void table_counts_sum(struct table_counts *t);

/* Rows in a range whose ends are bounds. */
int64_t table_counts_rows(const struct table_counts *t,
			  struct time_range range);
int64_t table_counts_live(const struct table_counts *t,
			  struct time_range range);

#endif
