#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "auth/state_folder.h"
#include "auth/token_file.h"

enum { ROOM = 16 * 1024 };

/* It holds nothing but logins and what belongs to them: others need not read
 * it. */
static bool
open_default(struct token_file *f, const char *env, const char *realm,
	     struct failure *why)
{
	int len = snprintf(f->name, sizeof(f->name), "%s-%s.json", env, realm);
	bool found;

	if (len < 0 || (size_t)len >= sizeof(f->name))
		return fail(why, FAILURE_USAGE, "the realm is too long");
	if (!state_folder_path(&f->path, &found, why))
		return false;
	if (!found)
		return fail(why, FAILURE_USAGE,
			    "no place for the login: neither HOME nor "
			    "QBO_TOKEN_FILE is set");
	f->folder = state_folder_open(f->path.at, 077, why);
	return f->folder >= 0 && buf_printf(&f->path, why, "/%s", f->name);
}

/* Others may read the folder, but not replace the file. */
static bool
open_given(struct token_file *f, const char *path, struct failure *why)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char folder[STATE_FOLDER_LONGEST] = ".";

	/* room for ".lock" */
	if (!*name || strlen(name) + 6 > sizeof(f->name) ||
	    strlen(path) >= sizeof(folder))
		return fail(why, FAILURE_USAGE,
			    "QBO_TOKEN_FILE is not a file name");
	snprintf(f->name, sizeof(f->name), "%s", name);
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s",
			 (int)(name - path) /* below the longest */, path);
	f->folder = state_folder_open(folder, 022, why);
	return f->folder >= 0 && buf_printf(&f->path, why, "%s", path);
}

bool
token_file_open(struct token_file *f, const char *path, const char *env,
		const char *realm, struct failure *why)
{
	*f = (struct token_file){ .folder = -1, .lock = -1 };
	buf_init(&f->path, STATE_FOLDER_LONGEST);
	if (path ? open_given(f, path, why) : open_default(f, env, realm, why))
		return true;
	token_file_close(f);
	return false;
}

void
token_file_close(struct token_file *f)
{
	token_file_unlock(f);
	if (f->folder >= 0)
		close(f->folder);
	f->folder = -1;
	buf_free(&f->path);
}

static bool
check_file(const struct token_file *f, int fd, struct failure *why)
{
	struct stat st;

	if (fstat(fd, &st))
		return fail_errno(why, f->path.at);
	if (!S_ISREG(st.st_mode))
		return fail(why, FAILURE_IO, "%s is not a regular file",
			    f->path.at);
	if (st.st_uid != geteuid())
		return fail(why, FAILURE_IO, "%s belongs to another user",
			    f->path.at);
	if (st.st_size > TOKEN_FILE_MOST_BYTES)
		return fail(why, FAILURE_DATA, "%s is too large for a login",
			    f->path.at);
	if (!(st.st_mode & 077))
		return true;
	fail(why, FAILURE_IO,
	     "%s: other users can read it, and it holds a login", f->path.at);
	return fail_next(why, "chmod 600 %s", f->path.at);
}

static bool
read_all(const struct token_file *f, int fd, struct buf *text,
	 struct failure *why)
{
	for (;;) {
		char *room = buf_reserve(text, ROOM, why);

		if (!room)
			return false;
		ssize_t n = read(fd, room, ROOM);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(why, f->path.at);
		if (n == 0)
			return true;
		buf_wrote(text, (size_t)n);
	}
}

bool
token_file_read(const struct token_file *f, struct buf *text, bool *found,
		struct failure *why)
{
	int fd = openat(f->folder, f->name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*found = fd >= 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 && errno == ELOOP)
		return fail(why, FAILURE_IO,
			    "%s is a symbolic link, not a regular file",
			    f->path.at);
	if (fd < 0)
		return fail_errno(why, f->path.at);
	bool done = check_file(f, fd, why) && read_all(f, fd, text, why);
	close(fd);
	return done;
}

bool
token_file_lock(struct token_file *f, bool *locked, struct failure *why)
{
	char name[sizeof(f->name) + 8];

	*locked = false;
	snprintf(name, sizeof(name), "%s.lock", f->name);
	if (f->lock < 0)
		f->lock =
			openat(f->folder, name,
			       O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->lock < 0)
		return fail(why, FAILURE_IO, "%s.lock: %s", f->path.at,
			    strerror(errno));
	*locked = !flock(f->lock, LOCK_EX | LOCK_NB);
	if (*locked || errno == EWOULDBLOCK || errno == EINTR)
		return true;
	return fail(why, FAILURE_IO, "%s.lock: %s", f->path.at,
		    strerror(errno));
}

void
token_file_unlock(struct token_file *f)
{
	if (f->lock >= 0)
		close(f->lock);
	f->lock = -1;
}

bool
token_file_prepare(const struct token_file *f, struct durable_file *d,
		   struct failure *why)
{
	int error;

	durable_file_remove_stale(f->folder);
	if (!durable_file_create(d, f->folder, 0600, why))
		return fail_in(why, "%s", f->path.at);
	do
		error = posix_fallocate(d->fd, 0, TOKEN_FILE_MOST_BYTES);
	while (error == EINTR);
	if (!error)
		return true;
	durable_file_discard(d);
	return fail(why, FAILURE_IO, "%s: %s", f->path.at, strerror(error));
}

bool
token_file_replace(const struct token_file *f, struct durable_file *d,
		   struct slice text, struct failure *why)
{
	if (!durable_file_write(d, text, why))
		return false;
	/* give back what token_file_prepare() reserved beyond that; the length
	 * is below TOKEN_FILE_MOST_BYTES */
	if (ftruncate(d->fd, (off_t)text.len))
		return fail_errno(why, "ftruncate");
	return durable_file_commit(d, f->folder, f->name, why);
}

bool
token_file_remove(const struct token_file *f, struct failure *why)
{
	if (unlinkat(f->folder, f->name, 0))
		return errno == ENOENT || fail_errno(why, f->path.at);
	return !fsync(f->folder) || fail_errno(why, f->path.at);
}
