/*
 * qb-pending - leave out the tickets of what is loaded already.
 *
 * In:   tickets.  Out: those that the ledger does not cover, as they came, and
 * an end that counts them.
 * Promise: no ticket is left out unless every moment of it was loaded, whatever
 * windows it was loaded in; none is held back longer than the wait for the
 * next one.
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
	  .help = "whose ledger is asked",
	  .text = &schema },
	{ .env = "QBO_REALM_ID",
	  .help = "the company; that of the schema if not set",
	  .text = &realm },
};

static const struct option_table options = {
	.tool = "qb-pending",
	.about = "Leave out the tickets of what is loaded already.",
	.rows = rows,
	.count = LENGTH(rows),
	.also = &pg_options,
};

/* What the ledger says of one entity by one of its times; asked once. */
struct known {
	const struct entity *entity;
	enum window_by by;
	struct time_ranges cover;
};

struct pending {
	struct ledger_query *ledger;
	struct known known[128]; /* 39 entities, three times each */
	size_t count;
};

static void
forget(struct pending *p)
{
	for (size_t i = 0; i < p->count; i++)
		time_ranges_free(&p->known[i].cover);
}

static const struct time_ranges *
find(struct pending *p, const struct window *window, struct failure *why)
{
	struct known *k = p->known;

	while (k < p->known + p->count &&
	       (k->entity != window->entity || k->by != window->by))
		k++;
	if (k < p->known + p->count)
		return &k->cover;
	if (p->count == LENGTH(p->known))
		BUG("more entities and times than there are");
	k->entity = window->entity;
	k->by = window->by;
	time_ranges_init(&k->cover);
	p->count++;
	return ledger_query_coverage(p->ledger, k->entity, k->by, NULL,
				     &k->cover, why)
		       ? &k->cover
		       : NULL;
}

/* Pass the ticket on, and count it, unless it is loaded. */
static bool
take_ticket(struct pending *p, const struct tickets *in, struct buf *out,
	    int64_t *passed, struct failure *why)
{
	struct time_range range = { in->window.start_us, in->window.end_us };
	const struct time_ranges *cover = find(p, &in->window, why);

	if (!cover)
		return false;
	if (time_ranges_contain(cover, range))
		return true;
	++*passed;
	return envelope_copy(&in->now, out, why);
}

static bool
pass_pending(struct tickets *in, struct ledger_query *ledger,
	     struct lines_out *out, struct failure *why)
{
	struct pending p = { .ledger = ledger };
	enum tickets_got got;
	int64_t passed = 0;
	bool done = false;

	while ((got = tickets_next(in, why)) > TICKETS_DONE) {
		if (got == TICKETS_ONE &&
		    !take_ticket(&p, in, &out->pending, &passed, why))
			goto out;
		if (got == TICKETS_END) {
			if (!envelope_write_end(passed, 0, &out->pending, why))
				goto out;
			passed = 0;
		}
		if (!lines_push(out, why))
			goto out;
	}
	done = got == TICKETS_DONE;
out:
	forget(&p);
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
		pass_pending(&in, &ledger, &out, &why);
		lines_finish(&out, &why);
	}
	pg_free(&pg);
	tickets_free(&in);
	lines_out_free(&out);
	return log_failure(&why);
}
