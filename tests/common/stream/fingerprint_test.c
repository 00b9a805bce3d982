/* covers: fingerprint */
#include "base/digest.h"
#include "stream/fingerprint.h"
#include "tap.h"

#define TAX(id, time) \
	"{\"Name\":\"TAX\",\"Id\":\"" id \
	"\",\"MetaData\":{\"CreateTime\":\"" time \
	"\",\"LastUpdatedTime\":\"" time "\"},\"Taxable\":true}"
#define REPORT(time, total) \
	"{\"Header\":{\"Time\":\"" time "\",\"ReportName\":\"P\"},\"Rows\":{" \
	"\"Time\":\"" total "\"}}"

static const struct {
	const char *what, *entity, *one, *two;
	bool same;
} pairs[] = {
	{ "a link", "Attachable", "{\"TempDownloadUri\":\"a\",\"Id\":\"1\"}",
	  "{\"TempDownloadUri\":\"bcd\",\"Id\":\"1\"}", true },
	{ "both links", "Attachable",
	  "{\"ThumbnailTempDownloadUri\":\"a\",\"Id\":\"1\","
	  "\"TempDownloadUri\" : \"b\"}",
	  "{\"ThumbnailTempDownloadUri\":\"c\",\"Id\":\"1\","
	  "\"TempDownloadUri\" : null}",
	  true },
	{ "another Id", "Attachable",
	  "{\"TempDownloadUri\":\"a\",\"Id\":\"1\"}",
	  "{\"TempDownloadUri\":\"a\",\"Id\":\"2\"}", false },
	{ "a link that is missing", "Attachable",
	  "{\"TempDownloadUri\":\"a\",\"Id\":\"1\"}", "{\"Id\":\"1\"}", false },
	{ "the path of the file", "Attachable", "{\"FileAccessUri\":\"a\"}",
	  "{\"FileAccessUri\":\"b\"}", false },
	{ "a link in an object", "Attachable",
	  "{\"A\":{\"TempDownloadUri\":\"a\"}}",
	  "{\"A\":{\"TempDownloadUri\":\"b\"}}", false },
	{ "a link after much else", "Attachable",
	  "{\"A\":[1,2,{}],\"TempDownloadUri\":\"a\"}",
	  "{\"A\":[1,2,{}],\"TempDownloadUri\":\"b\"}", true },
	{ "what is not JSON", "Attachable", "{\"TempDownloadUri\":\"a\"",
	  "{\"TempDownloadUri\":\"b\"", false },
	{ "text after the object", "Attachable", "{\"TempDownloadUri\":\"a\"}x",
	  "{\"TempDownloadUri\":\"b\"}x", false },
	{ "a link of another entity", "Invoice", "{\"TempDownloadUri\":\"a\"}",
	  "{\"TempDownloadUri\":\"b\"}", false },
	{ "times of a tax code that is made up", "TaxCode", TAX("TAX", "1"),
	  TAX("TAX", "2"), true },
	{ "another such code", "TaxCode", TAX("TAX", "1"), TAX("NON", "1"),
	  false },
	{ "times of a tax code", "TaxCode", TAX("5", "1"), TAX("5", "2"),
	  false },
	{ "the time of a report", "report:ProfitAndLoss:Cash", REPORT("1", "5"),
	  REPORT("22", "5"), true },
	{ "Time elsewhere in a report", "report:ProfitAndLoss",
	  REPORT("1", "5"), REPORT("1", "6"), false },
	{ "an entity whose name begins like that", "reporter", REPORT("1", "5"),
	  REPORT("2", "5"), false },
};

static int64_t
print_of(const char *entity, const char *payload)
{
	const struct entity e = { .name = entity };

	return payload_fingerprint(&e, slice_of(payload));
}

static void
test_pairs(void)
{
	for (size_t i = 0; i < LENGTH(pairs); i++)
		ok((print_of(pairs[i].entity, pairs[i].one) ==
		    print_of(pairs[i].entity, pairs[i].two)) == pairs[i].same,
		   "%s: %s", pairs[i].what,
		   pairs[i].same ? "unchanged" : "another fingerprint");
}

/* Landing tables have them. */
static void
test_values(void)
{
	const char *invoice = "{\"Id\":\"1\",\"TotalAmt\":100.00}";
	const char *left = "{\"TempDownloadUri\":,\"Id\":\"1\"}";

	ok(print_of("Invoice", invoice) ==
		   digest_fingerprint(slice_of(invoice)),
	   "of most entities all bytes are taken");
	ok(payload_fingerprint(NULL, slice_of(invoice)) ==
		   digest_fingerprint(slice_of(invoice)),
	   "also where the entity is not known");
	ok(print_of("Attachable", "{\"TempDownloadUri\":\"a\",\"Id\":\"1\"}") ==
		   digest_fingerprint(slice_of(left)),
	   "otherwise all but the values that are left out");
	ok(print_of("Attachable", invoice) ==
		   digest_fingerprint(slice_of(invoice)),
	   "which is all of a payload without them");
	ok(print_of("TaxCode", TAX("5", "1")) ==
		   digest_fingerprint(SLICE(TAX("5", "1"))),
	   "and all of a tax code that has a number");
}

#define FIVE(link) link "," link "," link "," link "," link ","
#define REPEATED(link) "{" FIVE(link) FIVE(link) "\"Id\":\"1\"}"

static void
test_repeated(void)
{
	const char *one = REPEATED("\"TempDownloadUri\":1");
	const char *two = REPEATED("\"TempDownloadUri\":2");

	ok(print_of("Attachable", one) != print_of("Attachable", two) &&
		   print_of("Attachable", one) ==
			   digest_fingerprint(slice_of(one)),
	   "a member that is repeated many times is part of it");
}

int
main(void)
{
	const struct entity report = { .name = "report:CashFlow" };

	test_pairs();
	test_values();
	test_repeated();
	ok(payload_has_own_time(entity_find(SLICE("Attachable"))) &&
		   payload_has_own_time(entity_find(SLICE("Invoice"))) &&
		   !payload_has_own_time(entity_find(SLICE("TaxCode"))) &&
		   !payload_has_own_time(&report),
	   "which entities have a time of their own");
	return tap_done();
}
