/*
 * stream/envelope.h - one line of a stream: a ticket, row, gone,
 * seal, end or receipt; qb-envelope(5).
 *
 * An envelope is a JSON object.  Each tool writes one member of its own and
 * copies the others byte for byte, unknown ones too; payload, always last, is
 * the text that QuickBooks sent.
 */
#ifndef STREAM_ENVELOPE_H
#define STREAM_ENVELOPE_H

#include "json/json.h"

enum envelope_kind {
	ENVELOPE_TICKET,
	ENVELOPE_ROW,
	ENVELOPE_GONE,
	ENVELOPE_SEAL,
	ENVELOPE_END,
	ENVELOPE_RECEIPT,
};

/* In the order of a line. */
enum envelope_member {
	MEMBER_SUM,        /* seals: SHA-256 of the seal itself */
	MEMBER_WINDOW,     /* qb-window */
	MEMBER_OPTIONAL,   /* qb-window, tickets of a group */
	MEMBER_KNOWN_GONE, /* qb-pending, tickets by change */
	MEMBER_KNOWN_ROWS, /* the same, and by whole */
	MEMBER_PAGE,       /* qb-fetch, rows */
	MEMBER_ROW,        /* qb-fetch, rows */
	MEMBER_GONE,       /* gone lines: stream/gone.h */
	MEMBER_FETCH,      /* qb-fetch, seals */
	MEMBER_SCAN,       /* qb-fetch, seals: of several windows read as one */
	MEMBER_JQ,         /* qb-stamp --jq, seals: the totals after altering */
	MEMBER_ARCHIVE,    /* qb-archive, seals */
	MEMBER_STAMP,      /* qb-stamp */
	MEMBER_LOAD,       /* qb-load, receipts */
	MEMBER_WINDOWS,    /* ends */
	MEMBER_ROWS,       /* ends */
	MEMBER_PAYLOAD,    /* as QuickBooks sent it */
	ENVELOPE_MEMBERS
};

struct envelope {
	enum envelope_kind kind;
	struct slice line;                    /* without its newline */
	struct slice value[ENVELOPE_MEMBERS]; /* `at` is NULL if missing */
	struct slice whole[ENVELOPE_MEMBERS]; /* with its comma and key */
};

/*
 * Slices point into `line`, which must outlive the envelope.  The whole line is
 * validated, the payload too.  FAILURE_DATA: not JSON, no "qb" first, an
 * unknown kind, a member twice, a payload that is not last, or a required
 * member missing.
 */
bool envelope_parse(struct envelope *e, struct slice line,
		    struct failure *why) MUST_CHECK;

/*
 * The common beginning of the rows of a page, up to the end of "page": some 600
 * bytes of each line that are compared instead of parsed again.
 */
struct envelope_prefix {
	bool opaque; /* set by the caller; see envelope_parse_next() */

	struct buf text;
	struct envelope parsed; /* its members; slices into `text` */
	struct json cursor;     /* here, since clearing one for each line
				   costs as much as the comparison */
};

void envelope_prefix_init(struct envelope_prefix *prefix);
void envelope_prefix_free(struct envelope_prefix *prefix);

/*
 * The same for the next line of a stream, faster if it begins like the last.
 * With `opaque` the payload of a row is not validated: it is whatever lies
 * between its colon and the line's last brace.
 */
bool envelope_parse_next(struct envelope *e, struct slice line,
			 struct envelope_prefix *prefix,
			 struct failure *why) MUST_CHECK;

/*
 * Append the line and a newline, with `value` as the member `which`: in place
 * of the old one, or where the order above puts it.  A value whose `at` is NULL
 * removes the member.  On failure nothing is appended.
 */
bool envelope_put(const struct envelope *e, enum envelope_member which,
		  struct slice value, struct buf *to,
		  struct failure *why) MUST_CHECK;

/* Append the line unchanged, and a newline. */
bool envelope_copy(const struct envelope *e, struct buf *to,
		   struct failure *why) MUST_CHECK;

/* {"qb":"end","windows":52,"rows":81234} */
bool envelope_write_end(int64_t windows, int64_t rows, struct buf *to,
			struct failure *why) MUST_CHECK;

#endif
