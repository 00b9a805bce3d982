#include <fcntl.h>
#include <sys/file.h>

#include "archive/writer.h"

enum {
	PART = 2 * GZIP_STORED,  /* ISA-L copies 32 KB of history each time */
	BATCH = 2 * 1024 * 1024, /* each write waits for the disk */
	BEYOND = 1024 * 1024,    /* see archive_writer_open() */
	FOLDER_MODE = 0700,      /* financial data: for the owner only */
	FILE_MODE = 0600,
	ARCHIVE_FOLDER = 64, /* entity.c has no longer names */
};

/* Without - and :, since a colon means a host to tar and rsync, and some file
 * systems forbid it. */
static void
spell_basic(int64_t at_us, char text[CLOCK_TEXT])
{
	char spelled[CLOCK_TEXT], *to = text;

	clock_format(at_us, spelled);
	for (const char *from = spelled; *from; from++)
		if (*from != '-' && *from != ':')
			*to++ = *from;
	*to = '\0';
}

/* "report:ProfitAndLoss:Cash" as report-ProfitAndLoss-Cash, for the same
 * reason; no name has a hyphen. */
static void
spell_folder(const char *name, char text[ARCHIVE_FOLDER])
{
	snprintf(text, ARCHIVE_FOLDER, "%s", name);
	for (char *colon = strchr(text, ':'); colon; colon = strchr(colon, ':'))
		*colon = '-';
}

void
archive_path(const struct window *window, struct slice realm,
	     const char *sha256, char path[ARCHIVE_PATH])
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT], folder[ARCHIVE_FOLDER];

	spell_folder(window->entity->name, folder);
	spell_basic(window->start_us, start);
	spell_basic(window->end_us, end);
	snprintf(path, ARCHIVE_PATH, "%.*s/%s/%s_%s_%.12s.ndjson.gz",
		 SLICE_SHOWN(realm), folder, start, end, sha256);
}

void
archive_writer_init(struct archive_writer *a)
{
	*a = (struct archive_writer){ .folder = -1, .lock = -1, .file.fd = -1 };
	buf_init(&a->text, PART);
	buf_init(&a->packed, 0);
}

bool
archive_writer_open(struct archive_writer *a, const char *name, int level,
		    struct failure *why)
{
	a->name = name;
	gzip_out_init(&a->gzip, level);
	digest_init(&a->sum);
	/* A batch, one more part, and what the deflater held back so far:
	 * ISA-L some 65,000 symbols of at most 6 bytes. */
	buf_init_paged(&a->packed, BATCH + BEYOND);
	a->folder = durable_file_open_folder(AT_FDCWD, name, FOLDER_MODE, why);
	if (a->folder < 0)
		return fail_in(why, "%s", name);
	a->lock = openat(a->folder, ".qb-lock", O_RDWR | O_CREAT | O_CLOEXEC,
			 FILE_MODE);
	if (a->lock < 0) {
		fail_errno(why, ".qb-lock");
		return fail_in(why, "%s", name);
	}
	durable_file_remove_stale(a->folder);
	return true;
}

void
archive_writer_close(struct archive_writer *a)
{
	durable_file_discard(&a->file);
	buf_free(&a->packed);
	buf_free(&a->text);
	digest_free(&a->sum);
	gzip_out_free(&a->gzip);
	if (a->lock >= 0)
		close(a->lock);
	if (a->folder >= 0)
		close(a->folder);
	archive_writer_init(a);
}

/* Write the first `len` bytes; the rest begins the next batch. */
static bool
write_packed(struct archive_writer *a, size_t len, struct failure *why)
{
	if (!durable_file_write(&a->file, (struct slice){ a->packed.at, len },
				why))
		return false;
	buf_drop_front(&a->packed, len);
	return true;
}

/* The digest is taken of each part while it is in the processor's cache. */
static bool
compress_text(struct archive_writer *a, bool last, struct failure *why)
{
	struct buf *packed = &a->packed;
	size_t before = packed->len;

	if (!gzip_deflate(&a->gzip, buf_slice(&a->text), packed, why) ||
	    (last && !gzip_out_end(&a->gzip, packed, why)))
		return false;
	digest_add(&a->sum,
		   (struct slice){ packed->at + before, packed->len - before });
	buf_clear(&a->text);
	return packed->len < BATCH || write_packed(a, BATCH, why);
}

