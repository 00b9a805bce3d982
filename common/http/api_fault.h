/*
 * http/api_fault.h - what a response from QuickBooks means.
 *
 * The only place that knows what a fault means: of the service, of the gateway
 * (http/fault.h), of the rate limiter, of servers in between, and inside a 200
 * (QUIRKS.md, "Faults").
 */
#ifndef HTTP_API_FAULT_H
#define HTTP_API_FAULT_H

#include "json/json.h"

enum api_fault {
	API_FAULT_NONE,         /* status 200 and one whole JSON value */
	API_FAULT_NO_RESPONSE,  /* no complete response came */
	API_FAULT_TIMEOUT,      /* too much was requested for the time limit */
	API_FAULT_RATE_LIMITED, /* too many requests */
	API_FAULT_SERVER,       /* transient error of the server */
	API_FAULT_MALFORMED,    /* neither a fault nor a response of this API;
				 transient */
	API_FAULT_FOREIGN,      /* a status of 3xx or 4xx without a fault: of a
				 server in front of QuickBooks; transient */
	API_FAULT_STALE_TOKEN,  /* the access token has expired */
	API_FAULT_LOGIN,        /* this login has no access to this company */
	API_FAULT_REFUSED,      /* a permanent error */
};

/* `status` 0: no response came.  API_FAULT_NONE says nothing
 * about the contents: query_response_parse() checks those. */
enum api_fault api_fault_classify(int status, struct slice body);

/*
 * Does a refused query say that the company does not have this entity, by its
 * plan or its country?  Each form is in QUIRKS.md, "What a company does not
 * have".
 */
bool api_fault_is_absent(struct slice body, const char *entity);

/* May a parameter of the request be what is refused?  Not where the code names
 * another reason: a right, a row, the log of changes. */
bool api_fault_may_be_parameter(struct slice body);

enum { API_FAULT_TEXT = 480 };

/*
 * The fault's own words, for an error message: "4001 Invalid query:
 * QueryValidationError: ...", or "" where the body has none.  One line of UTF-8
 * without control characters, cut with "..." when it is long.  What looks
 * like a token is left out, and so are the details of an authentication fault,
 * because they quote the token.
 */
void api_fault_describe(struct slice body, char text[API_FAULT_TEXT]);

/* What a body looks like that has no fault: "an HTML page". */
const char *api_fault_body(struct slice body);

#endif
