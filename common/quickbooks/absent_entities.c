#include "quickbooks/absent_entities.h"
#include "base/log.h"

enum { MOST_NAMES = 1024 };

static size_t
find(const struct absent_entities *a, const struct entity *entity)
{
	size_t i = 0;

	while (i < a->count && a->of[i].entity != entity)
		i++;
	return i;
}

bool
absent_entities_ticket(struct absent_entities *a, const struct entity *entity,
		       bool optional)
{
	size_t i = find(a, entity);

	if (i == a->count) {
		if (a->count == ENTITY_MOST)
			BUG("more entities than there are");
		a->of[a->count++].entity = entity;
	}
	a->of[i].named = a->of[i].named || !optional;
	return !a->of[i].absent;
}

void
absent_entities_add(struct absent_entities *a, const struct entity *entity,
		    const struct failure *why)
{
	size_t i = find(a, entity);

	if (i == a->count || a->of[i].absent)
		return;
	a->of[i].absent = true;
	log_warn("%s is not in this company, and is left out: %s", entity->name,
		 why->text);
}

bool
absent_entities_has(const struct absent_entities *a,
		    const struct entity *entity)
{
	size_t i = find(a, entity);

	return i < a->count && a->of[i].absent;
}

bool
absent_entities_fail(const struct absent_entities *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->of[i].absent && a->of[i].named)
			return true;
	return false;
}

void
absent_entities_report(const struct absent_entities *a, struct failure *why)
{
	char names[MOST_NAMES] = "";
	size_t used = 0, count = 0;

	if (why->kind || !absent_entities_fail(a))
		return;
	for (size_t i = 0; i < a->count && used < sizeof(names); i++)
		if (a->of[i].absent && a->of[i].named)
			used += (size_t)snprintf(
				names + used, sizeof(names) - used, "%s%s",
				count++ ? ", " : "", a->of[i].entity->name);
	fail(why, FAILURE_REFUSED,
	     "%s: not in this company; all others are sealed, and the stream "
	     "has no end",
	     names);
	fail_next(why, "leave out %s", names);
}
