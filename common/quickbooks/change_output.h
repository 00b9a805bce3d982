/*
 * quickbooks/change_output.h - from a response of the log of changes to the
 * rows, gone lines and seals of windows.
 */
#ifndef QUICKBOOKS_CHANGE_OUTPUT_H
#define QUICKBOOKS_CHANGE_OUTPUT_H

#include "quickbooks/change_windows.h"
#include "quickbooks/deletions.h"

struct change_output {
	struct fetch_output lines;
	struct deletions deletions;
	struct id_set seen;      /* deleted objects of the entity */
	struct deletions fuller; /* its rows that may have more custom fields */
	struct id_set queried;   /* those of them that a query returned */
	int64_t calls_sealed;    /* calls of the client that a seal has */
	int64_t windows, rows;   /* sealed in all; lines of both kinds */
};

void change_output_init(struct change_output *o, struct lines_out *out);
void change_output_free(struct change_output *o);

/*
 * Write the windows of an entity that wait, from a response that has all of its
 * changes since `since_us`; they become CHANGE_READ.
 *
 * A row goes to the window of its LastUpdatedTime, one without goes to the last
 * window; what was changed later than all of them belongs to a later window,
 * and what was changed earlier has been read.  Deletions are checked first
 * (quickbooks/deletions.h): `*unknown` if they cannot be; nothing is written
 * then.
 * Rows that may have more custom fields than the log returns
 * (quickbooks/custom_fields.h) are written as a query by their Ids has them.
 */
bool change_output_write(struct change_output *o,
			 struct change_windows *windows,
			 const struct entity *entity,
			 const struct qbo_call *call, int64_t since_us,
			 struct qbo_client *qbo, bool *unknown,
			 struct failure *why) MUST_CHECK;

#endif
