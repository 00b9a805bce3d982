/*
 * quickbooks/query.h - the query for a window, in QuickBooks' query language.
 */
#ifndef QUICKBOOKS_QUERY_H
#define QUICKBOOKS_QUERY_H

#include "base/buf.h"
#include "stream/window.h"

/* MAXRESULTS: 1 to 1000, 100 by default (DOC data-queries; QUIRKS.md). */
enum { QUERY_MOST_ROWS = 1000, QUERY_MINOR_VERSION = 75 };

struct query {
	const struct window *window;
	bool count;              /* COUNT(*) instead of the rows */
	int64_t start;           /* position of the first row, from 1 */
	int64_t most;            /* rows, 1 to QUERY_MOST_ROWS */
	int64_t changed_from_us; /* only rows whose LastUpdatedTime is this or
				    later; 0: all */
};

/*
 * select * from Invoice where MetaData.LastUpdatedTime >= '...' and
 * MetaData.LastUpdatedTime < '...' orderby MetaData.LastUpdatedTime
 * startposition 1 maxresults 1000, in one line; list entities also ask for
 * inactive rows, in a COUNT too.
 */
bool query_write(const struct query *q, struct buf *to,
		 struct failure *why) MUST_CHECK;

/* select count(*) from Invoice: all rows of the entity, inactive ones too. */
bool query_write_total(const struct entity *entity, struct buf *to,
		       struct failure *why) MUST_CHECK;

/*
 * select * from TaxCode where Active in (true,false) startposition 1 maxresults
 * 1000; `active` false: without the filter, which leaves out inactive ones.  Of
 * an entity that is one object: select * from Preferences.
 */
bool query_write_whole(const struct entity *entity, bool active, int64_t start,
		       int64_t most, struct buf *to,
		       struct failure *why) MUST_CHECK;

/*
 * select * from ExchangeRate where SourceCurrencyCode in ('EUR','MXN') and
 * AsOfDate = '2025-01-31' startposition 1 maxresults 1000.  `currencies` is a
 * list with commas of codes, each of three capital letters.
 */
bool query_write_rates(const struct entity *entity, const char *currencies,
		       int64_t day_us, struct buf *to,
		       struct failure *why) MUST_CHECK;

/*
 * entities=Customer,Invoice&changedSince=2026-01-05T10:00:00Z, the parameters
 * by which the log of changes is asked for what changed at or after a time, in
 * whole seconds.
 */
bool query_write_changes(const struct entity *const entities[], size_t count,
			 int64_t since_us, struct buf *to,
			 struct failure *why) MUST_CHECK;

/* Up to 1000 rows of an entity, those first that were changed last; of list
 * entities inactive ones, too. */
bool query_write_latest(const struct entity *entity, struct buf *to,
			struct failure *why) MUST_CHECK;

/* Ids in one query: some 1,200 bytes of a URL. */
enum { QUERY_MOST_IDS = 100 };

/*
 * select * from Invoice where Id in ('12','13') startposition 1 maxresults
 * 1000; of list entities inactive ones, too.  FAILURE_DATA: an id that could
 * end its literal, and so ask for something else.
 */
bool query_write_ids(const struct entity *entity, const struct slice *ids,
		     size_t count, struct buf *to,
		     struct failure *why) MUST_CHECK;

#endif
