#include "drift.h"
#include "pseudo.h"

enum place { FIRST, LAST, HERE };

/* Edit or delete `n` rows of what is asked for: its first, its last, or those
 * that the page begins with. */
static void
move_rows(struct sim *s, const struct question *asked, int64_t n,
	  enum place place, bool delete)
{
	struct question *all = base_realloc(NULL, sizeof(*all));
	struct refusal why;
	struct choice c;

	*all = *asked;
	all->count = true;
	if (n && choose(&c, &s->world, &s->overlay, all, &why)) {
		all->count = false;
		if (place == LAST)
			all->start = c.count > n ? c.count - n + 1 : 1;
		else if (place == FIRST || asked->count)
			all->start = 1;
		all->most = n;
		choice_free(&c);
		if (!choose(&c, &s->world, &s->overlay, all, &why))
			BUG("a statement that was good is not");
		for (size_t i = 0; i < c.row_count; i++)
			if (pseudo_is(c.of, c.rows[i].i))
				continue;
			else if (delete)
				overlay_delete(&s->overlay, c.of, c.rows[i].i);
			else
				overlay_edit(&s->overlay, c.of, c.rows[i].i);
		choice_free(&c);
	}
	free(all);
}

void
drift(struct sim *s, const struct question *asked,
      const struct script_verdict *v)
{
	move_rows(s, asked, v->edit, FIRST, false);
	move_rows(s, asked, v->delete, FIRST, true);
	move_rows(s, asked, v->edit_last, LAST, false);
	move_rows(s, asked, v->delete_last, LAST, true);
	move_rows(s, asked, v->edit_here, HERE, false);
	move_rows(s, asked, v->delete_here, HERE, true);
	const struct world_entity *e = world_find(&s->world, asked->entity);
	if (e && v->restore)
		overlay_return(&s->overlay, e, v->restore);
}

/* All rows of the entity, as if no time had been asked for. */
static void
drop_times(struct question *asked)
{
	size_t kept = 0;

	for (size_t i = 0; i < asked->condition_count; i++) {
		struct slice name = asked->conditions[i].property;

		if ((name.len > 9 && !strncasecmp(name.at, "MetaData.", 9)) ||
		    (name.len == 7 && !strncasecmp(name.at, "TxnDate", 7)))
			continue;
		asked->conditions[kept++] = asked->conditions[i];
	}
	asked->condition_count = kept;
}

void
drift_question(struct question *asked, const struct script_verdict *v)
{
	if (v->ignore_filter)
		drop_times(asked);
	if (v->one_more)
		asked->most++;
	if (v->repeat_page)
		asked->start = asked->start > asked->most
				       ? asked->start - asked->most
				       : 1;
	if (v->other_entity) {
		bool customer = asked->entity.len == 8 &&
				!strncasecmp(asked->entity.at, "Customer", 8);

		asked->entity = customer ? SLICE("Vendor") : SLICE("Customer");
		asked->condition_count = 0;
		asked->order.at = NULL;
		asked->start = 1;
	}
}
