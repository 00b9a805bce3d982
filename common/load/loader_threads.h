/*
 * load/loader_threads.h - the threads that load a stream.
 *
 *	reader   reads batches from standard input, and checks each against its
 *	         seal before a loader gets it
 *	loaders  each with a connection of its own: load batches
 *	caller   gets the results, in the order of the stream
 *
 * The first batch is read while the loaders connect, and the next ones while
 * one is loaded (load/batch_queue.h).
 */
#ifndef LOAD_LOADER_THREADS_H
#define LOAD_LOADER_THREADS_H

#include "load/batch_queue.h"

enum { LOADER_THREADS_MOST = 8 };

struct loader_threads {
	/* the caller's */
	struct loader loaders[LOADER_THREADS_MOST]; /* `count` of them */
	int count;
	const struct run_stamp *run;
	struct stream *in;

	struct batch_queue queue;
	struct id_order ids; /* the reader's: of the batch that it reads */
	int next_loader;     /* of loaders[], for the next thread; queue.lock */
	bool started;        /* there are threads to wait for */
	pthread_t reader_thread, loader_threads[LOADER_THREADS_MOST];
};

void loader_threads_init(struct loader_threads *w);
/* Ends all threads; may be called while the stream stalls. */
void loader_threads_free(struct loader_threads *w);

bool loader_threads_start(struct loader_threads *w,
			  struct failure *why) MUST_CHECK;

/*
 * The next batch that was committed, or the next end, in the order of the
 * stream; loader_threads_release() gives the slot back.  NULL at the end,
 * without a failure, or after one: that a connection could not be made, before
 * anything else; that of the stream; or that of the window that could not be
 * loaded, named.  What was committed after that window comes before NULL.
 */
struct batch_slot *loader_threads_next(struct loader_threads *w,
				       struct failure *why) MUST_CHECK;
void loader_threads_release(struct loader_threads *w, struct batch_slot *slot);

#endif
