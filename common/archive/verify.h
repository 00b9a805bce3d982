/* archive/verify.h - a file of an archive, read again and held against its
 * window. */
#ifndef ARCHIVE_VERIFY_H
#define ARCHIVE_VERIFY_H

#include "archive/writer.h"
#include "base/time_ranges.h"
#include "stream/stream.h"

struct archive_expected {
	const char *realm;
	const struct entity *entity;
	struct time_range range;
	const char *sha256; /* of the seal, by the ledger */
	int64_t rows;
};

struct archive_verdict {
	/* FAILURE_NONE: it is there, listed with its sum, inflates, and is a
	 * whole stream of this window with the digest that is wanted.
	 * FAILURE_LATER: it is not there.  FAILURE_DATA: anything else. */
	struct failure verdict;
	int64_t rows;
	bool altered; /* whole, but the ledger knows the rows as qb-stamp --jq
			 left them: the digest in the file's name is its own */
};

/*
 * Look at `path` below the open folder.  What is wrong with the file stands in
 * `found`; FAILURE_IO: it cannot be read.
 */
bool archive_verify(int folder, const char *path,
		    const struct archive_expected *want,
		    struct archive_verdict *found,
		    struct failure *why) MUST_CHECK;

/*
 * The stream gave rows to the archive, whose payloads nobody looked at, and
 * then failed: is one of the window that was open, which began at line `first`,
 * no JSON?  Then `why` names that one: it tells more.
 */
void archive_explain(struct archive_writer *a, const struct stream *s,
		     int64_t first, struct failure *why);

#endif
