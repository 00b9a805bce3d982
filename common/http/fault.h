/*
 * http/fault.h - the Fault in a body: its words.
 *
 * The service writes "Fault", the gateway "fault", and both JSON and XML come.
 * It may stand anywhere in the envelope, also in a QueryResponse or in place of
 * a row, but not within a row (QUIRKS.md, "Faults").
 */
#ifndef HTTP_FAULT_H
#define HTTP_FAULT_H

#include "json/json.h"

/* Faults are short; so far into XML or HTML. */
enum { FAULT_MOST_SCANNED = 64 * 1024 };

/* JSON values with their quotes, or XML text. */
struct fault {
	bool found; /* the body has a fault */
	bool xml;
	struct slice type, code, message, detail;
};

/* Of several faults, and of several errors, the first one.  False: the body is
 * not one whole JSON value; XML was looked for then. */
bool fault_read(struct fault *fault, struct slice body);

/* In JSON a code is a string, "3200"; a number is taken, too. */
bool fault_code_is(const struct fault *fault, const char *code);

/* Is the word in there?  `*after` becomes what follows it. */
bool fault_find(struct slice in, const char *word, struct slice *after);

#endif
