/* covers: connection connect copy; against the private server of the test run
 */
#include "base/clock.h"
#include "postgres/connect.h"
#include "postgres/copy.h"
#include "postgres/copy_binary.h"
#include "private_server.h"
#include "tap.h"
#include <sys/socket.h>

static struct failure why;

static void
test_connection(struct pg *pg)
{
	struct pg_result answer = { 0 };

	ok(pg_connect(pg, &why), "it connects %s", why.text);
	ok(pg_run(pg,
		  "select current_setting('client_encoding'),"
		  "current_setting('timezone'), "
		  "current_setting('application_name'),"
		  "current_setting('search_path'), null, 7",
		  NULL, 0, &answer, &why),
	   "and asks");
	is(pg_text(&answer, 0, 0), "UTF8", "speaks UTF-8");
	is(pg_text(&answer, 0, 1), "UTC", "and UTC");
	is(pg_text(&answer, 0, 2), "qb-test", "by its name");
	is(pg_text(&answer, 0, 3), "\"\"", "and looks in no schema");
	ok(pg_null(&answer, 0, 4) && !*pg_text(&answer, 0, 4), "null is told");
	ok(pg_integer(&answer, 0, 5) == 7 && answer.rows == 1, "and numbers");
	pg_result_free(&answer);
	ok(*pg_user(pg) && *pg_database(pg), "it knows as whom, and where");
}

/* Of the local socket that is open: how many bytes may be under way. */
static int
under_way(void)
{
	for (int fd = 3; fd < 64; fd++) {
		int domain = 0, bytes = 0;
		socklen_t len = sizeof(domain);

		if (!getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
		    domain == AF_UNIX &&
		    !getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &len))
			return bytes;
	}
	return -1;
}

static int
usual(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), bytes = -1;
	socklen_t len = sizeof(bytes);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &len))
		BUG("no socket");
	close(fd);
	return bytes;
}

static void
test_under_way(void)
{
	int most = usual(), now = under_way();

	ok(now > most, "more may be under way than usual: %d, not %d", now,
	   most);
}

/* A receipt speaks of what is on the disk, whatever a role has been given. */
static void
test_commits_are_kept(struct pg *pg)
{
	struct pg_result answer = { 0 };
	static const char *const asked[][2] = {
		{ "off", "on" },
		{ "local", "local" },
		{ "remote_apply", "remote_apply" },
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		char options[64];

		snprintf(options, sizeof(options), "-c synchronous_commit=%s",
			 asked[i][0]);
		setenv("PGOPTIONS", options, 1);
		ok(pg_connect(pg, &why) && pg_run(pg, "show synchronous_commit",
						  NULL, 0, &answer, &why),
		   "synchronous_commit=%s: it asks", asked[i][0]);
		is(pg_text(&answer, 0, 0), asked[i][1], "and finds it right");
		pg_result_free(&answer);
	}
	unsetenv("PGOPTIONS");
}

static void
test_failures(struct pg *pg)
{
	const struct sql_variable with[] = { { "x", "it's" } };
	struct pg_result answer = { 0 };

	ok(pg_run(pg, "select :'x', :\"x\" from (select 1) t(\"it's\")", with,
		  1, &answer, &why) &&
		   !strcmp(pg_text(&answer, 0, 0), "it's"),
	   "variables are filled in");
	pg_result_free(&answer);
	ok(!pg_run(pg, "selct", NULL, 0, &answer, &why) &&
		   why.kind == FAILURE_REFUSED &&
		   !strcmp(pg->sqlstate, "42601"),
	   "a failure has its state: %s", why.text);
	ok(!pg_run(pg, "select 'sesame'::int", NULL, 0, NULL, &why) &&
		   why.kind == FAILURE_DATA,
	   "a value that does not fit is a data failure");
	ok(pg_begin(pg, &why) &&
		   !pg_run(pg, "select 1/0", NULL, 0, NULL, &why) &&
		   !pg_commit(pg, &why) && why.kind == FAILURE_BUG,
	   "COMMIT that answers ROLLBACK is no success: %s", why.text);
	ok(pg_begin(pg, &why), "a transaction begins");
	pg_rollback(pg);
	pg_rollback(pg);
	ok(pg_begin(pg, &why) && pg_commit(pg, &why), "and another commits");
}

