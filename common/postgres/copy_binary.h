/*
 * postgres/copy_binary.h - encode rows in the binary format of COPY
 * (PostgreSQL's manual, COPY, "Binary Format").
 *
 * Which columns a row of a landing table has: load/row.c.
 *
 * All functions append; FAILURE_DATA where the buffer's bound is exceeded.
 *
 *	header, rows (each: begin, then as many fields as it said), trailer
 */
#ifndef POSTGRES_COPY_BINARY_H
#define POSTGRES_COPY_BINARY_H

#include "base/buf.h"

bool copy_binary_header(struct buf *to, struct failure *why) MUST_CHECK;
bool copy_binary_trailer(struct buf *to, struct failure *why) MUST_CHECK;

/* The size of what copy_binary_row() appends, before a row's first field. */
enum { COPY_BINARY_ROW_HEADER = 2 };

bool copy_binary_row(struct buf *to, int fields,
		     struct failure *why) MUST_CHECK;
bool copy_binary_null(struct buf *to, struct failure *why) MUST_CHECK;
/* Also varchar; the server refuses NULs and invalid UTF-8. */
bool copy_binary_text(struct buf *to, struct slice text,
		      struct failure *why) MUST_CHECK;
bool copy_binary_int4(struct buf *to, int32_t number,
		      struct failure *why) MUST_CHECK;
bool copy_binary_int8(struct buf *to, int64_t number,
		      struct failure *why) MUST_CHECK;
/* timestamptz, from an instant of base/clock.h. */
bool copy_binary_time(struct buf *to, int64_t at_us,
		      struct failure *why) MUST_CHECK;
/* The JSON text is not checked here: the server parses it. */
bool copy_binary_jsonb(struct buf *to, struct slice json,
		       struct failure *why) MUST_CHECK;

/* Decode a row that was encoded here: the n-th field from 0, with its length;
 * the field that begins at `at`, with its length; the value of a text field,
 * and of a jsonb field, without its version. */
struct slice copy_binary_field_of(struct slice row, int n);
struct slice copy_binary_field_at(const char *at);
struct slice copy_binary_text_of(struct slice row, int n);
struct slice copy_binary_jsonb_of(struct slice row, int n);

#endif
