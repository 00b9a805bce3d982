/*
 * covers: direct_reader rates_reading
 *
 * What comes out of windows that are not read by scans, whatever QuickBooks
 * answers; their rows, gone lines and seals are read again as a stream.
 */
#include <unistd.h>

#include "base/log.h"
#include "quickbooks/direct_reader.h"
#include "scriptclient.h"
#include "stream/fingerprint.h"
#include "stream/stream.h"
#include "tap.h"

static struct direct_windows windows;
static struct absent_entities absent;
static struct failed_windows failed;
static struct failure why;
static bool keep_going;
static const char *currencies;
static char came[2000]; /* what came out, in a word for each line */

static void
add(const char *entity, const char *by, int first, int days, const char *known)
{
	char text[400];
	struct window window;

	snprintf(text, sizeof(text),
		 "{\"entity\":\"%s\",\"by\":\"%s\",\"start\":\"2025-01-%02dT00:"
		 "00:00Z\",\"end\":\"2025-01-%02dT00:00:00Z\",\"no\":1,\"of\":"
		 "1}",
		 entity, by, first, first + days);
	if (!window_parse(&window, slice_of(text), &why) ||
	    !direct_windows_add(&windows, &window, slice_of(text),
				known ? slice_of(known) : (struct slice){ 0 },
				&why))
		printf("# %s\n", why.text);
	absent_entities_ticket(&absent, window.entity, true);
}

static void
tell(size_t *used, const char *word, struct slice id)
{
	*used +=
		(size_t)snprintf(came + *used, sizeof(came) - *used, "%s%s%.*s",
				 *used ? " " : "", word, SLICE_SHOWN(id));
}

/* {"id":"7",...} */
static void
tell_id(size_t *used, const char *word, struct slice object)
{
	size_t before = strlen("{\"id\":\"");
	struct slice id = { object.at + before,
			    strcspn(object.at + before, "\"") };

	tell(used, word, id);
}

static void
tell_seal(size_t *used, const struct stream *s)
{
	char text[60];

	snprintf(text, sizeof(text), "sealed:%" PRId64, s->seal.rows);
	tell(used, text, (struct slice){ 0 });
}

/* What was written is a stream that holds. */
static void
take_in(FILE *file)
{
	struct failure cut = { 0 };
	struct stream s;
	enum stream_got got;
	size_t used = 0;

	came[0] = '\0';
	rewind(file);
	stream_init(&s, fileno(file), NULL);
	while ((got = stream_next(&s, &cut)) > STREAM_DONE) {
		if (got == STREAM_ROW)
			tell_id(&used, "", s.now.value[MEMBER_ROW]);
		else if (got == STREAM_GONE)
			tell_id(&used, "-", s.now.value[MEMBER_GONE]);
		else if (got == STREAM_SEAL)
			tell_seal(&used, &s);
	}
	if (cut.kind && cut.kind != FAILURE_LATER)
		tell(&used, "damage: ", slice_of(cut.text));
	stream_free(&s);
}

static bool
run(int64_t page_size, const char *const *script)
{
	struct direct_reader reader;
	struct lines_out out;
	FILE *file = tmpfile();

	why = (struct failure){ 0 };
	script_begin(script);
	lines_out_init(&out, fileno(file));
	bool done = direct_reader_init(&reader, &out, currencies, &why);
	reader.qbo = &script_client;
	reader.absent = &absent;
	reader.failed = &failed;
	reader.page_size = page_size;
	reader.keep_going = keep_going;
	done = done && direct_reader_read(&reader, &windows, &why);
	struct failure ignored = why;
	lines_finish(&out, &ignored);
	direct_reader_free(&reader);
	lines_out_free(&out);
	take_in(file);
	fclose(file);
	return done;
}

static void
begin(void)
{
	direct_windows_clear(&windows);
	failed_windows_init(&failed);
	absent = (struct absent_entities){ .count = 0 };
	keep_going = false;
	currencies = NULL;
}

#define SCRIPT(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define READ(what, page_size, want, ...) \
	do { \
		bool done = run(page_size, SCRIPT(__VA_ARGS__)); \
		ok(done &&script_ended(), "%s: read by so many calls", what); \
		if (why.kind) \
			printf("# %s\n", why.text); \
		is(came, want, what); \
	} while (0)
