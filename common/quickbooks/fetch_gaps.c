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
	return !job->question.count && job->call.why.kind &&
	       job->call.may_be_row;
}

/* A row that failed for a transient error may come next time: all pages fail
 * where QuickBooks is down. */
static bool
advise(struct failure *why)
{
	return fail_next(
		why, why->kind == FAILURE_LATER
			     ? "run the same command again; if this row "
			       "fails again, with --keep-going, which reads "
			       "all other rows"
			     : "run the same command again with "
			       "--keep-going, which reads all other rows");
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
			return advise(why);
		if (reader->policy.rows_may_enter)
			return false;
		if (!unreadable_rows_add(&g->rows, job->question.start, why))
			return fail_in(why,
				       "more than %d rows cannot be read, "
				       "another one is this",
				       UNREADABLE_MOST);
	} else {
		log_info("page will be split start=%" PRId64 " rows=%" PRId64
			 " why=\"%s\"",
			 job->question.start, job->question.most, why->text);
	}
	scan_reader_narrow(reader, &job->question);
	return true;
}

/* The last pass of a scan, and what a count tells of it now. */
struct search {
	struct fetch_jobs *jobs;
	struct scan *scan;
	const int64_t *times; /* of the rows that were read, sorted */
	size_t count;
};

/* How many rows of this time could not be read; -1: it cannot be told. */
static bool
count_unreadable(const struct search *s, struct time_range range,
		 int64_t *unreadable, struct failure *why)
{
	int64_t counted = 0;

	if (range.start_us < range.end_us &&
	    !fetch_jobs_count_now(s->jobs, s->scan, range, &counted, why))
		return false;
	*unreadable = counted < 0 ? -1
				  : counted - unreadable_rows_times_in(s->times,
								       s->count,
								       range);
	return true;
}

/*
 * The row lies between its neighbours, where no other one is, or at the time of
 * one of them, where others may be.
 */
static bool
find_gap(const struct search *s, const struct fetch_gaps *g, int i,
	 struct time_range *gap, struct failure *why)
{
	struct unreadable_between between =
		unreadable_rows_between(&g->rows, i, s->times, s->count,
					s->scan->range, scan_unit_us(s->scan));
	int64_t before, after;

	if (!count_unreadable(s, between.before, &before, why) ||
	    !count_unreadable(s, between.after, &after, why))
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

static bool
find_gaps(const struct search *s, struct fetch_gaps *g,
	  struct time_ranges *gaps, struct failure *why)
{
	for (int i = 0; i < g->rows.count; i++) {
		struct time_range *gap = &g->rows.rows[i].gap;

		if (!find_gap(s, g, i, gap, why))
			return false;
		add_gap(gaps, *gap);
	}
	return true;
}

/*
 * Do all rows that could not be read lie in the gaps?  Not if the server does
 * not sort by time, or if a row left while the seconds were counted, which
 * could hide another one there.  The count of all comes last: if none has left
 * by then, none had before.
 */
static bool
are_explained(const struct search *s, const struct time_ranges *gaps,
	      bool *explained, struct failure *why)
{
	const struct scan_reader *reader = &s->scan->reader;
	int64_t in_gaps = 0, all;

	*explained = false;
	for (size_t i = 0; i < gaps->count; i++) {
		int64_t here;

		if (!count_unreadable(s, gaps->ranges[i], &here, why))
			return false;
		if (here < 0)
			return true;
		in_gaps += here;
	}
	if (!count_unreadable(s, s->scan->range, &all, why))
		return false;
	*explained = all == in_gaps &&
		     (reader->count_after < 0 || all == reader->unreadable);
	return true;
}

static void
leave_out_all(struct fetch_gaps *g, const struct scan *scan,
	      struct time_ranges *gaps)
{
	time_ranges_free(gaps);
	time_ranges_add(gaps, scan->range);
	for (int i = 0; i < g->rows.count; i++)
		g->rows.rows[i].gap = scan->range;
}

bool
fetch_gaps_find(struct fetch_gaps *g, struct fetch_jobs *jobs,
		struct scan *scan, struct scan_output *output,
		struct time_ranges *gaps, struct failure *why)
{
	int64_t *times = NULL;
	size_t count = 0;
	bool explained = false;

	if (!scan->reader.unreadable)
		return true;
	if (g->rows.count != scan->reader.unreadable)
		BUG("unreadable rows were counted twice");
	bool done = scan->has_undated_row ||
		    scan_output_times(output, scan, &times, &count, why);
	const struct search search = { jobs, scan, times, count };
	if (done && !scan->has_undated_row)
		done = find_gaps(&search, g, gaps, why) &&
		       are_explained(&search, gaps, &explained, why);
	if (done && !explained)
		leave_out_all(g, scan, gaps);
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

		if (row->gap.start_us >= row->gap.end_us)
			continue; /* it is not there any more */
		clock_format(row->gap.start_us, start);
		clock_format(row->gap.end_us, end);
		fail(&why, row->why.kind,
		     "%s; it is of a time from %s to %s, which is left out",
		     row->why.text, start, end);
		failed_windows_add_row(failed, &why);
	}
}
