/*
 * copyrow.h - rows in the binary format of PostgreSQL's COPY.
 *
 * The only place that knows it; PostgreSQL's manual, COPY, "Binary Format".
 * Everything is appended; FAILURE_DATA when the buffer's bound is passed.
 *
 *	header, rows (each: begin, then as many fields as it said), trailer
 */
#ifndef COPYROW_H
#define COPYROW_H

#include "buf.h"

bool copyrow_header(struct buf *to, struct failure *why) MUST_CHECK;
bool copyrow_trailer(struct buf *to, struct failure *why) MUST_CHECK;

/* The size of what copyrow_begin() appends, before a row's first field. */
enum { COPYROW_BEGIN = 2 };

bool copyrow_begin(struct buf *to, int fields, struct failure *why) MUST_CHECK;
bool copyrow_null(struct buf *to, struct failure *why) MUST_CHECK;
/* Also "char" and varchar; NULs and invalid UTF-8 are the server's to refuse.
 */
bool copyrow_text(struct buf *to, struct slice text,
		  struct failure *why) MUST_CHECK;
bool copyrow_int4(struct buf *to, int32_t number,
		  struct failure *why) MUST_CHECK;
bool copyrow_int8(struct buf *to, int64_t number,
		  struct failure *why) MUST_CHECK;
/* timestamptz, from an instant of clock.h. */
bool copyrow_time(struct buf *to, int64_t at_us,
		  struct failure *why) MUST_CHECK;
/* The JSON text as it stands; the server parses it. */
bool copyrow_jsonb(struct buf *to, struct slice json,
		   struct failure *why) MUST_CHECK;

/* Of a whole row as it was written here: the n-th field from 0, its length
 * before it, and the one that begins at `at`; of a field that is a text, or a
 * jsonb without its version, the value. */
struct slice copyrow_field_of(struct slice row, int n);
struct slice copyrow_field_at(const char *at);
struct slice copyrow_text_of(struct slice row, int n);
struct slice copyrow_jsonb_of(struct slice row, int n);

#endif
