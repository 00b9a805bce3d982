/*
 * archive/sha256sums.h - the file SHA256SUMS of a folder, which sha256sum -c
 * accepts at any moment, also after a power failure.
 *
 * One process writes at a time: the caller holds a lock.  Names are plain file
 * names in the folder, without newline or backslash.
 */
#ifndef ARCHIVE_SHA256SUMS_H
#define ARCHIVE_SHA256SUMS_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/failure.h"

#define SHA256SUMS_NAME "SHA256SUMS"

/*
 * The sum listed for `name`, or "" if it is not listed.  Of several lines the
 * last one counts; a last line without a newline is ignored.
 */
bool sha256sums_find(int folder, const char *name, char hex[DIGEST_HEX],
		     struct failure *why) MUST_CHECK;

/*
 * List `name` with this sum, replacing an older one, and fsync.  A list that
 * must be rewritten is written to the folder `temporary`, on the same file
 * system, and renamed.
 */
bool sha256sums_set(int folder, int temporary, const char *name,
		    const char *hex, struct failure *why) MUST_CHECK;

/*
 * All lines, whatever the list has; none if there is no list.  Take one after
 * the other, of which the last one of a name counts; what is no line of a list
 * is passed over.
 */
bool sha256sums_read(int folder, struct buf *text,
		     struct failure *why) MUST_CHECK;
bool sha256sums_next(struct slice *text, struct slice *hex, struct slice *name);

/* The SHA-256 of the file's contents, or "" if there is no such file. */
bool sha256sums_of_file(int folder, const char *name, char hex[DIGEST_HEX],
			struct failure *why) MUST_CHECK;

#endif
