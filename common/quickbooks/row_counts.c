#include "quickbooks/row_counts.h"
#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/query.h"

static void
start(const struct row_counts *c, struct qbo_call *call,
      struct qbo_client *client)
{
	call->entity = c->entity;
	call->count = true;
	qbo_client_start(client, call);
}

static bool
start_range(const struct row_counts *c, int64_t start_us, int64_t end_us,
	    struct qbo_call *call, struct qbo_client *client,
	    struct failure *why)
{
	struct window window = { c->entity, c->by, start_us, end_us, 1, 1 };
	struct query query = { .window = &window, .count = true };

	if (!query_write(&query, &call->statement, why))
		return false;
	start(c, call, client);
	return true;
}

static bool
start_total(struct row_counts *c, struct qbo_client *client,
	    struct failure *why)
{
	struct qbo_call *call = &c->calls.total;

	if (!query_write_total(c->entity, &call->statement, why))
		return false;
	call->can_split = true; /* too slow: it is not worth a second try */
	start(c, call, client);
	return true;
}

static bool
finish(const struct row_counts *c, const struct qbo_call *call, int64_t *count,
       struct qbo_client *client, struct failure *why)
{
	while (!call->done)
		if (!qbo_client_run(client, -1, why))
			return false;
	*count = call->response.count;
	if (!call->why.kind)
		return true;
	*why = call->why;
	return fail_in(why, "%s", c->entity->name);
}

/* A count that only informs. */
static bool
finish_other(const struct row_counts *c, const struct qbo_call *call,
	     const char *of, int64_t *count, struct qbo_client *client,
	     struct failure *why)
{
	if (finish(c, call, count, client, why))
		return true;
	if (!call->why.kind) /* the client itself has failed */
		return false;
	log_warn("%s rows are not counted: %s", of, why->text);
	*why = (struct failure){ 0 };
	*count = -1;
	return true;
}

static bool
has_rows_outside(const struct row_counts *c)
{
	return c->want_after && c->total > c->in_range;
}

/* Most often there are none to count: ranges end now. */
static bool
read_after(struct row_counts *counts, size_t count, struct qbo_client *client,
	   struct failure *why)
{
	const struct clock_civil year_2100 = { .year = 2100,
					       .month = 1,
					       .day = 1 };
	int64_t end_us = clock_from_civil(&year_2100);

	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (!has_rows_outside(c))
			continue;
		c->calls.after.can_split = true; /* as of the total */
		if (!start_range(c, c->range.end_us, end_us, &c->calls.after,
				 client, why))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (has_rows_outside(c) &&
		    !finish_other(c, &c->calls.after, "later", &c->after,
				  client, why))
			return false;
	}
	return true;
}

static bool
read_all(struct row_counts *counts, size_t count, struct qbo_client *client,
	 struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (!start_range(c, c->range.start_us, c->range.end_us,
				 &c->calls.in_range, client, why) ||
		    !start_total(c, client, why))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (!finish(c, &c->calls.in_range, &c->in_range, client, why) ||
		    !finish_other(c, &c->calls.total, "all", &c->total, client,
				  why))
			return false;
	}
	return read_after(counts, count, client, why);
}

static void
free_calls(struct row_counts *c, struct qbo_client *client)
{
	struct qbo_call *calls[] = { &c->calls.in_range, &c->calls.total,
				     &c->calls.after };

	for (size_t i = 0; i < LENGTH(calls); i++) {
		qbo_client_cancel(client, calls[i]);
		qbo_call_free(calls[i]);
	}
}

bool
row_counts_read(struct row_counts *counts, size_t count,
		struct qbo_client *client, struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		counts[i].after = 0;
		qbo_call_init(&counts[i].calls.in_range);
		qbo_call_init(&counts[i].calls.total);
		qbo_call_init(&counts[i].calls.after);
	}
	bool done = read_all(counts, count, client, why);
	for (size_t i = 0; i < count; i++)
		free_calls(&counts[i], client);
	return done;
}
