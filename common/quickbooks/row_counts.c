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

/* `can_split`: where it is too slow, it is not tried a second time. */
static bool
start_range(const struct row_counts *c, struct time_range range, bool can_split,
	    struct qbo_call *call, struct qbo_client *client,
	    struct failure *why)
{
	struct window window = { .entity = c->entity,
				 .by = c->by,
				 .start_us = range.start_us,
				 .end_us = range.end_us,
				 .no = 1,
				 .of = 1 };
	struct query query = { .window = &window,
			       .count = true,
			       .changed_from_us = c->changed_from_us };

	qbo_call_clear(call);
	call->can_split = can_split && !c->all;
	if (!(c->all ? query_write_total(c->entity, &call->statement, why)
		     : query_write(&query, &call->statement, why)))
		return false;
	start(c, call, client);
	return true;
}

/* --- the rows of the range ----------------------------------------------- */

/* Nothing is started where all is counted. */
static bool
start_part(struct row_counts *c, bool can_split, struct qbo_client *client,
	   struct failure *why)
{
	struct time_range part;

	return !range_count_next(&c->parts, &part) ||
	       start_range(c, part, can_split, &c->calls_of.in_range, client,
			   why);
}

/* A part is done: start the next one, or the first half of this one. */
static bool
take_part(struct row_counts *c, struct qbo_client *client, struct failure *why)
{
	struct qbo_call *call = &c->calls_of.in_range;

	if (call->must_split) {
		/* a single second is tried as often as any other call */
		bool halved = range_count_halve(&c->parts);

		return start_part(c, halved, client, why);
	}
	if (call->absent && c->may_be_absent) {
		c->absent = true;
		c->refusal = call->why;
		range_count_begin(&c->parts, 0, 0, CLOCK_SECOND);
		return true;
	}
	if (call->why.kind) {
		*why = call->why;
		return fail_in(why, "%s", c->entity->name);
	}
	range_count_add(&c->parts, call->response.count);
	return start_part(c, true, client, why);
}

static bool
take_parts(struct row_counts *counts, size_t count, struct qbo_client *client,
	   bool *all_counted, struct failure *why)
{
	struct time_range part;

	*all_counted = true;
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (c->calls_of.in_range.done &&
		    range_count_next(&c->parts, &part) &&
		    !take_part(c, client, why))
			return false;
		if (range_count_next(&c->parts, &part))
			*all_counted = false;
		c->in_range = c->parts.sum;
	}
	return true;
}

static bool
finish_ranges(struct row_counts *counts, size_t count,
	      struct qbo_client *client, struct failure *why)
{
	bool all_counted;

	for (;;) {
		if (!take_parts(counts, count, client, &all_counted, why))
			return false;
		if (all_counted)
			return true;
		if (!qbo_client_run(client, -1, why))
			return false;
	}
}

/* --- those outside of it, which only inform ------------------------------- */

static bool
start_total(struct row_counts *c, struct qbo_client *client,
	    struct failure *why)
{
	struct qbo_call *call = &c->calls_of.total;

	if (!query_write_total(c->entity, &call->statement, why))
		return false;
	call->can_split = true; /* too slow: it is not worth a second try */
	start(c, call, client);
	return true;
}

static bool
finish_other(const struct row_counts *c, const struct qbo_call *call,
	     const char *of, int64_t *count, struct qbo_client *client,
	     struct failure *why)
{
	while (!call->done)
		if (!qbo_client_run(client, -1, why))
			return false;
	if (!call->why.kind) {
		*count = call->response.count;
		return true;
	}
	log_warn("%s rows are not counted: %s: %s", of, c->entity->name,
		 call->why.text);
	*count = -1;
	return true;
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

		if (!c->outside || c->total <= c->in_range)
			continue;
		if (!start_range(c,
				 (struct time_range){ c->range.end_us, end_us },
				 true, &c->calls_of.after, client, why))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (c->outside && c->total > c->in_range &&
		    !finish_other(c, &c->calls_of.after, "later", &c->after,
				  client, why))
			return false;
	}
	return true;
}

static bool
read_outside(struct row_counts *counts, size_t count, struct qbo_client *client,
	     struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (!c->outside || c->absent)
			continue;
		if (!finish_other(c, &c->calls_of.total, "all", &c->total,
				  client, why))
			return false;
		c->after = 0;
	}
	return read_after(counts, count, client, why);
}

/* --- all of them ---------------------------------------------------------- */

static bool
read_all(struct row_counts *counts, size_t count, struct qbo_client *client,
	 struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		struct row_counts *c = &counts[i];

		if (!start_part(c, true, client, why) ||
		    (c->outside && !start_total(c, client, why)))
			return false;
	}
	return finish_ranges(counts, count, client, why) &&
	       read_outside(counts, count, client, why);
}

static void
begin(struct row_counts *c)
{
	c->in_range = 0;
	c->absent = false;
	c->total = c->after = -1;
	range_count_begin(&c->parts, c->range.start_us, c->range.end_us,
			  c->by == WINDOW_BY_TXN_DATE ? CLOCK_DAY
						      : CLOCK_SECOND);
	qbo_call_init(&c->calls_of.in_range);
	qbo_call_init(&c->calls_of.total);
	qbo_call_init(&c->calls_of.after);
}

static void
free_calls(struct row_counts *c, struct qbo_client *client)
{
	struct qbo_call *calls[] = { &c->calls_of.in_range, &c->calls_of.total,
				     &c->calls_of.after };

	for (size_t i = 0; i < LENGTH(calls); i++) {
		qbo_client_cancel(client, calls[i]);
		qbo_call_free(calls[i]);
	}
}

bool
row_counts_read(struct row_counts *counts, size_t count,
		struct qbo_client *client, struct failure *why)
{
	for (size_t i = 0; i < count; i++)
		begin(&counts[i]);
	bool done = read_all(counts, count, client, why);
	for (size_t i = 0; i < count; i++)
		free_calls(&counts[i], client);
	return done;
}
