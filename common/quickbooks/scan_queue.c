#include "quickbooks/scan_queue.h"

enum {
	MOST_WINDOWS = 2 * WINDOW_RUN_MOST, /* in 4 MB */
	MOST_SCANS = 64,
};

void
scan_queue_init(struct scan_queue *q)
{
	*q = (struct scan_queue){ 0 };
}

static void
free_open_run(struct scan_queue *q)
{
	if (!q->open)
		return;
	window_run_free(q->open);
	free(q->open);
	q->open = NULL;
}

void
scan_queue_free(struct scan_queue *q)
{
	while (q->first)
		scan_queue_remove_first(q);
	free_open_run(q);
}

bool
scan_queue_is_empty(const struct scan_queue *q)
{
	return !q->first && !q->open;
}

bool
scan_queue_has_room(const struct scan_queue *q)
{
	int scans = 0;

	for (const struct scan *scan = q->first; scan; scan = scan->next)
		scans++;
	return q->windows < MOST_WINDOWS && scans < MOST_SCANS;
}

static void
append(struct scan_queue *q, struct scan *scan)
{
	struct scan **last = &q->first;

	while (*last)
		last = &(*last)->next;
	*last = scan;
}

void
scan_queue_close_run(struct scan_queue *q)
{
	struct window_run *run = q->open;

	if (!run)
		return;
	const struct time_range range = {
		window_run_at(run, 0)->start_us,
		window_run_at(run, run->count - 1)->end_us,
	};
	q->open = NULL;
	append(q, scan_new(run, range));
}

bool
scan_queue_add(struct scan_queue *q, const struct window *window,
	       struct slice text, bool join, struct failure *why)
{
	if (q->open && (!join || !window_run_takes(q->open, window)))
		scan_queue_close_run(q);
	if (!q->open) {
		q->open = base_realloc(NULL, sizeof(*q->open));
		window_run_init(q->open);
	}
	if (!window_run_add(q->open, window, text, why)) {
		if (!q->open->count)
			free_open_run(q);
		return false;
	}
	q->windows++;
	return true;
}

void
scan_queue_add_end(struct scan_queue *q)
{
	scan_queue_close_run(q);
	append(q, scan_new_end());
}

void
scan_queue_remove_first(struct scan_queue *q)
{
	struct scan *scan = q->first;

	q->first = scan->next;
	if (scan->run && scan->run->scans == 1)
		q->windows -= (int64_t)scan->run->count;
	scan_free(scan);
}
