/* Ranges as they are typed, and the windows they are cut into. */
#include "stream/range.h"
#include "tap.h"

static const char *const now = "2025-06-15T12:34:56.789Z";

static int64_t
instant(const char *text)
{
	int64_t at_us = 0;

	if (!clock_parse(slice_of(text), &at_us))
		ok(0, "%s is a time", text);
	return at_us;
}

/* "--from=2025-01-01 --to=..." as the command line of a tool. */
static bool
read_typed(const char *line, struct range *range, struct failure *why)
{
	static char words[256]; /* the options point in here */
	char *argv[16] = { words };
	int argc = 1, used;

	snprintf(words, sizeof(words), "t %s", line);
	for (char *at = words; *at; at++)
		if (*at == ' ') {
			*at = '\0';
			argv[argc++] = at + 1;
		}
	*why = (struct failure){ 0 };
	return options_read(argc, argv, &range_options, &used, why) &&
	       range_read(range, instant(now), why);
}

static void
reads(const char *line, const char *start, const char *end, const char *what)
{
	struct failure why;
	struct range range = { 0 };
	char got[2][CLOCK_TEXT];
	bool done = read_typed(line, &range, &why);

	clock_format(range.start_us, got[0]);
	clock_format(range.end_us, got[1]);
	ok(done && !strcmp(got[0], start) && !strcmp(got[1], end), "%s", what);
	if (!done || strcmp(got[0], start) || strcmp(got[1], end))
		printf("# got %s to %s: %s\n", got[0], got[1], why.text);
}

static void
refuses(const char *line, const char *saying, const char *what)
{
	struct failure why;
	struct range range;
	bool done = read_typed(line, &range, &why);

	ok(!done && why.kind == FAILURE_USAGE && strstr(why.text, saying), "%s",
	   what);
	if (!done)
		printf("# %s\n", why.text);
}

/* The bounds, one a line. */
static void
cuts(const char *line, const char *every, const char *want, const char *what)
{
	struct failure why;
	struct range range;
	struct range_step step;
	int64_t *bounds = NULL;
	size_t windows = 0, used = 0;
	char got[1024] = "", at[CLOCK_TEXT];

	if (!read_typed(line, &range, &why) ||
	    !range_step_parse(&step, every, &range, &why) ||
	    !range_split(&range, &step, &bounds, &windows, &why)) {
		ok(0, "%s: %s", what, why.text);
		return;
	}
	for (size_t i = 0; i <= windows && used < sizeof(got); i++) {
		clock_format(bounds[i], at);
		used += (size_t)snprintf(got + used, sizeof(got) - used,
					 "%s%.16s", i ? " " : "", at);
	}
	free(bounds);
	is(got, want, what);
}

static void
refuses_step(const char *line, const char *every, const char *what)
{
	struct failure why;
	struct range range;
	struct range_step step;
	int64_t *bounds;
	size_t windows;

	ok(read_typed(line, &range, &why) &&
		   (!range_step_parse(&step, every, &range, &why) ||
		    !range_split(&range, &step, &bounds, &windows, &why)) &&
		   why.kind == FAILURE_USAGE,
	   "%s", what);
	printf("# %s\n", why.text);
}

static void
test_ranges(void)
{
	reads("--from=2025-01-31", "2025-01-31T00:00:00Z",
	      "2025-06-15T12:34:56Z", "without --to it ends now, in seconds");
	reads("--from=2025-01-31 --by=txn-date", "2025-01-31T00:00:00Z",
	      "2025-06-15T00:00:00Z", "by date it ends with yesterday");
	refuses("--from=2027-01-01", "--from=2027-01-01 lies in the future",
		"without --to a start in the future is named");
	refuses("--from=2025-06-15 --by=txn-date", "is not over yet",
		"the day of now is not over, so by date it is not read");
	refuses("--from=2025-06-16 --by=txn-date", "lies in the future",
		"tomorrow lies in the future");
	refuses("--from=2025-06-15T12:34:56", "not in the past",
		"now is not in the past");
	reads("--from=2025-01-31T10:00 --to=2025-01-31T10:00:01 "
	      "--tz=America/Guayaquil",
	      "2025-01-31T15:00:00Z", "2025-01-31T15:00:01Z",
	      "times are read in the zone");
	reads("--from=2025-01-31T10:00:00+05:30 --to=2025-02-01 "
	      "--tz=America/Guayaquil",
	      "2025-01-31T04:30:00Z", "2025-02-01T05:00:00Z",
	      "an offset wins over the zone");
	reads("--from=2024-11-03T01:30 --to=2024-11-03T02:00 "
	      "--tz=America/New_York",
	      "2024-11-03T05:30:00Z", "2024-11-03T07:00:00Z",
	      "of two times the first is meant");
	reads("--from=2018-11-04 --to=2018-11-05 --tz=America/Sao_Paulo",
	      "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z",
	      "a day without a midnight begins when the clocks are set");
	reads("--from=2025-01-01 --to=2026-01-01", "2025-01-01T00:00:00Z",
	      "2025-06-15T12:34:56Z", "--to after now is now");
}

