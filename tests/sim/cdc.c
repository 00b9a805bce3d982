#include "cdc.h"
#include "absent.h"
#include "base/clock.h"
#include "body.h"
#include "choose.h"
#include "pacific.h"
#include "pen.h"

enum { LOOK_BACK_DAYS = 30, MOST_STATEMENT = 256 };

/* DOC change-data-capture, without TimeActivity, of which the release notes say
 * that it was added in March 2021. */
static const char *const left_out[] = {
	"JournalCode",          "TaxAgency",   "TaxCode",     "TaxRate",
	"RecurringTransaction", "CompanyInfo", "Preferences", "ExchangeRate"
};

struct tombstone {
	int64_t id, at_s;
};

/* One entity: rows that are there, then those that are not. */
struct block {
	const struct world_entity *of;
	int64_t asked_as; /* its place in the request */
	struct choice live;
	struct tombstone *gone;
	size_t gone_count;
};

struct changes {
	int64_t since_us, now_us;
	struct block blocks[WORLD_ENTITIES];
	size_t count;
};

void
cdc_note(struct sim *s, const struct request *r, struct answer *a)
{
	const char *entities = request_argument(r, "entities");
	const char *since = request_argument(r, "changedSince");
	int64_t since_us;
	struct buf text;

	a->kind = "cdc";
	a->most = s->cdc_limit;
	a->entities = entities ? entities : "";
	if (since && pacific_read(slice_of(since), &since_us))
		a->low_s = since_us / CLOCK_SECOND;
	buf_init(&text, SIM_MOST_BODY);
	pen_format(&text, "cdc %s %s", a->entities, since ? since : "");
	a->tries = sim_tries(s, buf_slice(&text));
	buf_free(&text);
}

static bool
is_left_out(const struct sim *s, const struct world_entity *e)
{
	for (size_t i = 0; i < s->cdc_without.count; i++)
		if (s->cdc_without.at[i] == e->entity)
			return true;
	for (size_t i = 0; !s->cdc_all && i < LENGTH(left_out); i++)
		if (!strcmp(left_out[i], e->entity->name))
			return true;
	return false;
}

static bool
take_entity(struct changes *c, const struct sim *s, struct slice name,
	    struct refusal *why)
{
	const struct world_entity *e = world_find(&s->world, name);

	if (!e)
		return refuse_query(why,
				    "QueryValidationError: Metadata not found "
				    "for Entity: %.*s",
				    SLICE_SHOWN(name));
	if (e->absence && s->cdc_omits)
		return true;
	if (!absent_pass(e, why))
		return false;
	if (is_left_out(s, e))
		return refuse_cdc(why, "for entity %s", e->entity->name);
	for (size_t i = 0; i < c->count; i++)
		if (c->blocks[i].of == e)
			return true;
	c->blocks[c->count] =
		(struct block){ .of = e, .asked_as = (int64_t)c->count };
	c->count++;
	return true;
}

static bool
read_changes(struct changes *c, const struct sim *s, const struct request *r,
	     struct refusal *why)
{
	const char *names = request_argument(r, "entities");
	const char *since = request_argument(r, "changedSince");

	if (!names || !*names)
		return refuse_cdc(why, "without entities");
	if (!since || !pacific_read(slice_of(since), &c->since_us))
		return refuse_cdc(why, "with changedSince date %s",
				  since ? since : "null");
	if (c->since_us < clock_now_us() - LOOK_BACK_DAYS * CLOCK_DAY)
		return refuse_cdc(why,
				  "with changedSince date %s which is older "
				  "than fixed days",
				  since);
	for (size_t len; *names; names += len + (names[len] == ',')) {
		len = strcspn(names, ",");
		if (!take_entity(c, s, (struct slice){ names, len }, why))
			return false;
	}
	return true;
}

static int
compare_blocks(const void *a, const void *b)
{
	uint64_t x = chance_mix(((const struct block *)a)->of->key + 3);
	uint64_t y = chance_mix(((const struct block *)b)->of->key + 3);

	return (x > y) - (x < y);
}

