#include "load/loader_threads.h"
#include "load/sender.h"
#include "postgres/connect.h"

void
loader_threads_init(struct loader_threads *w)
{
	*w = (struct loader_threads){ .count = 1 };
	batch_queue_init(&w->queue);
	id_order_init(&w->ids);
	for (int i = 0; i < LOADER_THREADS_MOST; i++)
		loader_init(&w->loaders[i]);
	for (int i = 0; i < BATCH_QUEUE_SLOTS; i++)
		w->queue.slots[i].batch.rows.ids = &w->ids;
}

/* -- the reader */

/*
 * One window or one end; false when there is no other, and `why` may say so.
 * Where rows do not match their seal, one that is not JSON is the clearer
 * reason.
 */
static bool
read_one(struct loader_threads *w, struct batch_slot *slot, struct failure *why)
{
	enum stream_got got;
	struct failure clearer = { 0 };
	bool rows = false;

	while ((got = stream_next(w->in, why)) == STREAM_ROW ||
	       got == STREAM_GONE) {
		if (!batch_add(&slot->batch, w->in, w->run, why))
			return false;
		rows |= got == STREAM_ROW;
	}
	if (got == STREAM_FAILED && why->kind == FAILURE_DATA && rows &&
	    !sender_check_json(&slot->batch.rows, &clearer) &&
	    clearer.kind == FAILURE_DATA) {
		window_fail_in(&w->in->window, &clearer);
		*why = clearer;
	}
	slot->is_end = got == STREAM_END;
	buf_clear(&slot->end_line);
	if (slot->is_end)
		return envelope_copy(&w->in->now, &slot->end_line, why);
	return got == STREAM_SEAL &&
	       batch_seal(&slot->batch, w->in, w->run, why);
}

static void *
read_all(void *threads)
{
	struct loader_threads *w = threads;
	struct batch_slot *slot;
	struct failure why = { 0 };
	bool more = true;

	/* cancelled only while it reads: it holds no lock then */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	while (more && (slot = batch_queue_get_unused(&w->queue))) {
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		more = read_one(w, slot, &why);
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		if (more)
			batch_queue_add(&w->queue, slot);
	}
	batch_queue_end(&w->queue, &why);
	return NULL;
}

/* -- the loaders */

static bool
load_together(struct loader_threads *w, struct loader *l, int64_t from,
	      int count)
{
	struct batch *batches[BATCH_QUEUE_SLOTS];
	struct failure ignored = { 0 }; /* load_each() reports it */
	int64_t began_ms = clock_monotonic_ms();

	for (int i = 0; i < count; i++)
		batches[i] = &batch_queue_at(&w->queue, from + i)->batch;
	if (!loader_load_together(l, batches, (size_t)count, &ignored))
		return false;
	for (int i = 0; i < count; i++) {
		struct batch_slot *slot = batch_queue_at(&w->queue, from + i);

		slot->took_ms = (clock_monotonic_ms() - began_ms) / count;
		batch_queue_report(&w->queue, slot, true);
	}
	return true;
}

static bool
load_one(struct loader_threads *w, struct loader *l, struct batch_slot *slot)
{
	int64_t began_ms = clock_monotonic_ms();
	bool loaded = loader_load(l, &slot->batch, &slot->why);

	slot->took_ms = clock_monotonic_ms() - began_ms;
	if (!loaded)
		window_fail_in(&slot->batch.window, &slot->why);
	batch_queue_report(&w->queue, slot, loaded);
	return loaded;
}

/* After the first that cannot be loaded, the others are not tried. */
static void
load_each(struct loader_threads *w, struct loader *l, int64_t from, int count)
{
	bool loaded = true;

	for (int i = 0; i < count; i++) {
		struct batch_slot *slot = batch_queue_at(&w->queue, from + i);

		if (loaded)
			loaded = load_one(w, l, slot);
		else
			batch_queue_report(&w->queue, slot, false);
	}
}

static struct loader *
get_loader(struct loader_threads *w)
{
	pthread_mutex_lock(&w->queue.lock);
	struct loader *l = &w->loaders[w->next_loader++];
	pthread_mutex_unlock(&w->queue.lock);
	return l;
}

static void *
load_all(void *threads)
{
	struct loader_threads *w = threads;
	struct loader *l = get_loader(w);
	struct failure why = { 0 };
	int64_t from;
	int count;

	bool connected = pg_connect(&l->pg, &why);
	batch_queue_connected(&w->queue, connected, &why);
	if (!connected)
		return NULL;
	while ((count = batch_queue_take(&w->queue, l, &from)))
		if (count == 1 || !load_together(w, l, from, count))
			load_each(w, l, from, count);
	return NULL;
}

/* -- the caller */

static bool
start_thread(pthread_t *thread, void *(*work)(void *), struct loader_threads *w,
	     struct failure *why)
{
	errno = pthread_create(thread, NULL, work, w);
	return !errno || fail_errno(why, "pthread_create");
}

bool
loader_threads_start(struct loader_threads *w, struct failure *why)
{
	for (int i = 0; i < BATCH_QUEUE_SLOTS; i++)
		w->queue.slots[i].batch.rows.keep_lines =
			w->loaders[0].upsert.rejects_fd >= 0;
	w->loaders[0].sole = w->count == 1;
	w->queue.loaders = w->queue.connecting = w->count;
	if (!start_thread(&w->reader_thread, read_all, w, why))
		return false;
	w->started = true;
	for (int i = 0; i < w->count; i++)
		if (!start_thread(&w->loader_threads[i], load_all, w, why)) {
			w->count = i;
			return false;
		}
	return true;
}

struct batch_slot *
loader_threads_next(struct loader_threads *w, struct failure *why)
{
	return batch_queue_next(&w->queue, why);
}

void
loader_threads_release(struct loader_threads *w, struct batch_slot *slot)
{
	batch_queue_release(&w->queue, slot);
}

/* The reader may be blocked in a read, so it is cancelled. */
static void
stop_threads(struct loader_threads *w)
{
	batch_queue_stop(&w->queue);
	for (int i = 0; i < w->count; i++)
		pthread_join(w->loader_threads[i], NULL);
	pthread_cancel(w->reader_thread);
	pthread_join(w->reader_thread, NULL);
}

void
loader_threads_free(struct loader_threads *w)
{
	if (w->started)
		stop_threads(w);
	for (int i = 0; i < LOADER_THREADS_MOST; i++)
		loader_free(&w->loaders[i]);
	id_order_free(&w->ids);
	batch_queue_free(&w->queue);
}
