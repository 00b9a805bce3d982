#include "quickbooks/row_time.h"
#include "base/clock.h"

/* Changed within the time that a request may take, it may have been found by
 * its older time. */
enum { MOST_REQUEST_S = 120 };

static bool
left_just_now(const struct scan *scan, const struct query_response *page,
	      int64_t at_us)
{
	int64_t page_us;

	return at_us >= scan->range.end_us && page->time.at &&
	       clock_parse(page->time, &page_us) &&
	       at_us >= page_us - MOST_REQUEST_S * CLOCK_SECOND;
}

static bool
read_date(struct slice text, int64_t *at_us)
{
	struct clock_civil civil;

	if (!clock_parse_civil(text, &civil))
		return false;
	*at_us = clock_from_civil(&civil);
	return true;
}

/* The member by which rows were selected; `at` NULL: the row has none. */
static struct slice
time_text(enum window_by by, const struct response_row *row,
	  const char **name)
{
	switch (by) {
	case WINDOW_BY_UPDATED:
		*name = "LastUpdatedTime";
		return row->updated;
	case WINDOW_BY_CREATED:
		*name = "CreateTime";
		return row->created;
	default: /* of the others only txn-date is queried */
		break;
	}
	*name = "TxnDate";
	return row->txn_date;
}

enum row_place
row_time_place(const struct scan *scan, const struct query_response *page,
	       const struct response_row *row, int64_t *at_us,
	       struct failure *why)
{
	enum window_by by = window_run_at(scan->run, 0)->by;
	const char *name;
	struct slice text = time_text(by, row, &name);

	*at_us = scan->range.start_us;
	if (!text.at)
		return ROW_UNDATED;
	if (!(by == WINDOW_BY_TXN_DATE ? read_date(text, at_us)
				       : clock_parse(text, at_us))) {
		fail(why, FAILURE_REFUSED,
		     "Id %.*s: its %s \"%.*s\" is not a time",
		     SLICE_SHOWN(row->id), name, SLICE_SHOWN(text));
		return ROW_REFUSED;
	}
	if (*at_us >= scan->range.start_us && *at_us < scan->range.end_us)
		return ROW_HERE;
	if (by == WINDOW_BY_UPDATED && left_just_now(scan, page, *at_us))
		return ROW_LEFT;
	fail(why, FAILURE_REFUSED,
	     "Id %.*s: its %s %.*s lies outside of the range that was "
	     "requested: QuickBooks did not apply the filter",
	     SLICE_SHOWN(row->id), name, SLICE_SHOWN(text));
	fail_next(why, "create the tickets by another time of the rows "
		       "(qb-window --by)");
	return ROW_REFUSED;
}
