#include "quickbooks/fetch_job.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/query.h"
#include "quickbooks/row_time.h"
#include "quickbooks/scan_plan.h"

/* A 504 that comes sooner means that the range is too long. */
enum { TIMEOUT_MS = 60000 };

/* The range of the request: a count may be made in parts. */
static struct window
asked_window(const struct fetch_job *job)
{
	struct window window = scan_as_window(job->scan);
	struct time_range part;

	if (job->question.count &&
	    range_count_next(&job->scan->counting, &part)) {
		window.start_us = part.start_us;
		window.end_us = part.end_us;
	}
	return window;
}

bool
fetch_job_send(struct fetch_job *job, struct qbo_client *qbo,
	       struct failure *why)
{
	const struct window window = asked_window(job);
	struct query query = { .window = &window,
			       .count = job->question.count,
			       .start = job->question.start,
			       .most = job->question.most };

	qbo_call_clear(&job->call);
	job->call.entity = window.entity;
	job->call.count = job->question.count;
	job->call.by_created = window.by == WINDOW_BY_CREATED;
	job->call.most_tries = job->most_tries;
	job->call.can_split = job->question.count
				      ? window.end_us - window.start_us >
						scan_unit_us(job->scan)
				      : job->question.most > 1;
	if (!query_write(&query, &job->call.statement, why))
		return false;
	qbo_client_start(qbo, &job->call);
	return true;
}

bool
fetch_job_wait(struct fetch_job *job, int64_t wait_s, struct lines_out *out,
	       struct qbo_client *qbo, struct failure *why)
{
	log_warn("QuickBooks' clock is %" PRId64
		 " s behind the end of the window: waiting",
		 wait_s);
	if (!lines_flush(out, why))
		return false;
	sleep((unsigned)wait_s);
	return fetch_job_send(job, qbo, why);
}

bool
fetch_job_is_stalled(const struct fetch_job *job, struct failure *why)
{
	const struct qbo_call *call = &job->call;
	struct scan *scan = job->scan;

	if (!call->must_split)
		scan->timeouts = 0;
	else if (call->took_ms >= TIMEOUT_MS)
		scan->timeouts++;
	if (scan->timeouts < retry_options_policy().most_tries)
		return false;
	*why = call->why;
	return true;
}

bool
fetch_job_fail_in(const struct fetch_job *job, struct failure *why)
{
	if (job->question.count)
		fail_in(why, "count");
	else if (job->question.most == 1)
		fail_in(why, "row %" PRId64, job->question.start);
	else
		fail_in(why, "page at row %" PRId64, job->question.start);
	return scan_fail_in(job->scan, why);
}

void
fetch_jobs_init(struct fetch_jobs *jobs)
{
	*jobs = (struct fetch_jobs){ 0 };
	for (int i = 0; i < FETCH_MOST_JOBS; i++)
		qbo_call_init(&jobs->at[i].call);
	qbo_call_init(&jobs->extra);
}

void
fetch_jobs_free(struct fetch_jobs *jobs)
{
	for (int i = 0; i < FETCH_MOST_JOBS; i++)
		qbo_call_free(&jobs->at[i].call);
	qbo_call_free(&jobs->extra);
}

struct fetch_job *
fetch_jobs_free_one(struct fetch_jobs *jobs)
{
	for (int64_t i = 0; i < jobs->most; i++)
		if (!jobs->at[i].scan)
			return &jobs->at[i];
	return NULL;
}

void
fetch_jobs_cancel(struct fetch_jobs *jobs, struct scan *scan)
{
	for (int64_t i = 0; i < jobs->most; i++) {
		struct fetch_job *job = &jobs->at[i];

		if (job->scan != scan)
			continue;
		qbo_client_cancel(jobs->qbo, &job->call);
		scan->calls += job->call.calls;
		job->scan = NULL;
	}
}

/* Send one query beside the jobs, and wait for its end; call->why says whether
 * it succeeded. */
static bool
ask_now(struct fetch_jobs *jobs, struct scan *scan, const struct query *query,
	bool can_split, struct failure *why)
{
	struct qbo_call *call = &jobs->extra;

	qbo_call_clear(call);
	call->entity = query->window->entity;
	call->count = query->count;
	call->can_split = can_split;
	if (!query_write(query, &call->statement, why))
		return false;
	qbo_client_start(jobs->qbo, call);
	while (!call->done)
		if (!qbo_client_run(jobs->qbo, -1, why))
			return false;
	scan->calls += call->calls;
	return true;
}

