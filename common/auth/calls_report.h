/*
 * auth/calls_report.h - how many calls the app made this month, and how many
 * QBO_MONTHLY_CALLS allows; for qb-auth status.
 *
 * The count is unknown without a client ID; or if the file cannot be read, and
 * then a warning says why.
 */
#ifndef AUTH_CALLS_REPORT_H
#define AUTH_CALLS_REPORT_H

#include "auth/settings.h"
#include "base/buf.h"

/* For people, one line; for programs, the last members of the object that
 * expiry_write_json() begins, and its "}". */
bool calls_report_write_text(const struct settings *settings, int64_t now_us,
			     struct buf *to, struct failure *why) MUST_CHECK;
bool calls_report_write_json(const struct settings *settings, int64_t now_us,
			     struct buf *to, struct failure *why) MUST_CHECK;

#endif
