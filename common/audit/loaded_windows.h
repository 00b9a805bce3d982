/* audit/loaded_windows.h - the windows of the load log that together cover a
 * range, and their files in the archive. */
#ifndef AUDIT_LOADED_WINDOWS_H
#define AUDIT_LOADED_WINDOWS_H

#include "check/ledger_query.h"
#include "check/narrowing.h"

struct loaded_windows {
	const struct ledger_query *ledger;
	const char *run;     /* NULL: of any run */
	const char *archive; /* its name, for messages; NULL: none */
	int archive_fd;
};

/* Add their totals to the proof, and the windows to `pieces`.  With an archive,
 * also read and verify the files of the windows that have one. */
bool loaded_windows_check(const struct loaded_windows *w, struct proof *p,
			  struct narrowing *pieces,
			  struct failure *why) MUST_CHECK;

#endif
