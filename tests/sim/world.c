#include "world.h"
#include "pacific.h"
#include "rates.h"
#include "json/json.h"

static int64_t
times(int64_t a, int64_t b, int64_t modulus)
{
	return a * b % modulus; /* both below WORLD_MOST_ROWS */
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
	if (e->shape == WORLD_SINGLE)
		return e->from_s;
	if (e->shape == WORLD_RATES)
		return rates_updated_s(e, i);
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
	if (e->shape == WORLD_SINGLE)
		return e->from_s - 365 * 86400;
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
	return e->shape == WORLD_RATES
		       ? rates_day(e, rank)
		       : pacific_day(created_at_rank_s(e, rank)) - 3;
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
