#include "quickbooks/fetch_queue.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/scan_plan.h"
#include "quickbooks/window_end.h"

void
fetch_queue_init(struct fetch_queue *q, struct lines_out *out)
{
	*q = (struct fetch_queue){ .out = out, .answered_since_failure = true };
	fetch_jobs_init(&q->jobs);
	scan_queue_init(&q->scans);
	scan_output_init(&q->output, out);
	failed_windows_init(&q->failed);
}

void
fetch_queue_free(struct fetch_queue *q)
{
	scan_queue_free(&q->scans);
	fetch_jobs_free(&q->jobs);
	scan_output_free(&q->output);
	failed_windows_free(&q->failed);
}

bool
fetch_queue_add(struct fetch_queue *q, const struct window *window,
		struct slice text, struct failure *why)
{
	if (absent_entities_has(&q->absent, window->entity))
		return true;
	if (!scan_queue_add(&q->scans, window, text, q->policy.counts, why))
		return false;
	q->progress.windows++;
	return true;
}

/* --- requests out -------------------------------------------------------- */

static bool
send_question(struct fetch_queue *q, struct scan *scan, struct fetch_job *job,
	      struct failure *why)
{
	job->scan = scan;
	job->number = scan->questions_sent++;
	job->most_tries = fetch_gaps_most_tries(&q->gaps, &job->question);
	if (job->question.count)
		range_count_begin_again(&scan->counting, scan->range.start_us,
					scan->range.end_us, scan_unit_us(scan));
	return fetch_job_send(job, q->jobs.qbo, why);
}

/*
 * Send all questions that a scan can send now; when it waits for its count,
 * those behind it only count: it will need the free jobs for its pages, and
 * pages of theirs would only be held in memory.
 */
static bool
send_scan(struct fetch_queue *q, struct scan *scan, bool *counted,
	  struct failure *why)
{
	bool first = scan == q->scans.first, ready;

	if (!fetch_jobs_ready(&q->jobs, scan, &q->policy, first, &ready, why))
		return false;
	if (!ready)
		return true;
	struct fetch_job *job = fetch_jobs_free_one(&q->jobs);
	while (job && !scan->closed &&
	       (*counted || scan->reader.state != READER_PAGING) &&
	       scan_reader_next(&scan->reader, &job->question)) {
		if (!send_question(q, scan, job, why))
			return false;
		job = fetch_jobs_free_one(&q->jobs);
	}
	*counted = *counted && scan->reader.state != READER_COUNTING;
	return true;
}

/* The first scan sends all the questions it can, then the next one.  The second
 * part of a scan waits for the count of the first. */
static bool
send_questions(struct fetch_queue *q, struct failure *why)
{
	bool counted = true, waits = false;
	struct scan *scan = q->scans.first;

	for (int64_t i = 0; scan && i < q->jobs.most; i++, scan = scan->next) {
		if (!scan->run)
			continue;
		if (!waits && !send_scan(q, scan, &counted, why))
			return false;
		waits = scan->begun && scan->with_next >= 0;
	}
	return true;
}

/* --- responses in -------------------------------------------------------- */

/* Take the count, or its part; *open: the next part was sent. */
static bool
take_count(struct fetch_queue *q, struct fetch_job *job, bool *open,
	   struct failure *why)
{
	struct scan *scan = job->scan;
	struct range_count *counting = &scan->counting;
	struct time_range part;

	if (fetch_job_is_stalled(job, why))
		return false;
	if (!job->call.must_split)
		range_count_add(counting, job->call.response.count);
	else if (!range_count_halve(counting))
		BUG("a count of one unit was to be split");
	*open = range_count_next(counting, &part);
	if (*open)
		return fetch_job_send(job, q->jobs.qbo, why);
	if (scan->is_whole_run && scan->reader.state == READER_COUNTING) {
		q->progress.windows_counted += (int64_t)scan->run->count;
		q->progress.rows_counted += counting->sum;
		scan->is_whole_run = false;
	}
	scan->closed = q->plan;
	if (q->plan)
		return scan_plan_write(scan, &q->policy, counting->sum, q->out,
				       why);
	scan_take_count(scan, &q->policy, counting->sum, clock_monotonic_ms());
	return true;
}

