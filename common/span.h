/*
 * span.h - a stretch of time as it is typed: --from, --to, --tz and --by, and
 * the windows it is cut into.
 */
#ifndef SPAN_H
#define SPAN_H

#include "options.h"
#include "window.h"

/* Those four rows, for whoever takes a range; span_read() reads them. */
extern const struct option_table span_options;

struct span {
	enum window_by by;
	int64_t start_us, end_us; /* [start, end), whole seconds */
	bool open;                /* --to was not given */
	bool cut;                 /* --to lay after now, and is now */
};

/*
 * Sets the zone of the process (zone.h).  `now_us` is where the span ends
 * when --to is not given, or lies later; with --by=txn-date, where the day of
 * now began.  FAILURE_USAGE: a time that is wrong or that the clocks of the
 * zone never show, a range that is empty, and with --by=txn-date a zone other
 * than UTC or times that are not whole days.
 */
bool span_read(struct span *span, int64_t now_us,
	       struct failure *why) MUST_CHECK;

enum { SPAN_MOST_ENTITIES = 64 };

/* The entities that a command line names, each once. */
struct span_entities {
	const struct entity *entity[SPAN_MOST_ENTITIES];
	size_t count;
};

/*
 * `names` ends with NULL.  FAILURE_USAGE: none, one that does not exist, or
 * one that has not the time that --by names.
 */
bool span_want(const struct span *span, char *const names[],
	       struct span_entities *wanted, struct failure *why) MUST_CHECK;

enum {
	SPAN_MOST_STEP = 10000,
	SPAN_MOST_WINDOWS = 1000000,
};

enum span_unit { SPAN_HOURS, SPAN_DAYS, SPAN_MONTHS };

/* How long a window is: "12h", "7d", "2w", "1mo". */
struct span_step {
	int64_t count;
	enum span_unit unit;
};

bool span_step_read(struct span_step *step, const char *text,
		    const struct span *span, struct failure *why) MUST_CHECK;

/*
 * The bounds of the windows, one more than there are windows, from start to
 * end, each after the one before.  Hours are absolute; days, weeks and months
 * are steps on the calendar of the zone, counted from the start: a month
 * after Jan 31 is Feb 28, two months after it Mar 31.  Where the clocks skip
 * the time of a bound, it is the moment when they were set.  The caller frees
 * it.  FAILURE_USAGE: more than SPAN_MOST_WINDOWS.
 */
bool span_cut(const struct span *span, const struct span_step *step,
	      int64_t **bounds, size_t *windows,
	      struct failure *why) MUST_CHECK;

#endif
