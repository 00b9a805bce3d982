/*
 * qb-fetch - read windows from QuickBooks Online.
 *
 * In:   tickets from qb-window.  Out: rows, a seal for each window, an end.
 * Promise: a window is sealed only when it is proven complete
 * (quickbooks/scan_reader.h); payloads are the server's bytes; windows come out
 * in the order of their tickets and the pages of each in order, however many
 * requests are in flight; windows that follow each other are read together
 * (quickbooks/scan.h); at most --jobs pages are in memory
 * (quickbooks/fetch_queue.h).  Windows by change come after the others, all of
 * them by one call if that can be (quickbooks/change_log.h); last what is read
 * whole, exchange rates and reports (quickbooks/direct_reader.h).
 */
#include <poll.h>

#include "base/log.h"
#include "quickbooks/change_log.h"
#include "quickbooks/direct_reader.h"
#include "quickbooks/fetch_status.h"
#include "quickbooks/query.h"
#include "stream/tickets.h"

/* What comes after a pause is not read together with what came before it. */
enum { MOST_PAUSE_MS = 500, MOST_KEPT_WINDOWS = 1000 };

static int64_t page_size;
static int64_t scan_rows;
static int64_t jobs;
static bool no_count;
static bool keep_going;
static bool plan;
static const char *currencies;
static const char *include;
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
	{ .name = "currencies",
	  .argument = "CODES",
	  .help = "read the rates of these, such as EUR,MXN; by default of "
		  "all that the company has",
	  .text = &currencies },
	{ .name = "include",
	  .argument = "LIST",
	  .preset = "enhancedAllCustomFields",
	  .help = "members of rows that come only if requested, or none",
	  .text = &include },
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

/* What reads the windows, and those that wait for the end of their stream, or
 * until there are many. */
struct fetching {
	struct tickets in;
	struct lines_out out;
	struct fetch_queue queue;
	struct change_windows changes;
	struct change_log log;
	struct direct_windows directs;
	struct direct_reader direct;
	struct fetch_status status;
	bool kept_ended; /* an end came after them */
};

static size_t
count_kept(const struct fetching *f)
{
	return f->changes.count + f->directs.count;
}

static bool
kept_are_due(const struct fetching *f)
{
	return f->kept_ended || count_kept(f) >= MOST_KEPT_WINDOWS;
}

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

static bool
add_change(struct fetching *f, struct slice text, struct failure *why)
{
	if (plan) {
		fail(why, FAILURE_USAGE,
		     "--plan counts rows, and the log of changes has no "
		     "counts");
		return fail_next(why, "create the tickets by another time "
				      "(qb-window --by)");
	}
	return change_windows_add(&f->changes, &f->in.window, text,
				  f->in.now.value[MEMBER_KNOWN_GONE],
				  f->in.now.value[MEMBER_KNOWN_ROWS], why);
}

static bool
add_ticket(struct fetching *f, struct failure *why)
{
	const struct window *window = &f->in.window;
	struct slice text = f->in.now.value[MEMBER_WINDOW];
	bool optional = slice_is(f->in.now.value[MEMBER_OPTIONAL], "true");

	if (!absent_entities_ticket(&f->queue.absent, window->entity, optional))
		return true;
	if (window->by == WINDOW_BY_CHANGE) {
		if (!add_change(f, text, why))
			return false;
	} else if (direct_windows_take(window->by)) {
		if (!direct_windows_add(&f->directs, window, text,
					f->in.now.value[MEMBER_KNOWN_ROWS],
					why))
			return false;
	} else {
		return fetch_queue_add(&f->queue, window, text, why);
	}
	f->queue.progress.windows++;
	return true;
}

/*
 * Add tickets while there is room, up to the end after those that wait.  False
 * when no more come; `why` is set if the input ended too early.
 */
static bool
take_tickets(struct fetching *f, struct failure *why)
{
	while (!kept_are_due(f) && scan_queue_has_room(&f->queue.scans) &&
	       has_ticket(&f->in, &f->queue))
		switch (tickets_next(&f->in, why)) {
		case TICKETS_ONE:
			if (!add_ticket(f, why))
				return false;
			break;
		case TICKETS_END:
			f->kept_ended = count_kept(f);
			if (!f->kept_ended)
				scan_queue_add_end(&f->queue.scans);
			break;
		case TICKETS_DONE:
		case TICKETS_FAILED:
			return false;
		}
	return true;
}

/* The log cannot answer for this one: read it by LastUpdatedTime. */
static bool
add_by_query(struct fetching *f, const struct change_window *from,
	     struct failure *why)
{
	struct window window = from->window;
	struct buf text;

	window.by = WINDOW_BY_UPDATED;
	window.empty_until_us = 0;
	buf_init(&text, LINES_LONGEST);
	bool done = window_write(&window, &text, why) &&
		    fetch_queue_add(&f->queue, &window, buf_slice(&text), why);
	f->queue.progress.windows--; /* it was added before */
	buf_free(&text);
	return done;
}

