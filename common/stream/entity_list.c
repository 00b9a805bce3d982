#include <ctype.h>

#include "stream/entity_list.h"
#include "stream/report.h"

/* Other words that people type, plural without accents; they are suggested, not
 * accepted. */
static const struct {
	const char *typed, *name;
} other_words[] = {
	{ "articulos", "Item" },
	{ "asientos", "JournalEntry" },
	{ "attachments", "Attachable" },
	{ "checks", "Purchase" },
	{ "clientes", "Customer" },
	{ "clients", "Customer" },
	{ "cobros", "Payment" },
	{ "compras", "Purchase" },
	{ "credit notes", "CreditMemo" },
	{ "cuentas", "Account" },
	{ "depositos", "Deposit" },
	{ "empleados", "Employee" },
	{ "estimaciones", "Estimate" },
	{ "expenses", "Purchase" },
	{ "facturas", "Invoice" },
	{ "gastos", "Purchase" },
	{ "impuestos", "TaxRate" },
	{ "journal", "JournalEntry" },
	{ "journals", "JournalEntry" },
	{ "notas de credito", "CreditMemo" },
	{ "ordenes de compra", "PurchaseOrder" },
	{ "orders", "PurchaseOrder" },
	{ "pagos", "Payment" },
	{ "pagos a proveedores", "BillPayment" },
	{ "presupuestos", "Estimate" },
	{ "products", "Item" },
	{ "productos", "Item" },
	{ "proveedores", "Vendor" },
	{ "quotes", "Estimate" },
	{ "recibos", "SalesReceipt" },
	{ "refunds", "RefundReceipt" },
	{ "suppliers", "Vendor" },
	{ "timesheets", "TimeActivity" },
	{ "transferencias", "Transfer" },
	{ "ventas", "SalesReceipt" },
};

enum { MOST_LETTERS = 64 };

/* A vowel with its accent, the second byte after C3: "Á" and "á" as 'a'. */
static char
without_accent(unsigned char second)
{
	static const char *const letters[] = { "aeioun", "\xA1\xA9\xAD\xB3\xBA"
							 "\xB1" };
	const char *found = strchr(letters[1], second | 0x20);

	return found ? letters[0][found - letters[1]] : '?';
}

/*
 * A name without what people write differently: lower case, no accents
 * (composed, or a combining mark of its own), no '_', '-' and ' '.  What is
 * longer than any name is cut.
 */
static void
plain_letters(struct slice name, char letters[MOST_LETTERS])
{
	size_t used = 0;

	for (size_t i = 0; i < name.len && used + 1 < MOST_LETTERS; i++) {
		unsigned char byte = (unsigned char)name.at[i];

		if (byte && strchr("_- ", byte))
			continue;
		if (byte == 0xCC && i + 1 < name.len)
			i++;
		else if (byte == 0xC3 && i + 1 < name.len)
			letters[used++] =
				without_accent((unsigned char)name.at[++i]);
		else
			letters[used++] = (char)tolower(byte);
	}
	letters[used] = '\0';
}

/* How many letters must be inserted, removed or replaced. */
static size_t
edit_distance(const char *a, const char *b)
{
	size_t row[MOST_LETTERS], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t least = diagonal + (a[i] != b[j]);

			if (row[j] + 1 < least)
				least = row[j] + 1;
			diagonal = row[j + 1];
			if (diagonal + 1 < least)
				least = diagonal + 1;
			row[j + 1] = least;
		}
	}
	return row[len];
}

struct suggestion {
	char typed[MOST_LETTERS];
	const struct entity *nearest; /* so far, or NULL */
	size_t distance;
};

/* A name that begins with what was typed counts as one letter away. */
static void
suggestion_try(struct suggestion *s, const char *name, const struct entity *e)
{
	char letters[MOST_LETTERS];
	size_t typed = strlen(s->typed);

	plain_letters(slice_of(name), letters);
	size_t distance = edit_distance(s->typed, letters);
	if (distance > 1 && typed >= 3 && !strncmp(letters, s->typed, typed))
		distance = 1;
	if (distance > typed / 3 || distance > s->distance ||
	    (distance == s->distance &&
	     strlen(e->name) >= strlen(s->nearest->name)))
		return;
	s->nearest = e;
	s->distance = distance;
}

/* Reports are near by the whole of their name, prefix and all. */
static bool
fail_unknown_report(struct slice name, struct failure *why)
{
	char names[512] = "";
	size_t used = 0;

	for (size_t i = 0; report_at(i) && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used,
					 "%s%s", i ? ", " : "",
					 report_at(i)->name);
	fail(why, FAILURE_USAGE, "unknown report \"%.*s\"", SLICE_SHOWN(name));
	return fail_next(why, "name one of these: %s", names);
}

/* ChangeOrder: what QuickBooks may have, and qb does not list. */
static bool
may_be_unlisted(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!isalpha((unsigned char)name.at[i]))
			return false;
	return name.len > 2 && isupper((unsigned char)name.at[0]);
}

