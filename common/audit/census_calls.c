#include "audit/census_calls.h"
#include "base/clock.h"
#include "quickbooks/query.h"

/* To find a row that cannot be returned takes about ten.  A page that failed
 * for all its tries is not tried as often when it is requested in parts. */
enum { MOST_FAILURES_IN_ROW = 40, TRIES_OF_PARTS = 2 };

void
census_calls_init(struct census_calls *c, struct qbo_client *qbo)
{
	*c = (struct census_calls){ .qbo = qbo, .loaded_until_us = INT64_MAX };
	qbo_call_init(&c->call);
}

void
census_calls_free(struct census_calls *c)
{
	if (c->qbo)
		qbo_client_cancel(c->qbo, &c->call);
	qbo_call_free(&c->call);
}

bool
census_calls_count(struct census_calls *c, struct time_range range,
		   int64_t *count, struct failure *why)
{
	c->counts =
		(struct row_counts){ .entity = c->entity,
				     .by = WINDOW_BY_CREATED,
				     .range = range,
				     .changed_from_us = c->changed_from_us };
	if (!row_counts_read(&c->counts, 1, c->qbo, why))
		return false;
	*count = c->counts.in_range;
	return true;
}

/* The statement is written: send it, and wait for the response. */
static bool
send(struct census_calls *c, enum census_page *page, struct failure *why)
{
	c->call.entity = c->entity;
	c->call.can_split = true;
	c->call.most_tries = c->failures_in_row ? TRIES_OF_PARTS : 0;
	qbo_client_start(c->qbo, &c->call);
	while (!c->call.done)
		if (!qbo_client_run(c->qbo, -1, why))
			return false;
	*page = c->call.must_split   ? CENSUS_PAGE_TOO_SLOW
		: c->call.may_be_row ? CENSUS_PAGE_UNREADABLE
				     : CENSUS_PAGE_CAME;
	if (*page == CENSUS_PAGE_TOO_SLOW)
		return true;
	if (*page == CENSUS_PAGE_UNREADABLE)
		c->unreadable_why = c->call.why;
	if (*page == CENSUS_PAGE_UNREADABLE &&
	    ++c->failures_in_row <= MOST_FAILURES_IN_ROW)
		return true;
	if (c->call.why.kind) {
		*why = c->call.why;
		return false;
	}
	c->failures_in_row = 0;
	c->pages++;
	return true;
}

/* --- the rows of a range -------------------------------------------------- */

enum known_row_is
census_calls_unknown(const struct census_calls *c,
		     const struct response_row *row)
{
	int64_t updated_us;

	return row->updated.at && clock_parse(row->updated, &updated_us) &&
			       updated_us >= c->loaded_until_us
		       ? KNOWN_LATER
		       : KNOWN_MISSING;
}

static bool
take_row(const struct census_calls *c, const struct response_row *row,
	 struct time_range range, struct known_rows *to, struct failure *why)
{
	int64_t created_us;

	if (row->created.at && clock_parse(row->created, &created_us) &&
	    created_us >= range.start_us && created_us < range.end_us) {
		known_rows_add(to, created_us, row->id,
			       census_calls_unknown(c, row));
		return true;
	}
	return fail(why, FAILURE_REFUSED,
		    "Id %.*s: its CreateTime %.*s lies outside of the range "
		    "that was requested: QuickBooks did not apply the filter",
		    SLICE_SHOWN(row->id), SLICE_SHOWN(row->created));
}

static bool
read_page(struct census_calls *c, struct time_range range, int64_t start,
	  enum census_page *page, struct failure *why)
{
	struct window window = { .entity = c->entity,
				 .by = WINDOW_BY_CREATED,
				 .start_us = range.start_us,
				 .end_us = range.end_us,
				 .no = 1,
				 .of = 1 };
	struct query query = { .window = &window,
			       .start = start,
			       .most = QUERY_MOST_ROWS,
			       .changed_from_us = c->changed_from_us };

	qbo_call_clear(&c->call);
	return query_write(&query, &c->call.statement, why) &&
	       send(c, page, why);
}

/* By the rows that came: a page may have fewer than asked for, or one more. */
bool
census_calls_rows(struct census_calls *c, struct time_range range,
		  int64_t expected, struct known_rows *to,
		  enum census_page *page, struct failure *why)
{
	const struct query_response *response = &c->call.response;
	int64_t came = 0;

	do {
		if (!read_page(c, range, came + 1, page, why))
			return fail_in(why, "%s", c->entity->name);
		if (*page != CENSUS_PAGE_CAME)
			return true;
		for (size_t i = 0; i < response->row_count; i++)
			if (!take_row(c, &response->rows[i], range, to, why))
				return fail_in(why, "%s", c->entity->name);
		came += (int64_t)response->row_count; /* a page has few */
	} while (response->row_count && came < expected);
	return true;
}

/* --- some rows by their ids ----------------------------------------------- */

static bool
is_among(struct slice id, const struct slice *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(id, ids[i]))
			return true;
	return false;
}

bool
census_calls_ids(struct census_calls *c, const struct slice *ids, size_t count,
		 enum census_page *page, struct failure *why)
{
	const struct query_response *response = &c->call.response;

	qbo_call_clear(&c->call);
	if (!query_write_ids(c->entity, ids, count, &c->call.statement, why) ||
	    !send(c, page, why))
		return fail_in(why, "%s", c->entity->name);
	if (*page != CENSUS_PAGE_CAME)
		return true;
	for (size_t i = 0; i < response->row_count; i++)
		if (!is_among(response->rows[i].id, ids, count)) {
			fail(why, FAILURE_REFUSED,
			     "Id %.*s came, which was not requested: "
			     "QuickBooks did not apply the filter",
			     SLICE_SHOWN(response->rows[i].id));
			return fail_in(why, "%s", c->entity->name);
		}
	return true;
}
