/*
 * json.h - strict RFC 8259 in one pass over the bytes, giving slices.
 *
 * Slices point into the text as it arrived; nothing is ever written back from
 * a parsed tree, because libjq 1.6 would turn 300.00 into 300.
 *
 * A cursor walks forward and validates everything it passes: grammar, UTF-8,
 * escapes, control characters in strings, depth.  Duplicate keys are left to
 * the caller (RFC 8259 section 4).  After the first error every call returns
 * false, so a caller may walk on and look at the error once, in json_end():
 *
 *	struct json j;
 *	struct slice key, id = { 0 };
 *
 *	json_begin(&j, text);
 *	if (json_object(&j))
 *		while (json_key(&j, &key)) {
 *			if (slice_is(key, "Id"))
 *				json_value(&j, &id);
 *			else
 *				json_skip(&j);
 *		}
 *	if (!json_end(&j, why))
 *		return false;
 */
#ifndef JSON_H
#define JSON_H

#include "buf.h"

enum { JSON_DEEPEST = 512 }; /* nested objects and arrays */

struct json {
	const char *start;
	const char *at;
	const char *end;
	const char *error; /* NULL, or what is wrong, in a few words */
	int depth;
	bool fresh; /* an object or array was opened and nothing taken yet */
};

void json_begin(struct json *j, struct slice text);

/*
 * The next value is an object (array): step in.  False, without an error,
 * when it is another kind of value: nothing is taken then.
 */
bool json_object(struct json *j);
bool json_array(struct json *j);

/*
 * The next member's key, as written between its quotes (escapes untouched),
 * or false at the closing brace, which is taken.  Take the value then.
 */
bool json_key(struct json *j, struct slice *key);

/* Is there another element?  False at the closing bracket, which is taken. */
bool json_element(struct json *j);

/* Take any whole value; `value` gives its bytes, strings with quotes. */
bool json_value(struct json *j, struct slice *value);
bool json_skip(struct json *j);

/*
 * Where walking would go on, for slicing what was walked through:
 * the next value's first byte before, its end after.
 */
const char *json_at(struct json *j);

/*
 * The whole text was one value and white space?  FAILURE_DATA with the byte
 * offset otherwise: "byte 17: a comma is missing".  Never quotes the text.
 */
bool json_end(struct json *j, struct failure *why) MUST_CHECK;

/* One value and nothing else. */
bool json_check(struct slice text, struct failure *why) MUST_CHECK;

/* What a taken value is: without its quotes when it is a string of no
 * escapes; false otherwise. */
bool json_plain_string(struct slice value, struct slice *text) MUST_CHECK;

/* A whole number that fits; false for fractions, exponents and the rest. */
bool json_integer(struct slice value, int64_t *number) MUST_CHECK;

/*
 * Append what a string value (with quotes) means, in UTF-8, or text as a
 * string value.  A lone surrogate cannot be meant: FAILURE_DATA.
 */
bool json_unquote(struct slice value, struct buf *to,
		  struct failure *why) MUST_CHECK;
bool json_quote(struct slice text, struct buf *to,
		struct failure *why) MUST_CHECK;

#endif
