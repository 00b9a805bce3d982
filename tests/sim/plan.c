#include "plan.h"
#include "rates.h"
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

/* What is not like the rows of most entities, or is not in qb's own table;
 * behind the others, so that those keep their chance. */
static const struct {
	struct entity entity;
	enum world_shape shape;
	bool unlisted; /* there only where it is asked for */
} own[] = {
	{ { "RecurringTransaction", "RecurringTransaction",
	    "recurring_transactions", .created = true },
	  WORLD_WRAPPED,
	  false },
	{ { "CompanyInfo", "CompanyInfo", "company_infos", .created = true },
	  WORLD_SINGLE,
	  false },
	{ { "Preferences", "Preferences", "preferences", .created = true },
	  WORLD_SINGLE,
	  false },
	{ { "ExchangeRate", "ExchangeRate", "exchange_rates",
	    .created = false },
	  WORLD_RATES,
	  false },
	{ { "ChangeOrder", "ChangeOrder", "change_orders", .created = true,
	    .txn_date = true },
	  WORLD_COMMON,
	  true },
	{ { "InventoryAdjustment", "InventoryAdjustment",
	    "inventory_adjustments", .created = true, .txn_date = true },
	  WORLD_COMMON,
	  true },
};

/* Attachments and newer classes were numbered past 2^53 from here on. */
#define LARGE_ID INT64_C(5000000000000503624)

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
	for (e->block = 1;
	     e->shape != WORLD_RATES && e->block * 16 <= n && e->block < 512;)
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
	if (e->entity->txn_date || e->shape == WORLD_WRAPPED) {
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
find_plan(const char *name)
{
	size_t i = 0;

	while (i < LENGTH(plans) && strcmp(plans[i].name, name))
		i++;
	return i;
}

const struct world_entity *
plan_named(const struct world *w, struct slice name)
{
	const struct entity *entity = entity_find(name);

	return entity ? world_of(w, entity->name) : world_find(w, name);
}

/* One object is there or not, whatever "all" says; rates are as many as days
 * and currencies. */
static bool
is_countable(const struct world_entity *e, int64_t rows, bool all)
{
	return e->shape == WORLD_SINGLE ? !all && rows <= 1
					: e->shape != WORLD_RATES;
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
	const struct world_entity *e = all ? NULL : plan_named(w, name);
	if (equals && json_integer(number, &rows) && rows >= 0 &&
	    rows <= WORLD_MOST_ROWS)
		for (size_t i = 0; i < w->count; i++)
			if (is_countable(&w->entities[i], rows, all) &&
			    (all || e == &w->entities[i])) {
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

/* world_of() of a world that is being made. */
static struct world_entity *
entity_of(struct world *w, const char *name)
{
	return &w->entities[world_of(w, name) - w->entities];
}

static bool
is_own(const struct entity *entity)
{
	for (size_t i = 0; i < LENGTH(own); i++)
		if (!strcmp(own[i].entity.name, entity->name))
			return true;
	return false;
}

static void
add_entity(struct world *w, const struct entity *entity, enum world_shape shape)
{
	struct world_entity *e = &w->entities[w->count++];
	size_t plan = find_plan(entity->name);

	*e = (struct world_entity){ .entity = entity,
				    .shape = shape,
				    .rows = FEW };
	if (plan < LENGTH(plans))
		e->rows = plans[plan].rows;
	if (shape == WORLD_SINGLE)
		e->rows = 1;
}

static void
add_entities(struct world *w)
{
	const struct entity *entity;

	w->count = 0;
	for (size_t i = 0; (entity = entity_at(i)); i++)
		if (!is_own(entity))
			add_entity(w, entity, WORLD_COMMON);
	for (size_t i = 0; i < LENGTH(own); i++)
		add_entity(w, &own[i].entity, own[i].shape);
}

/* All entities of a list with commas; false where a name is none. */
static bool
set_absence(struct world *w, const char *list, enum world_absence absence,
	    const char *option, struct failure *why)
{
	for (size_t len; list && *list; list += len + (list[len] == ',')) {
		struct slice name = { list, len = strcspn(list, ",") };
		const struct world_entity *e = plan_named(w, name);

		if (!e)
			return fail(why, FAILURE_USAGE, "%s: no entity %.*s",
				    option, SLICE_SHOWN(name));
		w->entities[e - w->entities].absence = absence;
	}
	return true;
}

static bool
set_absences(struct world *w, struct failure *why)
{
	if (w->one_currency == WORLD_RATES_REFUSED)
		entity_of(w, "ExchangeRate")->absence = WORLD_ONE_CURRENCY;
	for (size_t i = 0; i < LENGTH(own); i++)
		if (own[i].unlisted)
			entity_of(w, own[i].entity.name)->absence =
				WORLD_NO_METADATA;
	return set_absence(w, w->unlisted, WORLD_THERE, "--unlisted", why) &&
	       set_absence(w, w->without, w->without_as, "--without", why);
}

bool
plan_world(struct world *w, const char *rows, struct failure *why)
{
	int64_t transactions = 0;

	add_entities(w);
	if (!read_rows(w, rows, why))
		return false;
	if (w->one_currency)
		entity_of(w, "CompanyCurrency")->rows = 0;
	if (!set_absences(w, why))
		return false;
	w->currencies = world_of(w, "CompanyCurrency");
	for (size_t i = 0; i < w->count; i++) {
		struct world_entity *e = &w->entities[i];
		size_t plan = find_plan(e->entity->name);

		e->key = chance_mix(w->seed * 64 + i);
		e->from_s = w->from_s;
		e->span_s = w->to_s - w->from_s;
		if (e->shape == WORLD_RATES)
			rates_plan(w, e);
		plan_order(e);
		plan_ids(e, plan < LENGTH(plans) ? plans[plan].numbers : OWN,
			 transactions);
		transactions +=
			e->entity->txn_date || e->shape == WORLD_WRAPPED;
	}
	w->customers = world_of(w, "Customer");
	w->vendors = world_of(w, "Vendor");
	w->items = world_of(w, "Item");
	w->accounts = world_of(w, "Account");
	return true;
}
