/*
 * stream/range.h - a stretch of time as it is typed: --from, --to, --tz and
 * --by, and the windows it is cut into.
 */
#ifndef STREAM_RANGE_H
#define STREAM_RANGE_H

#include "base/options.h"
#include "stream/window.h"

/* Those four rows, for whoever takes a range; range_read() reads them. */
extern const struct option_table range_options;

struct range {
	enum window_by by;
	int64_t start_us, end_us; /* [start, end), whole seconds */
	bool open;                /* --to was not given */
	bool cut;                 /* --to lay after now, and is now */
};

/*
 * Sets the zone of the process (base/zone.h).  `now_us` is where the span ends
 * when --to is not given, or lies later; with --by=txn-date, where the day of
 * now began.  FAILURE_USAGE: a time that is wrong or that the clocks of the
 * zone never show, a range that is empty, and with --by=txn-date a zone other
 * than UTC or times that are not whole days.
 */
bool range_read(struct range *span, int64_t now_us,
		struct failure *why) MUST_CHECK;

enum { RANGE_MOST_ENTITIES = 64 };

/* The entities that a command line names, each once. */
struct range_entities {
	const struct entity *entity[RANGE_MOST_ENTITIES];
	size_t count;
};

/*
 * `names` ends with NULL.  FAILURE_USAGE: none, one that does not exist, or
 * one that has not the time that --by names.
 */
bool range_require_entities(const struct range *span, char *const names[],
			    struct range_entities *wanted,
			    struct failure *why) MUST_CHECK;

enum {
	RANGE_MOST_STEP = 10000,
	RANGE_MOST_WINDOWS = 1000000,
};

enum range_unit { RANGE_HOURS, RANGE_DAYS, RANGE_MONTHS };

/* How long a window is: "12h", "7d", "2w", "1mo". */
struct range_step {
	int64_t count;
	enum range_unit unit;
};

bool range_step_parse(struct range_step *step, const char *text,
		      const struct range *span, struct failure *why) MUST_CHECK;

/*
 * The bounds of the windows, one more than there are windows, from start to
 * end, each after the one before.  Hours are absolute; days, weeks and months
 * are steps on the calendar of the zone, counted from the start: a month
 * after Jan 31 is Feb 28, two months after it Mar 31.  Where the clocks skip
 * the time of a bound, it is the moment when they were set.  The caller frees
 * it.  FAILURE_USAGE: more than RANGE_MOST_WINDOWS.
 */
bool range_split(const struct range *span, const struct range_step *step,
		 int64_t **bounds, size_t *windows,
		 struct failure *why) MUST_CHECK;

#endif
