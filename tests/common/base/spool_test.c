/* covers: spool */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/spool.h"
#include "tap.h"

enum { MEMORY = 64 * 1024, LONG = 600 * 1024 };

/* The i-th record: its length and bytes follow from i; some are empty. */
static struct slice
record(int i, char *room)
{
	size_t len = i % 97 == 0 ? 0 : (size_t)(i * 7919) % 3000;

	if (i == 500)
		len = LONG;
	memset(room, 'a' + i % 26, len);
	return (struct slice){ room, len };
}

static bool
add_all(struct spool *s, int count, char *room, struct failure *why)
{
	for (int i = 0; i < count; i++)
		if (!spool_add(s, record(i, room), why))
			return false;
	return true;
}

/* How many come back, in order and whole. */
static int
read_all(struct spool *s, char *room, struct failure *why)
{
	struct slice got;
	int count = 0;

	if (!spool_rewind(s, why))
		return -1;
	while (spool_next(s, &got, why) == SPOOL_RECORD)
		if (!slice_equal(got, record(count++, room)))
			return -1;
	return count;
}

static int
scattered(int i, int count)
{
	return (i * 7 + i % 3) % count;
}

/* Fifty in the order in which they were added, then fifty from elsewhere. */
static int
in_stretches(int i, int count)
{
	return i / 50 * 13 % (count / 50) * 50 + i % 50;
}

/* The same, each by its place, in another order than they were added. */
static bool
read_by_place(struct spool *s, int count, int (*order)(int i, int count),
	      char *room, struct failure *why)
{
	int64_t *places = base_realloc(NULL, sizeof(*places) * (size_t)count);
	bool same = true;
	struct slice got;

	for (int i = 0; i < count && same; i++) {
		places[i] = spool_place(s);
		same = spool_add(s, record(i, room), why);
	}
	same = same && spool_rewind(s, why);
	for (int i = 0; i < count && same; i++) {
		int n = order(i, count);

		same = spool_at(s, places[n], &got, why) &&
		       slice_equal(got, record(n, room));
	}
	free(places);
	return same;
}

static void
test_use(struct spool *s, char *room)
{
	struct failure why = { 0 };

	ok(read_all(s, room, &why) == 0, "an empty spool has no record");
	ok(add_all(s, 10, room, &why) && s->fd < 0, "a few stay in memory");
	ok(read_all(s, room, &why) == 10, "and come back");
	ok(read_all(s, room, &why) == 10, "twice");
	spool_clear(s);
	ok(add_all(s, 2000, room, &why) && s->fd >= 0 && s->records == 2000,
	   "many go to a file");
	ok(s->written % MEMORY == 0, "block by block");
	ok(read_all(s, room, &why) == 2000, "and come back");
	ok(read_all(s, room, &why) == 2000, "twice");
	ok(s->held.room <= 4 * LONG && s->page.room <= 4 * LONG,
	   "without much memory");
	spool_clear(s);
	ok(read_by_place(s, 2000, scattered, room, &why),
	   "or one here and one there");
	ok(read_all(s, room, &why) == 2000, "and then all in order");
	spool_clear(s);
	ok(read_by_place(s, 2000, in_stretches, room, &why),
	   "or many in order, and then others from elsewhere");
	spool_clear(s);
	ok(read_by_place(s, 9, scattered, room, &why), "from memory, too");
	spool_clear(s);
	ok(add_all(s, 5, room, &why) && read_all(s, room, &why) == 5,
	   "and then a few again");
}

static void
test_failure(char *room)
{
	struct failure why = { 0 };
	struct spool s;

	spool_init(&s, MEMORY);
	setenv("TMPDIR", "/nonexistent", 1);
	ok(!add_all(&s, 2000, room, &why) && why.kind == FAILURE_IO &&
		   strstr(why.text, "/nonexistent"),
	   "no folder to write to: %s", why.text);
	s.fd = open("/dev/full", O_RDWR);
	ok(s.fd >= 0 && !add_all(&s, 2000, room, &why) &&
		   why.kind == FAILURE_IO && strstr(why.text, "No space"),
	   "a full disk: %s", why.text);
	setenv("TMPDIR", "/tmp", 1);
	spool_free(&s);
}

static int64_t
file_size(const struct spool *s)
{
	struct stat st;

	return s->fd < 0 || fstat(s->fd, &st) ? -1 : st.st_size;
}

/* Records of the same length, so that those of before would fit. */
static bool
add_equal(struct spool *s, char of, int count, char *room, struct failure *why)
{
	memset(room, of, 1000);
	for (int i = 0; i < count; i++)
		if (!spool_add(s, (struct slice){ room, 1000 }, why))
			return false;
	return true;
}

static int
count_equal(struct spool *s, char of, char *room, struct failure *why)
{
	struct slice got;
	int count = 0;

	memset(room, of, 1000);
	if (!spool_rewind(s, why))
		return -1;
	while (spool_next(s, &got, why) == SPOOL_RECORD && count >= 0)
		count = slice_equal(got, (struct slice){ room, 1000 })
				? count + 1
				: -1;
	return count;
}

static void
test_again(char *room)
{
	struct failure why = { 0 };
	struct slice got;
	struct spool s;

	spool_init(&s, MEMORY);
	ok(add_equal(&s, 'a', 900, room, &why) && s.written &&
		   count_equal(&s, 'a', room, &why) == 900,
	   "a file");
	int64_t size = file_size(&s);
	spool_clear(&s);
	ok(add_equal(&s, 'b', 700, room, &why) && s.written &&
		   count_equal(&s, 'b', room, &why) == 700,
	   "is overwritten, and none of before comes back");
	memset(room, 'b', 1000);
	ok(spool_at(&s, 0, &got, &why) &&
		   slice_equal(got, (struct slice){ room, 1000 }),
	   "nor here and there");
	ok(file_size(&s) == size, "in place");
	spool_clear(&s);
	ok(add_equal(&s, 'c', 70 * 1000, room, &why), "a large one");
	spool_clear(&s);
	ok(s.fd < 0, "is not kept");
	ok(add_equal(&s, 'd', 700, room, &why) &&
		   count_equal(&s, 'd', room, &why) == 700 &&
		   file_size(&s) < size,
	   "but begun anew");
	spool_free(&s);
}

int
main(void)
{
	char *room = base_realloc(NULL, LONG);
	struct spool s;

	spool_init(&s, MEMORY);
	test_use(&s, room);
	spool_free(&s);
	spool_free(&s);
	test_failure(room);
	test_again(room);
	free(room);
	return tap_done();
}
