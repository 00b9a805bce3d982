#include "quickbooks/deletions.h"
#include "base/clock.h"
#include "quickbooks/query.h"

/* MOST_TRIES: of halves; the whole was tried often enough */
enum { MOST_TEXT_BYTES = 1024 * 1024 * 1024, MOST_TRIES = 2 };

void
deletions_init(struct deletions *d)
{
	*d = (struct deletions){ 0 };
	buf_init(&d->text, MOST_TEXT_BYTES);
	qbo_call_init(&d->call);
}

void
deletions_free(struct deletions *d)
{
	free(d->all);
	free(d->live);
	buf_free(&d->text);
	qbo_call_free(&d->call);
	*d = (struct deletions){ 0 };
}

void
deletions_clear(struct deletions *d)
{
	d->count = d->live_count = 0;
	d->pages = 0;
	d->in_halves = d->call.include_refused = false;
	buf_clear(&d->text);
}

void
deletions_add(struct deletions *d, struct slice id, struct slice deleted,
	      size_t window)
{
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : 64;
		d->all = base_realloc(d->all, d->room * sizeof(*d->all));
	}
	d->all[d->count++] = (struct deletion){ .id = id,
						.deleted = deleted,
						.window = window };
}

struct slice
deletions_at(const struct deletions *d, const struct deletion *deletion)
{
	return (struct slice){ d->text.at + deletion->at, deletion->at_length };
}

struct slice
deletions_record(const struct deletions *d, const struct live_row *row)
{
	return (struct slice){ d->text.at + row->at, row->length };
}

struct slice
deletions_payload(const struct deletions *d, const struct live_row *row)
{
	const char *end = d->text.at + row->at + row->length - 2;

	return (struct slice){ end - row->payload_length, row->payload_length };
}

/* --- the query ------------------------------------------------------------ */

static bool
write_query(struct deletions *d, const struct entity *entity, size_t from,
	    size_t count, struct failure *why)
{
	struct slice ids[QUERY_MOST_IDS];

	for (size_t i = 0; i < count; i++)
		ids[i] = d->all[from + i].id;
	qbo_call_clear(&d->call);
	return query_write_ids(entity, ids, count, &d->call.statement, why);
}

/* `*too_much`: of so many at once QuickBooks cannot say. */
static bool
send(struct deletions *d, const struct entity *entity, struct qbo_client *qbo,
     bool *too_much, struct failure *why)
{
	struct qbo_call *call = &d->call;

	call->entity = entity;
	call->count = false;
	call->can_split = true;
	call->most_tries = d->in_halves ? MOST_TRIES : 0;
	if (!qbo_client_send(qbo, call, why))
		return false;
	*too_much = call->must_split || call->this_call_only;
	if (call->why.kind && !*too_much)
		*why = call->why;
	return !why->kind;
}

/* --- its rows ------------------------------------------------------------- */

static bool
keep_live(struct deletions *d, struct slice id, const struct response_row *row,
	  struct fetch_output *lines, struct failure *why)
{
	struct live_row live = { .id = id,
				 .updated_us = INT64_MIN,
				 .at = d->text.len };
	struct slice record;
	size_t id_at;

	if (row->updated.at && !clock_parse(row->updated, &live.updated_us))
		live.updated_us = INT64_MIN;
	if (!fetch_output_make_record(lines, row, &record, &id_at, why) ||
	    !buf_add_slice(&d->text, record, why))
		return false;
	live.length = record.len;
	live.payload_length = row->payload.len;
	if (d->live_count == d->live_room) {
		d->live_room = d->live_room ? 2 * d->live_room : 16;
		d->live =
			base_realloc(d->live, d->live_room * sizeof(*d->live));
	}
	d->live[d->live_count++] = live;
	return true;
}

static bool
take_row(struct deletions *d, size_t from, size_t count,
	 const struct response_row *row, struct fetch_output *lines,
	 struct failure *why)
{
	bool again = false;
	struct slice id = { 0 };

	for (size_t i = from; i < from + count; i++)
		if (slice_equal(d->all[i].id, row->id)) {
			id = d->all[i].id;
			again = d->all[i].is_there;
			d->all[i].is_there = true;
		}
	if (!id.at)
		return fail(why, FAILURE_REFUSED,
			    "Id %.*s came, which was not requested: QuickBooks "
			    "did not apply the filter",
			    SLICE_SHOWN(row->id));
	return again || keep_live(d, id, row, lines, why);
}

static bool
take_response(struct deletions *d, const char *realm, size_t from, size_t count,
	      struct fetch_output *lines, struct failure *why)
{
	const struct query_response *r = &d->call.response;
	char now[CLOCK_TEXT];

	clock_format(clock_now_us(), now);
	struct slice at = r->time.at ? r->time : slice_of(now);
	struct fetch_page page = {
		.realm = realm,
		.no = 2 + d->pages, /* the first is the log's */
		.size = QUERY_MOST_ROWS,
		.at = at,
		.url = buf_slice(&d->call.url),
		.query = buf_slice(&d->call.statement),
		.include = d->call.include,
	};

	d->pages += r->row_count > 0;
	if (!fetch_output_start_page(lines, &page, why))
		return false;
	for (size_t i = 0; i < r->row_count; i++)
		if (!take_row(d, from, count, &r->rows[i], lines, why))
			return false;
	size_t time_at = d->text.len;
	if (!buf_add_slice(&d->text, at, why))
		return false;
	for (size_t i = from; i < from + count; i++) {
		d->all[i].at = time_at;
		d->all[i].at_length = at.len;
	}
	return true;
}

/* What cannot be said of many is asked of half of them. */
static bool
check_some(struct deletions *d, const struct entity *entity,
	   struct qbo_client *qbo, size_t from, size_t count,
	   struct fetch_output *lines, bool *unknown, struct failure *why)
{
	bool too_much;

	if (*unknown)
		return true;
	if (!write_query(d, entity, from, count, why)) {
		*unknown = why->kind == FAILURE_DATA; /* an Id that is none */
		return *unknown;
	}
	if (!send(d, entity, qbo, &too_much, why))
		return false;
	if (d->call.include_refused) { /* nor of half of them */
		*unknown = true;
		return true;
	}
	if (!too_much)
		return take_response(d, qbo_client_realm(qbo), from, count,
				     lines, why);
	if (count == 1) {
		*unknown = true;
		return true;
	}
	d->in_halves = true;
	return check_some(d, entity, qbo, from, count / 2, lines, unknown,
			  why) &&
	       check_some(d, entity, qbo, from + count / 2, count - count / 2,
			  lines, unknown, why);
}

bool
deletions_check(struct deletions *d, const struct entity *entity,
		struct qbo_client *qbo, struct fetch_output *lines,
		bool *unknown, struct failure *why)
{
	*unknown = false;
	for (size_t from = 0; from < d->count; from += QUERY_MOST_IDS) {
		size_t left = d->count - from;
		size_t count = left < QUERY_MOST_IDS ? left : QUERY_MOST_IDS;

		if (!check_some(d, entity, qbo, from, count, lines, unknown,
				why))
			return fail_in(why, "%s", entity->name);
	}
	return true;
}
