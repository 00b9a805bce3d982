/*
 * qb-fetch - read windows from QuickBooks Online.
 *
 * In:   tickets from qb-window.  Out: rows, a seal for each window, an end.
 * Promise: a window is sealed only when it is proven complete
 * (quickbooks/scan_reader.h); payloads are the server's bytes; windows come out
 * in the order of their tickets and the pages of each in order, however many
 * requests are in flight; windows that follow each other are read together
 * (quickbooks/scan.h); at most --jobs pages are in memory
 * (quickbooks/fetch_queue.h).
 */
#include <poll.h>

#include "base/log.h"
#include "quickbooks/fetch_status.h"
#include "quickbooks/query.h"
#include "stream/tickets.h"

/* What comes after a pause is not read together with what came before it. */
enum { MOST_PAUSE_MS = 500 };

static int64_t page_size;
static int64_t scan_rows;
static int64_t jobs;
static bool no_count;
static bool keep_going;
static bool plan;
static const char *status_file;
static bool verbose;

static const struct option_row rows[] = {
	{ .name = "page-size",
	  .argument = "N",
	  .preset = "1000",
	  .help = "rows per request",
	  .least = 1,
	  .most = QUERY_MOST_ROWS,
	  .integer = &page_size },
	{ .name = "scan-rows",
	  .argument = "N",
	  .preset = "20000",
	  .help = "rows that are counted and proven together, at most",
	  .least = 1,
	  .most = 1000000,
	  .integer = &scan_rows },
	{ .name = "jobs",
	  .argument = "N",
	  .preset = "4",
	  .help = "requests in flight at one time",
	  .least = 1,
	  .most = FETCH_MOST_JOBS,
	  .integer = &jobs },
	{ .name = "no-count",
	  .help = "skip the row counts; completeness is not verified",
	  .on = &no_count },
	{ .name = "keep-going",
	  .help = "continue when one window fails",
	  .on = &keep_going },
	{ .name = "plan",
	  .help = "only count, and print what reading would take",
	  .on = &plan },
	{ .name = "status-file",
	  .argument = "FILE",
	  .help = "append progress to FILE, as lines of JSON",
	  .text = &status_file },
	{ .name = "verbose",
	  .help = "log each page and window to standard error",
	  .on = &verbose },
};

static const struct option_table options = {
	.tool = "qb-fetch",
	.about = "Read windows from QuickBooks Online: tickets in, rows and "
		 "seals out.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &retry_options,
};

/*
 * Is there a ticket to take?  Waits for one only when there is no other work,
 * and does not wait long while windows that could be read are collected.
 */
static bool
has_ticket(struct tickets *in, struct fetch_queue *queue)
{
	struct pollfd input = { .fd = in->in.fd, .events = POLLIN };

	if (lines_ready(&in->in))
		return true;
	if (queue->scans.first)
		return false;
	if (scan_queue_is_empty(&queue->scans) ||
	    poll(&input, 1, MOST_PAUSE_MS) > 0)
		return true;
	scan_queue_close_run(&queue->scans);
	return false;
}

/*
 * Add tickets while there is room.  False when no more come; `why` is set if
 * the input ended too early.
 */
static bool
take_tickets(struct tickets *in, struct fetch_queue *queue, struct failure *why)
{
	while (scan_queue_has_room(&queue->scans) && has_ticket(in, queue)) {
		struct slice text;

		switch (tickets_next(in, why)) {
		case TICKETS_ONE:
			text = in->now.value[MEMBER_WINDOW];
			if (!fetch_queue_add(queue, &in->window, text, why))
				return false;
			break;
		case TICKETS_END:
			scan_queue_add_end(&queue->scans);
			break;
		case TICKETS_DONE:
		case TICKETS_FAILED:
			return false;
		}
	}
	return true;
}

/* An invalid ticket ends the input; the windows before it are still read. */
static bool
fetch_all(struct tickets *in, struct fetch_queue *queue,
	  struct fetch_status *status, struct failure *why)
{
	struct failure ticket = { 0 };
	bool more = true;

	for (;;) {
		if (more)
			more = take_tickets(in, queue, &ticket);
		if (!more || !scan_queue_has_room(&queue->scans))
			scan_queue_close_run(&queue->scans);
		if (scan_queue_is_empty(&queue->scans))
			break;
		int wake_fd = more && scan_queue_has_room(&queue->scans)
				      ? in->in.fd
				      : -1;
		if (!fetch_queue_work(queue, wake_fd, why))
			return false;
		fetch_status_tell(status, &queue->progress, false);
	}
	*why = ticket;
	return !why->kind;
}

static bool
end_plan(const struct fetch_queue *queue, struct lines_out *out,
	 struct failure *why)
{
	return buf_printf(&out->pending, why,
			  "{\"qb\":\"plan\",\"calls_used\":%" PRId64 "}\n",
			  qbo_client_calls(queue->jobs.qbo)) &&
	       lines_push(out, why);
}

static bool
fetch(struct tickets *in, struct fetch_queue *queue, struct lines_out *out,
      struct failure *why)
{
	struct fetch_status status;

	fetch_status_init(&status);
	if (plan && no_count) {
		fail(why, FAILURE_USAGE,
		     "--plan needs counts, which --no-count skips");
		return fail_next(why, "leave one of them out");
	}
	if (status_file && !fetch_status_open(&status, status_file, why))
		return false;
	queue->jobs.most = jobs;
	queue->policy = (struct scan_policy){ .page_size = page_size,
					      .most_rows = scan_rows,
					      .counts = !no_count,
					      .whole_windows = keep_going };
	queue->keep_going = queue->output.hold = keep_going;
	queue->plan = plan;
	queue->jobs.qbo = qbo_client_open(why);
	bool done = queue->jobs.qbo && fetch_all(in, queue, &status, why) &&
		    (!plan || end_plan(queue, out, why));
	if (queue->jobs.qbo)
		queue->progress.calls = qbo_client_calls(queue->jobs.qbo);
	fetch_status_tell(&status, &queue->progress, true);
	fetch_status_close(&status);
	return done;
}

int
main(int argc, char *argv[])
{
	static struct fetch_queue queue;
	struct failure why = { 0 };
	struct tickets in;
	struct lines_out out;
	int used;

	log_begin("qb-fetch");
	lines_out_init(&out, STDOUT_FILENO);
	tickets_init(&in, STDIN_FILENO, &out);
	fetch_queue_init(&queue, &out);
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why)) {
		log_verbose(verbose);
		fetch(&in, &queue, &out, &why);
		failed_windows_report(&queue.failed, &why);
		lines_finish(&out, &why);
	}
	qbo_client_close(queue.jobs.qbo);
	fetch_queue_free(&queue);
	tickets_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
