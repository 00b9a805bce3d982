#include "quickbooks/fetch_queue.h"
#include "base/log.h"
#include "quickbooks/closed_window.h"
#include "quickbooks/query.h"

void
fetch_queue_init(struct fetch_queue *q, struct lines_out *out)
{
	*q = (struct fetch_queue){ .out = out, .heard = true };
	fetch_output_init(&q->fetched, out);
	failed_windows_init(&q->missed);
	for (int i = 0; i < FETCH_QUEUE_MOST_JOBS; i++) {
		window_fetch_init(&q->turns[i]);
		qbo_call_init(&q->work[i].call);
	}
}

void
fetch_queue_free(struct fetch_queue *q)
{
	for (int i = 0; i < FETCH_QUEUE_MOST_JOBS; i++) {
		qbo_call_free(&q->work[i].call);
		window_fetch_free(&q->turns[i]);
	}
	fetch_output_free(&q->fetched);
	failed_windows_free(&q->missed);
}

bool
fetch_queue_is_empty(const struct fetch_queue *q)
{
	return !q->turn_count;
}

bool
fetch_queue_has_room(const struct fetch_queue *q)
{
	return q->turn_count < q->jobs;
}

static struct window_fetch *
turn_at(struct fetch_queue *q, int i)
{
	return &q->turns[(q->first_turn + i) % FETCH_QUEUE_MOST_JOBS];
}

/* --- windows in ---------------------------------------------------------- */

bool
fetch_queue_add(struct fetch_queue *q, const struct window *window,
		struct slice text, struct failure *why)
{
	if (!window_fetch_begin(turn_at(q, q->turn_count), window, text,
				q->page_size, q->counts, why))
		return false;
	q->turn_count++;
	return true;
}

void
fetch_queue_add_end(struct fetch_queue *q)
{
	window_fetch_begin_end(turn_at(q, q->turn_count));
	q->turn_count++;
}

/* --- questions out ------------------------------------------------------- */

static struct fetch_job *
free_job(struct fetch_queue *q)
{
	for (int64_t i = 0; i < q->jobs; i++)
		if (!q->work[i].turn)
			return &q->work[i];
	return NULL;
}

static bool
send_question(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	struct query query = { &job->turn->window, job->question.count,
			       job->question.start, job->question.most };

	qbo_call_clear(&job->call);
	job->call.entity = job->turn->window.entity;
	job->call.count = job->question.count;
	job->call.divisible = job->question.most > 1;
	if (!query_write(&query, &job->call.statement, why))
		return false;
	qbo_client_start(q->qbo, &job->call);
	return true;
}

/*
 * The first window asks all it can, then the next.  A window whose count is
 * still awaited will want pages soon, so those behind it only count
 * meanwhile: their pages would have to be held, and would keep the jobs that
 * it needs.
 */
static bool
ask_all(struct fetch_queue *q, struct failure *why)
{
	bool counted = true;

	for (int i = 0; i < q->turn_count; i++) {
		struct window_fetch *turn = turn_at(q, i);
		struct window_reader *reading = &turn->reading;
		struct fetch_job *job = free_job(q);

		while (job && !turn->is_end && !turn->missed &&
		       (counted || reading->state != READER_PAGING) &&
		       window_reader_next(reading, &job->question)) {
			job->turn = turn;
			job->number = turn->asked++;
			if (!send_question(q, job, why))
				return false;
			job = free_job(q);
		}
		counted = counted &&
			  (turn->is_end || reading->state != READER_COUNTING);
	}
	return true;
}

/* --- answers in ---------------------------------------------------------- */

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
	return send_question(q, job, why);
}

static bool
take_answer(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	struct window_reader *reading = &job->turn->reading;

	if (job->question.count) {
		window_reader_count(reading, job->call.response.count);
		return true;
	}
	if (!window_fetch_write_page(job->turn, &q->fetched,
				     qbo_client_realm(q->qbo), &job->call,
				     &job->question, why))
		return false;
	/* a page is in memory, so its rows are few enough */
	window_reader_page(reading, &job->question,
			   (int64_t)job->call.response.row_count);
	return true;
}

static bool
fail_job(const struct fetch_job *job, struct failure *why)
{
	if (job->question.count)
		fail_in(why, "count");
	else
		fail_in(why, "page at row %" PRId64, job->question.start);
	return window_fetch_fail_in(job->turn, why);
}

