#include "world.h"
#include "pacific.h"
#include "json/json.h"

/* How many rows there are when nothing else is said, and whose numbers the
 * Ids come from; those that are not named have FEW rows and their own. */
enum { OWN, PEOPLE, TRANSACTIONS, LARGE };
enum { FEW = 5 };

static const struct {
	const char *name;
	int64_t rows;
	int numbers;
} plans[] = {
	{ "Account", 90, OWN },
	{ "Attachable", 12, LARGE },
	{ "Bill", 600, TRANSACTIONS },
	{ "Class", 8, LARGE },
	{ "CreditMemo", 40, TRANSACTIONS },
	{ "Customer", 300, PEOPLE },
	{ "CustomerType", 4, LARGE },
	{ "Employee", 20, PEOPLE },
	{ "Estimate", 200, TRANSACTIONS },
	{ "Invoice", 5000, TRANSACTIONS },
	{ "Item", 120, OWN },
	{ "JournalEntry", 80, TRANSACTIONS },
	{ "Payment", 1500, TRANSACTIONS },
	{ "Purchase", 400, TRANSACTIONS },
	{ "SalesReceipt", 300, TRANSACTIONS },
	{ "TimeActivity", 150, TRANSACTIONS },
	{ "Vendor", 80, PEOPLE },
};

/* Attachments and newer classes were numbered past 2^53 from here on. */
#define LARGE_ID INT64_C(5000000000000503624)

static int64_t
times(int64_t a, int64_t b, int64_t modulus)
{
	return a * b % modulus; /* both below WORLD_MOST_ROWS */
}

static int64_t
greatest_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t left = a % b;

		a = b;
		b = left;
	}
	return a;
}

/* The x with a * x = 1 modulo n, by Euclid; a and n have no divisor. */
static int64_t
inverse(int64_t a, int64_t n)
{
	int64_t x = 1, next_x = 0, r = a, next_r = n;

	while (next_r) {
		int64_t q = r / next_r, keep = next_r;

		next_r = r - q * next_r;
		r = keep;
		keep = next_x;
		next_x = x - q * next_x;
		x = keep;
	}
	return x < 0 ? x + n : x;
}

static void
plan_order(struct world_entity *e)
{
	int64_t n = e->rows;

	e->run = n >= 4096 ? 64 : 4;
	for (e->block = 1; e->block * 16 <= n && e->block < 512;)
		e->block *= 2;
	if (n >= 4096) {
		int64_t large = n / 8 < 3072 ? n / 8 : 3072;

		e->import_start = n / 3 / e->block * e->block;
		e->import_end = e->import_start + large / e->block * e->block;
	}
	if (!n)
		return;
	e->stride = 1 + (int64_t)(chance_mix(e->key) % (uint64_t)n);
	while (greatest_divisor(e->stride, n) != 1)
		e->stride++;
	e->stride %= n;
	e->back = inverse(e->stride, n);
	e->shift = (int64_t)(chance_mix(e->key + 1) % (uint64_t)n);
	/* more than the distance between a row and any other of its block */
	int64_t reach = e->block > e->run ? e->block : e->run;
	e->lag_s = e->span_s / n * (reach + 2) + reach + 3600;
}

static void
plan_ids(struct world_entity *e, int numbers, int64_t transactions)
{
	static const char *const people[] = { "Customer", "Vendor",
					      "Employee" };

	e->first_id = numbers == LARGE ? LARGE_ID : 1;
	e->id_step = 1;
	if (e->entity->txn_date) {
		e->first_id = 1 + transactions;
		e->id_step = 20;
	}
	if (numbers != PEOPLE)
		return;
	e->id_step = LENGTH(people);
	for (size_t i = 0; i < LENGTH(people); i++)
		if (!strcmp(e->entity->name, people[i]))
			e->first_id = 1 + (int64_t)i;
}

static size_t
plan_named(const char *name)
{
	size_t i = 0;

	while (i < LENGTH(plans) && strcmp(plans[i].name, name))
		i++;
	return i;
}

static bool
take_rows(struct world *w, struct slice word, struct failure *why)
{
	const char *equals = memchr(word.at, '=', word.len);
	struct slice name = word, number = { 0 };
	int64_t rows = -1;

	if (equals) {
		name.len = (size_t)(equals - word.at);
		number = (struct slice){ equals + 1, word.len - name.len - 1 };
	}
	bool all = slice_is(name, "all"), known = false;
	const struct entity *entity = entity_find(name);
	if (equals && json_integer(number, &rows) && rows >= 0 &&
	    rows <= WORLD_MOST_ROWS)
		for (size_t i = 0; i < w->count; i++)
			if (all || w->entities[i].entity == entity) {
				w->entities[i].rows = rows;
				known = true;
			}
	return known || fail(why, FAILURE_USAGE,
			     "--rows takes Invoice=5000,Customer=300 or "
			     "all=0, not \"%.*s\"",
			     SLICE_SHOWN(word));
}

static bool
read_rows(struct world *w, const char *rows, struct failure *why)
{
	for (size_t len; rows && *rows; rows += len + (rows[len] == ',')) {
		len = strcspn(rows, ",");
		if (!take_rows(w, (struct slice){ rows, len }, why))
			return false;
	}
	return true;
}

const struct world_entity *
world_find(const struct world *w, struct slice name)
{
	for (size_t i = 0; i < w->count; i++)
		if (name.len == strlen(w->entities[i].entity->name) &&
		    !strncasecmp(name.at, w->entities[i].entity->name,
				 name.len))
			return &w->entities[i];
	return NULL;
}

