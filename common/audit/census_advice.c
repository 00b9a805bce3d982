#include "audit/census_advice.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/command_text.h"

/* Commands fit into failure.next, and names into failure.text. */
enum { MOST_COMMAND = 440, MOST_NAMED = 20, MOST_NAMES = 600, MOST_RANGES = 2 };

/* `options` are further ones; an end of 0: none. */
static bool
write_command(const struct entity *entity, const char *schema,
	      const char *options, struct time_range range, struct buf *to,
	      struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(command_text_second(range.start_us, false), start);
	clock_format(command_text_second(range.end_us, true), end);
	return buf_printf(to, why, "qb-backfill %s%s --from=%s", entity->name,
			  options, start) &&
	       (!range.end_us || buf_printf(to, why, " --to=%s", end)) &&
	       command_text_schema(schema, to, why);
}

static const char reload[] = " --reload --by=created";

/* A part of a command may do something else. */
static bool
advise(const char *what, const struct buf *command, struct failure *why)
{
	if (!command->len)
		return fail_next(why, "%sqb-backfill with the same options",
				 what);
	return fail_next(why, "%s%s", what, command->at);
}

bool
census_advise_reload(const struct entity *entity, const char *schema,
		     struct time_range range, struct failure *why)
{
	struct failure too_long;
	struct buf command;

	buf_init(&command, MOST_COMMAND);
	if (!write_command(entity, schema, reload, range, &command, &too_long))
		buf_clear(&command);
	advise("reload: ", &command, why);
	buf_free(&command);
	return false;
}

bool
census_fail_uncovered(const struct entity *entity, const char *schema,
		      struct time_range missing, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT] = "now";
	struct failure too_long;
	struct buf command;

	clock_format(missing.start_us, start);
	if (missing.end_us)
		clock_format(missing.end_us, end);
	fail(why, FAILURE_LATER,
	     "%s: the load log does not cover %s to %s, so rows that were "
	     "created in the range may be missing in the table",
	     entity->name, start, end);
	buf_init(&command, MOST_COMMAND);
	if (!write_command(entity, schema, "", missing, &command, &too_long))
		buf_clear(&command);
	advise("load what is missing: ", &command, why);
	buf_free(&command);
	return false;
}

/* --- rows that only QuickBooks has ---------------------------------------- */

static size_t
name_missing(const struct known_rows *known, struct buf *names)
{
	struct failure too_long;
	size_t count = 0;

	for (size_t i = 0; i < known->count; i++) {
		struct slice id = known_rows_id(known, i);

		if (known->rows[i].in_table || count++ >= MOST_NAMED)
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

		if (!known->rows[i].in_table)
			time_ranges_add(to, second);
	}
	if (to->count <= MOST_RANGES)
		return;
	to->ranges[0].end_us = to->ranges[to->count - 1].end_us;
	to->count = 1;
}

static bool
write_commands(const struct entity *entity, const char *schema,
	       const struct time_ranges *ranges, struct buf *to,
	       struct failure *why)
{
	for (size_t i = 0; i < ranges->count; i++)
		if ((i && !buf_printf(to, why, " && ")) ||
		    !write_command(entity, schema, reload, ranges->ranges[i],
				   to, why))
			return false;
	return true;
}

static void
advise_ranges(const struct entity *entity, const char *schema,
	      const struct known_rows *known, struct failure *why)
{
	struct failure too_long;
	struct time_ranges ranges;
	struct buf commands;

	time_ranges_init(&ranges);
	buf_init(&commands, MOST_COMMAND);
	find_ranges(known, &ranges);
	if (!write_commands(entity, schema, &ranges, &commands, &too_long))
		buf_clear(&commands);
	advise("reload: ", &commands, why);
	buf_free(&commands);
	time_ranges_free(&ranges);
}

bool
census_require_all(const struct entity *entity, const char *schema,
		   const struct known_rows *known, struct failure *why)
{
	struct buf names;

	buf_init(&names, MOST_NAMES);
	size_t count = name_missing(known, &names);
	if (count) {
		fail(why, FAILURE_LATER,
		     "%s: QuickBooks has %zu row%s that the table lacks or "
		     "has as deleted: Id %s%s",
		     entity->name, count, count == 1 ? "" : "s", names.at,
		     count > MOST_NAMED ? ", ..." : "");
		advise_ranges(entity, schema, known, why);
	}
	buf_free(&names);
	return !count;
}