static bool
settle(struct fetch_queue *q, struct fetch_job *job, struct failure *why)
{
	int64_t wait_s = 0;

	if (job->call.ask_less) {
		window_reader_halve(&job->turn->reading, &job->question);
	} else if (job->call.why.kind) {
		*why = job->call.why;
		return false;
	} else if (!closed_window_check(job->turn->window.end_us,
					job->call.response.time, &wait_s,
					why)) {
		return !why->kind && wait_for_clock(q, job, wait_s, why);
	} else if (!take_answer(q, job, why)) {
		return false;
	} else {
		q->heard = true;
	}
	job->turn->answered++;
	job->turn = NULL;
	return true;
}

/* Answers are told in the order of their questions; pages, and what went
 * wrong, only for the window whose turn it is to write. */
static struct fetch_job *
next_answered(struct fetch_queue *q)
{
	for (int64_t i = 0; i < q->jobs; i++) {
		struct fetch_job *job = &q->work[i];
		bool first = job->turn == &q->turns[q->first_turn];

		if (job->turn && job->call.done &&
		    job->number == job->turn->answered &&
		    (first || (job->question.count && !job->call.why.kind)))
			return job;
	}
	return NULL;
}

/* `why` is about this window alone: forget it, and go on. */
static void
give_up(struct fetch_queue *q, struct window_fetch *turn, struct failure *why)
{
	for (int64_t i = 0; i < q->jobs; i++) {
		struct fetch_job *job = &q->work[i];

		if (job->turn != turn)
			continue;
		qbo_client_cancel(q->qbo, &job->call);
		job->turn = NULL;
	}
	fetch_output_drop(&q->fetched);
	failed_windows_add(&q->missed, why);
	turn->missed = true;
	*why = (struct failure){ 0 };
}

/*
 * Is what went wrong with this question about its window?  Trouble that passes
 * is only as long as others are answered: twice in a row, and it is the
 * server's.
 */
static bool
is_own(struct fetch_queue *q, const struct fetch_job *job,
       const struct failure *why)
{
	if (!job->call.why.kind)
		return why->kind == FAILURE_DATA; /* a row beyond all bounds */
	if (!job->call.own)
		return false;
	if (why->kind == FAILURE_REFUSED)
		return true;
	bool heard = q->heard;
	q->heard = false;
	return heard;
}

static bool
take_answers(struct fetch_queue *q, struct failure *why)
{
	struct fetch_job *job = next_answered(q);

	for (; job; job = next_answered(q)) {
		if (settle(q, job, why))
			continue;
		fail_job(job, why);
		if (!q->keep_going || !is_own(q, job, why))
			return false;
		give_up(q, job->turn, why);
	}
	return true;
}

/* --- seals out ----------------------------------------------------------- */

static bool
end_turn(struct fetch_queue *q, struct window_fetch *turn, struct failure *why)
{
	if (turn->missed || (turn->is_end && q->missed.windows))
		return true;
	if (!turn->is_end) {
		q->windows++;
		q->rows += turn->reading.written;
		return window_fetch_write_seal(turn, &q->fetched,
					       qbo_client_realm(q->qbo), why);
	}
	bool written =
		envelope_write_end(q->windows, q->rows, &q->out->pending, why);
	q->windows = q->rows = 0;
	return written && lines_push(q->out, why);
}

/* Is nothing more to come for this turn? */
static bool
look_at(struct fetch_queue *q, struct window_fetch *turn, bool *finished,
	struct failure *why)
{
	*finished = turn->is_end || turn->missed ||
		    turn->reading.state == READER_DONE;
	if (*finished || turn->reading.state != READER_SHIFTED)
		return true;
	window_fetch_fail_shifted(turn, why);
	if (!q->keep_going)
		return false;
	give_up(q, turn, why);
	*finished = true;
	return true;
}

/* Seal what is complete; `*moved` when a turn ended. */
static bool
end_turns(struct fetch_queue *q, bool *moved, struct failure *why)
{
	bool finished;

	*moved = false;
	while (q->turn_count) {
		struct window_fetch *turn = turn_at(q, 0);

		if (!look_at(q, turn, &finished, why))
			return false;
		if (!finished)
			return true;
		if (!end_turn(q, turn, why))
			return false;
		window_reader_free(&turn->reading);
		q->first_turn = (q->first_turn + 1) % FETCH_QUEUE_MOST_JOBS;
		q->turn_count--;
		*moved = true;
	}
	return true;
}

bool
fetch_queue_work(struct fetch_queue *q, int wake_fd, struct failure *why)
{
	bool moved;

	if (!ask_all(q, why) || !take_answers(q, why) ||
	    !end_turns(q, &moved, why))
		return false;
	if (moved)
		return true;
	/* what came may have made room for more questions */
	return ask_all(q, why) && lines_flush(q->out, why) &&
	       qbo_client_run(q->qbo, wake_fd, why);
}
