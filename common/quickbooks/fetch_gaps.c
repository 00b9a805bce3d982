#include "quickbooks/fetch_gaps.h"
#include "base/clock.h"
#include "base/log.h"

/* From a page of 1000 rows to one of them are 10 halvings, each of which fails
 * when it is the first row. */
enum { MOST_FAILURES_IN_ROW = 12, TRIES_OF_PARTS = 2 };

void
fetch_gaps_clear(struct fetch_gaps *g)
{
	*g = (struct fetch_gaps){ .pass = 0 };
}

void
fetch_gaps_page_came(struct fetch_gaps *g)
{
	g->failures_in_row = 0;
}

int64_t
fetch_gaps_most_tries(const struct fetch_gaps *g,
		      const struct reader_question *question)
{
	return g->failures_in_row && !question->count && question->most > 1
		       ? TRIES_OF_PARTS
		       : 0;
}

/* Can it be the matter of a row? */
static bool
may_be_row(const struct fetch_job *job)
{
	const struct qbo_call *call = &job->call;

	return !job->question.count && call->why.kind && call->this_call_only &&
	       (call->why.kind == FAILURE_REFUSED ||
		call->why.kind == FAILURE_LATER);
}

bool
fetch_gaps_narrow(struct fetch_gaps *g, struct fetch_job *job, bool keep,
		  struct failure *why)
{
	struct scan_reader *reader = &job->scan->reader;

	if (!may_be_row(job) || ++g->failures_in_row > MOST_FAILURES_IN_ROW)
		return false;
	if (g->pass != reader->pass)
		g->rows.count = 0;
	g->pass = reader->pass;
	if (job->question.most == 1) {
		if (!keep && !reader->policy.rows_may_enter)
			return fail_next(why,
					 "run the same command again with "
					 "--keep-going, which reads all other "
					 "rows");
		if (reader->policy.rows_may_enter ||
		    !unreadable_rows_add(&g->rows, job->question.start, why))
			return false;
	} else {
		log_info("page will be split start=%" PRId64 " rows=%" PRId64
			 " why=\"%s\"",
			 job->question.start, job->question.most, why->text);
	}
	scan_reader_narrow(reader, &job->question);
	return true;
}

/* Are there rows in this time that could not be read? */
static bool
has_unreadable(struct fetch_jobs *jobs, struct scan *scan,
	       struct time_range range, const int64_t *times, size_t count,
	       bool *has, struct failure *why)
{
	int64_t counted = 0;

	if (range.start_us < range.end_us &&
	    !fetch_jobs_count_now(jobs, scan, range, &counted, why))
		return false;
	*has = counted != unreadable_rows_times_in(times, count, range);
	return true;
}

/*
 * The row lies between its neighbours, where no other one is, or at the time of
 * one of them, where others may be.
 */
static bool
find_gap(const struct fetch_gaps *g, int i, struct fetch_jobs *jobs,
	 struct scan *scan, const int64_t *times, size_t count,
	 struct time_range *gap, struct failure *why)
{
	struct unreadable_between between = unreadable_rows_between(
		&g->rows, i, times, count, scan->range, scan_unit_us(scan));
	bool before, after;

	if (!has_unreadable(jobs, scan, between.before, times, count, &before,
			    why) ||
	    !has_unreadable(jobs, scan, between.after, times, count, &after,
			    why))
		return false;
	gap->start_us =
		before ? between.before.start_us : between.before.end_us;
	gap->end_us = after ? between.after.end_us : between.after.start_us;
	return true;
}

/* Gaps come in order of their positions; neighbouring ones may be the same. */
static void
add_gap(struct time_ranges *gaps, struct time_range gap)
{
	struct time_range *last =
		gaps->count ? &gaps->ranges[gaps->count - 1] : NULL;

	if (last && gap.start_us < last->start_us)
		gap.start_us = last->start_us;
	if (gap.start_us < gap.end_us)
		time_ranges_add(gaps, gap);
}

bool
fetch_gaps_find(struct fetch_gaps *g, struct fetch_jobs *jobs,
		struct scan *scan, struct scan_output *output,
		struct time_ranges *gaps, struct failure *why)
{
	int64_t *times = NULL;
	size_t count = 0;
	bool done = true;

	if (!scan->reader.unreadable)
		return true;
	if (g->rows.count != scan->reader.unreadable)
		BUG("unreadable rows were counted twice");
	done = scan_output_times(output, scan, &times, &count, why);
	for (int i = 0; done && i < g->rows.count; i++) {
		struct time_range gap = { 0 };

		done = find_gap(g, i, jobs, scan, times, count, &gap, why);
		g->rows.rows[i].gap = gap;
		if (done)
			add_gap(gaps, gap);
	}
	free(times);
	return done;
}

void
fetch_gaps_report(const struct fetch_gaps *g, const struct scan *scan,
		  struct failed_windows *failed)
{
	if (!scan->reader.unreadable)
		return;
	for (int i = 0; i < g->rows.count; i++) {
		const struct unreadable_row *row = &g->rows.rows[i];
		char start[CLOCK_TEXT], end[CLOCK_TEXT];
		struct failure why = { 0 };

		clock_format(row->gap.start_us, start);
		clock_format(row->gap.end_us, end);
		fail(&why, row->why.kind,
		     "%s; it is of a time from %s to %s, which is left out",
		     row->why.text, start, end);
		failed_windows_add_row(failed, &why);
	}
}
