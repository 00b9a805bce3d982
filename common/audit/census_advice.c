#include "audit/census_advice.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/command_text.h"
#include "base/log.h"

/* Commands fit into failure.next, and names into failure.text. */
enum { MOST_COMMAND = 440, MOST_NAMED = 20, MOST_NAMES = 600, MOST_RANGES = 2 };

static const char by_created[] = " --reload --by=created";

static bool
write_options(const struct census_advice *a, struct buf *to,
	      struct failure *why)
{
	if (a->options)
		return !*a->options || buf_printf(to, why, " %s", a->options);
	return command_text_schema(a->schema, to, why) &&
	       (!a->dsn || command_text_option("--dsn", a->dsn, to, why));
}

/* `how` are further options; an end of 0: none. */
static bool
write_range(const struct census_advice *a, const char *how,
	    struct time_range range, struct buf *to, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(command_text_second(range.start_us, false), start);
	clock_format(command_text_second(range.end_us, true), end);
	return buf_printf(to, why, "qb-backfill %s%s%s --from=%s",
			  a->entity->unlisted ? "--unlisted=" : "",
			  a->entity->name, how, start) &&
	       (!range.end_us || buf_printf(to, why, " --to=%s", end));
}

static bool
write_commands(const struct census_advice *a, const char *how,
	       const struct time_range *ranges, size_t count, struct buf *to,
	       struct failure *why)
{
	for (size_t i = 0; i < count; i++)
		if ((i && !buf_printf(to, why, " && ")) ||
		    !write_range(a, how, ranges[i], to, why) ||
		    !write_options(a, to, why))
			return false;
	return true;
}

/* One for each range if they fit, or one from the first to the last.  A command
 * without some of its options could load rows past the archive or a jq program:
 * where they do not fit, the words instead of them are no valid command. */
static bool
advise(const struct census_advice *a, const char *what, const char *how,
       const struct time_range *ranges, size_t count, struct failure *why)
{
	struct time_range whole = { ranges[0].start_us,
				    ranges[count - 1].end_us };
	struct failure too_long;
	struct buf command;

	buf_init(&command, MOST_COMMAND);
	bool fits = write_commands(a, how, ranges, count, &command, &too_long);
	if (!fits) {
		buf_clear(&command);
		fits = write_commands(a, how, &whole, 1, &command, &too_long);
	}
	if (!fits) {
		buf_clear(&command);
		(void)!(write_range(a, how, whole, &command, &too_long) &&
			buf_printf(&command, &too_long,
				   " with all other options of this run"));
	}
	fail_next(why, "%s: %s", what, command.at);
	buf_free(&command);
	return false;
}

bool
census_advise_reload(const struct census_advice *a, struct time_range range,
		     int64_t changed_from_us, struct failure *why)
{
	const struct time_range changed = { changed_from_us, 0 };

	if (changed_from_us)
		return advise(a, "reload", " --reload", &changed, 1, why);
	return advise(a, "reload", by_created, &range, 1, why);
}

bool
census_advise_load(const struct census_advice *a, int64_t changed_from_us,
		   struct failure *why)
{
	const struct time_range changed = { changed_from_us, 0 };

	return advise(a, "load what was changed", "", &changed, 1, why);
}

bool
census_fail_uncovered(const struct census_advice *a, struct time_range missing,
		      struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT] = "now";

	clock_format(missing.start_us, start);
	if (missing.end_us)
		clock_format(missing.end_us, end);
	fail(why, FAILURE_LATER,
	     "%s: the load log does not cover %s to %s, so rows that were "
	     "created in the range may be missing in the table",
	     a->entity->name, start, end);
	return advise(a, "load what is missing", "", &missing, 1, why);
}

/* --- rows that only QuickBooks has ---------------------------------------- */

static size_t
name_missing(const struct known_rows *known, struct buf *names)
{
	struct failure too_long;
	size_t count = 0;

	for (size_t i = 0; i < known->count; i++) {
		struct slice id = known_rows_id(known, i);

		if (known->rows[i].is != KNOWN_MISSING || count++ >= MOST_NAMED)
			continue;
		(void)!buf_printf(names, &too_long, "%s%.*s",
				  count > 1 ? ", " : "", SLICE_SHOWN(id));
	}
	return count;
}

/* The seconds in which they were created; past MOST_RANGES of them, all from
 * the first to the last. */
static void
find_ranges(const struct known_rows *known, struct time_ranges *to)
{
	for (size_t i = 0; i < known->count; i++) {
		int64_t at_us =
			command_text_second(known->rows[i].created_us, false);
		struct time_range second = { at_us, at_us + CLOCK_SECOND };

		if (known->rows[i].is == KNOWN_MISSING)
			time_ranges_add(to, second);
	}
	if (to->count <= MOST_RANGES)
		return;
	to->ranges[0].end_us = to->ranges[to->count - 1].end_us;
	to->count = 1;
}

bool
census_require_all(const struct census_advice *a,
		   const struct known_rows *known, struct failure *why)
{
	struct time_ranges ranges;
	struct buf names;

	buf_init(&names, MOST_NAMES);
	time_ranges_init(&ranges);
	size_t count = name_missing(known, &names);
	if (count) {
		fail(why, FAILURE_LATER,
		     "%s: QuickBooks has %zu row%s that the table lacks or "
		     "has as deleted: Id %s%s",
		     a->entity->name, count, count == 1 ? "" : "s", names.at,
		     count > MOST_NAMED ? ", ..." : "");
		find_ranges(known, &ranges);
		advise(a, "reload", by_created, ranges.ranges, ranges.count,
		       why);
	}
	time_ranges_free(&ranges);
	buf_free(&names);
	return !count;
}

void
census_tell_unreadable(const struct census_advice *a,
		       const struct known_rows *known,
		       const struct failure *reason)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_row *row = &known->rows[i];
		struct slice id = known_rows_id(known, i);
		char at[CLOCK_TEXT];

		clock_format(row->created_us, at);
		if (row->unreadable)
			log_warn("%s: QuickBooks has Id %.*s, but cannot "
				 "return it: %s",
				 a->entity->name, SLICE_SHOWN(id),
				 reason->text);
		else if (row->is == KNOWN_UNREADABLE)
			log_warn("%s: QuickBooks has a row created at %s that "
				 "the table lacks, but cannot return it: %s",
				 a->entity->name, at, reason->text);
	}
}