/* Never the order of the request. */
static void
shuffle(struct changes *c)
{
	size_t alike = 0;

	qsort(c->blocks, c->count, sizeof(*c->blocks), compare_blocks);
	while (alike < c->count && c->blocks[alike].asked_as == (int64_t)alike)
		alike++;
	if (c->count > 1 && alike == c->count) {
		struct block first = c->blocks[0];

		memmove(c->blocks, c->blocks + 1,
			(c->count - 1) * sizeof(first));
		c->blocks[c->count - 1] = first;
	}
}

static bool
is_marked(const struct script_verdict *v, const struct world_entity *e,
	  int64_t id)
{
	for (size_t i = 0; i < v->mark_count; i++)
		if (v->marks[i].id == id &&
		    (!v->marks[i].entity[0] ||
		     !strcasecmp(v->marks[i].entity, e->entity->name)))
			return true;
	return false;
}

/* As a query for them would choose them. */
static void
collect_live(struct block *b, const struct sim *s, const struct changes *c,
	     int64_t most, const struct script_verdict *v)
{
	struct question *asked = base_realloc(NULL, sizeof(*asked));
	char statement[MOST_STATEMENT], since[CLOCK_TEXT];
	struct refusal why;
	size_t kept = 0;

	clock_format(c->since_us, since);
	snprintf(statement, sizeof(statement),
		 "select * from %s where %sMetaData.LastUpdatedTime >= '%s' "
		 "orderby MetaData.LastUpdatedTime",
		 b->of->entity->name,
		 b->of->entity->list ? "Active in (true,false) and " : "",
		 since);
	if (!question_read(asked, slice_of(statement), &why))
		BUG("a statement that is not read");
	asked->most = most + SCRIPT_MARKS;
	if (!choose(&b->live, &s->world, &s->overlay, asked, &why))
		BUG("a statement that is refused");
	free(asked);
	for (size_t i = 0; i < b->live.row_count && (int64_t)kept < most; i++)
		if (!is_marked(v, b->of, world_id(b->of, b->live.rows[i].i)))
			b->live.rows[kept++] = b->live.rows[i];
	b->live.row_count = kept;
}

static int
compare_tombstones(const void *a, const void *b)
{
	const struct tombstone *x = a, *y = b;

	return x->at_s != y->at_s ? (x->at_s > y->at_s) - (x->at_s < y->at_s)
				  : (x->id > y->id) - (x->id < y->id);
}

/* Those that are deleted, and those that a rule says are. */
static void
collect_gone(struct block *b, const struct sim *s, const struct changes *c,
	     int64_t most, const struct script_verdict *v)
{
	const struct overlay *o = &s->overlay;
	int64_t last_s = c->now_us / CLOCK_SECOND - s->world.late_s;
	int64_t i;

	b->gone = base_realloc(NULL, (o->count + v->mark_count + 1) *
					     sizeof(*b->gone));
	for (size_t k = 0; k < o->count; k++) {
		const struct overlay_row *row = &o->rows[k];

		if (row->of == b->of && row->deleted &&
		    row->updated_s * CLOCK_SECOND >= c->since_us &&
		    row->updated_s <= last_s)
			b->gone[b->gone_count++] =
				(struct tombstone){ world_id(b->of, row->i),
						    row->updated_s };
	}
	for (size_t k = 0; k < v->mark_count; k++) {
		char id[WORLD_ID];

		snprintf(id, sizeof(id), "%" PRId64, v->marks[k].id);
		if (!is_marked(v, b->of, v->marks[k].id) ||
		    !world_find_id(b->of, slice_of(id), &i))
			continue;
		const struct overlay_row *edit = overlay_find(o, b->of, i);
		struct world_row row = overlay_now(edit, b->of, i);
		int64_t since_s = c->since_us / CLOCK_SECOND + 1;
		if (!edit || !edit->deleted)
			b->gone[b->gone_count++] =
				(struct tombstone){ v->marks[k].id,
						    row.updated_s > since_s
							    ? row.updated_s
							    : since_s };
	}
	qsort(b->gone, b->gone_count, sizeof(*b->gone), compare_tombstones);
	if ((int64_t)b->gone_count > most)
		b->gone_count = (size_t)most;
}

static void
collect(struct changes *c, struct sim *s, const struct script_verdict *v)
{
	int64_t left = s->cdc_limit;

	pthread_mutex_lock(&s->lock);
	c->now_us = clock_now_us();
	for (size_t i = 0; i < c->count; i++) {
		struct block *b = &c->blocks[i];

		collect_live(b, s, c, left, v);
		left -= (int64_t)b->live.row_count;
		collect_gone(b, s, c, left, v);
		left -= (int64_t)b->gone_count;
	}
	pthread_mutex_unlock(&s->lock);
}

