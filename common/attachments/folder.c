#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "attachments/folder.h"
#include "base/clock.h"
#include "base/log.h"

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, MOST_TEXT = 256 * 1024 * 1024 };

void
folder_init(struct folder *f)
{
	*f = (struct folder){ .fd = -1, .lock = -1 };
	buf_init(&f->text, MOST_TEXT);
}

void
folder_close(struct folder *f)
{
	free(f->files);
	buf_free(&f->text);
	if (f->lock >= 0)
		close(f->lock);
	if (f->fd >= 0)
		close(f->fd);
	folder_init(f);
}

/* --- the list ------------------------------------------------------------- */

static struct slice
name_of(const struct folder *f, const struct folder_file *file)
{
	return (struct slice){ f->text.at + file->name_at, file->name_len };
}

static struct slice
id_of(const struct folder *f, const struct folder_file *file)
{
	struct slice id = { NULL, 0 };
	int version;

	(void)!file_name_read(name_of(f, file), &id, &version);
	return id;
}

static int
compare_ids(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return memcmp(a.at, b.at, a.len);
}

/* The first file whose Id is not before this one. */
static size_t
first_of(const struct folder *f, struct slice id)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ids(id_of(f, &f->files[middle]), id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_of(const struct folder *f, size_t i, struct slice id)
{
	return i < f->count && slice_equal(id_of(f, &f->files[i]), id);
}

static struct folder_file *
find_name(const struct folder *f, struct slice id, struct slice name)
{
	for (size_t i = first_of(f, id); is_of(f, i, id); i++)
		if (slice_equal(name_of(f, &f->files[i]), name))
			return &f->files[i];
	return NULL;
}

/* Of several lines of one name the last one counts. */
static bool
remember(struct folder *f, struct slice name, const char *hex,
	 struct failure *why)
{
	struct folder_file file = { .name_at = f->text.len,
				    .name_len = name.len };
	struct slice id;

	if (!file_name_read(name, &id, &file.version))
		return true;
	snprintf(file.hex, sizeof(file.hex), "%.*s", DIGEST_HEX - 1, hex);
	struct folder_file *known = find_name(f, id, name);
	if (known) {
		memcpy(known->hex, file.hex, sizeof(file.hex));
		return true;
	}
	size_t at = first_of(f, id);
	if (!buf_add_slice(&f->text, name, why))
		return false;
	if (f->count == f->room) {
		f->room = f->room ? 2 * f->room : 256;
		f->files = base_realloc(f->files, f->room * sizeof(*f->files));
	}
	memmove(&f->files[at + 1], &f->files[at],
		(f->count - at) * sizeof(*f->files));
	f->files[at] = file;
	f->count++;
	return true;
}

static bool
read_list(struct folder *f, struct failure *why)
{
	struct buf list;
	struct slice text, hex, name;

	buf_init(&list, 0);
	bool done = sha256sums_read(f->fd, &list, why);
	text = buf_slice(&list);
	while (done && sha256sums_next(&text, &hex, &name))
		done = remember(f, name, hex.at, why);
	buf_free(&list);
	return done;
}

static bool
lock(struct folder *f, struct failure *why)
{
	f->lock = openat(f->fd, ".qb-lock", O_RDWR | O_CREAT | O_CLOEXEC,
			 FILE_MODE);
	if (f->lock < 0)
		return fail_errno(why, ".qb-lock");
	if (!flock(f->lock, LOCK_EX | LOCK_NB))
		return true;
	if (errno != EWOULDBLOCK)
		return fail_errno(why, ".qb-lock");
	fail(why, FAILURE_LATER, "another process is writing there");
	return fail_next(why, "run the same command again when it has ended");
}

bool
folder_open(struct folder *f, const char *path, struct failure *why)
{
	f->path = path;
	f->fd = durable_file_open_folder(AT_FDCWD, path, FOLDER_MODE, why);
	if (f->fd < 0 || !lock(f, why))
		return fail_in(why, "%s", path);
	durable_file_remove_stale(f->fd);
	return read_list(f, why) || fail_in(why, "%s", path);
}

/* --- its files ------------------------------------------------------------ */

/* As open(2) wants it. */
static const char *
spell(const struct folder *f, const struct folder_file *file,
      char name[FILE_NAME])
{
	snprintf(name, FILE_NAME, "%.*s", SLICE_SHOWN(name_of(f, file)));
	return name;
}

/* False: there is no such file. */
static bool
look(const struct folder *f, const char *name, struct stat *seen)
{
	return !fstatat(f->fd, name, seen, AT_SYMLINK_NOFOLLOW);
}

static bool
is_as_listed(const struct folder *f, const struct folder_file *file, bool *is,
	     struct failure *why)
{
	char name[FILE_NAME], hex[DIGEST_HEX] = "";
	struct stat seen;

	spell(f, file, name);
	*is = look(f, name, &seen) && S_ISREG(seen.st_mode);
	if (*is && !sha256sums_of_file(f->fd, name, hex, why))
		return fail_in(why, "%s", f->path);
	*is = *is && !strcmp(hex, file->hex);
	return true;
}

static void
set_found(struct folder_found *found, const char *name, const char *hex,
	  int64_t bytes, bool is_new)
{
	snprintf(found->name, sizeof(found->name), "%s", name);
	snprintf(found->hex, sizeof(found->hex), "%s", hex);
	found->bytes = bytes;
	found->is_new = is_new;
}

static bool
may_be(const struct stat *seen, int64_t size, int64_t updated_us)
{
	return S_ISREG(seen->st_mode) && (size < 0 || seen->st_size == size) &&
	       seen->st_mtim.tv_sec >= updated_us / CLOCK_SECOND;
}

static void
tell_damaged(struct folder *f, const char *name)
{
	f->damaged++;
	log_warn("%s/%s is not what SHA256SUMS lists: it stays as it is, and "
		 "the attachment is fetched again",
		 f->path, name);
}

bool
folder_has(struct folder *f, struct slice id, int64_t size, int64_t updated_us,
	   bool *has, struct folder_found *found, struct failure *why)
{
	char name[FILE_NAME];
	struct stat seen;

	*has = false;
	for (size_t i = first_of(f, id); !*has && is_of(f, i, id); i++) {
		spell(f, &f->files[i], name);
		if (!look(f, name, &seen) || !may_be(&seen, size, updated_us))
			continue;
		if (!is_as_listed(f, &f->files[i], has, why))
			return false;
		if (*has)
			set_found(found, name, f->files[i].hex, seen.st_size,
				  false);
	}
	return true;
}

/* The time of a file never goes back. */
static bool
set_time(int fd, int folder, const char *name, int64_t updated_us,
	 struct failure *why)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
				     { .tv_sec = updated_us / CLOCK_SECOND } };
	struct stat seen;

	if (updated_us == INT64_MIN ||
	    (fd < 0 && !fstatat(folder, name, &seen, AT_SYMLINK_NOFOLLOW) &&
	     seen.st_mtim.tv_sec >= times[1].tv_sec))
		return true;
	int status =
		fd >= 0 ? futimens(fd, times)
			: utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW);
	return !status || fail_errno(why, name);
}