static bool
take_page(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	struct scan *scan = job->scan;

	if (job->call.must_split) {
		scan_reader_halve(&scan->reader, &job->question);
		return true;
	}
	if (!scan_output_take_page(&q->output, scan,
				   qbo_client_realm(q->jobs.qbo), &job->call,
				   &job->question, why))
		return false;
	/* the page is in memory, so its rows fit into an int64_t */
	scan_reader_page(&scan->reader, &job->question,
			 (int64_t)job->call.response.row_count);
	fetch_gaps_page_came(&q->gaps);
	q->progress.rows += (int64_t)job->call.response.row_count;
	return true;
}

static bool
take_response(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	int64_t wait_s = 0;
	bool open = false;

	job->scan->calls += job->call.calls;
	if (job->call.why.kind && !job->call.must_split) {
		*why = job->call.why;
		return false;
	}
	if (!job->call.must_split) {
		if (!window_end_check(job->scan->range.end_us,
				      job->call.response.time, &wait_s, why))
			return !why->kind && fetch_job_wait(job, wait_s, q->out,
							    q->jobs.qbo, why);
		q->answered_since_failure = true;
	}
	if (!(job->question.count ? take_count(q, job, &open, why)
				  : take_page(q, job, why)))
		return false;
	if (open)
		return true;
	job->scan->responses_taken++;
	job->scan = NULL;
	return true;
}

/* A scan takes its responses in the order of the questions; pages and failures
 * only when it is the first in the queue, which is the one that writes. */
static struct fetch_job *
next_done_job(struct fetch_queue *q)
{
	for (int64_t i = 0; i < q->jobs.most; i++) {
		struct fetch_job *job = &q->jobs.at[i];
		bool first = job->scan == q->scans.first;

		if (job->scan && job->call.done &&
		    job->number == job->scan->responses_taken &&
		    (first || (job->question.count && !q->plan &&
			       (!job->call.why.kind || job->call.must_split))))
			return job;
	}
	return NULL;
}

/* --- failures ------------------------------------------------------------ */

static void
abandon(struct fetch_queue *q, struct scan *scan)
{
	fetch_jobs_cancel(&q->jobs, scan);
	scan->questions_sent = scan->responses_taken = 0;
	scan_output_drop(&q->output);
	fetch_gaps_clear(&q->gaps);
}

/* Read the scan again in two parts, if it has several windows. */
static bool
narrow(struct fetch_queue *q, struct scan *scan)
{
	if (!scan_narrow(scan, &q->policy, clock_monotonic_ms()))
		return false;
	abandon(q, scan);
	return true;
}

/* Read it in smaller parts, down to the window that is the cause; note that
 * one, and go on with the others. */
static void
fail_scan(struct fetch_queue *q, struct scan *scan, struct failure *why)
{
	if (!narrow(q, scan)) {
		abandon(q, scan);
		failed_windows_add(&q->failed, why);
		scan->closed = true;
	}
	*why = (struct failure){ 0 };
}

/* The company does not have it: drop all of its windows that wait. */
static void
drop_entity(struct fetch_queue *q, const struct entity *entity,
	    const struct failure *why)
{
	absent_entities_add(&q->absent, entity, why);
	abandon(q, q->scans.first); /* whose response it is */
	fetch_jobs_drop(&q->jobs, q->scans.first, entity);
}

/*
 * Did this request fail for a reason of its window alone?  A transient error
 * counts as one only while other requests succeed: two windows in a row, and it
 * is the server's.
 */
static bool
is_this_window_only(struct fetch_queue *q, const struct fetch_job *job,
		    const struct failure *why)
{
	if (!job->call.why.kind)
		return why->kind == FAILURE_DATA; /* a row that is too long */
	if (!job->call.this_call_only)
		return false;
	if (why->kind == FAILURE_REFUSED)
		return true;
	bool answered_since_failure = q->answered_since_failure;
	q->answered_since_failure = false;
	return answered_since_failure;
}

