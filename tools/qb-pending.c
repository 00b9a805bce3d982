/*
 * qb-pending - drop the tickets of windows that are loaded already.
 *
 * In:   tickets.  Out: those that the ledger does not cover, and an end that
 * counts them.  A ticket that is covered in part is cut to what is not; one
 * by whole only its beginning, and a report never.
 * Promise: time is left out only if it was loaded, in whatever windows, and
 * read so long after it (--settle) that QuickBooks showed all changes of it.
 * Nothing else of the range is left out, and a ticket of which nothing is left
 * out is forwarded as it came, but for the mark of what is read too early to be
 * final.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "check/entity_coverage.h"
#include "check/known_objects.h"
#include "postgres/connect.h"
#include "stream/tickets.h"

static const char *schema;
static const char *realm;
static const char *run;
static int64_t settle_ms;

enum { MOST_WINDOW_BYTES = 1024 };

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the load log, its table qb_windows",
	  .text = &schema },
	{ .name = "settle",
	  .argument = "TIME",
	  .preset = "15m",
	  .help = "read again what was read less than this after its time",
	  .least = 0,
	  .most = INT64_C(30) * 24 * 3600 * 1000,
	  .duration_ms = &settle_ms },
	{ .name = "run",
	  .argument = "ID",
	  .help = "only what this run loaded counts as loaded",
	  .text = &run },
	{ .env = "QBO_REALM_ID",
	  .help = "the company (default: that of the schema)",
	  .text = &realm },
};

static const struct option_table options = {
	.tool = "qb-pending",
	.about = "Drop the tickets of windows that are loaded already.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &pg_options,
};

struct pending {
	struct entity_coverages covered;
	int64_t settled_us; /* what ends later is read too early */
	int64_t forwarded;  /* tickets since the last end */

	/* The rest of a ticket whose beginning is covered.  If the next one
	 * begins where it ends, they become one: what the last run read too
	 * early is one window with what came since. */
	struct window rest; /* entity NULL: none */
	struct buf rest_line;
};

static bool
is_same(const struct window *a, const struct window *b)
{
	return a->start_us == b->start_us && a->end_us == b->end_us &&
	       a->provisional == b->provisional &&
	       a->empty_until_us == b->empty_until_us;
}

/* `line`, a ticket with its newline, with another value of a member; without
 * the member if `value` is empty. */
static bool
put_member(const struct buf *line, enum envelope_member which,
	   const struct buf *value, struct buf *out, struct failure *why)
{
	struct envelope e;

	return envelope_parse(&e, (struct slice){ line->at, line->len - 1 },
			      why) &&
	       envelope_put(&e, which,
			    value->len ? buf_slice(value) : (struct slice){ 0 },
			    out, why);
}

/* The line of a ticket by change, with what the table has already of the
 * objects that the log will report. */
static bool
write_known(const struct pending *p, const struct window *part,
	    const struct buf *line, struct buf *out, struct failure *why)
{
	const struct ledger_query *ledger = p->covered.ledger;
	int64_t asked_us =
		part->empty_until_us ? part->empty_until_us : part->start_us;
	struct buf gone, live, with_gone;

	buf_init(&gone, LINES_LONGEST);
	buf_init(&live, LINES_LONGEST);
	buf_init(&with_gone, LINES_LONGEST);
	bool done =
		known_gone_write(ledger, part->entity, part->start_us, asked_us,
				 &gone, why) &&
		known_rows_write(ledger, part->entity, part->start_us, asked_us,
				 &live, why) &&
		put_member(line, MEMBER_KNOWN_GONE, &gone, &with_gone, why) &&
		put_member(&with_gone, MEMBER_KNOWN_ROWS, &live, out, why);
	buf_free(&gone);
	buf_free(&live);
	buf_free(&with_gone);
	return done;
}

/* The same of a ticket by whole: all that the table has, so that what is no
 * more at QuickBooks can be told.  What only counts if this run loaded it is
 * to be read again. */
static bool
write_known_whole(const struct pending *p, const struct window *part,
		  const struct buf *line, struct buf *out, struct failure *why)
{
	struct buf live;

	buf_init(&live, LINES_LONGEST);
	bool done = known_whole_write(p->covered.ledger, part->entity,
				      p->covered.run, &live, why) &&
		    put_member(line, MEMBER_KNOWN_ROWS, &live, out, why);
	buf_free(&live);
	return done;
}

/* The line, with what is known of the rows. */
static bool
write_line(const struct pending *p, const struct window *part,
	   const struct buf *line, struct buf *out, struct failure *why)
{
	switch (part->by) {
	case WINDOW_BY_CHANGE:
		return write_known(p, part, line, out, why);
	case WINDOW_BY_WHOLE:
		return write_known_whole(p, part, line, out, why);
	default:
		return buf_add_slice(out, buf_slice(line), why);
	}
}

/* The ticket for this part of it: as it came, if it is all of it. */
static bool
write_part(struct pending *p, const struct tickets *in,
	   const struct window *cut, struct buf *out, struct failure *why)
{
	struct window part = *cut;
	struct buf text, line;
	bool done = false;

	buf_init(&text, MOST_WINDOW_BYTES);
	buf_init(&line, LINES_LONGEST);
	if (!entity_coverage_empty_until(&p->covered, cut, &part.empty_until_us,
					 why))
		goto out;
	if (is_same(&part, &in->window))
		done = envelope_copy(&in->now, &line, why);
	else
		done = window_write(&part, &text, why) &&
		       envelope_put(&in->now, MEMBER_WINDOW, buf_slice(&text),
				    &line, why);
	done = done && write_line(p, &part, &line, out, why);
out:
	buf_free(&line);
	buf_free(&text);
	return done;
}

