#include "quickbooks/scan.h"
#include "base/clock.h"

enum {
	/* What was counted longer ago is counted again before the pages: a row
	 * that was changed since would cost a second pass. */
	MOST_AGE_MS = 30000,
	/* Of several windows, which are read in two parts after that. */
	PASSES_BEFORE_NARROWING = 2,
	/* Changes may show up so long after the moment that they bear:
	 * QUIRKS.md, "Late changes". */
	LATE_CHANGES_S = 900,
};

struct scan *
scan_new(struct window_run *run, struct time_range range)
{
	struct scan *scan = base_realloc(NULL, sizeof(*scan));

	*scan = (struct scan){ .run = run,
			       .range = range,
			       .is_whole_run = !run->scans,
			       .at_most = -1,
			       .with_next = -1,
			       .guessed = -1 };
	range_count_begin(&scan->counting, 0, 0, 1);
	run->scans++;
	return scan;
}

struct scan *
scan_new_end(void)
{
	struct scan *scan = base_realloc(NULL, sizeof(*scan));

	*scan = (struct scan){ .run = NULL };
	return scan;
}

void
scan_free(struct scan *scan)
{
	struct window_run *run = scan->run;

	if (scan->begun)
		scan_reader_free(&scan->reader);
	free(scan);
	if (run && !--run->scans) {
		window_run_free(run);
		free(run);
	}
}

/* --- splitting ----------------------------------------------------------- */

int64_t
scan_unit_us(const struct scan *scan)
{
	return window_run_at(scan->run, 0)->by == WINDOW_BY_TXN_DATE
		       ? CLOCK_DAY
		       : CLOCK_SECOND;
}

static bool
rows_may_enter(const struct scan *scan)
{
	return window_run_at(scan->run, 0)->by == WINDOW_BY_TXN_DATE;
}

/* Parts are nine tenths full, so that most need no further split. */
static int64_t
full_part(const struct scan_policy *policy)
{
	return policy->most_rows - policy->most_rows / 10;
}

/* Of so many rows, those of the parts that come first: half of the parts, so
 * that pages come full. */
static int64_t
rows_before_split(int64_t rows, const struct scan_policy *policy)
{
	int64_t parts = rows / full_part(policy) + 1;

	if (parts < 2)
		parts = 2;
	int64_t before = (int64_t)((double)rows * (double)(parts / 2) /
				   (double)parts);
	return before ? before : 1; /* of two rows: none would be no split */
}

/* Where that is, if rows are spread evenly. */
static int64_t
guess(const struct scan *scan, int64_t rows, int64_t before)
{
	int64_t length_us = scan->range.end_us - scan->range.start_us;

	return scan->range.start_us +
	       (int64_t)((double)length_us * (double)before / (double)rows);
}

/*
 * Between two windows where it has several.  One window is not split where rows
 * may move within it: from the second part, before that is read, to the first,
 * which is proven.
 */
static bool
split_point(const struct scan *scan, int64_t target_us, bool whole_windows,
	    int64_t *at_us)
{
	int64_t unit_us = scan_unit_us(scan);

	if (window_run_bound(scan->run, scan->range.start_us,
			     scan->range.end_us, target_us, at_us))
		return true;
	*at_us = target_us - target_us % unit_us;
	if (*at_us <= scan->range.start_us)
		*at_us += unit_us;
	return !whole_windows && !rows_may_enter(scan) &&
	       *at_us < scan->range.end_us;
}

/*
 * `rows`: how many the scan has at most since `rows_ms`, or -1.  Its first part
 * must be counted then, and the second has the others; not where rows may enter
 * meanwhile.
 */
static bool
split(struct scan *scan, int64_t target_us, bool whole_windows, int64_t rows,
      int64_t rows_ms)
{
	int64_t at_us;

	if (!split_point(scan, target_us, whole_windows, &at_us))
		return false;
	struct scan *second = scan_new(
		scan->run, (struct time_range){ at_us, scan->range.end_us });
	if (scan->with_next >= 0)
		BUG("a scan is split again before its first part was counted");
	second->next = scan->next;
	second->counting.most_us = scan->counting.most_us;
	second->counting.enough = scan->counting.enough;
	scan->next = second;
	scan->range.end_us = at_us;
	scan->at_most = -1;
	scan->with_next = rows_may_enter(scan) ? -1 : rows;
	scan->with_next_ms = rows_ms;
	return true;
}

static void
begin_reading(struct scan *scan, const struct scan_policy *policy,
	      int64_t at_most)
{
	const struct reader_policy how = {
		.page_size = policy->page_size,
		.counts = policy->counts,
		.rows_may_enter = rows_may_enter(scan),
		.most_passes = scan->one_window ? READER_PASSES
						: PASSES_BEFORE_NARROWING,
	};

	if (scan->begun)
		scan_reader_free(&scan->reader);
	scan_reader_init(&scan->reader, &how, at_most);
	scan->begun = true;
	scan->has_undated_row = false;
}

static void
begin_part(struct scan *scan, const struct scan_policy *policy, int64_t at_most)
{
	const struct window_run *run = scan->run;

	scan->one_window = window_run_find(run, scan->range.start_us) ==
			   window_run_find(run, scan->range.end_us - 1);
	begin_reading(scan, policy, at_most);
}

/*
 * Where several pages must be read, what is so young that rows may still enter
 * it is read apart: one that leaves while another enters would hide from the
 * counts that a row was missed between two pages.  In the young part the next
 * run reads again what is missed (qb-pending --settle).
 */
