/*
 * covers: whole_reading whole_pass
 *
 * Which answers of QuickBooks prove that a reading has all rows, and which are
 * there in the end.
 */
#include "quickbooks/whole_reading.h"
#include "scriptclient.h"
#include "tap.h"

static struct whole_reading reading;
static struct fetch_output lines;
static struct lines_out out;
static struct failure why;

static bool
read_script(const char *entity, int64_t page_size, const char *const *script)
{
	why = (struct failure){ 0 };
	script_begin(script);
	return whole_reading_read(&reading, entity_find(slice_of(entity)), 0,
				  page_size, &script_client, &lines, &why);
}

static bool
add_script(const char *entity, int64_t page_size, const char *const *script)
{
	why = (struct failure){ 0 };
	script_begin(script);
	return whole_reading_add(&reading, entity_find(slice_of(entity)), 0,
				 page_size, &script_client, &lines, &why);
}

/* The Ids of the reading. */
static const char *
ids(void)
{
	static char text[200];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < reading.count; i++) {
		struct slice id = whole_reading_id(&reading, i);

		if (whole_reading_has(&reading, id))
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "%s%.*s",
				used ? " " : "", SLICE_SHOWN(id));
	}
	return text;
}

#define SCRIPT(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define READ(what, entity, page_size, want, ...) \
	do { \
		bool done = \
			read_script(entity, page_size, SCRIPT(__VA_ARGS__)); \
		ok(done &&script_ended(), "%s: read by so many calls", what); \
		if (why.kind) \
			printf("# %s\n", why.text); \
		is(ids(), want, what); \
	} while (0)

#define FAILS(what, entity, page_size, kind_wanted, saying, ...) \
	do { \
		bool done = \
			read_script(entity, page_size, SCRIPT(__VA_ARGS__)); \
		ok(!done && why.kind == (kind_wanted) && script_ended(), \
		   "%s: fails", what); \
		ok(strstr(why.text, saying) != NULL, "%s: \"%s\"", what, \
		   why.text); \
	} while (0)

#define WRAPPED(id) "{\"Bill\":{\"Id\":\"" id "\"}}"

static void
test_lists(void)
{
	READ("a list, with and without a filter", "TaxCode", 1000,
	     "1 2 TAX NON", "1+ 2", "1+ TAX NON");
	is(script_client.statements[0],
	   "select * from TaxCode where Active in (true,false) startposition 1 "
	   "maxresults 1000",
	   "inactive ones are asked for");
	is(script_client.statements[1],
	   "select * from TaxCode startposition 1 maxresults 1000",
	   "then those without Active");
	READ("the second one lacks an active row", "TaxCode", 1000, "1 2 3 TAX",
	     "1+ 2 3+", "1+ TAX", "1+ 2 3+", "", "1+ 3+ TAX", "");
	READ("the first one lacks an active row", "TaxCode", 1000, "1 2 3 TAX",
	     "1+ 2", "1+ 3+ TAX", "1+ 2 3+", "", "1+ 3+ TAX", "");
	READ("no active row says that neither was cut", "TaxCode", 1000,
	     "2 TAX 4", "2", "TAX", "2 4", "", "TAX", "");
	READ("a full page of the second", "TaxCode", 3, "1 2 TAX NON", "1+ 2",
	     "1+ TAX NON", "1+ 2", "", "1+ TAX NON", "", "1+ 2", "",
	     "1+ TAX NON", "");
	READ("made up ones that the filter leaves in", "TaxCode", 1000,
	     "TAX NON 1", "TAX NON 1+", "TAX NON 1+");
	READ("a list that is empty", "TaxCode", 1000, "", "", "");
	READ("a list that only the second query has", "TaxCode", 1000, "TAX",
	     "", "TAX", "", "TAX", "");
	READ("a page of one more than the limit", "TaxCode", 2, "1 2 3",
	     "1 2 3", "1 2 3", "1 2 3", "", "1 2 3", "", "1 2 3", "", "1 2 3",
	     "");
	READ("the same Id twice", "TaxCode", 1000, "1 2", "1 1 2", "1", "1 1 2",
	     "", "1", "");
	READ("currencies, by one query", "CompanyCurrency", 1000, "1", "1", "");
	READ("no currencies, by two answers", "CompanyCurrency", 1000, "", "",
	     "");
	READ("a position that is ignored", "TaxCode", 1000, "1 2", "1 2", "1 2",
	     "1 2", "1 2", "2 1", "1 2");
	FAILS("ignored where the page is full", "CompanyCurrency", 2,
	      FAILURE_LATER, "the same rows came again", "1 2", "1 2", "1 2",
	      "1 2", "1 2", "1 2");
}

