/*
 * base/durable_file.h - files that are whole after the plug was pulled: written
 * under a name of their own, fsynced, renamed into place, and the folder
 * fsynced.
 */
#ifndef BASE_DURABLE_FILE_H
#define BASE_DURABLE_FILE_H

#include <sys/types.h>

#include "base/failure.h"
#include "base/slice.h"

enum { DURABLE_FILE_NAME = 64, DURABLE_FILE_BLOCK = 4096 };

struct durable_file {
	int folder;  /* the caller's; where the temporary file stands */
	int fd;      /* -1: none is open */
	bool direct; /* what is written now passes the kernel's cache by */
	char temporary[DURABLE_FILE_NAME];
};

/*
 * Open (and make, with its parents, as mkdir -p) the folder `path` below the
 * open folder `at` (AT_FDCWD is fine).  What was made is fsynced into its
 * parent.  The way there need not be readable.  Returns a descriptor, or -1
 * with FAILURE_IO.
 */
int durable_file_open_folder(int at, const char *path, mode_t mode,
			     struct failure *why) MUST_CHECK;

/* Begin ".qb-<pid>-<chance>.tmp" in `folder`, with the permissions `mode`. */
bool durable_file_create(struct durable_file *d, int folder, mode_t mode,
			 struct failure *why) MUST_CHECK;
/*
 * Whole blocks that begin at one in memory are not copied into the kernel's
 * cache where the file system can do without; write many at a time, since each
 * call then waits for the disk.  All else goes through the cache.
 */
bool durable_file_write(struct durable_file *d, struct slice bytes,
			struct failure *why) MUST_CHECK;

/*
 * Put the file in place as `name` in the open folder `to` (of the same file
 * system), replacing what stood there.  On failure nothing stands there that
 * did not before, and the temporary file is gone.
 */
bool durable_file_commit(struct durable_file *d, int to, const char *name,
			 struct failure *why) MUST_CHECK;

/* Away with the temporary file, if one is open; may be called twice. */
void durable_file_discard(struct durable_file *d);

/* Remove temporary files that dead processes left in `folder`; those of living
 * ones in other containers are locked, and stay. */
void durable_file_remove_stale(int folder);

#endif