static bool
add(struct archive_writer *a, struct slice text, struct failure *why)
{
	if (a->file.fd < 0 &&
	    !durable_file_create(&a->file, a->folder, FILE_MODE, why))
		return false;
	while (text.len) {
		size_t room = PART - a->text.len;
		size_t len = text.len < room ? text.len : room;

		if (!buf_add(&a->text, text.at, len, why) ||
		    (len == room && !compress_text(a, false, why)))
			return false;
		text.at += len;
		text.len -= len;
	}
	return true;
}

bool
archive_writer_add(struct archive_writer *a, struct slice text,
		   struct failure *why)
{
	return add(a, text, why) || fail_in(why, "%s", a->name);
}

/* The rest of the file. */
static bool
write_rest(struct archive_writer *a, struct failure *why)
{
	return compress_text(a, true, why) &&
	       write_packed(a, a->packed.len, why);
}

int
archive_writer_reopen(struct archive_writer *a, struct failure *why)
{
	const char *name = a->file.temporary;

	if (a->file.fd < 0 || !write_rest(a, why))
		return -1;
	int fd = openat(a->folder, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_errno(why, name);
	return fd;
}

static enum archive_state
state_of(const char *listed, const char *found)
{
	if (!found[0])
		return ARCHIVE_MISSING;
	if (!listed[0])
		return ARCHIVE_UNLISTED;
	return strcmp(listed, found) ? ARCHIVE_DAMAGED : ARCHIVE_WHOLE;
}

static bool
read_state(int folder, const char *name, enum archive_state *state,
	   struct failure *why)
{
	char listed[DIGEST_HEX], found[DIGEST_HEX];

	if (!sha256sums_find(folder, name, listed, why) ||
	    !sha256sums_of_file(folder, name, found, why))
		return false;
	*state = state_of(listed, found);
	return true;
}

/* Split a path into folder and file name. */
static bool
split_path(const char *path, char folder[ARCHIVE_PATH], const char **name,
	   struct failure *why)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash - path >= ARCHIVE_PATH || *path == '/' ||
	    strstr(path, ".."))
		return fail(why, FAILURE_DATA,
			    "not the path of an archived window");
	snprintf(folder, ARCHIVE_PATH, "%.*s", (int)(slash - path), path);
	*name = slash + 1;
	return true;
}

bool
archive_file_state(int folder, const char *path, enum archive_state *state,
		   struct failure *why)
{
	char below[ARCHIVE_PATH];
	const char *name;

	*state = ARCHIVE_MISSING;
	if (!split_path(path, below, &name, why))
		return fail_in(why, "%s", path);
	int fd = openat(folder, below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0)
		return fail_errno(why, below);
	bool done = read_state(fd, name, state, why);
	close(fd);
	return done || fail_in(why, "%s", below);
}

static bool
lock(int fd, int how, struct failure *why)
{
	int status;

	do
		status = flock(fd, how);
	while (status < 0 && errno == EINTR);
	return !status || fail_errno(why, ".qb-lock");
}

/*
 * The file is renamed before it is listed, so that the list never names a
 * missing file.  An existing file that does not match its line is replaced.
 */
static bool
rename_and_list(struct archive_writer *a, int to, const char *name,
		const char *hex, struct failure *why)
{
	enum archive_state state;

	if (!read_state(to, name, &state, why))
		return false;
	if (state == ARCHIVE_WHOLE) {
		durable_file_discard(&a->file);
		return true;
	}
	return durable_file_commit(&a->file, to, name, why) &&
	       sha256sums_set(to, a->folder, name, hex, why);
}

static bool
commit(struct archive_writer *a, const char *path, struct failure *why)
{
	char below[ARCHIVE_PATH], hex[DIGEST_HEX];
	const char *name;

	if (!split_path(path, below, &name, why))
		return false;
	digest_hex(&a->sum, hex);
	int to = durable_file_open_folder(a->folder, below, FOLDER_MODE, why);
	if (to < 0)
		return false;
	bool done = lock(a->lock, LOCK_EX, why) &&
		    rename_and_list(a, to, name, hex, why) &&
		    lock(a->lock, LOCK_UN, why);
	close(to);
	return done;
}

bool
archive_writer_commit(struct archive_writer *a, const char *path,
		      struct failure *why)
{
	if (!write_rest(a, why))
		return fail_in(why, "%s", a->name);
	return commit(a, path, why) || fail_in(why, "%s/%s", a->name, path);
}
