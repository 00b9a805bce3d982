#include <stdatomic.h>

#include "base/log.h"
#include "load/schema.h"

static const char existing_objects_sql[] =
#include "sql/schema/existing_objects.sql.h"
	;
static const char schema_sql[] =
#include "sql/schema/schema.sql.h"
	;
static const char table_sql[] =
#include "sql/schema/table.sql.h"
	;
static const char bind_company_sql[] =
#include "sql/load/bind_company.sql.h"
	;

struct objects {
	bool schema, ledger, table, unique_id, empty, deleted_index;
	enum ledger_columns columns;
};

static bool
find_objects(struct pg *pg, const struct sql_variable *with, size_t count,
	     struct objects *has, struct failure *why)
{
	struct pg_result answer;
	bool done = pg_run(pg, existing_objects_sql, with, count, &answer, why);

	if (done) {
		has->schema = !strcmp(pg_text(&answer, 0, 0), "t");
		has->ledger = !strcmp(pg_text(&answer, 0, 1), "t");
		has->table = !strcmp(pg_text(&answer, 0, 2), "t");
		has->unique_id = !strcmp(pg_text(&answer, 0, 3), "t");
		has->empty = !strcmp(pg_text(&answer, 0, 4), "t");
		has->columns = (enum ledger_columns)pg_integer(&answer, 0, 5);
		has->deleted_index = !strcmp(pg_text(&answer, 0, 6), "t");
	}
	pg_result_free(&answer);
	return done;
}

static bool
fail_to_create(struct pg *pg, const struct sql_variable *with,
	       const struct objects *has, struct failure *why)
{
	const char *schema = with[0].value, *user = pg_user(pg);
	const char *kind = has->schema ? "SCHEMA" : "DATABASE";
	const char *where = has->schema ? schema : pg_database(pg);

	pg_rollback(pg);
	if (has->ledger)
		fail_in(why, "table %s.%s is missing and cannot be created",
			schema, with[1].value);
	else
		fail_in(why, "%sschema %s is missing and cannot be created",
			has->schema ? "the load log of " : "", schema);
	if (!pg_permission_denied(pg))
		return false;
	return fail_next(
		why,
		"have the owner of %s %s run, in the folder sql/schema of "
		"the source or share/qb/sql/schema of the installation: psql "
		"-v schema=%s -f schema.sql; psql -v schema=%s -v "
		"table=%s -f table.sql; psql -v schema=%s -v role=%s "
		"-f grants.sql -- or: GRANT CREATE ON %s %s TO %s",
		has->schema ? "schema" : "database", where, schema, schema,
		with[1].value, schema, user, kind, where, user);
}

#define RUN_SCHEMA_SQL \
	"run, in the folder sql/schema of the source or share/qb/sql/schema " \
	"of the installation: psql -v schema=%s -f schema.sql"

/* Each loader of the process finds out for itself. */
static void
warn_of_columns(const char *schema, enum ledger_columns columns,
		const struct failure *reason)
{
	static atomic_flag warned = ATOMIC_FLAG_INIT;

	if (atomic_flag_test_and_set(&warned))
		return;
	if (columns == LEDGER_CALLS)
		log_warn("the load log %s.qb_windows has no column deleted, "
			 "and it cannot be added: %s; have its "
			 "owner " RUN_SCHEMA_SQL,
			 schema, reason->text, schema);
	else
		log_warn("the load log %s.qb_windows has no columns calls, "
			 "provisional and deleted, and they cannot be added: "
			 "%s; have its owner " RUN_SCHEMA_SQL,
			 schema, reason->text, schema);
}

static bool
lock_timed_out(const struct pg *pg)
{
	return !strcmp(pg->sqlstate, "55P03");
}

/* The load goes on, and what fails later is explained by its own SQLSTATE. */
static void
forget(struct pg *pg, struct failure *why)
{
	*why = (struct failure){ 0 };
	pg->sqlstate[0] = '\0';
}

/*
 * Adding them locks the ledger, so it is done only where they are missing, and
 * tried once.  A load does not fail without them, unless rows are gone: what is
 * lost is how many calls were made, and which empty windows were read too
 * early.
 */
