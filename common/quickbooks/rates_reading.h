/*
 * quickbooks/rates_reading.h - exchange rates, by day: one call for all
 * currencies of the company.
 */
#ifndef QUICKBOOKS_RATES_READING_H
#define QUICKBOOKS_RATES_READING_H

#include "quickbooks/whole_reading.h"

struct rates_reading {
	struct whole_reading currencies; /* of CompanyCurrency */
	struct qbo_call call;
	struct buf codes;   /* a list with commas */
	bool known;         /* `codes` is complete */
	struct id_set seen; /* rates of the window */
	struct buf records; /* as fetch_output_make_record() has them */
	struct buf row_ids, at;
	int64_t pages, at_us; /* as of struct whole_reading */
};

/* "EUR,MXN": these instead of those that CompanyCurrency has; NULL: as it has
 * them.  FAILURE_USAGE: they are no codes. */
bool rates_reading_init(struct rates_reading *r, const char *currencies,
			struct failure *why) MUST_CHECK;
void rates_reading_free(struct rates_reading *r);

/*
 * Read a window by as-of, whose object is `text`, then write its rows: none if
 * a day fails, or where the company has one currency, which is said once.  For
 * a day without a rate that of an earlier day may come, and is left out.
 * FAILURE_REFUSED: a rate of a later day or of another currency.  Otherwise
 * what the call says, with r->call.why or r->currencies.call.why set.
 */
bool rates_reading_write(struct rates_reading *r, const struct window *window,
			 struct slice text, struct qbo_client *qbo,
			 struct fetch_output *lines,
			 struct failure *why) MUST_CHECK;

#endif
