/*
 * audit/census_reading.h - which rows of the tables a reading should have
 * brought and did not.
 *
 * A reading is the windows of a stream, as qb-fetch writes them.  A row that
 * lies in a window by what the table says of it (in one by whole all do), was
 * loaded before, and did not
 * come, was deleted, or changed and now lies elsewhere: so it is asked for by
 * its id. What came in any window of the entity is there.
 */
#ifndef AUDIT_CENSUS_READING_H
#define AUDIT_CENSUS_READING_H

#include "audit/census_calls.h"
#include "audit/census_output.h"
#include "check/ledger_query.h"
#include "stream/stream.h"

struct census_reading_window {
	enum window_by by;
	struct time_range range;
};

/* What was read of one entity. */
struct census_reading_of {
	const struct entity *entity;
	struct census_reading_window *windows;
	size_t count, room;
	struct id_set came;
};

struct census_reading {
	struct census_reading_of of[ENTITY_MOST];
	size_t count;
	int64_t began_us; /* QuickBooks' time of the first page; 0: no row came
			   */
	struct buf text;  /* an id with escapes */

	/* what was found so far, since the last end */
	int64_t windows, gone;
};

void census_reading_init(struct census_reading *r);
void census_reading_clear(struct census_reading *r);
void census_reading_free(struct census_reading *r);

/* A row, gone line or seal of the stream.  A window by change or census brings
 * what it says is gone: it is not looked at further; nor is one by whole from
 * which rows were left out, since who knew of them told what is gone. */
bool census_reading_take(struct census_reading *r, const struct stream *s,
			 enum stream_got got, struct failure *why) MUST_CHECK;

/*
 * The stream has ended: ask for the rows that did not come, 100 in one call, or
 * by reading the whole once more, and write a window for each entity of which
 * some are gone.  Where none is missing nothing is asked.
 */
bool census_reading_conclude(struct census_reading *r,
			     const struct ledger_query *ledger,
			     struct census_calls *calls,
			     struct census_output *output,
			     struct failure *why) MUST_CHECK;

#endif
