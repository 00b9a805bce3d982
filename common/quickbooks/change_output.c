#include "quickbooks/change_output.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/fields_probe.h"
#include "quickbooks/log_requests.h"

void
change_output_init(struct change_output *o, struct lines_out *out)
{
	*o = (struct change_output){ 0 };
	fetch_output_init(&o->lines, out);
	deletions_init(&o->deletions);
	id_set_init(&o->seen);
	deletions_init(&o->fuller);
	id_set_init(&o->queried);
}

void
change_output_free(struct change_output *o)
{
	fetch_output_free(&o->lines);
	deletions_free(&o->deletions);
	id_set_free(&o->seen);
	deletions_free(&o->fuller);
	id_set_free(&o->queried);
}

/* --- which window --------------------------------------------------------- */

enum { NO_WINDOW = -1 };

static bool
is_open(const struct change_window *w, const struct entity *entity)
{
	return w->window.entity == entity && w->state == CHANGE_WAITS;
}

/* The window that a time lies in, NO_WINDOW if it lies in none. */
static ptrdiff_t
window_at(const struct change_windows *windows, const struct entity *entity,
	  int64_t at_us)
{
	for (size_t i = 0; i < windows->count; i++) {
		const struct window *w = &windows->at[i].window;

		if (is_open(&windows->at[i], entity) && at_us >= w->start_us &&
		    at_us < w->end_us)
			return (ptrdiff_t)i;
	}
	return NO_WINDOW;
}

/* The first, or the last, by their times. */
static ptrdiff_t
outer_window(const struct change_windows *windows, const struct entity *entity,
	     bool last)
{
	ptrdiff_t found = NO_WINDOW;

	for (size_t i = 0; i < windows->count; i++) {
		const struct change_window *w = &windows->at[i];

		if (is_open(w, entity) &&
		    (found < 0 || (w->window.start_us >
				   windows->at[found].window.start_us) == last))
			found = (ptrdiff_t)i;
	}
	return found;
}

/* INT64_MIN: it has no time. */
static ptrdiff_t
window_of_time(const struct change_windows *windows,
	       const struct entity *entity, int64_t at_us)
{
	return at_us == INT64_MIN ? outer_window(windows, entity, true)
				  : window_at(windows, entity, at_us);
}

static ptrdiff_t
window_of_row(const struct change_windows *windows, const struct entity *entity,
	      struct slice updated)
{
	int64_t at_us;

	if (!updated.at || !clock_parse(updated, &at_us))
		at_us = INT64_MIN;
	return window_of_time(windows, entity, at_us);
}

/* A deletion is news whenever it happened; but what happens after the last
 * window comes again. */
static ptrdiff_t
window_of_deletion(const struct change_windows *windows,
		   const struct entity *entity, struct slice deleted)
{
	ptrdiff_t found = window_of_row(windows, entity, deleted);
	int64_t at_us;

	if (found < 0 && clock_parse(deleted, &at_us) &&
	    at_us < change_windows_end(windows, entity))
		found = outer_window(windows, entity, false);
	return found;
}

/* --- deletions ------------------------------------------------------------ */

static bool
is_known(const struct change_windows *windows, const struct entity *entity,
	 struct slice id)
{
	for (size_t i = 0; i < windows->count; i++)
		if (is_open(&windows->at[i], entity) &&
		    id_set_pass(&windows->at[i].known_gone, id))
			return true;
	return false;
}

/* Each deleted object once, unless the table knows. */
static bool
check_deletions(struct change_output *o, const struct change_windows *windows,
		const struct entity *entity,
		const struct change_response *response, struct qbo_client *qbo,
		bool *unknown, struct failure *why)
{
	deletions_clear(&o->deletions);
	id_set_clear(&o->seen);
	for (size_t i = 0; i < response->count; i++) {
		const struct change_object *object = &response->objects[i];
		const struct response_row *row = &object->row;
		ptrdiff_t window;

		if (object->entity != entity || !object->deleted ||
		    is_known(windows, entity, row->id))
			continue;
		window = window_of_deletion(windows, entity, row->updated);
		if (window >= 0 &&
		    id_set_mark(&o->seen, row->id, 1) == ID_SET_NEW)
			deletions_add(&o->deletions, row->id, row->updated,
				      (size_t)window);
	}
	return deletions_check(&o->deletions, entity, qbo, &o->lines, unknown,
			       why);
}

