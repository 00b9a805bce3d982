/*
 * fault.h - what an answer from QuickBooks means.
 *
 * The only place that knows how faults are spelled: "Fault" from the service,
 * "fault" from the gateway, XML from the throttle, HTML from what stands in
 * between, and a Fault inside a 200 (QUIRKS.md, "Faults").
 */
#ifndef FAULT_H
#define FAULT_H

#include "json.h"

enum fault {
	FAULT_NONE,      /* one whole JSON value with status 200 */
	FAULT_SILENCE,   /* no whole answer came back */
	FAULT_SLOW,      /* too much was asked for the time there is */
	FAULT_SLOW_DOWN, /* too many requests */
	FAULT_SERVER,    /* trouble on their side; passes */
	FAULT_GARBLED,   /* no fault, and no answer of this API; passes */
	FAULT_TOKEN,     /* the access token is no longer good */
	FAULT_LOGIN,     /* this login may not read this company */
	FAULT_REFUSED,   /* they mean it */
};

/* `status` 0 means that no answer came back.  A FAULT_NONE may still hold
 * something that was not asked for: response_read() looks at that. */
enum fault fault_of(int status, struct slice body);

enum { FAULT_TOLD = 480 };

/*
 * What the body says about its fault, for an error text: "4001 Invalid query:
 * QueryValidationError: ...", or "" where it says nothing.  One line of UTF-8
 * without control characters, cut with "..." when it is long.  What looks
 * like a token is left out, and all detail of an authentication fault, which
 * quotes the token.
 */
void fault_tell(struct slice body, char text[FAULT_TOLD]);

#endif
