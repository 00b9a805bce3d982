/* Files that are complete or absent, whatever fails or dies. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/durable_file.h"
#include "tap.h"

static struct failure why;
static char root[] = "/tmp/durable_test.XXXXXX";
static int folder;
static int refusing; /* the errno of direct writes; 0: they succeed */
static int refusals;

/* libc's write(2), but of a file system that refuses direct writes late. */
ssize_t
write(int fd, const void *bytes, size_t len)
{
	if (refusing && fcntl(fd, F_GETFL) & O_DIRECT) {
		refusals++;
		errno = refusing;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, len);
}

/* How many names are in the folder, those with a dot first too. */
static int
names_in(int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fdopendir(copy);
	int count = -2; /* . and .. */

	if (!names)
		BUG("the folder cannot be read");
	while (readdir(names))
		count++;
	closedir(names);
	return count;
}

static bool
holds(int fd, const char *name, const char *want)
{
	char text[256] = "";
	int file = openat(fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t len = file < 0 ? -1 : read(file, text, sizeof(text) - 1);

	if (file >= 0)
		close(file);
	return len >= 0 && !strcmp(text, want);
}

static void
test_keep(void)
{
	struct durable_file d;
	struct stat status;

	ok(durable_file_create(&d, folder, 0640, &why) && names_in(folder) == 1,
	   "a file begins under a name of its own");
	ok(durable_file_write(&d, SLICE("one "), &why) &&
		   durable_file_write(&d, SLICE("two"), &why) &&
		   durable_file_commit(&d, folder, "kept", &why),
	   "it is written and kept");
	ok(holds(folder, "kept", "one two") && names_in(folder) == 1,
	   "and nothing else is in the folder");
	ok(!fstatat(folder, "kept", &status, 0) &&
		   (status.st_mode & 0777) == 0640,
	   "with the permissions asked for");
	durable_file_discard(&d);
	ok(holds(folder, "kept", "one two"),
	   "dropping after keeping changes nothing");

	if (!durable_file_create(&d, folder, 0640, &why) ||
	    !durable_file_write(&d, SLICE("new"), &why))
		BUG(why.text);
	ok(holds(folder, "kept", "one two"),
	   "the old file stays until the new one is committed");
	ok(durable_file_commit(&d, folder, "kept", &why) &&
		   holds(folder, "kept", "new"),
	   "which takes its place");

	if (!durable_file_create(&d, folder, 0640, &why) ||
	    !durable_file_write(&d, SLICE("never"), &why))
		BUG(why.text);
	durable_file_discard(&d);
	durable_file_discard(&d);
	ok(names_in(folder) == 1 && holds(folder, "kept", "new"),
	   "dropped, twice even, it leaves nothing");
}

static void
test_failures(void)
{
	struct durable_file d, other;
	struct rlimit was, small;

	if (mkdirat(folder, "taken", 0700) ||
	    !durable_file_create(&d, folder, 0600, &why))
		BUG("the test's folder");
	ok(!durable_file_commit(&d, folder, "taken", &why) &&
		   why.kind == FAILURE_IO,
	   "a rename that fails is reported");
	is(why.text, "taken: Is a directory", "with the name and the reason");
	ok(names_in(folder) == 2, "the temporary file is removed");
	unlinkat(folder, "taken", AT_REMOVEDIR);

	if (!durable_file_create(&d, folder, 0600, &why) ||
	    !durable_file_create(&other, folder, 0600, &why))
		BUG(why.text);
	ok(strcmp(d.temporary, other.temporary), "two at once do not meet");
	durable_file_discard(&other);
	getrlimit(RLIMIT_FSIZE, &was);
	small = was;
	small.rlim_cur = 4;
	setrlimit(RLIMIT_FSIZE, &small);
	bool written = durable_file_write(&d, SLICE("12345678"), &why);
	setrlimit(RLIMIT_FSIZE, &was);
	ok(!written && why.kind == FAILURE_IO, "a full disk is reported");
	durable_file_discard(&d);
	ok(names_in(folder) == 1, "and nothing is left then");

	int file = openat(folder, "kept", O_RDONLY | O_CLOEXEC);
	ok(!durable_file_create(&d, file, 0600, &why) && d.fd == -1,
	   "a file in place of the folder is an error");
	durable_file_discard(&d);
	close(file);
}

static bool
is_file(int fd, const char *name, struct slice want)
{
	size_t room = want.len + 1; /* more would be seen */
	char *got = base_realloc(NULL, room);
	int file = openat(fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t len = file < 0 ? -1 : read(file, got, room);
	bool same = len >= 0 &&
		    slice_equal((struct slice){ got, (size_t)len }, want);

	free(got);
	if (file >= 0)
		close(file);
	return same;
}

/* Blocks from the start of a block in memory, then with what does not fit. */
static void
test_blocks(void)
{
	enum { SIZE = 64 * 1024 };
	char *pages = base_alloc_pages(SIZE),
	     *all = base_realloc(NULL, SIZE + 2);
	struct slice blocks = { pages, SIZE };
	struct durable_file d;

	for (int i = 0; i < SIZE; i++)
		pages[i] = (char)(i / DURABLE_FILE_BLOCK * 7 + i % 251);
	memcpy(all, pages, SIZE);
	memcpy(all + SIZE, "yz", 2);
	if (!durable_file_create(&d, folder, 0600, &why))
		BUG(why.text);
	bool able = !fcntl(d.fd, F_SETFL, O_DIRECT) && !fcntl(d.fd, F_SETFL, 0);
	ok(durable_file_write(&d, blocks, &why) && d.direct == able,
	   "whole blocks pass the cache by where they can");
	ok(durable_file_write(&d, SLICE("y"), &why) && !d.direct,
	   "a byte behind them does not");
	ok(durable_file_write(&d, SLICE("z"), &why) &&
		   durable_file_commit(&d, folder, "blocks", &why) &&
		   is_file(folder, "blocks", (struct slice){ all, SIZE + 2 }),
	   "and the file is the same");

	memmove(all + 1, pages, SIZE);
	all[0] = 'x';
	if (!durable_file_create(&d, folder, 0600, &why) ||
	    !durable_file_write(&d, SLICE("x"), &why))
		BUG(why.text);
	ok(durable_file_write(&d, blocks, &why) &&
		   durable_file_write(&d, SLICE("z"), &why),
	   "blocks that are refused so are written otherwise");
	all[SIZE + 1] = 'z';
	ok(durable_file_commit(&d, folder, "blocks", &why) &&
		   is_file(folder, "blocks", (struct slice){ all, SIZE + 2 }),
	   "to the same place");
	unlinkat(folder, "blocks", 0);
	free(all);
	free(pages);
}

static void
test_blocks_refused(int with)
{
	char *pages = base_alloc_pages(DURABLE_FILE_BLOCK);
	struct slice block = { pages, DURABLE_FILE_BLOCK };
	struct durable_file d;

	memset(pages, 'x', DURABLE_FILE_BLOCK);
	if (!durable_file_create(&d, folder, 0600, &why))
		BUG(why.text);
	bool able = !fcntl(d.fd, F_SETFL, O_DIRECT) && !fcntl(d.fd, F_SETFL, 0);
	refusing = with;
	refusals = 0;
	ok(durable_file_write(&d, block, &why) && !d.direct &&
		   durable_file_commit(&d, folder, "blocks", &why) &&
		   is_file(folder, "blocks", block),
	   "blocks that are refused with \"%s\" are written otherwise",
	   strerror(with));
	ok(refusals == able, "and were, once, where any can be");
	refusing = 0;
	unlinkat(folder, "blocks", 0);
	free(pages);
}

static void
test_blocks_no_room(void)
{
	enum { SIZE = 64 * 1024 };
	char *pages = base_alloc_pages(SIZE);
	struct rlimit was, small;
	struct durable_file d;

	memset(pages, 'x', SIZE);
	if (!durable_file_create(&d, folder, 0600, &why))
		BUG(why.text);
	getrlimit(RLIMIT_FSIZE, &was);
	small = was;
	small.rlim_cur = SIZE / 2 + 100;
	setrlimit(RLIMIT_FSIZE, &small);
	bool written =
		durable_file_write(&d, (struct slice){ pages, SIZE }, &why);
	setrlimit(RLIMIT_FSIZE, &was);
	ok(!written && why.kind == FAILURE_IO && strstr(why.text, "too large"),
	   "a disk that fills up within a block is reported: %s", why.text);
	durable_file_discard(&d);
	ok(names_in(folder) == 1, "and nothing is left then either");
	free(pages);
}

/* A child that is killed half-way through a file. */
static void
test_killed(void)
{
	int ends[2], status;
	char byte;

	if (pipe(ends))
		BUG("no pipe");
	pid_t child = fork();
	if (!child) {
		struct durable_file d;

		if (!durable_file_create(&d, folder, 0600, &why) ||
		    !durable_file_write(&d, SLICE("half"), &why) ||
		    write(ends[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	close(ends[1]);
	ok(read(ends[0], &byte, 1) == 1 && names_in(folder) == 2,
	   "another process writes a file");
	close(ends[0]);
	durable_file_remove_stale(folder);
	ok(names_in(folder) == 2, "a sweep leaves it alone");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	ok(names_in(folder) == 2, "killed it leaves only its temporary file");
	durable_file_remove_stale(folder);
	ok(names_in(folder) == 1 && holds(folder, "kept", "new"),
	   "which the next sweep removes, and nothing else");
}

/* A process number that nobody has: the kernel's bound is 2^22. */
static void
test_sweep(void)
{
	static const char locked[] = ".qb-99999999-0a.tmp";
	char own[64];
	static const char *const names[] = {
		".qb-99999999-0.tmp.gz", ".qb-99999999-0", ".qb-99999999-.tmp",
		"qb-99999999-0.tmp",     ".qb-x-0.tmp",    ".qb--5-0.tmp",
	};
	int before = names_in(folder), count = (int)LENGTH(names);

	for (size_t i = 0; i < LENGTH(names); i++)
		close(openat(folder, names[i], O_CREAT | O_WRONLY, 0600));
	int fd = openat(folder, locked, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	flock(fd, LOCK_EX);
	durable_file_remove_stale(folder);
	ok(names_in(folder) == before + count + 1,
	   "a sweep leaves what is locked, and what is named otherwise");
	close(fd);
	durable_file_remove_stale(folder);
	ok(names_in(folder) == before + count, "unlocked it is removed");
	/* in a container each run may have the number of the one before it */
	snprintf(own, sizeof(own), ".qb-%ld-0a.tmp", (long)getpid());
	fd = openat(folder, own, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	flock(fd, LOCK_EX);
	durable_file_remove_stale(folder);
	ok(names_in(folder) == before + count + 1, "its own, under way, stays");
	close(fd);
	durable_file_remove_stale(folder);
	ok(names_in(folder) == before + count,
	   "one of a dead process with the same id is removed");
	for (size_t i = 0; i < LENGTH(names); i++)
		unlinkat(folder, names[i], 0);
}

int
main(void)
{
	char command[64];

	signal(SIGXFSZ, SIG_IGN);
	umask(022);
	if (!mkdtemp(root))
		BUG("no temporary folder");
	folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_keep();
	test_failures();
	test_blocks();
	test_blocks_refused(EINVAL);
	test_blocks_refused(EOPNOTSUPP);
	test_blocks_no_room();
	test_killed();
	test_sweep();
	close(folder);
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	ok(!system(command), "the test cleans up");
	return tap_done();
}