#define FAILS(what, page_size, kind_wanted, want, ...) \
	do { \
		bool done = run(page_size, SCRIPT(__VA_ARGS__)); \
		ok(!done && why.kind == (kind_wanted) && script_ended(), \
		   "%s: fails, \"%s\"", what, why.text); \
		is(came, want, what); \
	} while (0)

static void
test_known(void)
{
	char known[200];
	int64_t print =
		payload_fingerprint(entity_find(SLICE("TaxCode")),
				    SLICE("{\"Id\":\"1\",\"Active\":true}"));

	begin();
	snprintf(known, sizeof(known), "{\"1\":%" PRId64 ",\"2\":7,\"3\":null}",
		 print);
	add("TaxCode", "whole", 1, 9, known);
	READ("what the table has is left out", 1000, "2 3 4 sealed:3",
	     "1+ 2+ 3+ 4", "1+ 2+ 3+");
	READ("gone, after two readings", 1000, "2 -3 sealed:2", "1+ 2+",
	     "1+ 2+", "2+", "2+");
	READ("not if the second one has it", 1000, "2 3 sealed:2", "1+ 2+",
	     "1+ 2+", "1+ 2+ 3+", "1+ 2+ 3+");
	READ("not by an empty answer", 1000, "2 3 sealed:2", "", "", "1+ 2+ 3+",
	     "1+ 2+ 3+");
	READ("all are gone after two empty ones", 1000, "-1 -2 -3 sealed:3", "",
	     "", "", "");
	FAILS("the second reading fails", 1000, FAILURE_LATER, "", "1+ 2+",
	      "1+ 2+", "1+ 2+", "!later");
	FAILS("the second one does not come to rest", 1, FAILURE_LATER, "", "1",
	      "2", "", "", "1", "2", "", "", "1", "4", "", "", "1", "5", "", "",
	      "1", "6", "", "");

	direct_windows_clear(&windows);
	snprintf(known, sizeof(known), "{\"1\":%" PRId64 "}", print);
	add("TaxCode", "whole", 1, 9, known);
	READ("nothing new: a seal without lines", 1000, "sealed:0", "1+", "1+");

	direct_windows_clear(&windows);
	add("TaxCode", "whole", 1, 9, NULL);
	READ("nothing is told: nothing is gone", 1000, "2 sealed:1", "2+",
	     "2+");
}

static void
test_keep_going(void)
{
	begin();
	add("TaxCode", "whole", 1, 9, NULL);
	add("RecurringTransaction", "whole", 1, 9, NULL);
	add("Preferences", "whole", 1, 9, NULL);
	FAILS("one fails", 1000, FAILURE_LATER, "", "1", "", "!later");
	is(why.text,
	   "TaxCode 1/1 (2025-01-01T00:00:00Z to 2025-01-10T00:00:00Z): "
	   "TaxCode, rows from 1: HTTP 500",
	   "it is named");
	keep_going = true;
	READ("--keep-going reads the others", 1000, "1 sealed:1 5 sealed:1",
	     "1", "", "", "", "!later", "5");
	ok(failed.count == 1, "and knows the one");
	READ("those that are refused, too", 1000, "5 sealed:1", "!refused",
	     "!refused", "5");
	ok(failed.count == 3, "and another");
	READ("rows of another shape", 1000, "1 sealed:1 5 sealed:1", "1", "",
	     "", "", "[{\"Id\":\"1\"}]", "5");
	FAILS("not when the server fails twice in a row", 1000, FAILURE_LATER,
	      "", "!later", "!later");
	FAILS("nor when the calls are used up", 1000, FAILURE_LATER,
	      "1 sealed:1", "1", "", "", "", "!stop");
	ok(strstr(why.text, "used up") != NULL, "which is said");
	READ("what the company does not have", 1000, "1 sealed:1 5 sealed:1",
	     "1", "", "", "", "!absent", "5");
	ok(absent_entities_has(&absent,
			       entity_find(SLICE("RecurringTransaction"))),
	   "is known");
	READ("and not asked for again", 1000, "1 sealed:1 5 sealed:1", "1", "",
	     "", "", "5");
}

