#include "load/schema.h"

static const char look_sql[] =
#include "sql/schema/objects.sql.h"
	;
static const char schema_sql[] =
#include "sql/schema/schema.sql.h"
	;
static const char table_sql[] =
#include "sql/schema/table.sql.h"
	;
static const char realm_sql[] =
#include "sql/load/bind_realm.sql.h"
	;

struct place {
	bool schema, ledger, table, keyed, empty;
};

static bool
look(struct pg *pg, const struct sql_variable *with, size_t count,
     struct place *is, struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run(pg, look_sql, with, count, &answer, why);

	if (done) {
		is->schema = !strcmp(pg_text(&answer, 0, 0), "t");
		is->ledger = !strcmp(pg_text(&answer, 0, 1), "t");
		is->table = !strcmp(pg_text(&answer, 0, 2), "t");
		is->keyed = !strcmp(pg_text(&answer, 0, 3), "t");
		is->empty = !strcmp(pg_text(&answer, 0, 4), "t");
	}
	pg_result_free(&answer);
	return done;
}

/* No right to make it: the files that the owner can run say what is wanted. */
static bool
cannot_make(struct pg *pg, const struct sql_variable *with,
	    const struct place *is, struct failure *why)
{
	const char *schema = with[0].value, *user = pg_user(pg);
	const char *kind = is->schema ? "SCHEMA" : "DATABASE";
	const char *where = is->schema ? schema : pg_database(pg);

	pg_rollback(pg);
	if (is->ledger)
		fail_in(why, "table %s.%s is missing and cannot be made",
			schema, with[1].value);
	else
		fail_in(why, "%sschema %s is missing and cannot be made",
			is->schema ? "the ledger of " : "", schema);
	if (!pg_permission_denied(pg))
		return false;
	return fail_next(
		why,
		"have the owner of %s %s run, in the folder sql/schema of "
		"the source or share/qb/sql/schema of the installation: psql "
		"-v schema=%s -f schema.sql; psql -v schema=%s -v "
		"table=%s -f table.sql; psql -v schema=%s -v role=%s "
		"-f grants.sql -- or: GRANT CREATE ON %s %s TO %s",
		is->schema ? "schema" : "database", where, schema, schema,
		with[1].value, schema, user, kind, where, user);
}

static bool
make(struct pg *pg, const struct sql_variable *with, size_t count,
     struct place *is, struct failure *why)
{
	if (!is->ledger && !pg_run(pg, schema_sql, with, count, NULL, why))
		return cannot_make(pg, with, is, why);
	is->ledger = true;
	if (is->table)
		return true;
	is->keyed = is->empty = true;
	return pg_run(pg, table_sql, with, count, NULL, why) ||
	       cannot_make(pg, with, is, why);
}

bool
load_schema_prepare(struct pg *pg, const struct entity *entity, bool dry_run,
		    struct load_schema *at, struct failure *why)
{
	struct sql_variable with[] = { { "schema", at->schema },
				       { "table", entity->table } };
	struct place is;

	if (!look(pg, with, LENGTH(with), &is, why) ||
	    (!dry_run && !make(pg, with, LENGTH(with), &is, why)))
		return false;
	at->bound = is.ledger;
	at->keyed = is.keyed;
	at->empty = is.empty;
	if (is.table || !dry_run)
		return true;
	with[0].value = at->schema = "pg_temp";
	return pg_run(pg, table_sql, with, LENGTH(with), NULL, why);
}

bool
load_schema_bind(struct pg *pg, const char *schema, const char *realm,
		 bool dry_run, struct failure *why)
{
	static const char ask[] = "select realm_id from :\"schema\".qb_realm";
	const struct sql_variable with[] = { { "schema", schema },
					     { "realm", realm } };
	struct pg_result answer;
	bool done = pg_run(pg, dry_run ? ask : realm_sql, with, LENGTH(with),
			   &answer, why);

	if (done && answer.rows && strcmp(pg_text(&answer, 0, 0), realm)) {
		done = fail(why, FAILURE_REFUSED,
			    "schema %s belongs to company %s, and these rows "
			    "are of company %s",
			    schema, pg_text(&answer, 0, 0), realm);
		fail_next(why,
			  "load them into a schema of their own: "
			  "--schema %s_other",
			  schema);
	}
	pg_result_free(&answer);
	return done;
}

bool
load_schema_explain(const struct pg *pg, const char *schema,
		    struct failure *why)
{
	const char *user = pg_user(pg);

	if (pg_wrong_shape(pg)) {
		fail_in(why, "schema %s has tables of another shape", schema);
		return fail_next(why,
				 "load into a schema of its own: --schema "
				 "%s_other (qb-load(1) shows the shape)",
				 schema);
	}
	if (!pg_permission_denied(pg) || !user[0])
		return false;
	return fail_next(
		why,
		"have the owner run, in the folder sql/schema of the source "
		"or share/qb/sql/schema of the installation: psql -v "
		"schema=%s -v role=%s -f grants.sql -- which does "
		"GRANT USAGE ON SCHEMA "
		"%s TO %s; GRANT SELECT, INSERT, UPDATE ON ALL TABLES "
		"IN SCHEMA %s TO %s",
		schema, user, schema, user, schema, user);
}
