/*
 * load/batch_queue.h - batches on their way from the reader to the loaders, and
 * their results back to the caller, in the order of the stream.
 *
 * One reader, some loaders and one caller, each a thread, share this and
 * nothing else.  A slot goes from unused to read, taken, loaded, released; only
 * one thread has it at a time, so that what is in it needs no lock.  The reader
 * waits while too many rows have been read and not loaded, so that a fast
 * stream does not fill TMPDIR.
 */
#ifndef LOAD_BATCH_QUEUE_H
#define LOAD_BATCH_QUEUE_H

#include <pthread.h>

#include "load/loader.h"

enum { BATCH_QUEUE_SLOTS = 8 };

enum batch_state {
	BATCH_READ,   /* sealed, or an end: for a loader, or for the caller */
	BATCH_LOADED, /* committed: for the caller */
	BATCH_FAILED, /* or not tried, because one before it failed */
};

struct batch_slot {
	enum batch_state state;
	bool is_end;         /* of a stream; there is no batch */
	struct buf end_line; /* its envelope */
	struct batch batch;
	int64_t took_ms;
	struct failure why;
};

struct batch_queue {
	int loaders; /* the caller's: how many threads take */

	pthread_mutex_t lock; /* for all that follows except what a slot has */
	pthread_cond_t changed;
	struct batch_slot slots[BATCH_QUEUE_SLOTS];
	/* used last in first out: its memory and files are warm */
	struct batch_slot *unused[BATCH_QUEUE_SLOTS];
	int unused_count;
	/* number `no` of the stream is at no % BATCH_QUEUE_SLOTS */
	struct batch_slot *ring[BATCH_QUEUE_SLOTS];
	int64_t read, taken, released; /* how many; each <= the one before */
	int64_t rows_ahead;            /* rows read and not loaded yet */
	bool read_all, stopped;
	struct failure read_why; /* why the reader ended */
	int connecting;          /* loaders that are still connecting */
	struct failure connect_why;
};

void batch_queue_init(struct batch_queue *q);
void batch_queue_free(struct batch_queue *q);

/* The queue takes nothing more; all who wait return. */
void batch_queue_stop(struct batch_queue *q);

/* The reader: a slot to fill, or NULL when the queue is stopped; its next batch
 * or end; and that there is no more, with `why`. */
struct batch_slot *batch_queue_get_unused(struct batch_queue *q);
void batch_queue_add(struct batch_queue *q, struct batch_slot *slot);
void batch_queue_end(struct batch_queue *q, const struct failure *why);

/*
 * A loader: whether it could connect; then the batches to load next, 0 when
 * there are no more.  Several where small ones wait already that may go into
 * one transaction.  batch_queue_at() gives those from `*from` on, and
 * batch_queue_report() the result of each.
 */
void batch_queue_connected(struct batch_queue *q, bool connected,
			   const struct failure *why);
int batch_queue_take(struct batch_queue *q, const struct loader *l,
		     int64_t *from);
struct batch_slot *batch_queue_at(struct batch_queue *q, int64_t no);
void batch_queue_report(struct batch_queue *q, struct batch_slot *slot,
			bool loaded);

/* The caller: the next result, see loader_threads_next(); and give its slot
 * back. */
struct batch_slot *batch_queue_next(struct batch_queue *q,
				    struct failure *why) MUST_CHECK;
void batch_queue_release(struct batch_queue *q, struct batch_slot *slot);

#endif
