#include "status/status_text.h"
#include "auth/calls_report.h"
#include "auth/company_name.h"

enum { WIDTH_OF_TIME = sizeof("2025-01-31T23:59:59Z") - 1 };

/* Whole seconds, so that the columns are aligned. */
static void
spell_time(int64_t at_us, char text[CLOCK_TEXT])
{
	if (at_us == STATUS_NEVER)
		snprintf(text, CLOCK_TEXT, "never");
	else
		clock_format(at_us - at_us % CLOCK_SECOND, text);
}

static void
spell_number(int64_t number, char text[32])
{
	snprintf(text, 32, "-");
	if (number >= 0)
		snprintf(text, 32, "%" PRId64, number);
}

static int
width_of_names(const struct overview *o)
{
	size_t width = sizeof("entity") - 1;

	for (size_t i = 0; i < o->entities.count; i++) {
		size_t len = strlen(o->entities.at[i].entity);

		width = len > width ? len : width;
	}
	return width < 64 ? (int)width : 64;
}

static bool
write_notes(const struct overview *o, const struct entity_status *e,
	    struct buf *to, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	if (e->late &&
	    !buf_printf(to, why, "  LATE: older than %s\n", o->max_age))
		return false;
	if (e->again_us == STATUS_NEVER)
		return true;
	clock_format(e->covered_us, start);
	clock_format(e->again_us, end);
	return buf_printf(to, why, "  note: a gap, not loaded: %s to %s\n",
			  start, end);
}

static bool
write_entity(const struct overview *o, const struct entity_status *e, int width,
	     struct buf *to, struct failure *why)
{
	char covered[CLOCK_TEXT], loaded[CLOCK_TEXT], age[OVERVIEW_AGE] = "-",
						      live[32], deleted[32];

	spell_time(e->covered_us, covered);
	spell_time(e->loaded_us, loaded);
	if (e->covered_us != STATUS_NEVER)
		overview_age(o->now_us - e->covered_us, age);
	spell_number(entity_status_live(e), live);
	spell_number(e->deleted, deleted);
	return buf_printf(to, why,
			  "%-*s  %-*s  %9s  %10s  %8s  %-*s  %8" PRId64
			  "  %7" PRId64 "  %s\n",
			  width, e->entity, WIDTH_OF_TIME, covered, age, live,
			  deleted, WIDTH_OF_TIME, loaded, e->run.inserted,
			  e->run.updated, e->run.id) &&
	       write_notes(o, e, to, why);
}

static bool
write_entities(const struct overview *o, struct buf *to, struct failure *why)
{
	int width = width_of_names(o);

	if (!buf_printf(to, why,
			"%-*s  %-*s  %9s  %10s  %8s  %-*s  %8s  %7s  %s\n",
			width, "entity", WIDTH_OF_TIME, "covered until", "age",
			"rows", "deleted", WIDTH_OF_TIME, "last load",
			"inserted", "updated", "run"))
		return false;
	for (size_t i = 0; i < o->entities.count; i++)
		if (!write_entity(o, &o->entities.at[i], width, to, why))
			return false;
	return true;
}

static bool
write_login(const struct login_status *l, struct buf *to, struct failure *why)
{
	const struct settings *s = &l->settings;
	struct buf company;

	if (!l->asked)
		return buf_printf(to, why, "login: not shown, %s not set\n",
				  s->env     ? "QBO_REALM_ID is"
				  : s->realm ? "QBO_ENV is"
					     : "QBO_ENV and QBO_REALM_ID are");
	if (l->trouble.kind)
		return buf_printf(to, why, "login: cannot be read\n");
	buf_init(&company, 2 * COMPANY_NAME_MOST);
	bool done = company_name_write(s, &company, why) &&
		    expiry_write_text(&l->expiry, l->found ? &l->tokens : NULL,
				      s->env, company.at, login_status_where(l),
				      to, why);
	buf_free(&company);
	return done;
}

static bool
write_calls(const struct overview *o, struct buf *to, struct failure *why)
{
	const struct settings *s = &o->login.settings;

	if (s->env && s->client_id)
		return calls_report_write_text(s, o->now_us, to, why);
	return buf_printf(to, why, "calls this month: not shown, %s not set\n",
			  s->env         ? "QBO_CLIENT_ID is"
			  : s->client_id ? "QBO_ENV is"
					 : "QBO_ENV and QBO_CLIENT_ID are");
}

bool
status_text_write(const struct overview *o, struct buf *to, struct failure *why)
{
	char now[CLOCK_TEXT];

	spell_time(o->now_us, now);
	return buf_printf(to, why, "schema %s, company %s%s%s%s, at %s\n\n",
			  o->schema, o->realm, *o->company ? " (" : "",
			  o->company, *o->company ? ")" : "", now) &&
	       write_entities(o, to, why) && buf_printf(to, why, "\n") &&
	       write_login(&o->login, to, why) && write_calls(o, to, why);
}
