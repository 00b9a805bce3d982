/* covers: api_fault fault */
#include "http/api_fault.h"
#include "tap.h"

#define GATEWAY(code, type, detail) \
	"{\"warnings\":null,\"fault\":{\"error\":[{\"message\":\"" \
	"message=Failed\",\"detail\":\"" detail "\",\"code\":\"" code \
	"\",\"element\":null}],\"type\":\"" type "\"},\"time\":1601}"
#define SERVICE(code, message, detail) \
	"{\"Fault\":{\"Error\":[{\"Message\":\"" message \
	"\",\"Detail\":\"" detail "\",\"code\":\"" code \
	"\"}],\"type\":\"ValidationFault\"},\"time\":\"t\"}"
#define THROTTLE \
	"<?xml version=\"1.0\"?>\n<IntuitResponse>\n <Fault " \
	"type=\"SERVICE\">\n  <Error code=\"3001\">\n   <Message>" \
	"message=ThrottleExceeded; errorCode=003001</Message>\n   " \
	"<Detail>The request limit was reached.  Try again later" \
	"</Detail>\n"

static const struct {
	const char *name;
	int status;
	const char *body;
	enum api_fault want;
} cases[] = {
	{ "nothing came", 0, "", API_FAULT_NO_RESPONSE },
	{ "rows", 200, "{\"QueryResponse\":{},\"time\":\"t\"}",
	  API_FAULT_NONE },
	{ "the gateway's empty fault beside rows is none", 200,
	  "{\"fault\":null,\"QueryResponse\":{}}", API_FAULT_NONE },
	{ "a fault inside a 200", 200, SERVICE("6190", "Invalid", "ended"),
	  API_FAULT_REFUSED },
	{ "a fault inside a 200 that passes", 200,
	  SERVICE("10000", "An application error", ""), API_FAULT_SERVER },
	{ "a throttle inside a 200", 200, SERVICE("3001", "Throttle", ""),
	  API_FAULT_RATE_LIMITED },
	{ "a memo that names the throttle", 200,
	  "{\"QueryResponse\":{\"Invoice\":[\"ThrottleExceeded\"]}}",
	  API_FAULT_NONE },
	{ "a memo that holds a fault", 200,
	  "{\"QueryResponse\":{\"Invoice\":[{\"Line\":[{\"Fault\":{}}],"
	  "\"Memo\":\"{\\\"Fault\\\":{}}\",\"CustomerMemo\":{\"Fault\":{}}}]}}",
	  API_FAULT_NONE },
	{ "a fault in a QueryResponse", 200,
	  "{\"QueryResponse\":" SERVICE("4001", "x", "") "}",
	  API_FAULT_REFUSED },
	{ "one that passes", 200,
	  "{\"QueryResponse\":" SERVICE("10000", "x", "") "}",
	  API_FAULT_SERVER },
	{ "the gateway's, in a QueryResponse", 200,
	  "{\"QueryResponse\":" GATEWAY("3200", "AUTHENTICATION", "x") "}",
	  API_FAULT_STALE_TOKEN },
	{ "a throttle in a QueryResponse", 200,
	  "{\"QueryResponse\":" SERVICE("3001", "x", "") "}",
	  API_FAULT_RATE_LIMITED },
	{ "a fault in place of a row", 200,
	  "{\"QueryResponse\":{\"Invoice\":[{\"Id\":\"1\"}," SERVICE(
		  "4002", "x", "") "]}}",
	  API_FAULT_REFUSED },
	{ "a fault in the log of changes", 200,
	  "{\"CDCResponse\":[{\"QueryResponse\":[{}," SERVICE("4002", "x",
							      "") "]}]}",
	  API_FAULT_REFUSED },
	{ "the first of several faults", 200,
	  "{\"Fault\":{\"Error\":[{\"code\":\"3200\"}]},\"QueryResponse\":"
	  "{\"Fault\":{\"Error\":[{\"code\":\"4001\"}]}}}",
	  API_FAULT_STALE_TOKEN },
	{ "a fault that is cut passes", 400,
	  "{\"Fault\":{\"Error\":[{\"code\":\"4001\"}", API_FAULT_FOREIGN },
	{ "HTML in a 200", 200, "<html>We'll be back soon</html>",
	  API_FAULT_MALFORMED },
	{ "JSON that is cut, in a 200", 200, "{\"QueryResponse\":{",
	  API_FAULT_MALFORMED },
	{ "an empty 200", 200, "", API_FAULT_MALFORMED },
	{ "a 204", 204, "", API_FAULT_MALFORMED },
	{ "a stale token, from the gateway", 401,
	  GATEWAY("3200", "AUTHENTICATION", "Token expired: AB"),
	  API_FAULT_STALE_TOKEN },
	{ "a bare 401", 401, "", API_FAULT_STALE_TOKEN },
	{ "the wrong cluster", 401, GATEWAY("130", "AUTHENTICATION", "x"),
	  API_FAULT_REFUSED },
	{ "an application that may not", 403,
	  GATEWAY("3100", "AUTHENTICATION", "x"), API_FAULT_LOGIN },
	{ "a user who lost access", 400, SERVICE("120", "Authorization", ""),
	  API_FAULT_LOGIN },
	{ "the same code with a 500 passes", 500,
	  SERVICE("120", "Authorization", ""), API_FAULT_SERVER },
	{ "3100 with a 500 passes", 500, SERVICE("3100", "Internal", ""),
	  API_FAULT_SERVER },
	{ "a misspelt fault type is a fault all the same", 200,
	  "{\"Fault\":{\"Error\":[{\"code\":\"9999\"}],\"type\":"
	  "\"AuthorizatonFault\"}}",
	  API_FAULT_REFUSED },
	{ "the throttle, in XML", 429, THROTTLE, API_FAULT_RATE_LIMITED },
	{ "a bare 429", 429, "", API_FAULT_RATE_LIMITED },
	{ "the throttle dressed as a 403", 403, THROTTLE,
	  API_FAULT_RATE_LIMITED },
	{ "a 403 without a fault is not QuickBooks'", 403, "<html>",
	  API_FAULT_FOREIGN },
	{ "nor is an empty one", 403, "", API_FAULT_FOREIGN },
	{ "nor one whose JSON has no fault", 403,
	  "{\"message\":\"Forbidden\",\"fault\":null}", API_FAULT_FOREIGN },
	{ "a 403 with a fault of the service", 403,
	  SERVICE("5020", "Permission Denied", "x"), API_FAULT_REFUSED },
	{ "a bad query", 400, SERVICE("4000", "Error parsing query", "x"),
	  API_FAULT_REFUSED },
	{ "an operation unsupported during an outage", 400,
	  SERVICE("500", "Unsupported Operation",
		  "Operation Could not find resource for relative : /v3/x of "
		  "full path: https://x is not supported."),
	  API_FAULT_SERVER },
	{ "what the log of changes refuses", 400,
	  SERVICE("500", "Unsupported Operation",
		  "Operation cdc with changedSince date x which is older than "
		  "30 days is not supported."),
	  API_FAULT_REFUSED },
	{ "a redirect", 302, "", API_FAULT_FOREIGN },
	{ "a permanent one", 308, "<html>", API_FAULT_FOREIGN },
	{ "a page that is not there", 404, "<html>", API_FAULT_FOREIGN },
	{ "plain text with a 400", 400, "Bad Request", API_FAULT_FOREIGN },
	{ "a 407", 407, "", API_FAULT_FOREIGN },
	{ "a 404 with a fault", 404, SERVICE("610", "Not Found", "x"),
	  API_FAULT_REFUSED },
	{ "a 400 with a fault in XML", 400, "<Fault><Error code=\"4000\">",
	  API_FAULT_REFUSED },
	{ "an HTML page with a 401 is a stale token", 401, "<html>",
	  API_FAULT_STALE_TOKEN },
	{ "HTML in a 503", 503, "<html>", API_FAULT_SERVER },
	{ "a 504, in XML", 504,
	  "<Fault type=\"SystemFault\"><Error code=\"6002\">",
	  API_FAULT_TIMEOUT },
	{ "a gateway's timeout with another status", 500,
	  SERVICE("6002", "GatewayTimeout", ""), API_FAULT_TIMEOUT },
};

