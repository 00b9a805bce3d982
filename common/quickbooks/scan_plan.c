#include "quickbooks/scan_plan.h"
#include "base/clock.h"

static int64_t
divide_up(int64_t a, int64_t b)
{
	return (a + b - 1) / b;
}

int64_t
scan_plan_after_count(const struct scan_policy *policy, int64_t rows)
{
	int64_t pages = divide_up(rows, policy->page_size);

	return pages > 1 ? pages + 1 : pages;
}

/* As scan.c splits: parts that are nine tenths full. */
struct scan_plan
scan_plan_for(const struct scan_policy *policy, bool rows_may_enter,
	      int64_t rows)
{
	struct scan_plan plan = { .scans = 1, .calls = 1 };

	if (!rows)
		return plan;
	if (rows > policy->most_rows)
		plan.scans =
			rows / (policy->most_rows - policy->most_rows / 10) + 1;
	int64_t pages = plan.scans * divide_up(divide_up(rows, plan.scans),
					       policy->page_size);
	if (rows_may_enter) /* two passes, each with a count after it */
		plan.calls = plan.scans * 3 + 2 * pages;
	else if (pages == 1) /* which is the count after it, too */
		plan.calls = 2;
	else
		plan.calls = plan.scans * 2 + pages;
	return plan;
}

bool
scan_plan_write(const struct scan *scan, const struct scan_policy *policy,
		int64_t rows, struct lines_out *to, struct failure *why)
{
	const struct window whole = scan_as_window(scan);
	struct scan_plan plan =
		scan_plan_for(policy, whole.by == WINDOW_BY_TXN_DATE, rows);
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(whole.start_us, start);
	clock_format(whole.end_us, end);
	return buf_printf(&to->pending, why,
			  "{\"qb\":\"plan\",\"entity\":\"%s\",\"by\":\"%s\","
			  "\"start\":\"%s\",\"end\":\"%s\",\"windows\":%zu,"
			  "\"rows\":%" PRId64 ",\"scans\":%" PRId64
			  ",\"calls\":%" PRId64 "}\n",
			  whole.entity->name, window_by_name(whole.by), start,
			  end, scan->run->count, rows, plan.scans,
			  plan.calls) &&
	       lines_push(to, why);
}