static void
test_refusals(void)
{
	refuses("--from=2025-02-30 --to=2025-03-01", "--from takes a time",
		"February 30 is no day");
	refuses("--from=2025-01-01 --to=tomorrow", "--to takes a time",
		"tomorrow is no time");
	refuses("--from=2025-01-01T10 --to=2025-03-01", "--from takes a time",
		"an hour alone is no time");
	refuses("--from=2025-01-01T10:00:00.5 --to=2025-03-01", "whole seconds",
		"fractions of a second are refused");
	refuses("--from=2025-03-01 --to=2025-03-01", "is not before",
		"a range that is empty is refused");
	refuses("--from=2025-03-02 --to=2025-03-01", "is not before",
		"a range that runs backwards is refused");
	refuses("--from=2025-06-16 --to=2025-06-17",
		"--from=2025-06-16 lies in the future",
		"a range in the future is refused");
	refuses("--from=2027-01-01 --to=2026-01-01", "lies in the future",
		"and where --to lies before it");
	refuses("--from=2025-03-09T02:30 --to=2025-04-01 "
		"--tz=America/New_York",
		"from 2025-03-09T02:00:00 to 2025-03-09T03:00:00",
		"a time that the clocks skip is refused and named");
	refuses("--from=0001-01-01T00:00:00+01:00 --to=2025-04-01",
		"--from takes a time", "the year 0 is refused");
	refuses("--from=0001-01-01 --to=2025-04-01 --tz=Asia/Tokyo",
		"years 1 to 9999", "the year 0 in UTC is refused");
	refuses("--from=2025-01-01 --to=2025-02-01 --by=changed", "--by takes",
		"an unknown field is refused");
	refuses("--from=2025-01-01 --to=2025-02-01 --by=txn-date "
		"--tz=America/Guayaquil",
		"no time zone", "a date has no time zone");
	refuses("--from=2025-01-01T10:00 --to=2025-02-01 --by=txn-date",
		"whole days", "a date has no time of day");
}

