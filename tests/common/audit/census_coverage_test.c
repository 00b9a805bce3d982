/* covers: census_coverage */
#include "audit/census_coverage.h"
#include "base/clock.h"
#include "tap.h"

#define DAYS(n) ((n)*CLOCK_DAY)

/* Days, up to 0 and 0. */
static void
add(struct time_ranges *to, const int *days)
{
	for (; days[0] || days[1]; days += 2)
		time_ranges_add(to, (struct time_range){ DAYS(days[0]),
							 DAYS(days[1]) });
}

/*
 * The range of days 10 to 20; `want_end` is where it ends then, or 0: days
 * `miss_start` to `miss_end` are missing.
 */
static void
check(const int *created, const int *updated, int64_t read_us, int want_end,
      int miss_start, int miss_end, const char *what)
{
	struct time_range range = { DAYS(10), DAYS(20) }, missing = { 0, 0 };
	struct census_coverage c;

	census_coverage_init(&c);
	add(&c.created, created);
	add(&c.updated, updated);
	c.read_us = read_us;
	enum census_coverage_is is =
		census_coverage_apply(&c, &range, &missing);
	if (want_end)
		ok(is == CENSUS_COVERED && range.start_us == DAYS(10) &&
			   range.end_us == DAYS(want_end),
		   "%s", what);
	else
		ok(is == CENSUS_MISSING &&
			   missing.start_us == DAYS(miss_start) &&
			   missing.end_us == DAYS(miss_end),
		   "%s", what);
	census_coverage_free(&c);
}

/* The same range; day `want_from` (0: none), and until `want_until` (0:
 * always).
 */
static void
check_changed(const int *updated, int64_t read_us, int want_from,
	      int want_until, const char *what)
{
	const struct time_range range = { DAYS(10), DAYS(20) };
	int64_t until_us = want_until ? DAYS(want_until) : INT64_MAX;
	struct census_coverage c;

	census_coverage_init(&c);
	add(&c.updated, updated);
	c.read_us = read_us;
	ok(census_coverage_changed_from(&c, range) == DAYS(want_from) &&
		   census_coverage_loaded_until(&c) == until_us,
	   "%s", what);
	census_coverage_free(&c);
}

static void
test_changed(void)
{
	static const int none[] = { 0, 0 };
	static const int exact[] = { 10, 20, 0, 0 };
	static const int before[] = { 5, 30, 0, 0 };
	static const int later[] = { 15, 30, 0, 0 };
	static const int torn[] = { 12, 15, 17, 30, 0, 0 };

	check_changed(none, 0, 0, 0, "older rows: nothing by updated");
	check_changed(exact, DAYS(20), 10, 20,
		      "older rows, changed since windows by updated begin");
	check_changed(exact, DAYS(40), 0, 0,
		      "older rows: not where later changes are not loaded");
	check_changed(before, DAYS(30), 0, 30,
		      "older rows: not where the range begins later");
	check_changed(later, DAYS(30), 15, 30,
		      "older rows where windows by created come first");
	check_changed(torn, DAYS(30), 17, 30,
		      "older rows, changed since the last gap");
}

int
main(void)
{
	static const int none[] = { 0, 0 };
	static const int all[] = { 5, 30, 0, 0 };
	static const int exact[] = { 10, 20, 0, 0 };
	static const int first[] = { 1, 15, 0, 0 };
	static const int second[] = { 15, 30, 0, 0 };
	static const int late[] = { 12, 30, 0, 0 };
	static const int torn[] = { 5, 12, 13, 30, 0, 0 };
	static const int after[] = { 5, 15, 25, 30, 0, 0 };

	check(none, none, 0, 0, 10, 0, "nothing is loaded");
	check(none, all, DAYS(30), 20, 0, 0, "by updated, up to the last read");
	check(exact, none, 0, 20, 0, 0, "by created, just this range");
	check(none, exact, DAYS(20) + 15 * 60 * CLOCK_SECOND, 20, 0, 0,
	      "by updated, read soon after its end");
	check(none, exact, DAYS(40), 0, 20, 0,
	      "by updated, read long after its end: changed rows are missing");
	check(first, none, 0, 15, 0, 0, "what comes after all is cut off");
	check(none, first, DAYS(15), 15, 0, 0, "by updated, too");
	check(first, second, DAYS(30), 20, 0, 0, "the one before the other");
	check(second, first, DAYS(15), 20, 0, 0, "and the other way round");
	check(second, first, DAYS(30), 0, 15, 0,
	      "unless the first one lacks what was changed since");
	check(none, late, DAYS(30), 0, 10, 12, "the beginning is missing");
	check(late, none, 0, 0, 10, 12, "by created, too");
	check(none, torn, DAYS(30), 0, 12, 13,
	      "a gap in between: rows may have been changed then");
	check(torn, none, 0, 0, 12, 13, "a gap by created");
	check(exact, torn, DAYS(30), 20, 0, 0,
	      "a gap by updated where created covers all");
	check(none, after, DAYS(30), 0, 15, 25,
	      "a gap that ends after the range");
	test_changed();
	return tap_done();
}
