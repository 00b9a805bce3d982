#include "attachments/links.h"
#include "base/clock.h"

/* MOST_TRIES: of halves; the whole was tried often enough */
enum { MOST_TEXT_BYTES = 64 * 1024 * 1024, MOST_TRIES = 2 };

void
links_init(struct links *l)
{
	*l = (struct links){ 0 };
	buf_init(&l->text, MOST_TEXT_BYTES);
	qbo_call_init(&l->call);
	attachment_init(&l->row);
}

void
links_free(struct links *l)
{
	free(l->all);
	buf_free(&l->text);
	qbo_call_free(&l->call);
	attachment_free(&l->row);
}

void
links_clear(struct links *l)
{
	l->count = 0;
	l->in_halves = false;
	buf_clear(&l->text);
}

struct slice
links_text(const struct links *l, const struct link *link,
	   enum attachment_text which)
{
	const struct link_text *text = &link->texts[which];

	return (struct slice){ l->text.at + text->at, text->len };
}

/* `*too_much`: of so many at once QuickBooks cannot say. */
static bool
send(struct links *l, struct qbo_client *qbo, const struct slice *ids,
     size_t count, bool *too_much, struct failure *why)
{
	struct qbo_call *call = &l->call;

	qbo_call_clear(call);
	call->entity = entity_find(SLICE("Attachable"));
	call->count = false;
	call->can_split = true;
	call->most_tries = l->in_halves ? MOST_TRIES : 0;
	if (!query_write_ids(call->entity, ids, count, &call->statement, why))
		return false;
	if (!qbo_client_send(qbo, call, why))
		return false;
	*too_much = call->must_split || call->this_call_only;
	if (call->why.kind && !*too_much)
		*why = call->why;
	return !why->kind;
}

static bool
is_requested(struct slice id, const struct slice *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(id, ids[i]))
			return true;
	return false;
}

static bool
add(struct links *l, struct failure *why)
{
	struct link link = { .size = l->row.size,
			     .updated_us = l->row.updated_us,
			     .asked_ms = clock_monotonic_ms() };

	for (size_t i = 0; i < ATTACHMENT_TEXTS; i++) {
		struct slice text = l->row.text[i];

		link.texts[i] = (struct link_text){ l->text.len, text.len };
		/* with a NUL: a link is passed on as a string */
		if ((text.len && !buf_add_slice(&l->text, text, why)) ||
		    !buf_add(&l->text, "", 1, why))
			return false;
	}
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : QUERY_MOST_IDS;
		l->all = base_realloc(l->all, l->room * sizeof(*l->all));
	}
	l->all[l->count++] = link;
	return true;
}

static bool
take_response(struct links *l, const struct slice *ids, size_t count,
	      struct failure *why)
{
	const struct query_response *response = &l->call.response;

	for (size_t i = 0; i < response->row_count; i++) {
		const struct response_row *row = &response->rows[i];

		if (!is_requested(row->id, ids, count))
			return fail(why, FAILURE_REFUSED,
				    "Id %.*s came, which was not requested: "
				    "QuickBooks did not apply the filter",
				    SLICE_SHOWN(row->id));
		if (!attachment_read(&l->row, row->payload, why))
			return fail_in(why, "attachment %.*s",
				       SLICE_SHOWN(row->id));
		if (attachment_has_file(&l->row) && !add(l, why))
			return false;
	}
	return true;
}

bool
links_query(struct links *l, struct qbo_client *qbo, const struct slice *ids,
	    size_t count,
	    void (*refused)(void *into, struct slice id,
			    const struct failure *trouble),
	    void *into, struct failure *why)
{
	bool too_much;

	if (!send(l, qbo, ids, count, &too_much, why))
		return false;
	if (!too_much)
		return take_response(l, ids, count, why);
	if (count == 1) {
		refused(into, ids[0], &l->call.why);
		return true;
	}
	l->in_halves = true;
	return links_query(l, qbo, ids, count / 2, refused, into, why) &&
	       links_query(l, qbo, ids + count / 2, count - count / 2, refused,
			   into, why);
}
