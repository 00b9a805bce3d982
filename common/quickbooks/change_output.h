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
	struct id_set seen;    /* deleted objects of the entity */
	int64_t calls_sealed;  /* calls of the client that a seal has */
	int64_t windows, rows; /* sealed in all; lines of both kinds */
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
 */
bool change_output_write(struct change_output *o,
			 struct change_windows *windows,
			 const struct entity *entity,
			 const struct qbo_call *call, int64_t since_us,
			 struct qbo_client *qbo, bool *unknown,
			 struct failure *why) MUST_CHECK;

#endif
