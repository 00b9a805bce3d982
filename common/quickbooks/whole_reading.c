#include "quickbooks/whole_reading.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/shaped_row.h"
#include "quickbooks/whole_pass.h"
#include "quickbooks/window_end.h"

enum {
	MOST_PASSES = 3,
	MOST_BYTES = 512 * 1024 * 1024,
	MOST_ID_BYTES = 4 * 1024 * 1024,
};

void
whole_reading_init(struct whole_reading *r)
{
	*r = (struct whole_reading){ 0 };
	qbo_call_init(&r->call);
	buf_init(&r->text, MOST_BYTES);
	buf_init(&r->row_ids, MOST_ID_BYTES);
	buf_init(&r->at, CLOCK_TEXT * 2);
	id_set_init(&r->ids);
}

void
whole_reading_free(struct whole_reading *r)
{
	qbo_call_free(&r->call);
	buf_free(&r->text);
	buf_free(&r->row_ids);
	buf_free(&r->at);
	id_set_free(&r->ids);
	free(r->rows);
	r->rows = NULL;
	r->count = r->room = 0;
}

struct slice
whole_reading_id(const struct whole_reading *r, size_t i)
{
	return (struct slice){ r->text.at + r->rows[i].id_at,
			       r->rows[i].id_length };
}

struct slice
whole_reading_record(const struct whole_reading *r, size_t i)
{
	return (struct slice){ r->text.at + r->rows[i].at, r->rows[i].length };
}

struct slice
whole_reading_payload(const struct whole_reading *r, size_t i)
{
	return (struct slice){ r->text.at + r->rows[i].payload_at,
			       r->rows[i].payload_length };
}

bool
whole_reading_has(const struct whole_reading *r, struct slice id)
{
	return id_set_pass(&r->ids, id) >= r->settled;
}

struct slice
whole_reading_time(const struct whole_reading *r)
{
	return buf_slice(&r->at);
}

/* --- a request ------------------------------------------------------------ */

/* The query of a page; `active`: with a filter that brings inactive rows. */
struct page {
	const struct entity *entity;
	bool active;
	int64_t start, size;
};

static bool
send(struct whole_reading *r, const struct page *page, struct qbo_client *qbo,
     struct failure *why)
{
	struct qbo_call *call = &r->call;

	qbo_call_clear(call);
	call->entity = page->entity;
	call->count = false;
	if (!query_write_whole(page->entity, page->active, page->start,
			       page->size, &call->statement, why))
		return false;
	if (!qbo_client_send(qbo, call, why))
		return false;
	*why = call->why;
	return !why->kind;
}

/* Send it, until the end of the window has passed by QuickBooks' clock. */
static bool
request(struct whole_reading *r, const struct page *page, int64_t end_us,
	struct qbo_client *qbo, struct fetch_output *lines, struct failure *why)
{
	int64_t wait_s;

	for (;;) {
		if (!send(r, page, qbo, why))
			return false;
		if (window_end_check(end_us, r->call.response.time, &wait_s,
				     why))
			break;
		if (why->kind)
			return false;
		log_warn("QuickBooks' clock is %" PRId64
			 " s behind the end of the window: waiting",
			 wait_s);
		if (!lines_flush(lines->out, why))
			return false;
		sleep((unsigned)wait_s);
	}
	return true;
}

/* --- its rows ------------------------------------------------------------- */

static bool
keep_row(struct whole_reading *r, const struct response_row *row,
	 struct fetch_output *lines, struct failure *why)
{
	struct whole_row kept = { .at = r->text.len,
				  .id_length = row->id.len,
				  .payload_length = row->payload.len };
	struct slice record;
	size_t id_at;

	if (!fetch_output_make_record(lines, row, &record, &id_at, why) ||
	    !buf_add_slice(&r->text, record, why))
		return false;
	kept.length = record.len;
	kept.id_at = kept.at + id_at;
	/* the payload is last, before "}\n" */
	kept.payload_at = kept.at + record.len - 2 - row->payload.len;
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 128;
		r->rows = base_realloc(r->rows, r->room * sizeof(*r->rows));
	}
	r->rows[r->count++] = kept;
	return true;
}

