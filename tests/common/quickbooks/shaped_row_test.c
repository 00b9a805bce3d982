/* covers: shaped_row */
#include "quickbooks/shaped_row.h"
#include "tap.h"

static struct buf ids;
static struct response_row row;
static struct failure why;

static bool
read_row(const char *entity, const char *payload)
{
	why = (struct failure){ 0 };
	buf_clear(&ids);
	/* what was read before is forgotten */
	row = (struct response_row){ .payload = slice_of(payload),
				     .id = SLICE("old"),
				     .updated = SLICE("old") };
	return shaped_row_read(&row, entity_find(slice_of(entity)), &ids, &why);
}

static void
test_which(void)
{
	static const char *const names[] = { "TaxCode", "Preferences",
					     "CompanyInfo", "Invoice" };

	ok(shaped_row_is_odd(entity_find(SLICE("RecurringTransaction"))) &&
		   shaped_row_is_odd(entity_find(SLICE("ExchangeRate"))),
	   "two entities are odd");
	for (size_t i = 0; i < LENGTH(names); i++)
		ok(!shaped_row_is_odd(entity_find(slice_of(names[i]))),
		   "%s is not", names[i]);
}

static void
test_wrapped(void)
{
	static const char good[] =
		"{ \"Bill\" : {\"Line\":[{\"Id\":\"9\"}],\"Id\":\"20\","
		"\"MetaData\":{\"LastUpdatedTime\":\"2025-01-01T00:00:00Z\"}} "
		"}";
	static const struct {
		const char *payload, *saying;
	} wrong[] = {
		{ "{}", "no object in an object" },
		{ "{\"Bill\":{}}", "Bill: a row without Id" },
		{ "{\"Bill\":[{\"Id\":\"20\"}]}", "Bill: a row that is not" },
		{ "{\"Bill\":\"20\"}", "Bill: a row that is not an object" },
		{ "{\"Bill\":null}", "Bill: a row that is not an object" },
		{ "{\"Bill\":{\"Id\":20}}",
		  "Bill: an Id that is not a string" },
		{ "{\"Bill\":{\"Id\":\"\"}}", "Bill: a row whose Id is empty" },
		{ "{\"Id\":\"20\"}", "Id: a row that is not an object" },
		{ "{\"Bill\":{\"Id\":\"20\"},\"Invoice\":{\"Id\":\"21\"}}",
		  "Id 20: beside it stands \"Invoice\"" },
		{ "{\"Bill\":{\"Id\":\"20\"},\"Id\":\"20\"}",
		  "Id 20: beside it stands \"Id\"" },
		{ "{\"Bill\":{\"Id\":\"20\",\"MetaData\":{\"LastUpdatedTime\":"
		  "\"2025-01-01T00:00:00\"}}}",
		  "Id 20: its LastUpdatedTime" },
		{ "{\"Bill\":{\"Bill\":{\"Id\":\"20\"}}}", "without Id" },
	};

	ok(read_row("RecurringTransaction", good), "a wrapped row");
	ok(slice_is(row.id, "20"), "its Id is the inner one, not a line's");
	ok(slice_is(row.updated, "2025-01-01T00:00:00Z"), "and its time");
	ok(slice_is(row.payload, good), "its payload is all of it");
	ok(read_row("RecurringTransaction", "{\"Bill\":{\"Id\":\"20\"}}") &&
		   !row.updated.at,
	   "one without a time");
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		ok(!read_row("RecurringTransaction", wrong[i].payload) &&
			   why.kind,
		   "refused: %s", wrong[i].payload);
		ok(strstr(why.text, wrong[i].saying) != NULL, "\"%s\"",
		   why.text);
	}
}

#define RATE(code, date) \
	"{\"SourceCurrencyCode\":\"" code "\",\"AsOfDate\":\"" date "\"}"

static void
test_rates(void)
{
	static const char good[] =
		"{\"Rate\":1.1,\"AsOfDate\":\"2025-01-31\",\"MetaData\":{"
		"\"LastUpdatedTime\":\"2025-02-01T00:00:00Z\"},"
		"\"SourceCurrencyCode\":\"EUR\"}";
	static const char *const wrong[] = {
		"{}",
		"{\"SourceCurrencyCode\":\"EUR\"}",
		"{\"AsOfDate\":\"2025-01-31\"}",
		RATE("eur", "2025-01-31"),
		RATE("EURO", "2025-01-31"),
		RATE("", "2025-01-31"),
		RATE("EU\\u0052", "2025-01-31"),
		RATE("EUR", "2025-02-30"),
		RATE("EUR", "2025-1-31"),
		RATE("EUR", "2025-01-31T00:00:00Z"),
		RATE("EUR", ""),
		"{\"SourceCurrencyCode\":7,\"AsOfDate\":\"2025-01-31\"}",
		"{\"SourceCurrencyCode\":\"EUR\",\"AsOfDate\":20250131}",
		"{\"SourceCurrencyCode\":\"EUR\",\"AsOfDate\":\"2025-01-31\","
		"\"MetaData\":7}",
		"{\"SourceCurrencyCode\":\"EUR\",\"AsOfDate\":\"2025-01-31\","
		"\"MetaData\":{\"LastUpdatedTime\":7}}",
		"{\"SourceCurrencyCode\":\"EUR\",\"AsOfDate\":\"2025-01-31\","
		"\"MetaData\":{\"LastUpdatedTime\":\"2025-01-31\"}}",
	};

	ok(read_row("ExchangeRate", good) && slice_is(row.id, "EUR/2025-01-31"),
	   "a rate's id is its currency and its day");
	ok(slice_is(row.updated, "2025-02-01T00:00:00Z") &&
		   slice_is(row.payload, good),
	   "its time, and its payload");
	ok(read_row("ExchangeRate", RATE("MXN", "2024-02-29")) &&
		   slice_is(row.id, "MXN/2024-02-29") && !row.updated.at,
	   "one without a time, of a leap day");
	for (size_t i = 0; i < LENGTH(wrong); i++)
		ok(!read_row("ExchangeRate", wrong[i]) && why.kind,
		   "refused: %s", wrong[i]);
}

int
main(void)
{
	buf_init(&ids, 1000);
	test_which();
	test_wrapped();
	test_rates();
	buf_free(&ids);
	return tap_done();
}
