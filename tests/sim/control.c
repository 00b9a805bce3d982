#include "control.h"
#include "pacific.h"
#include "pen.h"
#include "rates.h"
#include "json/json.h"

enum deed { EDIT, DELETE, RETURN, INACTIVATE, ACTIVATE, DEEDS };

static const char *const deeds[DEEDS] = { "edit", "delete", "return",
					  "inactivate", "activate" };

struct change {
	const struct world_entity *of;
	enum deed deed;
	int64_t at_s; /* of a deletion; 0: now */
	int64_t *rows;
	size_t count;
};

static bool
complain(struct answer *a, const char *what, struct slice text)
{
	char said[256];

	snprintf(said, sizeof(said), "%s: %.*s", what, SLICE_SHOWN(text));
	a->status = 400;
	pen_text(&a->body, "{\"error\":");
	pen_string(&a->body, slice_of(said));
	pen_text(&a->body, "}\n");
	return false;
}

static struct slice
argument(const struct request *r, const char *name)
{
	const char *text = request_argument(r, name);

	return slice_of(text ? text : "");
}

static bool
read_deed(struct change *c, const struct sim *s, const struct request *r,
	  struct answer *a)
{
	struct slice entity = argument(r, "entity"), what = argument(r, "do");
	struct slice at = argument(r, "at");
	size_t deed = 0;
	int64_t at_us;

	c->of = world_find(&s->world, entity);
	if (!c->of)
		return complain(a, "no entity", entity);
	snprintf(a->entity, sizeof(a->entity), "%s", c->of->entity->name);
	while (deed < DEEDS && !slice_is(what, deeds[deed]))
		deed++;
	c->deed = (enum deed)deed;
	if (deed == DEEDS || (deed >= INACTIVATE && !c->of->entity->list) ||
	    (deed != EDIT && c->of->shape >= WORLD_SINGLE))
		return complain(a, "cannot be done", what);
	if (!at.len)
		return true;
	if (c->deed != DELETE || !pacific_read(at, &at_us) ||
	    at_us > clock_now_us())
		return complain(a, "no time of a deletion", at);
	c->at_s = at_us / CLOCK_SECOND;
	return true;
}

/* Is the row one to which this can be done? */
static bool
fits(const struct change *c, const struct overlay *o, int64_t i)
{
	const struct overlay_row *edit = overlay_find(o, c->of, i);
	bool deleted = edit && edit->deleted;
	bool active = overlay_now(edit, c->of, i).active;

	if (c->deed == RETURN || deleted)
		return c->deed == RETURN && deleted;
	return c->deed < INACTIVATE || active == (c->deed == INACTIVATE);
}

static bool
take_ids(struct change *c, const struct overlay *o, struct slice ids,
	 struct answer *a)
{
	size_t len;

	for (const char *at = ids.at; *at; at += len + (at[len] == ',')) {
		struct slice id = { at, len = strcspn(at, ",") };
		int64_t i;

		bool found = c->of->shape == WORLD_RATES
				     ? rates_find(c->of, id, &i)
				     : world_find_id(c->of, id, &i);

		if (!found || !fits(c, o, i))
			return complain(a, "no such row to change", id);
		c->rows = base_realloc(c->rows,
				       (c->count + 1) * sizeof(*c->rows));
		c->rows[c->count++] = i;
	}
	return c->count || complain(a, "neither id nor rows", ids);
}

static bool
take_first(struct change *c, const struct overlay *o, struct slice rows,
	   struct answer *a)
{
	int64_t most;

	if (!json_integer(rows, &most) || most < 1)
		return complain(a, "no number of rows", rows);
	for (int64_t i = 0; i < c->of->rows && (int64_t)c->count < most; i++) {
		if (!fits(c, o, i))
			continue;
		c->rows = base_realloc(c->rows,
				       (c->count + 1) * sizeof(*c->rows));
		c->rows[c->count++] = i;
	}
	return (int64_t)c->count == most ||
	       complain(a, "not that many rows", rows);
}

static void
do_it(const struct change *c, struct overlay *o, int64_t i)
{
	if (c->deed == DELETE && c->at_s)
		overlay_delete_at(o, c->of, i, c->at_s);
	else if (c->deed == DELETE)
		overlay_delete(o, c->of, i);
	else if (c->deed >= INACTIVATE)
		overlay_activate(o, c->of, i, c->deed == ACTIVATE);
	else
		overlay_edit(o, c->of, i);
}

static void
name_row(const struct world_entity *e, int64_t i, char name[WORLD_ID])
{
	if (e->shape == WORLD_RATES)
		rates_name(e, i, name);
	else
		snprintf(name, WORLD_ID, "%" PRId64, world_id(e, i));
}

static void
change(struct sim *s, const struct request *r, struct answer *a)
{
	struct slice rows = argument(r, "rows");
	struct change c = { 0 };
	char name[WORLD_ID];

	if (read_deed(&c, s, r, a) &&
	    (rows.len ? take_first(&c, &s->overlay, rows, a)
		      : take_ids(&c, &s->overlay, argument(r, "id"), a))) {
		pen_text(&a->body, "{\"changed\":[");
		for (size_t k = 0; k < c.count; k++) {
			do_it(&c, &s->overlay, c.rows[k]);
			name_row(c.of, c.rows[k], name);
			pen_format(&a->body, "%s\"%s\"", k ? "," : "", name);
		}
		pen_text(&a->body, "]}\n");
		a->rows = (int64_t)c.count;
	}
	free(c.rows);
}

void
control_answer(struct sim *s, const struct request *r, struct answer *a)
{
	a->kind = "control";
	a->type = "application/json";
	if (strcmp(r->path, "/sim/change")) {
		complain(a, "no such path", slice_of(r->path));
		return;
	}
	pthread_mutex_lock(&s->lock);
	change(s, r, a);
	pthread_mutex_unlock(&s->lock);
}