/* --- a window ------------------------------------------------------------- */

/* An object that came twice counts once, as it came last: they are in the order
 * of their times.  Of one that came as deleted, too, the query has the word. */
static bool
comes_again(const struct change_output *o,
	    const struct change_response *response, size_t i)
{
	const struct change_object *object = &response->objects[i];

	if (id_set_pass(&o->seen, object->row.id))
		return true;
	for (size_t k = i + 1; k < response->count; k++) {
		const struct change_object *later = &response->objects[k];

		if (later->entity == object->entity && !later->deleted &&
		    slice_equal(later->row.id, object->row.id))
			return true;
	}
	return false;
}

/* Of a list that is older than the log the row is not used. */
static void
take_queried(struct change_output *o)
{
	struct deletions *d = &o->fuller;

	for (size_t i = 0; i < d->live_count; i++) {
		struct live_row *row = &d->live[i];
		int64_t log_us = INT64_MIN;

		for (size_t k = 0; k < d->count; k++)
			if (slice_equal(d->all[k].id, row->id) &&
			    d->all[k].deleted.at &&
			    !clock_parse(d->all[k].deleted, &log_us))
				log_us = INT64_MIN;
		if (row->updated_us < log_us)
			row->length = 0;
		else
			id_set_mark(&o->queried, row->id, 1);
	}
}

/* Of a row that may have more custom fields than the log returns, also one that
 * the table has, which may have come from a list that was too old. */
static ptrdiff_t
window_of_poor_row(const struct change_output *o,
		   const struct change_windows *windows,
		   const struct entity *entity, const struct qbo_call *log,
		   size_t i, const struct include *include)
{
	const struct change_object *object = &log->changes.objects[i];

	if (object->entity != entity || object->deleted ||
	    !include_lacks(include, entity, &object->row, log) ||
	    comes_again(o, &log->changes, i))
		return NO_WINDOW;
	return window_of_row(windows, entity, object->row.updated);
}

static bool
query_rows(struct change_output *o, const struct change_windows *windows,
	   const struct entity *entity, const struct qbo_call *log,
	   struct qbo_client *qbo, bool *unknown, struct failure *why)
{
	const struct include *include = qbo_client_include(qbo);
	bool probed = false;

	deletions_clear(&o->fuller);
	id_set_clear(&o->queried);
	o->fuller.pages = o->deletions.pages; /* theirs come next */
	for (size_t i = 0; i < log->changes.count; i++) {
		const struct response_row *row = &log->changes.objects[i].row;
		ptrdiff_t window =
			window_of_poor_row(o, windows, entity, log, i, include);

		if (window >= 0 && !probed &&
		    include_is_unknown(include, entity)) {
			if (!fields_probe(&o->fuller.call, entity, qbo, why))
				return false;
			probed = true;
			window = window_of_poor_row(o, windows, entity, log, i,
						    include);
		}
		if (window >= 0)
			deletions_add(&o->fuller, row->id, row->updated,
				      (size_t)window);
	}
	if (!deletions_check(&o->fuller, entity, qbo, &o->lines, unknown, why))
		return false;
	take_queried(o);
	return true;
}

static bool
write_rows(struct change_output *o, const struct change_windows *windows,
	   size_t which, const struct change_response *response,
	   struct fetch_seal *seal, struct failure *why)
{
	const struct change_window *to = &windows->at[which];
	int64_t before = fetch_output_rows(&o->lines);

	for (size_t i = 0; i < response->count; i++) {
		const struct change_object *object = &response->objects[i];

		if (object->entity != to->window.entity || object->deleted ||
		    window_of_row(windows, object->entity,
				  object->row.updated) != (ptrdiff_t)which ||
		    id_set_pass(&o->queried, object->row.id) ||
		    comes_again(o, response, i))
			continue;
		if (change_window_has_row(to, object->row.id,
					  object->row.payload)) {
			seal->log_known++;
			continue;
		}
		if (!fetch_output_write_row(&o->lines, buf_slice(&to->text),
					    &object->row, why))
			return false;
	}
	seal->pages += fetch_output_rows(&o->lines) > before;
	return true;
}

/* Rows that a query returned, of `pages` pages. */
static bool
write_live(struct change_output *o, const struct change_windows *windows,
	   size_t which, const struct deletions *d, int64_t pages,
	   struct fetch_seal *seal, struct failure *why)
{
	const struct change_window *to = &windows->at[which];
	bool some = false;

