/* covers: monthly_calls - with files that cannot be used. */
#include <fcntl.h>
#include <sys/stat.h>

#include "monthlycalls.h"

/* A file in which `from` is `to`, or which is cut by one byte. */
static void
spoil_file(const char *from, const char *to)
{
	struct monthly_calls m;
	char line[600];

	forget();
	open_calls(&m, 0, november_us);
	for (int i = 0; i < 7; i++)
		if (take(&m, november_us) != MONTHLY_CALLS_TAKEN)
			abort();
	monthly_calls_close(&m);
	int fd = open(file, O_RDWR);
	ssize_t len = pread(fd, line, sizeof(line) - 1, 0);
	line[len < 0 ? 0 : len] = '\0';
	char *at = strstr(line, from);
	if (!at || pwrite(fd, to, strlen(to), at - line) < 0 ||
	    (!*to && ftruncate(fd, len - 1)))
		abort();
	close(fd);
}

static void
spoil(const char *what, const char *from, const char *to)
{
	struct settings limited = production;
	struct monthly_calls m;
	struct failure why;

	spoil_file(from, to);
	open_calls(&m, 0, november_us);
	ok(m.folder < 0 && take(&m, november_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("production", november_us) == -1,
	   "%s: it goes on without counting, and leaves it as it is", what);
	monthly_calls_close(&m);
	limited.monthly_calls = 100;
	ok(!monthly_calls_open(&m, &limited, november_us, &why) &&
		   why.kind == FAILURE_DATA && strstr(why.text, file) &&
		   strstr(why.next, "move it away"),
	   "%s: with a limit it is a failure", what);
	monthly_calls_close(&m);
	if (unlink(file))
		abort();
	open_calls(&m, 100, november_us);
	ok(take(&m, november_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("production", november_us) == 1,
	   "%s: moved away, it starts again", what);
	monthly_calls_close(&m);
}

/* While it is in use. */
static void
test_spoiled_later(void)
{
	struct monthly_calls m;
	struct failure why;

	for (int limit = 0; limit <= 100; limit += 100) {
		int64_t one = 0;

		forget();
		open_calls(&m, limit, november_us);
		if (take(&m, november_us) || truncate(file, 20))
			abort();
		enum monthly_calls_state state =
			monthly_calls_take(&m, november_us, now_ms, &one, &why);
		ok(state ==
			   (limit ? MONTHLY_CALLS_FAILED : MONTHLY_CALLS_TAKEN),
		   "damaged while it is in use, %s limit: it %s",
		   limit ? "with a" : "without", limit ? "ends" : "goes on");
		monthly_calls_close(&m);
	}
}

static void
test_spoiled(void)
{
	spoil("cut", "{", "");
	spoil("longer", "\n", "\n\n");
	spoil("junk", "{", "junk that is long enough to be seen");
	spoil("another digit", " 7,", " 8,");
	spoil("a negative one", " 7,", "-7,");
	spoil("another month", "2026-11", "2026-10");
	spoil("the sandbox's", "production", "sandbox\"  ");
}

static void
refuse(const char *what)
{
	struct settings limited = production;
	struct monthly_calls m;
	struct failure why;

	limited.monthly_calls = 9;
	open_calls(&m, 0, november_us);
	ok(m.folder < 0 && take(&m, november_us) == MONTHLY_CALLS_TAKEN,
	   "%s: it goes on without counting", what);
	monthly_calls_close(&m);
	ok(!monthly_calls_open(&m, &limited, november_us, &why) &&
		   why.kind == FAILURE_IO,
	   "%s: with a limit it is a failure", what);
	monthly_calls_close(&m);
}

static void
begin_refused(void)
{
	struct monthly_calls m;

	forget();
	open_calls(&m, 0, november_us);
	monthly_calls_close(&m);
	unlink(file);
}

static void
test_refused(void)
{
	char qb[700];

	begin_refused();
	if (symlink("elsewhere", file))
		abort();
	refuse("a link");
	begin_refused();
	if (mkfifo(file, 0600))
		abort();
	refuse("a pipe");
	begin_refused();
	if (mkdir(file, 0700))
		abort();
	refuse("a folder");
	rmdir(file);
	begin_refused();
	close(open(file, O_CREAT | O_WRONLY, 0600));
	chmod(file, 0622);
	refuse("a file that others can write to");
	begin_refused();
	snprintf(qb, sizeof(qb), "%s/qb", getenv("XDG_STATE_HOME"));
	chmod(qb, 0777);
	refuse("a folder that others can write to");
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	struct monthly_calls m;
	open_calls(&m, 0, november_us);
	ok(m.folder < 0, "no HOME: it goes on without counting");
	monthly_calls_close(&m);
}

int
main(void)
{
	begin_test();
	test_spoiled();
	test_spoiled_later();
	test_refused();
	rawserver_clean(folder);
	return tap_done();
}
