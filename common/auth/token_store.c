#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "auth/token_store.h"
#include "base/log.h"

enum {
	LONGEST_PATH = 4096,
	ROOM = 16 * 1024,
	LARGEST_FILE = 8 * TOKENS_LONGEST,
};

/* $XDG_STATE_HOME/qb, or ~/.local/state/qb (XDG Base Directory 0.8, which says
 * that a relative one is to be ignored). */
static bool
usual_folder(struct buf *path, struct failure *why)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (state && *state == '/')
		return buf_printf(path, why, "%s/qb", state);
	if (home && *home == '/')
		return buf_printf(path, why, "%s/.local/state/qb", home);
	return fail(why, FAILURE_USAGE,
		    "neither HOME nor QBO_TOKEN_FILE says where logins stand");
}

/* The folder of the usual place is for logins alone; any other one must at
 * least not let others put a file in place of ours. */
static bool
check_folder(int folder, const char *path, mode_t refused, struct failure *why)
{
	struct stat st;

	if (fstat(folder, &st))
		return fail_errno(why, path);
	if (st.st_uid != geteuid()) {
		fail(why, FAILURE_IO, "%s belongs to somebody else", path);
		return fail_next(why, "set QBO_TOKEN_FILE to a file in a "
				      "folder of your own");
	}
	if (!(st.st_mode & refused))
		return true;
	fail(why, FAILURE_IO, "%s: others can %s it, and it holds a login",
	     path, st.st_mode & 022 ? "change" : "read");
	return fail_next(why, "chmod %s %s", refused & 055 ? "700" : "go-w",
			 path);
}

static bool
open_folder(struct token_store *f, const char *folder, mode_t refused,
	    struct failure *why)
{
	f->folder = durable_file_open_folder(AT_FDCWD, folder, 0700, why);
	if (f->folder < 0)
		return fail_in(why, "%s", folder);
	return check_folder(f->folder, folder, refused, why);
}

static bool
open_usual(struct token_store *f, struct failure *why)
{
	int len = snprintf(f->name, sizeof(f->name), "%s-%s.json",
			   f->helper.env, f->helper.realm);

	if (len < 0 || (size_t)len >= sizeof(f->name))
		return fail(why, FAILURE_USAGE, "the realm is too long");
	return usual_folder(&f->path, why) &&
	       open_folder(f, f->path.at, 077, why) &&
	       buf_printf(&f->path, why, "/%s", f->name);
}

static bool
open_given(struct token_store *f, const char *path, struct failure *why)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char folder[LONGEST_PATH] = ".";

	/* room for ".lock" */
	if (!*name || strlen(name) + 6 > sizeof(f->name) ||
	    strlen(path) >= sizeof(folder))
		return fail(why, FAILURE_USAGE,
			    "QBO_TOKEN_FILE is not the name of a file");
	snprintf(f->name, sizeof(f->name), "%s", name);
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s",
			 (int)(name - path) /* below LONGEST_PATH */, path);
	return open_folder(f, folder, 022, why) &&
	       buf_printf(&f->path, why, "%s", path);
}

bool
token_store_open(struct token_store *f, const char *path,
		 const struct credential_helper *of, struct failure *why)
{
	*f = (struct token_store){ .helper = *of, .folder = -1, .lock = -1 };
	buf_init(&f->path, LONGEST_PATH);
	if (path ? open_given(f, path, why) : open_usual(f, why))
		return true;
	token_store_close(f);
	return false;
}

void
token_store_close(struct token_store *f)
{
	token_store_unlock(f);
	if (f->folder >= 0)
		close(f->folder);
	f->folder = -1;
	buf_free(&f->path);
}

static bool
check_file(const struct token_store *f, int fd, struct failure *why)
{
	struct stat st;

	if (fstat(fd, &st))
		return fail_errno(why, f->path.at);
	if (!S_ISREG(st.st_mode))
		return fail(why, FAILURE_IO, "%s is not a file", f->path.at);
	if (st.st_uid != geteuid())
		return fail(why, FAILURE_IO, "%s belongs to somebody else",
			    f->path.at);
	if (st.st_size > LARGEST_FILE)
		return fail(why, FAILURE_DATA, "%s is too large for a login",
			    f->path.at);
	if (!(st.st_mode & 077))
		return true;
	fail(why, FAILURE_IO, "%s: others can read it, and it holds a login",
	     f->path.at);
	return fail_next(why, "chmod 600 %s", f->path.at);
}

