/*
 * http/api_fault.h - what an answer from QuickBooks means.
 *
 * The only place that knows how faults are spelled: "Fault" from the service,
 * "fault" from the gateway, XML from the throttle, HTML from what stands in
 * between, and a Fault inside a 200 (QUIRKS.md, "Faults").
 */
#ifndef HTTP_API_FAULT_H
#define HTTP_API_FAULT_H

#include "json/json.h"

enum api_fault {
	FAULT_NONE,         /* one whole JSON value with status 200 */
	FAULT_NO_RESPONSE,  /* no whole answer came back */
	FAULT_TIMEOUT,      /* too much was asked for the time there is */
	FAULT_RATE_LIMITED, /* too many requests */
	FAULT_SERVER,       /* trouble on their side; passes */
	FAULT_MALFORMED,    /* no fault, and no answer of this API; passes */
	FAULT_STALE_TOKEN,  /* the access token is no longer good */
	FAULT_LOGIN,        /* this login may not read this company */
	FAULT_REFUSED,      /* they mean it */
};

/* `status` 0 means that no answer came back.  A FAULT_NONE may still hold
 * something that was not asked for: query_response_parse() looks at that. */
enum api_fault api_fault_classify(int status, struct slice body);

enum { API_FAULT_TEXT = 480 };

/*
 * What the body says about its fault, for an error text: "4001 Invalid query:
 * QueryValidationError: ...", or "" where it says nothing.  One line of UTF-8
 * without control characters, cut with "..." when it is long.  What looks
 * like a token is left out, and all detail of an authentication fault, which
 * quotes the token.
 */
void api_fault_describe(struct slice body, char text[API_FAULT_TEXT]);

#endif