/* What happens between two pages, by one query. */
static void
test_moves(void)
{
	READ("two pages are read twice", "CompanyCurrency", 2, "1 2 3", "1 2",
	     "3", "", "1 2", "3", "");
	READ("a row that left moved another one past", "CompanyCurrency", 2,
	     "2 3", "1 2", "", "2 3", "", "2 3", "");
	READ("an empty answer in place of a page", "CompanyCurrency", 2,
	     "1 2 3", "1 2", "", "1 2", "3", "", "1 2", "3", "");
	READ("and in place of all", "RecurringTransaction", 1000, "1", "",
	     "[" WRAPPED("1") "]", "");
	READ("a row that came", "CompanyCurrency", 2, "1 2 9", "1 2", "2",
	     "9 1", "2", "", "9 1", "2", "");
	READ("a row that went is no part of it", "CompanyCurrency", 2, "1 3",
	     "1 2", "3", "", "1 3", "", "1 3", "");
	FAILS("each pass lacks another row", "CompanyCurrency", 2,
	      FAILURE_LATER, "it changed in each of 3 passes", "1 2", "3", "",
	      "1 2", "4", "", "1 2", "3", "");
	FAILS("as many, but others", "CompanyCurrency", 2, FAILURE_LATER,
	      "it changed", "1 2", "3 4", "", "1 2", "3 5", "", "1 2", "4 5",
	      "");
}

static void
test_shapes(void)
{
	READ("wrapped rows", "RecurringTransaction", 1000, "20 21",
	     "[" WRAPPED("20") ",{\"Invoice\":{\"Id\":\"21\"}}]", "");
	is(script_client.statements[1],
	   "select * from RecurringTransaction startposition 3 maxresults 1000",
	   "from what came, not from what was asked for");
	FAILS("a wrapped row beside another", "RecurringTransaction", 1000,
	      FAILURE_REFUSED, "Id 20: beside it stands \"More\"",
	      "[{\"Bill\":{\"Id\":\"20\"},\"More\":{}}]");
	FAILS("a wrapped row without Id", "RecurringTransaction", 1000,
	      FAILURE_REFUSED, "Bill: a row without Id", "[{\"Bill\":{}}]");
	FAILS("a row that is not wrapped", "RecurringTransaction", 1000,
	      FAILURE_REFUSED, "Id: a row that is not an object",
	      "[{\"Id\":\"20\"}]");
	READ("one object", "Preferences", 1, "1", "1");
	is(script_client.statements[0], "select * from Preferences",
	   "which has no pages");
	READ("one object that came at the second time", "CompanyInfo", 1000,
	     "1", "", "1");
	FAILS("two objects", "CompanyInfo", 1000, FAILURE_REFUSED,
	      "2 objects came", "1 2");
	FAILS("two of one Id", "CompanyInfo", 1000, FAILURE_REFUSED,
	      "2 objects came", "1 1");
	FAILS("none", "CompanyInfo", 1000, FAILURE_LATER, "0 objects came", "",
	      "");
}

static void
test_add(void)
{
	READ("before more is read", "TaxCode", 1000, "1 2 TAX", "1+ 2",
	     "1+ TAX");
	ok(add_script("TaxCode", 1000, SCRIPT("2+ 3", "2+ TAX")), "once more");
	is(ids(), "1 2 TAX 3", "what came in one of the two is there");
	ok(read_script("TaxCode", 1000, SCRIPT("2+", "TAX 2+")), "anew");
	is(ids(), "2 TAX", "what was read before is forgotten");
	READ("empty", "RecurringTransaction", 1000, "", "", "");
	ok(add_script("RecurringTransaction", 1000, SCRIPT("")) &&
		   script_ended() && !reading.count,
	   "empty once more, by one answer");
}

static void
test_failures(void)
{
	FAILS("no answer", "TaxCode", 1000, FAILURE_LATER,
	      "TaxCode, rows from 1: HTTP 500", "!later");
	ok(reading.call.done && reading.call.why.kind, "it is the call's");
	FAILS("on a later page", "CompanyCurrency", 2, FAILURE_REFUSED,
	      "CompanyCurrency, rows from 3: HTTP 400", "1 2", "!refused");
	FAILS("calls that are used up", "TaxCode", 1000, FAILURE_LATER,
	      "used up", "1 2", "!stop");
	ok(!reading.call.done, "that call was not sent");
	READ("and then again", "TaxCode", 1000, "1", "1+", "1+");
}

static void
test_times(void)
{
	script_begin(SCRIPT("1+", "1+"));
	script_client.time = "2025-06-01T00:00:00-07:00";
	ok(whole_reading_read(&reading, entity_find(SLICE("TaxCode")),
			      INT64_C(1735689600000000), 1000, &script_client,
			      &lines, &why) &&
		   slice_is(whole_reading_time(&reading), script_client.time) &&
		   reading.at_us == INT64_C(1748761200000000),
	   "when it was read, by QuickBooks' clock");
	script_begin(SCRIPT("1"));
	script_client.time = "2025-06-01T00:00:00-07:00";
	ok(!whole_reading_read(&reading, entity_find(SLICE("TaxCode")),
			       INT64_C(1748761200000000) + 120000000, 1000,
			       &script_client, &lines, &why) &&
		   why.kind == FAILURE_LATER &&
		   strstr(why.text, "QuickBooks' clock"),
	   "by which the window must be over");
}

int
main(void)
{
	lines_out_init(&out, -1);
	fetch_output_init(&lines, &out);
	whole_reading_init(&reading);
	test_lists();
	test_moves();
	test_shapes();
	test_add();
	test_failures();
	test_times();
	whole_reading_free(&reading);
	whole_reading_free(&reading);
	fetch_output_free(&lines);
	lines_out_free(&out);
	return tap_done();
}
