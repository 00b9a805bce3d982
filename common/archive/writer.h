/*
 * archive/writer.h - a folder of windows, each in a file of its own;
 *qb-archive(1).
 *
 *	DIR/<realm>/<entity>/<start>_<end>_<12 of sha256>.ndjson.gz
 *	DIR/<realm>/<entity>/SHA256SUMS
 *
 * A file that is listed is whole and on the disk.  Several processes may write
 * into one archive: they wait for each other at DIR/.qb-lock.
 */
#ifndef ARCHIVE_WRITER_H
#define ARCHIVE_WRITER_H

#include "archive/sha256sums.h"
#include "base/durable_file.h"
#include "base/gzip.h"
#include "stream/window.h"

enum { ARCHIVE_PATH = 192 };

struct archive_writer {
	const char *name; /* of the folder, as the user spells it */
	int folder, lock; /* -1: not open */
	struct durable_file file;
	struct gzip_out gzip;
	struct buf text; /* not deflated yet: it goes faster in large parts */
	struct buf
		packed; /* deflated and not written yet, as a disk takes it */
	struct digest sum; /* of both what is in the file and `packed` */
};

/*
 * The file of this window below DIR: "4620.../Invoice/
 * 20250101T000000Z_20250108T000000Z_1a2b3c4d5e6f.ndjson.gz".  `realm` is
 * digits and `sha256` hex, as seal_parse() and seal_verify() leave them.
 */
void archive_path(const struct window *window, struct slice realm,
		  const char *sha256, char path[ARCHIVE_PATH]);

void archive_writer_init(struct archive_writer *a);

/*
 * Open the folder, making it where it is missing, and sweep away what dead
 * processes left.  Folders get the mode 0700 and files 0600, less the umask.
 * `level` as gzip_out_init() takes it.  FAILURE_IO names the path.
 */
bool archive_writer_open(struct archive_writer *a, const char *name, int level,
			 struct failure *why) MUST_CHECK;

/* Bytes of the window's stream; the first ones begin its file. */
bool archive_writer_add(struct archive_writer *a, struct slice text,
			struct failure *why) MUST_CHECK;

/*
 * Put the file in place, fsynced, and list it.  One that stands there already
 * and is what its list says is left as it is, and this one dropped.  On
 * failure nothing stands there that did not before.
 */
bool archive_writer_commit(struct archive_writer *a, const char *path,
			   struct failure *why) MUST_CHECK;

/*
 * Instead of archive_writer_commit(): what was added so far, as a whole file to
 * be read from the descriptor that is returned, which is the caller's to close;
 * -1 where nothing was.
 */
int archive_writer_reopen(struct archive_writer *a,
			  struct failure *why) MUST_CHECK;

/* A file that was begun and not kept goes away; may be called twice. */
void archive_writer_close(struct archive_writer *a);

enum archive_state {
	ARCHIVE_MISSING,  /* no such file */
	ARCHIVE_UNLISTED, /* its writer died before it listed it */
	ARCHIVE_DAMAGED,  /* not what SHA256SUMS says */
	ARCHIVE_WHOLE,
};

/*
 * What stands at `path` (as archive_path() spells it, or a seal names it) below
 * the open folder.  FAILURE_DATA: no path of an archive.  FAILURE_IO: it
 * cannot be read.
 */
bool archive_file_state(int folder, const char *path, enum archive_state *state,
			struct failure *why) MUST_CHECK;

#endif