static bool
fail_objects(const struct entity *entity, size_t count, struct failure *why)
{
	return fail(why, count ? FAILURE_REFUSED : FAILURE_LATER,
		    "%s: %zu objects came, where there is always one",
		    entity->name, count);
}

/* `*fresh`: Ids that this query did not bring before. */
static bool
take_rows(struct whole_reading *r, const struct entity *entity,
	  struct fetch_output *lines, struct whole_pass *pass, size_t *fresh,
	  struct failure *why)
{
	struct query_response *response = &r->call.response;

	buf_clear(&r->row_ids);
	if (entity->shape == SHAPE_SINGLE && response->row_count > 1)
		return fail_objects(entity, response->row_count, why);
	for (size_t i = 0; i < response->row_count; i++) {
		struct response_row *row = &response->rows[i];

		if (shaped_row_is_odd(entity) &&
		    !shaped_row_read(row, entity, &r->row_ids, why))
			return false;
		int earlier = id_set_pass(&r->ids, row->id);
		*fresh += earlier != r->pass;
		pass->ids += earlier < pass->first;
		pass->entered += earlier < pass->before;
		if (entity->shape == SHAPE_WHOLE)
			whole_pass_row(pass, row->payload, earlier);
		(void)id_set_mark(&r->ids, row->id, r->pass);
		if (!earlier && !keep_row(r, row, lines, why))
			return false;
	}
	return true;
}

static bool
take_page(struct whole_reading *r, const struct page *page,
	  struct qbo_client *qbo, struct fetch_output *lines,
	  struct whole_pass *pass, size_t *fresh, struct failure *why)
{
	const struct query_response *response = &r->call.response;
	char now[CLOCK_TEXT];

	clock_format(clock_now_us(), now);
	struct slice at = response->time.at ? response->time : slice_of(now);
	struct fetch_page origin = {
		.realm = qbo_client_realm(qbo),
		.no = r->pages + 1,
		.size = page->size,
		.at = at,
		.url = buf_slice(&r->call.url),
		.query = buf_slice(&r->call.statement),
		.include = r->call.include,
	};

	buf_clear(&r->at);
	if (!buf_add_slice(&r->at, at, why))
		return false;
	if (!r->at_us && !clock_parse(at, &r->at_us))
		r->at_us = clock_now_us();
	r->pages += response->row_count > 0;
	log_info("page fetched entity=%s start=%" PRId64
		 " rows=%zu ms=%" PRId64,
		 page->entity->name, page->start, response->row_count,
		 r->call.took_ms);
	return fetch_output_start_page(lines, &origin, why) &&
	       take_rows(r, page->entity, lines, pass, fresh, why);
}

/* --- passes --------------------------------------------------------------- */

static bool
read_page(struct whole_reading *r, struct page *page, int64_t end_us,
	  struct qbo_client *qbo, struct fetch_output *lines,
	  struct whole_pass *pass, bool *last, struct failure *why)
{
	size_t fresh = 0;

	if (!request(r, page, end_us, qbo, lines, why))
		return fail_in(why, "%s, rows from %" PRId64,
			       page->entity->name, page->start);
	if (!take_page(r, page, qbo, lines, pass, &fresh, why)) {
		why->kind = FAILURE_REFUSED;
		return fail_in(why, "%s, rows from %" PRId64,
			       page->entity->name, page->start);
	}
	/* a count of rows in memory */
	int64_t rows = (int64_t)r->call.response.row_count;
	bool full = rows >= page->size;

	/* a server that ignores the position brings the same ones again: all
	 * of them, unless the page is full */
	*last = !fresh || page->entity->shape == SHAPE_SINGLE;
	pass->paged =
		pass->paged || (!*last && full) || (fresh && page->start > 1);
	pass->repeated = pass->repeated || (!fresh && full);
	page->start += rows;
	return true;
}

