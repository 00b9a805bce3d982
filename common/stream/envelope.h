/*
 * stream/envelope.h - the record that travels through the pipes;
 * qb-envelope(5).
 *
 * One line of JSON.  Each stage writes one member of its own and copies the
 * others byte for byte, unknown ones too; payload, always last, is QuickBooks'
 * own text.
 */
#ifndef STREAM_ENVELOPE_H
#define STREAM_ENVELOPE_H

#include "json/json.h"

enum envelope_kind {
	ENVELOPE_TICKET,
	ENVELOPE_ROW,
	ENVELOPE_SEAL,
	ENVELOPE_END,
	ENVELOPE_RECEIPT,
};

/* In the order in which they stand in a line. */
enum envelope_member {
	MEMBER_SUM,     /* seals: the digest of the seal itself */
	MEMBER_WINDOW,  /* qb-window */
	MEMBER_PAGE,    /* qb-fetch, rows */
	MEMBER_ROW,     /* qb-fetch, rows */
	MEMBER_FETCH,   /* qb-fetch, seals */
	MEMBER_JQ,      /* qb-stamp --jq, seals: the totals after altering */
	MEMBER_ARCHIVE, /* qb-archive, seals */
	MEMBER_STAMP,   /* qb-stamp */
	MEMBER_LOAD,    /* qb-load, receipts */
	MEMBER_WINDOWS, /* ends */
	MEMBER_ROWS,    /* ends */
	MEMBER_PAYLOAD, /* as QuickBooks sent it */
	ENVELOPE_MEMBERS
};

struct envelope {
	enum envelope_kind kind;
	struct slice line;                    /* without its newline */
	struct slice value[ENVELOPE_MEMBERS]; /* at NULL where not there */
	struct slice whole[ENVELOPE_MEMBERS]; /* with key and leading comma */
};

/*
 * Slices point into `line`, which must outlive the envelope.  The whole line is
 * validated, the payload too.  FAILURE_DATA: not JSON, no "qb" first, an
 * unknown kind, a member twice, a payload that is not last, or a member that
 * this kind needs and that is missing.
 */
bool envelope_parse(struct envelope *e, struct slice line,
		    struct failure *why) MUST_CHECK;

/*
 * What the rows of a page begin with, all alike, up to the end of "page": some
 * 600 bytes of each line, which are compared instead of read again.
 */
struct envelope_prefix {
	bool opaque; /* the caller's: of rows, envelope_parse_next() */

	struct buf text;
	struct envelope of; /* what that much says; slices into `text` */
	struct json walk;   /* here, since to clear one takes as long as to
			       compare a head */
};

void envelope_prefix_init(struct envelope_prefix *head);
void envelope_prefix_free(struct envelope_prefix *head);

/*
 * envelope_parse() of the next line of a stream, in every respect; but an
 * `opaque` payload is not validated: it is what lies between its colon and the
 * line's last brace.  For whoever has another reader for it.
 */
bool envelope_parse_next(struct envelope *e, struct slice line,
			 struct envelope_prefix *head,
			 struct failure *why) MUST_CHECK;

/*
 * Append the line, newline included, with `value` as the member `which`: in
 * place of the old one, or where the order above wants it.  A value whose
 * `at` is NULL takes the member out.  On failure nothing is appended.
 */
bool envelope_put(const struct envelope *e, enum envelope_member which,
		  struct slice value, struct buf *to,
		  struct failure *why) MUST_CHECK;

/* The line as it came, newline included. */
bool envelope_copy(const struct envelope *e, struct buf *to,
		   struct failure *why) MUST_CHECK;

/* {"qb":"end","windows":52,"rows":81234} */
bool envelope_write_end(int64_t windows, int64_t rows, struct buf *to,
			struct failure *why) MUST_CHECK;

#endif
