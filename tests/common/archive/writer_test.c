#include <fcntl.h>

#include "archive/writer.h"
#include "tap.h"

static void
names(void)
{
	struct window w = { .entity = entity_find(SLICE("Invoice")) };
	char path[ARCHIVE_PATH];

	if (!clock_parse(SLICE("2025-01-01T00:00:00Z"), &w.start_us) ||
	    !clock_parse(SLICE("2025-01-08T01:02:03.5Z"), &w.end_us))
		exit(1);
	archive_path(&w, SLICE("4620"), "0123456789abcdef", path);
	is(path,
	   "4620/Invoice/20250101T000000Z_20250108T010203.5Z_"
	   "0123456789ab.ndjson.gz",
	   "a path says company, entity, range and digest");
	w.entity = entity_find(SLICE("report:ProfitAndLoss:Cash"));
	archive_path(&w, SLICE("4620"), "0123456789abcdef", path);
	is(path,
	   "4620/report-ProfitAndLoss-Cash/20250101T000000Z_"
	   "20250108T010203.5Z_0123456789ab.ndjson.gz",
	   "that of a report has no colon");
}

static void
state_is(int folder, const char *path, enum archive_state want,
	 const char *what)
{
	struct failure why = { 0 };
	enum archive_state state;

	if (!archive_file_state(folder, path, &state, &why))
		is(why.text, "", what);
	ok(state == want, "%s", what);
}

static void
add_file(struct archive_writer *a, const char *text, const char *path)
{
	struct failure why = { 0 };

	if (!archive_writer_add(a, slice_of(text), &why) ||
	    !archive_writer_commit(a, path, &why))
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
states(struct archive_writer *a)
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
	unlinkat(a->folder, "1/Item/" SHA256SUMS_NAME, 0);
	state_is(a->folder, "1/Item/a", ARCHIVE_UNLISTED,
		 "one without a line is not listed");
	ok(!archive_file_state(a->folder, "../1/x", &state, &why) &&
		   why.kind == FAILURE_DATA,
	   "a path that climbs out is refused");
}

/* Some megabytes: first of bytes by chance, of which no deflater makes less,
 * then of text. */
static void
make_text(struct buf *text)
{
	enum { CHANCE = 7 * 1024 * 1024, ALL = 10 * 1024 * 1024 };
	struct failure why = { 0 };
	uint32_t chance = 1;

	while (text->len < ALL) {
		chance = chance * 1664525 + 1013904223;
		/* the low bits are less by chance */
		if (text->len < CHANCE
			    ? !buf_add(text, (char *)&chance + 2, 2, &why)
			    : !buf_printf(text, &why, "{\"Id\":\"%u\"}\n",
					  chance >> 8))
			BUG(why.text);
	}
}

static void
read_file(int folder, const char *path, struct buf *to)
{
	struct failure why = { 0 };
	int fd = openat(folder, path, O_RDONLY);
	ssize_t n = 1;

	buf_clear(to);
	while (n > 0) {
		char *room = buf_reserve(to, 65536, &why);

		n = room ? read(fd, room, 65536) : -1;
		if (n < 0)
			BUG("a file of the archive cannot be read");
		buf_wrote(to, (size_t)n);
	}
	close(fd);
}

static bool
inflates_to(struct slice packed, struct slice text)
{
	struct failure why = { 0 };
	struct gzip_in g;
	char *room = base_realloc(NULL, text.len + 1);
	size_t len = 0, wrote = 1;
	bool good = true;

	gzip_in_init(&g);
	while (good && (packed.len || wrote)) {
		good = gzip_inflate(&g, &packed, room + len, text.len + 1 - len,
				    &wrote, &why);
		len += wrote;
	}
	good = good && gzip_in_end(&g, &why) &&
	       slice_equal((struct slice){ room, len }, text);
	gzip_in_free(&g);
	free(room);
	return good;
}

/* More than a few writes, and given in parts of any size: the file is one. */
static void
parts(struct archive_writer *a, struct slice text)
{
	static const size_t steps[] = { SIZE_MAX, 1999, 200001 };
	struct failure why = { 0 };
	struct buf first, other;
	size_t wrong = 0;

	buf_init(&first, 2 * text.len);
	buf_init(&other, 2 * text.len);
	for (size_t i = 0; i < LENGTH(steps); i++) {
		for (struct slice left = text; left.len;) {
			struct slice some = left;

			if (some.len > steps[i])
				some.len = steps[i];
			if (!archive_writer_add(a, some, &why))
				BUG(why.text);
			left.at += some.len;
			left.len -= some.len;
		}
		if (!archive_writer_commit(a, "1/Item/a", &why))
			BUG(why.text);
		read_file(a->folder, "1/Item/a", i ? &other : &first);
		wrong +=
			i && !slice_equal(buf_slice(&first), buf_slice(&other));
		state_is(a->folder, "1/Item/a", ARCHIVE_WHOLE,
			 "its sum is that of the file");
		unlinkat(a->folder, "1/Item/a", 0);
	}
	ok(!wrong, "the same text gives the same file, however it is given");
	ok(inflates_to(buf_slice(&first), text), "and inflates to it");
	buf_free(&first);
	buf_free(&other);
}

static void
levels(const char *path)
{
	struct failure why = { 0 };
	struct archive_writer a;
	struct buf text;

	buf_init(&text, 11 * 1024 * 1024);
	make_text(&text);
	for (int level = 0; level < 3; level++) {
		archive_writer_init(&a);
		ok(archive_writer_open(&a, path, level, &why), "level %d",
		   level);
		parts(&a, buf_slice(&text));
		unlinkat(a.folder, "1/Item/" SHA256SUMS_NAME, 0);
		archive_writer_close(&a);
	}
	buf_free(&text);
}

int
main(void)
{
	char path[] = "/tmp/qb-archive-XXXXXX";
	struct failure why = { 0 };
	struct archive_writer a;

	names();
	if (!mkdtemp(path))
		return 1;
	archive_writer_init(&a);
	ok(archive_writer_open(&a, path, 6, &why), "a folder opens");
	states(&a);
	levels(path);
	unlinkat(a.folder, "1/Item/a", 0);
	unlinkat(a.folder, "1/Item", AT_REMOVEDIR);
	unlinkat(a.folder, "1", AT_REMOVEDIR);
	unlinkat(a.folder, ".qb-lock", 0);
	archive_writer_close(&a);
	archive_writer_close(&a);
	ok(!rmdir(path), "and nothing else is left in it");
	return tap_done();
}
