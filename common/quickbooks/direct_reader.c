#include "quickbooks/direct_reader.h"
#include "base/clock.h"
#include "base/log.h"

enum { MOST_WINDOW_BYTES = 1024 };

bool
direct_reader_init(struct direct_reader *r, struct lines_out *out,
		   const char *currencies, struct failure *why)
{
	*r = (struct direct_reader){ .out = out,
				     .answered_since_failure = true };
	fetch_output_init(&r->lines, out);
	whole_reading_init(&r->reading);
	report_reader_init(&r->reports, out);
	return rates_reading_init(&r->rates, currencies, why);
}

void
direct_reader_free(struct direct_reader *r)
{
	fetch_output_free(&r->lines);
	whole_reading_free(&r->reading);
	rates_reading_free(&r->rates);
	report_reader_free(&r->reports);
}

/* --- what is read whole --------------------------------------------------- */

/* Is something that the table has not in the reading? */
static bool
is_some_gone(const struct direct_reader *r, const struct direct_window *w)
{
	for (size_t i = 0; i < w->known.count; i++)
		if (!whole_reading_has(&r->reading, w->known.all[i].id))
			return true;
	return false;
}

static bool
write_rows(struct direct_reader *r, const struct direct_window *w,
	   struct fetch_seal *seal, struct failure *why)
{
	const struct whole_reading *all = &r->reading;

	for (size_t i = 0; i < all->count; i++) {
		struct slice id = whole_reading_id(all, i);

		if (!whole_reading_has(all, id))
			continue;
		seal->whole_rows++;
		if (ticket_rows_has(&w->known, w->window.entity, id,
				    whole_reading_payload(all, i))) {
			seal->whole_known++;
			continue;
		}
		if (!fetch_output_write_record(&r->lines, buf_slice(&w->text),
					       whole_reading_record(all, i),
					       why))
			return false;
	}
	return true;
}

static bool
write_gone(struct direct_reader *r, const struct direct_window *w,
	   struct fetch_seal *seal, struct failure *why)
{
	for (size_t i = 0; i < w->known.count; i++) {
		const struct gone gone = {
			.id = w->known.all[i].id,
			.at = whole_reading_time(&r->reading),
			.by = GONE_BY_WHOLE,
		};

		if (whole_reading_has(&r->reading, gone.id))
			continue;
		if (!fetch_output_write_gone(&r->lines, buf_slice(&w->text),
					     &gone, why))
			return false;
		seal->gone++;
	}
	return true;
}

static bool
read_whole(struct direct_reader *r, const struct direct_window *w,
	   struct fetch_seal *seal, struct failure *why)
{
	const struct entity *entity = w->window.entity;

	if (!whole_reading_read(&r->reading, entity, w->window.end_us,
				r->page_size, r->qbo, &r->lines, why))
		return false;
	if (is_some_gone(r, w) &&
	    !whole_reading_add(&r->reading, entity, w->window.end_us,
			       r->page_size, r->qbo, &r->lines, why))
		return false;
	seal->whole_at_us = r->reading.at_us;
	if (!write_rows(r, w, seal, why) || !write_gone(r, w, seal, why))
		return false;
	seal->pages = fetch_output_rows(&r->lines) > seal->gone
			      ? r->reading.pages
			      : 0;
	return true;
}

static bool
read_rates(struct direct_reader *r, const struct direct_window *w,
	   struct fetch_seal *seal, struct failure *why)
{
	if (!rates_reading_write(&r->rates, &w->window, buf_slice(&w->text),
				 r->qbo, &r->lines, why))
		return false;
	seal->pages = r->rates.pages;
	seal->whole_at_us = r->rates.at_us ? r->rates.at_us : clock_now_us();
	seal->whole_rows = fetch_output_rows(&r->lines);
	return true;
}

/*
 * A company whose currencies are not known to be more than one may have others
 * later, or was not told well: such a window is provisional, and read again.
 */
static bool
seal_text(const struct direct_reader *r, const struct direct_window *w,
	  struct buf *text, struct failure *why)
{
	struct window window = w->window;

	if (window.by != WINDOW_BY_AS_OF || r->rates.codes.len)
		return buf_add_slice(text, buf_slice(&w->text), why);
	window.provisional = true;
	return window_write(&window, text, why);
}

/* Which writes its own seal. */
static bool
read_report(struct direct_reader *r, const struct direct_window *w,
	    struct failure *why)
{
	r->reports.qbo = r->qbo;
	if (!report_read(&r->reports, &w->window, buf_slice(&w->text), why))
		return false;
	r->windows++;
	r->rows++;
	r->calls_sealed = qbo_client_calls(r->qbo);
	return true;
}

static const struct qbo_call *
last_call(const struct direct_reader *r, const struct direct_window *w)
{
	if (w->window.by == WINDOW_BY_WHOLE)
		return &r->reading.call;
	return r->rates.call.done ? &r->rates.call : &r->rates.currencies.call;
}