static void
write_tombstone(struct buf *to, const struct tombstone *t, bool bare)
{
	pen_format(to,
		   "{\"domain\":\"QBO\",\"status\":\"Deleted\","
		   "\"Id\":\"%" PRId64 "\"",
		   t->id);
	if (!bare) {
		pen_text(to, ",\"MetaData\":{\"LastUpdatedTime\":\"");
		pen_time(to, t->at_s);
		pen_text(to, "\"}");
	}
	pen_text(to, "}");
}

static void
write_block(struct buf *to, const struct world *w, const struct block *b,
	    bool bare, bool all_fields)
{
	size_t rows = b->live.row_count + b->gone_count;

	pen_text(to, "{");
	if (rows)
		pen_format(to, "\"%s\":[", b->of->entity->rows_key);
	for (size_t i = 0; i < rows; i++) {
		if (i)
			pen_text(to, ",");
		if (i < b->live.row_count)
			body_write(to, w, &b->live.rows[i], all_fields);
		else
			write_tombstone(to, &b->gone[i - b->live.row_count],
					bare);
	}
	if (rows)
		pen_format(to, "],\"startPosition\":1,\"maxResults\":%zu",
			   rows);
	pen_text(to, "}");
}

/* As much XML as shows a client that it asked for the wrong thing. */
static void
write_block_xml(struct buf *to, const struct block *b)
{
	const char *name = b->of->entity->name;
	size_t rows = b->live.row_count + b->gone_count;

	pen_text(to, "<QueryResponse");
	if (rows)
		pen_format(to, " maxResults=\"%zu\" totalCount=\"%zu\"", rows,
			   rows);
	pen_text(to, ">");
	for (size_t i = 0; i < b->live.row_count; i++)
		pen_format(to,
			   "<%s domain=\"QBO\" sparse=\"false\"><Id>%" PRId64
			   "</Id></%s>",
			   name, world_id(b->of, b->live.rows[i].i), name);
	for (size_t i = 0; i < b->gone_count; i++) {
		pen_format(to,
			   "<%s domain=\"QBO\" status=\"Deleted\"><Id>%" PRId64
			   "</Id><MetaData><LastUpdatedTime>",
			   name, b->gone[i].id);
		pen_time(to, b->gone[i].at_s);
		pen_format(to, "</LastUpdatedTime></MetaData></%s>", name);
	}
	pen_text(to, "</QueryResponse>");
}

static void
write_changes(struct answer *a, const struct world *w, bool json,
	      const struct changes *c)
{
	if (json) {
		pen_text(&a->body, "{\"CDCResponse\":[{\"QueryResponse\":[");
	} else {
		refusal_write_xml_head(&a->body, c->now_us);
		pen_text(&a->body, "<CDCResponse>");
	}
	for (size_t i = 0; i < c->count; i++) {
		const struct block *b = &c->blocks[i];

		a->rows += (int64_t)(b->live.row_count + b->gone_count);
		if (!json) {
			write_block_xml(&a->body, b);
			continue;
		}
		if (i)
			pen_text(&a->body, ",");
		write_block(&a->body, w, b, a->verdict.bare_tombstones,
			    a->all_fields);
	}
	if (!json) {
		pen_text(&a->body, "</CDCResponse></IntuitResponse>");
		return;
	}
	pen_text(&a->body, "]}],\"time\":\"");
	refusal_write_time(&a->body, c->now_us);
	pen_text(&a->body, "\"}");
}

bool
cdc_answer(struct sim *s, const struct request *r, struct answer *a,
	   struct refusal *why)
{
	struct changes *c = base_realloc(NULL, sizeof(*c));

	memset(c, 0, sizeof(*c));
	bool good = read_changes(c, s, r, why);
	if (good) {
		shuffle(c);
		collect(c, s, &a->verdict);
		write_changes(a, &s->world, r->json, c);
	}
	for (size_t i = 0; i < c->count; i++) {
		choice_free(&c->blocks[i].live);
		free(c->blocks[i].gone);
	}
	free(c);
	return good;
}
