/*
 * archive/writer.h - writes each window to a file of its own; qb-archive(1).
 *
 *	DIR/<realm>/<entity>/<start>_<end>_<12 digits of sha256>.ndjson.gz
 *	DIR/<realm>/<entity>/SHA256SUMS
 *
 * A listed file is complete and on the disk.  Several processes may write to
 * one archive; DIR/.qb-lock serialises them.
 *
 * The wing archive/ writes such files, and verifies them for qb-check.  It
 * includes base/ and stream/; no other wing includes it, only tools do.
 */
#ifndef ARCHIVE_WRITER_H
#define ARCHIVE_WRITER_H

#include "archive/sha256sums.h"
#include "base/durable_file.h"
#include "base/gzip.h"
#include "stream/window.h"

enum { ARCHIVE_PATH = 192 };

struct archive_writer {
	const char *name; /* of the folder, as the user typed it */
	int folder, lock; /* -1: not open */
	struct durable_file file;
	struct gzip_out gzip;
	struct buf text;   /* not compressed yet: large parts are faster */
	struct buf packed; /* compressed, not written yet; page-aligned */
	struct digest sum; /* of the file with `packed` at its end */
};

/*
 * The path of a window's file below DIR: "4620.../Invoice/
 * 20250101T000000Z_20250108T000000Z_1a2b3c4d5e6f.ndjson.gz"; of a report
 * the folder is "report-ProfitAndLoss-Cash".  `realm` is digits and `sha256`
 * hex, as in a struct seal.
 */
void archive_path(const struct window *window, struct slice realm,
		  const char *sha256, char path[ARCHIVE_PATH]);

void archive_writer_init(struct archive_writer *a);

/*
 * Open the folder, creating it if it is missing, and remove temporary files of
 * dead processes.  Folders get the mode 0700 and files 0600, less the umask.
 * `level` is gzip_out_init()'s.  FAILURE_IO names the path.
 */
bool archive_writer_open(struct archive_writer *a, const char *name, int level,
			 struct failure *why) MUST_CHECK;

/* Append bytes of the window's stream; the first call creates its file. */
bool archive_writer_add(struct archive_writer *a, struct slice text,
			struct failure *why) MUST_CHECK;

/*
 * Fsync the file, rename it to `path` and list it in SHA256SUMS.  If a file of
 * that name exists and matches its list, it is kept and the new one dropped. On
 * failure neither that file nor the list has changed.
 */
bool archive_writer_commit(struct archive_writer *a, const char *path,
			   struct failure *why) MUST_CHECK;

/*
 * Instead of archive_writer_commit(): a descriptor for reading what was added
 * so far as a complete file; the caller closes it.  -1 if nothing was added.
 */
int archive_writer_reopen(struct archive_writer *a,
			  struct failure *why) MUST_CHECK;

/* Removes a file that was not committed; may be called twice. */
void archive_writer_close(struct archive_writer *a);

enum archive_state {
	ARCHIVE_MISSING,  /* no such file */
	ARCHIVE_UNLISTED, /* its writer died before listing it */
	ARCHIVE_DAMAGED,  /* does not match SHA256SUMS */
	ARCHIVE_WHOLE,
};

/*
 * The state of the file at `path` (from archive_path(), or from a seal) below
 * the open folder.  FAILURE_DATA: not a path of an archive.  FAILURE_IO: it
 * cannot be read.
 */
bool archive_file_state(int folder, const char *path, enum archive_state *state,
			struct failure *why) MUST_CHECK;

#endif
