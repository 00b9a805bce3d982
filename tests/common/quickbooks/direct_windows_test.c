/* covers: direct_windows ticket_rows window_end */
#include "base/clock.h"
#include "quickbooks/direct_windows.h"
#include "tap.h"

static struct direct_windows windows;
static struct failure why;

static bool
add_times(const char *entity, const char *by, int64_t start_us, int64_t end_us,
	  const char *known)
{
	char text[400], start[CLOCK_TEXT], end[CLOCK_TEXT];
	struct window window;

	clock_format(start_us, start);
	clock_format(end_us, end);
	snprintf(text, sizeof(text),
		 "{\"entity\":\"%s\",\"by\":\"%s\",\"start\":\"%s\",\"end\":"
		 "\"%s\",\"no\":1,\"of\":1}",
		 entity, by, start, end);
	why = (struct failure){ 0 };
	return window_parse(&window, slice_of(text), &why) &&
	       direct_windows_add(&windows, &window, slice_of(text),
				  known ? slice_of(known) : (struct slice){ 0 },
				  &why);
}

/* Days and seconds from 2025-01-01 on. */
static bool
add(const char *entity, const char *by, int from, int to, int seconds,
    const char *known)
{
	const int64_t january = INT64_C(1735689600) * CLOCK_SECOND;

	return add_times(entity, by, january + from * CLOCK_DAY,
			 january + to * CLOCK_DAY + seconds * CLOCK_SECOND,
			 known);
}

static void
test_which(void)
{
	ok(direct_windows_take(WINDOW_BY_WHOLE) &&
		   direct_windows_take(WINDOW_BY_AS_OF) &&
		   direct_windows_take(WINDOW_BY_REPORT),
	   "three kinds are read directly");
	ok(!direct_windows_take(WINDOW_BY_UPDATED) &&
		   !direct_windows_take(WINDOW_BY_CREATED) &&
		   !direct_windows_take(WINDOW_BY_TXN_DATE) &&
		   !direct_windows_take(WINDOW_BY_CHANGE) &&
		   !direct_windows_take(WINDOW_BY_CENSUS),
	   "the others are not");
}

static void
test_shapes(void)
{
	static const struct {
		const char *entity, *by;
		int seconds;
		bool taken;
	} cases[] = {
		{ "TaxCode", "whole", 1, true },
		{ "RecurringTransaction", "whole", 0, true },
		{ "Preferences", "whole", 0, true },
		{ "CompanyInfo", "whole", 0, true },
		{ "ExchangeRate", "as-of", 0, true },
		{ "report:ProfitAndLoss", "report", 0, true },
		{ "report:ProfitAndLoss:Cash", "report", 0, true },
		{ "Invoice", "whole", 0, false },
		{ "ExchangeRate", "whole", 0, false },
		{ "TaxCode", "as-of", 0, false },
		{ "TaxCode", "report", 0, false },
		{ "report:ProfitAndLoss", "whole", 0, false },
		{ "ExchangeRate", "as-of", 1, false },
		{ "report:ProfitAndLoss", "report", 1, false },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t before = windows.count;

		ok(add(cases[i].entity, cases[i].by, 0, 31, cases[i].seconds,
		       NULL) == cases[i].taken,
		   "%s by %s: %s", cases[i].entity, cases[i].by, why.text);
		ok(windows.count == before + cases[i].taken &&
			   (cases[i].taken || why.kind == FAILURE_DATA),
		   "and it is there or not");
	}
	ok(windows.at[0].window.entity == entity_find(SLICE("TaxCode")) &&
		   windows.at[4].window.by == WINDOW_BY_AS_OF,
	   "in the order in which they came");
	direct_windows_clear(&windows);
	ok(!windows.count, "cleared");
}

static void
test_known(void)
{
	ok(add("TaxCode", "whole", 0, 1, 0, "{\"7\":1}") &&
		   windows.at[0].known.told && windows.at[0].known.count == 1,
	   "what the table has");
	ok(add("TaxCode", "whole", 0, 1, 0, NULL) && !windows.at[1].known.told,
	   "or it is not told");
	ok(!add("TaxCode", "whole", 0, 1, 0, "[7]") &&
		   why.kind == FAILURE_DATA && windows.count == 2,
	   "another form: it is not added");
	ok(add("TaxCode", "whole", 0, 1, 0, "{}") && windows.at[2].known.told &&
		   !windows.at[2].known.count,
	   "the next one is");
	for (int i = 0; i < 100; i++)
		if (!add("TaxCode", "whole", i, i + 1, 0, "{\"1\":1}"))
			break;
	ok(windows.count == 103 && windows.at[0].known.count == 1 &&
		   slice_is(windows.at[0].known.all[0].id, "7"),
	   "many, and the first is as it was");
}

static void
test_future(void)
{
	int64_t now_us = clock_now_us() / CLOCK_SECOND * CLOCK_SECOND;
	int64_t today_us = now_us - now_us % CLOCK_DAY;
	char end[CLOCK_TEXT];

	direct_windows_clear(&windows);
	ok(add_times("TaxCode", "whole", now_us - CLOCK_DAY, now_us + CLOCK_DAY,
		     NULL),
	   "a window that ends tomorrow");
	const struct direct_window *cut = &windows.at[0];
	ok(cut->window.end_us >= now_us &&
		   cut->window.end_us < now_us + 60 * CLOCK_SECOND,
	   "is cut to now");
	clock_format(cut->window.end_us, end);
	ok(memmem(cut->text.at, cut->text.len, end, strlen(end)) != NULL,
	   "and its text says so");
	ok(!add_times("TaxCode", "whole", now_us + CLOCK_DAY,
		      now_us + 2 * CLOCK_DAY, NULL) &&
		   why.kind == FAILURE_DATA && windows.count == 1,
	   "one that begins tomorrow is refused");
	ok(add_times("ExchangeRate", "as-of", today_us, today_us + CLOCK_DAY,
		     NULL) &&
		   windows.at[1].window.end_us == today_us + CLOCK_DAY,
	   "a day is not cut");
}

int
main(void)
{
	direct_windows_init(&windows);
	test_which();
	test_shapes();
	test_known();
	test_future();
	direct_windows_free(&windows);
	direct_windows_free(&windows);
	return tap_done();
}
