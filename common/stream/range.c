#include "stream/range.h"
#include "base/time_zone.h"

static const char *from;
static const char *to;
static const char *tz;
static const char *by;
static const char *unlisted;
static bool change_allowed;

#define ROWS_WITH(by_help) \
	{ \
		{ .name = "from", \
		  .argument = "TIME", \
		  .help = "start of the range, inclusive", \
		  .required = true, \
		  .text = &from }, \
			{ .name = "to", \
			  .argument = "TIME", \
			  .help = "end of the range, exclusive", \
			  .text = &to }, \
			{ .name = "tz", \
			  .argument = "ZONE", \
			  .preset = "UTC", \
			  .help = "time zone of --from and --to, and of days " \
				  "and " \
				  "months", \
			  .text = &tz }, \
			{ .name = "by", \
			  .argument = "FIELD", \
			  .preset = "updated", \
			  .help = (by_help), \
			  .text = &by }, \
			{ .name = "unlisted", \
			  .argument = "NAMES", \
			  .help = "entities that qb does not list, as " \
				  "QuickBooks spells them", \
			  .text = &unlisted }, \
	}

static const struct option_row rows[] =
	ROWS_WITH("time to select by: updated (last change), created or "
		  "txn-date");
static const struct option_row rows_with_change[] = ROWS_WITH(
	"time to select by: updated (last change), created, txn-date; "
	"or change");

const struct option_table range_options = {
	.rows = rows,
	.count = LENGTH(rows),
};
const struct option_table range_options_with_change = {
	.rows = rows_with_change,
	.count = LENGTH(rows_with_change),
};

static void
format_civil(const struct clock_civil *c, char text[CLOCK_TEXT])
{
	clock_format(clock_from_civil(c), text);
	text[strlen(text) - 1] = '\0'; /* the Z */
}

/* A local time that the clocks skip is an error, but for a date without a
 * midnight, which begins when the clocks were set. */
static bool
fail_skipped(const char *called, const char *text, int64_t at_us,
	     struct failure *why)
{
	struct clock_civil civil;
	char before[CLOCK_TEXT], after[CLOCK_TEXT];

	zone_to_civil(at_us - 1, &civil);
	clock_to_civil(clock_from_civil(&civil) + 1, &civil);
	format_civil(&civil, before);
	zone_to_civil(at_us, &civil);
	format_civil(&civil, after);
	fail(why, FAILURE_USAGE,
	     "%s=%s does not exist in %s: the clocks went from %s to %s",
	     called, text, tz, before, after);
	return fail_next(why, "use %s=%s", called, after);
}

static bool
read_time(const char *called, const char *text, int64_t *at_us,
	  struct failure *why)
{
	struct clock_civil civil;
	struct slice typed = slice_of(text);
	bool local = clock_parse_civil(typed, &civil);

	if (!local && !clock_parse(typed, at_us))
		return fail(why, FAILURE_USAGE,
			    "%s takes a time such as 2025-01-31, "
			    "2025-01-31T10:00 or 2025-01-31T10:00:00-05:00, "
			    "not \"%s\"",
			    called, text);
	if (local && zone_to_instant(&civil, at_us) == ZONE_NEVER &&
	    strchr(text, 'T'))
		return fail_skipped(called, text, *at_us, why);
	if (*at_us % CLOCK_SECOND)
		return fail(why, FAILURE_USAGE,
			    "%s=%s: times are whole seconds", called, text);
	clock_to_civil(*at_us, &civil);
	if (civil.year < 1 || civil.year > 9999)
		return fail(why, FAILURE_USAGE,
			    "%s=%s is not within the years 1 to 9999 in UTC",
			    called, text);
	return true;
}

static bool
read_by(enum window_by *which, struct failure *why)
{
	if (window_by_parse(slice_of(by), which) &&
	    (window_by_is_query(*which) ||
	     (*which == WINDOW_BY_CHANGE && change_allowed)))
		return true;
	return fail(
		why, FAILURE_USAGE, "--by takes updated, created%s, not \"%s\"",
		change_allowed ? ", txn-date or change" : " or txn-date", by);
}

