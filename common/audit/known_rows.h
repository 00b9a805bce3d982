/*
 * audit/known_rows.h - the rows that QuickBooks should have in a range of
 * CreateTime, as far as is known: at first those of the table.
 *
 * Pure.  In the order of their times, so that those of a part are counted and
 * listed without a look at the others.
 */
#ifndef AUDIT_KNOWN_ROWS_H
#define AUDIT_KNOWN_ROWS_H

#include "base/slice.h"
#include "base/time_ranges.h"

enum known_row_is {
	KNOWN_IN_TABLE,
	KNOWN_MISSING,    /* QuickBooks has it, the table lacks it */
	KNOWN_LATER,      /* the same, but the next load will bring it: it was
			     changed after the last one */
	KNOWN_UNREADABLE, /* QuickBooks counts it and cannot return it; its id,
			     which is empty, is not known */
};

struct known_row {
	int64_t created_us;
	size_t id_at, id_len; /* in the text of all ids */
	enum known_row_is is;
	bool unreadable; /* QuickBooks cannot return it, but has it */
	bool dropped;    /* is removed by known_rows_sweep() */
};

struct known_rows {
	struct known_row *rows;
	size_t count, room;
	char *text;
	size_t text_len, text_room;
};

void known_rows_init(struct known_rows *k);
void known_rows_free(struct known_rows *k);

/* In any order; then known_rows_sort(), unless they came in order. */
void known_rows_add(struct known_rows *k, int64_t created_us, struct slice id,
		    enum known_row_is is);
void known_rows_sort(struct known_rows *k);

/* Lives until the next row is added. */
struct slice known_rows_id(const struct known_rows *k, size_t i);

/* The rows of a range are those from `*first` to before `*end`. */
void known_rows_find(const struct known_rows *k, struct time_range range,
		     size_t *first, size_t *end);

/* Remove the rows that are dropped. */
void known_rows_sweep(struct known_rows *k);

#endif
