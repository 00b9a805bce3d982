/* covers: id_order */
#include "load/id_order.h"
#include "tap.h"

static void
add_all(struct id_order *o, const char *const *ids, size_t count)
{
	id_order_clear(o);
	for (size_t i = 0; i < count; i++)
		id_order_add(o, slice_of(ids[i]), 100 * (int64_t)i);
	id_order_sort(o);
}

static bool
is_in_order(const struct id_order *o, const int *n, size_t count)
{
	if (o->count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if ((int)o->rows[i].n != n[i] ||
		    o->rows[i].offset != 100 * n[i])
			return false;
	return true;
}

/* The order was printed by: select id from ... order by id collate "C". */
static void
test_order(struct id_order *o)
{
	static const char *const ids[] = {
		"9",  "10",        "1",         "5000000000000029991",
		"12", "12345678",  "123456789", "5000000000000029990",
		"a",  "\xc3\xa4",  "Z",         "500000000000002999",
		"",   "12345678a",
	};
	static const int n[] = { 12, 2, 1, 4, 5, 6, 13, 11, 7, 3, 0, 10, 8, 9 };

	add_all(o, ids, LENGTH(ids));
	ok(o->unique && is_in_order(o, n, LENGTH(n)),
	   "byte by byte, the shorter first, each with its place");
	add_all(o, ids, 1);
	ok(o->unique && o->count == 1, "one");
	add_all(o, ids, 0);
	ok(o->unique && !o->count, "none");
}

static void
test_doubles(struct id_order *o)
{
	static const char *const ids[] = { "7", "123456789", "1", "123456789" };

	add_all(o, ids, LENGTH(ids));
	ok(!o->unique, "one that occurs twice is seen");
	add_all(o, ids, LENGTH(ids) - 1);
	ok(o->unique, "and is forgotten for the next window");
}

static void
test_bounds(struct id_order *o)
{
	enum { MOST = 96 * 1024, LONG = 60 * 1000 };
	static char id[LONG + 1];
	int n;

	id_order_clear(o);
	for (n = 0; n < MOST; n++) {
		snprintf(id, sizeof(id), "%d", n);
		id_order_add(o, slice_of(id), n);
	}
	id_order_sort(o);
	ok(o->unique && o->count == MOST, "%d rows are put in order", MOST);
	id_order_clear(o);
	for (n = 0; n <= MOST; n++) {
		snprintf(id, sizeof(id), "%d", n);
		id_order_add(o, slice_of(id), n);
	}
	id_order_sort(o);
	ok(!o->unique && o->room == MOST, "of one more nothing is known");
	id_order_clear(o);
	for (n = 0; n < 20; n++) {
		snprintf(id, sizeof(id), "%0*d", LONG, n);
		id_order_add(o, slice_of(id), n);
	}
	id_order_sort(o);
	ok(!o->unique && o->text.room <= 512 * 1024 + 1,
	   "nor of ids of half a megabyte and more");
	id_order_clear(o);
	id_order_add(o, SLICE("1"), 0);
	id_order_sort(o);
	ok(o->unique, "but of the next window it is");
}

int
main(void)
{
	struct id_order o;

	id_order_init(&o);
	test_order(&o);
	test_doubles(&o);
	test_bounds(&o);
	id_order_free(&o);
	id_order_free(&o);
	return tap_done();
}
