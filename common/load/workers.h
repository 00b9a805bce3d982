/*
 * load/workers.h - those who load a stream: one reads ahead, some load, one
 *tells.
 *
 *	reader   rows and seals from standard input into parcels, each checked
 *	         against its seal before anybody else sees it
 *	loaders  each with a connection of its own: parcels into their tables
 *	caller   what became of them, in the order of the stream
 *
 * They share a ring of slots and nothing else.  While the loaders connect the
 * first parcel is read, and while one is loaded the next; one is read only
 * while few rows wait, so that a fast stream does not fill TMPDIR.  Small
 * windows that wait already go together in one transaction; nobody waits for
 * more to come.
 */
#ifndef LOAD_WORKERS_H
#define LOAD_WORKERS_H

#include <pthread.h>

#include "load/loader.h"

enum { WORKERS_SLOTS = 8, WORKERS_MOST_LOADERS = 8 };

enum worker_state {
	SLOT_READY,  /* sealed, or an end: a loader's, or the caller's */
	SLOT_LOADED, /* committed: the caller's */
	SLOT_FAILED, /* the caller's, and the last of the stream */
};

struct worker_slot {
	enum worker_state state;
	bool end; /* of a stream; `line` is its envelope */
	struct buf line;
	struct batch parcel;
	int64_t took_ms;
	struct failure why;
};

struct workers {
	/* the caller's */
	struct loader landings[WORKERS_MOST_LOADERS]; /* `count` of them */
	int count;
	const struct run_stamp *run;
	struct stream *in;

	struct id_order ids; /* the reader's: of the window that it reads */

	pthread_mutex_t lock; /* for all that follows but what a slot holds */
	pthread_cond_t changed;
	struct worker_slot slots[WORKERS_SLOTS];
	/* those that nobody uses; the last goes first, whose memory and files
	 * are warm */
	struct worker_slot *unused[WORKERS_SLOTS];
	int unused_count;
	struct worker_slot
		*ring[WORKERS_SLOTS]; /* the no-th is at no % WORKERS_SLOTS */
	int64_t read, taken, told; /* slots of the stream, each <= the last */
	int64_t rows_ahead;        /* read, and not loaded yet */
	bool read_all, stopped;
	struct failure read_why; /* why the reader ended */
	int connecting;          /* loaders of whom it is not known yet */
	struct failure connect_why;
	pthread_t reader, loaders[WORKERS_MOST_LOADERS];
	int busy;     /* the next loader of `landings` */
	bool started; /* there are threads to wait for */
};

void workers_init(struct workers *c);
/* Ends all of them; may be called while the stream stalls. */
void workers_free(struct workers *c);

bool workers_start(struct workers *c, struct failure *why) MUST_CHECK;

/*
 * The next window that was committed, or the next end, in the order of the
 * stream; workers_done() gives the slot back.  NULL at the end, with no
 * failure, or where it went wrong: that a server is not there, which is told
 * before anything else; the stream's failure, or the window's that could not be
 * loaded, which is named.  What others committed behind that one comes
 * before NULL.
 */
struct worker_slot *workers_next(struct workers *c,
				 struct failure *why) MUST_CHECK;
void workers_done(struct workers *c, struct worker_slot *slot);

#endif
