/*
 * load/workers.h - the threads that load a stream.
 *
 *	reader   reads batches from standard input, and checks each against its
 *	         seal before a loader gets it
 *	loaders  each with a connection of its own: load batches
 *	caller   gets the results, in the order of the stream
 *
 * The first batch is read while the loaders connect, and the next ones while
 * one is loaded (load/batch_queue.h).
 */
#ifndef LOAD_WORKERS_H
#define LOAD_WORKERS_H

#include "load/batch_queue.h"

enum { WORKERS_MOST_LOADERS = 8 };

struct workers {
	/* the caller's */
	struct loader loaders[WORKERS_MOST_LOADERS]; /* `count` of them */
	int count;
	const struct run_stamp *run;
	struct stream *in;

	struct batch_queue queue;
	struct id_order ids; /* the reader's: of the batch that it reads */
	int next_loader;     /* of loaders[], for the next thread; queue.lock */
	bool started;        /* there are threads to wait for */
	pthread_t reader_thread, loader_threads[WORKERS_MOST_LOADERS];
};

void workers_init(struct workers *w);
/* Ends all threads; may be called while the stream stalls. */
void workers_free(struct workers *w);

bool workers_start(struct workers *w, struct failure *why) MUST_CHECK;

/*
 * The next batch that was committed, or the next end, in the order of the
 * stream; workers_release() gives the slot back.  NULL at the end, without a
 * failure, or after one: that a connection could not be made, before anything
 * else; that of the stream; or that of the window that could not be loaded,
 * named.  What was committed after that window comes before NULL.
 */
struct batch_slot *workers_next(struct workers *w,
				struct failure *why) MUST_CHECK;
void workers_release(struct workers *w, struct batch_slot *slot);

#endif
