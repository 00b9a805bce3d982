/*
 * json_bench - how fast the slicer validates, on data that it makes itself.
 *
 * Prints, for each kind of data, the best of several passes in MB per second of
 * processor time, and how many times libjq's jv_parse() that is, in the same
 * process.
 */
#include <jv.h>
#include <time.h>

#include "json.h"
#include "jsonb.h"

enum { MOST = 64 * 1024 * 1024, SIZE = 2 * 1024 * 1024, PASSES = 40 };

static void
must(bool done, const struct failure *why)
{
	if (!done) {
		fprintf(stderr, "json_bench: %s\n", why->text);
		exit(70);
	}
}

static void
add_invoice(struct buf *to, int n, struct failure *why)
{
	must(buf_printf(to, why,
			"{\"AllowIPNPayment\":false,\"domain\":\"QBO\","
			"\"sparse\":false,\"Id\":\"%d\",\"SyncToken\":\"%d\","
			"\"MetaData\":{\"CreateTime\":\"2025-01-%02dT16:48:43"
			"-07:00\",\"LastUpdatedTime\":\"2025-01-%02dT16:48:43"
			"-07:00\"},\"CustomField\":[{\"DefinitionId\":\"1\","
			"\"Name\":\"Crew #\",\"Type\":\"StringType\","
			"\"StringValue\":\"102\"}],\"DocNumber\":\"%d\","
			"\"TxnDate\":\"2025-01-%02d\",\"CurrencyRef\":{"
			"\"value\":\"USD\",\"name\":\"United States Dollar\"},"
			"\"LinkedTxn\":[],\"Line\":[",
			n, n % 7, n % 28 + 1, n % 27 + 1, 1000 + n, n % 28 + 1),
	     why);
	for (int i = 0; i < 1 + n % 4; i++)
		must(buf_printf(to, why,
				"{\"Id\":\"%d\",\"LineNum\":%d,\"Description\":"
				"\"Rock Fountain, %d pieces\",\"Amount\":%d."
				"%02d,\"DetailType\":\"SalesItemLineDetail\","
				"\"SalesItemLineDetail\":{\"ItemRef\":{"
				"\"value\":\"%d\",\"name\":\"Rock Fountain\"},"
				"\"UnitPrice\":%d,\"Qty\":%d,\"TaxCodeRef\":{"
				"\"value\":\"TAX\"}}},",
				i + 1, i + 1, n % 50, n * 7 % 9000, n % 100,
				n % 19, n % 300, n % 12),
		     why);
	must(buf_printf(to, why,
			"{\"Amount\":%d.50,\"DetailType\":\"SubTotalLineDetail"
			"\",\"SubTotalLineDetail\":{}}],\"TxnTaxDetail\":{"
			"\"TotalTax\":0},\"CustomerRef\":{\"value\":\"%d\","
			"\"name\":\"Cool Cars %d\"},\"CustomerMemo\":{\"value"
			"\":\"Thank you for your business and have a great "
			"day!\"},\"BillAddr\":{\"Id\":\"%d\",\"Line1\":\"65 "
			"Ocean Dr.\",\"City\":\"Half Moon Bay\","
			"\"CountrySubDivisionCode\":\"CA\",\"PostalCode\":"
			"\"94213\",\"Lat\":\"37.4300318\",\"Long\":"
			"\"-122.4336537\"},\"DueDate\":\"2025-02-%02d\","
			"\"TotalAmt\":%d.50,\"ApplyTaxAfterDiscount\":false,"
			"\"PrintStatus\":\"NeedToPrint\",\"EmailStatus\":"
			"\"NotSet\",\"Balance\":%d.%02d}",
			n % 8000, n % 300, n % 300, n % 500, n % 28 + 1,
			n % 8000, n % 8000, n % 100),
	     why);
}

