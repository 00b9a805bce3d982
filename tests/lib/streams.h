/* streams.h - a stream of three windows, and what a reader takes for true. */
#ifndef STREAMS_H
#define STREAMS_H

#include <sys/mman.h>

#include "base/gzip.h"
#include "stream/stream.h"

enum { MOST = 1024 * 1024, MOST_WINDOWS = 8 };

static struct failure why;

static inline void
must(bool done)
{
	if (!done)
		BUG(why.text);
}

#define WINDOW(entity, start, end, no) \
	"{\"entity\":\"" entity "\",\"by\":\"updated\",\"start\":\"" start \
	"T00:00:00Z\",\"end\":\"" end "T00:00:00Z\",\"no\":" no ",\"of\":3}"
#define ONE WINDOW("Customer", "2025-01-01", "2025-01-08", "1")
#define TWO WINDOW("Customer", "2025-01-08", "2025-01-15", "2")
#define THREE WINDOW("Invoice", "2025-01-01", "2025-02-01", "3")

static inline void
add(struct buf *to, const char *text)
{
	must(buf_add(to, text, strlen(text), &why));
}

#define AT "2025-09-12T18:43:35.406-07:00" /* QuickBooks' clock */

/* A row; what its digest covers goes to the tally. */
static inline void
add_row(struct buf *to, struct seal_tally *t, const char *window,
	const char *id, const char *stamp)
{
	struct envelope e;
	size_t start = to->len;

	must(buf_printf(
		to, &why,
		"{\"qb\":\"row\",\"window\":%s,\"page\":{\"realm\":"
		"\"46\",\"no\":1,\"size\":9,\"at\":\"" AT
		"\",\"request\":{\"query\":\"q\"}},\"row\":{\"id\":\"%s\","
		"\"updated\":\"2025-01-02T03:04:05-08:00\"}%s%s,"
		"\"payload\":{\"Id\":\"%s\",\"Name\":\"Caf\\u00e9 "
		"\xc3\xa9\",\"n\":100.00}}",
		window, id, stamp ? ",\"stamp\":" : "", stamp ? stamp : "",
		id));
	must(envelope_parse(
		&e, (struct slice){ to->at + start, to->len - start }, &why));
	seal_tally_row(t, &e);
	add(to, "\n");
}

static inline void
add_seal(struct buf *to, struct seal_tally *t, const char *window,
	 const char *stamp, bool summed)
{
	int64_t rows = t->rows;
	size_t start = to->len;

	must(buf_printf(to, &why,
			"{\"qb\":\"seal\",\"window\":%s,\"fetch\":{\"realm\":"
			"\"46\",\"pages\":1,\"count_before\":%" PRId64
			",\"count_after\":%" PRId64 ",\"left\":0,",
			window, rows, rows));
	must(seal_write_totals(t, to, &why));
	add(to, stamp ? "},\"stamp\":" : "}");
	add(to, stamp ? stamp : "");
	if (summed)
		must(seal_close(to, start, &why));
	else
		add(to, "}\n");
}

static inline void
add_end(struct buf *to, int64_t windows, int64_t rows)
{
	must(envelope_write_end(windows, rows, to, &why));
}

#define STAMP "{\"ingested_at\":\"2025-09-13T01:43:36Z\",\"run\":\"x\"}"

/* Two rows, none, one: those of the first window are stamped. */
static inline void
make_three(struct buf *to, bool summed)
{
	struct seal_tally t;

	buf_clear(to);
	seal_tally_init(&t);
	add_row(to, &t, ONE, "1", STAMP);
	add_row(to, &t, ONE, "2", STAMP);
	add_seal(to, &t, ONE, STAMP, summed);
	add_seal(to, &t, TWO, NULL, summed);
	add_row(to, &t, THREE, "3", NULL);
	add_seal(to, &t, THREE, NULL, summed);
	add_end(to, 3, 3);
	seal_tally_free(&t);
}

/* What a reader took for true: each sealed window with all of its rows. */
struct seen {
	struct buf text[MOST_WINDOWS]; /* window, newline, rows as digested */
	size_t windows, firsts, ends;
	int64_t line, rows;
	enum stream_got last;
};

static inline void
seen_init(struct seen *seen)
{
	*seen = (struct seen){ .windows = 0 };
	for (size_t i = 0; i < MOST_WINDOWS; i++)
		buf_init(&seen->text[i], MOST);
}

static inline void
seen_free(struct seen *seen)
{
	for (size_t i = 0; i < MOST_WINDOWS; i++)
		buf_free(&seen->text[i]);
}

static inline void
note_row(struct seen *seen, struct stream *s)
{
	struct buf *to = &seen->text[seen->windows];
	struct envelope *e = &s->now;
	struct slice stamp = e->whole[MEMBER_STAMP];

	if (!stamp.at)
		stamp.at = e->line.at + e->line.len;
	must(buf_add(to, e->line.at, (size_t)(stamp.at - e->line.at), &why));
	const char *rest = stamp.at + stamp.len;
	must(buf_add(to, rest, (size_t)(e->line.at + e->line.len - rest),
		     &why));
	add(to, "\n");
}

static inline void
note(struct seen *seen, struct stream *s, enum stream_got got)
{
	seen->firsts += s->first;
	if (seen->windows == MOST_WINDOWS)
		BUG("more windows than the test has");
	if (got == STREAM_ROW || got == STREAM_GONE)
		note_row(seen, s);
	if (got == STREAM_SEAL)
		must(buf_add_slice(&seen->text[seen->windows++],
				   s->now.value[MEMBER_WINDOW], &why));
	seen->ends += got == STREAM_END;
}

static inline void
read_stream(struct seen *seen, struct slice bytes)
{
	struct stream s;
	int fd = memfd_create("stream", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len ||
	    lseek(fd, 0, SEEK_SET))
		BUG("no file in memory");
	for (size_t i = 0; i < MOST_WINDOWS; i++)
		buf_clear(&seen->text[i]);
	seen->windows = seen->firsts = seen->ends = 0;
	why = (struct failure){ 0 };
	stream_init(&s, fd, NULL);
	while ((seen->last = stream_next(&s, &why)) > STREAM_DONE)
		note(seen, &s, seen->last);
	seen->line = s.line;
	seen->rows = s.all_rows;
	stream_free(&s);
	close(fd);
}

/* Is the n-th window that was taken the n-th of the truth, for all of them? */
static inline bool
is_true(const struct seen *seen, const struct seen *truth)
{
	for (size_t i = 0; i < seen->windows; i++)
		if (i >= truth->windows ||
		    !slice_equal(buf_slice(&seen->text[i]),
				 buf_slice(&truth->text[i])))
			return false;
	return true;
}

static inline void
add_gzip(struct buf *to, struct slice text)
{
	struct gzip_out gzip;

	gzip_out_init(&gzip, 6);
	must(gzip_deflate(&gzip, text, to, &why));
	must(gzip_out_end(&gzip, to, &why));
	gzip_out_free(&gzip);
}

#endif
