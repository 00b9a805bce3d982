/*
 * driftrun.h - tickets, options and a company, all drawn from one seed, through
 * fetch_queue.c.
 */
#ifndef DRIFTRUN_H
#define DRIFTRUN_H

#include <stdarg.h>

#include "driftclient.h"

enum { MOST_TICKETS = 24, MOST_SEALS = 400 };

struct ticket {
	struct window window;
	char text[256];
	bool ends_stream; /* an end comes after it */
	int added;        /* step */
	bool sealed;      /* whole */
};

struct run {
	struct qbo_client qbo;
	struct ticket tickets[MOST_TICKETS];
	int count, added;
	int seal_steps[MOST_SEALS]; /* when each was written */
	int seals;
	struct scan_policy policy;
	int64_t jobs;
	bool keep_going, young;
	bool plain;       /* nothing goes wrong */
	int64_t young_us; /* rows may enter after that */
	int64_t failed_windows;
	bool done;
	struct failure why;
};

static struct run run;
static unsigned seed;
static int bad;

__attribute__((format(printf, 1, 2))) static void
complain(const char *fmt, ...)
{
	va_list args;

	bad++;
	printf("# seed %u by %d%s%s%s: ", seed, (int)run.qbo.by,
	       run.qbo.unsorted ? " unsorted" : "",
	       run.keep_going ? " keep-going" : "",
	       run.qbo.undated ? " undated" : "");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* --- a company and tickets ----------------------------------------------- */

static bool
one_in(int n)
{
	return !draw(&run.qbo, n);
}

static void
make_ticket(int64_t *at_us, const char **entity)
{
	struct qbo_client *q = &run.qbo;
	struct ticket *t = &run.tickets[run.count++];
	char start[CLOCK_TEXT], end[CLOCK_TEXT];
	int64_t unit_us = q->unit_us;

	if (one_in(10))
		*at_us += unit_us * draw(q, 9); /* a gap */
	else if (one_in(12) && *at_us > q->first_us + 9 * unit_us)
		*at_us -= unit_us * draw(q, 9); /* again */
	if (one_in(10))
		*entity = drift_entities[draw(q, 2)];
	clock_format(*at_us, start);
	*at_us += unit_us * (1 + draw(q, one_in(3) ? 60 : 8));
	clock_format(*at_us, end);
	snprintf(t->text, sizeof(t->text),
		 "{\"entity\":\"%s\",\"by\":\"%s\",\"start\":\"%s\","
		 "\"end\":\"%s\",\"no\":%d,\"of\":9%s%s}",
		 *entity, window_by_name(q->by), start, end, run.count,
		 one_in(3) ? ",\"more\":{\"than\":[\"that\"]}" : "",
		 one_in(4) ? ",\"provisional\":true" : "");
	t->ends_stream = one_in(8);
}

static void
make_tickets(void)
{
	struct qbo_client *q = &run.qbo;
	const char *entity = drift_entities[0];
	int64_t at_us = q->first_us;
	int wanted = 1 + draw(q, MOST_TICKETS);
	struct failure why = { 0 };

	while (run.count < wanted &&
	       (!run.count || at_us < clock_now_us() - 70 * CLOCK_SECOND))
		make_ticket(&at_us, &entity);
	run.tickets[run.count - 1].ends_stream = true;
	for (int i = 0; i < run.count; i++) {
		struct ticket *t = &run.tickets[i];

		if (!window_parse(&t->window, slice_of(t->text), &why))
			complain("%s", why.text);
		if (t->window.end_us > q->first_us + q->length_us)
			q->length_us = t->window.end_us - q->first_us;
	}
}

static void
make_server(void)
{
	struct qbo_client *q = &run.qbo;

	q->unsorted = one_in(12);
	q->odd_pages = one_in(3) ? draw(q, 3) : 0;
	q->fail_kind = one_in(2) ? FAILURE_LATER : FAILURE_REFUSED;
	if (!run.plain) {
		q->failures = one_in(6);
		q->own_failures = one_in(3) ? draw(q, 4) : 0;
		if (one_in(10))
			q->bad_count_us = draw_time(q);
	}
	if (one_in(4))
		q->slow_count_us = q->unit_us * (1 + draw(q, 60));
	if (one_in(4))
		q->slow_page = 1 + draw(q, 5);
	q->leaving = one_in(2) ? draw(q, 6) : 0;
	if (q->by == WINDOW_BY_TXN_DATE) {
		q->entering = one_in(2) ? draw(q, 4) : 0;
		q->moving = one_in(3) ? 0 : draw(q, 10);
	}
}

static void
make_rows(void)
{
	struct qbo_client *q = &run.qbo;
	int rows = draw(q, one_in(3) ? 120 : 30);
	int bad_rows = !run.plain && one_in(3) ? 1 + draw(q, 3) : 0;
	bool undated = q->undated = one_in(8);

	for (int i = 0; i < rows; i++) {
		bool is_bad = bad_rows && one_in(rows / 2 + 1);

		bad_rows -= is_bad;
		add_row(q, is_bad, undated && !is_bad && one_in(4));
	}
}

static void
make_run(void)
{
	struct qbo_client *q = &run.qbo;
	static const int64_t sizes[] = { 1, 2, 3, 5, 7, 10, 20, 60, 1000 };
	memset(&run, 0, sizeof(run));
	q->random = (uint64_t)seed << 32;
	q->step = 1;
	run.plain = one_in(2);
	run.keep_going = one_in(2);
	q->by = draw(q, 3);
	q->unit_us = q->by == WINDOW_BY_TXN_DATE ? CLOCK_DAY
		     : one_in(5)                 ? CLOCK_SECOND / 2
						 : CLOCK_SECOND;
	q->tied_units = 1 + draw(q, 40);
	q->first_us = INT64_C(1735689600) * CLOCK_SECOND; /* 2025-01-01 */
	run.young = q->by == WINDOW_BY_UPDATED && one_in(6);
	if (run.young) {
		q->first_us = clock_now_us() / CLOCK_SECOND * CLOCK_SECOND -
			      (300 + draw(q, 1500)) * CLOCK_SECOND;
		q->late = draw(q, 4);
	}
	run.young_us = clock_now_us() - 890 * CLOCK_SECOND;
	run.policy = (struct scan_policy){
		.page_size = sizes[draw(q, LENGTH(sizes))],
		.most_rows = sizes[draw(q, LENGTH(sizes))],
		.counts = !one_in(5),
		.whole_windows = run.keep_going,
	};
	run.jobs = 1 + draw(q, FETCH_MOST_JOBS);
	make_tickets();
	make_rows();
	make_server();
}

/* --- reading ------------------------------------------------------------- */

/* As tools/qb-fetch.c does, with tickets that come slowly. */
static bool
take_tickets(struct fetch_queue *queue, bool slowly)
{
	while (run.added < run.count && scan_queue_has_room(&queue->scans)) {
		struct ticket *t = &run.tickets[run.added];

		if (slowly && one_in(3)) {
			if (!queue->scans.first)
				scan_queue_close_run(&queue->scans);
			break;
		}
		t->added = run.qbo.step;
		run.added++;
		if (!fetch_queue_add(queue, &t->window, slice_of(t->text),
				     &run.why))
			return false;
		if (t->ends_stream)
			scan_queue_add_end(&queue->scans);
	}
	if (run.added == run.count)
		scan_queue_close_run(&queue->scans);
	return true;
}

static void
note_seals(const struct fetch_queue *queue)
{
	while (run.seals < queue->progress.windows_sealed &&
	       run.seals < MOST_SEALS)
		run.seal_steps[run.seals++] = run.qbo.step;
}

static void
read_all(FILE *file)
{
	static struct fetch_queue queue;
	struct lines_out out;
	bool slowly = one_in(2), done = true;

	lines_out_init(&out, fileno(file));
	fetch_queue_init(&queue, &out);
	queue.jobs.qbo = &run.qbo;
	queue.jobs.most = run.jobs;
	queue.policy = run.policy;
	queue.keep_going = queue.output.hold = run.keep_going;
	while (done &&
	       (run.added < run.count || !scan_queue_is_empty(&queue.scans))) {
		done = take_tickets(&queue, slowly) &&
		       fetch_queue_work(&queue, -1, &run.why);
		note_seals(&queue);
	}
	run.done = done;
	run.failed_windows = queue.failed.count;
	failed_windows_report(&queue.failed, &run.why);
	lines_finish(&out, &run.why);
	fetch_queue_free(&queue);
	lines_out_free(&out);
	rewind(file);
}

#endif
