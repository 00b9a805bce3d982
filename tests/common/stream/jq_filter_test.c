/* The output of a user's program is a valid stream with matching seals. */
#include "stream/jq_filter.h"
#include "streams.h"
#include "tap.h"

/* Run the program over `from`; `first` counts the envelopes that begin. */
static enum stream_got
alter(const char *program, struct slice from, struct buf *to, size_t *first)
{
	struct jq_filter a;
	struct stream s;
	enum stream_got got;
	int fd = memfd_create("stream", MFD_CLOEXEC);

	if (fd < 0 || write(fd, from.at, from.len) != (ssize_t)from.len ||
	    lseek(fd, 0, SEEK_SET))
		BUG("no file in memory");
	buf_clear(to);
	*first = 0;
	jq_filter_init(&a);
	must(jq_filter_open(&a, program, &why));
	stream_init(&s, fd, NULL);
	while ((got = jq_filter_next(&a, &s, &why)) > STREAM_DONE) {
		must(envelope_copy(&s.now, to, &why));
		*first += s.first;
	}
	stream_free(&s);
	jq_filter_close(&a);
	jq_filter_close(&a);
	close(fd);
	return got;
}

static void
leaves(const char *program, const struct buf *three, size_t rows,
       const char *what)
{
	struct seen seen;
	struct buf out;
	size_t first;
	enum stream_got got;

	seen_init(&seen);
	buf_init(&out, MOST);
	got = alter(program, buf_slice(three), &out, &first);
	ok(got == STREAM_DONE, "%s: it is read to its end", what);
	ok(first == 3, "%s: each window begins once", what);
	read_stream(&seen, buf_slice(&out));
	ok(seen.last == STREAM_DONE && seen.windows == 3 &&
		   seen.rows == (int64_t)rows,
	   "%s: seals and end hold, and count what is left", what);
	buf_free(&out);
	seen_free(&seen);
}

static bool
has(const struct buf *text, const char *part)
{
	return strstr(text->at, part) != NULL;
}

static void
test_seals(const struct buf *three)
{
	struct buf once, twice;
	size_t first;

	buf_init(&once, MOST);
	buf_init(&twice, MOST);
	alter(NULL, buf_slice(three), &once, &first);
	ok(slice_equal(buf_slice(&once), buf_slice(three)),
	   "without a program everything passes as it is");
	alter(".", buf_slice(three), &once, &first);
	ok(has(&once, "\"n\":100.00}}\n"), "what is equal keeps its bytes");
	alter(".x=1", buf_slice(&once), &twice, &first);
	ok(has(&twice, "\"n\":100,\"x\":1}}\n"), "what is not is libjq's");
	ok(has(&twice, "\"jq\":{\"programs\":[\".\",\".x=1\"],\"rows\":2,"),
	   "the seal names both programs");
	ok(has(&twice, "\"pages\":1,\"count_before\":2,\"count_after\":2,"
		       "\"left\":0,\"rows\":2,\"bytes\":"),
	   "and still says what was fetched");
	buf_free(&twice);
	buf_free(&once);
}

static void
test_failure(const struct buf *three)
{
	struct buf out;
	size_t first;

	buf_init(&out, MOST);
	ok(alter("if .Id==\"2\" then error(\"x\") else . end", buf_slice(three),
		 &out, &first) == STREAM_FAILED &&
		   why.kind == FAILURE_DATA,
	   "a program that fails ends the stream");
	is(why.text, "line 2: row \"2\": the program fails: x",
	   "and its line and row are named");
	ok(!has(&out, "\"seal\""), "and no seal has passed");
	buf_free(&out);
}

int
main(void)
{
	struct buf three;

	buf_init(&three, MOST);
	make_three(&three, true);
	leaves(".", &three, 3, "all rows");
	leaves("select(.Id==\"2\")", &three, 1, "one row, not the first");
	leaves("empty", &three, 0, "no rows");
	leaves("{Id,y:2}", &three, 3, "other rows");
	test_seals(&three);
	test_failure(&three);
	buf_free(&three);
	return tap_done();
}
