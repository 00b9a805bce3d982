#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include "postgres/connect.h"

enum {
	CONNECT_WAIT_MS = 60 * 1000,
	MOST_UNDER_WAY = 1024 * 1024, /* bytes; the kernel may take less */
};

static const char *dsn;

static const struct option_row settings[] = {
	{ .name = "dsn",
	  .argument = "DSN",
	  .help = "where to connect, as libpq reads it; no password here",
	  .text = &dsn },
};

const struct option_table pg_options = {
	.rows = settings,
	.count = LENGTH(settings),
};

static bool
not_connected(struct pg *pg, struct failure *why)
{
	const char *message = PQerrorMessage(pg->conn), *rest;
	char said[512];

	if (sqlstate_find(message, pg->sqlstate, &rest)) {
		snprintf(said, sizeof(said), "%.*s", (int)strcspn(rest, "\n"),
			 rest);
		return sqlstate_fail(pg->sqlstate, said, why);
	}
	pg_fail_connection(pg, why);
	if (PQconnectionNeedsPassword(pg->conn)) {
		why->kind = FAILURE_REFUSED;
		return fail_next(why, "put the password into ~/.pgpass or "
				      "PGPASSFILE");
	}
	return fail_next(why,
			 "look at PGHOST and PGPORT, or --dsn, and whether "
			 "the server runs; then run the same command "
			 "again");
}

/* PQconnectdb(), but verbose from the start, which is how a SQLSTATE shows. */
static bool
connect_verbose(struct pg *pg, const char *const *keys,
		const char *const *values, struct failure *why)
{
	PostgresPollingStatusType step = PGRES_POLLING_WRITING;

	pg->conn = PQconnectStartParams(keys, values, 1);
	if (!pg->conn)
		return fail(why, FAILURE_IO, "libpq has no memory");
	PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
	if (PQstatus(pg->conn) == CONNECTION_BAD)
		return not_connected(pg, why);
	while (step != PGRES_POLLING_OK) {
		struct pollfd wait = { .fd = PQsocket(pg->conn),
				       .events = step == PGRES_POLLING_READING
							 ? POLLIN
							 : POLLOUT };

		int ready = poll(&wait, 1, CONNECT_WAIT_MS);
		if (ready < 0 && errno != EINTR)
			return fail_errno(why, "poll");
		if (!ready)
			return fail(why, FAILURE_LATER,
				    "PostgreSQL does not answer within %d s",
				    CONNECT_WAIT_MS / 1000);
		step = PQconnectPoll(pg->conn);
		if (step == PGRES_POLLING_FAILED)
			return not_connected(pg, why);
	}
	PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
	return true;
}

/* libpq's complaint may quote the password; it is not repeated. */
static bool
dsn_is_right(struct failure *why)
{
	PQconninfoOption *parsed;

	if (!dsn)
		return true;
	parsed = PQconninfoParse(dsn, NULL);
	PQconninfoFree(parsed);
	if (parsed)
		return true;
	fail(why, FAILURE_USAGE,
	     "--dsn is no connection string that libpq understands");
	return fail_next(why, "write it as \"host=... dbname=...\" or "
			      "postgresql://user@host/database");
}

/* A notice ("table exists, skipping") is nothing that a user should do. */
static void
pass_over(void *nothing, const PGresult *notice)
{
	(void)nothing;
	(void)notice;
}

static int
option_of(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) ? -1 : value;
}

/* A server on this machine takes many rows at once, and both wake up less often
 * then.  TCP finds out by itself how much may be under way. */
static void
widen(const struct pg *pg)
{
	const int bytes = MOST_UNDER_WAY;
	int fd = PQsocket(pg->conn);

	if (option_of(fd, SO_DOMAIN) == AF_UNIX &&
	    option_of(fd, SO_SNDBUF) < bytes)
		(void)!setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes,
				  sizeof(bytes));
}

bool
pg_connect(struct pg *pg, struct failure *why)
{
	/* what stands later wins over what --dsn says */
	const char *keys[] = { "dbname", "client_encoding",
			       "fallback_application_name", NULL };
	const char *values[] = { dsn, "UTF8", pg->application, NULL };

	pg_close(pg);
	pg->sqlstate[0] = '\0';
	if (!dsn_is_right(why))
		return false;
	if (!connect_verbose(pg, keys, values, why)) {
		pg_close(pg);
		return false;
	}
	PQsetNoticeReceiver(pg->conn, pass_over, NULL);
	widen(pg);
	return pg_run(pg,
		      "set timezone = 'UTC'; set datestyle = 'ISO';"
		      "set search_path = ''; set client_min_messages = error;"
		      "set standard_conforming_strings = on;"
		      /* compiling takes longer than what it speeds up here */
		      "set jit = off;"
		      /* a client that is gone holds its locks for two minutes,
		       * where the kernel alone takes two hours; 0: no TCP */
		      "select set_config('tcp_keepalives_idle', '60', false),"
		      " set_config('tcp_keepalives_interval', '10', false),"
		      " set_config('tcp_keepalives_count', '6', false) "
		      "where current_setting('tcp_keepalives_idle')::int > 60;"
		      /* what is told as committed outlives a crash */
		      "select set_config('synchronous_commit', 'on', false) "
		      "where current_setting('synchronous_commit') = 'off';"
		      "set default_transaction_isolation = 'read committed'",
		      NULL, 0, NULL, why);
}
