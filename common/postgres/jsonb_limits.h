/*
 * postgres/jsonb_limits.h - what PostgreSQL's jsonb cannot hold although it is
 * valid JSON.
 *
 * As measured with PostgreSQL 15 in a database of encoding UTF8, and held
 * against a real server by tests/common/jsonb_test.c:
 *
 * - \u0000, and escapes of surrogates that are no pair, in keys too;
 * - numbers that numeric cannot: more than 131072 digits before the point, more
 *   than 16383 after it (zeros count, and so does what the exponent makes), or
 *   an exponent of 1073741823 and more either way, even of zero.
 *
 * Nesting of JSON_DEEPEST fits the server's default stack.  What is left to
 * the server: a jsonb is bounded at 256 MB in its own form, which text of less
 * than 64 MB reaches only as millions of one-digit numbers.
 */
#ifndef POSTGRES_JSONB_LIMITS_H
#define POSTGRES_JSONB_LIMITS_H

#include "base/slice.h"

/* `payload` is one valid JSON value.  False with why in a few words, a
 * constant: "the escape \u0000". */
bool jsonb_accepts(struct slice payload, const char **reason) MUST_CHECK;

#endif
