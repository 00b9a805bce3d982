#include "load/batch_queue.h"

struct limits {
	int64_t rows_ahead;    /* the reader waits beyond this */
	int64_t rows_together; /* of one transaction */
};

/* Several windows in one transaction lock the table for all others
 * (load/loader.c): with one loader that only saves commits, several would wait
 * for each other. */
static struct limits
limits_of(const struct batch_queue *q)
{
	return q->loaders == 1 ? (struct limits){ 32000, 8000 }
			       : (struct limits){ 4000, 2000 };
}

void
batch_queue_init(struct batch_queue *q)
{
	*q = (struct batch_queue){ .loaders = 1 };
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->changed, NULL);
	for (int i = 0; i < BATCH_QUEUE_SLOTS; i++) {
		batch_init(&q->slots[i].batch);
		buf_init(&q->slots[i].end_line, LINES_LONGEST);
		q->unused[q->unused_count++] = &q->slots[i];
	}
}

void
batch_queue_free(struct batch_queue *q)
{
	for (int i = 0; i < BATCH_QUEUE_SLOTS; i++) {
		batch_free(&q->slots[i].batch);
		buf_free(&q->slots[i].end_line);
	}
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->changed);
}

static void
wake_all(struct batch_queue *q)
{
	pthread_cond_broadcast(&q->changed);
}

void
batch_queue_stop(struct batch_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->stopped = true;
	wake_all(q);
	pthread_mutex_unlock(&q->lock);
}

/* -- the reader */

static bool
may_read(struct batch_queue *q)
{
	return q->stopped ||
	       (q->unused_count && (q->rows_ahead < limits_of(q).rows_ahead ||
				    q->taken == q->read));
}

struct batch_slot *
batch_queue_get_unused(struct batch_queue *q)
{
	struct batch_slot *slot = NULL;

	pthread_mutex_lock(&q->lock);
	while (!may_read(q))
		pthread_cond_wait(&q->changed, &q->lock);
	if (!q->stopped)
		slot = q->unused[--q->unused_count];
	pthread_mutex_unlock(&q->lock);
	return slot;
}

void
batch_queue_add(struct batch_queue *q, struct batch_slot *slot)
{
	pthread_mutex_lock(&q->lock);
	slot->state = BATCH_READ;
	q->ring[q->read % BATCH_QUEUE_SLOTS] = slot;
	q->rows_ahead += slot->is_end ? 0 : batch_lines(&slot->batch);
	q->read++;
	wake_all(q);
	pthread_mutex_unlock(&q->lock);
}

void
batch_queue_end(struct batch_queue *q, const struct failure *why)
{
	pthread_mutex_lock(&q->lock);
	q->read_why = *why;
	q->read_all = true;
	wake_all(q);
	pthread_mutex_unlock(&q->lock);
}

/* -- the loaders */

void
batch_queue_connected(struct batch_queue *q, bool connected,
		      const struct failure *why)
{
	pthread_mutex_lock(&q->lock);
	if (!connected && !q->connect_why.kind)
		q->connect_why = *why;
	q->stopped = q->stopped || !connected;
	q->connecting--;
	wake_all(q);
	pthread_mutex_unlock(&q->lock);
}

struct batch_slot *
batch_queue_at(struct batch_queue *q, int64_t no)
{
	return q->ring[no % BATCH_QUEUE_SLOTS];
}

/* How many batches from `taken` on go into one transaction. */
static int
count_joinable(struct batch_queue *q, const struct loader *l)
{
	const struct batch *first = &batch_queue_at(q, q->taken)->batch;
	int64_t rows = batch_lines(first);
	int count = 1;

	while (q->taken + count < q->read) {
		const struct batch_slot *next =
			batch_queue_at(q, q->taken + count);

		rows += batch_lines(&next->batch);
		if (next->is_end || rows > limits_of(q).rows_together ||
		    !loader_may_join(l, first, &next->batch))
			break;
		count++;
	}
	return count;
}

/* An end needs no loader: the caller forwards it. */
static bool
skip_ends(struct batch_queue *q)
{
	while (q->taken < q->read && batch_queue_at(q, q->taken)->is_end)
		q->taken++;
	return q->taken < q->read;
}

int
batch_queue_take(struct batch_queue *q, const struct loader *l, int64_t *from)
{
	int count = 0;

	pthread_mutex_lock(&q->lock);
	while (!q->stopped && !skip_ends(q) && !q->read_all)
		pthread_cond_wait(&q->changed, &q->lock);
	if (!q->stopped && q->taken < q->read) {
		count = count_joinable(q, l);
		*from = q->taken;
		q->taken += count;
		wake_all(q);
	}
	pthread_mutex_unlock(&q->lock);
	return count;
}

void
batch_queue_report(struct batch_queue *q, struct batch_slot *slot, bool loaded)
{
	pthread_mutex_lock(&q->lock);
	slot->state = loaded ? BATCH_LOADED : BATCH_FAILED;
	q->rows_ahead -= batch_lines(&slot->batch);
	q->stopped = q->stopped || !loaded;
	wake_all(q);
	pthread_mutex_unlock(&q->lock);
}

/* -- the caller */

/* Has the next slot a result, or will it never have one? */
static bool
next_is_decided(struct batch_queue *q)
{
	if (q->connecting)
		return false;
	if (q->released == q->read)
		return q->read_all || q->stopped;
	const struct batch_slot *slot = batch_queue_at(q, q->released);
	return slot->is_end || slot->state != BATCH_READ ||
	       (q->stopped && q->released >= q->taken);
}

/* An end may be released before a loader has skipped it: it must not take the
 * batch that the slot has next. */
static void
release(struct batch_queue *q, struct batch_slot *slot)
{
	q->unused[q->unused_count++] = slot;
	q->released++;
	if (q->taken < q->released)
		q->taken = q->released;
}

struct batch_slot *
batch_queue_next(struct batch_queue *q, struct failure *why)
{
	struct batch_slot *slot;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		while (!next_is_decided(q))
			pthread_cond_wait(&q->changed, &q->lock);
		slot = q->released < q->read ? batch_queue_at(q, q->released)
					     : NULL;
		if (!slot || slot->state != BATCH_FAILED)
			break;
		if (!why->kind)
			*why = slot->why;
		release(q, slot);
	}
	/* an end is forwarded only where nothing failed */
	bool more =
		slot && (slot->state == BATCH_LOADED ||
			 (slot->is_end && !why->kind && !q->connect_why.kind));
	if (!more && !why->kind)
		*why = q->connect_why.kind ? q->connect_why : q->read_why;
	pthread_mutex_unlock(&q->lock);
	return more ? slot : NULL;
}

void
batch_queue_release(struct batch_queue *q, struct batch_slot *slot)
{
	pthread_mutex_lock(&q->lock);
	release(q, slot);
	wake_all(q);
	pthread_mutex_unlock(&q->lock);
}