static void
add_customer(struct buf *to, int n, struct failure *why)
{
	must(buf_printf(to, why,
			"{\"Taxable\":true,\"BillAddr\":{\"Id\":\"%d\","
			"\"Line1\":\"%d Fairview Road\",\"City\":\"Bayshore\","
			"\"CountrySubDivisionCode\":\"CA\",\"PostalCode\":"
			"\"94326\",\"Lat\":\"INVALID\",\"Long\":\"INVALID\"},"
			"\"Job\":false,\"BillWithParent\":false,\"Balance\":"
			"%d.00,\"BalanceWithJobs\":%d.00,\"CurrencyRef\":{"
			"\"value\":\"USD\",\"name\":\"United States Dollar\"},"
			"\"PreferredDeliveryMethod\":\"Print\",\"domain\":"
			"\"QBO\",\"sparse\":false,\"Id\":\"%d\",\"SyncToken\":"
			"\"0\",\"MetaData\":{\"CreateTime\":\"2025-01-%02dT16:"
			"48:43-07:00\",\"LastUpdatedTime\":\"2025-01-%02dT16:"
			"48:43-07:00\"},\"GivenName\":\"Jos\xc3\xa9\","
			"\"FamilyName\":\"Nu\xc3\xb1"
			"ez %d\",\"DisplayName\":"
			"\"Jos\xc3\xa9 Nu\xc3\xb1"
			"ez %d\",\"Active\":true,"
			"\"PrimaryPhone\":{\"FreeFormNumber\":\"(650) 555-%04d"
			"\"},\"PrimaryEmailAddr\":{\"Address\":\"nunez%d@"
			"intuit.com\"}}",
			n % 900, n, n % 700, n % 700, n, n % 28 + 1, n % 28 + 1,
			n, n, n % 10000, n),
	     why);
}

static void
add_escapes(struct buf *to, int n, struct failure *why)
{
	must(buf_printf(to, why,
			"{\"Id\":\"%d\",\"Notes\":\"a\\tb\\n\\\"c\\\" \\u00e9"
			"\\ud83d\\ude00\\\\ \\/ \xe4\xb8\xad\xe6\x96\x87 \xf0"
			"\x9f\x98\x80 \\r\\n\\f\\b\\u0041\\u0042\"}",
			n),
	     why);
}

static void
add_nest(struct buf *to, int n, struct failure *why)
{
	for (int i = 0; i < 60; i++)
		must(buf_printf(to, why, "[{\"a\":"), why);
	must(buf_printf(to, why, "%d", n), why);
	for (int i = 0; i < 60; i++)
		must(buf_add(to, "}]", 2, why), why);
}

static const struct {
	const char *name;
	void (*add)(struct buf *to, int n, struct failure *why);
} kinds[] = {
	{ "invoices", add_invoice },
	{ "customers", add_customer },
	{ "escapes", add_escapes },
	{ "nesting", add_nest },
};

/* One array of about SIZE bytes. */
static void
make(struct buf *text, size_t kind, struct failure *why)
{
	buf_clear(text);
	for (int n = 0; text->len < SIZE; n++) {
		must(buf_add(text, n ? "," : "[", 1, why), why);
		kinds[kind].add(text, n, why);
	}
	must(buf_add(text, "]", 1, why), why);
}

static int64_t
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void
slice_once(struct slice text, struct failure *why)
{
	must(json_check(text, why), why);
}

static void
jsonb_once(struct slice text, struct failure *why)
{
	const char *reason;

	must(jsonb_holds(text, &reason) || fail(why, FAILURE_BUG, "%s", reason),
	     why);
}

static void
jq_once(struct slice text, struct failure *why)
{
	/* a few MB fit an int */
	jv value = jv_parse_sized(text.at, (int)text.len);

	if (!jv_is_valid(value))
		must(fail(why, FAILURE_BUG, "libjq refuses the text"), why);
	jv_free(value);
}

static double
best_mb_s(struct slice text, int passes,
	  void (*once)(struct slice, struct failure *), struct failure *why)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < passes; i++) {
		int64_t start = cpu_ns();

		once(text, why);
		int64_t took = cpu_ns() - start;
		if (took < best)
			best = took;
	}
	return (double)text.len * 1e3 / (double)best;
}

int
main(void)
{
	struct failure why = { 0 };
	struct buf text;

	buf_init(&text, MOST);
	printf("%-10s %10s %10s %6s %10s\n", "data", "json MB/s", "jq MB/s",
	       "ratio", "jsonb MB/s");
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		make(&text, i, &why);
		double ours =
			best_mb_s(buf_slice(&text), PASSES, slice_once, &why);
		double theirs = best_mb_s(buf_slice(&text), 3, jq_once, &why);
		double jsonb =
			best_mb_s(buf_slice(&text), PASSES, jsonb_once, &why);
		printf("%-10s %10.0f %10.0f %6.1f %10.0f\n", kinds[i].name,
		       ours, theirs, ours / theirs, jsonb);
	}
	buf_free(&text);
	return 0;
}
