/* covers: response json */
#include "quickbooks/query_response.h"
#include "tap.h"

#define PAGE(rows) "{\"QueryResponse\":{" rows "},\"time\":\"T\"}"

static const struct {
	const char *name;
	bool count;
	const char *body;
	const char *want; /* the failure; or NULL, and then: */
	const char *ids, *payloads;
} cases[] = {
	{ "two rows are cut out byte for byte", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"A\":100.00} , {\"B\":[1e2], "
	       "\"Id\":\"8\" }],\"startPosition\":1,\"maxResults\":2"),
	  NULL, "7 8 ",
	  "{\"Id\":\"7\",\"A\":100.00}{\"B\":[1e2], \"Id\":\"8\" }" },
	{ "past the end there is an empty object", false, PAGE(""), NULL, "",
	  "" },
	{ "an Id deeper inside is not the row's", false,
	  PAGE("\"Invoice\":[{\"Ref\":{\"Id\":\"1\"},\"Id\":\"2\"}]"), NULL,
	  "2 ", "{\"Ref\":{\"Id\":\"1\"},\"Id\":\"2\"}" },
	{ "a Fault in a 200 is no answer", false,
	  "{\"Fault\":{\"Error\":[]},\"time\":\"T\"}", "a Fault", NULL, NULL },
	{ "a Fault after rows is no answer either", false,
	  "{\"QueryResponse\":{},\"Fault\":{}}", "a Fault", NULL, NULL },
	{ "nor is one in capitals", false,
	  "{\"FAULT\":{},\"QueryResponse\":{}}", "a Fault", NULL, NULL },
	{ "rows of another entity are refused", false,
	  PAGE("\"Customer\":[{\"Id\":\"1\"}]"),
	  "rows of \"Customer\" came instead of Invoice", NULL, NULL },
	{ "a row without Id is refused", false, PAGE("\"Invoice\":[{}]"),
	  "a row without Id", NULL, NULL },
	{ "a row that is a number is refused", false, PAGE("\"Invoice\":[7]"),
	  "a row that is not an object", NULL, NULL },
	{ "an Id that is a number is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":7}]"), "an Id that is not a plain string",
	  NULL, NULL },
	{ "a body that is cut off is refused", false,
	  "{\"QueryResponse\":{\"Invoice\":[{\"Id\":\"1\"}",
	  "byte 39: the text is cut off", NULL, NULL },
	{ "a missing comma is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"1\"}{\"Id\":\"2\"}]"),
	  "byte 39: a comma is missing", NULL, NULL },
	{ "HTML is refused", false, "<html>", "the body is not an object", NULL,
	  NULL },
	{ "an empty body is refused", false, "", "the body is not an object",
	  NULL, NULL },
	{ "an object without QueryResponse is refused", false, "{}",
	  "no QueryResponse", NULL, NULL },
	{ "something after the value is refused", false, PAGE("") "x",
	  "byte 31: text after the value", NULL, NULL },
	{ "a count that is missing is refused", true, PAGE(""), "no totalCount",
	  NULL, NULL },
	{ "a negative count is refused", true, PAGE("\"totalCount\":-1"),
	  "a totalCount that is not a number", NULL, NULL },
	{ "a count", true, PAGE("\"totalCount\":41"), NULL, "", "" },
};

static void
check(size_t i, struct query_response *r)
{
	struct failure why = { 0 };
	char ids[64] = "", payloads[256] = "";
	struct slice body = slice_of(cases[i].body);
	bool read = query_response_parse(r, body, entity_find(SLICE("Invoice")),
					 cases[i].count, &why);

	for (size_t n = 0; read && n < r->row_count; n++) {
		const struct response_row *row = &r->rows[n];
		size_t used = strlen(ids);

		snprintf(ids + used, sizeof(ids) - used, "%.*s ",
			 SLICE_SHOWN(row->id));
		used = strlen(payloads);
		snprintf(payloads + used, sizeof(payloads) - used, "%.*s",
			 SLICE_SHOWN(row->payload));
	}
	if (cases[i].want) {
		is(read ? "read" : why.text, cases[i].want, cases[i].name);
		return;
	}
	is(read ? ids : why.text, cases[i].ids, cases[i].name);
	is(payloads, cases[i].payloads, "its payloads");
}

int
main(void)
{
	struct query_response r;
	struct failure why = { 0 };

	query_response_init(&r);
	for (size_t i = 0; i < LENGTH(cases); i++)
		check(i, &r);
	ok(r.count == 41, "the count is read");
	ok(slice_is(r.time, "T"), "so is QuickBooks' clock");

	struct slice body = SLICE(
		PAGE("\"CreditCardPaymentTxn\":[{\"Id\":\"1\",\"MetaData\":"
		     "{\"LastUpdatedTime\":\"2025-01-01T00:00:00-08:00\"}}]"));
	ok(query_response_parse(&r, body,
				entity_find(SLICE("CreditCardPayment")), false,
				&why) &&
		   r.row_count == 1,
	   "CreditCardPayment comes under its odd key");
	ok(slice_is(r.rows[0].updated, "2025-01-01T00:00:00-08:00"),
	   "LastUpdatedTime is found in MetaData");
	query_response_free(&r);
	return tap_done();
}
