/*
 * base/spool.h - a queue of records in memory that overflows to a temporary
 * file, for rows that wait until their window is sealed.
 *
 * The file has no name, in TMPDIR, and disappears with the process.
 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include "base/buf.h"

struct spool {
	size_t most_memory; /* bytes held before the file is begun, and the
			       block by which it grows: a power of two */
	int fd;             /* -1: everything is in memory */
	int64_t written;    /* bytes in the file */
	int64_t records;
	struct buf held; /* in memory, or not yet in the file */
	size_t begun;    /* offset in `held` of the record being appended */

	/* while reading */
	int64_t read; /* offset in the file of the end of `page` */
	size_t taken; /* bytes of `page` (or `held`) already returned */
	size_t step;  /* bytes that spool_at() reads at once */
	struct buf page;
};

void spool_init(struct spool *s, size_t most_memory);
void spool_free(struct spool *s);
/* Forget all records.  The file is kept and overwritten: truncating it and
 * letting it grow again costs more than the writing. */
void spool_clear(struct spool *s);

/* FAILURE_IO when TMPDIR is full; the text names it. */
bool spool_add(struct spool *s, struct slice record,
	       struct failure *why) MUST_CHECK;

/* The same for a record that the caller appends to `held` between the two. */
bool spool_begin(struct spool *s, struct failure *why) MUST_CHECK;
bool spool_end(struct spool *s, struct failure *why) MUST_CHECK;

/* Start reading at the first record; may be called again.  After the first call
 * nothing may be added. */
bool spool_rewind(struct spool *s, struct failure *why) MUST_CHECK;

enum spool_got { SPOOL_FAILED = -1, SPOOL_END = 0, SPOOL_RECORD = 1 };

/* `record` lives until the next call. */
enum spool_got spool_next(struct spool *s, struct slice *record,
			  struct failure *why) MUST_CHECK;

/*
 * Random access, after spool_rewind(): spool_place() gives the offset of the
 * record that is added next, spool_at() the record at that offset.
 */
int64_t spool_place(const struct spool *s);
bool spool_at(struct spool *s, int64_t place, struct slice *record,
	      struct failure *why) MUST_CHECK;

#endif
