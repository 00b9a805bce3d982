/* covers: provenance suspects */
/* A company, a load log and a table, each a few lines long: whatever happens in
 * ordinary life is no reason to suspect a window, and what is not is one. */
#include "check/provenance.h"
#include "tap.h"

enum { ROWS = 60, READS = 400, RUNS = 3 };

struct copy {
	bool there;
	int64_t at, read_at; /* LastUpdatedTime, fetched */
	int64_t start, end;  /* of the window that wrote it */
	int run;
};

struct reading { /* a window as it is in the archive */
	int64_t start, end, read_at;
	int run;
	int64_t at[ROWS]; /* of each row; -1: not in it */
	bool loaded;
};

struct entry {
	struct reading key;
	int64_t written, updated, kept;
};

static int64_t now, company[ROWS]; /* -1: not there, or deleted */
static struct copy table[ROWS];
static struct reading archive[READS];
static struct entry ledger[2 * READS];
static int archived, logged, next_run;
static unsigned seed;

static int
draw(int below)
{
	seed = seed * 1103515245 + 12345;
	return (int)(seed >> 16) % below;
}

static void
live(int days)
{
	for (; days; days--, now++)
		for (int i = 0; i < ROWS; i++) {
			if (!draw(40))
				company[i] = now;
			if (!draw(400))
				company[i] = -1;
		}
}

static struct reading *
read_window(int64_t start, int64_t end)
{
	struct reading *r = &archive[archived++];

	*r = (struct reading){
		.start = start, .end = end, .read_at = now, .run = next_run
	};
	for (int i = 0; i < ROWS; i++)
		r->at[i] = company[i] >= start && company[i] < end ? company[i]
								   : -1;
	return r;
}

/* As sql/load/merge.sql does. */
static void
load(struct reading *r, int run)
{
	struct entry *e = &ledger[logged++];

	*e = (struct entry){ .key = *r };
	e->key.run = run;
	r->loaded = true;
	for (int i = 0; i < ROWS; i++) {
		struct copy *old = &table[i];
		struct copy new = { true,     r->at[i], r->read_at,
				    r->start, r->end,   run };

		if (r->at[i] < 0)
			continue;
		if (old->there && old->at == new.at) {
			e->kept++;
			continue;
		}
		if (old->there && old->at > new.at)
			continue; /* stale */
		e->written++;
		e->kept++;
		e->updated += old->there;
		*old = new;
	}
}

static size_t
number_of(const struct entry *e, bool with_run, size_t *count)
{
	size_t no = 0;

	for (; no < (size_t)logged; no++)
		if (ledger[no].key.start == e->key.start &&
		    ledger[no].key.end == e->key.end &&
		    (!with_run || ledger[no].key.run == e->key.run))
			break;
	if (no >= *count)
		*count = no + 1;
	return no;
}

static void
add_row(struct provenance *p, const struct copy *row)
{
	struct entry of = {
		.key = { .start = row->start, .end = row->end, .run = row->run }
	};
	size_t count = 0, no = number_of(&of, true, &count);

	if (!row->there || no >= p->group_count)
		return;
	p->groups[no].rows++;
	p->groups[no].older += row->at < row->start;
	p->groups[no].younger += row->at >= row->end;
}

static void
fill(struct provenance *p, struct table_counts *t, struct time_range range)
{
	p->entries = calloc((size_t)logged + 1, sizeof(*p->entries));
	p->groups = calloc((size_t)logged + 1, sizeof(*p->groups));
	table_counts_add_bound(t, range.start_us);
	table_counts_add_bound(t, range.end_us);
	for (int i = 0; i < logged; i++) {
		const struct entry *e = &ledger[logged - 1 - i];

		p->entries[p->entry_count++] = (struct provenance_entry){
			.range = { e->key.start, e->key.end },
			.same_by = true,
			.read_us = e->key.read_at,
			.written = e->written,
			.updated = e->updated,
			.kept = e->kept,
			.window = number_of(e, false, &p->window_count),
			.group = number_of(e, true, &p->group_count),
		};
		table_counts_add_bound(t, e->key.start);
		table_counts_add_bound(t, e->key.end);
	}
	table_counts_sort(t);
	for (int i = 0; i < ROWS; i++)
		add_row(p, &table[i]);
	for (int i = 0; i < ROWS; i++) {
		int64_t piece = 0;

		if (!table[i].there)
			continue;
		while (piece < (int64_t)t->bound_count &&
		       t->bounds[piece] <= table[i].at)
			piece++;
		table_counts_add(t, piece, 1, 1);
	}
	table_counts_sum(t);
}

/* How many windows are suspected; `first` is one of them. */
static size_t
suspect(struct time_range *first)
{
	struct time_range range = { 0, now };
	struct provenance p;
	struct table_counts t;
	struct suspects found;

	provenance_init(&p);
	table_counts_init(&t);
	suspects_init(&found);
	fill(&p, &t, range);
	provenance_check(&p, &t, range, &found);
	size_t count = found.count;
	if (count)
		*first = found.at[0].range;
	provenance_free(&p);
	table_counts_free(&t);
	suspects_free(&found);
	return count;
}