static const struct {
	const char *name, *body, *want;
} texts[] = {
	{ "code, message and detail are told",
	  SERVICE("4001", "Invalid query", "QueryValidationError: Custmoer"),
	  "4001 Invalid query: QueryValidationError: Custmoer" },
	{ "so are XML's", THROTTLE,
	  "3001 message=ThrottleExceeded; errorCode=003001: The request limit "
	  "was reached. Try again later" },
	{ "line breaks and control characters become spaces",
	  SERVICE("4000", "a\\nb\\u001b[31mc\\u0000d", "e\\r\\n  f\\u0085g"),
	  "4000 a b [31mc d: e f g" },
	{ "letters beyond ASCII stay",
	  SERVICE("1", "Balboa de Panam\xc3\xa1", "\\u2019"),
	  "1 Balboa de Panam\xc3\xa1: \xe2\x80\x99" },
	{ "an authentication fault's detail quotes the token and stays away",
	  GATEWAY("3200", "AUTHENTICATION", "Token expired: CANARY"),
	  "3200 message=Failed" },
	{ "what looks like a token is left out",
	  SERVICE("1", "m",
		  "bad eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0.AA "
		  "there"),
	  "1 m: bad [left out] there" },
	{ "HTML tells nothing", "<html><body>CANARY</body></html>", "" },
	{ "rows tell nothing", "{\"QueryResponse\":{\"Fault\":1}}", "" },
	{ "errors that are no list", "{\"Fault\":{\"Error\":7}}", "" },
	{ "invalid UTF-8 in XML does no harm",
	  "<Fault><Error code=\"\xff\xc3\"><Message>\xc2</Message>", "" },
};

