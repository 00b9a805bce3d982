#include <fcntl.h>

#include "archive.h"
#include "tap.h"

static void
names(void)
{
	struct window w = { .entity = entity_find(SLICE("Invoice")) };
	char path[ARCHIVE_PATH];

	if (!clock_read(SLICE("2025-01-01T00:00:00Z"), &w.start_us) ||
	    !clock_read(SLICE("2025-01-08T01:02:03.5Z"), &w.end_us))
		exit(1);
	archive_path(&w, SLICE("4620"), "0123456789abcdef", path);
	is(path,
	   "4620/Invoice/20250101T000000Z_20250108T010203.5Z_"
	   "0123456789ab.ndjson.gz",
	   "a path says company, entity, range and digest");
}

static void
state_is(int folder, const char *path, enum archive_state want,
	 const char *what)
{
	struct failure why = { 0 };
	enum archive_state state;

	if (!archive_look(folder, path, &state, &why))
		is(why.text, "", what);
	ok(state == want, "%s", what);
}

static void
add_file(struct archive *a, const char *text, const char *path)
{
	struct failure why = { 0 };

	if (!archive_add(a, slice_of(text), &why) ||
	    !archive_keep(a, path, &why))
		is(why.text, "", "a file is kept");
}

static void
damage(int folder, const char *path)
{
	int fd = openat(folder, path, O_WRONLY | O_APPEND);

	if (fd < 0 || write(fd, "x", 1) != 1)
		exit(1);
	close(fd);
}

static void
states(struct archive *a)
{
	struct failure why = { 0 };
	enum archive_state state;

	state_is(a->folder, "1/Item/a", ARCHIVE_MISSING,
		 "a file without a folder is missing");
	add_file(a, "text", "1/Item/a");
	state_is(a->folder, "1/Item/a", ARCHIVE_WHOLE, "one kept is whole");
	state_is(a->folder, "1/Item/b", ARCHIVE_MISSING, "another is missing");
	damage(a->folder, "1/Item/a");
	state_is(a->folder, "1/Item/a", ARCHIVE_DAMAGED,
		 "one that was changed is damaged");
	add_file(a, "text", "1/Item/a");
	state_is(a->folder, "1/Item/a", ARCHIVE_WHOLE, "kept again is whole");
	unlinkat(a->folder, "1/Item/" SUMS_NAME, 0);
	state_is(a->folder, "1/Item/a", ARCHIVE_UNLISTED,
		 "one without a line is not listed");
	ok(!archive_look(a->folder, "../1/x", &state, &why) &&
		   why.kind == FAILURE_DATA,
	   "a path that climbs out is refused");
}

int
main(void)
{
	char path[] = "/tmp/qb-archive-XXXXXX";
	struct failure why = { 0 };
	struct archive a;

	names();
	if (!mkdtemp(path))
		return 1;
	archive_init(&a);
	ok(archive_open(&a, path, 6, &why), "a folder opens");
	states(&a);
	unlinkat(a.folder, "1/Item/a", 0);
	unlinkat(a.folder, "1/Item", AT_REMOVEDIR);
	unlinkat(a.folder, "1", AT_REMOVEDIR);
	unlinkat(a.folder, ".qb-lock", 0);
	archive_close(&a);
	archive_close(&a);
	ok(!rmdir(path), "and nothing else is left in it");
	return tap_done();
}
