/*
 * stream/range.h - the options --from, --to, --tz and --by, the range that they
 * name, and the windows it is split into.
 */
#ifndef STREAM_RANGE_H
#define STREAM_RANGE_H

#include "base/options.h"
#include "stream/entity.h"
#include "stream/window.h"

/* The rows of these four; range_read() reads what they set.  The second one is
 * for whom windows by QuickBooks' log of changes are of use, and goes with
 * range_allow_change(). */
extern const struct option_table range_options, range_options_with_change;
void range_allow_change(void); /* --by=change is one, too */

struct range {
	enum window_by by;
	int64_t start_us, end_us; /* [start, end), whole seconds */
	bool open;                /* --to was not given */
	bool cut;                 /* --to lay in the future; the end is now */
};

/*
 * Sets the zone of the process (base/time_zone.h).  The range ends at `now_us`
 * when
 * --to is not given or lies later; with --by=txn-date, at the last midnight
 * before it.  FAILURE_USAGE: an invalid time or one that the clocks of the zone
 * skip, a range that is empty or lies in the future, and with --by=txn-date a
 * zone other than UTC or times that are not whole days.
 */
bool range_read(struct range *range, int64_t now_us,
		struct failure *why) MUST_CHECK;

enum { RANGE_MOST_ENTITIES = ENTITY_MOST };

/* The entities that a command line names, each once. */
struct range_entities {
	const struct entity *entity[RANGE_MOST_ENTITIES];
	size_t count;
};

/*
 * Reads them as entity_list_read() does.  FAILURE_USAGE also for an entity
 * without the field that --by names.
 */
bool range_require_entities(const struct range *range, char *const names[],
			    struct range_entities *wanted,
			    struct failure *why) MUST_CHECK;

enum {
	RANGE_MOST_STEP = 10000,
	RANGE_MOST_WINDOWS = 1000000,
};

enum range_unit { RANGE_HOURS, RANGE_DAYS, RANGE_MONTHS };

/* The length of a window: "12h", "7d", "2w", "1mo", "1y". */
struct range_step {
	int64_t count;
	enum range_unit unit;
};

bool range_step_parse(struct range_step *step, const char *text,
		      const struct range *range,
		      struct failure *why) MUST_CHECK;

/*
 * The bounds of the windows in ascending order, from start to end: one more
 * than there are windows.  Hours are absolute; days, weeks, months and years
 * are steps on the calendar of the zone, counted from the start: one month
 * after Jan 31 is Feb 28, two months after it Mar 31.  A bound whose time the
 * clocks skip is the moment when they were set forward.  The caller frees it.
 * FAILURE_USAGE: more than RANGE_MOST_WINDOWS.
 */
bool range_split(const struct range *range, const struct range_step *step,
		 int64_t **bounds, size_t *windows,
		 struct failure *why) MUST_CHECK;

#endif
