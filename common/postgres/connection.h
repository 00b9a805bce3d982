/*
 * postgres/connection.h - a connection to PostgreSQL, and statements.
 *
 * The wing postgres/ has connections, statements and COPY; load/, check/ and
 * the tools that use PostgreSQL include it.  Only this file, connect.c, copy.c
 * and arrays.c include libpq.
 *
 * FAILURE_LATER: the connection is lost, the server is shutting down or full,
 * or it aborted this transaction because of a conflict with another.
 * FAILURE_REFUSED: no such database or table, no right, a wrong password.
 * FAILURE_DATA: the type cannot hold a value.  No failure's text shows a
 * password or a stored value.
 */
#ifndef POSTGRES_CONNECTION_H
#define POSTGRES_CONNECTION_H

#include "postgres/sql_template.h"
#include "postgres/sqlstate.h"

struct pg {
	void *conn;           /* PGconn; NULL: not connected */
	char *line;           /* the last one of COPY ... TO STDOUT */
	struct buf statement; /* expanded from its template */
	struct buf unsent;    /* bytes of COPY ... FROM STDIN */
	const char *application;

	/* of the last failure */
	char sqlstate[SQLSTATE_SIZE]; /* "": not from the server */
	int64_t copy_row;             /* of a COPY, from 1; 0: none was named */
};

/* `application` appears in pg_stat_activity: "qb-load".  Does not connect. */
void pg_init(struct pg *pg, const char *application);
void pg_close(struct pg *pg);
void pg_free(struct pg *pg); /* closes too */

/* Was it connected?  The connection may be broken by now. */
bool pg_is_open(const struct pg *pg);

/* "" while not connected. */
const char *pg_user(const struct pg *pg);
const char *pg_database(const struct pg *pg);

/* What kind of failure was the last one? */
bool pg_connection_lost(const struct pg *pg);
bool pg_permission_denied(const struct pg *pg);
/* A table or column does not exist or has another type. */
bool pg_wrong_shape(const struct pg *pg);
bool pg_unique_violation(const struct pg *pg);
/* A value is invalid for its type or too large. */
bool pg_invalid_value(const struct pg *pg);
/* A deadlock or serialization failure: the transaction may be retried. */
bool pg_serialization_failed(const struct pg *pg);

/* Rows that a statement returned; texts live until pg_result_free(). */
struct pg_result {
	void *result; /* PGresult */
	int rows;
};

/*
 * Run a statement (postgres/sql_template.h), or several, separated by
 * semicolons, which are then one transaction; `answer` (NULL: not needed) is
 * the last one's.  Free it also when this fails.
 */
bool pg_run(struct pg *pg, const char *sql, const struct sql_variable *with,
	    size_t count, struct pg_result *answer,
	    struct failure *why) MUST_CHECK;
void pg_result_free(struct pg_result *answer);

/* NUL-terminated text; "" for NULL, see pg_null(). */
const char *pg_text(const struct pg_result *answer, int row, int column);
bool pg_null(const struct pg_result *answer, int row, int column);
int64_t pg_integer(const struct pg_result *answer, int row, int column);

/* pg_rollback() may also be called on a broken connection. */
bool pg_begin(struct pg *pg, struct failure *why) MUST_CHECK;
void pg_rollback(struct pg *pg);
/*
 * FAILURE_LATER and pg_connection_lost(): it may have been committed or not.
 * FAILURE_BUG: the server answered ROLLBACK, so an earlier failure was ignored.
 * A commit survives a crash of the server: synchronous_commit = off of the role
 * or the database is overridden.
 */
bool pg_commit(struct pg *pg, struct failure *why) MUST_CHECK;

/*
 * For postgres/connect.c, copy.c and arrays.c only; `result` is a PGresult and
 * `status` an ExecStatusType of libpq.  Expand a template into `statement`; run
 * a statement and require that status; require it of a result; turn a result
 * into an answer (NULL: not needed), or free it; fail with libpq's message
 * (returns false).
 */
bool pg_expand(struct pg *pg, const char *sql, const struct sql_variable *with,
	       size_t count, struct failure *why) MUST_CHECK;
bool pg_run_expecting(struct pg *pg, const char *sql,
		      const struct sql_variable *with, size_t count, int status,
		      struct failure *why) MUST_CHECK;
bool pg_check_result(struct pg *pg, void *result, int status,
		     struct failure *why) MUST_CHECK;
bool pg_store_result(struct pg *pg, void *result, struct pg_result *answer,
		     struct failure *why) MUST_CHECK;
bool pg_fail_connection(struct pg *pg, struct failure *why);

#endif
