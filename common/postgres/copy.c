#include <libpq-fe.h>

#include "postgres/copy.h"
#include "json/json.h"

/* libpq is fastest when fed 32 to 64 kB at a time (measured). */
enum { PIECE = 48 * 1024 };

bool
pg_copy_begin(struct pg *pg, const char *sql, const struct sql_variable *with,
	      size_t count, struct failure *why)
{
	buf_clear(&pg->pieces);
	return pg_run_expecting(pg, sql, with, count, PGRES_COPY_IN, why);
}

static bool
send_pieces(struct pg *pg, struct failure *why)
{
	struct buf *pieces = &pg->pieces;

	for (size_t sent = 0; sent < pieces->len;) {
		size_t left = pieces->len - sent;
		size_t part = left < PIECE ? left : PIECE;

		if (PQputCopyData(pg->conn, pieces->at + sent, (int)part) != 1)
			return pg_fail_connection(pg, why);
		sent += part;
	}
	buf_clear(pieces);
	return true;
}

bool
pg_copy_add(struct pg *pg, struct slice bytes, struct failure *why)
{
	return buf_add_slice(&pg->pieces, bytes, why) &&
	       (pg->pieces.len < PIECE || send_pieces(pg, why));
}

/*
 * End a COPY and take all that the server has to say: its verdict comes only
 * now, and libpq wants to be read until NULL.
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

	if (!send_pieces(pg, why) || !end_copy(pg, NULL, &took, why))
		return false;
	if (took == rows)
		return true;
	return fail(why, FAILURE_DATA,
		    "PostgreSQL took %" PRId64 " rows of %" PRId64, took, rows);
}

void
pg_copy_drop(struct pg *pg)
{
	struct failure unheard = { 0 };
	char sqlstate[SQLSTATE_SIZE];
	int64_t rows, copy_row = pg->copy_row;

	memcpy(sqlstate, pg->sqlstate, sizeof(sqlstate));
	buf_clear(&pg->pieces);
	if (pg->conn && PQtransactionStatus(pg->conn) == PQTRANS_ACTIVE)
		(void)!end_copy(pg, "given up by the sender", &rows, &unheard);
	/* the server names the row where we stopped: none that it refused */
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

/* After the last line: the verdict, and then nothing. */
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