	for (size_t i = 0; i < d->live_count; i++) {
		const struct live_row *row = &d->live[i];

		if (!row->length ||
		    window_of_time(windows, to->window.entity,
				   row->updated_us) != (ptrdiff_t)which)
			continue;
		if (d == &o->fuller &&
		    change_window_has_row(to, row->id,
					  deletions_payload(d, row))) {
			seal->log_known++;
			continue;
		}
		if (!fetch_output_write_record(&o->lines, buf_slice(&to->text),
					       deletions_record(d, row), why))
			return false;
		some = true;
	}
	if (some)
		seal->pages += pages;
	return true;
}

static bool
write_gone(struct change_output *o, const struct change_window *to,
	   size_t which, struct fetch_seal *seal, struct failure *why)
{
	const struct deletions *d = &o->deletions;
	int64_t deleted_us;

	for (size_t i = 0; i < d->count; i++) {
		struct gone gone = { .id = d->all[i].id,
				     .at = deletions_at(d, &d->all[i]),
				     .deleted = d->all[i].deleted,
				     .by = GONE_BY_CDC };

		if (d->all[i].window != which || d->all[i].is_there)
			continue;
		if (!clock_parse(gone.deleted, &deleted_us))
			gone.deleted = (struct slice){ 0 };
		if (!fetch_output_write_gone(&o->lines, buf_slice(&to->text),
					     &gone, why))
			return false;
		seal->gone++;
	}
	return true;
}

static bool
write_window(struct change_output *o, const struct change_windows *windows,
	     size_t which, const struct qbo_call *call, int64_t since_us,
	     struct qbo_client *qbo, struct failure *why)
{
	const struct change_window *to = &windows->at[which];
	struct slice text = buf_slice(&to->text);
	struct fetch_seal seal = {
		.count_before = -1,
		.count_after = -1,
		.calls = qbo_client_calls(qbo) - o->calls_sealed,
		.log_since_us = since_us,
		.log_objects = (int64_t)call->changes.count,
	};
	char now[CLOCK_TEXT];

	if (!call->changes.time.at ||
	    !clock_parse(call->changes.time, &seal.log_at_us))
		seal.log_at_us = clock_now_us();
	clock_format(seal.log_at_us, now);
	const struct fetch_page page = {
		.realm = qbo_client_realm(qbo),
		.no = 1,
		.size = LOG_MOST_OBJECTS,
		.at = call->changes.time.at ? call->changes.time
					    : slice_of(now),
		.url = buf_slice(&call->url),
		.query = buf_slice(&call->statement),
		.include = call->include,
	};
	if (!fetch_output_start_page(&o->lines, &page, why) ||
	    !write_rows(o, windows, which, &call->changes, &seal, why) ||
	    !write_live(o, windows, which, &o->deletions, o->deletions.pages,
			&seal, why) ||
	    !write_live(o, windows, which, &o->fuller,
			o->fuller.pages - o->deletions.pages, &seal, why) ||
	    !write_gone(o, to, which, &seal, why))
		return false;
	int64_t rows = fetch_output_rows(&o->lines);
	if (!fetch_output_write_seal(&o->lines, text, page.realm, &seal, NULL,
				     why))
		return false;
	o->calls_sealed += seal.calls;
	o->windows++;
	o->rows += rows;
	log_info("window sealed entity=%s by=change rows=%" PRId64
		 " gone=%" PRId64 " calls=%" PRId64,
		 to->window.entity->name, rows - seal.gone, seal.gone,
		 seal.calls);
	return true;
}

bool
change_output_write(struct change_output *o, struct change_windows *windows,
		    const struct entity *entity, const struct qbo_call *call,
		    int64_t since_us, struct qbo_client *qbo, bool *unknown,
		    struct failure *why)
{
	if (!check_deletions(o, windows, entity, &call->changes, qbo, unknown,
			     why))
		return false;
	if (!*unknown &&
	    !query_rows(o, windows, entity, call, qbo, unknown, why))
		return false;
	if (*unknown)
		return true;
	for (size_t i = 0; i < windows->count; i++)
		if (is_open(&windows->at[i], entity) &&
		    !write_window(o, windows, i, call, since_us, qbo, why))
			return window_fail_in(&windows->at[i].window, why);
	change_windows_set(windows, entity, CHANGE_READ);
	return true;
}