static bool
read_query(struct whole_reading *r, struct page page, int64_t end_us,
	   struct qbo_client *qbo, struct fetch_output *lines,
	   struct whole_pass *pass, struct failure *why)
{
	r->pass++;
	pass->queries++;
	for (bool last = false; !last;)
		if (!read_page(r, &page, end_us, qbo, lines, pass, &last, why))
			return false;
	return true;
}

/*
 * Read the first page with and without the filter.  `*all`: neither is full,
 * and they have the same active rows, so that neither was cut, and no further
 * page is needed.
 */
static bool
read_first_pages(struct whole_reading *r, const struct page *with_filter,
		 const struct page *without, int64_t end_us,
		 struct qbo_client *qbo, struct fetch_output *lines,
		 struct whole_pass *pass, bool *all, struct failure *why)
{
	const struct page *const pages[] = { with_filter, without };
	bool last;

	for (size_t i = 0; i < LENGTH(pages); i++) {
		struct page page = *pages[i];

		r->pass++;
		pass->queries++;
		if (!read_page(r, &page, end_us, qbo, lines, pass, &last, why))
			return false;
	}
	*all = whole_pass_agrees(pass, (size_t)without->size);
	return true;
}

static bool
read_pass(struct whole_reading *r, const struct entity *entity, int64_t end_us,
	  int64_t page_size, struct qbo_client *qbo, struct fetch_output *lines,
	  struct whole_pass *pass, struct failure *why)
{
	const struct page active = { entity, true, 1, page_size };
	const struct page all = { entity, false, 1, page_size };

	*pass = (struct whole_pass){ .first = r->pass + 1,
				     .before = pass->first };
	if (entity->list && entity->shape == SHAPE_WHOLE && !pass->before) {
		bool whole;

		if (!read_first_pages(r, &active, &all, end_us, qbo, lines,
				      pass, &whole, why))
			return false;
		if (whole)
			return true;
	}
	if (entity->list &&
	    !read_query(r, active, end_us, qbo, lines, pass, why))
		return false;
	/* rows without Active come only without a filter on it */
	return (entity->list && entity->shape == SHAPE_ROWS) ||
	       read_query(r, all, end_us, qbo, lines, pass, why);
}

static bool
check_single(const struct whole_reading *r, const struct entity *entity,
	     struct failure *why)
{
	if (entity->shape != SHAPE_SINGLE || r->count == 1)
		return true;
	fail_objects(entity, r->count, why);
	return !r->count && fail_next(why, "run the same command again");
}

bool
whole_reading_add(struct whole_reading *r, const struct entity *entity,
		  int64_t end_us, int64_t page_size, struct qbo_client *qbo,
		  struct fetch_output *lines, struct failure *why)
{
	struct whole_pass pass = { 0 };

	for (int i = 0; i < MOST_PASSES; i++) {
		size_t ids_before = pass.ids;

		if (!read_pass(r, entity, end_us, page_size, qbo, lines, &pass,
			       why))
			return false;
		if (!whole_pass_is_settled(&pass, r->settled, ids_before))
			continue;
		if (!r->settled)
			r->settled = pass.first;
		return check_single(r, entity, why);
	}
	return fail(why, FAILURE_LATER,
		    pass.repeated ? "%s: the same rows came again instead of "
				    "the next ones, in each of %d passes"
				  : "%s: it changed in each of %d passes",
		    entity->name, MOST_PASSES);
}

bool
whole_reading_read(struct whole_reading *r, const struct entity *entity,
		   int64_t end_us, int64_t page_size, struct qbo_client *qbo,
		   struct fetch_output *lines, struct failure *why)
{
	buf_clear(&r->text);
	id_set_clear(&r->ids);
	r->count = 0;
	r->pass = r->settled = 0;
	r->pages = 0;
	r->at_us = 0;
	return whole_reading_add(r, entity, end_us, page_size, qbo, lines, why);
}
