#include <libpq-fe.h>

#include "postgres/connection.h"
#include "json/json.h"

enum {
	MOST_STATEMENT_BYTES = 1024 * 1024,
	/* a COPY row is one line of a stream, and lines are bounded */
	MOST_UNSENT_BYTES = 256 * 1024 * 1024,
};

void
pg_init(struct pg *pg, const char *application)
{
	*pg = (struct pg){ .application = application };
	buf_init(&pg->statement, MOST_STATEMENT_BYTES);
	buf_init(&pg->unsent, MOST_UNSENT_BYTES);
}

void
pg_close(struct pg *pg)
{
	PQfreemem(pg->line);
	pg->line = NULL;
	PQfinish(pg->conn);
	pg->conn = NULL;
}

void
pg_free(struct pg *pg)
{
	pg_close(pg);
	buf_free(&pg->statement);
	buf_free(&pg->unsent);
}

bool
pg_connection_lost(const struct pg *pg)
{
	return PQstatus(pg->conn) != CONNECTION_OK;
}

const char *
pg_user(const struct pg *pg)
{
	return pg->conn ? PQuser(pg->conn) : "";
}

const char *
pg_database(const struct pg *pg)
{
	return pg->conn ? PQdb(pg->conn) : "";
}

bool
pg_permission_denied(const struct pg *pg)
{
	return !strcmp(pg->sqlstate, "42501");
}

bool
pg_wrong_shape(const struct pg *pg)
{
	static const char *const states[] = {
		"42703", /* no such column */
		"42P01", /* no such table */
		"42804", /* another type */
		"42883", /* no operator for it */
		"42P10", /* no primary key */
		"42809", /* a view, say */
	};

	for (size_t i = 0; i < LENGTH(states); i++)
		if (!strcmp(pg->sqlstate, states[i]))
			return true;
	return false;
}

bool
pg_unique_violation(const struct pg *pg)
{
	return !strcmp(pg->sqlstate, "23505");
}

bool
pg_is_open(const struct pg *pg)
{
	return pg->conn;
}

bool
pg_invalid_value(const struct pg *pg)
{
	return !strncmp(pg->sqlstate, "22", 2) ||
	       !strncmp(pg->sqlstate, "54", 2);
}

bool
pg_serialization_failed(const struct pg *pg)
{
	return !strcmp(pg->sqlstate, "40001") || !strcmp(pg->sqlstate, "40P01");
}

/* The first line of libpq's message, which mostly begins "connection to". */
bool
pg_fail_connection(struct pg *pg, struct failure *why)
{
	static const char lost[] = "connection lost";
	const char *said = PQerrorMessage(pg->conn);
	int len = (int)strcspn(said, "\n"); /* libpq bounds it */

	pg->sqlstate[0] = '\0';
	return fail(why, FAILURE_LATER, "PostgreSQL: %.*s",
		    len ? len : (int)strlen(lost), len ? said : lost);
}

/*
 * Only the primary message: DETAIL and CONTEXT may show stored values.  Except
 * of 22P05, whose DETAIL says which escape it is.
 */
static bool
fail_with_result(struct pg *pg, const PGresult *result, struct failure *why)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	char both[512];

	pg->copy_row =
		sqlstate_copy_row(PQresultErrorField(result, PG_DIAG_CONTEXT));
	if (!state || !said)
		return pg_fail_connection(pg, why);
	snprintf(pg->sqlstate, sizeof(pg->sqlstate), "%s", state);
	if (strcmp(state, "22P05"))
		detail = NULL;
	snprintf(both, sizeof(both), "%s%s%s", said, detail ? ": " : "",
		 detail ? detail : "");
	return sqlstate_fail(state, both, why);
}

bool
pg_check_result(struct pg *pg, void *result, int status, struct failure *why)
{
	ExecStatusType got = PQresultStatus(result);

	if ((int)got == status)
		return true;
	if (!result || got == PGRES_FATAL_ERROR || got == PGRES_BAD_RESPONSE)
		return fail_with_result(pg, result, why);
	return fail(why, FAILURE_BUG, "unexpected result of a statement: %s",
		    PQresStatus(got));
}

bool
pg_expand(struct pg *pg, const char *sql, const struct sql_variable *with,
	  size_t count, struct failure *why)
{
	if (!pg->conn)
		BUG("a statement without a connection");
	pg->copy_row = 0;
	buf_clear(&pg->statement);
	return sql_template_expand(sql, with, count, &pg->statement, why);
}

bool
pg_store_result(struct pg *pg, void *result, struct pg_result *answer,
		struct failure *why)
{
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK ||
		    pg_check_result(pg, result, PGRES_TUPLES_OK, why);

	if (done && answer) {
		answer->result = result;
		answer->rows = PQntuples(result);
	} else {
		PQclear(result);
	}
	return done;
}

bool
pg_run(struct pg *pg, const char *sql, const struct sql_variable *with,
       size_t count, struct pg_result *answer, struct failure *why)
{
	if (answer)
		*answer = (struct pg_result){ 0 };
	return pg_expand(pg, sql, with, count, why) &&
	       pg_store_result(pg, PQexec(pg->conn, pg->statement.at), answer,
			       why);
}

bool
pg_run_expecting(struct pg *pg, const char *sql,
		 const struct sql_variable *with, size_t count, int status,
		 struct failure *why)
{
	if (!pg_expand(pg, sql, with, count, why))
		return false;
	PGresult *result = PQexec(pg->conn, pg->statement.at);
	bool done = pg_check_result(pg, result, status, why);

	PQclear(result);
	return done;
}

void
pg_result_free(struct pg_result *answer)
{
	PQclear(answer->result);
	*answer = (struct pg_result){ 0 };
}

const char *
pg_text(const struct pg_result *answer, int row, int column)
{
	return PQgetvalue(answer->result, row, column);
}

bool
pg_null(const struct pg_result *answer, int row, int column)
{
	return PQgetisnull(answer->result, row, column);
}

int64_t
pg_integer(const struct pg_result *answer, int row, int column)
{
	int64_t number;

	if (!json_integer(slice_of(pg_text(answer, row, column)), &number))
		BUG("a column is not an integer");
	return number;
}

bool
pg_begin(struct pg *pg, struct failure *why)
{
	return pg_run(pg, "begin", NULL, 0, NULL, why);
}

void
pg_rollback(struct pg *pg)
{
	if (pg->conn && !pg_connection_lost(pg) &&
	    PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		PQclear(PQexec(pg->conn, "rollback"));
}

bool
pg_commit(struct pg *pg, struct failure *why)
{
	PGresult *result = PQexec(pg->conn, "commit");
	bool done = pg_check_result(pg, result, PGRES_COMMAND_OK, why);

	if (done && strcmp(PQcmdStatus(result), "COMMIT"))
		done = fail(why, FAILURE_BUG,
			    "COMMIT was answered with %s: a statement of "
			    "the transaction had failed",
			    PQcmdStatus(result));
	PQclear(result);
	return done;
}
