/*
 * json/scanner.h - scans JSON tokens and values (RFC 8259); the lower layer of
 * json/json.h.
 *
 * Every function takes a position and returns the one after what it scanned;
 * NULL means that the text is invalid, and j->error and j->at say what and
 * where.  A position is never past j->end, and nothing at or after j->end is
 * read.
 */
#ifndef JSON_SCANNER_H
#define JSON_SCANNER_H

#include "base/slice.h"

enum { JSON_DEEPEST = 512 }; /* nested objects and arrays */

/* What the cursor of json/json.h expects next. */
enum json_expect {
	JSON_VALUE_DUE,   /* a value must be taken */
	JSON_JUST_OPENED, /* an object or array was opened, nothing taken yet */
	JSON_VALUE_TAKEN, /* a value was taken */
};

struct json {
	const char *start;
	const char *at;
	const char *end;
	const char *error; /* NULL, or the first error, in a few words */
	enum json_expect expect;
	const char *block;      /* the 64 bytes that were classified last: */
	uint64_t block_special; /* json_string_special() of them */
	unsigned depth;
	char closing[JSON_DEEPEST]; /* for each open level, ] or } */
};

/* Record the error if it is the first one; returns NULL. */
const char *json_scan_fail(struct json *j, const char *at, const char *error);

/* Past the white space. */
const char *json_scan_space(const char *at, const char *end);

/* Past the opening bracket at `at` and white space: one level deeper. */
const char *json_scan_open(struct json *j, const char *at);

/* Is the innermost open level an array?  Some level must be open. */
static inline bool
json_scan_in_array(const struct json *j)
{
	return j->closing[j->depth - 1] == ']';
}

/* A key; `*quote` is its closing quote.  Returns where its value begins. */
const char *json_scan_key(struct json *j, const char *at, const char **quote);

/* A whole value, of any depth, without recursion. */
const char *json_scan_value(struct json *j, const char *at);

#endif
