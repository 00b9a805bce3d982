#include <libpq-fe.h>

#include "postgres/copy.h"
#include "json/json.h"

/* libpq is fastest when fed 32 to 64 kB at a time (measured). */
enum { CHUNK_BYTES = 48 * 1024 };

bool
pg_copy_begin(struct pg *pg, const char *sql, const struct sql_variable *with,
	      size_t count, struct failure *why)
{
	buf_clear(&pg->unsent);
	return pg_run_expecting(pg, sql, with, count, PGRES_COPY_IN, why);
}

static bool
send_unsent(struct pg *pg, struct failure *why)
{
	struct buf *unsent = &pg->unsent;

	for (size_t sent = 0; sent < unsent->len;) {
		size_t left = unsent->len - sent;
		size_t part = left < CHUNK_BYTES ? left : CHUNK_BYTES;

		if (PQputCopyData(pg->conn, unsent->at + sent, (int)part) != 1)
			return pg_fail_connection(pg, why);
		sent += part;
	}
	buf_clear(unsent);
	return true;
}

bool
pg_copy_add(struct pg *pg, struct slice bytes, struct failure *why)
{
	return buf_add_slice(&pg->unsent, bytes, why) &&
	       (pg->unsent.len < CHUNK_BYTES || send_unsent(pg, why));
}

/*
 * End a COPY.  Only now the server tells whether it failed; libpq requires that
 * results are read until NULL.
 */
static bool
end_copy(struct pg *pg, const char *reason, int64_t *rows, struct failure *why)
{
	PGresult *result;
	bool done = true;

	if (PQputCopyEnd(pg->conn, reason) != 1)
		return pg_fail_connection(pg, why);
	while ((result = PQgetResult(pg->conn))) {
		if (done)
			done = pg_check_result(pg, result, PGRES_COMMAND_OK,
					       why);
		if (done && !json_integer(slice_of(PQcmdTuples(result)), rows))
			*rows = -1;
		PQclear(result);
	}
	return done;
}

bool
pg_copy_end(struct pg *pg, int64_t rows, struct failure *why)
{
	int64_t took = -1;

	if (!send_unsent(pg, why) || !end_copy(pg, NULL, &took, why))
		return false;
	if (took == rows)
		return true;
	return fail(why, FAILURE_DATA,
		    "PostgreSQL took %" PRId64 " rows of %" PRId64, took, rows);
}

void
pg_copy_drop(struct pg *pg)
{
	struct failure ignored = { 0 };
	char sqlstate[SQLSTATE_SIZE];
	int64_t rows, copy_row = pg->copy_row;

	memcpy(sqlstate, pg->sqlstate, sizeof(sqlstate));
	buf_clear(&pg->unsent);
	if (pg->conn && PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
		(void)!end_copy(pg, "cancelled by the client", &rows, &ignored);
	/* the server names the row where we stopped, which it did not refuse */
	memcpy(pg->sqlstate, sqlstate, sizeof(sqlstate));
	pg->copy_row = copy_row;
}

bool
pg_copy_out_begin(struct pg *pg, const char *sql,
		  const struct sql_variable *with, size_t count,
		  struct failure *why)
{
	return pg_run_expecting(pg, sql, with, count, PGRES_COPY_OUT, why);
}

/* After the last line comes the status, then NULL. */
static enum pg_copy_out
end_reading(struct pg *pg, struct failure *why)
{
	PGresult *result;
	bool done = true;

	while ((result = PQgetResult(pg->conn))) {
		if (done)
			done = pg_check_result(pg, result, PGRES_COMMAND_OK,
					       why);
		PQclear(result);
	}
	return done ? PG_COPY_DONE : PG_COPY_FAILED;
}

enum pg_copy_out
pg_copy_out_next(struct pg *pg, struct slice *line, struct failure *why)
{
	PQfreemem(pg->line);
	pg->line = NULL;

	int len = PQgetCopyData(pg->conn, &pg->line, 0);
	if (len == -1)
		return end_reading(pg, why);
	if (len < 0) {
		pg_fail_connection(pg, why);
		return PG_COPY_FAILED;
	}
	*line = (struct slice){ pg->line, (size_t)len - 1 };
	return PG_COPY_LINE;
}
