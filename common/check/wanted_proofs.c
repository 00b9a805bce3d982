#include "check/wanted_proofs.h"

static bool
read_absent(const char *names, struct entity_list *to, struct failure *why)
{
	char *copy, *list[2] = { NULL };
	size_t size;

	to->count = 0;
	if (!names || !*names)
		return true;
	size = strlen(names) + 1;
	copy = list[0] = base_realloc(NULL, size);
	memcpy(copy, names, size);
	bool done = entity_list_read(list, NULL, to, why);
	free(copy);
	return done || fail_in(why, "--absent");
}

static bool
has(const struct entity_list *list, const struct entity *entity)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i] == entity)
			return true;
	return false;
}

/* One object is always there; and neither rates nor reports have a count. */
static bool
can_be_counted(const struct proof *p)
{
	return window_by_is_query(p->by) || p->entity->shape == SHAPE_WRAPPED ||
	       p->entity->shape == SHAPE_WHOLE;
}

/* As they are read; of no day nothing is. */
static void
cut_to_days(struct proof *p)
{
	int64_t bounds[] = { p->range.start_us, p->range.end_us };

	if (p->by != WINDOW_BY_AS_OF && p->by != WINDOW_BY_REPORT)
		return;
	if (range_days(bounds, 1)) {
		p->range = (struct time_range){ bounds[0], bounds[1] };
		return;
	}
	p->no_day = true;
}

bool
wanted_proofs_begin(const struct wanted_proofs *w, struct proof *proofs,
		    struct failure *why)
{
	struct entity_list absent;

	if (!read_absent(w->absent, &absent, why))
		return false;
	for (size_t i = 0; i < w->entities->count; i++) {
		struct proof *p = &proofs[i];

		proof_init(p);
		p->entity = w->entities->at[i];
		p->by = range_by(w->range, p->entity);
		p->range.start_us = w->range->start_us;
		p->range.end_us = w->range->end_us;
		p->with_archive = w->with_archive;
		p->with_outside = w->with_outside && window_by_is_query(p->by);
		p->optional = w->entities->optional[i];
		p->absent = has(&absent, p->entity);
		p->offline = w->offline || !can_be_counted(p);
		cut_to_days(p);
	}
	return true;
}
