#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "auth/monthly_count.h"
#include "auth/state_folder.h"
#include "auth/tokens.h"
#include "base/clock.h"

enum {
	SECTOR = 512, /* what a disk writes as a whole */
	LOOKS = 5,    /* at a file that is perhaps being written */
	LOCK_TRIES = 200,
	LOCK_STEP_US = 5000,
};

int
monthly_count_month(int64_t at_us)
{
	struct clock_civil civil;

	clock_to_civil(at_us, &civil);
	return civil.year * 12 + civil.month - 1;
}

void
monthly_count_init(struct monthly_count *c, const char *env,
		   const char *client_id, int month)
{
	char hex[DIGEST_HEX];

	tokens_digest(slice_of(client_id), hex);
	*c = (struct monthly_count){ .month = month };
	snprintf(c->env, sizeof(c->env), "%s", env);
	memcpy(c->app, hex, sizeof(c->app) - 1);
}

void
monthly_count_name(const struct monthly_count *c, char name[MONTHLY_COUNT_NAME])
{
	snprintf(name, MONTHLY_COUNT_NAME, "%s-%s-%04d-%02d.calls", c->env,
		 c->app, c->month / 12, c->month % 12 + 1);
}

/* --- one file ------------------------------------------------------------ */

static bool
fail_foreign(struct failure *why, enum failure_kind kind, const char *what)
{
	fail(why, kind, "%s", what);
	return fail_next(why, "move it away; the count of this month then "
			      "starts at 0 again");
}

static bool
check_file(int fd, struct failure *why)
{
	struct stat st;

	if (fstat(fd, &st))
		return fail_errno(why, "fstat");
	if (!S_ISREG(st.st_mode))
		return fail_foreign(why, FAILURE_IO, "not a regular file");
	if (st.st_uid != geteuid())
		return fail_foreign(why, FAILURE_IO,
				    "it belongs to another user");
	return !(st.st_mode & 022) ||
	       fail_foreign(why, FAILURE_IO, "other users can change it");
}

int
monthly_count_open(const struct monthly_count *c, int folder, bool create,
		   struct failure *why)
{
	char name[MONTHLY_COUNT_NAME];
	int how = create ? O_RDWR | O_CREAT : O_RDONLY;

	monthly_count_name(c, name);
	int fd = openat(folder, name, how | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			0600);
	if (fd < 0 && errno == ELOOP)
		fail_foreign(why, FAILURE_IO,
			     "a symbolic link, not a regular file");
	else if (fd < 0 && !(errno == ENOENT && !create))
		fail(why, FAILURE_IO, "%s", strerror(errno));
	if (fd >= 0 && !check_file(fd, why)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The line; all counts have the same length. */
static size_t
render(const struct monthly_count *c, int64_t calls, char line[SECTOR])
{
	int len = snprintf(line, SECTOR,
			   "{\"qb\":\"calls\",\"env\":\"%s\",\"app\":\"%s\","
			   "\"month\":\"%04d-%02d\",\"calls\":%19" PRId64,
			   c->env, c->app, c->month / 12, c->month % 12 + 1,
			   calls);
	int64_t sum = digest_fingerprint((struct slice){ line, (size_t)len });

	/* neither is negative, since all that is printed is short */
	len += snprintf(line + len, SECTOR - (size_t)len,
			",\"sum\":\"%016" PRIx64 "\"}\n", (uint64_t)sum);
	return (size_t)len;
}

/* Valid is what monthly_count_write() would write, byte for byte. */
bool
monthly_count_read(const struct monthly_count *c, int fd, int64_t *calls,
		   struct failure *why)
{
	static const char member[] = "\"calls\":";
	char found[SECTOR + 1], valid[SECTOR];
	ssize_t len = pread(fd, found, SECTOR, 0);

	*calls = 0;
	if (len < 0)
		return fail_errno(why, "read");
	if (len == 0)
		return true;
	found[len] = '\0';
	const char *number = strstr(found, member);
	if (number)
		*calls = strtoll(number + sizeof(member) - 1, NULL, 10);
	if (*calls >= 0 && render(c, *calls, valid) == (size_t)len &&
	    !memcmp(found, valid, (size_t)len))
		return true;
	*calls = 0;
	return fail_foreign(why, FAILURE_DATA,
			    "it is damaged, or not a count of calls");
}

bool
monthly_count_write(const struct monthly_count *c, int fd, int64_t calls,
		    struct failure *why)
{
	char line[SECTOR];
	size_t len = render(c, calls, line);
	ssize_t wrote = pwrite(fd, line, len, 0);

	if (wrote < 0)
		return fail_errno(why, "write");
	return wrote == (ssize_t)len ||
	       fail(why, FAILURE_IO, "short write: is the disk full?");
}

/* --- all files of an app ------------------------------------------------- */

/* The month of a file of this app; -1: it is something else. */
static int
month_of_name(const struct monthly_count *c, const char *name)
{
	struct monthly_count other = *c;
	char valid[MONTHLY_COUNT_NAME];
	int year, month;
	const char *date = strchr(name, '-');

	date = date ? strchr(date + 1, '-') : NULL;
	if (!date || sscanf(date, "-%4d-%2d", &year, &month) != 2 || year < 1 ||
	    month < 1 || month > 12)
		return -1;
	other.month = year * 12 + month - 1;
	monthly_count_name(&other, valid);
	return strcmp(name, valid) ? -1 : other.month;
}

/* Keep the newest ones in `newest`, in descending order. */
static void
insert_month(int newest[MONTHLY_COUNT_KEPT], int month)
{
	for (int i = 0; i < MONTHLY_COUNT_KEPT; i++) {
		int other = newest[i];

		if (month > other) {
			newest[i] = month;
			month = other;
		}
	}
}

void
monthly_count_remove_old(const struct monthly_count *c, int folder)
{
	int newest[MONTHLY_COUNT_KEPT] = { 0 };
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *file;

	if (!files) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (file = readdir(files); file; file = readdir(files))
		insert_month(newest, month_of_name(c, file->d_name));
	rewinddir(files);
	for (file = readdir(files); file; file = readdir(files)) {
		int month = month_of_name(c, file->d_name);

		if (month >= 0 && month < newest[MONTHLY_COUNT_KEPT - 1] &&
		    month < c->month)
			unlinkat(folder, file->d_name, 0);
	}
	closedir(files);
}

/* --- one change ----------------------------------------------------------- */

/* Another process may remove the file between opening and locking it. */
static int
open_locked(const struct monthly_count *c, int folder, struct failure *why)
{
	struct stat st;

	for (int i = 0; i < LOCK_TRIES; i++) {
		int fd = monthly_count_open(c, folder, true, why);

		if (fd < 0)
			return -1;
		if (!flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &st) &&
		    st.st_nlink)
			return fd;
		close(fd);
		usleep(LOCK_STEP_US);
	}
	fail(why, FAILURE_LATER, "another process holds the lock");
	return -1;
}

static bool
change_locked(const struct monthly_count *c, int fd, int64_t by, int64_t most,
	      struct failure *why)
{
	int64_t calls;

