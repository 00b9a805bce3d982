/*
 * postgres/jsonb_limits.h - what PostgreSQL's jsonb cannot hold although it is
 * valid JSON.
 *
 * As measured with PostgreSQL 15 in a database with encoding UTF8;
 * tests/common/postgres/jsonb_limits_test.c compares with a real server:
 *
 * - \u0000, and surrogate escapes that are not a pair, in keys too;
 * - numbers that numeric cannot hold: more than 131072 digits before the point,
 *   more than 16383 after it (zeros count, and digits added by the exponent),
 *   or an exponent of +-1073741823 or beyond, even of zero.
 *
 * Nesting of JSON_DEEPEST fits the server's default stack.  Not checked here: a
 * jsonb is limited to 256 MB in its own format, which text of less than 64 MB
 * reaches only as millions of one-digit numbers.
 */
#ifndef POSTGRES_JSONB_LIMITS_H
#define POSTGRES_JSONB_LIMITS_H

#include "base/slice.h"

/* `payload` is one valid JSON value.  If false, *reason is a static string:
 * "the escape \u0000". */
bool jsonb_accepts(struct slice payload, const char **reason) MUST_CHECK;

#endif