static bool
fail_unknown(struct slice name, struct failure *why)
{
	struct suggestion s = { .distance = SIZE_MAX };
	size_t prefix = strlen(REPORT_PREFIX);
	const struct entity *e;

	if (name.len >= prefix && !strncasecmp(name.at, REPORT_PREFIX, prefix))
		return fail_unknown_report(name, why);
	plain_letters(name, s.typed);
	for (size_t i = 0; (e = entity_at(i)); i++) {
		suggestion_try(&s, e->name, e);
		suggestion_try(&s, e->table, e);
	}
	for (size_t i = 0; i < LENGTH(other_words); i++)
		suggestion_try(&s, other_words[i].typed,
			       entity_find(slice_of(other_words[i].name)));
	fail(why, FAILURE_USAGE, "unknown entity \"%.*s\"", SLICE_SHOWN(name));
	if (s.nearest)
		return fail_next(why, "did you mean %s?", s.nearest->name);
	if (may_be_unlisted(name))
		return fail_next(
			why,
			"name entities that qb knows, such as "
			"Customer, Invoice or Item, or all; qb-window "
			"--list lists them; what QuickBooks has beyond "
			"them: --unlisted=%.*s",
			SLICE_SHOWN(name));
	return fail_next(why, "name entities that qb knows, such as Customer, "
			      "Invoice or Item, or all; qb-window --list "
			      "lists them");
}

static const struct entity *
require(struct slice name, struct failure *why)
{
	const struct entity *e = entity_find(name);

	if (!e)
		fail_unknown(name, why);
	return e;
}

const struct entity *
entity_require(const char *name, struct failure *why)
{
	return require(slice_of(name), why);
}

/* --- lists ---------------------------------------------------------------- */

static bool
add_once(struct entity_list *list, const struct entity *entity, bool optional,
	 struct failure *why)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i] == entity) {
			list->optional[i] = list->optional[i] && optional;
			return true;
		}
	if (list->count == ENTITY_MOST)
		return fail(why, FAILURE_USAGE, "more than %d entities",
			    ENTITY_MOST);
	list->at[list->count] = entity;
	list->optional[list->count++] = optional;
	return true;
}

enum group { NO_GROUP, ALL, LISTS, TRANSACTIONS };

static enum group
find_group(struct slice name)
{
	if (entity_is_named(name, "all"))
		return ALL;
	if (entity_is_named(name, "lists"))
		return LISTS;
	return entity_is_named(name, "transactions") ? TRANSACTIONS : NO_GROUP;
}

static bool
add_group(enum group group, struct entity_list *list, struct failure *why)
{
	const struct entity *e;

	for (size_t i = 0; (e = entity_at(i)); i++)
		if ((group == ALL || (group == LISTS && e->list) ||
		     (group == TRANSACTIONS && e->txn_date)) &&
		    !add_once(list, e, true, why))
			return false;
	return true;
}

/* What was typed so far. */
struct typed {
	size_t all, entities, reports;
};

static bool
add_name(struct slice name, struct entity_list *list, struct typed *typed,
	 struct failure *why)
{
	enum group group = find_group(name);

	if (group) {
		typed->all += group == ALL;
		typed->entities++;
		return add_group(group, list, why);
	}
	const struct entity *entity = require(name, why);
	if (!entity)
		return false;
	if (entity->shape == SHAPE_REPORT)
		typed->reports++;
	else
		typed->entities++;
	return add_once(list, entity, false, why);
}

/* The names between the commas of one argument; in "invoices, customers" the
 * first one ends with a comma. */
static bool
add_names(const char *names, struct entity_list *list, struct typed *typed,
	  struct failure *why)
{
	for (const char *at = names;; at++) {
		struct slice name = { at, strcspn(at, ",") };

		if (strspn(at, " ") >= name.len) {
			fail(why, FAILURE_USAGE,
			     "empty entity name in \"%.200s\"", names);
			return fail_next(why, "write customers,invoices or "
					      "customers invoices");
		}
		if (!add_name(name, list, typed, why))
			return false;
		at += name.len;
		if (!*at || !at[1 + strspn(at + 1, " ")])
			return true;
	}
}

static bool
add_unlisted(const char *names, struct entity_list *list, struct failure *why)
{
	const char *at = names;

	while (at) {
		struct slice name = { at, strcspn(at, ",") };
		const struct entity *entity = entity_unlisted(name, why);

		if (!entity || !add_once(list, entity, false, why))
			return false;
		at = at[name.len] ? at + name.len + 1 : NULL;
	}
	return true;
}

bool
entity_list_read(char *const names[], const char *unlisted,
		 struct entity_list *list, struct failure *why)
{
	struct typed typed = { 0 };

	list->count = 0;
	/* first: a name of the command line may be one of these */
	if (!add_unlisted(unlisted, list, why))
		return false;
	for (; *names; names++)
		if (!add_names(*names, list, &typed, why))
			return false;
	if (typed.all && typed.entities > 1) {
		fail(why, FAILURE_USAGE, "\"all\" beside other names");
		return fail_next(why, "leave out either; all are all entities");
	}
	return list->count ||
	       fail(why, FAILURE_USAGE,
		    "no entity: name at least one, such as Customer");
}