void
range_allow_change(void)
{
	change_allowed = true;
}

/* TxnDate is a date without time and zone. */
static bool
require_whole_days(const struct range *range, struct failure *why)
{
	if (strcmp(tz, "UTC"))
		return fail(why, FAILURE_USAGE,
			    "--by=txn-date has no time zone: leave out "
			    "--tz=%s",
			    tz);
	if (range->start_us % CLOCK_DAY || range->end_us % CLOCK_DAY)
		return fail(why, FAILURE_USAGE,
			    "--by=txn-date takes whole days, such as "
			    "2025-01-31");
	return true;
}

/* A day is read when it is over: by date, the range ends with yesterday. */
static int64_t
latest_end(enum window_by which, int64_t now_us)
{
	int64_t unit = which == WINDOW_BY_TXN_DATE ? CLOCK_DAY : CLOCK_SECOND;

	return now_us - now_us % unit;
}

/* A start that no range up to `latest_us` can have. */
static bool
fail_not_past(const struct range *range, int64_t now_us, struct failure *why)
{
	if (range->start_us > now_us)
		return fail(why, FAILURE_USAGE, "--from=%s lies in the future",
			    from);
	if (range->by == WINDOW_BY_TXN_DATE)
		return fail(why, FAILURE_USAGE,
			    "--from=%s: that day is not over yet in UTC", from);
	return fail(why, FAILURE_USAGE, "--from=%s is not in the past", from);
}

bool
range_read(struct range *range, int64_t now_us, struct failure *why)
{
	*range = (struct range){ .open = !to };
	if (!from)
		return fail(why, FAILURE_USAGE, "--from is required");
	if (!read_by(&range->by, why) || !zone_set(tz, why) ||
	    !read_time("--from", from, &range->start_us, why))
		return false;

	int64_t latest_us = latest_end(range->by, now_us);
	range->end_us = latest_us;
	if (to && !read_time("--to", to, &range->end_us, why))
		return false;
	if (range->by == WINDOW_BY_TXN_DATE && !require_whole_days(range, why))
		return false;
	if (range->start_us >= latest_us)
		return fail_not_past(range, now_us, why);
	if (range->start_us >= range->end_us)
		return fail(why, FAILURE_USAGE,
			    "--from=%s is not before --to=%s", from, to);
	range->cut = range->end_us > latest_us;
	if (range->cut)
		range->end_us = latest_us;
	return true;
}

static bool
can_select(const struct range *range, const struct entity *entity,
	   struct failure *why)
{
	if (entity->shape != SHAPE_ROWS || range->by == WINDOW_BY_UPDATED ||
	    range->by == WINDOW_BY_CHANGE ||
	    (range->by == WINDOW_BY_CREATED ? entity->created
					    : entity->txn_date))
		return true;
	fail(why, FAILURE_USAGE, "%s cannot be selected by %s", entity->name,
	     by);
	return fail_next(why, "use --by=updated for %s", entity->name);
}

bool
range_require_entities(const struct range *range, char *const names[],
		       struct entity_list *wanted, struct failure *why)
{
	if (!entity_list_read(names, unlisted, wanted, why))
		return false;
	for (size_t i = 0; i < wanted->count; i++)
		if (!can_select(range, wanted->at[i], why))
			return false;
	return true;
}

enum window_by
range_by(const struct range *range, const struct entity *entity)
{
	if (entity_is_whole(entity))
		return WINDOW_BY_WHOLE;
	switch (entity->shape) {
	case SHAPE_RATES:
		return WINDOW_BY_AS_OF;
	case SHAPE_REPORT:
		return WINDOW_BY_REPORT;
	default:
		return range->by;
	}
}

