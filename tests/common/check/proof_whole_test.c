/* covers: proof - entities that are read whole, and that the company lacks. */
#include "check/proof_report.h"
#include "tap.h"

/* A range of which all agree on 100 rows. */
static void
agreeing(struct proof *p)
{
	const struct proof_totals totals = { .rows = 100,
					     .inserted = 60,
					     .updated = 20,
					     .unchanged = 15,
					     .stale = 5 };

	proof_init(p);
	p->entity = entity_find(SLICE("Invoice"));
	p->range = (struct time_range){ 0, 7 * CLOCK_DAY };
	time_ranges_add(&p->covered, p->range);
	proof_add_window(p, &totals, p->range);
	p->counted = p->counted_total = p->in_range = 100;
	p->in_table = 250;
	p->with_outside = true;
}

static void
concludes(struct proof *p, enum failure_kind verdict, const char *saying,
	  const char *what)
{
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, 64 * 1024);
	proof_conclude(p);
	ok(p->verdict == verdict && proof_write(p, &text, &why) &&
		   strstr(text.at, saying),
	   "%s", what);
	if (p->verdict != verdict || !strstr(text.at, saying))
		printf("# %d: %s\n", (int)p->verdict, text.at);
	buf_free(&text);
	proof_free(p);
}

/* An entity that is read whole, of which the last reading found 100 rows. */
static void
agreeing_whole(struct proof *p)
{
	agreeing(p);
	p->entity = entity_find(SLICE("RecurringTransaction"));
	p->by = WINDOW_BY_WHOLE;
	p->with_outside = false;
	p->whole = (struct proof_whole){ .rows = 100, .at_us = CLOCK_DAY };
}

static void
test_whole(void)
{
	struct proof p;

	agreeing_whole(&p);
	concludes(&p, FAILURE_NONE,
		  "in the table, live              100  equal",
		  "what the last reading found is proven");
	agreeing_whole(&p);
	p.in_range = 98;
	concludes(&p, FAILURE_LATER,
		  "2 rows of the last reading are missing in the table",
		  "a row less is missing");
	agreeing_whole(&p);
	p.in_range = p.whole.rows = 98;
	concludes(&p, FAILURE_LATER,
		  "QuickBooks has 100 rows now; the last reading found 98",
		  "what came since is missing");
	agreeing_whole(&p);
	p.in_range = 101;
	concludes(&p, FAILURE_LATER,
		  "1 rows of the table were not in the last reading",
		  "a row more was not told to be gone");
	agreeing_whole(&p);
	p.offline = true;
	p.counted = 0;
	concludes(&p, FAILURE_NONE, "at QuickBooks             not asked",
		  "offline the last reading is what counts");
	agreeing_whole(&p);
	p.in_range = 99;
	p.whole.rejected = 1;
	concludes(&p, FAILURE_DATA,
		  "1 rows are missing in the table: 1 were rejected",
		  "a row that was rejected is damage");
	agreeing_whole(&p);
	p.in_range = 99;
	p.whole.dropped = 1;
	concludes(&p, FAILURE_NONE, "1 were dropped by qb-stamp --jq",
		  "one that was dropped is none");
}

static void
test_absent(void)
{
	struct proof p;

	agreeing(&p);
	p.absent = p.optional = true;
	p.in_range = 0;
	concludes(&p, FAILURE_NONE, "Invoice: not in this company\n",
		  "what a group named and the company lacks is no failure");
	agreeing(&p);
	p.absent = true;
	snprintf(p.absent_why, sizeof(p.absent_why), "HTTP 400");
	concludes(&p, FAILURE_REFUSED,
		  "Invoice: not in this company: QuickBooks refuses it (HTTP "
		  "400)\n",
		  "what was named is");
	agreeing(&p);
	p.absent = p.optional = p.loaded_before = true;
	concludes(&p, FAILURE_REFUSED,
		  "Invoice: incomplete: not in this company; it was loaded "
		  "before\n",
		  "and what was loaded before, whoever named it");
	agreeing(&p);
	p.no_day = true;
	time_ranges_free(&p.covered);
	concludes(&p, FAILURE_NONE, "note: no day of the range is over",
		  "of no day nothing is missing");
}

int
main(void)
{
	test_whole();
	test_absent();
	return tap_done();
}
