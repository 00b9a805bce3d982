#include "stream/range.h"
#include "base/zone.h"

static const char *from;
static const char *to;
static const char *tz;
static const char *by;

static const struct option_row rows[] = {
	{ .name = "from",
	  .argument = "TIME",
	  .help = "start of the range, inclusive",
	  .required = true,
	  .text = &from },
	{ .name = "to",
	  .argument = "TIME",
	  .help = "end of the range, exclusive",
	  .text = &to },
	{ .name = "tz",
	  .argument = "ZONE",
	  .preset = "UTC",
	  .help = "zone of times without an offset, and of the calendar",
	  .text = &tz },
	{ .name = "by",
	  .argument = "FIELD",
	  .preset = "updated",
	  .help = "updated, created or txn-date",
	  .text = &by },
};

const struct option_table range_options = {
	.rows = rows,
	.count = LENGTH(rows),
};

static void
spell_civil(const struct clock_civil *c, char text[CLOCK_TEXT])
{
	clock_format(clock_from_civil(c), text);
	text[strlen(text) - 1] = '\0'; /* the Z */
}

/* A day may begin when the clocks are set; a time that was named may not be
 * one that they skip. */
static bool
refuse_skipped(const char *called, const char *text, int64_t at_us,
	       struct failure *why)
{
	struct clock_civil civil;
	char before[CLOCK_TEXT], after[CLOCK_TEXT];

	zone_to_civil(at_us - 1, &civil);
	clock_to_civil(clock_from_civil(&civil) + 1, &civil);
	spell_civil(&civil, before);
	zone_to_civil(at_us, &civil);
	spell_civil(&civil, after);
	fail(why, FAILURE_USAGE,
	     "%s=%s: there is no such time in %s: the clocks went from %s "
	     "to %s",
	     called, text, tz, before, after);
	return fail_next(why, "say %s=%s", called, after);
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
		return refuse_skipped(called, text, *at_us, why);
	if (*at_us % CLOCK_SECOND)
		return fail(why, FAILURE_USAGE,
			    "%s=%s: QuickBooks counts in whole seconds", called,
			    text);
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
	if (window_by_parse(slice_of(by), which))
		return true;
	return fail(why, FAILURE_USAGE,
		    "--by takes updated, created or txn-date, not \"%s\"", by);
}

/* TxnDate is a bare date: nothing in it could be shifted by a zone. */
static bool
want_whole_days(const struct range *span, struct failure *why)
{
	if (strcmp(tz, "UTC"))
		return fail(why, FAILURE_USAGE,
			    "--by=txn-date has no time zone: leave out "
			    "--tz=%s",
			    tz);
	if (span->start_us % CLOCK_DAY || span->end_us % CLOCK_DAY)
		return fail(why, FAILURE_USAGE,
			    "--by=txn-date takes whole days, such as "
			    "2025-01-31");
	return true;
}

static bool
refuse_empty(struct failure *why, bool until_now)
{
	if (!until_now)
		return fail(why, FAILURE_USAGE,
			    "--from=%s is not before --to=%s", from, to);
	return fail(why, FAILURE_USAGE, "--from=%s is not in the past", from);
}

/* Days in the making are not whole: by date, the past ends with yesterday. */
static int64_t
past_end(enum window_by which, int64_t now_us)
{
	int64_t unit = which == WINDOW_BY_TXN_DATE ? CLOCK_DAY : CLOCK_SECOND;

	return now_us - now_us % unit;
}

bool
range_read(struct range *span, int64_t now_us, struct failure *why)
{
	*span = (struct range){ .open = !to };
	if (!from)
		return fail(why, FAILURE_USAGE, "--from is needed");
	if (!read_by(&span->by, why) || !zone_set(tz, why) ||
	    !read_time("--from", from, &span->start_us, why))
		return false;

	int64_t latest_us = past_end(span->by, now_us);
	span->end_us = latest_us;
	if (to && !read_time("--to", to, &span->end_us, why))
		return false;
	if (span->by == WINDOW_BY_TXN_DATE && !want_whole_days(span, why))
		return false;
	if (to && span->start_us >= span->end_us)
		return refuse_empty(why, false);
	span->cut = span->end_us > latest_us;
	if (span->cut)
		span->end_us = latest_us;
	return span->start_us < span->end_us || refuse_empty(why, true);
}

static bool
suits(const struct range *span, const struct entity *entity,
      struct failure *why)
{
	if (span->by == WINDOW_BY_UPDATED ||
	    (span->by == WINDOW_BY_CREATED ? entity->created
					   : entity->txn_date))
		return true;
	fail(why, FAILURE_USAGE, "%s cannot be asked for by %s", entity->name,
	     by);
	return fail_next(why, "use --by=updated for %s", entity->name);
}

static void
add_once(struct range_entities *wanted, const struct entity *entity)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->entity[i] == entity)
			return;
	if (wanted->count == RANGE_MOST_ENTITIES)
		BUG("more entities than RANGE_MOST_ENTITIES");
	wanted->entity[wanted->count++] = entity;
}

bool
range_require_entities(const struct range *span, char *const names[],
		       struct range_entities *wanted, struct failure *why)
{
	wanted->count = 0;
	for (; *names; names++) {
		const struct entity *entity = entity_require(*names, why);

		if (!entity || !suits(span, entity, why))
			return false;
		add_once(wanted, entity);
	}
	return wanted->count ||
	       fail(why, FAILURE_USAGE, "which entities? name at least one");
}

static bool
step_unit(struct range_step *step, const char *unit)
{
	static const struct {
		const char *name;
		int each;
		enum range_unit unit;
	} units[] = {
		{ "h", 1, RANGE_HOURS },
		{ "d", 1, RANGE_DAYS },
		{ "w", 7, RANGE_DAYS },
		{ "mo", 1, RANGE_MONTHS },
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
		 const struct range *span, struct failure *why)
{
	char *unit;

	errno = 0;
	step->count = strtoll(text, &unit, 10);
	if (errno || *text < '0' || *text > '9' || step->count < 1 ||
	    step->count > RANGE_MOST_STEP || !step_unit(step, unit))
		return fail(why, FAILURE_USAGE,
			    "--every takes 1 to %d hours, days, weeks or "
			    "months, such as 12h, 7d, 2w or 1mo, not \"%s\"",
			    RANGE_MOST_STEP, text);
	if (span->by == WINDOW_BY_TXN_DATE && step->unit == RANGE_HOURS &&
	    step->count % 24)
		return fail(why, FAILURE_USAGE,
			    "--by=txn-date takes whole days: --every=%s is "
			    "none",
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

/* Where the n-th window ends. */
static int64_t
bound_at(const struct range *span, const struct range_step *step, int64_t n)
{
	struct clock_civil civil;
	int64_t at_us;

	if (step->unit == RANGE_HOURS)
		return span->start_us + n * step->count * 3600 * CLOCK_SECOND;
	zone_to_civil(span->start_us, &civil);
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
range_split(const struct range *span, const struct range_step *step,
	    int64_t **bounds, size_t *windows, struct failure *why)
{
	size_t room = 64, count = 0;
	int64_t *all = base_realloc(NULL, room * sizeof(*all));

	all[0] = span->start_us;
	for (int64_t n = 1; all[count] < span->end_us; n++) {
		int64_t at_us = bound_at(span, step, n);

		/* A day that a zone left out of its calendar is no window. */
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
		all[count] = at_us < span->end_us ? at_us : span->end_us;
	}
	*bounds = all;
	*windows = count;
	return true;
}
