/*
 * json/scanner.h - the grammar of JSON over bytes: what stands under
 * json/json.h.
 *
 * RFC 8259 for the grammar; json/strings.h for strings.  Everything here takes
 * a position and returns the one after what it took; NULL means that the text
 * is wrong, and then j->error and j->at say what and where.  A position is
 * never past j->end, and nothing at or after j->end is read.
 */
#ifndef JSON_SCANNER_H
#define JSON_SCANNER_H

#include "base/slice.h"

enum { JSON_DEEPEST = 512 }; /* nested objects and arrays */

/* What the cursor of json/json.h may do next. */
enum json_expect {
	JSON_VALUE_DUE,   /* a value must be taken */
	JSON_JUST_OPENED, /* an object or array was opened, nothing taken yet */
	JSON_VALUE_TAKEN, /* a value was taken */
};

struct json {
	const char *start;
	const char *at;
	const char *end;
	const char *error; /* NULL, or what is wrong, in a few words */
	enum json_expect turn;
	const char *seen; /* 64 bytes from here on were looked at: */
	uint64_t special; /* a bit for each that no string simply holds */
	unsigned depth;
	char closing[JSON_DEEPEST]; /* for each open level, ] or } */
};

/* Note the error, the first one only; returns NULL. */
const char *json_scan_fail(struct json *j, const char *at, const char *error);

/* Past the white space. */
const char *json_scan_space(const char *at, const char *end);

/* Past the opening bracket at `at` and white space: one level deeper. */
const char *json_scan_open(struct json *j, const char *at);

/* Is the level that is open an array?  There is one. */
static inline bool
json_scan_in_array(const struct json *j)
{
	return j->closing[j->depth - 1] == ']';
}

/* A key; `*quote` is its closing quote.  Returned is its value's place. */
const char *json_scan_key(struct json *j, const char *at, const char **quote);

/* A whole value, of any depth, without recursion. */
const char *json_scan_value(struct json *j, const char *at);

#endif
