/*
 * auth/state_folder.h - the folder of what outlives a run: logins, rate limits
 * and counts of calls.  $XDG_STATE_HOME/qb, or ~/.local/state/qb.
 */
#ifndef AUTH_STATE_FOLDER_H
#define AUTH_STATE_FOLDER_H

#include <sys/types.h>

#include "base/buf.h"

enum { STATE_FOLDER_LONGEST = 4096 };

/* Append its path; `*found` is false if the environment names none. */
bool state_folder_path(struct buf *path, bool *found,
		       struct failure *why) MUST_CHECK;

/*
 * Open the folder `path`, and create it when it is missing; the caller closes
 * it.  `refused` are the permissions that others must not have.  -1 with
 * FAILURE_IO, and the chmod to run: others have them, or it belongs to another
 * user.
 */
int state_folder_open(const char *path, mode_t refused,
		      struct failure *why) MUST_CHECK;

#endif
