/*
 * archive/sha256sums.h - SHA256SUMS of a folder: written so that sha256sum -c
 * accepts it at any moment, also after the plug was pulled.
 *
 * One process at a time writes; the caller holds a lock.  Names are those of
 * plain files in the folder, without newline or backslash.
 */
#ifndef ARCHIVE_SHA256SUMS_H
#define ARCHIVE_SHA256SUMS_H

#include "base/digest.h"
#include "base/failure.h"

#define SHA256SUMS_NAME "SHA256SUMS"

/*
 * The sum listed for `name`, or "" where there is none; the last line of that
 * name counts, and a last line that was cut off does not.
 */
bool sha256sums_find(int folder, const char *name, char hex[DIGEST_HEX],
		     struct failure *why) MUST_CHECK;

/*
 * List `name` with this sum, in place of an older one, and fsync.  A list that
 * must be written anew is written in `temporary`, a folder of the same file
 * system, and renamed.
 */
bool sha256sums_set(int folder, int temporary, const char *name,
		    const char *hex, struct failure *why) MUST_CHECK;

/* The SHA-256 of what is in the file, or "" where there is no such file. */
bool sha256sums_of_file(int folder, const char *name, char hex[DIGEST_HEX],
			struct failure *why) MUST_CHECK;

#endif
