/*
 * json/json.h - a strict RFC 8259 reader: one pass over the bytes, no tree.
 *
 * The wing json/ parses and quotes JSON.  It includes base/ only.  It uses no
 * library, because a payload must come out byte for byte: libjq 1.6 would turn
 * 300.00 into 300.  Values are slices of the text as it arrived, and nothing is
 * ever printed from a parsed tree.
 *
 * A cursor moves forward and validates everything that it passes: grammar,
 * UTF-8, escapes, control characters in strings, depth (JSON_DEEPEST).  A byte
 * order mark is refused; a lone surrogate escape is accepted, as in the
 * grammar.  Duplicate keys are left to the caller (RFC 8259 section 4).  After
 * the first error every call returns false, so a caller may go on and check
 * once, with json_end():
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
#include "json/values.h"

void json_begin(struct json *j, struct slice text);

/*
 * The same, in the middle of the text's outermost object: `at` is the end of a
 * member's value, and everything before it was validated earlier.
 */
void json_resume(struct json *j, struct slice text, const char *at);

/*
 * The next value is an object (array): enter it.  False, without an error, if
 * it is another kind of value, which then still must be taken.
 */
bool json_object(struct json *j);
bool json_array(struct json *j);

/*
 * The key of the next member, as written between its quotes (escapes
 * untouched); false at the closing brace, which is taken.  The value must be
 * taken next: skipping it is the error "a value is missing".
 */
bool json_key(struct json *j, struct slice *key);

/* Is there another element?  False at the closing bracket, which is taken. */
bool json_element(struct json *j);

/* Take a whole value of any kind: its bytes, strings with their quotes. */
bool json_value(struct json *j, struct slice *value);
bool json_skip(struct json *j);

/*
 * Take the value of the outermost object's last member without validating it:
 * everything up to the text's last brace.  False, and nothing is taken, when
 * there is no such brace.
 */
bool json_last(struct json *j, struct slice *value);

/*
 * The cursor's position, to slice what it has passed: before a value its first
 * byte, after a value the end of the white space that follows.
 */
const char *json_at(const struct json *j);

/*
 * Call last.  FAILURE_DATA unless the whole text was one value and white space:
 * "byte 17: a comma is missing".  Never quotes the text.
 */
bool json_end(struct json *j, struct failure *why) MUST_CHECK;

/* Validate a text: one value and white space. */
bool json_check(struct slice text, struct failure *why) MUST_CHECK;

#endif
