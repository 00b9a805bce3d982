#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/durable_file.h"

static int
open_folder(int at, const char *name, int how, struct failure *why)
{
	int fd = openat(at, name, how | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fail_errno(why, name);
	return fd;
}

static bool
sync_folder(int at, const char *name, struct failure *why)
{
	int fd = open_folder(at, ".", O_RDONLY, why);
	bool synced = fd >= 0 && !fsync(fd);

	if (fd >= 0 && !synced)
		fail_errno(why, name);
	if (fd >= 0)
		close(fd);
	return synced;
}

/* Open one level; if it is missing, make it and fsync its parent. */
static int
step_into(int parent, const char *name, mode_t mode, struct failure *why)
{
	if (!mkdirat(parent, name, mode)) {
		if (!sync_folder(parent, name, why))
			return -1;
	} else if (errno != EEXIST) {
		fail_errno(why, name);
		return -1;
	}
	return open_folder(parent, name, O_PATH, why);
}

/* Parents are opened with O_PATH, since they may be searchable and not
 * readable: /home with mode 711. */
static int
walk(int at, const char *path, mode_t mode, struct failure *why)
{
	char name[NAME_MAX + 1];
	int fd = open_folder(at, *path == '/' ? "/" : ".", O_PATH, why);

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

int
durable_file_open_folder(int at, const char *path, mode_t mode,
			 struct failure *why)
{
	int path_fd = walk(at, path, mode, why);

	if (path_fd < 0)
		return -1;
	int fd = openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail_errno(why, path);
	close(path_fd);
	return fd;
}

/*
 * A random name, because two containers may write to one folder with the same
 * process id, and a lock, because neither sees the other's processes.
 */
bool
durable_file_create(struct durable_file *d, int folder, mode_t mode,
		    struct failure *why)
{
	uint32_t random_bits;

	*d = (struct durable_file){ .folder = folder, .fd = -1 };
	do {
		if (getrandom(&random_bits, sizeof(random_bits), 0) !=
		    sizeof(random_bits))
			BUG("getrandom() failed");
		snprintf(d->temporary, sizeof(d->temporary),
			 ".qb-%ld-%08" PRIx32 ".tmp", (long)getpid(),
			 random_bits);
		d->fd = openat(folder, d->temporary,
			       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	} while (d->fd < 0 && errno == EEXIST);
	if (d->fd < 0)
		return fail_errno(why, d->temporary);
	/* some file systems have no locks: go on without */
	(void)!flock(d->fd, LOCK_EX | LOCK_NB);
	return true;
}

static bool
is_whole_blocks(struct slice bytes)
{
	return bytes.len && !(bytes.len % DURABLE_FILE_BLOCK) &&
	       !((uintptr_t)bytes.at % DURABLE_FILE_BLOCK);
}

/* Not every file system allows it: then the flag stays as it was. */
static void
set_direct(struct durable_file *d, bool direct)
{
	if (direct != d->direct &&
	    !fcntl(d->fd, F_SETFL, direct ? O_DIRECT : 0))
		d->direct = direct;
}

/* A file system may require larger blocks, or refuse direct writes only now;
 * and after a partial block the offset is not aligned. */
static bool
fall_back_to_cache(struct durable_file *d)
{
	if ((errno != EINVAL && errno != EOPNOTSUPP) || !d->direct)
		return false;
	set_direct(d, false);
	return !d->direct;
}

/*
 * Copying through the page cache costs three times the CPU time of a direct
 * write (measured), and fsync waits for the disk in either case.
 */
bool
durable_file_write(struct durable_file *d, struct slice bytes,
		   struct failure *why)
{
	set_direct(d, is_whole_blocks(bytes));
	while (bytes.len) {
		ssize_t n = write(d->fd, bytes.at, bytes.len);

		if (n < 0 && (errno == EINTR || fall_back_to_cache(d)))
			continue;
		if (n < 0)
			return fail_errno(why, "write");
		bytes.at += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

bool
durable_file_commit(struct durable_file *d, int to, const char *name,
		    struct failure *why)
{
	bool renamed = false;

	if (fsync(d->fd))
		fail_errno(why, "fsync");
	else if (renameat(d->folder, d->temporary, to, name))
		fail_errno(why, name);
	else
		renamed = true;
	if (!renamed) {
		durable_file_discard(d);
		return false;
	}
	close(d->fd);
	d->fd = -1;
	return !fsync(to) || fail_errno(why, "fsync of the folder");
}

void
durable_file_discard(struct durable_file *d)
{
	if (d->fd < 0)
		return;
	close(d->fd);
	d->fd = -1;
	unlinkat(d->folder, d->temporary, 0);
}

/* Our own process id in a name may be from an earlier run in a container. */
static bool
is_dead(long pid)
{
	return pid == getpid() || (kill((pid_t)pid, 0) && errno == ESRCH);
}

/*
 * Of a dead process, and not locked by a live one elsewhere.  Where the file
 * system has no locks, a name with our own process id is taken to be ours.
 */
static bool
is_abandoned(int folder, const char *name)
{
	int end = 0;
	long pid = 0;

	if (sscanf(name, ".qb-%ld-%*[0-9a-f].tmp%n", &pid, &end) != 1 || !end ||
	    name[end] || pid <= 0 || !is_dead(pid))
		return false;

	int fd = openat(folder, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool locked = flock(fd, LOCK_EX | LOCK_NB) &&
		      (errno == EWOULDBLOCK || pid == getpid());
	close(fd);
	return !locked;
}

void
durable_file_remove_stale(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!names) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (entry = readdir(names); entry; entry = readdir(names))
		if (is_abandoned(folder, entry->d_name))
			unlinkat(folder, entry->d_name, 0);
	closedir(names);
}
