#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>

#include "durable.h"

static int
open_folder(int at, const char *name, struct failure *why)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fail_errno(why, name);
	return fd;
}

/* One level: made if it is missing, and then fsynced into its parent. */
static int
step_into(int parent, const char *name, mode_t mode, struct failure *why)
{
	if (!mkdirat(parent, name, mode)) {
		if (fsync(parent)) {
			fail_errno(why, name);
			return -1;
		}
	} else if (errno != EEXIST) {
		fail_errno(why, name);
		return -1;
	}
	return open_folder(parent, name, why);
}

int
durable_folder(int at, const char *path, mode_t mode, struct failure *why)
{
	char name[NAME_MAX + 1];
	int fd = open_folder(at, *path == '/' ? "/" : ".", why);

	while (fd >= 0 && *path) {
		size_t len = strcspn(path, "/");

		if (len > NAME_MAX) {
			close(fd);
			errno = ENAMETOOLONG;
			fail_errno(why, path);
			return -1;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		path += len + (path[len] == '/');
		if (!len)
			continue;
		int next = step_into(fd, name, mode, why);
		close(fd);
		fd = next;
	}
	return fd;
}

bool
durable_begin(struct durable *d, int folder, mode_t mode, struct failure *why)
{
	static unsigned count;

	*d = (struct durable){ .folder = folder, .fd = -1 };
	snprintf(d->temporary, sizeof(d->temporary), ".qb-%ld-%u.tmp",
		 (long)getpid(), count++);
	unlinkat(folder, d->temporary, 0); /* an earlier process of this pid */
	d->fd = openat(folder, d->temporary,
		       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return d->fd >= 0 || fail_errno(why, d->temporary);
}

bool
durable_write(struct durable *d, struct slice bytes, struct failure *why)
{
	while (bytes.len) {
		ssize_t n = write(d->fd, bytes.at, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(why, "write");
		bytes.at += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

bool
durable_keep(struct durable *d, int to, const char *name, struct failure *why)
{
	bool kept = false;

	if (fsync(d->fd))
		fail_errno(why, "fsync");
	else if (renameat(d->folder, d->temporary, to, name))
		fail_errno(why, name);
	else
		kept = true;
	if (!kept) {
		durable_drop(d);
		return false;
	}
	close(d->fd);
	d->fd = -1;
	return !fsync(to) || fail_errno(why, "fsync of the folder");
}

void
durable_drop(struct durable *d)
{
	if (d->fd < 0)
		return;
	close(d->fd);
	d->fd = -1;
	unlinkat(d->folder, d->temporary, 0);
}

void
durable_sweep(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	long pid;

	if (!names) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (entry = readdir(names); entry; entry = readdir(names))
		if (sscanf(entry->d_name, ".qb-%ld-%*u.tmp", &pid) == 1 &&
		    pid > 0 && kill((pid_t)pid, 0) && errno == ESRCH)
			unlinkat(folder, entry->d_name, 0);
	closedir(names);
}
