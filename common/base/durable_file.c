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

/* One level: made if it is missing, and then fsynced into its parent. */
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

/* On the way only passing through is asked for, not reading: /home may have
 * mode 711. */
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
	int passed = walk(at, path, mode, why);

	if (passed < 0)
		return -1;
	int fd = openat(passed, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail_errno(why, path);
	close(passed);
	return fd;
}

/*
 * Chance, because two containers may write to one folder under the same
 * process number, and a lock, because neither sees the other's processes.
 */
bool
durable_file_create(struct durable_file *d, int folder, mode_t mode,
		    struct failure *why)
{
	uint32_t chance;

	*d = (struct durable_file){ .folder = folder, .fd = -1 };
	do {
		if (getrandom(&chance, sizeof(chance), 0) != sizeof(chance))
			BUG("the kernel gives no random bytes");
		snprintf(d->temporary, sizeof(d->temporary),
			 ".qb-%ld-%08" PRIx32 ".tmp", (long)getpid(), chance);
		d->fd = openat(folder, d->temporary,
			       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	} while (d->fd < 0 && errno == EEXIST);
	if (d->fd < 0)
		return fail_errno(why, d->temporary);
	/* a file system without locks is no reason to stop */
	(void)!flock(d->fd, LOCK_EX | LOCK_NB);
	return true;
}

static bool
in_blocks(struct slice bytes)
{
	return bytes.len && !(bytes.len % DURABLE_FILE_BLOCK) &&
	       !((uintptr_t)bytes.at % DURABLE_FILE_BLOCK);
}

/* Not every file system can: it stays as it was, then. */
static void
set_direct(struct durable_file *d, bool direct)
{
	if (direct != d->direct &&
	    !fcntl(d->fd, F_SETFL, direct ? O_DIRECT : 0))
		d->direct = direct;
}

/* A file system may want larger blocks, or refuse only when it is written to;
 * and behind half a block nothing is at its place. */
static bool
refused(struct durable_file *d)
{
	if ((errno != EINVAL && errno != EOPNOTSUPP) || !d->direct)
		return false;
	set_direct(d, false);
	return !d->direct;
}

/*
 * To find pages of the cache for a file and copy it there costs the kernel
 * three times what it costs to hand it to the disk; and the disk is waited for
 * either way, at the latest by fsync.
 */
bool
durable_file_write(struct durable_file *d, struct slice bytes,
		   struct failure *why)
{
	set_direct(d, in_blocks(bytes));
	while (bytes.len) {
		ssize_t n = write(d->fd, bytes.at, bytes.len);

		if (n < 0 && (errno == EINTR || refused(d)))
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
	bool kept = false;

	if (fsync(d->fd))
		fail_errno(why, "fsync");
	else if (renameat(d->folder, d->temporary, to, name))
		fail_errno(why, name);
	else
		kept = true;
	if (!kept) {
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

/* One that bears our own number may be of a run before us in a container. */
static bool
is_gone(long pid)
{
	return pid == getpid() || (kill((pid_t)pid, 0) && errno == ESRCH);
}

/*
 * Left behind: of a process that is gone, and that no lock says is elsewhere.
 * Where there are no locks, our own number is taken for us.
 */
static bool
is_abandoned(int folder, const char *name)
{
	int end = 0;
	long pid = 0;

	if (sscanf(name, ".qb-%ld-%*[0-9a-f].tmp%n", &pid, &end) != 1 || !end ||
	    name[end] || pid <= 0 || !is_gone(pid))
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