/* A listed file with this content: whole, or gone and so free to be written. */
static bool
find_content(struct folder *f, struct slice id, const char *hex,
	     struct folder_file **file, bool *is_whole, struct failure *why)
{
	char name[FILE_NAME];
	struct stat seen;

	*file = NULL;
	*is_whole = false;
	for (size_t i = first_of(f, id); is_of(f, i, id); i++) {
		if (strcmp(f->files[i].hex, hex))
			continue;
		if (!look(f, spell(f, &f->files[i], name), &seen)) {
			*file = &f->files[i];
			return true;
		}
		if (!is_as_listed(f, &f->files[i], is_whole, why))
			return false;
		if (*is_whole) {
			*file = &f->files[i];
			return true;
		}
		tell_damaged(f, name);
	}
	return true;
}

/* The first name that is neither listed nor there; or there with just this
 * content, because a run died before it was listed. */
static bool
choose_name(const struct folder *f, struct slice id, struct slice given,
	    const char *hex, char name[FILE_NAME], bool *is_there,
	    struct failure *why)
{
	char found[DIGEST_HEX];
	struct stat seen;

	for (int version = 1; version <= FILE_NAME_MOST_VERSIONS; version++) {
		file_name_make(id, version, given, name);
		*is_there = look(f, name, &seen);
		if (!*is_there && !find_name(f, id, slice_of(name)))
			return true;
		if (!*is_there || !S_ISREG(seen.st_mode) ||
		    find_name(f, id, slice_of(name)))
			continue;
		if (!sha256sums_of_file(f->fd, name, found, why))
			return false;
		if (!strcmp(found, hex))
			return true;
	}
	return fail(why, FAILURE_IO, "%s: too many versions", name);
}

static bool
has_version(const struct folder *f, struct slice id)
{
	return is_of(f, first_of(f, id), id);
}

static bool
write_new(struct folder *f, struct slice id, struct slice given,
	  const char *hex, struct durable_file *file, char name[FILE_NAME],
	  struct failure *why)
{
	bool is_there;

	if (!choose_name(f, id, given, hex, name, &is_there, why))
		return false;
	if (is_there)
		durable_file_discard(file);
	else if (!durable_file_commit(file, f->fd, name, why))
		return false;
	if (has_version(f, id))
		log_warn("attachment %.*s has other content than before: it is "
			 "kept beside, %s/%s",
			 SLICE_SHOWN(id), f->path, name);
	return sha256sums_set(f->fd, f->fd, name, hex, why) &&
	       remember(f, slice_of(name), hex, why);
}

static bool
keep(struct folder *f, struct slice id, struct slice given, int64_t updated_us,
     struct durable_file *file, const char *hex, char name[FILE_NAME],
     bool *is_new, struct failure *why)
{
	struct folder_file *same;
	bool is_whole;

	if (!find_content(f, id, hex, &same, &is_whole, why) ||
	    !set_time(file->fd, -1, file->temporary, updated_us, why))
		return false;
	*is_new = !is_whole;
	if (!same)
		return write_new(f, id, given, hex, file, name, why);
	spell(f, same, name);
	if (!is_whole)
		return durable_file_commit(file, f->fd, name, why);
	durable_file_discard(file);
	return set_time(-1, f->fd, name, updated_us, why);
}

bool
folder_keep(struct folder *f, struct slice id, struct slice given_name,
	    int64_t updated_us, struct durable_file *file, struct digest *sum,
	    int64_t bytes, struct folder_found *found, struct failure *why)
{
	char name[FILE_NAME], hex[DIGEST_HEX];
	bool is_new = false;

	digest_hex(sum, hex);
	bool kept = keep(f, id, given_name, updated_us, file, hex, name,
			 &is_new, why);
	durable_file_discard(file);
	if (!kept)
		return fail_in(why, "%s", f->path);
	set_found(found, name, hex, bytes, is_new);
	return true;
}
