/* json/values.h - decodes JSON values into text and numbers, and quotes text.
 */
#ifndef JSON_VALUES_H
#define JSON_VALUES_H

#include "base/buf.h"

/*
 * `value` is always a whole, validated value, as json_value() gives it.
 */

/* A string without escapes, without its quotes; false for anything else. */
bool json_plain_string(struct slice value, struct slice *text) MUST_CHECK;

/* An integer that fits; false for fractions, exponents and other values. */
bool json_integer(struct slice value, int64_t *number) MUST_CHECK;

/*
 * Append the decoded string in UTF-8.  FAILURE_DATA: not a string, or a lone
 * surrogate, which UTF-8 cannot encode; nothing is appended then.
 */
bool json_unquote(struct slice value, struct buf *to,
		  struct failure *why) MUST_CHECK;

/* The same; text without escapes stays where it is, other text is in `room`,
 * which is cleared. */
bool json_text(struct slice value, struct buf *room, struct slice *text,
	       struct failure *why) MUST_CHECK;

/*
 * Append text as a JSON string.  FAILURE_DATA when it is not UTF-8; nothing is
 * appended then.
 */
bool json_quote(struct slice text, struct buf *to,
		struct failure *why) MUST_CHECK;

#endif
