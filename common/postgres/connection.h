/*
 * postgres/connection.h - a conversation with PostgreSQL.
 *
 * The door to libpq.  postgres/connect.h connects; postgres/copy.h and
 * postgres/arrays.h are the other ways to send something.
 *
 * FAILURE_LATER: the connection is lost, the server is stopping, full, or had
 * to choose between two transactions.  FAILURE_REFUSED: no such database or
 * table, no right, a wrong password.  FAILURE_DATA: a value that it cannot
 * hold.  No text of a failure shows a password or a stored value.
 */
#ifndef POSTGRES_CONNECTION_H
#define POSTGRES_CONNECTION_H

#include "postgres/sql_template.h"
#include "postgres/sqlstate.h"

struct pg {
	void *conn;              /* PGconn; NULL: not connected */
	char *line;              /* the last one of COPY ... TO STDOUT */
	struct buf text, pieces; /* a statement; COPY bytes not sent yet */
	const char *application;

	/* of the last failure */
	char sqlstate[SQLSTATE_SIZE]; /* "" where the server said nothing */
	int64_t copy_row;             /* of a COPY, from 1; 0: none is named */
};

/* `application` shows in pg_stat_activity: "qb-load".  Connects to nothing. */
void pg_init(struct pg *pg, const char *application);
void pg_close(struct pg *pg);
void pg_free(struct pg *pg); /* closes too */

/* Is there a connection, though it may be broken? */
bool pg_is_open(const struct pg *pg);

/* As whom, and where; "" while not connected. */
const char *pg_user(const struct pg *pg);
const char *pg_database(const struct pg *pg);

/* Is the last failure that the connection broke? */
bool pg_connection_lost(const struct pg *pg);
/* Is it for want of a right? */
bool pg_permission_denied(const struct pg *pg);
/* Is a column or table not there, or of another type? */
bool pg_wrong_shape(const struct pg *pg);
/* Does it say that the key is there already? */
bool pg_unique_violation(const struct pg *pg);
/* Is a value none of its type, or too much for it? */
bool pg_invalid_value(const struct pg *pg);
/* Did the server undo one transaction of two that met?  Try it again. */
bool pg_serialization_failed(const struct pg *pg);

/* What a statement answered; texts live until pg_result_free(). */
struct pg_result {
	void *result; /* PGresult */
	int rows;
};

/*
 * Run a statement (postgres/sql_template.h), or several in one go, which are
 * then one transaction unless they say otherwise; `answer` (NULL: not wanted)
 * is the last one's. Free it also when this fails.
 */
bool pg_run(struct pg *pg, const char *sql, const struct sql_variable *with,
	    size_t count, struct pg_result *answer,
	    struct failure *why) MUST_CHECK;
void pg_result_free(struct pg_result *answer);

/* NUL-terminated text; "" for NULL, which pg_null() tells apart. */
const char *pg_text(const struct pg_result *answer, int row, int column);
bool pg_null(const struct pg_result *answer, int row, int column);
int64_t pg_integer(const struct pg_result *answer, int row, int column);

/* begin; and, after a failure, roll back: a broken connection is fine. */
bool pg_begin(struct pg *pg, struct failure *why) MUST_CHECK;
void pg_rollback(struct pg *pg);
/*
 * FAILURE_LATER and pg_connection_lost(): nobody knows whether it was
 * committed.  A server that answers ROLLBACK is FAILURE_BUG: a failure was
 * passed over. What was committed outlives a crash of the server: a
 * synchronous_commit that is off for the role or the database is on here.
 */
bool pg_commit(struct pg *pg, struct failure *why) MUST_CHECK;

/*
 * For the other parts of this door, postgres/connect.c, postgres/copy.c and
 * postgres/arrays.c; a result and its status are libpq's.  Fill a statement
 * into `text`; run one that must answer `status`; hold a result to it; make an
 * answer (NULL: not wanted) of a result, or free it; tell that the connection
 * broke (returns false).
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
