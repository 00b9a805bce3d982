#include "turn.h"
#include "diag.h"
#include "past.h"

enum { MOST_WINDOW_TEXT = 64 * 1024 };

void
turn_init(struct turn *turn)
{
	buf_init(&turn->text, MOST_WINDOW_TEXT);
}

void
turn_free(struct turn *turn)
{
	reading_free(&turn->reading);
	buf_free(&turn->text);
}

bool
turn_begin(struct turn *turn, const struct window *window, struct slice text,
	   int64_t page_size, bool counts, struct failure *why)
{
	bool may_enter = window->by == WINDOW_BY_TXN_DATE;

	turn->is_end = turn->missed = false;
	turn->window = *window;
	turn->pages = turn->asked = turn->answered = 0;
	buf_clear(&turn->text);
	if (!buf_add_slice(&turn->text, text, why) ||
	    !past_cut(&turn->window, &turn->text, why))
		return false;
	reading_init(&turn->reading, page_size, counts, may_enter);
	return true;
}

void
turn_begin_end(struct turn *turn)
{
	turn->is_end = true;
}

bool
turn_write_page(struct turn *turn, struct fetched *to, const char *realm,
		const struct qbo_call *call,
		const struct reading_question *question, struct failure *why)
{
	const struct response *page = &call->response;
	char now[CLOCK_SPELLED];

	clock_spell(clock_now_us(), now);
	struct fetched_page lead = {
		.window = buf_slice(&turn->text),
		.realm = realm,
		.no = ++turn->pages,
		.size = question->most,
		.at = page->time.at ? page->time : slice_of(now),
		.url = buf_slice(&call->url),
		.query = buf_slice(&call->statement),
	};
	if (!fetched_begin_page(to, &lead, why))
		return false;
	for (size_t i = 0; i < page->row_count; i++)
		if (reading_row(&turn->reading, page->rows[i].id) &&
		    !fetched_write_row(to, &page->rows[i], why))
			return false;
	diag_say("page fetched window=%" PRId64 "/%" PRId64 " page=%" PRId64
		 " start=%" PRId64 " rows=%zu ms=%" PRId64,
		 turn->window.no, turn->window.of, turn->pages, question->start,
		 page->row_count, call->took_ms);
	return true;
}

bool
turn_write_seal(struct turn *turn, struct fetched *to, const char *realm,
		struct failure *why)
{
	const struct reading *reading = &turn->reading;

	if (!fetched_write_seal(to, buf_slice(&turn->text), realm, reading,
				why))
		return false;
	diag_say("window sealed entity=%s window=%" PRId64 "/%" PRId64
		 " rows=%" PRId64 " left=%" PRId64 " pages=%" PRId64
		 " passes=%d",
		 turn->window.entity->name, turn->window.no, turn->window.of,
		 reading->written, reading->left, reading->pages,
		 reading->pass);
	return true;
}

bool
turn_fail_shifted(const struct turn *turn, struct failure *why)
{
	const struct reading *r = &turn->reading;

	fail(why, FAILURE_LATER,
	     "it changed in each of %d passes: in the last one %" PRId64
	     " rows were counted before, %" PRId64 " came, %" PRId64
	     " were counted after",
	     READING_PASSES, r->count_before, r->pass_rows, r->count_after);
	return turn_fail_in(turn, why);
}

bool
turn_fail_in(const struct turn *turn, struct failure *why)
{
	return window_fail_in(&turn->window, why);
}
