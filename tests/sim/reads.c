#include "reads.h"
#include "absent.h"
#include "base/clock.h"
#include "body.h"
#include "pacific.h"
#include "pen.h"
#include "pseudo.h"
#include "rates.h"

/* A row in the envelope of a single read. */
static bool
answer_row(struct sim *s, struct answer *a, const struct world_entity *e,
	   int64_t i, struct refusal *why)
{
	const struct overlay_row *edit;
	struct world_row row;

	pthread_mutex_lock(&s->lock);
	edit = overlay_find(&s->overlay, e, i);
	row = pseudo_has(&s->world, e) && pseudo_is(e, i)
		      ? pseudo_row(&s->world, e, i)
		      : overlay_now(edit, e, i);
	pthread_mutex_unlock(&s->lock);
	if (edit && edit->deleted)
		return refuse_missing(why);
	pen_format(&a->body, "{\"%s\":", e->entity->rows_key);
	body_write(&a->body, &s->world, &row, a->all_fields);
	pen_text(&a->body, ",\"time\":\"");
	refusal_write_now(&a->body);
	pen_text(&a->body, "\"}");
	a->rows = 1;
	return true;
}

/* One row by its Id. */
bool
read_by_id(struct sim *s, struct answer *a, const struct world_entity *e,
	   struct slice id, struct refusal *why)
{
	int64_t i;

	if (!absent_pass(e, why))
		return false;
	if (pseudo_find(&s->world, e, id, &i))
		return answer_row(s, a, e, i, why);
	if (strspn(id.at, "0123456789") != id.len)
		return refuse_id(why, id);
	return world_find_id(e, id, &i) ? answer_row(s, a, e, i, why)
					: refuse_missing(why);
}

/* The one object of a company, whatever follows: REALM, 1 or nothing. */
bool
read_company(struct sim *s, const struct request *r, struct answer *a,
	     const char *rest, struct refusal *why)
{
	(void)r;
	(void)rest;
	return read_by_id(s, a, world_of(&s->world, "CompanyInfo"), SLICE("1"),
			  why);
}

bool
read_preferences(struct sim *s, const struct request *r, struct answer *a,
		 const char *rest, struct refusal *why)
{
	(void)r;
	(void)rest;
	return read_by_id(s, a, world_of(&s->world, "Preferences"), SLICE("1"),
			  why);
}

/* A rate of today, or of another day; rates have no Id. */
bool
read_rate(struct sim *s, const struct request *r, struct answer *a,
	  const char *rest, struct refusal *why)
{
	const struct world_entity *e = world_of(&s->world, "ExchangeRate");
	const char *code = request_argument(r, "sourcecurrencycode");
	const char *day = request_argument(r, "asofdate");
	char name[WORLD_ID], today[PACIFIC_SPELLED];
	int64_t i;

	(void)rest;
	pacific_spell_day(pacific_day(clock_now_us() / CLOCK_SECOND), today);
	snprintf(name, sizeof(name), "%.3s/%.10s", code ? code : "",
		 day ? day : today);
	if (!absent_pass(e, why))
		return false;
	return rates_find(e, slice_of(name), &i) ? answer_row(s, a, e, i, why)
						 : refuse_missing(why);
}
