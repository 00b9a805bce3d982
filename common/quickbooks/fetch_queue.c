#include "quickbooks/fetch_queue.h"
#include "base/log.h"
#include "quickbooks/window_end.h"

void
fetch_queue_init(struct fetch_queue *q, struct lines_out *out)
{
	*q = (struct fetch_queue){ .out = out, .answered_since_failure = true };
	fetch_output_init(&q->output, out);
	failed_windows_init(&q->failed);
	for (int i = 0; i < FETCH_QUEUE_MOST_JOBS; i++) {
		window_fetch_init(&q->fetches[i]);
		qbo_call_init(&q->jobs[i].call);
	}
}

void
fetch_queue_free(struct fetch_queue *q)
{
	for (int i = 0; i < FETCH_QUEUE_MOST_JOBS; i++) {
		qbo_call_free(&q->jobs[i].call);
		window_fetch_free(&q->fetches[i]);
	}
	fetch_output_free(&q->output);
	failed_windows_free(&q->failed);
}

bool
fetch_queue_is_empty(const struct fetch_queue *q)
{
	return !q->fetch_count;
}

bool
fetch_queue_has_room(const struct fetch_queue *q)
{
	return q->fetch_count < q->most_jobs;
}

static struct window_fetch *
fetch_at(struct fetch_queue *q, int i)
{
	return &q->fetches[(q->first + i) % FETCH_QUEUE_MOST_JOBS];
}

/* --- windows in ---------------------------------------------------------- */

bool
fetch_queue_add(struct fetch_queue *q, const struct window *window,
		struct slice text, struct failure *why)
{
	if (!window_fetch_begin(fetch_at(q, q->fetch_count), window, text,
				q->page_size, q->counts, why))
		return false;
	q->fetch_count++;
	return true;
}

void
fetch_queue_add_end(struct fetch_queue *q)
{
	window_fetch_begin_end(fetch_at(q, q->fetch_count));
	q->fetch_count++;
}

/* --- requests out -------------------------------------------------------- */

static struct fetch_job *
free_job(struct fetch_queue *q)
{
	for (int64_t i = 0; i < q->most_jobs; i++)
		if (!q->jobs[i].fetch)
			return &q->jobs[i];
	return NULL;
}

/*
 * The first window sends all the questions it can, then the next one.  While a
 * window waits for its count, those behind it only count: it will need the free
 * jobs for its pages, and pages of theirs would only be held in memory.
 */
static bool
send_questions(struct fetch_queue *q, struct failure *why)
{
	bool counted = true;

	for (int i = 0; i < q->fetch_count; i++) {
		struct window_fetch *fetch = fetch_at(q, i);
		struct window_reader *reader = &fetch->reader;
		struct fetch_job *job = free_job(q);

		while (job && !fetch->is_end && !fetch->failed &&
		       (counted || reader->state != READER_PAGING) &&
		       window_reader_next(reader, &job->question)) {
			job->fetch = fetch;
			job->number = fetch->questions_sent++;
			if (!fetch_job_send(job, q->qbo, why))
				return false;
			job = free_job(q);
		}
		counted = counted &&
			  (fetch->is_end || reader->state != READER_COUNTING);
	}
	return true;
}

/* --- responses in -------------------------------------------------------- */

static bool
wait_for_clock(struct fetch_queue *q, struct fetch_job *job, int64_t wait_s,
	       struct failure *why)
{
	log_warn("QuickBooks' clock is %" PRId64
		 " s behind the end of the window: waiting",
		 wait_s);
	if (!lines_flush(q->out, why))
		return false;
	sleep((unsigned)wait_s);
	return fetch_job_send(job, q->qbo, why);
}

static bool
take_response(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	int64_t wait_s = 0;

	if (job->call.must_split) {
		window_reader_halve(&job->fetch->reader, &job->question);
	} else if (job->call.why.kind) {
		*why = job->call.why;
		return false;
	} else if (!window_end_check(job->fetch->window.end_us,
				     job->call.response.time, &wait_s, why)) {
		return !why->kind && wait_for_clock(q, job, wait_s, why);
	} else if (!fetch_job_deliver(job, qbo_client_realm(q->qbo), &q->output,
				      why)) {
		return false;
	} else {
		q->answered_since_failure = true;
	}
	job->fetch->responses_taken++;
	job->fetch = NULL;
	return true;
}

