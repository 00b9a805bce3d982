/* covers: batch_queue; its order and its failures, by one thread after the
 * other; the threads are in tests/tools/qb-load.t */
#include "load/batch_queue.h"
#include "tap.h"

static struct failure why;

/* A batch of the entity, without rows. */
static void
add(struct batch_queue *q, const char *entity)
{
	struct batch_slot *slot = batch_queue_get_unused(q);

	slot->is_end = !entity;
	if (entity)
		slot->batch.window.entity = entity_find(slice_of(entity));
	slot->batch.seal.realm = SLICE("46");
	batch_queue_add(q, slot);
}

static void
begin(struct batch_queue *q, int loaders)
{
	static const struct failure none = { 0 };

	batch_queue_init(q);
	q->loaders = q->connecting = loaders;
	for (int i = 0; i < loaders; i++)
		batch_queue_connected(q, true, &none);
	why = (struct failure){ 0 };
}

static void
test_order(void)
{
	struct batch_queue q;
	struct loader l;
	int64_t from = -1;

	loader_init(&l);
	begin(&q, 2);
	add(&q, "Invoice");
	add(&q, "Invoice");
	add(&q, "Customer");
	add(&q, NULL);
	ok(batch_queue_take(&q, &l, &from) == 2 && from == 0,
	   "small windows of one entity go together");
	ok(batch_queue_take(&q, &l, &from) == 1 && from == 2,
	   "those of another do not");
	struct batch_slot *first = batch_queue_at(&q, 0);
	batch_queue_report(&q, batch_queue_at(&q, 2), true);
	batch_queue_report(&q, first, true);
	ok(batch_queue_next(&q, &why) == first,
	   "the first is the first, whoever is loaded before it");
	batch_queue_release(&q, first);
	batch_queue_report(&q, batch_queue_at(&q, 1), true);
	batch_queue_release(&q, batch_queue_next(&q, &why));
	batch_queue_release(&q, batch_queue_next(&q, &why));
	struct batch_slot *end = batch_queue_next(&q, &why);
	ok(end && end->is_end, "the end needs no loader");
	batch_queue_release(&q, end);
	batch_queue_end(&q, &(struct failure){ 0 });
	ok(!batch_queue_take(&q, &l, &from), "there is nothing left to take");
	ok(!batch_queue_next(&q, &why) && !why.kind, "and no failure");
	batch_queue_free(&q);
	loader_free(&l);
}

static void
test_failure(void)
{
	struct batch_queue q;
	struct loader l;
	int64_t from;

	loader_init(&l);
	begin(&q, 2);
	add(&q, "Invoice");
	add(&q, "Customer");
	add(&q, NULL);
	ok(batch_queue_take(&q, &l, &from) == 1 &&
		   batch_queue_take(&q, &l, &from) == 1,
	   "two are taken");
	struct batch_slot *slot = batch_queue_at(&q, 0);
	fail(&slot->why, FAILURE_DATA, "a row is bad");
	batch_queue_report(&q, slot, false);
	batch_queue_report(&q, batch_queue_at(&q, 1), true);
	ok(!batch_queue_get_unused(&q), "after a failure nothing is read");
	ok(!batch_queue_take(&q, &l, &from), "or loaded");
	slot = batch_queue_next(&q, &why);
	ok(slot && slot->batch.window.entity == entity_find(SLICE("Customer")),
	   "what was committed after it has its receipt");
	batch_queue_release(&q, slot);
	ok(!batch_queue_next(&q, &why) && why.kind == FAILURE_DATA,
	   "there is no end, and the failure is told: %s", why.text);
	batch_queue_free(&q);
	loader_free(&l);
}

static void
test_connection(void)
{
	static const struct failure refused = { .kind = FAILURE_LATER };
	struct batch_queue q;

	batch_queue_init(&q);
	q.connecting = 1;
	add(&q, NULL);
	batch_queue_connected(&q, false, &refused);
	why = (struct failure){ 0 };
	ok(!batch_queue_next(&q, &why) && why.kind == FAILURE_LATER,
	   "without a connection there is no end");
	batch_queue_free(&q);
}

int
main(void)
{
	test_order();
	test_failure();
	test_connection();
	return tap_done();
}
