/*
 * dying.c - a library for LD_PRELOAD: a program that ends, or a disk that
 * fills, at its N-th write, fsync, rename, send or receive.
 *
 *	QB_DIE_AT=N QB_DIE_HOW=kill    SIGKILL before the N-th call
 *	QB_DIE_HOW=full     the N-th write to a file and all after it: ENOSPC
 *	QB_DIE_HOW=short    the N-th write to a file takes half, the others all
 *	QB_DIE_HOW=torn     takes half, and then the disk is full
 *	QB_FROZEN=SECONDS   the time of day stands still
 *	QB_FROZEN=/FILE     it is when that file was changed
 *
 * A file called QB_DIE_SEEN is made when the N-th came.
 *
 *	QB_DIE_SHARED=FILE  many processes count together, as `struct shared`
 *			    in that file says: a whole session is killed, or
 *			    a PostgreSQL is stopped, instead of the N-th call
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Written by tests/lib/shared.py, too. */
struct shared {
	int64_t at; /* 0: nothing is counted */
	_Atomic int64_t passed;
	int64_t postmaster; /* 0: the session is what dies */
	char whose[40]; /* the title of the server's process; "": backends */
};

static long passed;

static void *
real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	return found;
}

static const char *
how(void)
{
	const char *given = getenv("QB_DIE_HOW");

	return given ? given : "";
}

/* Is this the N-th call?  -1 before it, 1 after it. */
static int
count(void)
{
	const char *at = getenv("QB_DIE_AT"), *seen = getenv("QB_DIE_SEEN");
	long n = at ? strtol(at, NULL, 10) : 0;

	passed++;
	if (n != passed)
		return !n || passed < n ? -1 : 1;
	if (seen)
		close(open(seen, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	return 0;
}

static struct shared *
shared(void)
{
	static struct shared *map;
	const char *name = getenv("QB_DIE_SHARED");
	int fd;

	if (map || !name)
		return map;
	fd = open(name, O_RDWR | O_CLOEXEC);
	map = mmap(NULL, sizeof(*map), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	close(fd);
	return map == MAP_FAILED ? NULL : map;
}

/* Is this a process of the server, of the kind that counts? */
static int
is_meant(const struct shared *s)
{
	static const char *const others[] = { "checkpointer", "background",
					      "walwriter",    "autovacuum",
					      "logical",      "startup" };
	char title[80] = "";
	int fd;

	if (getppid() != (pid_t)s->postmaster)
		return 0;
	fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, title, sizeof(title) - 1);
	close(fd);
	const char *name =
		n > 10 && !strncmp(title, "postgres: ", 10) ? title + 10 : "";
	if (*s->whose)
		return !strncmp(name, s->whose, strlen(s->whose));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strncmp(name, others[i], strlen(others[i])))
			return 0;
	return 1;
}

/* pg_ctl -m immediate; this call is never made. */
static void
stop_server(const struct shared *s)
{
	kill((pid_t)s->postmaster, SIGQUIT);
	for (;;)
		pause();
}

/* All whom setsid() put together with this one; how many there were. */
static int
kill_others(void)
{
	DIR *all = opendir("/proc");
	int found = 0;

	for (struct dirent *d; all && (d = readdir(all));) {
		pid_t pid = (pid_t)strtol(d->d_name, NULL, 10);

		if (pid <= 0 || pid == getpid() || getsid(pid) != getsid(0))
			continue;
		char path[64], text[256] = "";
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, text, sizeof(text) - 1);
		close(fd);
		const char *state = n > 0 ? strrchr(text, ')') : NULL;
		if (!state || state[2] == 'Z' || state[2] == 'X')
			continue;
		found++;
		kill(pid, SIGKILL);
	}
	if (all)
		closedir(all);
	return found;
}

