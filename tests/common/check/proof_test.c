/* What follows from what QuickBooks, the ledger, the archive and the table
 * say. */
#include "check/proof_report.h"
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
	const struct proof_totals gone = { .rows = 3,
					   .inserted = 2,
					   .deleted = 1 };
	struct proof p;

	agreeing(&p);
	proof_add_window(&p, &gone, p.range);
	concludes(&p, FAILURE_NONE, "0 rejected, 1 deleted",
		  "rows that gone lines marked are rows of the window");
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
	concludes(&p, FAILURE_DATA, "and 61 more",
		  "what there is no room for still counts");
}

/* What is added after the conclusion. */
static void
test_windows(void)
{
	const struct time_range day = { CLOCK_DAY, 2 * CLOCK_DAY };
	struct proof_difference d = {
		.range = day, .windows = 1, .counted = 5, .in_table = 4
	};
	struct suspect suspect = { day, 3 };
	struct proof p;

	agreeing(&p);
	proof_conclude(&p);
	ok(!proof_differs(&p), "what agrees does not differ");
	d.missing = -2;
	proof_add_difference(&p, &d);
	ok(!p.verdict && !p.missing && !p.reload.count,
	   "a window where rows have left is only named");
	is(p.findings[0].text,
	   "1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z: 5 at QuickBooks, 4 "
	   "in the table: 2 changed or deleted since",
	   "with both counts");
	d.missing = 1;
	d.windows = 3;
	proof_add_difference(&p, &d);
	ok(p.verdict == FAILURE_LATER && p.missing == 1 && p.reload.count == 1,
	   "one where rows are missing is incomplete, though the totals agree");
	is(p.findings[1].text,
	   "1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z (3 windows): 5 at "
	   "QuickBooks, 4 in the table: 1 missing",
	   "and it is named");
	suspect.range.end_us++;
	proof_add_suspect(&p, &suspect);
	ok(p.finding_count == 2 && p.reload.count == 2,
	   "a suspect beside it is read again as a whole, and not named");
	suspect.range.start_us += 5 * CLOCK_DAY;
	suspect.range.end_us += 5 * CLOCK_DAY;
	proof_add_suspect(&p, &suspect);
	ok(p.finding_count == 2 && p.reload.count == 2,
	   "one elsewhere is not read again");
	for (int i = 0; i < 100; i++)
		proof_add_difference(&p, &d);
	ok(p.finding_count == PROOF_MOST_WINDOWS &&
		   p.more_findings == 102 - PROOF_MOST_WINDOWS &&
		   p.missing == 101,
	   "of many the first are named, and all are counted");
	proof_free(&p);
}

static void
test_suspects(void)
{
	struct suspect suspect = { { CLOCK_DAY, 2 * CLOCK_DAY }, 3 };
	struct proof p;

	agreeing(&p);
	proof_conclude(&p);
	proof_add_suspect(&p, &suspect);
	ok(p.verdict == FAILURE_LATER && p.reload.count == 1,
	   "where no rows are missing a suspect is incomplete");
	is(p.findings[0].text,
	   "1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z: up to 3 rows "
	   "are not as they were loaded: older, or gone",
	   "and it is named");
	proof_free(&p);

	agreeing(&p);
	p.in_range = 99;
	proof_conclude(&p);
	ok(proof_differs(&p), "missing rows differ");
	proof_free(&p);
	agreeing(&p);
	p.in_range = 0;
	proof_conclude(&p);
	ok(!proof_differs(&p),
	   "without rows there are no windows to tell apart");
	proof_free(&p);
}

static void
test_offline(void)
{
	struct failure why = { 0 };
	struct proof p;
	struct buf line;

	agreeing(&p);
	p.offline = true;
	p.with_outside = false;
	p.counted = p.counted_total = 0;
	concludes(&p, FAILURE_NONE,
		  "  at QuickBooks, in range   not asked\n  read  ",
		  "offline nothing is compared with QuickBooks");
	agreeing(&p);
	p.offline = true;
	p.in_table = 0;
	concludes(&p, FAILURE_LATER, "WRONG: the table has no rows",
		  "offline, an empty table after a load is wrong, too");
	buf_init(&line, 64 * 1024);
	agreeing(&p);
	p.offline = true;
	p.with_outside = false;
	ok(proof_write_json(&p, &line, &why) &&
		   strstr(line.at,
			  "\"counted\":null,\"quickbooks_total\":null,"),
	   "offline, JSON has no counts");
	buf_free(&line);
	proof_free(&p);
}

static void
test_outside(void)
{
	struct proof p;

	agreeing(&p);
	p.with_outside = false;
	p.counted_total = 999;
	p.outside = 7;
	concludes(&p, FAILURE_NONE,
		  "  note: 7 rows of the table lie outside this range: "
		  "--from/--to select by LastUpdatedTime (qb-check(1), "
		  "DATES)\n",
		  "what the table has outside of the range is told");
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
	   "\"status\":75,\"counted\":100,\"quickbooks_total\":100,"
	   "\"last_reading\":null,\"windows\":1,\"extracted\":100,"
	   "\"archived\":null,\"inserted\":60,\"updated\":20,\"unchanged\":15,"
	   "\"stale\":5,\"rejected\":0,\"deleted\":0,\"dropped\":0,"
	   "\"in_range\":101,\"final_count\":250,\"missing\":0,\"findings\":[{"
	   "\"status\":75,"
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
	test_windows();
	test_suspects();
	test_offline();
	test_outside();
	test_json();
	return tap_done();
}