static const struct {
	const char *body, *want;
} bodies[] = {
	{ "", "an empty body" },
	{ " \r\n", "an empty body" },
	{ "<html>CANARY", "an HTML page" },
	{ "\xef\xbb\xbf\n<!DOCTYPE HTML PUBLIC>", "an HTML page" },
	{ "<?xml version=\"1.0\"?><!-- x --><HTML>", "an HTML page" },
	{ "{\"message\":\"CANARY <html>\"}", "JSON without a fault" },
	{ "{\"message\":", "text that is not JSON" },
	{ "Not Found", "text that is not JSON" },
	{ "a < b", "text that is not JSON" },
};

#define ONE_CURRENCY \
	"Business Validation Error: Multi Currency should be enabled to " \
	"perform this operation"

/* Faults of a query of Budget, unless another entity is named. */
static const struct {
	const char *name, *body;
	bool absent;
	const char *entity;
} absences[] = {
	{ "a feature that the plan does not have",
	  SERVICE("5020", "Permission Denied Error",
		  "Permission Denied Error : You do not have the access rights "
		  "to use this feature."),
	  true, NULL },
	{ "a feature that is not supported",
	  SERVICE("5030", "Feature Not Supported Error", "x"), true, NULL },
	{ "an entity without metadata",
	  SERVICE("4001", "Invalid query",
		  "QueryValidationError: Metadata not found for Entity: "
		  "Budget"),
	  true, NULL },
	{ "an entity that is no context",
	  SERVICE("4001", "Invalid query",
		  "QueryValidationError: Invalid Context Declaration: budget"),
	  true, NULL },
	{ "the same as a parser's error",
	  SERVICE("4000", "Error parsing query",
		  "QueryParserError: Metadata not found for Entity: Budget"),
	  true, NULL },
	{ "the same in XML",
	  "<Fault type=\"ValidationFault\"><Error code=\"5020\"><Detail>You "
	  "do not have the access rights",
	  true, NULL },
	{ "inside a QueryResponse",
	  "{\"QueryResponse\":" SERVICE("5030", "x", "x") "}", true, NULL },
	{ "a user who may not",
	  SERVICE("5020", "Permission Denied Error",
		  "Permission Denied Error : To access this, sign in again or "
		  "contact an administrator."),
	  false, NULL },
	{ "another entity",
	  SERVICE("4001", "Invalid query",
		  "QueryValidationError: Metadata not found for Entity: Foo"),
	  false, NULL },
	{ "a property that it does not have",
	  SERVICE("4001", "Invalid query",
		  "QueryValidationError: Property Foo not found for Entity "
		  "Budget"),
	  false, NULL },
	{ "a limit of the query",
	  SERVICE("4001", "Invalid query",
		  "QueryValidationError: value 1500 is too large. Budget"),
	  false, NULL },
	{ "a parser's error",
	  SERVICE("4000", "Error parsing query",
		  "QueryParserError: Encountered Budget at line 1"),
	  false, NULL },
	{ "a row that cannot be printed",
	  SERVICE("4002", "Error processing query", "Budget"), false, NULL },
	{ "an app that may not", GATEWAY("3100", "AUTHENTICATION", "Budget"),
	  false, NULL },
	{ "currencies of a company with one",
	  SERVICE("6000", "A business validation error", ONE_CURRENCY), true,
	  "CompanyCurrency" },
	{ "rates of a company with one currency",
	  SERVICE("6000", "A business validation error", ONE_CURRENCY), true,
	  "ExchangeRate" },
	{ "the same as a property",
	  SERVICE("2010", "multicurrency is not enabled", ""), true,
	  "ExchangeRate" },
	{ "another property of a rate",
	  SERVICE("2010", "Request has invalid or unsupported property",
		  "Property Name: SourceCurrencyCode"),
	  false, "ExchangeRate" },
	{ "another business rule",
	  SERVICE("6000", "A business validation error", "Rate too old"), false,
	  "ExchangeRate" },
	{ "currencies that another entity needs",
	  SERVICE("6000", "A business validation error", ONE_CURRENCY), false,
	  NULL },
	{ "rows", "{\"QueryResponse\":{\"Budget\":[]}}", false, NULL },
	{ "a page", "<html>5020</html>", false, NULL },
};

