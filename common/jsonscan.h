/*
 * jsonscan.h - the grammar of JSON over bytes: what stands under json.h.
 *
 * RFC 8259 for the grammar; jsonstring.h for strings.  Everything here takes a
 * position and returns the one after what it took; NULL means that the text
 * is wrong, and then j->error and j->at say what and where.  A position is
 * never past j->end, and nothing at or after j->end is read.
 */
#ifndef JSONSCAN_H
#define JSONSCAN_H

#include "slice.h"

enum { JSON_DEEPEST = 512 }; /* nested objects and arrays */

/* What the cursor of json.h may do next. */
enum json_turn {
	JSON_DUE,   /* a value must be taken */
	JSON_FRESH, /* an object or array was opened, nothing taken yet */
	JSON_TAKEN, /* a value was taken */
};

struct json {
	const char *start;
	const char *at;
	const char *end;
	const char *error; /* NULL, or what is wrong, in a few words */
	enum json_turn turn;
	const char *seen; /* 64 bytes from here on were looked at: */
	uint64_t special; /* a bit for each that no string simply holds */
	unsigned depth;
	char closing[JSON_DEEPEST]; /* for each open level, ] or } */
};

/* Note the error, the first one only; returns NULL. */
const char *jsonscan_wrong(struct json *j, const char *at, const char *error);

/* Past the white space. */
const char *jsonscan_space(const char *at, const char *end);

/* Past the opening bracket at `at` and white space: one level deeper. */
const char *jsonscan_open(struct json *j, const char *at);

/* Is the level that is open an array?  There is one. */
static inline bool
jsonscan_in_array(const struct json *j)
{
	return j->closing[j->depth - 1] == ']';
}

/* A key; `*quote` is its closing quote.  Returned is its value's place. */
const char *jsonscan_key(struct json *j, const char *at, const char **quote);

/* A whole value, of any depth, without recursion. */
const char *jsonscan_value(struct json *j, const char *at);

#endif