/* A page failed, perhaps for one row's sake.  False: it is no such failure. */
static bool
narrow_page(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	if (!fetch_gaps_narrow(&q->gaps, job, q->keep_going, why))
		return false;
	job->scan->responses_taken++;
	job->scan = NULL;
	return true;
}

static bool
take_responses(struct fetch_queue *q, struct failure *why)
{
	struct fetch_job *job = next_done_job(q);

	for (; job; job = next_done_job(q)) {
		struct scan *scan = job->scan;

		if (take_response(q, job, why)) {
			if (scan->has_undated_row && !scan->one_window)
				narrow(q, scan);
			continue;
		}
		if (job->call.absent) {
			drop_entity(q, scan_as_window(scan).entity, why);
			*why = (struct failure){ 0 };
			continue;
		}
		fetch_job_fail_in(job, why);
		if (narrow_page(q, job, why)) {
			*why = (struct failure){ 0 };
			continue;
		}
		if (!q->keep_going || !is_this_window_only(q, job, why))
			return false;
		fail_scan(q, scan, why);
	}
	return true;
}

/* --- seals out ----------------------------------------------------------- */

static bool
finish_end(struct fetch_queue *q, struct failure *why)
{
	if (q->failed.count || absent_entities_fail(&q->absent) || q->plan)
		return true;
	bool written = envelope_write_end(q->sealed_windows, q->sealed_rows,
					  &q->out->pending, why);
	q->sealed_windows = q->sealed_rows = 0;
	return written && lines_push(q->out, why);
}

static bool
finish_scan(struct fetch_queue *q, struct scan *scan, struct failure *why)
{
	struct time_ranges gaps;

	if (!scan->run || scan->closed)
		return scan->run || finish_end(q, why);
	time_ranges_init(&gaps);
	int64_t sealed = q->sealed_windows;
	bool done = fetch_gaps_find(&q->gaps, &q->jobs, scan, &q->output, &gaps,
				    why) &&
		    scan_output_finish(
			    &q->output, scan, qbo_client_realm(q->jobs.qbo),
			    &gaps, &q->sealed_windows, &q->sealed_rows, why);
	q->progress.windows_sealed += q->sealed_windows - sealed;
	fetch_gaps_report(&q->gaps, scan, &q->failed);
	time_ranges_free(&gaps);
	return done;
}

/* Is this scan finished?  One that does not come to rest is read in parts. */
static bool
check_finished(struct fetch_queue *q, struct scan *scan, bool *finished,
	       struct failure *why)
{
	*finished = scan_is_finished(scan);
	if (*finished || !scan->begun || scan->reader.state != READER_SHIFTED)
		return true;
	if (narrow(q, scan))
		return true;
	if (!scan_fail_shifted(scan, why) && !q->keep_going)
		return false;
	fail_scan(q, scan, why);
	*finished = true;
	return true;
}

/* Seal what is complete; `*ended`: a scan left the queue. */
static bool
end_finished(struct fetch_queue *q, bool *ended, struct failure *why)
{
	bool finished;

	*ended = false;
	while (q->scans.first) {
		struct scan *scan = q->scans.first;

		if (!check_finished(q, scan, &finished, why))
			return false;
		if (!finished)
			return true;
		if (!finish_scan(q, scan, why))
			return false;
		scan_queue_remove_first(&q->scans);
		fetch_gaps_clear(&q->gaps);
		*ended = true;
	}
	return true;
}

bool
fetch_queue_work(struct fetch_queue *q, int wake_fd, struct failure *why)
{
	bool ended;

	q->progress.calls = qbo_client_calls(q->jobs.qbo);
	if (q->scans.first && q->scans.first->run)
		q->progress.entity =
			window_run_at(q->scans.first->run, 0)->entity;
	if (!send_questions(q, why) || !take_responses(q, why) ||
	    !end_finished(q, &ended, why))
		return false;
	if (ended)
		return true;
	/* the responses may have made room for more questions */
	if (!send_questions(q, why))
		return false;
	/* what is known to be empty needs none; some came while one was awaited
	 */
	if (!q->scans.first || scan_is_finished(q->scans.first) ||
	    next_done_job(q))
		return true;
	return lines_flush(q->out, why) &&
	       qbo_client_run(q->jobs.qbo, wake_fd, why);
}
