#include "quickbooks/scan_output.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/row_time.h"

void
scan_output_init(struct scan_output *o, struct lines_out *out)
{
	*o = (struct scan_output){ .hold = false };
	fetch_output_init(&o->lines, out);
	held_rows_init(&o->held);
}

void
scan_output_free(struct scan_output *o)
{
	fetch_output_free(&o->lines);
	held_rows_free(&o->held);
}

bool
scan_output_holds(const struct scan_output *o, const struct scan *scan)
{
	return o->hold || !scan->one_window;
}

void
scan_output_drop(struct scan_output *o)
{
	held_rows_clear(&o->held);
}

/* --- rows in ------------------------------------------------------------- */

static bool
hold_row(struct scan_output *o, const struct scan *scan,
	 const struct response_row *row, int64_t at_us, struct failure *why)
{
	struct slice record;
	size_t id_at;

	if (!fetch_output_make_record(&o->lines, row, &record, &id_at, why))
		return false;
	const struct held_row held = {
		.at_us = at_us,
		/* a scan has at most 10,000 windows, and lines are bounded */
		.window = (uint32_t)window_run_find(scan->run, at_us),
		.page = (uint32_t)scan->pages,
		.id_at = (uint32_t)id_at,
		.id_length = (uint32_t)row->id.len,
	};
	return held_rows_add(&o->held, &held, record, why);
}

static bool
take_row(struct scan_output *o, struct scan *scan,
	 const struct query_response *page, const struct response_row *row,
	 struct failure *why)
{
	int64_t at_us;

	switch (row_time_place(scan, page, row, &at_us, why)) {
	case ROW_REFUSED:
		return false;
	case ROW_LEFT:
		return true;
	case ROW_UNDATED:
		scan->has_undated_row = true;
		break;
	case ROW_HERE:
		break;
	}
	if (!scan_reader_row(&scan->reader, row->id))
		return true;
	if (scan_output_holds(o, scan))
		return hold_row(o, scan, row, at_us, why);
	size_t window = window_run_find(scan->run, scan->range.start_us);
	return fetch_output_write_row(
		&o->lines, window_run_text(scan->run, window), row, why);
}

bool
scan_output_take_page(struct scan_output *o, struct scan *scan,
		      const char *realm, const struct qbo_call *call,
		      const struct reader_question *question,
		      struct failure *why)
{
	const struct query_response *page = &call->response;
	const struct window first = scan_as_window(scan);
	char now[CLOCK_TEXT];

	clock_format(clock_now_us(), now);
	struct fetch_page origin = {
		.realm = realm,
		.no = ++scan->pages,
		.size = question->most,
		.at = page->time.at ? page->time : slice_of(now),
		.url = buf_slice(&call->url),
		.query = buf_slice(&call->statement),
		.include = call->include,
	};
	if (!fetch_output_start_page(&o->lines, &origin, why))
		return false;
	for (size_t i = 0; i < page->row_count; i++)
		if (!take_row(o, scan, page, &page->rows[i], why))
			return false;
	log_info("page fetched entity=%s window=%" PRId64 "/%" PRId64
		 " page=%" PRId64 " start=%" PRId64 " rows=%zu ms=%" PRId64,
		 first.entity->name, first.no, first.of, scan->pages,
		 question->start, page->row_count, call->took_ms);
	return true;
}

/* --- windows out --------------------------------------------------------- */

static size_t
first_window(const struct scan *scan)
{
	return window_run_find(scan->run, scan->range.start_us);
}

static size_t
last_window(const struct scan *scan)
{
	return window_run_find(scan->run, scan->range.end_us - 1);
}

static struct fetch_scan
evidence(const struct scan *scan)
{
	const struct scan_reader *reader = &scan->reader;

	return (struct fetch_scan){
		.range = scan->range,
		.windows =
			(int64_t)(last_window(scan) - first_window(scan)) + 1,
		.count_before = reader->count_before,
		.count_after = reader->count_after,
		.rows = reader->written,
		.left = reader->left,
		.unreadable = reader->unreadable,
		.calls = scan->calls,
	};
}

static bool
write_seal(struct scan_output *o, struct scan *scan,
	   const struct window *window, struct slice text, const char *realm,
	   const struct fetch_seal *seal, const struct fetch_scan *proof,
	   int64_t *windows, int64_t *rows, struct failure *why)
{
	int64_t count = fetch_output_rows(&o->lines);

	if (!fetch_output_write_seal(&o->lines, text, realm, seal, proof, why))
		return false;
	++*windows;
	*rows += count;
	log_info("window sealed entity=%s window=%" PRId64 "/%" PRId64
		 " rows=%" PRId64 " left=%" PRId64 " pages=%" PRId64
		 " passes=%d calls=%" PRId64,
		 window->entity->name, window->no, window->of, count,
		 seal->left, seal->pages, scan->reader.pass, seal->calls);
	return true;
}

/* Of the one window that the scan lies in, or of its last part. */
static bool
finish_written(struct scan_output *o, struct scan *scan, const char *realm,
	       int64_t *windows, int64_t *rows, struct failure *why)
{
	size_t i = first_window(scan);
	const struct window *window = window_run_at(scan->run, i);
	struct fetch_scan part = evidence(scan);
	bool counted = part.count_after >= 0;

	if (o->scan.windows) { /* not the first part */
		part.range.start_us = o->scan.range.start_us;
		part.count_before += counted ? o->scan.count_before : 0;
		part.count_after += counted ? o->scan.count_after : 0;
		part.rows += o->scan.rows;
		part.left += o->scan.left;
		part.calls += o->scan.calls;
	}
	o->scan = part;
	o->seal.pages += scan->reader.pages;
	if (scan->range.end_us < window->end_us)
		return true;
	o->seal.count_before = part.count_before;
	o->seal.count_after = part.count_after;
	o->seal.left = part.left;
	o->seal.calls = part.calls;
	bool done = write_seal(o, scan, window, window_run_text(scan->run, i),
			       realm, &o->seal, &o->scan, windows, rows, why);
	o->seal = (struct fetch_seal){ 0 };
	o->scan = (struct fetch_scan){ 0 };
	return done;
}