	if (!monthly_count_read(c, fd, &calls, why))
		return false;
	if (most && calls + by > most)
		return fail(why, FAILURE_LATER,
			    "the app's %" PRId64 " calls of this month are "
			    "used up",
			    most);
	if (!monthly_count_write(c, fd, calls + by < 0 ? 0 : calls + by, why))
		return false;
	return !fdatasync(fd) || fail_errno(why, "fdatasync");
}

bool
monthly_count_change(const struct monthly_count *c, int64_t by, int64_t most,
		     struct failure *why)
{
	char name[MONTHLY_COUNT_NAME];
	struct buf path;
	bool found = false, done = false;
	int folder = -1, fd = -1;

	buf_init(&path, STATE_FOLDER_LONGEST);
	if (state_folder_path(&path, &found, why) && !found)
		fail(why, FAILURE_USAGE,
		     "neither XDG_STATE_HOME nor HOME is set");
	if (found)
		folder = state_folder_open(path.at, 022, why);
	if (folder >= 0)
		fd = open_locked(c, folder, why);
	if (fd >= 0) {
		done = change_locked(c, fd, by, most, why);
		close(fd);
	}
	if (folder >= 0) {
		monthly_count_name(c, name);
		close(folder);
		if (!done)
			fail_in(why, "%s/%s", path.at, name);
	}
	buf_free(&path);
	return done;
}

/* --- without a lock ------------------------------------------------------ */

/* What is read may be half of it old and half of it new: then once more. */
static bool
read_again(const struct monthly_count *c, int fd, int64_t *calls,
	   struct failure *why)
{
	for (int i = 0; i < LOOKS; i++) {
		*why = (struct failure){ 0 };
		if (monthly_count_read(c, fd, calls, why))
			return true;
		usleep(1000);
	}
	return false;
}

bool
monthly_count_peek(const struct monthly_count *c, int folder, int64_t *calls,
		   struct failure *why)
{
	char name[MONTHLY_COUNT_NAME];
	struct failure trouble = { 0 };

	*calls = 0;
	int fd = monthly_count_open(c, folder, false, &trouble);
	if (fd >= 0) {
		(void)!read_again(c, fd, calls, &trouble);
		close(fd);
	}
	if (!trouble.kind)
		return true;
	*why = trouble;
	monthly_count_name(c, name);
	return fail_in(why, "%s", name);
}

bool
monthly_count_look(const struct monthly_count *c, int64_t *calls,
		   struct failure *why)
{
	struct buf path;
	bool found, done = false;
	int folder = -1;

	*calls = 0;
	buf_init(&path, STATE_FOLDER_LONGEST);
	if (!state_folder_path(&path, &found, why))
		goto out;
	done = true;
	folder = found ? open(path.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (folder >= 0)
		done = monthly_count_peek(c, folder, calls, why) ||
		       fail_in(why, "%s", path.at);
	else if (found && errno != ENOENT)
		done = fail_errno(why, path.at);
out:
	if (folder >= 0)
		close(folder);
	buf_free(&path);
	return done;
}
