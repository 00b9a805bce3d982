/* json/text.h - what a JSON value says, and text as one; after json_value(). */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include "base/buf.h"

/*
 * `value` is everywhere a whole value, as json_value() gives it: what is not
 * one has been refused before.
 */

/* A string of no escapes, without its quotes; false otherwise. */
bool json_plain_string(struct slice value, struct slice *text) MUST_CHECK;

/* A whole number that fits; false for fractions, exponents and the rest. */
bool json_integer(struct slice value, int64_t *number) MUST_CHECK;

/*
 * Append what a string means, in UTF-8.  FAILURE_DATA: not a string, or a lone
 * surrogate, which cannot be meant; nothing is appended then.
 */
bool json_unquote(struct slice value, struct buf *to,
		  struct failure *why) MUST_CHECK;

/*
 * Append any text as a string value.  FAILURE_DATA when it is not UTF-8, and
 * so can be no string; nothing is appended then.
 */
bool json_quote(struct slice text, struct buf *to,
		struct failure *why) MUST_CHECK;

#endif
