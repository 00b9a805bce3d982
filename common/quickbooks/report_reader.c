#include "quickbooks/report_reader.h"
#include "base/clock.h"
#include "base/log.h"

enum {
	/* a 504 may be of a server in trouble */
	MOST_TIMEOUTS = 2,
	/* what a line has beside its payload */
	ROOM_FOR_ENVELOPE = 64 * 1024,
};

void
report_reader_init(struct report_reader *r, struct lines_out *out)
{
	*r = (struct report_reader){ 0 };
	fetch_output_init(&r->output, out);
	qbo_call_init(&r->call);
}

void
report_reader_free(struct report_reader *r)
{
	if (r->qbo)
		qbo_client_cancel(r->qbo, &r->call);
	fetch_output_free(&r->output);
	qbo_call_free(&r->call);
}

/* --- asking --------------------------------------------------------------- */

static bool
ask_once(struct report_reader *r, const struct window *window,
	 const struct report_request *request, struct failure *why)
{
	struct qbo_call *call = &r->call;

	qbo_call_clear(call);
	call->entity = window->entity;
	call->path = request->path;
	call->member = "Header";
	call->can_split = true;
	if (!buf_printf(&call->statement, why, "%s", request->parameters))
		return false;
	qbo_client_start(r->qbo, call);
	while (!call->done)
		if (!qbo_client_run(r->qbo, -1, why))
			return false;
	return true;
}

static bool
ask(struct report_reader *r, const struct window *window,
    const struct report_request *request, int64_t *calls, struct failure *why)
{
	struct qbo_call *call = &r->call;

	*calls = 0;
	for (int i = 0; i < MOST_TIMEOUTS; i++) {
		if (!ask_once(r, window, request, why))
			return false;
		*calls += call->calls;
		if (!call->must_split)
			break;
	}
	if (!call->why.kind)
		return true;
	*why = call->why;
	r->absent = call->absent;
	r->this_window_only = call->this_call_only || call->must_split;
	return call->must_split && report_response_advise(request, why);
}

/* --- writing -------------------------------------------------------------- */

static bool
write_window(struct report_reader *r, const struct report_request *request,
	     const struct report_response *response, struct slice text,
	     int64_t calls, struct failure *why)
{
	char now[CLOCK_TEXT];
	const struct response_row row = { .payload = buf_slice(&r->call.body),
					  .id = slice_of(request->id),
					  .updated = response->time };
	struct fetch_seal seal = { .pages = 1,
				   .count_before = -1,
				   .count_after = -1,
				   .calls = calls,
				   .whole_rows = 1 };

	clock_format(clock_now_us(), now);
	const struct fetch_page page = {
		.realm = qbo_client_realm(r->qbo),
		.no = 1,
		.size = 1,
		.at = response->time.at ? response->time : slice_of(now),
		.url = buf_slice(&r->call.url),
		.query = buf_slice(&r->call.statement),
	};
	if (!clock_parse(page.at, &seal.whole_at_us))
		BUG("a time that is none");
	return fetch_output_start_page(&r->output, &page, why) &&
	       fetch_output_write_row(&r->output, text, &row, why) &&
	       fetch_output_write_seal(&r->output, text, page.realm, &seal,
				       NULL, why) &&
	       lines_flush(r->output.out, why);
}

/* Is it what was requested, whole, and fit for a line? */
static bool
check(struct report_reader *r, const struct report_request *request,
      struct report_response *response, struct failure *why)
{
	struct slice body = buf_slice(&r->call.body);

	r->this_window_only = true;
	if (!report_response_parse(response, body, why)) {
		why->kind = FAILURE_LATER;
		return fail_in(why, "not a report");
	}
	if (!report_response_check(response, request, why))
		return false;
	if (body.len <= LINES_LONGEST - ROOM_FOR_ENVELOPE)
		return true;
	fail(why, FAILURE_REFUSED,
	     "the report has %zu MiB, and a line can have %d", body.len >> 20,
	     LINES_LONGEST >> 20);
	return report_response_advise(request, why);
}

static bool
read_window(struct report_reader *r, const struct window *window,
	    struct slice text, struct failure *why)
{
	struct report_request request;
	struct report_response response;
	int64_t calls;

	if (!report_request_make(&request, window, why) ||
	    !ask(r, window, &request, &calls, why) ||
	    !check(r, &request, &response, why))
		return false;
	r->this_window_only = false; /* what fails now is the output */
	if (!write_window(r, &request, &response, text, calls, why))
		return false;
	r->windows++;
	r->rows++;
	log_info("window sealed entity=%s by=report id=%s bytes=%zu "
		 "calls=%" PRId64,
		 window->entity->name, request.id, r->call.body.len, calls);
	return true;
}

bool
report_read(struct report_reader *r, const struct window *window,
	    struct slice text, struct failure *why)
{
	r->absent = r->this_window_only = false;
	return read_window(r, window, text, why) || window_fail_in(window, why);
}
