#include "status/overview.h"

static bool
explain_refusal(const struct overview *o, const struct pg *pg,
		struct failure *why)
{
	const char *user = pg_user(pg);

	if (!pg_permission_denied(pg) || !*user)
		return false;
	return fail_next(why,
			 "have the owner run: GRANT USAGE ON SCHEMA %s TO %s; "
			 "GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s",
			 o->schema, user, o->schema, user);
}

static bool
fail_empty(const struct overview *o, struct failure *why)
{
	fail(why, FAILURE_REFUSED, "nothing was loaded into schema %s",
	     o->schema);
	return fail_next(why, "qb-sync ENTITY... --from=TIME, or name the "
			      "schema that is loaded: --schema=NAME");
}

bool
overview_read(struct overview *o, struct pg *pg, struct failure *why)
{
	struct ledger_query ledger;

	if (!login_status_read(&o->login, o->now_us, why))
		return false;
	if (!ledger_query_open(&ledger, pg, o->schema, o->login.settings.realm,
			       why) ||
	    !entity_statuses_read(&o->entities, &ledger, o->settle_ms, why) ||
	    !loaded_company_read(&ledger, o->company, why))
		return explain_refusal(o, pg, why);
	memcpy(o->realm, ledger.realm, sizeof(o->realm));
	if (!o->entities.count)
		return fail_empty(o, why);
	if (o->max_age_us)
		entity_statuses_judge(&o->entities, o->now_us, o->max_age_us);
	return true;
}

void
overview_free(struct overview *o)
{
	entity_statuses_free(&o->entities);
	login_status_free(&o->login);
}

const char *
overview_verdict(const struct failure *conclusion)
{
	switch (conclusion->kind) {
	case FAILURE_NONE:
		return "ok";
	case FAILURE_LATER:
		return "late";
	default:
		return "login";
	}
}

void
overview_age(int64_t age_us, char text[OVERVIEW_AGE])
{
	int64_t s = age_us > 0 ? age_us / CLOCK_SECOND : 0;

	if (s >= 86400)
		snprintf(text, OVERVIEW_AGE, "%" PRId64 "d %" PRId64 "h",
			 s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(text, OVERVIEW_AGE, "%" PRId64 "h %" PRId64 "m",
			 s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(text, OVERVIEW_AGE, "%" PRId64 "m", s / 60);
	else
		snprintf(text, OVERVIEW_AGE, "%" PRId64 "s", s);
}