static void
test_recorded(void)
{
	static const struct {
		const char *file;
		int status;
		enum api_fault want;
	} recorded[] = {
		{ "fault_400_2010_unknown_property.json", 400,
		  API_FAULT_REFUSED },
		{ "fault_400_2030_invalid_id_no_time.json", 400,
		  API_FAULT_REFUSED },
		{ "fault_400_4000_query_parser.json", 400, API_FAULT_REFUSED },
		{ "fault_400_4001_invalid_entity.json", 400,
		  API_FAULT_REFUSED },
		{ "fault_401_3200_expired_token.json", 401,
		  API_FAULT_STALE_TOKEN },
		{ "fault_429_throttle.xml", 429, API_FAULT_RATE_LIMITED },
		{ "query_customer_all_41.json", 200, API_FAULT_NONE },
		{ "query_empty_past_end.json", 200, API_FAULT_NONE },
	};
	char path[200], text[API_FAULT_TEXT];
	static char body[1 << 16];

	for (size_t i = 0; i < LENGTH(recorded); i++) {
		snprintf(path, sizeof(path), "../shared/recorded/%s",
			 recorded[i].file);
		FILE *in = fopen(path, "r");
		if (!in) {
			ok(1, "%s # SKIP the recorded bodies are not here",
			   recorded[i].file);
			continue;
		}
		struct slice s = { body, fread(body, 1, sizeof(body), in) };
		fclose(in);
		api_fault_describe(s, text);
		ok(api_fault_classify(recorded[i].status, s) ==
				   recorded[i].want &&
			   !strpbrk(text, "\r\n\t"),
		   "%s as recorded", recorded[i].file);
	}
}

int
main(void)
{
	char text[API_FAULT_TEXT], longish[4000];

	for (size_t i = 0; i < LENGTH(cases); i++)
		ok(api_fault_classify(cases[i].status,
				      slice_of(cases[i].body)) == cases[i].want,
		   "%s", cases[i].name);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		api_fault_describe(slice_of(texts[i].body), text);
		is(text, texts[i].want, texts[i].name);
	}
	for (size_t i = 0; i < LENGTH(absences); i++)
		ok(api_fault_is_absent(slice_of(absences[i].body),
				       absences[i].entity ? absences[i].entity
							  : "Budget") ==
			   absences[i].absent,
		   "absent or not: %s", absences[i].name);
	ok(api_fault_may_be_parameter(SLICE(SERVICE("2010", "x", "x"))) &&
		   api_fault_may_be_parameter(SLICE(SERVICE("4000", "x", ""))),
	   "a parameter may be refused");
	ok(!api_fault_may_be_parameter(SLICE(SERVICE("5020", "x", "x"))) &&
		   !api_fault_may_be_parameter(SLICE(SERVICE("4002", "x", ""))),
	   "or something else");
	for (size_t i = 0; i < LENGTH(bodies); i++)
		is(api_fault_body(slice_of(bodies[i].body)), bodies[i].want,
		   bodies[i].want);
	size_t used = (size_t)snprintf(longish, sizeof(longish),
				       "{\"Fault\":{\"Error\":[{\"Detail\":\"");
	while (used < 2000)
		used += (size_t)snprintf(longish + used, 20, "word \\u00e9 ");
	snprintf(longish + used, 20, "\"}]}}");
	api_fault_describe(slice_of(longish), text);
	ok(strlen(text) < API_FAULT_TEXT &&
		   strlen(text) > API_FAULT_TEXT - 10 &&
		   !strcmp(text + strlen(text) - 3, "..."),
	   "a long text is cut");
	test_recorded();
	return tap_done();
}