#define EUR(date) \
	"{\"SourceCurrencyCode\":\"EUR\",\"AsOfDate\":\"2025-01-" date "\"}"
#define MXN(date) \
	"{\"SourceCurrencyCode\":\"MXN\",\"AsOfDate\":\"2025-01-" date "\"}"
#define CODES \
	"[{\"Id\":\"1\",\"Code\":\"EUR\"},{\"Id\":\"2\",\"Code\":\"MXN\"}]"

static void
test_rates(void)
{
	begin();
	add("ExchangeRate", "as-of", 1, 2, NULL);
	READ("rates of two days", 1000,
	     "EUR/2025-01-01 MXN/2025-01-01 EUR/2025-01-02 sealed:3", CODES, "",
	     "[" EUR("01") "," MXN("01") "]", "[" EUR("02") "]");
	is(script_client.statements[2],
	   "select * from ExchangeRate where SourceCurrencyCode in "
	   "('EUR','MXN') and AsOfDate = '2025-01-01' startposition 1 "
	   "maxresults 1000",
	   "all currencies by one call");
	READ("a day without any", 1000, "EUR/2025-01-02 sealed:1", CODES, "",
	     "", "[" EUR("02") "]");
	READ("the rate of an earlier day, once", 1000,
	     "EUR/2025-01-01 sealed:1", CODES, "", "[" EUR("01") "]",
	     "[" EUR("01") "]");
	READ("of a day before the window: left out", 1000,
	     "EUR/2025-01-02 sealed:1", CODES, "",
	     "[{\"SourceCurrencyCode\":\"EUR\",\"AsOfDate\":\"2024-12-31\"}]",
	     "[" EUR("02") "]");
	FAILS("of a later day", 1000, FAILURE_REFUSED, "", CODES, "",
	      "[" EUR("02") "]");
	FAILS("of another currency", 1000, FAILURE_REFUSED, "",
	      "[{\"Id\":\"1\",\"Code\":\"EUR\"}]", "", "[" EUR("01") "]",
	      "[" MXN("02") "]");
	ok(strstr(why.text, "2025-01-02: MXN/2025-01-02 came") != NULL,
	   "the day is named, and nothing of the one before it is written");
	FAILS("what is no rate", 1000, FAILURE_REFUSED, "", CODES, "",
	      "[{\"Id\":\"1\"}]");
	READ("one currency: no calls for rates", 1000, "sealed:0", "", "");
	READ("the same, refused", 1000, "sealed:0", "!absent");
	FAILS("a currency without a code", 1000, FAILURE_REFUSED, "",
	      "[{\"Id\":\"1\"}]", "");
	ok(strstr(why.next, "--currencies=") != NULL, "what helps is said");
	FAILS("no answer about currencies", 1000, FAILURE_LATER, "", "!later");

	add("ExchangeRate", "as-of", 3, 1, NULL);
	keep_going = true;
	READ("a day that fails, and --keep-going", 1000,
	     "EUR/2025-01-03 sealed:1", CODES, "", "[" EUR("01") "]", "!later",
	     "[" EUR("03") "]");
	ok(failed.count == 1, "is one window");
	READ("absent after a day that came", 1000, "", CODES, "",
	     "[" EUR("01") "]", "!absent");
	begin();
	currencies = "EUR";
	add("ExchangeRate", "as-of", 1, 1, NULL);
	READ("currencies that are named", 1000, "EUR/2025-01-01 sealed:1",
	     "[" EUR("01") "]");
	FAILS("their rates refused", 1000, FAILURE_REFUSED, "", "!refused");
	currencies = "EUR,mxn";
	FAILS("what is no currency", 1000, FAILURE_USAGE, "", NULL);
	currencies = "EUR,";
	FAILS("a comma at the end", 1000, FAILURE_USAGE, "", NULL);
	currencies = "";
	FAILS("none", 1000, FAILURE_USAGE, "", NULL);
}

int
main(void)
{
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	log_begin("qb-test");
	direct_windows_init(&windows);
	failed_windows_init(&failed);
	test_known();
	test_keep_going();
	test_rates();
	failed_windows_free(&failed);
	direct_windows_free(&windows);
	return tap_done();
}
