/*
 * qb-pending - drop the tickets of windows that are loaded already.
 *
 * In:   tickets.  Out: those that the ledger does not cover, unchanged, and an
 * end that counts them.
 * Promise: a ticket is dropped only if all of its time range was loaded, in
 * whatever windows; the others are forwarded at once.
 */
#include "base/log.h"
#include "base/options.h"
#include "check/ledger_query.h"
#include "postgres/connect.h"
#include "stream/tickets.h"

static const char *schema;
static const char *realm;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the load log, its table qb_windows",
	  .text = &schema },
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

/* What the ledger covers of an entity, by one of its times; read once. */
struct coverage {
	const struct entity *entity;
	enum window_by by;
	struct time_ranges ranges;
};

struct pending {
	struct ledger_query *ledger;
	struct coverage coverage[128]; /* 39 entities, by three times each */
	size_t count;
	int64_t forwarded; /* tickets since the last end */
};

static void
free_coverage(struct pending *p)
{
	for (size_t i = 0; i < p->count; i++)
		time_ranges_free(&p->coverage[i].ranges);
}

static const struct time_ranges *
find_coverage(struct pending *p, const struct window *window,
	      struct failure *why)
{
	struct coverage *c = p->coverage;

	while (c < p->coverage + p->count &&
	       (c->entity != window->entity || c->by != window->by))
		c++;
	if (c < p->coverage + p->count)
		return &c->ranges;
	if (p->count == LENGTH(p->coverage))
		BUG("more entities and times than there are");
	c->entity = window->entity;
	c->by = window->by;
	time_ranges_init(&c->ranges);
	p->count++;
	return ledger_query_coverage(p->ledger, c->entity, c->by, NULL,
				     &c->ranges, why)
		       ? &c->ranges
		       : NULL;
}

/* Forward the ticket, and count it, unless it is loaded. */
static bool
forward_ticket(struct pending *p, const struct tickets *in, struct buf *out,
	       struct failure *why)
{
	struct time_range range = { in->window.start_us, in->window.end_us };
	const struct time_ranges *covered = find_coverage(p, &in->window, why);

	if (!covered)
		return false;
	if (time_ranges_contain(covered, range))
		return true;
	p->forwarded++;
	return envelope_copy(&in->now, out, why);
}

static bool
forward_pending(struct tickets *in, struct ledger_query *ledger,
		struct lines_out *out, struct failure *why)
{
	struct pending p = { .ledger = ledger };
	enum tickets_got got;
	bool done = false;

	while ((got = tickets_next(in, why)) > TICKETS_DONE) {
		if (got == TICKETS_ONE &&
		    !forward_ticket(&p, in, &out->pending, why))
			goto out;
		if (got == TICKETS_END) {
			if (!envelope_write_end(p.forwarded, 0, &out->pending,
						why))
				goto out;
			p.forwarded = 0;
		}
		if (!lines_push(out, why))
			goto out;
	}
	done = got == TICKETS_DONE;
out:
	free_coverage(&p);
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
