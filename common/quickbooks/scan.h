/*
 * quickbooks/scan.h - a time range of one entity that is read at once, for all
 * windows in it: counted together, paged together, proven together.
 *
 * A scan begins as a whole run of windows.  When more rows are counted than a
 * scan may have, it is split in two, and again, so that each part is proven,
 * and read again if it must be, by itself.  It is split between two windows as
 * long as it has several; so it contains whole windows, or lies within one.  By
 * TxnDate, which can be set to any value, one window is never split.
 */
#ifndef QUICKBOOKS_SCAN_H
#define QUICKBOOKS_SCAN_H

#include "quickbooks/range_count.h"
#include "quickbooks/scan_reader.h"
#include "quickbooks/window_run.h"

/* How scans are read. */
struct scan_policy {
	int64_t page_size;
	int64_t most_rows;  /* of a scan, where it can be split */
	bool counts;        /* COUNT each scan, which proves it complete */
	bool whole_windows; /* do not split one window */
};

struct scan {
	struct scan *next;      /* the one behind it */
	struct window_run *run; /* NULL: not a scan, but the end of a stream */
	struct time_range range;
	bool one_window; /* all of it lies in one */
	bool is_young;   /* rows may still show up in it */

	/* what is known before it is counted; -1: nothing */
	int64_t at_most, at_most_ms;     /* rows, and since when */
	int64_t with_next, with_next_ms; /* the same, the next scan's added */

	/* it is to be split; 0: it is not */
	int64_t split_rows, split_rows_ms; /* its rows, and since when */
	bool is_uneven; /* a guess where to split it was far off */
	int64_t guessed; /* rows, by the guess that made it; -1: none did */

	bool begun;
	struct scan_reader reader;
	struct range_count counting; /* the count that is under way */
	int64_t timeouts;            /* of counts, since one succeeded */

	int64_t questions_sent, responses_taken; /* taken in their order */
	int64_t pages;                           /* received */
	int64_t calls;                           /* that succeeded */
	bool has_undated_row;
	bool closed; /* not read any further: it failed, or is only planned */
	bool is_whole_run;
};

/* Of a whole run, or a part of one.  Takes a share in `run`, which the last of
 * its scans frees. */
struct scan *scan_new(struct window_run *run, struct time_range range);
struct scan *scan_new_end(void);
void scan_free(struct scan *scan); /* not the one behind it */

/* One second, or a day where rows have dates. */
int64_t scan_unit_us(const struct scan *scan);

/* Begin to read it, or a part of it that is known to be small enough; now_ms of
 * clock_monotonic_ms(). */
void scan_begin(struct scan *scan, const struct scan_policy *policy,
		int64_t now_ms);

/*
 * Is the time of the row at `*position`, from 1, needed to split it?  Then tell
 * it; `found` false: it is not known, and a guess must do.  `at_us` is rounded
 * down to a unit.
 */
bool scan_needs_time(const struct scan *scan, const struct scan_policy *policy,
		     int64_t *position);
void scan_take_time(struct scan *scan, const struct scan_policy *policy,
		    bool found, int64_t at_us);

/* The result of a count: the scan goes on, or is split and counts again. */
void scan_take_count(struct scan *scan, const struct scan_policy *policy,
		     int64_t count, int64_t now_ms);

/*
 * It could not be read as a whole: read it in two parts, each from the start.
 * False: it lies within one window.
 */
bool scan_narrow(struct scan *scan, const struct scan_policy *policy,
		 int64_t now_ms);

/* Nothing more is to be read of it: proven, closed, or an end. */
bool scan_is_finished(const struct scan *scan);

/* The range as one window, for queries; its number is that of the first. */
struct window scan_as_window(const struct scan *scan);

/* Put its windows in front of what is recorded; returns false: "Invoice 3/52
 * (2025-01-01T00:00:00Z to 2025-01-08T00:00:00Z)", or "Invoice 3 to 9/52". */
bool scan_fail_in(const struct scan *scan, struct failure *why);

/* READER_SHIFTED: record that, and return false. */
bool scan_fail_shifted(const struct scan *scan, struct failure *why);

#endif
