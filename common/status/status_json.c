#include "status/status_json.h"
#include "auth/calls_report.h"
#include "auth/company_name.h"
#include "json/json.h"

static bool
write_text(struct buf *to, const char *name, const char *text,
	   struct failure *why)
{
	if (!buf_printf(to, why, ",\"%s\":", name))
		return false;
	return text ? json_quote(slice_of(text), to, why)
		    : buf_printf(to, why, "null");
}

static bool
write_time(struct buf *to, const char *name, int64_t at_us, struct failure *why)
{
	char text[CLOCK_TEXT];

	if (at_us == STATUS_NEVER)
		return write_text(to, name, NULL, why);
	clock_format(at_us, text);
	return write_text(to, name, text, why);
}

static bool
write_number(struct buf *to, const char *name, bool known, int64_t number,
	     struct failure *why)
{
	return known ? buf_printf(to, why, ",\"%s\":%" PRId64, name, number)
		     : buf_printf(to, why, ",\"%s\":null", name);
}

static bool
write_entity(const struct overview *o, const struct entity_status *e,
	     struct buf *to, struct failure *why)
{
	bool covered = e->covered_us != STATUS_NEVER;
	int64_t age_us = covered ? o->now_us - e->covered_us : 0;

	return buf_printf(to, why, "{\"schema\":") &&
	       json_quote(slice_of(o->schema), to, why) &&
	       write_text(to, "entity", e->entity, why) &&
	       write_text(to, "table", e->table, why) &&
	       write_time(to, "covered_from", e->from_us, why) &&
	       write_time(to, "covered_until", e->covered_us, why) &&
	       write_number(to, "age_seconds", covered, age_us / CLOCK_SECOND,
			    why) &&
	       write_time(to, "gap_until", e->again_us, why) &&
	       write_number(to, "rows", e->deleted >= 0, entity_status_live(e),
			    why) &&
	       write_number(to, "deleted_rows", e->deleted >= 0, e->deleted,
			    why) &&
	       write_time(to, "last_load", e->loaded_us, why) &&
	       write_time(to, "last_census", e->census_us, why) &&
	       buf_printf(to, why,
			  ",\"deletions_known\":%s,\"unlogged\":%s"
			  ",\"unlisted\":%s",
			  e->deletions_known ? "true" : "false",
			  e->unlogged ? "true" : "false",
			  e->unlisted ? "true" : "false") &&
	       write_text(to, "run", e->run.id, why) &&
	       buf_printf(to, why,
			  ",\"windows\":%" PRId64 ",\"read\":%" PRId64
			  ",\"inserted\":%" PRId64 ",\"updated\":%" PRId64
			  ",\"deleted\":%" PRId64 ",\"late\":%s}\n",
			  e->run.windows, e->run.rows, e->run.inserted,
			  e->run.updated, e->run.deleted,
			  e->late ? "true" : "false");
}

static bool
write_late(const struct overview *o, struct buf *to, struct failure *why)
{
	const char *comma = "";

	if (!buf_printf(to, why, ",\"late\":["))
		return false;
	for (size_t i = 0; i < o->entities.count; i++) {
		const struct entity_status *e = &o->entities.at[i];

		if (!e->late)
			continue;
		if (!buf_printf(to, why, "%s", comma) ||
		    !json_quote(slice_of(e->entity), to, why))
			return false;
		comma = ",";
	}
	return buf_printf(to, why, "]");
}

static bool
write_login(const struct login_status *l, struct buf *to, struct failure *why)
{
	const struct settings *s = &l->settings;

	if (!l->asked || l->trouble.kind)
		return buf_printf(to, why, ",\"login\":null");
	return buf_printf(to, why, ",\"login\":") &&
	       expiry_write_json(&l->expiry, l->found ? &l->tokens : NULL,
				 s->env, s->realm, login_status_where(l), to,
				 why) &&
	       company_name_write_json(s, to, why) && buf_printf(to, why, "}");
}

/* The members and the end of the line are those of qb-auth status. */
static bool
write_calls(const struct overview *o, struct buf *to, struct failure *why)
{
	struct settings s = o->login.settings;

	if (!s.env)
		s.client_id = NULL;
	return calls_report_write_json(&s, o->now_us, to, why);
}

bool
status_json_write(const struct overview *o, const struct failure *conclusion,
		  struct buf *to, struct failure *why)
{
	for (size_t i = 0; i < o->entities.count; i++)
		if (!write_entity(o, &o->entities.at[i], to, why))
			return false;
	return buf_printf(to, why, "{\"schema\":") &&
	       json_quote(slice_of(o->schema), to, why) &&
	       write_text(to, "realm", o->realm, why) &&
	       write_text(to, "company", *o->company ? o->company : NULL,
			  why) &&
	       write_time(to, "at", o->now_us, why) &&
	       buf_printf(to, why, ",\"entities\":%zu", o->entities.count) &&
	       write_late(o, to, why) &&
	       write_text(to, "verdict", overview_verdict(conclusion), why) &&
	       buf_printf(to, why, ",\"status\":%d", (int)conclusion->kind) &&
	       write_login(&o->login, to, why) && write_calls(o, to, why);
}