static bool
forward_rest(struct pending *p, struct buf *out, struct failure *why)
{
	if (!p->rest.entity)
		return true;
	p->rest.entity = NULL;
	p->forwarded++;
	return buf_add_slice(out, buf_slice(&p->rest_line), why);
}

static bool
keep_rest(struct pending *p, const struct tickets *in,
	  const struct window *part, struct failure *why)
{
	p->rest = *part;
	buf_clear(&p->rest_line);
	return write_part(p, in, part, &p->rest_line, why);
}

static bool
continues_rest(const struct pending *p, const struct window *part)
{
	return p->rest.entity == part->entity && p->rest.by == part->by &&
	       p->rest.end_us == part->start_us;
}

static bool
forward_part(struct pending *p, const struct tickets *in,
	     struct time_range range, struct buf *out, struct failure *why)
{
	struct window part = in->window;
	bool is_rest =
		range.start_us > part.start_us && range.end_us == part.end_us;

	part.start_us = range.start_us;
	part.end_us = range.end_us;
	part.provisional = part.end_us > p->settled_us;
	if (continues_rest(p, &part)) {
		part.start_us = p->rest.start_us;
		p->rest.entity = NULL;
	} else if (!forward_rest(p, out, why)) {
		return false;
	} else if (is_rest) {
		return keep_rest(p, in, &part, why);
	}
	p->forwarded++;
	return write_part(p, in, &part, out, why);
}

/* All of it, unless this very period was read. */
static bool
forward_report(struct pending *p, const struct tickets *in, struct buf *out,
	       struct failure *why)
{
	const struct window *w = &in->window;
	const struct time_range all = { w->start_us, w->end_us };
	bool read;

	return ledger_query_report_read(p->covered.ledger, w, p->covered.run,
					p->covered.settle_ms, &read, why) &&
	       (read || forward_part(p, in, all, out, why));
}

/* From what is not covered to the end, since the entity is read whole in any
 * case.  Nothing is left if readings that found nothing new have proven all of
 * it: they are provisional, and do not count as covering it. */
static bool
forward_whole(struct pending *p, const struct tickets *in, struct buf *out,
	      struct failure *why)
{
	struct window part = in->window;
	struct time_range left = { part.start_us, part.end_us }, gap;
	const struct time_ranges *covered;

	if (!entity_coverage_settled(&p->covered, &part, &covered, why))
		return false;
	if (!time_ranges_gap(covered, left, &gap))
		return true;
	part.start_us = left.start_us = gap.start_us;
	if (!entity_coverage_empty_until(&p->covered, &part,
					 &part.empty_until_us, why))
		return false;
	return part.empty_until_us == part.end_us ||
	       forward_part(p, in, left, out, why);
}

/* Each stretch that is not covered. */
static bool
forward_gaps(struct pending *p, const struct tickets *in, struct buf *out,
	     struct failure *why)
{
	struct time_range left = { in->window.start_us, in->window.end_us };
	const struct time_ranges *covered;
	struct time_range gap;

	if (!entity_coverage_settled(&p->covered, &in->window, &covered, why))
		return false;
	while (left.start_us < left.end_us &&
	       time_ranges_gap(covered, left, &gap)) {
		if (!forward_part(p, in, gap, out, why))
			return false;
		left.start_us = gap.end_us;
	}
	return true;
}

/* Forward what is not covered of the ticket, and count it. */
static bool
forward_ticket(struct pending *p, const struct tickets *in, struct buf *out,
	       struct failure *why)
{
	switch (in->window.by) {
	case WINDOW_BY_REPORT:
		return forward_report(p, in, out, why);
	case WINDOW_BY_WHOLE:
		return forward_whole(p, in, out, why);
	default:
		return forward_gaps(p, in, out, why);
	}
}

static bool
forward_end(struct pending *p, struct buf *out, struct failure *why)
{
	bool done = forward_rest(p, out, why) &&
		    envelope_write_end(p->forwarded, 0, out, why);

	p->forwarded = 0;
	return done;
}

static bool
forward_pending(struct tickets *in, struct ledger_query *ledger,
		struct lines_out *out, struct failure *why)
{
	struct pending p = { .covered = { .ledger = ledger,
					  .run = run,
					  .settle_ms = settle_ms } };
	enum tickets_got got;
	bool done = false;

	p.settled_us = clock_now_us() - settle_ms * 1000;
	buf_init(&p.rest_line, LINES_LONGEST);
	while ((got = tickets_next(in, why)) > TICKETS_DONE) {
		if (got == TICKETS_ONE &&
		    !forward_ticket(&p, in, &out->pending, why))
			goto out;
		if (got == TICKETS_END && !forward_end(&p, &out->pending, why))
			goto out;
		if (!lines_push(out, why))
			goto out;
	}
	done = got == TICKETS_DONE;
out:
	buf_free(&p.rest_line);
	entity_coverages_free(&p.covered);
	return done;
}

int
main(int argc, char *argv[])
{
	struct failure why = { 0 };
	struct lines_out out;
	struct tickets in;
	struct ledger_query ledger;
	struct pg pg;
	int used;

	log_begin("qb-pending");
	lines_out_init(&out, STDOUT_FILENO);
	tickets_init(&in, STDIN_FILENO, &out);
	pg_init(&pg, "qb-pending");
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    options_require_pipe(&options, &why) && pg_connect(&pg, &why) &&
	    ledger_query_open(&ledger, &pg, schema, realm, &why)) {
		forward_pending(&in, &ledger, &out, &why);
		lines_finish(&out, &why);
	}
	pg_free(&pg);
	tickets_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
