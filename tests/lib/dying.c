/*
 * dying.c - a library for LD_PRELOAD: a program that ends, or a disk that
 * fills, at its N-th write, fsync, rename, send or receive.
 *
 *	QB_DIE_AT=N QB_DIE_HOW=kill    SIGKILL before the N-th call
 *	QB_DIE_HOW=full     the N-th write to a file and all after it: ENOSPC
 *	QB_DIE_HOW=short    the N-th write to a file takes half, the others all
 *	QB_DIE_HOW=torn     takes half, and then the disk is full
 *	QB_FROZEN=SECONDS   the time of day stands still
 *
 * A file called QB_DIE_SEEN is made when the N-th came.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static void
pass(void)
{
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
		now->tv_sec = strtol(frozen, NULL, 10);
		now->tv_nsec = 0;
	}
	return status;
}
