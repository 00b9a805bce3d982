/* covers: response json */
#include "quickbooks/query_response.h"
#include "tap.h"

#define TIME "2026-05-02T09:00:00-07:00"
#define PAGE(rows) "{\"QueryResponse\":{" rows "},\"time\":\"" TIME "\"}"

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
	  "{\"Fault\":{\"Error\":[]},\"time\":\"" TIME "\"}", "a Fault", NULL,
	  NULL },
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
	  PAGE("\"Invoice\":[{\"Id\":7}]"), "an Id that is not a string", NULL,
	  NULL },
	{ "an Id with an escape is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"a\\u0000\"}]"),
	  "an Id that is not a plain string", NULL, NULL },
	{ "an empty Id is refused", false, PAGE("\"Invoice\":[{\"Id\":\"\"}]"),
	  "a row whose Id is empty", NULL, NULL },
	{ "an Id with a control character is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\x7f\"}]"),
	  "Id 7 : it contains a control character", NULL, NULL },
	{ "also one of two bytes", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\xc2\x9b\"}]"),
	  "Id 7  : it contains a control character", NULL, NULL },
	{ "an Id in another script is taken", false,
	  PAGE("\"Invoice\":[{\"Id\":\"\xc2\xa0\xc3\xa9\"}]"), NULL,
	  "\xc2\xa0\xc3\xa9 ", "{\"Id\":\"\xc2\xa0\xc3\xa9\"}" },
	{ "an Id twice is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"Id\":\"7\"}]"),
	  "Id 7: an Id twice", NULL, NULL },
	{ "a MetaData twice is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"MetaData\":{},\"MetaData\":{}}]"),
	  "Id 7: a MetaData twice", NULL, NULL },
	{ "a LastUpdatedTime twice is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"MetaData\":{\"LastUpdatedTime\":"
	       "\"" TIME "\",\"LastUpdatedTime\":\"" TIME "\"}}]"),
	  "Id 7: a LastUpdatedTime twice", NULL, NULL },
	{ "a MetaData that is an array is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"MetaData\":[]}]"),
	  "Id 7: a MetaData that is not an object", NULL, NULL },
	{ "a LastUpdatedTime that is null is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"MetaData\":{\"LastUpdatedTime\":"
	       "null}}]"),
	  "Id 7: a LastUpdatedTime that is not a string", NULL, NULL },
	{ "a LastUpdatedTime without an offset is refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"6\"},{\"Id\":\"7\",\"MetaData\":{"
	       "\"LastUpdatedTime\":\"2026-05-02T09:00:00\"}}]"),
	  "Id 7: its LastUpdatedTime \"2026-05-02T09:00:00\" has no offset "
	  "from UTC",
	  NULL, NULL },
	{ "so is one that the table cannot hold", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\",\"MetaData\":{"
	       "\"LastUpdatedTime\":\"0000-01-01T00:00:00Z\"}}]"),
	  "Id 7: its LastUpdatedTime \"0000-01-01T00:00:00Z\" is not a time in "
	  "the years 1 to 9999",
	  NULL, NULL },
	{ "but not if the rest is cut off", false,
	  "{\"QueryResponse\":{\"Invoice\":[{\"Id\":7},{\"Id\"",
	  "byte 43: a colon is missing", NULL, NULL },
	{ "nulls instead of rows are refused", false,
	  PAGE("\"Invoice\":[null]"), "a row that is not an object", NULL,
	  NULL },
	{ "one object instead of an array is refused", false,
	  PAGE("\"Invoice\":{\"Id\":\"7\"}"), "Invoice: not an array", NULL,
	  NULL },
	{ "so is null", false, PAGE("\"Invoice\":null"),
	  "Invoice: not an array", NULL, NULL },
	{ "one object of another entity is refused", false,
	  PAGE("\"Customer\":{\"Id\":\"7\"}"),
	  "an object \"Customer\" came instead of rows of Invoice", NULL,
	  NULL },
	{ "rows under two keys are refused", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\"}],\"Bill\":[{\"Id\":\"8\"}]"),
	  "rows of \"Bill\" came instead of Invoice", NULL, NULL },
	{ "and twice under one", false,
	  PAGE("\"Invoice\":[{\"Id\":\"7\"}],\"Invoice\":[{\"Id\":\"8\"}]"),
	  "two arrays of Invoice", NULL, NULL },
	{ "two QueryResponses are refused", false,
	  "{\"QueryResponse\":{},\"QueryResponse\":{}}", "two QueryResponses",
	  NULL, NULL },
	{ "a QueryResponse that is an array is refused", false,
	  "{\"QueryResponse\":[{\"Invoice\":[]}]}",
	  "a QueryResponse that is not an object", NULL, NULL },
	{ "a Fault in the QueryResponse is no answer", false,
	  PAGE("\"Fault\":{\"Error\":[]}"), "a Fault", NULL, NULL },
	{ "nor is the gateway's", false, PAGE("\"fault\":{\"error\":[]}"),
	  "a Fault", NULL, NULL },
	{ "but null is none", false,
	  "{\"fault\":null,\"QueryResponse\":{\"Fault\":null,\"Invoice\":["
	  "]},\"time\":\"" TIME "\"}",
	  NULL, "", "" },
	{ "a clock that is no time is refused", false,
	  "{\"QueryResponse\":{},\"time\":\"soon\\n\"}",
	  "a time that is not a string", NULL, NULL },
	{ "nor is one without an offset", false,
	  "{\"QueryResponse\":{},\"time\":\"2026-05-02T09:00:00\"}",
	  "its time \"2026-05-02T09:00:00\" is not a time with an offset from "
	  "UTC",
	  NULL, NULL },
	{ "two clocks are refused", false,
	  "{\"time\":\"" TIME "\",\"QueryResponse\":{},\"time\":\"" TIME "\"}",
	  "two times", NULL, NULL },
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
	  "byte 55: text after the value", NULL, NULL },
	{ "a count that is missing is refused", true, PAGE(""), "no totalCount",
	  NULL, NULL },
	{ "a negative count is refused", true, PAGE("\"totalCount\":-1"),
	  "a totalCount that is not a number", NULL, NULL },
	{ "two counts are refused", true,
	  PAGE("\"totalCount\":1,\"totalCount\":1"), "two totalCounts", NULL,
	  NULL },
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
		bool of_row = slice_begins(slice_of(why.text), "Id ") ||
			      slice_begins(slice_of(why.text), "an Id ") ||
			      strstr(why.text, "Id is empty");
		ok(why.kind == (of_row ? FAILURE_REFUSED : FAILURE_DATA),
		   "%s: of its kind", cases[i].name);
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
	ok(slice_is(r.time, TIME), "so is QuickBooks' clock");

	char body_of_id[2000] = "{\"QueryResponse\":{\"Invoice\":[{\"Id\":\"";
	size_t used = strlen(body_of_id);
	memset(body_of_id + used, '7', 1025);
	memcpy(body_of_id + used + 1025, "\"}]}}", sizeof("\"}]}}"));
	ok(!query_response_parse(&r, slice_of(body_of_id),
				 entity_find(SLICE("Invoice")), false, &why) &&
		   strstr(why.text, "has 1025 bytes, more than 1024"),
	   "an Id that is too long is refused");
	memmove(body_of_id + used, body_of_id + used + 1,
		strlen(body_of_id + used));
	ok(query_response_parse(&r, slice_of(body_of_id),
				entity_find(SLICE("Invoice")), false, &why),
	   "a shorter one is not");
	ok(query_response_parse(&r, SLICE("{\"QueryResponse\":{}}"),
				entity_find(SLICE("Invoice")), false, &why) &&
		   r.empty,
	   "a response with nothing is empty");
	ok(query_response_parse(&r, SLICE("{\"QueryResponse\":{\"x\":1}}"),
				entity_find(SLICE("Invoice")), false, &why) &&
		   !r.empty,
	   "one with something is not");

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