/* Write the rows of `window`, which is one of the run or a part of one, from
 * the row *next on; rows before its start are left out. */
static bool
write_window_rows(struct scan_output *o, const struct scan *scan,
		  const struct window *window, struct slice text, size_t i,
		  size_t *next, struct fetch_seal *seal, struct failure *why)
{
	struct held_rows *held = &o->held;
	uint32_t page = 0;

	for (; *next < held->count && held->rows[*next].window == i; ++*next) {
		const struct held_row *row = &held->rows[*next];
		struct slice record;

		if (row->at_us < window->start_us ||
		    row->at_us >= window->end_us)
			continue;
		if (!held_rows_read(held, *next, &record, why))
			return false;
		if (scan->reader.left &&
		    !scan_reader_stayed(&scan->reader,
					held_row_id(row, record)))
			seal->left++;
		if (row->page != page)
			seal->pages++;
		page = row->page;
		if (!fetch_output_write_record(&o->lines, text, record, why))
			return false;
	}
	return true;
}

struct finishing {
	struct scan *scan;
	const char *realm;
	struct fetch_scan proof;
	int64_t calls; /* not yet in a seal */
	int64_t *windows, *rows;
};

/* Write and seal a window, or a part of it; its rows begin at `from`. */
static bool
finish_window(struct scan_output *o, struct finishing *f,
	      const struct window *window, struct slice text, size_t i,
	      size_t from, struct failure *why)
{
	struct fetch_seal seal = { .count_before = -1,
				   .count_after = -1,
				   .calls = f->calls };

	if (!write_window_rows(o, f->scan, window, text, i, &from, &seal, why))
		return false;
	/* the rows that were counted, as far as they are this window's */
	if (f->proof.count_after >= 0)
		seal.count_before = seal.count_after =
			fetch_output_rows(&o->lines) - seal.left;
	f->calls = 0;
	return write_seal(o, f->scan, window, text, f->realm, &seal, &f->proof,
			  f->windows, f->rows, why);
}

/* The parts of a window between gaps. */
static bool
finish_parts(struct scan_output *o, struct finishing *f,
	     const struct time_ranges *gaps, size_t i, size_t from,
	     struct failure *why)
{
	struct window part = *window_run_at(f->scan->run, i);
	int64_t end_us = part.end_us;
	struct buf text;
	bool done = true;

	buf_init(&text, 1024);
	for (size_t g = 0; done && part.start_us < end_us; g++) {
		bool gap = g < gaps->count;

		if (gap && gaps->ranges[g].end_us <= part.start_us)
			continue;
		part.end_us = gap && gaps->ranges[g].start_us < end_us
				      ? gaps->ranges[g].start_us
				      : end_us;
		buf_clear(&text);
		if (part.start_us < part.end_us)
			done = window_write(&part, &text, why) &&
			       finish_window(o, f, &part, buf_slice(&text), i,
					     from, why);
		if (part.end_us == end_us)
			break;
		part.start_us = gaps->ranges[g].end_us;
	}
	buf_free(&text);
	return done;
}

static bool
finish_held(struct scan_output *o, struct finishing *f,
	    const struct time_ranges *gaps, struct failure *why)
{
	struct window_run *run = f->scan->run;
	size_t last = last_window(f->scan), from = 0;

	if (!held_rows_sort(&o->held, why))
		return false;
	for (size_t i = first_window(f->scan); i <= last; i++) {
		const struct window *window = window_run_at(run, i);
		const struct time_range range = { window->start_us,
						  window->end_us };
		struct time_range before;

		/* is there a gap in it? */
		bool cut = gaps->count &&
			   (!time_ranges_gap(gaps, range, &before) ||
			    before.start_us != range.start_us ||
			    before.end_us != range.end_us);
		if (!(cut ? finish_parts(o, f, gaps, i, from, why)
			  : finish_window(o, f, window, window_run_text(run, i),
					  i, from, why)))
			return false;
		while (from < o->held.count && o->held.rows[from].window == i)
			from++;
	}
	held_rows_clear(&o->held);
	return true;
}

bool
scan_output_finish(struct scan_output *o, struct scan *scan, const char *realm,
		   const struct time_ranges *gaps, int64_t *windows,
		   int64_t *rows, struct failure *why)
{
	struct finishing f = { scan,        realm,   evidence(scan),
			       scan->calls, windows, rows };

	if (!scan_output_holds(o, scan))
		return finish_written(o, scan, realm, windows, rows, why);
	return finish_held(o, &f, gaps, why);
}

static int
compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

bool
scan_output_times(struct scan_output *o, const struct scan *scan,
		  int64_t **times, size_t *count, struct failure *why)
{
	struct held_rows *held = &o->held;

	*count = 0;
	*times = base_realloc(NULL, (held->count + 1) * sizeof(**times));
	if (!held_rows_sort(held, why))
		return false;
	for (size_t i = 0; i < held->count; i++) {
		struct slice record;

		if (!held_rows_read(held, i, &record, why))
			return false;
		if (scan_reader_stayed(&scan->reader,
				       held_row_id(&held->rows[i], record)))
			(*times)[(*count)++] = held->rows[i].at_us;
	}
	qsort(*times, *count, sizeof(**times), compare_times);
	return true;
}
