/* Civil times in zones: gaps, overlaps, and invalid names. */
#include "base/time_zone.h"
#include "tap.h"

static int64_t
instant(const char *text)
{
	int64_t at_us = 0;

	if (!clock_parse(slice_of(text), &at_us))
		ok(0, "%s is a time", text);
	return at_us;
}

static void
shows(const char *zone, const char *civil, enum zone_fit want_fit,
      const char *want, const char *what)
{
	struct failure why = { 0 };
	struct clock_civil c;
	char got[CLOCK_TEXT];
	int64_t at_us;

	if (!zone_set(zone, &why) || !clock_parse_civil(slice_of(civil), &c)) {
		ok(0, "%s: %s", what, why.text);
		return;
	}
	enum zone_fit fit = zone_to_instant(&c, &at_us);
	clock_format(at_us, got);
	ok(fit == want_fit && !strcmp(got, want), "%s", what);
	if (strcmp(got, want))
		printf("# got %s, want %s\n", got, want);
}

static void
refused(const char *name, const char *what)
{
	struct failure why = { 0 };

	ok(!zone_set(name, &why) && why.kind == FAILURE_USAGE && why.next[0],
	   "%s", what);
}

static void
test_names(void)
{
	static const char longest[] =
		"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaa";

	refused("", "an empty name is no zone");
	refused("Mars/Olympus",
		"a name that is not in the database is refused");
	refused("america/guayaquil", "names are spelled as the files are");
	refused("../../../etc/passwd", "a name does not climb out");
	refused("America/../UTC", "nor up and down again");
	refused("/usr/share/zoneinfo/UTC", "a path is no name");
	refused("America//Guayaquil", "nor are two slashes in a row");
	refused("America/", "a folder is no zone");
	refused("America", "without its slash neither");
	refused("tzdata.zi",
		"a file of the database that is not a zone is refused");
	refused("EST5EDT4,M3.2.0,M11.1.0", "a POSIX rule is no name");
	refused("right/UTC", "zones that count leap seconds are refused");
	refused(longest, "a name that is too long is refused");
}

static void
test_database(void)
{
	struct failure why = { 0 };

	setenv("TZDIR", "/nowhere", 1);
	refused("America/Guayaquil", "TZDIR is where zones are looked up");
	ok(zone_set("UTC", &why), "UTC needs no database");
	unsetenv("TZDIR");
}

static void
test_round_trip(const char *zone)
{
	struct failure why = { 0 };
	int64_t start = instant("2024-01-01T00:00:00Z"), bad = 0;

	if (!zone_set(zone, &why)) {
		ok(0, "%s: %s", zone, why.text);
		return;
	}
	for (int64_t n = 0; n < 24 * 366; n++) {
		int64_t at = start + n * 3600 * CLOCK_SECOND, back;
		struct clock_civil c;

		zone_to_civil(at, &c);
		enum zone_fit fit = zone_to_instant(&c, &back);
		/* Twice-shown hours come back as their first. */
		bad += fit == ZONE_NEVER || back > at ||
		       (fit == ZONE_ONCE && back != at);
	}
	ok(bad == 0, "every hour of a year in %s comes back", zone);
}

int
main(void)
{
	shows("UTC", "2025-03-09T02:30", ZONE_ONCE, "2025-03-09T02:30:00Z",
	      "UTC is UTC");
	shows("America/Guayaquil", "2025-01-31", ZONE_ONCE,
	      "2025-01-31T05:00:00Z", "Guayaquil lies five hours behind");
	shows("America/Guayaquil", "1992-11-28", ZONE_NEVER,
	      "1992-11-28T05:00:00Z",
	      "Guayaquil's one summer began with a midnight that was skipped");
	shows("America/New_York", "2025-03-09T01:59:59", ZONE_ONCE,
	      "2025-03-09T06:59:59Z", "the last second of winter");
	shows("America/New_York", "2025-03-09T02:30", ZONE_NEVER,
	      "2025-03-09T07:00:00Z", "a time inside a gap is the jump");
	shows("America/New_York", "2025-03-09T03:00", ZONE_ONCE,
	      "2025-03-09T07:00:00Z", "the first second of summer");
	shows("America/New_York", "2025-11-02T01:30", ZONE_TWICE,
	      "2025-11-02T05:30:00Z", "of two times the first is meant");
	shows("America/New_York", "2025-11-02T02:00", ZONE_ONCE,
	      "2025-11-02T07:00:00Z", "the hour after the overlap is one");
	shows("America/Sao_Paulo", "2018-11-04", ZONE_NEVER,
	      "2018-11-04T03:00:00Z", "a midnight that was skipped");
	shows("Pacific/Apia", "2011-12-30T12:00", ZONE_NEVER,
	      "2011-12-30T10:00:00Z", "a day that Samoa left out");
	shows("Australia/Lord_Howe", "2025-04-06T01:45", ZONE_TWICE,
	      "2025-04-05T14:45:00Z", "half an hour twice on Lord Howe");
	shows("Asia/Kathmandu", "2025-01-01", ZONE_ONCE, "2024-12-31T18:15:00Z",
	      "offsets in quarters of an hour");
	shows("America/New_York", "2100-07-01", ZONE_ONCE,
	      "2100-07-01T04:00:00Z", "rules reach beyond the table");
	test_round_trip("America/New_York");
	test_round_trip("Pacific/Chatham");
	test_round_trip("Africa/Casablanca");
	test_names();
	test_database();
	return tap_done();
}
