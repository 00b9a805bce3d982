/* What follows from what QuickBooks, the ledger, the archive and the table
 * say. */
#include "check/proof.h"
#include "tap.h"
#include "json/json.h"

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

static void
test_counts(void)
{
	struct proof p;

	agreeing(&p);
	concludes(&p, FAILURE_NONE, "in range          100  equal",
		  "what agrees is proven");
	agreeing(&p);
	p.counted = 90;
	concludes(&p, FAILURE_NONE, "10 rows in the table have left the range",
		  "rows that left the range since are no fault");
	agreeing(&p);
	p.counted_total = 121;
	concludes(&p, FAILURE_NONE,
		  "  note: 21 rows lie outside this range: --from/--to select "
		  "by LastUpdatedTime (qb-check(1), DATES)\n",
		  "rows outside the range are told, and are no fault");
	agreeing(&p);
	p.counted_total = 121;
	p.counted_after = 20;
	concludes(&p, FAILURE_NONE,
		  "  note: 21 rows lie outside this range, 20 of them changed "
		  "later: --from/--to select by LastUpdatedTime",
		  "rows that changed after the range are counted apart");
	agreeing(&p);
	p.counted_total = -1;
	concludes(&p, FAILURE_NONE, "  at QuickBooks, in all       unknown\n",
		  "a total that is not known is no fault");
	agreeing(&p);
	p.by = WINDOW_BY_TXN_DATE;
	p.counted_total = 101;
	concludes(&p, FAILURE_NONE, "select by TxnDate",
		  "the note names what the range selects by");
	agreeing(&p);
	p.in_range = 99;
	concludes(&p, FAILURE_LATER, "1 rows are missing in the table",
		  "a single row less is incomplete");
	agreeing(&p);
	p.in_range = 98;
	p.loaded.rejected = 2;
	concludes(&p, FAILURE_DATA, "2 were rejected",
		  "rows that were rejected do not come by running again");
	agreeing(&p);
	p.in_range = 97;
	p.loaded.rejected = 2;
	concludes(&p, FAILURE_LATER, "3 rows are missing",
		  "more than were rejected may");
	agreeing(&p);
	p.in_range = 98;
	p.loaded.dropped = 2;
	concludes(&p, FAILURE_NONE, "2 were dropped",
		  "what the user's program dropped is not missing");
	agreeing(&p);
	p.in_range = 97;
	p.loaded.dropped = 2;
	concludes(&p, FAILURE_LATER, "1 rows are missing",
		  "but what goes beyond it is");
}

static void
test_empty(void)
{
	struct proof p;

	agreeing(&p);
	p.counted = p.in_range = p.in_table = 0;
	concludes(&p, FAILURE_LATER, "WRONG: the table has no rows",
		  "an empty table after a load is wrong");
	proof_init(&p);
	p.entity = entity_find(SLICE("Bill"));
	p.range = (struct time_range){ 0, CLOCK_DAY };
	time_ranges_add(&p.covered, p.range);
	concludes(&p, FAILURE_NONE, "note: the table has no rows",
		  "where QuickBooks counts none it is not");
}

static void
test_gaps(void)
{
	struct proof p;

	agreeing(&p);
	time_ranges_free(&p.covered);
	time_ranges_add(&p.covered,
			(struct time_range){ CLOCK_DAY, 2 * CLOCK_DAY });
	time_ranges_add(&p.covered,
			(struct time_range){ 3 * CLOCK_DAY, 6 * CLOCK_DAY });
	proof_conclude(&p);
	ok(p.verdict == FAILURE_LATER && p.finding_count == 3,
	   "each gap counts");
	is(p.findings[0].text,
	   "not loaded: 1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z",
	   "a gap at the start is named");
	is(p.findings[1].text,
	   "not loaded: 1970-01-03T00:00:00Z to 1970-01-04T00:00:00Z",
	   "one in the middle too");
	is(p.findings[2].text,
	   "not loaded: 1970-01-07T00:00:00Z to 1970-01-08T00:00:00Z",
	   "and one at the end");
	proof_free(&p);

	agreeing(&p);
	p.with_archive = true;
	concludes(&p, FAILURE_LATER, "not archived: 1970-01-01",
		  "what is loaded but not archived is incomplete");
	agreeing(&p);
	p.with_archive = true;
	time_ranges_add(&p.archived, p.range);
	p.files = 1;
	p.file_rows = 100;
	concludes(&p, FAILURE_NONE, "in 1 files", "what is archived is proven");
}

static void
test_damage(void)
{
	const struct proof_totals odd = { .rows = 3, .inserted = 2 };
	struct proof p;

	agreeing(&p);
	proof_add_window(&p, &odd, p.range);
	concludes(&p, FAILURE_DATA, "do not add up",
		  "a ledger that does not add up is damaged");
	agreeing(&p);
	proof_add_finding(&p, FAILURE_DATA, "a file is bad");
	proof_add_finding(&p, FAILURE_LATER, "a file is not there");
	concludes(&p, FAILURE_DATA, "damaged",
		  "damage outweighs what is missing, found before it");
	agreeing(&p);
	proof_add_finding(&p, FAILURE_LATER, "a file is not there");
	proof_add_finding(&p, FAILURE_DATA, "a file is bad");
	concludes(&p, FAILURE_DATA, "damaged", "or after it");
	agreeing(&p);
	for (int i = 0; i < 100; i++)
		proof_add_finding(&p, FAILURE_NONE, "note %d", i);
	proof_add_finding(&p, FAILURE_DATA, "a file is bad");
	concludes(&p, FAILURE_DATA, "and 81 more",
		  "what there is no room for still counts");
}

static void
test_json(void)
{
	struct failure why = { 0 };
	struct proof p;
	struct buf line;

	buf_init(&line, 64 * 1024);
	agreeing(&p);
	p.in_range = 101;
	proof_add_finding(&p, FAILURE_LATER, "a \"file\" is not there");
	proof_conclude(&p);
	ok(proof_write_json(&p, &line, &why), "a line of JSON is written");
	is(line.at,
	   "{\"entity\":\"Invoice\",\"by\":\"updated\","
	   "\"start\":\"1970-01-01T00:00:00Z\","
	   "\"end\":\"1970-01-08T00:00:00Z\",\"verdict\":\"incomplete\","
	   "\"status\":75,\"counted\":100,\"quickbooks_total\":100,\"windows\":"
	   "1,\"extracted\":100,"
	   "\"archived\":null,\"inserted\":60,\"updated\":20,\"unchanged\":15,"
	   "\"stale\":5,\"rejected\":0,\"dropped\":0,\"in_range\":101,"
	   "\"final_count\":250,\"missing\":0,\"findings\":[{\"status\":75,"
	   "\"text\":\"a \\\"file\\\" is not there\"},{\"status\":0,\"text\":"
	   "\"1 rows in the table have left the range at QuickBooks: "
	   "changed or deleted since\"}],\"more_findings\":0}\n",
	   "with all that is known");
	line.at[line.len - 1] = '\0';
	ok(json_check(slice_of(line.at), &why), "and it is JSON");
	buf_free(&line);
	proof_free(&p);
}

int
main(void)
{
	test_counts();
	test_empty();
	test_gaps();
	test_damage();
	test_json();
	return tap_done();
}
