/*
 * quickbooks/change_log.h - reads windows by change from QuickBooks' log of
 * changes (Change Data Capture), by as few calls as possible.
 *
 * A response of fewer than LOG_MOST_OBJECTS objects has all changes since the
 * time that was asked for, so the windows that it covers are complete.
 */
#ifndef QUICKBOOKS_CHANGE_LOG_H
#define QUICKBOOKS_CHANGE_LOG_H

#include "quickbooks/change_output.h"
#include "quickbooks/log_requests.h"

struct change_log {
	struct qbo_client *qbo; /* the caller's */
	struct lines_out *out;  /* the caller's */
	struct change_output output;
	struct log_requests requests;
	struct qbo_call call;
};

/* The caller sets `qbo`. */
void change_log_init(struct change_log *log, struct lines_out *out);
void change_log_free(struct change_log *log);

/*
 * Write the windows that the log can answer; the others become CHANGE_BY_QUERY,
 * with a warning: it refuses, has too many objects of one entity since then,
 * goes back less far, or does not answer.
 *
 * FAILURE_LATER: a window ends after now by QuickBooks' clock, which is waited
 * for if it is near; and as calls fail that would fail for a query, too.
 */
bool change_log_read(struct change_log *log, struct change_windows *windows,
		     struct failure *why) MUST_CHECK;

#endif
