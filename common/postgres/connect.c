#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include "postgres/connect.h"

enum {
	CONNECT_WAIT_MS = 60 * 1000,
	SEND_BUFFER_BYTES = 1024 * 1024, /* the kernel may give less */
};

static const char *dsn;

static const struct option_row rows[] = {
	{ .name = "dsn",
	  .argument = "DSN",
	  .help = "connection string (passwords: ~/.pgpass)",
	  .text = &dsn },
};

const struct option_table pg_options = {
	.rows = rows,
	.count = LENGTH(rows),
};

static bool
fail_to_connect(struct pg *pg, struct failure *why)
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
	return fail_next(why, "check PGHOST and PGPORT, or --dsn, and that the "
			      "server is running; then run the same command "
			      "again");
}

/* PQconnectdb(), but verbose from the start, to get the SQLSTATE. */
static bool
connect_verbose(struct pg *pg, const char *const *keys,
		const char *const *values, struct failure *why)
{
	PostgresPollingStatusType step = PGRES_POLLING_WRITING;

	pg->conn = PQconnectStartParams(keys, values, 1);
	if (!pg->conn)
		return fail(why, FAILURE_IO, "libpq: out of memory");
	PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
	if (PQstatus(pg->conn) == CONNECTION_BAD)
		return fail_to_connect(pg, why);
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
				    "PostgreSQL did not answer within %d s",
				    CONNECT_WAIT_MS / 1000);
		step = PQconnectPoll(pg->conn);
		if (step == PGRES_POLLING_FAILED)
			return fail_to_connect(pg, why);
	}
	PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
	return true;
}

static bool
has_password(const PQconninfoOption *parsed)
{
	for (; parsed && parsed->keyword; parsed++)
		if (parsed->val && (!strcmp(parsed->keyword, "password") ||
				    !strcmp(parsed->keyword, "sslpassword")))
			return true;
	return false;
}

const char *
pg_dsn_shown(void)
{
	PQconninfoOption *parsed;

	if (!dsn)
		return NULL;
	parsed = PQconninfoParse(dsn, NULL);
	bool shown = parsed && !has_password(parsed);
	PQconninfoFree(parsed);
	return shown ? dsn : "...";
}

/* libpq's message may quote the password, so it is not shown. */
static bool
check_dsn(struct failure *why)
{
	PQconninfoOption *parsed;

	if (!dsn)
		return true;
	parsed = PQconninfoParse(dsn, NULL);
	PQconninfoFree(parsed);
	if (parsed)
		return true;
	fail(why, FAILURE_USAGE, "--dsn is not a valid connection string");
	return fail_next(why, "write it as \"host=... dbname=...\" or "
			      "postgresql://user@host/database");
}

/* A notice ("table exists, skipping") needs no action by the user. */
static void
ignore_notice(void *nothing, const PGresult *notice)
{
	(void)nothing;
	(void)notice;
}

static int
get_socket_option(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) ? -1 : value;
}

/* With a larger buffer a server on this machine gets more rows at a time, and
 * both processes wake up less often.  TCP adjusts its buffers itself. */
static void
enlarge_send_buffer(const struct pg *pg)
{
	const int bytes = SEND_BUFFER_BYTES;
	int fd = PQsocket(pg->conn);

	if (get_socket_option(fd, SO_DOMAIN) == AF_UNIX &&
	    get_socket_option(fd, SO_SNDBUF) < bytes)
		(void)!setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes,
				  sizeof(bytes));
}

bool
pg_connect(struct pg *pg, struct failure *why)
{
	/* later ones override --dsn */
	const char *keys[] = { "dbname", "client_encoding",
			       "fallback_application_name", NULL };
	const char *values[] = { dsn, "UTF8", pg->application, NULL };

	pg_close(pg);
	pg->sqlstate[0] = '\0';
	if (!check_dsn(why))
		return false;
	if (!connect_verbose(pg, keys, values, why)) {
		pg_close(pg);
		return false;
	}
	PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
	enlarge_send_buffer(pg);
	return pg_run(pg,
		      "set timezone = 'UTC'; set datestyle = 'ISO';"
		      "set search_path = ''; set client_min_messages = error;"
		      "set standard_conforming_strings = on;"
		      /* compiling takes longer than it saves here */
		      "set jit = off;"
		      /* a client that vanished keeps its locks for two
		       * minutes, by the kernel's default for two hours;
		       * 0: not TCP */
		      "select set_config('tcp_keepalives_idle', '60', false),"
		      " set_config('tcp_keepalives_interval', '10', false),"
		      " set_config('tcp_keepalives_count', '6', false) "
		      "where current_setting('tcp_keepalives_idle')::int > 60;"
		      /* a receipt must survive a crash of the server */
		      "select set_config('synchronous_commit', 'on', false) "
		      "where current_setting('synchronous_commit') = 'off';"
		      "set default_transaction_isolation = 'read committed'",
		      NULL, 0, NULL, why);
}