static bool
send_numbers(struct pg *pg, int count, bool bad)
{
	struct buf row;
	bool done;

	buf_init(&row, 1024);
	done = pg_copy_begin(pg, "copy numbers from stdin (format binary)",
			     NULL, 0, &why) &&
	       copy_binary_header(&row, &why) &&
	       pg_copy_add(pg, buf_slice(&row), &why);
	for (int i = 0; done && i < count; i++) {
		buf_clear(&row);
		done = copy_binary_row(&row, 2, &why) &&
		       copy_binary_int8(&row, i, &why) &&
		       copy_binary_jsonb(&row,
					 bad && i == 16
						 ? SLICE("{\"a\":\"\\u0000\"}")
						 : SLICE("{\"a\":1.10}"),
					 &why) &&
		       pg_copy_add(pg, buf_slice(&row), &why);
	}
	buf_clear(&row);
	done = done && copy_binary_trailer(&row, &why) &&
	       pg_copy_add(pg, buf_slice(&row), &why);
	buf_free(&row);
	return done;
}

static void
test_copy(struct pg *pg)
{
	enum { COUNT = 20000 };
	struct slice line;
	int64_t lines = 0;
	bool right = true;
	enum pg_copy_out got;

	ok(pg_run(pg, "create temporary table numbers (n bigint, j jsonb)",
		  NULL, 0, NULL, &why),
	   "a table to copy into");
	ok(send_numbers(pg, COUNT, false) && pg_copy_end(pg, COUNT, &why),
	   "COPY takes %d rows %s", COUNT, why.text);
	ok(pg_copy_out_begin(pg,
			     "copy (select n, j from numbers order by n) to "
			     "stdout",
			     NULL, 0, &why),
	   "and gives them back");
	while ((got = pg_copy_out_next(pg, &line, &why)) == PG_COPY_LINE) {
		char want[64];

		snprintf(want, sizeof(want), "%" PRId64 "\t{\"a\": 1.10}",
			 lines++);
		right = right && slice_is(line, want);
	}
	ok(got == PG_COPY_DONE && lines == COUNT && right, "one line a row");
	ok(send_numbers(pg, 3, false) && !pg_copy_end(pg, 4, &why) &&
		   why.kind == FAILURE_DATA,
	   "a count that is wrong is told: %s", why.text);
	ok(send_numbers(pg, COUNT, true) && !pg_copy_end(pg, COUNT, &why) &&
		   why.kind == FAILURE_DATA && pg->copy_row == 17,
	   "a bad row is told by its number: %s", why.text);
	ok(pg_run(pg, "delete from numbers", NULL, 0, NULL, &why) &&
		   send_numbers(pg, 5, false),
	   "another COPY begins");
	pg_copy_drop(pg);
	pg_copy_drop(pg);
	struct pg_result answer;
	ok(pg_run(pg, "select count(*) from numbers", NULL, 0, &answer, &why) &&
		   pg_integer(&answer, 0, 0) == 0,
	   "and is dropped: nothing is stored");
	pg_result_free(&answer);
}

static void
test_lost(struct pg *pg)
{
	ok(!pg_run(pg, "select pg_terminate_backend(pg_backend_pid())", NULL, 0,
		   NULL, &why) &&
		   why.kind == FAILURE_LATER && pg_connection_lost(pg),
	   "a connection that ends: %s", why.text);
	ok(!pg_run(pg, "select 1", NULL, 0, NULL, &why) &&
		   why.kind == FAILURE_LATER,
	   "stays so: %s", why.text);
	pg_rollback(pg);
	pg_copy_drop(pg);
	ok(pg_connect(pg, &why) && pg_run(pg, "select 1", NULL, 0, NULL, &why),
	   "until it is opened again");
	setenv("PGDATABASE", "nowhere at all", 1);
	ok(!pg_connect(pg, &why) && why.kind == FAILURE_REFUSED &&
		   !strcmp(pg->sqlstate, "3D000"),
	   "no such database: %s", why.text);
	setenv("PGHOST", "/nonexistent", 1);
	ok(!pg_connect(pg, &why) && why.kind == FAILURE_LATER,
	   "no such server: %s", why.text);
}

int
main(void)
{
	struct pg pg;

	if (!private_server())
		return 0;
	pg_init(&pg, "qb-test");
	test_commits_are_kept(&pg);
	test_connection(&pg);
	if (*getenv("PGHOST") == '/')
		test_under_way();
	test_failures(&pg);
	test_copy(&pg);
	test_lost(&pg);
	pg_free(&pg);
	pg_free(&pg);
	return tap_done();
}
