/* archive/verify.h - reads an archived file again and checks it against its
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
	const char *sha256; /* of the seal, from the load log */
	int64_t rows;
};

struct archive_verdict {
	/* FAILURE_NONE: it matches SHA256SUMS and is a complete stream of this
	 * window with the expected digest.  FAILURE_LATER: it is missing.
	 * FAILURE_DATA: anything else. */
	struct failure verdict;
	int64_t rows;
	bool altered; /* intact, but the load log has the digest of the rows
			 after qb-stamp --jq */
};

/*
 * Check `path` below the open folder.  `found` says what is wrong with the
 * file; FAILURE_IO: it cannot be read.
 */
bool archive_verify(int folder, const char *path,
		    const struct archive_expected *want,
		    struct archive_verdict *found,
		    struct failure *why) MUST_CHECK;

/*
 * After the stream failed: payloads were not validated (opaque), so read the
 * open window, which began at line `first`, again.  If a row of it is not JSON,
 * `why` is replaced by that more exact error.
 */
void archive_explain(struct archive_writer *a, const struct stream *s,
		     int64_t first, struct failure *why);

#endif
