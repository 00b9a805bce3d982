#include "load/workers.h"
#include "load/sender.h"
#include "postgres/connect.h"

/* Rows: read before another window is begun, which is what evens out a reader
 * and a loader of which now one is faster, now the other; and loaded in one
 * transaction. */
struct most {
	int64_t ahead, together;
};

/* Windows that go together have their table to themselves (load/loader.c):
 * several loaders would wait for each other, one only waits less for commits.
 */
static struct most
most(const struct workers *c)
{
	return c->count == 1 ? (struct most){ 32000, 8000 }
			     : (struct most){ 4000, 2000 };
}

void
workers_init(struct workers *c)
{
	*c = (struct workers){ .count = 1 };
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	for (int i = 0; i < WORKERS_MOST_LOADERS; i++)
		loader_init(&c->landings[i]);
	id_order_init(&c->ids);
	for (int i = 0; i < WORKERS_SLOTS; i++) {
		batch_init(&c->slots[i].parcel);
		c->slots[i].parcel.rows.ids = &c->ids;
		buf_init(&c->slots[i].line, LINES_LONGEST);
		c->unused[c->unused_count++] = &c->slots[i];
	}
}

static struct worker_slot *
slot_of(struct workers *c, int64_t no)
{
	return c->ring[no % WORKERS_SLOTS];
}

static void
change(struct workers *c)
{
	pthread_cond_broadcast(&c->changed);
}

/* -- the reader */

static bool
may_read(struct workers *c)
{
	return c->stopped ||
	       (c->unused_count &&
		(c->rows_ahead < most(c).ahead || c->taken == c->read));
}

/* A slot for the next window, or NULL when nobody wants it any more. */
static struct worker_slot *
unused_slot(struct workers *c)
{
	struct worker_slot *slot = NULL;

	pthread_mutex_lock(&c->lock);
	while (!may_read(c))
		pthread_cond_wait(&c->changed, &c->lock);
	if (!c->stopped)
		slot = c->unused[--c->unused_count];
	pthread_mutex_unlock(&c->lock);
	return slot;
}

static void
hand_over(struct workers *c, struct worker_slot *slot)
{
	pthread_mutex_lock(&c->lock);
	slot->state = SLOT_READY;
	c->ring[c->read % WORKERS_SLOTS] = slot;
	c->rows_ahead += slot->end ? 0 : batch_rows(&slot->parcel);
	c->read++;
	change(c);
	pthread_mutex_unlock(&c->lock);
}

/*
 * One window or one end; false when there is no other, and `why` may say so.
 * Of rows that are not as they were sealed, one that is no JSON tells more.
 */
static bool
read_one(struct workers *c, struct worker_slot *slot, struct failure *why)
{
	enum stream_got got;
	struct failure closer = { 0 };
	bool rows = false;

	for (; (got = stream_next(c->in, why)) == STREAM_ROW; rows = true)
		if (!batch_add(&slot->parcel, c->in, c->run, why))
			return false;
	if (got == STREAM_FAILED && why->kind == FAILURE_DATA && rows &&
	    !sender_check_json(&slot->parcel.rows, &closer) &&
	    closer.kind == FAILURE_DATA) {
		window_fail_in(&c->in->window, &closer);
		*why = closer;
	}
	slot->end = got == STREAM_END;
	buf_clear(&slot->line);
	if (slot->end)
		return envelope_copy(&c->in->now, &slot->line, why);
	return got == STREAM_SEAL &&
	       batch_seal(&slot->parcel, c->in, c->run, why);
}