/* The day of a moment, in the zone, as its midnight in UTC. */
static int64_t
day_of(int64_t at_us)
{
	struct clock_civil civil;

	zone_to_civil(at_us, &civil);
	civil.hour = civil.minute = civil.second = civil.us = 0;
	return clock_from_civil(&civil);
}

size_t
range_days(int64_t *bounds, size_t windows)
{
	size_t kept = 0;

	for (size_t i = 0; i <= windows; i++) {
		int64_t day_us = day_of(bounds[i]);

		if (!i || day_us > bounds[kept - 1])
			bounds[kept++] = day_us;
	}
	return kept - 1;
}

static bool
step_unit(struct range_step *step, const char *unit)
{
	static const struct {
		const char *name;
		int each;
		enum range_unit unit;
	} units[] = {
		{ "h", 1, RANGE_HOURS },   { "d", 1, RANGE_DAYS },
		{ "w", 7, RANGE_DAYS },    { "mo", 1, RANGE_MONTHS },
		{ "y", 12, RANGE_MONTHS },
	};

	for (size_t i = 0; i < LENGTH(units); i++)
		if (!strcmp(units[i].name, unit)) {
			step->count *= units[i].each;
			step->unit = units[i].unit;
			return true;
		}
	return false;
}

bool
range_step_parse(struct range_step *step, const char *text,
		 const struct range *range, struct failure *why)
{
	char *unit;

	errno = 0;
	step->count = strtoll(text, &unit, 10);
	if (errno || *text < '0' || *text > '9' || step->count < 1 ||
	    step->count > RANGE_MOST_STEP || !step_unit(step, unit))
		return fail(why, FAILURE_USAGE,
			    "--every takes 1 to %d hours, days, weeks, months "
			    "or years, such as 12h, 7d, 2w, 1mo or 1y, not "
			    "\"%s\"",
			    RANGE_MOST_STEP, text);
	if (range->by == WINDOW_BY_TXN_DATE && step->unit == RANGE_HOURS &&
	    step->count % 24)
		return fail(why, FAILURE_USAGE,
			    "--by=txn-date takes whole days, not --every=%s",
			    text);
	return true;
}

static void
add_months(struct clock_civil *c, int64_t months)
{
	int64_t since = c->month - 1 + months;

	c->year += (int)(since / 12); /* steps are bounded */
	c->month = (int)(since % 12) + 1;
	int last = clock_month_days(c->year, c->month);
	if (c->day > last)
		c->day = last;
}

/* The end of the n-th window. */
static int64_t
bound_at(const struct range *range, const struct range_step *step, int64_t n)
{
	struct clock_civil civil;
	int64_t at_us;

	if (step->unit == RANGE_HOURS)
		return range->start_us + n * step->count * 3600 * CLOCK_SECOND;
	zone_to_civil(range->start_us, &civil);
	if (step->unit == RANGE_DAYS)
		clock_to_civil(clock_from_civil(&civil) +
				       n * step->count * CLOCK_DAY,
			       &civil);
	else
		add_months(&civil, n * step->count);
	zone_to_instant(&civil, &at_us);
	return at_us;
}

bool
range_split(const struct range *range, const struct range_step *step,
	    int64_t **bounds, size_t *windows, struct failure *why)
{
	size_t room = 64, count = 0;
	int64_t *all = base_realloc(NULL, room * sizeof(*all));

	all[0] = range->start_us;
	for (int64_t n = 1; all[count] < range->end_us; n++) {
		int64_t at_us = bound_at(range, step, n);

		/* a day that the zone skipped makes no window */
		if (at_us <= all[count])
			continue;
		if (count == RANGE_MOST_WINDOWS) {
			free(all);
			return fail(why, FAILURE_USAGE,
				    "more than %d windows: --every is too "
				    "short for this range",
				    RANGE_MOST_WINDOWS);
		}
		if (++count == room) {
			room *= 2;
			all = base_realloc(all, room * sizeof(*all));
		}
		all[count] = at_us < range->end_us ? at_us : range->end_us;
	}
	*bounds = all;
	*windows = count;
	return true;
}