static void
add_progress(struct fetch_queue *q, int64_t windows, int64_t lines)
{
	q->sealed_windows += windows;
	q->sealed_rows += lines;
	q->progress.windows_counted += windows;
	q->progress.windows_sealed += windows;
	q->progress.rows_counted += lines;
	q->progress.rows += lines;
	q->progress.calls = qbo_client_calls(q->jobs.qbo);
}

static bool
read_changes(struct fetching *f, struct failure *why)
{
	struct change_output *output = &f->log.output;

	output->windows = output->rows = 0;
	bool done = change_log_read(&f->log, &f->changes, why);
	add_progress(&f->queue, output->windows, output->rows);
	return done;
}

static bool
read_directs(struct fetching *f, struct failure *why)
{
	struct direct_reader *reader = &f->direct;

	reader->windows = reader->rows = 0;
	bool done = direct_reader_read(reader, &f->directs, why);
	add_progress(&f->queue, reader->windows, reader->rows);
	return done;
}

/* All before them is read. */
static bool
read_kept(struct fetching *f, struct failure *why)
{
	struct fetch_queue *q = &f->queue;

	if ((f->changes.count && !read_changes(f, why)) ||
	    !read_directs(f, why))
		return false;
	for (size_t i = 0; i < f->changes.count; i++)
		if (f->changes.at[i].state == CHANGE_BY_QUERY &&
		    !add_by_query(f, &f->changes.at[i], why))
			return false;
	change_windows_clear(&f->changes);
	direct_windows_clear(&f->directs);
	if (f->kept_ended)
		scan_queue_add_end(&q->scans);
	f->kept_ended = false;
	return true;
}

/* An invalid ticket ends the input; the windows before it are still read. */
static bool
fetch_all(struct fetching *f, struct failure *why)
{
	struct scan_queue *scans = &f->queue.scans;
	struct failure ticket = { 0 };
	bool more = true;

	for (;;) {
		if (more)
			more = take_tickets(f, &ticket);
		bool waits =
			!more || kept_are_due(f) || !scan_queue_has_room(scans);
		if (waits)
			scan_queue_close_run(scans);
		if (scan_queue_is_empty(scans) && count_kept(f) && waits) {
			if (!read_kept(f, why))
				return false;
			continue;
		}
		if (scan_queue_is_empty(scans))
			break;
		if (!fetch_queue_work(&f->queue, waits ? -1 : f->in.in.fd, why))
			return false;
		fetch_status_tell(&f->status, &f->queue.progress,
				  &f->queue.absent, false);
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
fetch(struct fetching *f, struct failure *why)
{
	struct fetch_queue *queue = &f->queue;

	if (plan && no_count) {
		fail(why, FAILURE_USAGE,
		     "--plan needs counts, which --no-count skips");
		return fail_next(why, "leave one of them out");
	}
	if (status_file && !fetch_status_open(&f->status, status_file, why))
		return false;
	queue->jobs.most = jobs;
	queue->policy = (struct scan_policy){ .page_size = page_size,
					      .most_rows = scan_rows,
					      .counts = !no_count,
					      .whole_windows = keep_going };
	queue->keep_going = queue->output.hold = keep_going;
	queue->plan = plan;
	if (!direct_reader_init(&f->direct, &f->out, currencies, why))
		return false;
	f->direct.page_size = page_size;
	f->direct.keep_going = keep_going;
	f->direct.plan = plan;
	f->direct.absent = &queue->absent;
	f->direct.failed = &queue->failed;
	f->log.qbo = queue->jobs.qbo = f->direct.qbo = qbo_client_open(why);
	bool done = queue->jobs.qbo &&
		    include_set(qbo_client_include(queue->jobs.qbo), include,
				why) &&
		    fetch_all(f, why) &&
		    (!plan || end_plan(queue, &f->out, why));
	if (queue->jobs.qbo)
		queue->progress.calls = qbo_client_calls(queue->jobs.qbo);
	fetch_status_tell(&f->status, &queue->progress, &queue->absent, true);
	fetch_status_close(&f->status);
	return done;
}

int
main(int argc, char *argv[])
{
	static struct fetching f;
	struct failure why = { 0 };
	int used;

	log_begin("qb-fetch");
	lines_out_init(&f.out, STDOUT_FILENO);
	tickets_init(&f.in, STDIN_FILENO, &f.out);
	fetch_queue_init(&f.queue, &f.out);
	change_windows_init(&f.changes);
	direct_windows_init(&f.directs);
	change_log_init(&f.log, &f.out);
	fetch_status_init(&f.status);
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why)) {
		log_verbose(verbose);
		fetch(&f, &why);
		failed_windows_report(&f.queue.failed, &why);
		absent_entities_report(&f.queue.absent, &why);
		lines_finish(&f.out, &why);
	}
	direct_reader_free(&f.direct);
	direct_windows_free(&f.directs);
	change_log_free(&f.log);
	qbo_client_close(f.queue.jobs.qbo);
	change_windows_free(&f.changes);
	fetch_queue_free(&f.queue);
	tickets_free(&f.in);
	lines_out_free(&f.out);
	return log_failure(&why);
}