static void
test_cuts(void)
{
	cuts("--from=2025-01-01 --to=2025-01-20", "7d",
	     "2025-01-01T00:00 2025-01-08T00:00 2025-01-15T00:00 "
	     "2025-01-20T00:00",
	     "the last window is shorter");
	cuts("--from=2025-01-01 --to=2025-01-15", "1w",
	     "2025-01-01T00:00 2025-01-08T00:00 2025-01-15T00:00",
	     "weeks that divide the range leave nothing over");
	cuts("--from=2025-01-31 --to=2025-05-31", "1mo",
	     "2025-01-31T00:00 2025-02-28T00:00 2025-03-31T00:00 "
	     "2025-04-30T00:00 2025-05-31T00:00",
	     "months are counted from the start");
	cuts("--from=2023-12-31 --to=2024-06-01", "2mo",
	     "2023-12-31T00:00 2024-02-29T00:00 2024-04-30T00:00 "
	     "2024-06-01T00:00",
	     "months go over the turn of the year and know leap years");
	cuts("--from=2022-01-01 --to=2025-03-01", "1y",
	     "2022-01-01T00:00 2023-01-01T00:00 2024-01-01T00:00 "
	     "2025-01-01T00:00 2025-03-01T00:00",
	     "years are years of the calendar");
	cuts("--from=2024-02-29 --to=2025-06-01", "1y",
	     "2024-02-29T00:00 2025-02-28T00:00 2025-06-01T00:00",
	     "a year after February 29 ends on February 28");
	cuts("--from=2016-02-29 --to=2024-06-01", "2y",
	     "2016-02-29T00:00 2018-02-28T00:00 2020-02-29T00:00 "
	     "2022-02-28T00:00 2024-02-29T00:00 2024-06-01T00:00",
	     "years are counted from the start");
	cuts("--from=2016-02-29 --to=2018-03-01", "12mo",
	     "2016-02-29T00:00 2017-02-28T00:00 2018-02-28T00:00 "
	     "2018-03-01T00:00",
	     "as twelve months are");
	cuts("--from=2025-01-01 --to=2025-03-01", "10000y",
	     "2025-01-01T00:00 2025-03-01T00:00",
	     "ten thousand years are one window");
	cuts("--from=2025-03-08 --to=2025-03-11 --tz=America/New_York", "1d",
	     "2025-03-08T05:00 2025-03-09T05:00 2025-03-10T04:00 "
	     "2025-03-11T04:00",
	     "days begin at midnight of the zone in spring");
	cuts("--from=2024-11-02 --to=2024-11-05 --tz=America/New_York", "1d",
	     "2024-11-02T04:00 2024-11-03T04:00 2024-11-04T05:00 "
	     "2024-11-05T05:00",
	     "and in autumn");
	cuts("--from=2025-03-08T12:00 --to=2025-03-10 --tz=America/New_York",
	     "12h",
	     "2025-03-08T17:00 2025-03-09T05:00 2025-03-09T17:00 "
	     "2025-03-10T04:00",
	     "hours are hours whatever the clocks show");
	cuts("--from=2025-03-08T02:30 --to=2025-03-10T12:00 "
	     "--tz=America/New_York",
	     "1d",
	     "2025-03-08T07:30 2025-03-09T07:00 2025-03-10T06:30 "
	     "2025-03-10T16:00",
	     "a bound that the clocks skip is where they were set");
	cuts("--from=2011-12-29 --to=2012-01-01 --tz=Pacific/Apia", "1d",
	     "2011-12-29T10:00 2011-12-30T10:00 2011-12-31T10:00",
	     "a day that was left out makes no window");
	cuts("--from=2025-01-01 --to=2025-01-03 --by=txn-date", "24h",
	     "2025-01-01T00:00 2025-01-02T00:00 2025-01-03T00:00",
	     "hours that make days will do for dates");
}

static void
test_steps(void)
{
	static const char *const wrong[] = {
		"",       "7",
		"d",      "0d",
		"-1d",    "+1d",
		" 1d",    "7 d",
		"1.5d",   "1m",
		"y",      "7dd",
		"10001h", "99999999999999999999h"
	};

	for (size_t i = 0; i < LENGTH(wrong); i++)
		refuses_step("--from=2025-01-01 --to=2025-01-02", wrong[i],
			     "an invalid length is refused");
	refuses_step("--from=1900-01-01 --to=2025-01-01", "1h",
		     "more than a million windows are refused");
	refuses_step("--from=2025-01-01 --to=2025-01-03 --by=txn-date", "12h",
		     "half days are no dates");
}

static void
test_entities(void)
{
	char invoices[] = "invoices", invoice[] = "Invoice", bill[] = "bill",
	     customer[] = "customer", none[] = "invoyce",
	     both[] = "invoices,bill";
	char *const good[] = { invoices, bill, invoice, NULL };
	char *const comma[] = { both, invoice, NULL };
	char *const undated[] = { bill, customer, NULL };
	char *const unknown[] = { bill, none, NULL };
	struct entity_list wanted;
	struct failure why;
	struct range range;

	ok(read_typed("--from=2025-01-01 --to=2025-02-01 --by=txn-date", &range,
		      &why) &&
		   range_require_entities(&range, good, &wanted, &why) &&
		   wanted.count == 2 &&
		   !strcmp(wanted.at[0]->name, "Invoice") &&
		   !strcmp(wanted.at[1]->name, "Bill"),
	   "each entity is taken once, in the order of the command line");
	ok(range_require_entities(&range, comma, &wanted, &why) &&
		   wanted.count == 2 && !strcmp(wanted.at[1]->name, "Bill"),
	   "a comma list is split");
	ok(!range_require_entities(&range, undated, &wanted, &why) &&
		   why.kind == FAILURE_USAGE,
	   "customers have no TxnDate");
	ok(!range_require_entities(&range, unknown, &wanted, &why) &&
		   why.kind == FAILURE_USAGE,
	   "an entity that does not exist is refused");
	ok(!range_require_entities(&range, good + 3, &wanted, &why) &&
		   why.kind == FAILURE_USAGE,
	   "none at all is refused");
}

int
main(void)
{
	test_ranges();
	test_refusals();
	test_cuts();
	test_steps();
	test_entities();
	return tap_done();
}