static void *
read_all(void *crew)
{
	struct workers *c = crew;
	struct worker_slot *slot;
	struct failure why = { 0 };
	bool more = true;

	/* called off only while it reads, when it holds no lock */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	while (more && (slot = unused_slot(c))) {
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		more = read_one(c, slot, &why);
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		if (more)
			hand_over(c, slot);
	}
	pthread_mutex_lock(&c->lock);
	c->read_why = why;
	c->read_all = true;
	change(c);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* -- the loaders */

/* How many slots from `taken` on go into one transaction. */
static int
fitting(struct workers *c, const struct loader *l)
{
	const struct batch *first = &slot_of(c, c->taken)->parcel;
	int64_t rows = batch_rows(first);
	int count = 1;

	while (c->taken + count < c->read) {
		const struct worker_slot *next = slot_of(c, c->taken + count);

		rows += batch_rows(&next->parcel);
		if (next->end || rows > most(c).together ||
		    !loader_may_join(l, first, &next->parcel))
			break;
		count++;
	}
	return count;
}

/* An end is nobody's work: the caller passes it on. */
static bool
skip_ends(struct workers *c)
{
	while (c->taken < c->read && slot_of(c, c->taken)->end)
		c->taken++;
	return c->taken < c->read;
}

/* Slots from `*from` on; 0 when there is nothing left to do. */
static int
take(struct workers *c, const struct loader *l, int64_t *from)
{
	int count = 0;

	pthread_mutex_lock(&c->lock);
	while (!c->stopped && !skip_ends(c) && !c->read_all)
		pthread_cond_wait(&c->changed, &c->lock);
	if (!c->stopped && c->taken < c->read) {
		count = fitting(c, l);
		*from = c->taken;
		c->taken += count;
		change(c);
	}
	pthread_mutex_unlock(&c->lock);
	return count;
}

static void
tell(struct workers *c, struct worker_slot *slot, bool loaded)
{
	pthread_mutex_lock(&c->lock);
	slot->state = loaded ? SLOT_LOADED : SLOT_FAILED;
	c->rows_ahead -= batch_rows(&slot->parcel);
	c->stopped = c->stopped || !loaded;
	change(c);
	pthread_mutex_unlock(&c->lock);
}

static bool
load_together(struct workers *c, struct loader *l, int64_t from, int count)
{
	struct batch *parcels[WORKERS_SLOTS];
	struct failure unheard = { 0 };
	int64_t began_ms = clock_monotonic_ms();

	for (int i = 0; i < count; i++)
		parcels[i] = &slot_of(c, from + i)->parcel;
	if (!loader_load_together(l, parcels, (size_t)count, &unheard))
		return false;
	for (int i = 0; i < count; i++) {
		slot_of(c, from + i)->took_ms =
			(clock_monotonic_ms() - began_ms) / count;
		tell(c, slot_of(c, from + i), true);
	}
	return true;
}

static bool
load_one(struct workers *c, struct loader *l, struct worker_slot *slot)
{
	int64_t began_ms = clock_monotonic_ms();
	bool loaded = loader_load(l, &slot->parcel, &slot->why);

	slot->took_ms = clock_monotonic_ms() - began_ms;
	if (!loaded)
		window_fail_in(&slot->parcel.window, &slot->why);
	tell(c, slot, loaded);
	return loaded;
}

/* Behind the first that cannot be loaded, the others are not. */
static void
load_each(struct workers *c, struct loader *l, int64_t from, int count)
{
	bool loaded = true;

	for (int i = 0; i < count; i++)
		if (loaded)
			loaded = load_one(c, l, slot_of(c, from + i));
		else
			tell(c, slot_of(c, from + i), false);
}

static bool
connect_to(struct workers *c, struct loader *l)
{
	struct failure why = { 0 };
	bool connected = pg_connect(&l->pg, &why);

	pthread_mutex_lock(&c->lock);
	if (!connected && !c->connect_why.kind)
		c->connect_why = why;
	c->stopped = c->stopped || !connected;
	c->connecting--;
	change(c);
	pthread_mutex_unlock(&c->lock);
	return connected;
}

static void *
load_all(void *crew)
{
	struct workers *c = crew;
	int64_t from;
	int count;

	pthread_mutex_lock(&c->lock);
	struct loader *l = &c->landings[c->busy++];
	pthread_mutex_unlock(&c->lock);
	if (!connect_to(c, l))
		return NULL;
	while ((count = take(c, l, &from)))
		if (count == 1 || !load_together(c, l, from, count))
			load_each(c, l, from, count);
	return NULL;
}

/* -- the caller */

static bool
begin(pthread_t *thread, void *(*work)(void *), struct workers *c,
      struct failure *why)
{
	errno = pthread_create(thread, NULL, work, c);
	return !errno || fail_errno(why, "pthread_create");
}

bool
workers_start(struct workers *c, struct failure *why)
{
	for (int i = 0; i < WORKERS_SLOTS; i++)
		c->slots[i].parcel.rows.keep_lines =
			c->landings[0].rejects_fd >= 0;
	c->landings[0].only = c->count == 1;
	c->connecting = c->count;
	if (!begin(&c->reader, read_all, c, why))
		return false;
	c->started = true;
	for (int i = 0; i < c->count; i++)
		if (!begin(&c->loaders[i], load_all, c, why)) {
			pthread_mutex_lock(&c->lock);
			c->count = i;
			pthread_mutex_unlock(&c->lock);
			return false;
		}
	return true;
}

/* Is the next slot told, or will it never be? */
static bool
decided(struct workers *c)
{
	if (c->connecting)
		return false;
	if (c->told == c->read)
		return c->read_all || c->stopped;
	const struct worker_slot *slot = slot_of(c, c->told);
	return slot->end || slot->state != SLOT_READY ||
	       (c->stopped && c->told >= c->taken);
}

/* An end may be told before a loader came by: what its slot holds next is not
 * to be taken in its place. */
static void
give_back(struct workers *c, struct worker_slot *slot)
{
	c->unused[c->unused_count++] = slot;
	c->told++;
	if (c->taken < c->told)
		c->taken = c->told;
}

struct worker_slot *
workers_next(struct workers *c, struct failure *why)
{
	struct worker_slot *slot;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (!decided(c))
			pthread_cond_wait(&c->changed, &c->lock);
		slot = c->told < c->read ? slot_of(c, c->told) : NULL;
		if (!slot || slot->state != SLOT_FAILED)
			break;
		if (!why->kind)
			*why = slot->why;
		give_back(c, slot);
	}
	/* an end says that all is well */
	bool more = slot && (slot->state == SLOT_LOADED ||
			     (slot->end && !why->kind && !c->connect_why.kind));
	if (!more && !why->kind)
		*why = c->connect_why.kind ? c->connect_why : c->read_why;
	pthread_mutex_unlock(&c->lock);
	return more ? slot : NULL;
}

void
workers_done(struct workers *c, struct worker_slot *slot)
{
	pthread_mutex_lock(&c->lock);
	give_back(c, slot);
	change(c);
	pthread_mutex_unlock(&c->lock);
}

/* The reader may hang in a read: it is the one who is called off. */
static void
stop(struct workers *c)
{
	pthread_mutex_lock(&c->lock);
	c->stopped = true;
	change(c);
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < c->count; i++)
		pthread_join(c->loaders[i], NULL);
	pthread_cancel(c->reader);
	pthread_join(c->reader, NULL);
}

void
workers_free(struct workers *c)
{
	if (c->started)
		stop(c);
	for (int i = 0; i < WORKERS_MOST_LOADERS; i++)
		loader_free(&c->landings[i]);
	id_order_free(&c->ids);
	for (int i = 0; i < WORKERS_SLOTS; i++) {
		batch_free(&c->slots[i].parcel);
		buf_free(&c->slots[i].line);
	}
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->changed);
}
