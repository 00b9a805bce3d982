/*
 * qb-fetch - read windows from QuickBooks Online.
 *
 * In:   tickets from qb-window.  Out: rows, a seal for each window, an end.
 * Promise: a window is sealed only when it is proven complete
 * (quickbooks/window_reader.h); payloads are the server's bytes; windows come
 * out in the order of their tickets and pages in order, however many requests
 * are in flight; at most --jobs pages are in memory (quickbooks/fetch_queue.h).
 */
#include "base/log.h"
#include "quickbooks/fetch_queue.h"
#include "quickbooks/query.h"
#include "stream/tickets.h"

static int64_t page_size;
static int64_t jobs;
static bool no_count;
static bool keep_going;
static bool verbose;

static const struct option_row rows[] = {
	{ .name = "page-size",
	  .argument = "N",
	  .preset = "1000",
	  .help = "rows per request",
	  .least = 1,
	  .most = QUERY_MOST_ROWS,
	  .integer = &page_size },
	{ .name = "jobs",
	  .argument = "N",
	  .preset = "4",
	  .help = "requests in flight at one time",
	  .least = 1,
	  .most = FETCH_QUEUE_MOST_JOBS,
	  .integer = &jobs },
	{ .name = "no-count",
	  .help = "skip the row counts; completeness is not verified",
	  .on = &no_count },
	{ .name = "keep-going",
	  .help = "continue when one window fails",
	  .on = &keep_going },
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
 * Add tickets while there is room; wait for one only when there is no other
 * work. False when no more come; `why` is set if the input ended too early.
 */
static bool
take_tickets(struct tickets *in, struct fetch_queue *queue, struct failure *why)
{
	while (fetch_queue_has_room(queue) &&
	       (fetch_queue_is_empty(queue) || lines_ready(&in->in))) {
		struct slice text;

		switch (tickets_next(in, why)) {
		case TICKETS_ONE:
			text = in->now.value[MEMBER_WINDOW];
			if (!fetch_queue_add(queue, &in->window, text, why))
				return false;
			break;
		case TICKETS_END:
			fetch_queue_add_end(queue);
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
fetch_all(struct tickets *in, struct fetch_queue *queue, struct failure *why)
{
	struct failure ticket = { 0 };
	bool more = true;

	for (;;) {
		if (more)
			more = take_tickets(in, queue, &ticket);
		if (fetch_queue_is_empty(queue))
			break;
		int wake_fd =
			more && fetch_queue_has_room(queue) ? in->in.fd : -1;
		if (!fetch_queue_work(queue, wake_fd, why))
			return false;
	}
	*why = ticket;
	return !why->kind;
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
		queue.page_size = page_size;
		queue.most_jobs = jobs;
		queue.counts = !no_count;
		queue.keep_going = queue.output.hold_rows = keep_going;
		queue.qbo = qbo_client_open(&why);
		if (queue.qbo)
			fetch_all(&in, &queue, &why);
		failed_windows_report(&queue.failed, &why);
		lines_finish(&out, &why);
	}
	qbo_client_close(queue.qbo);
	fetch_queue_free(&queue);
	tickets_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
