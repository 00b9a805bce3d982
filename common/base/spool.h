/*
 * base/spool.h - records kept until it is known whether they are wanted.
 *
 * The first few megabytes stay in memory; what is more goes to a file without
 * a name in TMPDIR, which is gone when the process is.
 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include "base/buf.h"

struct spool {
	size_t most_memory; /* bytes kept before a file is begun, and the block
			       by which it grows: best a power of two */
	int fd;             /* -1: all is in memory */
	int64_t written;    /* bytes in the file */
	int64_t records;
	struct buf held; /* in memory, or not yet in the file */
	size_t begun;    /* where in `held` the record that grows begins */

	/* while reading */
	int64_t read; /* bytes of the file that passed through `page` */
	size_t taken; /* bytes of `page` (or `held`) already handed out */
	size_t step;  /* bytes that spool_at() reads at once */
	struct buf page;
};

void spool_init(struct spool *s, size_t most_memory);
void spool_free(struct spool *s);
/* For other records, which overwrite those that were there: giving pages back
 * and asking for new ones costs more than to write them. */
void spool_clear(struct spool *s);

/* FAILURE_IO when TMPDIR is full; the text names it. */
bool spool_add(struct spool *s, struct slice record,
	       struct failure *why) MUST_CHECK;

/* The same, of a record that is appended to `held` between the two. */
bool spool_begin(struct spool *s, struct failure *why) MUST_CHECK;
bool spool_end(struct spool *s, struct failure *why) MUST_CHECK;

/* Read from the first record on, as often as wanted; then nothing is added. */
bool spool_rewind(struct spool *s, struct failure *why) MUST_CHECK;

enum spool_got { SPOOL_FAILED = -1, SPOOL_END = 0, SPOOL_RECORD = 1 };

/* `record` lives until the next call. */
enum spool_got spool_next(struct spool *s, struct slice *record,
			  struct failure *why) MUST_CHECK;

/*
 * Any record, by the place that spool_place() gave just before it was added;
 * after spool_rewind(), and in whatever order.
 */
int64_t spool_place(const struct spool *s);
bool spool_at(struct spool *s, int64_t place, struct slice *record,
	      struct failure *why) MUST_CHECK;

#endif
