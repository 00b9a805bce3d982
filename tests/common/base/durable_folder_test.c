/* Folders: made with their parents, and opened. */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/durable_file.h"
#include "tap.h"

static struct failure why;
static char root[] = "/tmp/durable_folder.XXXXXX";
static int folder;

static void
test_folders(void)
{
	char name[NAME_MAX + 10], path[512];
	struct stat status;
	int fd;

	fd = durable_file_open_folder(folder, "a/b//c/", 0750, &why);
	ok(fd >= 0 && !fstat(fd, &status) && S_ISDIR(status.st_mode) &&
		   (status.st_mode & 0777) == 0750,
	   "a chain of folders is made");
	close(fd);
	fd = durable_file_open_folder(folder, "a/b/c", 0750, &why);
	ok(fd >= 0, "and opened when it exists");
	close(fd);
	fd = durable_file_open_folder(folder, "a/../a/./b", 0750, &why);
	ok(fd >= 0, "dots have their usual meaning");
	close(fd);
	fd = durable_file_open_folder(folder, "", 0750, &why);
	ok(fd >= 0, "no path is the folder itself");
	close(fd);
	snprintf(path, sizeof(path), "%s/abs/x", root);
	fd = durable_file_open_folder(AT_FDCWD, path, 0750, &why);
	ok(fd >= 0 && !faccessat(folder, "abs/x", F_OK, 0),
	   "an absolute path begins at the root");
	close(fd);

	ok(durable_file_open_folder(folder, "kept/x", 0750, &why) < 0 &&
		   why.kind == FAILURE_IO,
	   "a file in place of a folder is an error");
	is(why.text, "kept: Not a directory", "it is named");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ok(durable_file_open_folder(folder, name, 0750, &why) < 0 &&
		   strstr(why.text, "File name too long"),
	   "a name too long is refused");
}

/* As a user who may search a folder, but not read it. */
static void
test_searchable(void)
{
	int status = 1;
	pid_t child;

	if (geteuid()) {
		ok(1, "parents need not be readable # SKIP it takes "
		      "root to become another user");
		return;
	}
	close(durable_file_open_folder(folder, "closed/open", 0755, &why));
	if (fchmod(folder, 0711) || fchmodat(folder, "closed", 0711, 0) ||
	    fchmodat(folder, "closed/open", 0777, 0))
		BUG("permissions cannot be changed");
	child = fork();
	if (!child) {
		char path[128];

		snprintf(path, sizeof(path), "%s/closed/open/new/one", root);
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(durable_file_open_folder(AT_FDCWD, path, 0755, &why) >= 0
			      ? 0
			      : 1);
	}
	waitpid(child, &status, 0);
	ok(!status && !faccessat(folder, "closed/open/new/one", F_OK, 0),
	   "parents need not be readable");
}

int
main(void)
{
	char command[64];

	umask(022);
	if (!mkdtemp(root))
		BUG("no temporary folder");
	folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(openat(folder, "kept", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	test_folders();
	test_searchable();
	close(folder);
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	ok(!system(command), "the test cleans up");
	return tap_done();
}