static void
pass_shared(struct shared *s)
{
	int before = errno;

	if (s->at && (!s->postmaster || is_meant(s)) && ++s->passed == s->at) {
		if (s->postmaster)
			stop_server(s);
		if (!strcmp(s->whose, "leader")) {
			kill(getsid(0), SIGKILL);
			return;
		}
		while (kill_others())
			;
		kill(getpid(), SIGKILL);
	}
	errno = before;
}

static void
pass(void)
{
	struct shared *s = shared();

	if (s) {
		pass_shared(s);
		return;
	}
	if (!strcmp(how(), "kill") && !count())
		kill(getpid(), SIGKILL);
}

/* How many of these bytes may go to the file; -1: the disk is full. */
static ssize_t
room(int fd, size_t len)
{
	struct stat is;

	if (!strcmp(how(), "kill") || !*how()) {
		pass();
		return (ssize_t)len;
	}
	if (fstat(fd, &is) || !S_ISREG(is.st_mode))
		return (ssize_t)len;
	int at = count();
	if (at < 0 || (at > 0 && !strcmp(how(), "short")))
		return (ssize_t)len;
	if (at == 0 && strcmp(how(), "full") && len > 1)
		return (ssize_t)(len / 2);
	errno = ENOSPC;
	return -1;
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	ssize_t (*next)(int, const void *, size_t) = real("write");
	ssize_t most = room(fd, len);

	return most < 0 ? -1 : next(fd, bytes, (size_t)most);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t (*next)(int, const void *, size_t, off_t) = real("pwrite");
	ssize_t most = room(fd, len);

	return most < 0 ? -1 : next(fd, bytes, (size_t)most, at);
}

ssize_t
send(int fd, const void *bytes, size_t len, int flags)
{
	ssize_t (*next)(int, const void *, size_t, int) = real("send");

	pass();
	return next(fd, bytes, len, flags);
}

ssize_t
recv(int fd, void *bytes, size_t len, int flags)
{
	ssize_t (*next)(int, void *, size_t, int) = real("recv");

	pass();
	return next(fd, bytes, len, flags);
}

ssize_t
pwritev(int fd, const struct iovec *pieces, int count, off_t at)
{
	ssize_t (*next)(int, const struct iovec *, int, off_t) =
		real("pwritev");

	pass();
	return next(fd, pieces, count, at);
}

int
fdatasync(int fd)
{
	int (*next)(int) = real("fdatasync");

	pass();
	return next(fd);
}

int
fsync(int fd)
{
	int (*next)(int) = real("fsync");

	pass();
	return next(fd);
}

int
ftruncate(int fd, off_t len)
{
	int (*next)(int, off_t) = real("ftruncate");

	pass();
	return next(fd, len);
}

int
rename(const char *from, const char *to)
{
	int (*next)(const char *, const char *) = real("rename");

	pass();
	return next(from, to);
}

int
renameat(int from_in, const char *from, int to_in, const char *to)
{
	int (*next)(int, const char *, int, const char *) = real("renameat");

	pass();
	return next(from_in, from, to_in, to);
}

int
unlink(const char *name)
{
	int (*next)(const char *) = real("unlink");

	pass();
	return next(name);
}

int
unlinkat(int in, const char *name, int flags)
{
	int (*next)(int, const char *, int) = real("unlinkat");

	pass();
	return next(in, name, flags);
}

int
mkdirat(int in, const char *name, mode_t mode)
{
	int (*next)(int, const char *, mode_t) = real("mkdirat");

	pass();
	return next(in, name, mode);
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int (*next)(clockid_t, struct timespec *) = real("clock_gettime");
	const char *frozen = getenv("QB_FROZEN");
	int status = next(clock, now);

	if (frozen && clock == CLOCK_REALTIME) {
		struct stat is;

		now->tv_sec = *frozen == '/' && !stat(frozen, &is)
				      ? is.st_mtime
				      : strtol(frozen, NULL, 10);
		now->tv_nsec = 0;
	}
	return status;
}
