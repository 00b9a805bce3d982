/* A server and a table that differ here and there: which windows are named, and
 * how many counts that takes. */
#include "check/narrowing.h"
#include "tap.h"

enum { WINDOWS = 1000, AT_ONCE = 20 };

static int64_t server[WINDOWS], table[WINDOWS], allowed[WINDOWS];

static void
begin(void)
{
	for (int i = 0; i < WINDOWS; i++) {
		server[i] = table[i] = i % 7;
		allowed[i] = 0;
	}
}

static int64_t
sum(const int64_t *rows, struct time_range range)
{
	int64_t all = 0;

	for (int64_t i = range.start_us; i < range.end_us; i++)
		all += rows[i];
	return all;
}

/* Windows overlap those before them; the last reaches beyond the range. */
static void
add_windows(struct narrowing *n, struct time_range range)
{
	struct table_counts counts;

	table_counts_init(&counts);
	for (int i = 0; i <= WINDOWS; i++)
		table_counts_add_bound(&counts, i);
	table_counts_sort(&counts);
	for (int i = 0; i < WINDOWS; i++)
		table_counts_add(&counts, i + 1, table[i], table[i]);
	table_counts_sum(&counts);
	narrowing_init(n, range);
	for (int i = 0; i < WINDOWS; i++)
		narrowing_add_window(
			n, (struct time_range){ i ? i - 1 : 0, i + 1 },
			allowed[i]);
	narrowing_fill(n, &counts);
	table_counts_free(&counts);
}

/* Returns how many counts it took. */
static int
count_all(struct narrowing *n)
{
	struct time_range ranges[AT_ONCE];
	int64_t results[AT_ONCE];
	int made = 0;

	for (;;) {
		size_t count = narrowing_next(n, ranges, AT_ONCE);

		if (!count)
			return made;
		for (size_t i = 0; i < count; i++)
			results[i] = sum(server, ranges[i]);
		narrowing_take(n, results);
		made += (int)count;
	}
}

static const struct time_range whole = { 0, WINDOWS };

static void
names(struct narrowing *n, size_t i, int64_t start, int64_t missing,
      const char *what)
{
	struct proof_difference found = { .windows = 0 };

	if (i < n->node_count)
		narrowing_at(n, i, &found);
	ok(found.windows == 1 && found.range.start_us == start &&
		   found.range.end_us == start + 1 &&
		   found.missing == missing && found.counted == server[start] &&
		   found.in_table == table[start],
	   "%s", what);
}

static void
test_windows(void)
{
	struct narrowing n;

	begin();
	table[500]--;
	add_windows(&n, whole);
	narrowing_add_all(&n, sum(server, whole));
	int counts = count_all(&n);
	ok(counts == 9 || counts == 10,
	   "one window among 1000 takes ten counts (%d)", counts);
	ok(narrowing_finish(&n) == 1, "it is the only one");
	names(&n, 0, 500, 1, "and it is named");
	narrowing_free(&n);

	begin();
	table[3]--;
	server[998] -= 3;
	table[999]--;
	add_windows(&n, whole);
	narrowing_add_all(&n, sum(server, whole));
	count_all(&n);
	ok(narrowing_finish(&n) == 3, "windows that differ in both directions");
	names(&n, 0, 3, 1, "the first one");
	names(&n, 1, 998, -3, "one that has too many");
	names(&n, 2, 999, 1, "the last one");
	narrowing_free(&n);
}

static void
test_allowed(void)
{
	struct narrowing n;

	begin();
	table[10] -= 2;
	allowed[10] = 2;
	table[20] -= 1;
	add_windows(&n, whole);
	narrowing_add_all(&n, sum(server, whole));
	count_all(&n);
	ok(narrowing_finish(&n) == 1, "rows that may be missing are none");
	names(&n, 0, 20, 1, "the others are");
	narrowing_free(&n);
}

static void
test_ranges(void)
{
	struct narrowing n;

	begin();
	table[3]--;
	table[4]++;
	add_windows(&n, whole);
	narrowing_add_all(&n, sum(server, whole));
	ok(!count_all(&n) && !narrowing_finish(&n),
	   "what makes up for each other is not found by the whole");
	narrowing_add_range(&n, (struct time_range){ 3, 4 });
	narrowing_add_range(&n, (struct time_range){ 50, 60 });
	int counts = count_all(&n);
	ok(narrowing_surplus(&n) == 1, "what they explain is known");
	ok(counts == 2 && narrowing_finish(&n) == 1,
	   "but by the windows that are suspected");
	names(&n, 0, 3, 1, "and it is named");
	narrowing_add_range(&n, (struct time_range){ 3, 4 });
	ok(!count_all(&n), "what is known to differ is not counted again");
	narrowing_free(&n);
}

static void
test_limits(void)
{
	struct time_range ranges[AT_ONCE];
	int64_t results[AT_ONCE] = { 0 };
	struct proof_difference found;
	struct narrowing n;

	begin();
	table[500] = 0;
	add_windows(&n, whole);
	narrowing_add_all(&n, sum(server, whole));
	size_t asked = narrowing_next(&n, ranges, 1);
	results[0] = sum(server, ranges[0]);
	narrowing_take(&n, results);
	ok(asked == 1 && narrowing_finish(&n) == 1,
	   "when it ends early, what is known is named");
	narrowing_at(&n, 0, &found);
	ok(found.windows == WINDOWS / 2 && found.range.start_us == 500,
	   "as half of the range");
	narrowing_free(&n);

	begin();
	add_windows(&n, (struct time_range){ 0, WINDOWS + 5 });
	narrowing_add_all(&n, 7);
	ok(!narrowing_next(&n, ranges, AT_ONCE),
	   "where windows leave a gap nothing is counted");
	narrowing_free(&n);

	begin();
	table[105]--;
	add_windows(&n, (struct time_range){ 100, 110 });
	narrowing_add_all(&n, sum(server, (struct time_range){ 100, 110 }));
	count_all(&n);
	ok(narrowing_finish(&n) == 1, "a part of the windows");
	names(&n, 0, 105, 1, "is narrowed down likewise");
	narrowing_free(&n);
}

int
main(void)
{
	test_windows();
	test_allowed();
	test_ranges();
	test_limits();
	return tap_done();
}