static bool
add_columns(struct pg *pg, const struct sql_variable *with, size_t count,
	    struct load_schema *at, struct objects *has, struct failure *why)
{
	if (has->columns == LEDGER_DELETED || at->add_failed)
		return true;
	if (pg_run(pg, schema_sql, with, count, NULL, why)) {
		has->columns = LEDGER_DELETED;
		return true;
	}
	pg_rollback(pg);
	if (!pg_permission_denied(pg) && !lock_timed_out(pg))
		return fail_in(why, "the load log of schema %s", at->schema);
	warn_of_columns(at->schema, has->columns, why);
	forget(pg, why);
	at->add_failed = true;
	return true;
}

/* Creating it makes all wait who write to the table, so it is tried once. */
static bool
add_deleted_index(struct pg *pg, const struct entity *entity,
		  const struct sql_variable *with, size_t count,
		  struct load_schema *at, const struct objects *has,
		  struct failure *why)
{
	if (!has->table || has->deleted_index || at->index_failed == entity ||
	    pg_run(pg, table_sql, with, count, NULL, why))
		return true;
	pg_rollback(pg);
	/* what a table of another shape lacks is told when it is loaded */
	if (!pg_permission_denied(pg) && !lock_timed_out(pg) &&
	    !pg_wrong_shape(pg))
		return fail_in(why, "the table %s.%s", at->schema,
			       entity->table);
	forget(pg, why);
	at->index_failed = entity;
	return true;
}

static bool
create_missing(struct pg *pg, const struct sql_variable *with, size_t count,
	       struct load_schema *at, struct objects *has, struct failure *why)
{
	if (!add_columns(pg, with, count, at, has, why))
		return false;
	if (!has->ledger && !pg_run(pg, schema_sql, with, count, NULL, why))
		return fail_to_create(pg, with, has, why);
	has->ledger = true;
	if (has->table)
		return true;
	has->unique_id = has->empty = true;
	return pg_run(pg, table_sql, with, count, NULL, why) ||
	       fail_to_create(pg, with, has, why);
}

bool
load_schema_prepare(struct pg *pg, const struct entity *entity, bool dry_run,
		    struct load_schema *at, struct failure *why)
{
	struct sql_variable with[] = { { "schema", at->schema },
				       { "table", entity->table } };
	struct objects has;

	if (!find_objects(pg, with, LENGTH(with), &has, why) ||
	    (!dry_run &&
	     (!add_deleted_index(pg, entity, with, LENGTH(with), at, &has,
				 why) ||
	      !create_missing(pg, with, LENGTH(with), at, &has, why))))
		return false;
	at->has_ledger = has.ledger;
	at->ledger_columns = has.columns;
	at->has_unique_id = has.unique_id;
	at->is_empty = has.empty;
	if (has.table || !dry_run)
		return true;
	with[0].value = at->schema = "pg_temp";
	return pg_run(pg, table_sql, with, LENGTH(with), NULL, why);
}

bool
load_schema_require_deleted(const struct load_schema *at, struct failure *why)
{
	if (at->ledger_columns == LEDGER_DELETED)
		return true;
	fail(why, FAILURE_REFUSED,
	     "objects are gone, and the load log %s.qb_windows has no column "
	     "deleted to say so",
	     at->schema);
	return fail_next(why, "have its owner " RUN_SCHEMA_SQL, at->schema);
}

bool
load_schema_bind(struct pg *pg, const char *schema, const char *realm,
		 bool dry_run, struct failure *why)
{
	static const char ask[] = "select realm_id from :\"schema\".qb_realm";
	const struct sql_variable with[] = { { "schema", schema },
					     { "realm", realm } };
	struct pg_result answer;
	bool done = pg_run(pg, dry_run ? ask : bind_company_sql, with,
			   LENGTH(with), &answer, why);

	if (done && answer.rows && strcmp(pg_text(&answer, 0, 0), realm)) {
		done = fail(why, FAILURE_REFUSED,
			    "schema %s belongs to company %s, and these rows "
			    "are of company %s",
			    schema, pg_text(&answer, 0, 0), realm);
		fail_next(why,
			  "give this company a schema of its own: "
			  "--schema=%s_other",
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
		fail_in(why, "schema %s has tables with other columns", schema);
		return fail_next(why,
				 "load into another schema: --schema=%s_other "
				 "(qb-load(1) shows the columns)",
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
