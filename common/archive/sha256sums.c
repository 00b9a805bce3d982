#include <fcntl.h>

#include "archive/sha256sums.h"
#include "base/durable_file.h"

enum {
	CHUNK = 64 * 1024,
	HEX = DIGEST_HEX - 1,
	MOST_BYTES = 64 * 1024 * 1024, /* half a million files */
	LIST_MODE = 0600,
	PAGE = 4096,
};

/* -1 with errno ENOENT if it does not exist; other errors are in `why`. */
static int
open_file(int folder, const char *name, int flags, struct failure *why)
{
	int fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno != ENOENT)
		fail_errno(why, name);
	return fd;
}

/* What read(2) gives, at most CHUNK; 0 at the end, -1 on failure. */
static ssize_t
read_chunk(int fd, const char *name, char *to, struct failure *why)
{
	ssize_t n;

	do
		n = read(fd, to, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		fail_errno(why, name);
	return n;
}

static bool
read_list(int fd, struct buf *text, struct failure *why)
{
	ssize_t n = 1;

	while (n > 0) {
		char *room = buf_reserve(text, CHUNK, why);

		if (!room)
			return fail_in(why, SHA256SUMS_NAME);
		n = read_chunk(fd, SHA256SUMS_NAME, room, why);
		if (n > 0)
			buf_wrote(text, (size_t)n);
	}
	return n == 0;
}

/* "<64 hex digits>  <name>" or, of a binary file, "<64 hex digits> *<name>". */
static bool
line_is_of(struct slice line, const char *name)
{
	struct slice rest = { line.at + HEX + 2, line.len - HEX - 2 };

	return line.len > HEX + 2 && line.at[HEX] == ' ' &&
	       (line.at[HEX + 1] == ' ' || line.at[HEX + 1] == '*') &&
	       slice_is(rest, name);
}

/* The next line without its newline; false if no complete one is left. */
static bool
take_line(struct slice *text, struct slice *line)
{
	const char *newline =
		text->len ? memchr(text->at, '\n', text->len) : NULL;

	if (!newline)
		return false;
	*line = (struct slice){ text->at, (size_t)(newline - text->at) };
	text->at += line->len + 1;
	text->len -= line->len + 1;
	return true;
}

static void
find_in(struct slice text, const char *name, char hex[DIGEST_HEX])
{
	struct slice line;

	hex[0] = '\0';
	while (take_line(&text, &line))
		if (line_is_of(line, name)) {
			memcpy(hex, line.at, HEX);
			hex[HEX] = '\0';
		}
}

bool
sha256sums_find(int folder, const char *name, char hex[DIGEST_HEX],
		struct failure *why)
{
	struct buf text;
	int fd = open_file(folder, SHA256SUMS_NAME, O_RDONLY, why);

	hex[0] = '\0';
	if (fd < 0)
		return errno == ENOENT;
	buf_init(&text, MOST_BYTES);
	bool done = read_list(fd, &text, why);
	if (done)
		find_in(buf_slice(&text), name, hex);
	buf_free(&text);
	close(fd);
	return done;
}

bool
sha256sums_read(int folder, struct buf *text, struct failure *why)
{
	int fd = open_file(folder, SHA256SUMS_NAME, O_RDONLY, why);

	buf_clear(text);
	text->most = MOST_BYTES;
	if (fd < 0)
		return errno == ENOENT;
	bool done = read_list(fd, text, why);
	close(fd);
	return done;
}

bool
sha256sums_next(struct slice *text, struct slice *hex, struct slice *name)
{
	struct slice line;

	while (take_line(text, &line)) {
		if (line.len <= HEX + 2 || line.at[HEX] != ' ')
			continue;
		*hex = (struct slice){ line.at, HEX };
		*name = (struct slice){ line.at + HEX + 2, line.len - HEX - 2 };
		return true;
	}
	return false;
}

/* The lines of other names, and the new line. */
static bool
rewrite(int folder, int temporary, struct slice old, const char *name,
	struct slice added, struct failure *why)
{
	struct durable_file list;
	struct slice line;

	if (!durable_file_create(&list, temporary, LIST_MODE, why))
		return false;
	while (take_line(&old, &line))
		if (!line_is_of(line, name) &&
		    (!durable_file_write(&list, line, why) ||
		     !durable_file_write(&list, SLICE("\n"), why)))
			goto out;
	if (durable_file_write(&list, added, why))
		return durable_file_commit(&list, folder, SHA256SUMS_NAME, why);
out:
	durable_file_discard(&list);
	return fail_in(why, SHA256SUMS_NAME);
}

static bool
append(int fd, size_t old_len, struct slice added, struct failure *why)
{
	ssize_t n = pwrite(fd, added.at, added.len, (off_t)old_len);

	if (n == (ssize_t)added.len && !fsync(fd))
		return true;
	if (n >= 0 && n < (ssize_t)added.len)
		errno = ENOSPC;
	fail_errno(why, SHA256SUMS_NAME);
	/* if this fails, too, the next sha256sums_set() drops that line */
	if (ftruncate(fd, (off_t)old_len))
		fail_in(why, "and the incomplete last line cannot be removed");
	return false;
}

/*
 * A write within one page is visible completely or not at all, to readers and
 * after a crash, since the size of a file grows page by page.
 */
static bool
may_append(const struct buf *old, size_t len)
{
	return old->len && old->at[old->len - 1] == '\n' &&
	       old->len / PAGE == (old->len + len - 1) / PAGE;
}

bool
sha256sums_set(int folder, int temporary, const char *name, const char *hex,
	       struct failure *why)
{
	char listed[DIGEST_HEX];
	struct buf old, added;
	bool done = false;
	int fd = open_file(folder, SHA256SUMS_NAME, O_RDWR, why);

	if (fd < 0 && errno != ENOENT)
		return false;
	buf_init(&old, MOST_BYTES);
	buf_init(&added, 1024);
	if (!buf_printf(&added, why, "%s  %s\n", hex, name) ||
	    (fd >= 0 && !read_list(fd, &old, why)))
		goto out;
	find_in(buf_slice(&old), name, listed);
	if (!listed[0] && may_append(&old, added.len))
		done = append(fd, old.len, buf_slice(&added), why);
	else
		done = rewrite(folder, temporary, buf_slice(&old), name,
			       buf_slice(&added), why);
out:
	buf_free(&added);
	buf_free(&old);
	if (fd >= 0)
		close(fd);
	return done;
}

bool
sha256sums_of_file(int folder, const char *name, char hex[DIGEST_HEX],
		   struct failure *why)
{
	char *chunk;
	struct digest sum;
	ssize_t n;
	int fd = open_file(folder, name, O_RDONLY, why);

	hex[0] = '\0';
	if (fd < 0)
		return errno == ENOENT;
	chunk = base_realloc(NULL, CHUNK);
	digest_init(&sum);
	while ((n = read_chunk(fd, name, chunk, why)) > 0)
		digest_add(&sum, (struct slice){ chunk, (size_t)n });
	if (n == 0)
		digest_hex(&sum, hex);
	digest_free(&sum);
	free(chunk);
	close(fd);
	return n == 0;
}