static void
begin(unsigned with)
{
	seed = with;
	now = 1;
	archived = logged = 0;
	next_run = 0;
	memset(table, 0, sizeof(table));
	for (int i = 0; i < ROWS; i++)
		company[i] = draw(3) ? 0 : -1;
}

/* A run reads what is new, in a window or two, or all of it anew. */
static void
read_something(int64_t *covered)
{
	int64_t middle = *covered + draw((int)(now - *covered) + 1);

	switch (draw(8)) {
	case 0: /* --reload, in other windows */
		read_window(0, now / 2 + 1);
		read_window(now / 2 + 1, now);
		break;
	case 1: /* a part again */
		read_window(now / 4, now / 2 + 1);
		break;
	default:
		if (middle > *covered)
			read_window(*covered, middle);
		if (now > middle)
			read_window(middle, now);
		*covered = now;
	}
	next_run = draw(2) ? next_run + 1 : draw(RUNS);
}

/* Loads come late, out of order, twice, or by replaying the archive. */
static void
load_something(bool all)
{
	for (int i = 0; i < archived; i++)
		if (!archive[i].loaded && (all || draw(3)))
			load(&archive[i], archive[i].run);
	if (!draw(4))
		load(&archive[draw(archived)], draw(RUNS));
}

static void
test_ordinary_life(void)
{
	struct time_range first = { 0, 0 };
	int alarms = 0, lives = 0;

	for (unsigned with = 1; with <= 300; with++) {
		int64_t covered = 0;

		begin(with);
		for (int i = 0; i < 25; i++) {
			live(1 + draw(10));
			read_something(&covered);
			load_something(false);
			alarms += suspect(&first) != 0;
			lives++;
		}
	}
	ok(!alarms,
	   "edits, deletes, late and repeated loads, replays: no alarm (%d of "
	   "%d)",
	   alarms, lives);
}

/* The table as it was some loads ago. */
static void
test_restored(void)
{
	static struct copy dump[ROWS];
	struct time_range first = { 0, 0 };
	int restored = 0, found = 0, repaired = 0;

	for (unsigned with = 1; with <= 300; with++) {
		int64_t covered = 0;

		begin(with);
		for (int i = 0; i < 12; i++) {
			if (i == 8)
				memcpy(dump, table, sizeof(dump));
			live(1 + draw(10));
			if (now > covered)
				read_window(covered, now);
			covered = now;
			next_run++;
			load_something(true);
		}
		if (!memcmp(dump, table, sizeof(dump)))
			continue;
		memcpy(table, dump, sizeof(dump));
		restored++;
		found += suspect(&first) != 0;
		load(read_window(0, now), next_run + 1);
		repaired += suspect(&first) == 0;
	}
	ok(restored > 250 && found == restored,
	   "a table restored from an older dump is found (%d of %d)", found,
	   restored);
	ok(repaired == restored, "and after a reload it is not (%d of %d)",
	   repaired, restored);
}

/* Three windows of ten days, with rows in each. */
static void
three_windows(void)
{
	begin(7);
	for (int i = 0; i < ROWS; i++)
		company[i] = i % 30;
	now = 30;
	for (int64_t start = 0; start < now; start += 10)
		load(read_window(start, start + 10), 0);
}

static void
finds(const char *what, int64_t start)
{
	struct time_range first = { -1, -1 };
	size_t count = suspect(&first);

	ok(count == 1 && first.start_us == start, "%s", what);
	if (count != 1 || first.start_us != start)
		printf("# %zu windows, from %d\n", count, (int)first.start_us);
}

static void
test_by_hand(void)
{
	struct time_range first;

	three_windows();
	ok(!suspect(&first), "three windows: nothing is suspected");
	table[15].at = 3;
	finds("an older copy in the window of a newer one", 10);

	three_windows();
	table[25].there = false;
	finds("a row that was deleted", 20);

	three_windows();
	for (int i = 0; i < 10; i++)
		table[i] = (struct copy){ true, i + 10, 30, 10, 20, 0 };
	finds("rows that claim to be of another window", 0);

	three_windows();
	for (int64_t start = 0; start < 30; start += 10)
		load(read_window(start, start + 10), 1);
	table[5].at = 12;
	table[5].start = 10;
	table[5].end = 20;
	finds("what is not where it was read, though it was read again", 0);

	three_windows();
	table[15].at = 25; /* the row changed between filter and response */
	ok(!suspect(&first), "a row that is newer than its window is none");
}

/* Of these three each is found by one rule alone. */
static void
test_each_rule(void)
{
	three_windows();
	company[5] = 30;
	now = 31;
	load(read_window(30, 31),
	     1); /* its update could explain one row less */
	table[15].at = 3;
	finds("an older copy, before other rows were updated", 10);

	three_windows();
	ledger[logged] = ledger[0];
	ledger[logged].key.run = 1;
	ledger[logged].written = ledger[logged].updated = 1;
	logged++;
	finds("an older copy with the same time", 0);

	three_windows();
	memset(company, -1,
	       sizeof(company)); /* the archive is as old as that */
	now = 0;
	load(read_window(0, 30), 1);
	now = 30;
	table[25].there = false;
	finds("a row that was deleted, before older windows were replayed", 20);
}

int
main(void)
{
	test_ordinary_life();
	test_restored();
	test_by_hand();
	test_each_rule();
	return tap_done();
}
