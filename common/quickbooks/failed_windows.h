/*
 * quickbooks/failed_windows.h - the windows and single rows that --keep-going
 * left out, and why, for the messages at the end.
 */
#ifndef QUICKBOOKS_FAILED_WINDOWS_H
#define QUICKBOOKS_FAILED_WINDOWS_H

#include "base/buf.h"

struct failed_windows {
	int64_t count; /* windows and rows */
	int64_t rows;
	bool retry_helps; /* for one of them, at least */
	struct buf text;  /* one line each, as long as there is room */
};

void failed_windows_init(struct failed_windows *f);
void failed_windows_free(struct failed_windows *f);

/* Add a window; `why` names it. */
void failed_windows_add(struct failed_windows *f, const struct failure *why);

/* Add a row, whose time was left out of its window; `why` names both. */
void failed_windows_add_row(struct failed_windows *f,
			    const struct failure *why);

/*
 * Warn of each once more, and set `why` unless it is set already:
 * FAILURE_LATER, or FAILURE_REFUSED when a retry helps with none.  Without
 * failures nothing happens.
 */
void failed_windows_report(const struct failed_windows *f, struct failure *why);

#endif
