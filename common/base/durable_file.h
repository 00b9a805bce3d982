/*
 * base/durable_file.h - files that are either absent or complete, also after a
 * power failure: written under a temporary name, fsynced, renamed into place,
 * and the folder fsynced.
 */
#ifndef BASE_DURABLE_FILE_H
#define BASE_DURABLE_FILE_H

#include <sys/types.h>

#include "base/failure.h"
#include "base/slice.h"

enum { DURABLE_FILE_NAME = 64, DURABLE_FILE_BLOCK = 4096 };

struct durable_file {
	int folder;  /* of the temporary file; the caller closes it */
	int fd;      /* -1: none is open */
	bool direct; /* O_DIRECT is set: writes bypass the page cache */
	char temporary[DURABLE_FILE_NAME];
};

/*
 * Open the folder `path` below the open folder `at` (AT_FDCWD is fine), making
 * it and its parents as mkdir -p does.  New folders are fsynced into their
 * parents.  Parents need not be readable, only searchable.  Returns a
 * descriptor, or -1 with FAILURE_IO.
 */
int durable_file_open_folder(int at, const char *path, mode_t mode,
			     struct failure *why) MUST_CHECK;

/* Create ".qb-<pid>-<random>.tmp" in `folder`, with the permissions `mode`. */
bool durable_file_create(struct durable_file *d, int folder, mode_t mode,
			 struct failure *why) MUST_CHECK;
/*
 * Block-aligned memory of whole blocks bypasses the page cache (O_DIRECT) where
 * the file system allows it; pass many blocks at a time, since each call then
 * waits for the disk.  Everything else goes through the cache.
 */
bool durable_file_write(struct durable_file *d, struct slice bytes,
			struct failure *why) MUST_CHECK;

/*
 * Fsync the file and rename it to `name` in the open folder `to` (of the same
 * file system), replacing any file of that name.  On failure that name is
 * unchanged and the temporary file is removed.
 */
bool durable_file_commit(struct durable_file *d, int to, const char *name,
			 struct failure *why) MUST_CHECK;

/* Remove the temporary file, if one is open; may be called twice. */
void durable_file_discard(struct durable_file *d);

/* Remove the temporary files of dead processes in `folder`.  Files of live
 * processes in other containers are locked, and are kept. */
void durable_file_remove_stale(int folder);

#endif
