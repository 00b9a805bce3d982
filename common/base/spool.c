#include <fcntl.h>

#include "base/spool.h"

enum {
	/* longer than any line, and what is held beside it */
	MOST_BYTES = 256 * 1024 * 1024,
	MOST_REUSED = 64 * 1024 * 1024, /* a larger file is not kept */
	SEQUENTIAL_READ = 64 * 1024,
	/* of random access; small, since many spools may be read so */
	LEAST_READ = 512,
	MOST_READ = 32 * 1024,
};

void
spool_init(struct spool *s, size_t most_memory)
{
	*s = (struct spool){ .most_memory = most_memory, .fd = -1 };
	buf_init(&s->held, MOST_BYTES);
	buf_init(&s->page, MOST_BYTES);
}

void
spool_free(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	buf_free(&s->held);
	buf_free(&s->page);
}

/* Memory that a long record took is given back: there may be many spools. */
static void
clear(struct buf *b, size_t most)
{
	if (b->room > 4 * most)
		buf_free(b);
	buf_clear(b);
}

void
spool_clear(struct spool *s)
{
	if (s->written > MOST_REUSED) {
		close(s->fd);
		s->fd = -1;
	}
	s->written = s->records = s->read = 0;
	s->taken = 0;
	clear(&s->held, s->most_memory);
	clear(&s->page, s->most_memory);
}

static const char *
folder(void)
{
	const char *given = getenv("TMPDIR");

	return given && *given ? given : "/tmp";
}

/* Not every file system has O_TMPFILE. */
static bool
open_file(struct spool *s, struct failure *why)
{
	char path[4096];

	s->fd = open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (s->fd >= 0)
		return true;
	snprintf(path, sizeof(path), "%s/qb-spool.XXXXXX", folder());
	s->fd = mkostemp(path, O_CLOEXEC);
	if (s->fd >= 0)
		unlink(path);
	return s->fd >= 0 || fail_errno(why, "open");
}

static bool
write_held(struct spool *s, size_t len, struct failure *why)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(s->fd, s->held.at + done, len - done,
				   s->written);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(why, "write");
		done += (size_t)n;
		s->written += n;
	}
	buf_drop_front(&s->held, len);
	return true;
}

static bool
spill(struct spool *s, size_t len, struct failure *why)
{
	if ((s->fd < 0 && !open_file(s, why)) || !write_held(s, len, why)) {
		fail_in(why, "temporary file in %s", folder());
		return fail_next(why, "free space there or set TMPDIR to "
				      "another folder, then run the same "
				      "command again");
	}
	return true;
}

/* A record is preceded by its length.  The file grows by whole blocks, which
 * file systems allocate in large extents. */
bool
spool_begin(struct spool *s, struct failure *why)
{
	const size_t unknown = 0;

	s->begun = s->held.len;
	return buf_add(&s->held, &unknown, sizeof(unknown), why);
}

bool
spool_end(struct spool *s, struct failure *why)
{
	size_t len = s->held.len - s->begun - sizeof(len);

	memcpy(s->held.at + s->begun, &len, sizeof(len));
	s->records++;
	return s->held.len < s->most_memory ||
	       spill(s, s->held.len - s->held.len % s->most_memory, why);
}

bool
spool_add(struct spool *s, struct slice record, struct failure *why)
{
	return spool_begin(s, why) && buf_add_slice(&s->held, record, why) &&
	       spool_end(s, why);
}

bool
spool_rewind(struct spool *s, struct failure *why)
{
	if (s->written && s->held.len && !spill(s, s->held.len, why))
		return false;
	s->read = 0;
	s->taken = 0;
	s->step = LEAST_READ;
	buf_clear(&s->page);
	return true;
}

/*
 * Have at least `len` untaken bytes in `page`, reading `step` bytes at a time.
 * What the file holds beyond `written` are records of before spool_clear().
 */
static bool
fill_page(struct spool *s, size_t len, size_t step, struct failure *why)
{
	size_t left = s->page.len - s->taken;

	if (left >= len)
		return true;
	buf_drop_front(&s->page, s->taken);
	s->taken = 0;
	while (s->page.len < len) {
		char *room = buf_reserve(&s->page, step, why);

		if (!room)
			return false;
		size_t some = step;
		if ((int64_t)some > s->written - s->read)
			some = (size_t)(s->written - s->read);
		ssize_t n = pread(s->fd, room, some, s->read);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(why, "read");
		if (!n)
			BUG("a spool ends within a record");
		buf_wrote(&s->page, (size_t)n);
		s->read += n;
	}
	return true;
}

static bool
at_end(const struct spool *s)
{
	if (s->written)
		return s->read == s->written && s->taken == s->page.len;
	return s->taken == s->held.len;
}

static bool
take(struct spool *s, size_t step, struct slice *record, struct failure *why)
{
	struct buf *from = s->written ? &s->page : &s->held;
	size_t len;

	if (s->written && !fill_page(s, sizeof(len), step, why))
		return false;
	memcpy(&len, from->at + s->taken, sizeof(len));
	if (s->written && !fill_page(s, sizeof(len) + len, step, why))
		return false;
	*record = (struct slice){ from->at + s->taken + sizeof(len), len };
	s->taken += sizeof(len) + len;
	return true;
}

enum spool_got
spool_next(struct spool *s, struct slice *record, struct failure *why)
{
	if (at_end(s))
		return SPOOL_END;
	return take(s, SEQUENTIAL_READ, record, why) ? SPOOL_RECORD
						     : SPOOL_FAILED;
}

int64_t
spool_place(const struct spool *s)
{
	return s->written + (int64_t)s->held.len; /* bounded */
}

/* How much to read for a record of unknown length: a quarter more than the
 * mean, so that most records fit. */
static size_t
read_size(const struct spool *s)
{
	/* bounded: a record is in memory before it is in the file */
	size_t mean = (size_t)(s->written / s->records);
	size_t step = mean + mean / 4;

	return step < LEAST_READ  ? LEAST_READ
	       : step > MOST_READ ? MOST_READ
				  : step;
}

bool
spool_at(struct spool *s, int64_t place, struct slice *record,
	 struct failure *why)
{
	int64_t from = s->written ? s->read - (int64_t)s->page.len : 0;
	size_t step = s->step;

	if (s->written && (place < from || place >= s->read)) {
		buf_clear(&s->page);
		s->read = from = place;
		step = s->step = read_size(s);
	} else { /* near the last one: read more at a time */
		s->step = step < MOST_READ / 2 ? 2 * step : MOST_READ;
	}
	s->taken = (size_t)(place - from);
	return take(s, step, record, why);
}
