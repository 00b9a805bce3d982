/* stream/run_stamp.h - the member "stamp": the run, and the time of ingestion.
 */
#ifndef STREAM_RUN_STAMP_H
#define STREAM_RUN_STAMP_H

#include "base/buf.h"
#include "base/clock.h"

enum { RUN_STAMP_LONGEST_ID = 128, RUN_STAMP_LONGEST_STAMP = 256 };

struct run_stamp {
	char id[RUN_STAMP_LONGEST_ID + 1];
	bool fixed; /* stamps have at_us instead of the time of writing */
	int64_t at_us;
};

/*
 * `id` NULL generates one: "20260912T184335Z-1a2b3c4d".  `at` NULL is the time
 * of writing of each stamp.  FAILURE_USAGE for an id that is empty, too
 * long, or holds anything but printable ASCII without quotes and backslashes,
 * and for a time that is not RFC 3339.
 */
bool run_stamp_init(struct run_stamp *run, const char *id, const char *at,
		    struct failure *why) MUST_CHECK;

/* Append {"ingested_at":"...","run":"..."}. */
bool run_stamp_write(const struct run_stamp *run, struct buf *to,
		     struct failure *why) MUST_CHECK;

#endif