static bool
split_young(struct scan *scan, const struct scan_policy *policy, int64_t rows,
	    int64_t now_ms)
{
	int64_t young_us = clock_now_us() - LATE_CHANGES_S * CLOCK_SECOND;

	if (rows <= policy->page_size || scan->is_young ||
	    rows_may_enter(scan) || young_us <= scan->range.start_us ||
	    young_us >= scan->range.end_us ||
	    !split(scan, young_us, policy->whole_windows, rows, now_ms))
		return false;
	/* a whole window may be split off; not all of that is young */
	scan->next->is_young =
		scan->next->range.start_us >= young_us - CLOCK_SECOND;
	return true;
}

/* Split it by a guess, or find out where to split it. */
static bool
split_full(struct scan *scan, const struct scan_policy *policy, int64_t rows,
	   int64_t rows_ms)
{
	int64_t before = rows_before_split(rows, policy), at_us;

	if (rows <= policy->most_rows ||
	    !split_point(scan, guess(scan, rows, before),
			 policy->whole_windows, &at_us))
		return false;
	if (scan->is_uneven) {
		scan->split_rows = rows;
		scan->split_rows_ms = rows_ms;
		return true;
	}
	if (!split(scan, at_us, policy->whole_windows, rows, rows_ms))
		return false;
	scan->guessed = before;
	return true;
}

bool
scan_needs_time(const struct scan *scan, const struct scan_policy *policy,
		int64_t *position)
{
	*position = full_part(policy) + 1;
	return scan->split_rows;
}

void
scan_take_time(struct scan *scan, const struct scan_policy *policy, bool found,
	       int64_t at_us)
{
	int64_t rows = scan->split_rows;

	if (!found || at_us <= scan->range.start_us ||
	    at_us >= scan->range.end_us)
		at_us = guess(scan, rows, rows_before_split(rows, policy));
	scan->split_rows = 0;
	if (split(scan, at_us, policy->whole_windows, rows,
		  scan->split_rows_ms)) {
		/* what lies behind may be even again */
		scan->is_uneven = false;
		begin_part(scan, policy, -1);
	}
}

void
scan_begin(struct scan *scan, const struct scan_policy *policy, int64_t now_ms)
{
	int64_t rows = scan->at_most;

	if (split_young(scan, policy, rows, scan->at_most_ms) ||
	    split_full(scan, policy, rows, scan->at_most_ms))
		rows = -1;
	/* what is known to be empty stays so */
	if (rows > 0 && now_ms - scan->at_most_ms > MOST_AGE_MS)
		rows = -1;
	begin_part(scan, policy, rows);
}

/* The first part was counted: what that means for the second one. */
static void
tell_next(struct scan *scan, int64_t count)
{
	struct scan *next = scan->next;
	int64_t all = scan->with_next, guessed = scan->guessed;

	if (guessed >= 0 &&
	    (count < guessed / 4 || all - count < (all - guessed) / 4))
		scan->is_uneven = next->is_uneven = true;
	if (scan->with_next >= count && !next->begun) {
		next->at_most = scan->with_next - count;
		next->at_most_ms = scan->with_next_ms;
	}
	scan->with_next = scan->guessed = -1;
}

void
scan_take_count(struct scan *scan, const struct scan_policy *policy,
		int64_t count, int64_t now_ms)
{
	if (scan->reader.state == READER_COUNTING) {
		if (scan->with_next >= 0)
			tell_next(scan, count);
		if (split_young(scan, policy, count, now_ms) ||
		    split_full(scan, policy, count, now_ms)) {
			begin_part(scan, policy, -1);
			return;
		}
	}
	scan_reader_count(&scan->reader, count);
}

bool
scan_narrow(struct scan *scan, const struct scan_policy *policy, int64_t now_ms)
{
	int64_t middle_us = scan->range.start_us +
			    (scan->range.end_us - scan->range.start_us) / 2;

	scan->with_next = -1; /* that one counts for itself */
	if (scan->one_window ||
	    !split(scan, middle_us, true, scan->reader.count_after, now_ms))
		return false;
	begin_part(scan, policy, -1);
	return true;
}

bool
scan_is_finished(const struct scan *scan)
{
	return !scan->run || scan->closed ||
	       (scan->begun && scan->reader.state == READER_DONE);
}

/* --- names --------------------------------------------------------------- */

struct window
scan_as_window(const struct scan *scan)
{
	size_t first = window_run_find(scan->run, scan->range.start_us);
	struct window whole = *window_run_at(scan->run, first);

	whole.start_us = scan->range.start_us;
	whole.end_us = scan->range.end_us;
	return whole;
}

bool
scan_fail_in(const struct scan *scan, struct failure *why)
{
	struct window whole = scan_as_window(scan);
	const struct window *last = window_run_at(
		scan->run, window_run_find(scan->run, whole.end_us - 1));
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	if (last->no == whole.no)
		return window_fail_in(last, why);
	clock_format(whole.start_us, start);
	clock_format(whole.end_us, end);
	return fail_in(
		why, "%s %" PRId64 " to %" PRId64 "/%" PRId64 " (%s to %s)",
		whole.entity->name, whole.no, last->no, last->of, start, end);
}

bool
scan_fail_shifted(const struct scan *scan, struct failure *why)
{
	const struct scan_reader *r = &scan->reader;

	fail(why, FAILURE_LATER,
	     "it changed in each of %d passes: in the last one %" PRId64
	     " rows were counted before, %" PRId64 " came, %" PRId64
	     " were counted after",
	     r->policy.most_passes, r->count_before, r->pass_rows,
	     r->count_after);
	return scan_fail_in(scan, why);
}
