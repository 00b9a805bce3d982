/* Windows as they are written and read. */
#include "stream/window.h"
#include "tap.h"

#define GOOD(start, end) \
	"{\"entity\":\"Invoice\",\"by\":\"updated\",\"start\":\"" start \
	"\",\"end\":\"" end "\",\"no\":1,\"of\":52}"

static const char *const good =
	GOOD("2025-01-01T00:00:00Z", "2025-01-08T00:00:00Z");

static void
test_round_trip(void)
{
	struct failure why = { 0 };
	struct window w;
	struct buf text;
	char spelled[WINDOW_TEXT];

	buf_init(&text, 1024);
	ok(window_parse(&w, slice_of(good), &why) &&
		   w.end_us - w.start_us == 7 * CLOCK_DAY && w.no == 1 &&
		   w.of == 52 && w.by == WINDOW_BY_UPDATED,
	   "a window is read");
	ok(window_write(&w, &text, &why), "a window is written");
	is(text.at, good, "as it was read");
	window_describe(&w, spelled);
	is(spelled,
	   "Invoice 1/52 (2025-01-01T00:00:00Z to 2025-01-08T00:00:00Z)",
	   "and spelled for people");
	buf_free(&text);
}

static void
test_provisional(void)
{
	static const char young[] =
		"{\"entity\":\"Invoice\",\"by\":\"updated\","
		"\"start\":\"2025-01-01T00:00:00Z\","
		"\"end\":\"2025-01-08T00:00:00Z\",\"no\":1,\"of\":52,"
		"\"provisional\":true}";
	struct failure why = { 0 };
	struct window w;
	struct buf text;

	buf_init(&text, 1024);
	ok(window_parse(&w, slice_of(good), &why) && !w.provisional,
	   "a window is not provisional unless it says so");
	ok(window_parse(&w, slice_of(young), &why) && w.provisional &&
		   window_write(&w, &text, &why),
	   "one that says so is");
	is(text.at, young, "and keeps it when it is written again");
	buf_free(&text);
}

#define EMPTY_UNTIL(time) \
	"{\"entity\":\"Invoice\",\"by\":\"change\"," \
	"\"start\":\"2025-01-01T00:00:00Z\"," \
	"\"end\":\"2025-01-08T00:00:00Z\",\"no\":1,\"of\":1," \
	"\"provisional\":true,\"empty_until\":\"" time "\"}"

static void
test_empty_until(void)
{
	static const char inside[] = EMPTY_UNTIL("2025-01-07T23:45:00Z");
	static const char *const outside[] = {
		EMPTY_UNTIL("2025-01-01T00:00:00Z"),
		EMPTY_UNTIL("2025-01-08T00:00:01Z"),
		EMPTY_UNTIL("yesterday"),
	};
	struct failure why = { 0 };
	struct window w;
	struct buf text;

	buf_init(&text, 1024);
	ok(window_parse(&w, slice_of(good), &why) && !w.empty_until_us,
	   "a window need not say until when it is empty");
	ok(window_parse(&w, slice_of(inside), &why) &&
		   w.end_us - w.empty_until_us == 15 * 60 * CLOCK_SECOND &&
		   window_write(&w, &text, &why),
	   "one that does is read");
	is(text.at, inside, "and written as it was");
	for (size_t i = 0; i < LENGTH(outside); i++)
		ok(!window_parse(&w, slice_of(outside[i]), &why), "not with %s",
		   outside[i]);
	buf_free(&text);
}

static void
test_tolerance(void)
{
	struct failure why = { 0 };
	struct window w;

	ok(window_parse(&w,
			SLICE("{ \"of\":2,\"no\":2,\"more\":{\"a\":[1]},"
			      "\"end\":\"2025-01-08T02:00:00+02:00\","
			      "\"start\":\"2025-01-01T00:00:00Z\","
			      "\"by\":\"txn-date\",\"entity\":\"Bill\"}"),
			&why) &&
		   w.by == WINDOW_BY_TXN_DATE &&
		   w.end_us - w.start_us == 7 * CLOCK_DAY,
	   "any order, other offsets and unknown members are read");
}

static void
test_refusals(void)
{
	static const struct {
		const char *text, *saying, *what;
	} cases[] = {
		{ "[]", "not an object", "an array is no window" },
		{ "{\"entity\":\"Invoice\"}", "all needed",
		  "nothing may be missing" },
		{ GOOD("2025-01-08T00:00:00Z", "2025-01-08T00:00:00Z"),
		  "not after", "a window has a length" },
		{ GOOD("2025-01-09T00:00:00Z", "2025-01-08T00:00:00Z"),
		  "not after", "and does not run backwards" },
		{ GOOD("2025-01-01", "2025-01-08T00:00:00Z"),
		  "\"start\" is wrong", "a date without a time is refused" },
		{ GOOD("2025-01-01T00:00:00Z", "2025-02-30T00:00:00Z"),
		  "\"end\" is wrong", "an impossible date is refused" },
		{ "{\"entity\":\"invoices\"}", "\"entity\" is wrong",
		  "entities are spelled one way in a window" },
		{ "{\"entity\":\"Widget\"}", "\"entity\" is wrong",
		  "an unknown entity is refused" },
		{ "{\"by\":\"changed\"}", "\"by\" is wrong",
		  "an unknown field is refused" },
		{ "{\"no\":1.5}", "\"no\" is wrong", "numbers are whole" },
		{ "{\"of\":\"52\"}", "\"of\" is wrong", "and no strings" },
		{ "{\"provisional\":1}", "\"provisional\" is wrong",
		  "provisional is true or false" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct failure why = { 0 };
		struct window w;

		ok(!window_parse(&w, slice_of(cases[i].text), &why) &&
			   why.kind == FAILURE_DATA &&
			   strstr(why.text, cases[i].saying),
		   "%s", cases[i].what);
	}
}

static void
test_fields(void)
{
	enum window_by by;

	for (int i = WINDOW_BY_UPDATED; i <= WINDOW_BY_TXN_DATE; i++)
		ok(window_by_parse(slice_of(window_by_name((enum window_by)i)),
				   &by) &&
			   (int)by == i,
		   "--by=%s names itself", window_by_name((enum window_by)i));
	ok(!window_by_parse(SLICE("Updated"), &by), "in lower case only");
}

int
main(void)
{
	test_round_trip();
	test_provisional();
	test_empty_until();
	test_tolerance();
	test_refusals();
	test_fields();
	return tap_done();
}
