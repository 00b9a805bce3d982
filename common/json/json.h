/*
 * json/json.h - strict RFC 8259 in one pass over the bytes, giving slices.
 *
 * Slices point into the text as it arrived; nothing is ever written back from
 * a parsed tree, because libjq 1.6 would turn 300.00 into 300.
 *
 * A cursor walks forward and validates everything it passes: grammar, UTF-8,
 * escapes, control characters in strings, depth (JSON_DEEPEST).  A byte order
 * mark is refused, and a lone surrogate escape passes, as the grammar wants.
 * Duplicate keys are left to the caller (RFC 8259 section 4).  After the first
 * error every call returns false, so a caller may walk on and look at the error
 * once, in json_end():
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
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "json/scanner.h"
#include "json/text.h"

void json_begin(struct json *j, struct slice text);

/*
 * The same inside the text's object, all of which before `at` is known: it is
 * the end of a member's value, and was validated.
 */
void json_resume(struct json *j, struct slice text, const char *at);

/*
 * The next value is an object (array): step in.  False, without an error,
 * when it is another kind of value: nothing is taken then, and the value still
 * must be.
 */
bool json_object(struct json *j);
bool json_array(struct json *j);

/*
 * The next member's key, as written between its quotes (escapes untouched),
 * or false at the closing brace, which is taken.  Take the value then: going
 * on without is the error "a value is missing".
 */
bool json_key(struct json *j, struct slice *key);

/* Is there another element?  False at the closing bracket, which is taken. */
bool json_element(struct json *j);

/* Take any whole value; `value` gives its bytes, strings with quotes. */
bool json_value(struct json *j, struct slice *value);
bool json_skip(struct json *j);

/*
 * The last member of the outermost object, to whose value the walk has come:
 * what lies before the text's last brace, of which nothing is validated.
 * False, and nothing is taken, when there is no such brace.
 */
bool json_last(struct json *j, struct slice *value);

/*
 * Where walking would go on, for slicing what was walked through: the next
 * value's first byte before it, past the white space that follows it after.
 */
const char *json_at(const struct json *j);

/*
 * The whole text was one value and white space?  FAILURE_DATA with the byte
 * offset otherwise: "byte 17: a comma is missing".  Never quotes the text.
 */
bool json_end(struct json *j, struct failure *why) MUST_CHECK;

/* One value and nothing else. */
bool json_check(struct slice text, struct failure *why) MUST_CHECK;

#endif