static bool
read_all(const struct token_store *f, int fd, struct buf *text,
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

static bool
parse(const struct token_store *f, struct slice text, struct tokens *t,
      struct failure *why)
{
	return tokens_parse(t, text, f->helper.env, f->helper.realm, why);
}

static bool
read_file(struct token_store *f, struct tokens *t, bool *found,
	  struct failure *why)
{
	int fd = openat(f->folder, f->name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct buf text;

	*found = fd >= 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 && errno == ELOOP)
		return fail(why, FAILURE_IO, "%s is a link; a login is a file",
			    f->path.at);
	if (fd < 0)
		return fail_errno(why, f->path.at);
	buf_init(&text, LARGEST_FILE + ROOM);
	bool done = check_file(f, fd, why) && read_all(f, fd, &text, why);
	if (done && !parse(f, buf_slice(&text), t, why))
		done = fail_in(why, "%s", f->path.at);
	tokens_wipe_free(&text);
	close(fd);
	return done;
}

/* What we stored, or the bare refresh token that a person put there. */
static bool
read_helper(struct token_store *f, struct tokens *t, bool *found,
	    struct failure *why)
{
	char hex[DIGEST_HEX];
	struct buf text;
	bool done;

	buf_init(&text, LARGEST_FILE);
	done = credential_helper_get(&f->helper, &text, found, why);
	if (done && *found) {
		if (*text.at == '{') {
			done = parse(f, buf_slice(&text), t, why);
		} else {
			done = tokens_set(&t->refresh, buf_slice(&text), why);
			tokens_digest(buf_slice(&text), hex);
			tokens_learn(t, hex);
		}
		if (!done)
			fail_in(why, "what the credential helper holds");
	}
	tokens_wipe_free(&text);
	return done;
}

/* The file is there only when the helper did not keep what it was told: it may
 * still have an older login, or the bare token that all began with. */
static bool
is_newer(const struct tokens *file, const struct tokens *held)
{
	if (!held->access.len)
		return tokens_knows(file, held->seeds[0]);
	return file->written_us > held->written_us;
}

bool
token_store_read(struct token_store *f, struct tokens *t, bool *found,
		 struct failure *why)
{
	struct tokens held;
	bool helped = false, done;

	if (!read_file(f, t, found, why))
		return false;
	if (!f->helper.command)
		return true;
	tokens_init(&held);
	done = read_helper(f, &held, &helped, why);
	if (done && helped && !(*found && is_newer(t, &held))) {
		tokens_copy(t, &held);
		*found = true;
	}
	tokens_free(&held);
	return done;
}

bool
token_store_lock(struct token_store *f, bool *locked, struct failure *why)
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
token_store_unlock(struct token_store *f)
{
	if (f->lock >= 0)
		close(f->lock);
	f->lock = -1;
}

bool
token_store_prepare(struct token_store *f, struct durable_file *d,
		    struct failure *why)
{
	int error;

	durable_file_remove_stale(f->folder);
	if (!durable_file_create(d, f->folder, 0600, why))
		return fail_in(why, "%s", f->path.at);
	do
		error = posix_fallocate(d->fd, 0, LARGEST_FILE);
	while (error == EINTR);
	if (!error)
		return true;
	durable_file_discard(d);
	return fail(why, FAILURE_IO, "%s: %s", f->path.at, strerror(error));
}

static bool
remove_file(struct token_store *f, struct failure *why)
{
	if (unlinkat(f->folder, f->name, 0))
		return errno == ENOENT || fail_errno(why, f->path.at);
	return !fsync(f->folder) || fail_errno(why, f->path.at);
}

/* On one line, and held against what the helper then gives. */
static bool
keep_in_helper(struct token_store *f, struct buf *text, struct failure *why)
{
	struct buf held;
	bool found, done;

	buf_truncate(text, text->len - 1);
	for (size_t i = 0; i < text->len; i++)
		if (text->at[i] == '\n')
			text->at[i] = ' ';
	buf_init(&held, LARGEST_FILE);
	done = credential_helper_store(&f->helper, buf_slice(text), why) &&
	       credential_helper_get(&f->helper, &held, &found, why);
	if (done && !slice_equal(buf_slice(&held), buf_slice(text)))
		done = fail(why, FAILURE_IO,
			    "the credential helper does not give back what "
			    "it was told to store");
	tokens_wipe_free(&held);
	return done;
}

/* What token_store_prepare() reserved and nobody needed. */
static bool
cut(struct durable_file *d, size_t len, struct failure *why)
{
	/* below LARGEST_FILE */
	return !ftruncate(d->fd, (off_t)len) || fail_errno(why, "ftruncate");
}

/* The file is written in any case before the helper is asked, so that nothing
 * is lost whatever becomes of it. */
bool
token_store_save(struct token_store *f, struct durable_file *d,
		 const struct tokens *t, struct failure *why)
{
	struct failure unhelped;
	struct buf text;

	buf_init(&text, LARGEST_FILE);
	bool done =
		tokens_write(t, f->helper.env, f->helper.realm, &text, why) &&
		durable_file_write(d, buf_slice(&text), why) &&
		cut(d, text.len, why) &&
		durable_file_commit(d, f->folder, f->name, why);
	if (!done)
		fail_in(why, "%s", f->path.at);
	if (done && f->helper.command) {
		if (keep_in_helper(f, &text, &unhelped))
			done = remove_file(f, why);
		else
			log_warn("%s; the login stands in %s until it does",
				 unhelped.text, f->path.at);
	}
	tokens_wipe_free(&text);
	return done;
}

bool
token_store_remove(struct token_store *f, struct failure *why)
{
	if (f->helper.command && !credential_helper_erase(&f->helper, why))
		return false;
	return remove_file(f, why);
}