static bool
read_window(struct direct_reader *r, const struct direct_window *w,
	    struct failure *why)
{
	struct fetch_seal seal = { .count_before = -1, .count_after = -1 };

	if (w->window.by == WINDOW_BY_REPORT)
		return read_report(r, w, why);
	if (!(w->window.by == WINDOW_BY_WHOLE ? read_whole(r, w, &seal, why)
					      : read_rates(r, w, &seal, why)))
		return false;
	int64_t rows = fetch_output_rows(&r->lines);
	struct buf text;

	seal.calls = qbo_client_calls(r->qbo) - r->calls_sealed;
	buf_init(&text, MOST_WINDOW_BYTES);
	bool done = seal_text(r, w, &text, why) &&
		    fetch_output_write_seal(&r->lines, buf_slice(&text),
					    qbo_client_realm(r->qbo), &seal,
					    NULL, why);
	buf_free(&text);
	if (!done)
		return false;
	r->calls_sealed += seal.calls;
	r->windows++;
	r->rows += rows;
	log_info("window sealed entity=%s by=%s rows=%" PRId64 " gone=%" PRId64
		 " calls=%" PRId64,
		 w->window.entity->name, window_by_name(w->window.by),
		 rows - seal.gone, seal.gone, seal.calls);
	return true;
}

/* --- what it would take --------------------------------------------------- */

/* How many rows there are is known when they are read; these are few. */
static bool
write_plan(struct direct_reader *r, const struct direct_window *w,
	   struct failure *why)
{
	const struct window *of = &w->window;
	int64_t calls = of->by == WINDOW_BY_AS_OF
				? (of->end_us - of->start_us) / CLOCK_DAY
			: of->entity->shape == SHAPE_WHOLE   ? 4
			: of->entity->shape == SHAPE_WRAPPED ? 2
							     : 1;
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(of->start_us, start);
	clock_format(of->end_us, end);
	return buf_printf(&r->out->pending, why,
			  "{\"qb\":\"plan\",\"entity\":\"%s\",\"by\":\"%s\","
			  "\"start\":\"%s\",\"end\":\"%s\",\"windows\":1,"
			  "\"rows\":0,\"scans\":0,\"calls\":%" PRId64 "}\n",
			  of->entity->name, window_by_name(of->by), start, end,
			  calls) &&
	       lines_push(r->out, why);
}

/* --- all of them ---------------------------------------------------------- */

/* Did the last call fail because the company does not have the entity, or for
 * a reason of this window alone?  One that is not done could not be sent. */
static void
judge(const struct direct_reader *r, const struct direct_window *w,
      bool *absent, bool *this_window_only)
{
	const struct qbo_call *call = last_call(r, w);

	if (w->window.by == WINDOW_BY_REPORT) {
		*absent = r->reports.absent;
		*this_window_only = r->reports.this_window_only;
		return;
	}
	*absent = call->done && call->absent;
	*this_window_only =
		call->done && (!call->why.kind || call->this_call_only);
}

/* As in quickbooks/fetch_queue.c: transient errors of two windows in a row are
 * the server's. */
static bool
may_go_on(struct direct_reader *r, bool this_window_only,
	  const struct failure *why)
{
	bool answered_since_failure = r->answered_since_failure;

	/* a window that was begun cannot be taken back */
	if (!r->keep_going || !this_window_only ||
	    fetch_output_rows(&r->lines) || why->kind == FAILURE_IO)
		return false;
	if (why->kind != FAILURE_LATER)
		return true;
	r->answered_since_failure = false;
	return answered_since_failure;
}

/* False: it ends all of them. */
static bool
take_failure(struct direct_reader *r, const struct direct_window *w,
	     struct failure *why)
{
	bool absent, this_window_only;

	judge(r, w, &absent, &this_window_only);
	if (absent) {
		absent_entities_add(r->absent, w->window.entity, why);
		*why = (struct failure){ 0 };
		return true;
	}
	if (w->window.by != WINDOW_BY_REPORT)
		window_fail_in(&w->window, why);
	if (!may_go_on(r, this_window_only, why))
		return false;
	failed_windows_add(r->failed, why);
	*why = (struct failure){ 0 };
	return true;
}

bool
direct_reader_read(struct direct_reader *r,
		   const struct direct_windows *windows, struct failure *why)
{
	r->calls_sealed = qbo_client_calls(r->qbo);
	for (size_t i = 0; i < windows->count; i++) {
		const struct direct_window *w = &windows->at[i];

		if (absent_entities_has(r->absent, w->window.entity))
			continue;
		if (r->plan) {
			if (!write_plan(r, w, why))
				return false;
			continue;
		}
		if (read_window(r, w, why))
			r->answered_since_failure = true;
		else if (!take_failure(r, w, why))
			return false;
		if (!lines_flush(r->out, why))
			return false;
	}
	return true;
}
