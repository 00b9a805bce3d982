#include "quickbooks/window_fetch.h"
#include "base/log.h"
#include "quickbooks/window_end.h"

enum { MOST_WINDOW_TEXT = 64 * 1024 };

void
window_fetch_init(struct window_fetch *fetch)
{
	buf_init(&fetch->text, MOST_WINDOW_TEXT);
}

void
window_fetch_free(struct window_fetch *fetch)
{
	window_reader_free(&fetch->reader);
	buf_free(&fetch->text);
}

bool
window_fetch_begin(struct window_fetch *fetch, const struct window *window,
		   struct slice text, int64_t page_size, bool counts,
		   struct failure *why)
{
	bool rows_may_enter = window->by == WINDOW_BY_TXN_DATE;

	fetch->is_end = fetch->failed = false;
	fetch->window = *window;
	fetch->pages = fetch->questions_sent = fetch->responses_taken = 0;
	buf_clear(&fetch->text);
	if (!buf_add_slice(&fetch->text, text, why) ||
	    !window_end_clamp(&fetch->window, &fetch->text, why))
		return false;
	window_reader_init(&fetch->reader, page_size, counts, rows_may_enter);
	return true;
}

void
window_fetch_begin_end(struct window_fetch *fetch)
{
	fetch->is_end = true;
}

bool
window_fetch_write_page(struct window_fetch *fetch, struct fetch_output *to,
			const char *realm, const struct qbo_call *call,
			const struct reader_question *question,
			struct failure *why)
{
	const struct query_response *page = &call->response;
	char now[CLOCK_TEXT];

	clock_format(clock_now_us(), now);
	struct fetch_page origin = {
		.window = buf_slice(&fetch->text),
		.realm = realm,
		.no = ++fetch->pages,
		.size = question->most,
		.at = page->time.at ? page->time : slice_of(now),
		.url = buf_slice(&call->url),
		.query = buf_slice(&call->statement),
	};
	if (!fetch_output_start_page(to, &origin, why))
		return false;
	for (size_t i = 0; i < page->row_count; i++)
		if (window_reader_row(&fetch->reader, page->rows[i].id) &&
		    !fetch_output_write_row(to, &page->rows[i], why))
			return false;
	log_info("page fetched window=%" PRId64 "/%" PRId64 " page=%" PRId64
		 " start=%" PRId64 " rows=%zu ms=%" PRId64,
		 fetch->window.no, fetch->window.of, fetch->pages,
		 question->start, page->row_count, call->took_ms);
	return true;
}

bool
window_fetch_write_seal(struct window_fetch *fetch, struct fetch_output *to,
			const char *realm, struct failure *why)
{
	const struct window_reader *reader = &fetch->reader;

	if (!fetch_output_write_seal(to, buf_slice(&fetch->text), realm, reader,
				     why))
		return false;
	log_info("window sealed entity=%s window=%" PRId64 "/%" PRId64
		 " rows=%" PRId64 " left=%" PRId64 " pages=%" PRId64
		 " passes=%d",
		 fetch->window.entity->name, fetch->window.no, fetch->window.of,
		 reader->written, reader->left, reader->pages, reader->pass);
	return true;
}

bool
window_fetch_fail_shifted(const struct window_fetch *fetch, struct failure *why)
{
	const struct window_reader *r = &fetch->reader;

	fail(why, FAILURE_LATER,
	     "it changed in each of %d passes: in the last one %" PRId64
	     " rows were counted before, %" PRId64 " came, %" PRId64
	     " were counted after",
	     READER_PASSES, r->count_before, r->pass_rows, r->count_after);
	return window_fetch_fail_in(fetch, why);
}

bool
window_fetch_fail_in(const struct window_fetch *fetch, struct failure *why)
{
	return window_fail_in(&fetch->window, why);
}
