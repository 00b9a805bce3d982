/* Rows between bounds. */
#include "check/table_counts.h"
#include "tap.h"

static void
test_bounds(void)
{
	struct table_counts t;

	table_counts_init(&t);
	table_counts_add_bound(&t, 20);
	table_counts_add_bound(&t, 0);
	table_counts_add_bound(&t, 10);
	table_counts_add_bound(&t, 10);
	table_counts_sort(&t);
	ok(t.bound_count == 3, "bounds are kept once");
	table_counts_add(&t, 0, 100, 100);
	table_counts_add(&t, 1, 3, 2);
	table_counts_add(&t, 2, 5, 5);
	table_counts_add(&t, 3, 200, 200);
	table_counts_sum(&t);
	ok(table_counts_rows(&t, (struct time_range){ 0, 10 }) == 3 &&
		   table_counts_live(&t, (struct time_range){ 0, 10 }) == 2 &&
		   table_counts_rows(&t, (struct time_range){ 0, 20 }) == 8,
	   "rows between two bounds");
	ok(t.rows == 308 && t.live == 307, "and of the whole table");
	table_counts_free(&t);
}

int
main(void)
{
	test_bounds();
	return tap_done();
}
