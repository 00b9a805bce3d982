#include "property.h"

enum {
	TRANSACTION = 1,
	LIST = 2,
	WRAPPED = 4,
	SINGLE = 8,
	RATES = 16,
	ALL = 31
};

static const struct {
	const char *name;
	enum filter_property property;
	int where; /* which entities have it */
	int order; /* enum world_order, or -1 */
} properties[] = {
	{ "Id", FILTER_ID, ALL & ~RATES, WORLD_CREATED },
	{ "MetaData.LastUpdatedTime", FILTER_UPDATED, ALL, WORLD_UPDATED },
	{ "MetaData.CreateTime", FILTER_CREATED, ALL & ~RATES, WORLD_CREATED },
	{ "TxnDate", FILTER_TXN_DATE, TRANSACTION, WORLD_CREATED },
	{ "AsOfDate", FILTER_TXN_DATE, RATES, WORLD_CREATED },
	{ "SourceCurrencyCode", FILTER_CURRENCY, RATES, -1 },
	{ "DocNumber", FILTER_DOC_NUMBER, TRANSACTION, WORLD_CREATED },
	{ "TotalAmt", FILTER_TOTAL, TRANSACTION, -1 },
	{ "Balance", FILTER_BALANCE, TRANSACTION | LIST, -1 },
	{ "CustomerRef", FILTER_CUSTOMER, TRANSACTION, -1 },
	{ "Active", FILTER_ACTIVE, LIST, -1 },
	{ "Name", FILTER_NAME, LIST, WORLD_NAME },
	{ "DisplayName", FILTER_NAME, LIST, WORLD_NAME },
	{ "FullyQualifiedName", FILTER_NAME, LIST, WORLD_NAME },
};

static int
kind_of(const struct world_entity *e)
{
	if (e->shape == WORLD_WRAPPED)
		return WRAPPED;
	if (e->shape == WORLD_SINGLE)
		return SINGLE;
	if (e->shape == WORLD_RATES)
		return RATES;
	return e->entity->txn_date ? TRANSACTION : LIST;
}

/* LENGTH(properties) when it has none of this name. */
static size_t
place_of(const struct world_entity *e, struct slice name)
{
	int kind = kind_of(e);
	size_t i = 0;

	while (i < LENGTH(properties) &&
	       (name.len != strlen(properties[i].name) ||
		strncasecmp(name.at, properties[i].name, name.len) != 0 ||
		!(properties[i].where & kind)))
		i++;
	return i;
}

static bool
refuse_unknown(const struct world_entity *e, struct slice name,
	       struct refusal *why)
{
	return refuse_query(why,
			    "QueryValidationError: Property %.*s not found "
			    "for Entity %s",
			    SLICE_SHOWN(name), e->entity->name);
}

bool
property_find(const struct world_entity *e, struct slice name,
	      enum filter_property *found, struct refusal *why)
{
	size_t i = place_of(e, name);

	if (i == LENGTH(properties))
		return refuse_unknown(e, name, why);
	*found = properties[i].property;
	return true;
}

bool
property_order(const struct world_entity *e, struct slice name,
	       enum world_order *order, struct refusal *why)
{
	size_t i = place_of(e, name);

	if (i == LENGTH(properties))
		return refuse_unknown(e, name, why);
	if (properties[i].order < 0)
		return refuse_query(why,
				    "QueryValidationError: Property %.*s is "
				    "not sortable",
				    SLICE_SHOWN(name));
	*order = (enum world_order)properties[i].order;
	return true;
}