const struct world_entity *
world_of(const struct world *w, const char *name)
{
	return world_find(w, slice_of(name));
}

bool
world_init(struct world *w, const char *rows, struct failure *why)
{
	const struct entity *entity;

	w->count = 0;
	for (size_t i = 0; (entity = entity_at(i)); i++) {
		struct world_entity *e = &w->entities[w->count];
		size_t plan = plan_named(entity->name);

		if (entity->shape != SHAPE_ROWS && entity->shape != SHAPE_WHOLE)
			continue;
		*e = (struct world_entity){ .entity = entity, .rows = FEW };
		if (plan < LENGTH(plans))
			e->rows = plans[plan].rows;
		w->count++;
	}
	if (!read_rows(w, rows, why))
		return false;
	int64_t transactions = 0;
	for (size_t i = 0; i < w->count; i++) {
		struct world_entity *e = &w->entities[i];
		size_t plan = plan_named(e->entity->name);

		e->key = chance_mix(w->seed * 64 + i);
		e->from_s = w->from_s;
		e->span_s = w->to_s - w->from_s;
		plan_order(e);
		plan_ids(e, plan < LENGTH(plans) ? plans[plan].numbers : OWN,
			 transactions);
		transactions += e->entity->txn_date;
	}
	w->customers = world_of(w, "Customer");
	w->vendors = world_of(w, "Vendor");
	w->items = world_of(w, "Item");
	w->accounts = world_of(w, "Account");
	return true;
}

struct chance
world_chance(const struct world_entity *e, int64_t i, int use)
{
	return (struct chance){ chance_mix(
		e->key ^ chance_mix((uint64_t)i * 16 + (uint64_t)use)) };
}

/* Where row k would stand if nothing was imported: rising with k. */
static int64_t
even_s(const struct world_entity *e, int64_t k)
{
	int64_t slot = e->span_s / e->rows;
	struct chance c = world_chance(e, k, 0);

	return e->from_s + e->span_s / e->rows * k +
	       e->span_s % e->rows * k / e->rows +
	       (slot ? chance_below(&c, slot) : 0);
}

int64_t
world_updated_s(const struct world_entity *e, int64_t i)
{
	if (i >= e->import_start && i < e->import_end)
		return even_s(e, e->import_start);
	int64_t run = i / e->run;
	struct chance c = world_chance(e, run, 1);
	return even_s(e, chance_below(&c, 8) ? i : run * e->run);
}

/* Its own inverse: the bits of a place within a block are flipped. */
static int64_t
shuffled(const struct world_entity *e, int64_t i)
{
	if ((i | (e->block - 1)) >= e->rows)
		return i;
	return i ^ (int64_t)(chance_mix(e->key + 2) & ((uint64_t)e->block - 1));
}

static int64_t
created_at_rank_s(const struct world_entity *e, int64_t rank)
{
	bool imported = rank >= e->import_start && rank < e->import_end;

	return even_s(e, imported ? e->import_start : rank) - e->lag_s;
}

int64_t
world_created_s(const struct world_entity *e, int64_t i)
{
	return created_at_rank_s(e, shuffled(e, i));
}

static int64_t
txn_day_at_rank(const struct world_entity *e, int64_t rank)
{
	return pacific_day(created_at_rank_s(e, rank)) - 3;
}

int64_t
world_txn_day(const struct world_entity *e, int64_t i)
{
	return txn_day_at_rank(e, shuffled(e, i));
}

bool
world_active(const struct world_entity *e, int64_t i)
{
	struct chance c = world_chance(e, i, 2);

	return !e->entity->list || chance_below(&c, 16) != 3;
}

struct world_row
world_row(const struct world_entity *e, int64_t i)
{
	return (struct world_row){ e, i, world_updated_s(e, i), 0,
				   world_active(e, i) };
}

int64_t
world_rank(const struct world_entity *e, enum world_order by, int64_t i)
{
	if (by == WORLD_CREATED)
		return shuffled(e, i);
	if (by == WORLD_NAME)
		return (times(i, e->stride, e->rows) + e->shift) % e->rows;
	return i;
}

int64_t
world_row_at(const struct world_entity *e, enum world_order by, int64_t rank)
{
	if (by == WORLD_CREATED)
		return shuffled(e, rank);
	if (by == WORLD_NAME)
		return times((rank - e->shift + e->rows) % e->rows, e->back,
			     e->rows);
	return rank;
}

int64_t
world_ranks_before(const struct world_entity *e, enum world_order by,
		   int64_t at_s)
{
	int64_t low = 0, high = e->rows;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		int64_t there = by == WORLD_CREATED
					? created_at_rank_s(e, middle)
					: world_updated_s(e, middle);

		if (there < at_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t
world_ranks_before_day(const struct world_entity *e, int64_t day)
{
	int64_t low = 0, high = e->rows;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (txn_day_at_rank(e, middle) < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int64_t
world_id(const struct world_entity *e, int64_t i)
{
	return e->first_id + shuffled(e, i) * e->id_step;
}

bool
world_find_id(const struct world_entity *e, struct slice id, int64_t *i)
{
	int64_t number;

	if (!json_integer(id, &number) || number < e->first_id ||
	    (number - e->first_id) % e->id_step ||
	    (number - e->first_id) / e->id_step >= e->rows)
		return false;
	*i = shuffled(e, (number - e->first_id) / e->id_step);
	return true;
}
