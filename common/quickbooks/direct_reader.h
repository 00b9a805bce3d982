/*
 * quickbooks/direct_reader.h - reads the windows that are not read by scans,
 * and writes their rows, gone lines and seals.
 *
 * Of a window by whole a row that the table has, as its ticket says, is left
 * out; what the table has and the reading lacks is gone, after it has been read
 * once more without it.
 */
#ifndef QUICKBOOKS_DIRECT_READER_H
#define QUICKBOOKS_DIRECT_READER_H

#include "quickbooks/absent_entities.h"
#include "quickbooks/direct_windows.h"
#include "quickbooks/failed_windows.h"
#include "quickbooks/rates_reading.h"
#include "quickbooks/report_reader.h"
#include "quickbooks/whole_reading.h"

struct direct_reader {
	struct lines_out *out;
	struct fetch_output lines;
	struct whole_reading reading;
	struct rates_reading rates;
	struct report_reader reports;
	/* the caller's: */
	struct qbo_client *qbo;
	struct absent_entities *absent;
	struct failed_windows *failed;
	int64_t page_size;
	bool keep_going;       /* when one window fails */
	bool plan;             /* write what reading would take */
	int64_t calls_sealed;  /* calls of the client that a seal has */
	int64_t windows, rows; /* sealed in all; lines of both kinds */
	bool answered_since_failure;
};

/* `currencies` as for rates_reading_init(). */
bool direct_reader_init(struct direct_reader *r, struct lines_out *out,
			const char *currencies, struct failure *why) MUST_CHECK;
void direct_reader_free(struct direct_reader *r);

/* Read all of them, in their order.  Failures name the window; with
 * `keep_going`, those of one window are put into `failed`. */
bool direct_reader_read(struct direct_reader *r,
			const struct direct_windows *windows,
			struct failure *why) MUST_CHECK;

#endif
