/*
 * stream/range.h - the options --from, --to, --tz, --by and --unlisted, the
 * range and the entities that they name, and the windows it is split into.
 */
#ifndef STREAM_RANGE_H
#define STREAM_RANGE_H

#include "base/options.h"
#include "stream/entity_list.h"
#include "stream/window.h"

/* The rows of these; range_read() reads what they set.  The second one is
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

/*
 * Reads names and --unlisted as entity_list_read() does.  FAILURE_USAGE also
 * for an entity without the field that --by names; one that is not selected by
 * a time of its rows has none, and goes with each.
 */
bool range_require_entities(const struct range *range, char *const names[],
			    struct entity_list *wanted,
			    struct failure *why) MUST_CHECK;

/* By what the windows of an entity are: as --by says, or by its shape. */
enum window_by range_by(const struct range *range, const struct entity *entity);

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

/*
 * Cut the bounds to whole days of the zone, each as its midnight in UTC, for
 * what has dates alone; a day that is not over is left out.  Returns how many
 * windows are left, which may be none.
 */
size_t range_days(int64_t *bounds, size_t windows);

#endif
