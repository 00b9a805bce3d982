/*
 * covers: scan scan_queue window_run
 *
 * How a range is split: what is so young that rows may still show up in it is
 * read apart from the rest, where that takes several pages.
 */
#include "base/clock.h"
#include "quickbooks/scan_queue.h"
#include "tap.h"

enum {
	DAYS = 3,
	LATE_S = 900, /* so long may a change take to show up: QUIRKS.md */
	MOST_PARTS = 50,
};

static const struct scan_policy policy = { .page_size = 1000,
					   .most_rows = 20000,
					   .counts = true };

/* Windows of `days` days each that touch, the last one ends now. */
static void
add_windows(struct scan_queue *queue, int count, int days, const char *by)
{
	int64_t now_us = clock_now_us();
	struct failure why = { 0 };
	char text[300], start[CLOCK_TEXT], end[CLOCK_TEXT];
	struct window window;

	scan_queue_init(queue);
	now_us -= now_us % (strcmp(by, "updated") ? CLOCK_DAY : CLOCK_SECOND);
	for (int no = 1; no <= count; no++) {
		int64_t end_us = now_us - (count - no) * days * CLOCK_DAY;

		clock_format(end_us - days * CLOCK_DAY, start);
		clock_format(end_us, end);
		snprintf(text, sizeof(text),
			 "{\"entity\":\"Invoice\",\"by\":\"%s\",\"start\":"
			 "\"%s\",\"end\":\"%s\",\"no\":%d,\"of\":%d}",
			 by, start, end, no, count);
		if (!window_parse(&window, slice_of(text), &why) ||
		    !scan_queue_add(queue, &window, slice_of(text), true, &why))
			printf("# %s\n", why.text);
	}
	scan_queue_close_run(queue);
}

static bool
lies_across(const struct scan *scan, int64_t at_us)
{
	return scan->range.start_us < at_us - CLOCK_SECOND &&
	       scan->range.end_us > at_us + 5 * CLOCK_SECOND;
}

/* Each part is counted, of `rows` rows in all that are spread evenly; *across:
 * those that are read with the young and the old in them.  Returns how many
 * parts there are. */
static int
count_parts(struct scan_queue *queue, int64_t rows, int *across)
{
	int64_t now_ms = clock_monotonic_ms();
	int64_t young_us = clock_now_us() - LATE_S * CLOCK_SECOND;
	int64_t row_us = DAYS * CLOCK_DAY / rows;
	int parts = 0;

	*across = 0;
	for (; queue->first && parts < MOST_PARTS; parts++) {
		struct scan *scan = queue->first;

		scan_begin(scan, &policy, now_ms);
		while (scan->reader.state == READER_COUNTING)
			scan_take_count(
				scan, &policy,
				(scan->range.end_us - scan->range.start_us) /
					row_us,
				now_ms);
		*across += lies_across(scan, young_us);
		scan_queue_remove_first(queue);
	}
	scan_queue_free(queue);
	return parts;
}

static void
young(void)
{
	struct scan_queue queue;
	int across;

	add_windows(&queue, 1, DAYS, "updated");
	ok(count_parts(&queue, 5000, &across) == 2,
	   "a window that ends now, five pages: two parts");
	ok(!across, "the young part is read apart");

	add_windows(&queue, DAYS, 1, "updated");
	ok(count_parts(&queue, 5000, &across) > 1 && !across,
	   "several windows: apart, too");

	add_windows(&queue, DAYS, 1, "updated");
	ok(count_parts(&queue, policy.page_size, &across) == 1,
	   "what one page holds is read at once");

	add_windows(&queue, DAYS, 1, "txn-date");
	ok(count_parts(&queue, 5000, &across) == 1,
	   "by date rows may enter anywhere: nothing is read apart");
}

int
main(void)
{
	young();
	return tap_done();
}