/* A window takes its responses in the order of the questions; pages and
 * failures only when it is the first in the queue, which is the one that
 * writes. */
static struct fetch_job *
next_done_job(struct fetch_queue *q)
{
	for (int64_t i = 0; i < q->most_jobs; i++) {
		struct fetch_job *job = &q->jobs[i];
		bool first = job->fetch == &q->fetches[q->first];

		if (job->fetch && job->call.done &&
		    job->number == job->fetch->responses_taken &&
		    (first || (job->question.count && !job->call.why.kind)))
			return job;
	}
	return NULL;
}

/* Only this window failed: note it, and go on with the others. */
static void
fail_window(struct fetch_queue *q, struct window_fetch *fetch,
	    struct failure *why)
{
	for (int64_t i = 0; i < q->most_jobs; i++) {
		struct fetch_job *job = &q->jobs[i];

		if (job->fetch != fetch)
			continue;
		qbo_client_cancel(q->qbo, &job->call);
		job->fetch = NULL;
	}
	fetch_output_drop(&q->output);
	failed_windows_add(&q->failed, why);
	fetch->failed = true;
	*why = (struct failure){ 0 };
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

static bool
take_responses(struct fetch_queue *q, struct failure *why)
{
	struct fetch_job *job = next_done_job(q);

	for (; job; job = next_done_job(q)) {
		if (take_response(q, job, why))
			continue;
		fetch_job_fail_in(job, why);
		if (!q->keep_going || !is_this_window_only(q, job, why))
			return false;
		fail_window(q, job->fetch, why);
	}
	return true;
}

/* --- seals out ----------------------------------------------------------- */

static bool
finish_window(struct fetch_queue *q, struct window_fetch *fetch,
	      struct failure *why)
{
	if (fetch->failed || (fetch->is_end && q->failed.count))
		return true;
	if (!fetch->is_end) {
		q->sealed_windows++;
		q->sealed_rows += fetch->reader.written;
		return window_fetch_write_seal(fetch, &q->output,
					       qbo_client_realm(q->qbo), why);
	}
	bool written = envelope_write_end(q->sealed_windows, q->sealed_rows,
					  &q->out->pending, why);
	q->sealed_windows = q->sealed_rows = 0;
	return written && lines_push(q->out, why);
}

/* Is this window finished? */
static bool
check_finished(struct fetch_queue *q, struct window_fetch *fetch,
	       bool *finished, struct failure *why)
{
	*finished = fetch->is_end || fetch->failed ||
		    fetch->reader.state == READER_DONE;
	if (*finished || fetch->reader.state != READER_SHIFTED)
		return true;
	window_fetch_fail_shifted(fetch, why);
	if (!q->keep_going)
		return false;
	fail_window(q, fetch, why);
	*finished = true;
	return true;
}

/* Seal what is complete; `*ended`: a window left the queue. */
static bool
end_finished(struct fetch_queue *q, bool *ended, struct failure *why)
{
	bool finished;

	*ended = false;
	while (q->fetch_count) {
		struct window_fetch *fetch = fetch_at(q, 0);

		if (!check_finished(q, fetch, &finished, why))
			return false;
		if (!finished)
			return true;
		if (!finish_window(q, fetch, why))
			return false;
		window_reader_free(&fetch->reader);
		q->first = (q->first + 1) % FETCH_QUEUE_MOST_JOBS;
		q->fetch_count--;
		*ended = true;
	}
	return true;
}

bool
fetch_queue_work(struct fetch_queue *q, int wake_fd, struct failure *why)
{
	bool ended;

	if (!send_questions(q, why) || !take_responses(q, why) ||
	    !end_finished(q, &ended, why))
		return false;
	if (ended)
		return true;
	/* the responses may have made room for more questions */
	return send_questions(q, why) && lines_flush(q->out, why) &&
	       qbo_client_run(q->qbo, wake_fd, why);
}