/* Count one part of it; *slow: it must be split. */
static bool
count_part(struct fetch_jobs *jobs, struct scan *scan, struct time_range part,
	   bool *slow, struct failure *why)
{
	struct window window = scan_as_window(scan);
	struct query query = { .window = &window, .count = true };

	window.start_us = part.start_us;
	window.end_us = part.end_us;
	if (!ask_now(jobs, scan, &query,
		     part.end_us - part.start_us > scan_unit_us(scan), why))
		return false;
	*slow = jobs->extra.must_split;
	if (!jobs->extra.why.kind || *slow)
		return true;
	*why = jobs->extra.why;
	fail_in(why, "count");
	return scan_fail_in(scan, why);
}

void
fetch_jobs_drop(struct fetch_jobs *jobs, struct scan *scans,
		const struct entity *entity)
{
	for (struct scan *scan = scans; scan; scan = scan->next) {
		if (!scan->run || window_run_at(scan->run, 0)->entity != entity)
			continue;
		fetch_jobs_cancel(jobs, scan);
		scan->closed = true;
	}
}

bool
fetch_jobs_count_now(struct fetch_jobs *jobs, struct scan *scan,
		     struct time_range range, int64_t *count,
		     struct failure *why)
{
	struct range_count *counting = &scan->counting;
	struct time_range part;
	bool slow;

	*count = -1;
	range_count_begin(counting, range.start_us, range.end_us,
			  scan_unit_us(scan));
	while (range_count_next(counting, &part)) {
		if (!count_part(jobs, scan, part, &slow, why)) {
			if (!jobs->extra.done || !jobs->extra.this_call_only)
				return false;
			log_warn("%s", why->text);
			*why = (struct failure){ 0 };
			return true;
		}
		if (!slow)
			range_count_add(counting, jobs->extra.response.count);
		else if (!range_count_halve(counting))
			BUG("a count of one unit was to be split");
	}
	*count = counting->sum;
	return true;
}

/* The time of the row at `position`; `*found` false: it cannot be had. */
static bool
ask_time(struct fetch_jobs *jobs, struct scan *scan, int64_t position,
	 bool *found, int64_t *at_us, struct failure *why)
{
	const struct window window = scan_as_window(scan);
	const struct query query = { .window = &window,
				     .start = position,
				     .most = 1 };
	const struct query_response *page = &jobs->extra.response;
	struct failure ignored = { 0 };

	if (!ask_now(jobs, scan, &query, false, why))
		return false;
	*found = !jobs->extra.why.kind && page->row_count &&
		 row_time_place(scan, page, &page->rows[0], at_us, &ignored) ==
			 ROW_HERE;
	return true;
}

/* Can a scan that begins be read to its end this month? */
static bool
can_afford(const struct fetch_jobs *jobs, const struct scan *scan,
	   const struct scan_policy *policy, struct failure *why)
{
	const struct scan_reader *reader = &scan->reader;
	bool begins = reader->state == READER_PAGING && reader->pass == 1 &&
		      !reader->pages && !reader->in_flight;

	return !begins || reader->expected <= 0 ||
	       qbo_client_has_calls(
		       jobs->qbo,
		       scan_plan_after_count(policy, reader->expected), why);
}

bool
fetch_jobs_ready(struct fetch_jobs *jobs, struct scan *scan,
		 const struct scan_policy *policy, bool first, bool *ready,
		 struct failure *why)
{
	int64_t position, at_us = 0;
	bool found;

	if (!scan->begun)
		scan_begin(scan, policy, clock_monotonic_ms());
	if (scan_needs_time(scan, policy, &position)) {
		*ready = fetch_jobs_free_one(jobs); /* its request is one */
		if (!*ready)
			return true;
		if (!ask_time(jobs, scan, position, &found, &at_us, why))
			return false;
		scan_take_time(scan, policy, found, at_us);
	}
	*ready = can_afford(jobs, scan, policy, why);
	if (*ready)
		return true;
	if (first)
		return scan_fail_in(scan, why);
	*why = (struct failure){ 0 }; /* those before it go on */
	return true;
}
