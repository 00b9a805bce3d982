/* covers: known_rows */
#include "audit/known_rows.h"
#include "tap.h"

static size_t
count(const struct known_rows *k, int64_t start_us, int64_t end_us)
{
	size_t first, end;

	known_rows_find(k, (struct time_range){ start_us, end_us }, &first,
			&end);
	return end - first;
}

static void
test_ranges(void)
{
	static const int64_t times[] = { 30, 10, 20, 20, 20, -5 };
	struct known_rows k;
	char id[8];

	known_rows_init(&k);
	ok(count(&k, 0, 100) == 0, "of no rows none is in a range");
	for (size_t i = 0; i < LENGTH(times); i++) {
		snprintf(id, sizeof(id), "%zu", i);
		known_rows_add(&k, times[i], slice_of(id), KNOWN_IN_TABLE);
	}
	known_rows_sort(&k);
	ok(count(&k, -100, 100) == 6 && count(&k, 10, 20) == 1 &&
		   count(&k, 20, 21) == 3 && count(&k, 21, 30) == 0 &&
		   count(&k, 30, 30) == 0 && count(&k, 40, 50) == 0,
	   "ranges are half-open, and many rows may have one time");
	ok(slice_is(known_rows_id(&k, 0), "5") &&
		   slice_is(known_rows_id(&k, 2), "2") &&
		   slice_is(known_rows_id(&k, 5), "0"),
	   "ids stay with their times");
	k.rows[1].dropped = k.rows[5].dropped = true;
	known_rows_sweep(&k);
	ok(k.count == 4 && count(&k, 10, 11) == 0 && count(&k, 20, 30) == 3,
	   "dropped rows are no longer counted");
	known_rows_add(&k, 7, SLICE("new"), KNOWN_MISSING);
	known_rows_sort(&k);
	ok(slice_is(known_rows_id(&k, 1), "new") &&
		   k.rows[1].is == KNOWN_MISSING &&
		   k.rows[0].is == KNOWN_IN_TABLE,
	   "a row that is found later is put in its place");
	known_rows_free(&k);
}

static void
test_many(void)
{
	struct known_rows k;
	bool good = true;
	char id[24];

	known_rows_init(&k);
	for (int64_t i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "%" PRId64, i * i);
		known_rows_add(&k, 20000 - i, slice_of(id), KNOWN_IN_TABLE);
	}
	known_rows_sort(&k);
	for (int64_t i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "%" PRId64, (19999 - i) * (19999 - i));
		good = good && slice_is(known_rows_id(&k, (size_t)i), id);
	}
	ok(good, "20,000 rows have their ids");
	known_rows_free(&k);
}

int
main(void)
{
	test_ranges();
	test_many();
	return tap_done();
}
