/* stream/window.h - a half-open time range of one entity; qb-envelope(5). */
#ifndef STREAM_WINDOW_H
#define STREAM_WINDOW_H

#include "base/buf.h"
#include "base/clock.h"
#include "stream/entity.h"

/* What decides which window a row belongs to. */
enum window_by {
	/* a time of the row itself */
	WINDOW_BY_UPDATED,
	WINDOW_BY_CREATED,
	WINDOW_BY_TXN_DATE,
	/* QuickBooks' log of changes: when it was changed or deleted */
	WINDOW_BY_CHANGE,
	/* CreateTime; says only what is gone there (qb-census) */
	WINDOW_BY_CENSUS,
	/* the entity was read whole: the window is the stretch of time of
	 * whose changes that tells */
	WINDOW_BY_WHOLE,
	/* ExchangeRate: the days of its rates */
	WINDOW_BY_AS_OF,
	/* the period of a report */
	WINDOW_BY_REPORT,
};

struct window {
	const struct entity *entity;
	enum window_by by;
	int64_t start_us, end_us; /* [start, end), end after start */
	int64_t no, of;           /* number 1 of 52 */
	bool provisional;         /* read too early to be final; if it has no
				     rows it leaves no trace but its ledger entry.
				     By census: the table lacks rows */
	int64_t empty_until_us;   /* by change: earlier readings found that
				       nothing had changed before, so only what
				       came since is asked for; start < it <= end,
				       or 0: no reading did */
};

/* "updated", "created", "txn-date", "change", "census", "whole", "as-of",
 * "report". */
const char *window_by_name(enum window_by by);
bool window_by_parse(struct slice name, enum window_by *by) MUST_CHECK;
/* Can rows be queried by it? */
bool window_by_is_query(enum window_by by);
/* Can it be the `by` of a ticket? */
bool window_by_is_ticket(enum window_by by);

/*
 * The object {"entity":...,"by":...,"start":...,"end":...,"no":...,"of":...},
 * with "provisional":true at its end if it is, and "empty_until":... after
 * that, and "unlisted":true if the entity is.  FAILURE_DATA names the member
 * that is missing or wrong; unknown members are ignored.
 */
bool window_parse(struct window *w, struct slice object,
		  struct failure *why) MUST_CHECK;
bool window_write(const struct window *w, struct buf *to,
		  struct failure *why) MUST_CHECK;

enum { WINDOW_TEXT = 128 };

/* For people: "Invoice 3/52 (2025-01-01T00:00:00Z to 2025-01-08T00:00:00Z)". */
void window_describe(const struct window *w, char text[WINDOW_TEXT]);
/* fail_in() with that text; returns false. */
bool window_fail_in(const struct window *w, struct failure *why);

#endif
