/*
 * Any bytes as a stream, and any lines as payloads of a stream that is sealed
 * here: the first is refused without harm, the second comes back whole.
 */
#include "fuzz.h"
#include "stream/stream.h"

enum { MOST = 64 * 1024 * 1024 };

#define WINDOW \
	"{\"entity\":\"Item\",\"by\":\"updated\",\"start\":\"2025-01-01T0" \
	"0:00:00Z\",\"end\":\"2025-01-08T00:00:00Z\",\"no\":1,\"of\":1}"

static struct failure why;

/* Put in, out, or in the place of another: the rest stays what it was. */
static void
try_put(const struct envelope *e, enum envelope_member which)
{
	struct envelope again;
	struct buf line, back;

	buf_init(&line, MOST);
	buf_init(&back, MOST);
	promise(envelope_put(e, which, SLICE("[7]"), &line, &why));
	buf_truncate(&line, line.len - 1);
	promise(envelope_parse(&again, buf_slice(&line), &why));
	for (size_t i = 0; i < ENVELOPE_MEMBERS; i++)
		promise(i == which ? slice_is(again.value[i], "[7]")
				   : slice_equal(again.value[i], e->value[i]));
	promise(envelope_put(&again, which, e->value[which], &back, &why));
	struct slice whole = e->whole[which];
	/* spaces around the colon are not kept, all else is */
	if (!whole.at || !memchr(whole.at, ' ', whole.len))
		promise(back.len == e->line.len + 1 || whole.at);
	buf_free(&line);
	buf_free(&back);
}

/* Payloads that are not looked at are those that would be found. */
static void
try_opaque(struct slice line, const struct envelope *e)
{
	struct envelope_prefix prefix;
	struct envelope same;

	envelope_prefix_init(&prefix);
	prefix.opaque = true;
	for (int i = 0; i < 2; i++) {
		promise(envelope_parse_next(&same, line, &prefix, &why));
		for (size_t m = 0; m < ENVELOPE_MEMBERS; m++)
			promise(slice_equal(same.value[m], e->value[m]) &&
				slice_equal(same.whole[m], e->whole[m]));
	}
	envelope_prefix_free(&prefix);
}

static enum stream_got
read_all(struct slice bytes, bool opaque, int64_t *rows)
{
	struct stream s;
	enum stream_got got;
	int fd = fuzz_file(bytes);

	stream_init(&s, fd, NULL);
	s.head.opaque = opaque;
	why = (struct failure){ 0 };
	while ((got = stream_next(&s, &why)) > STREAM_DONE) {
		if (opaque)
			continue;
		for (size_t i = 0; i < ENVELOPE_MEMBERS; i++)
			try_put(&s.now, (enum envelope_member)i);
		try_opaque(s.now.line, &s.now);
	}
	promise((got == STREAM_FAILED) == (why.kind != FAILURE_NONE));
	promise(why.kind == FAILURE_NONE || why.kind == FAILURE_DATA ||
		why.kind == FAILURE_LATER);
	*rows = s.all_rows;
	stream_free(&s);
	close(fd);
	return got;
}

/* A row around the payload, if that makes a line; false otherwise. */
static bool
add_row(struct buf *to, struct seal_tally *t, struct slice payload)
{
	struct envelope e;
	size_t start = to->len;

	promise(buf_printf(to, &why,
			   "{\"qb\":\"row\",\"window\":" WINDOW
			   ",\"page\":{},\"row\":{},\"payload\":") &&
		buf_add_slice(to, payload, &why) && buf_add(to, "}", 1, &why));
	if (!envelope_parse(&e,
			    (struct slice){ to->at + start, to->len - start },
			    &why)) {
		buf_truncate(to, start);
		return false;
	}
	seal_tally_row(t, &e);
	promise(buf_add(to, "\n", 1, &why));
	return true;
}

static void
try_sealed(struct slice text)
{
	struct buf bytes;
	struct seal_tally t;
	int64_t rows = 0, came;

	buf_init(&bytes, MOST);
	seal_tally_init(&t);
	while (text.len) {
		const char *end = memchr(text.at, '\n', text.len);
		size_t len = end ? (size_t)(end - text.at) : text.len;

		rows += add_row(&bytes, &t, (struct slice){ text.at, len });
		len += end != NULL;
		text.at += len;
		text.len -= len;
	}
	promise(buf_printf(&bytes, &why,
			   "{\"qb\":\"seal\",\"window\":" WINDOW
			   ",\"fetch\":{\"realm\":\"4\",\"pages\":1,"
			   "\"count_before\":null,\"count_after\":null,"
			   "\"left\":0,") &&
		seal_write_totals(&t, &bytes, &why) &&
		buf_add(&bytes, "}}\n", 3, &why) &&
		envelope_write_end(1, rows, &bytes, &why));
	promise(read_all(buf_slice(&bytes), false, &came) == STREAM_DONE &&
		came == rows);
	buf_free(&bytes);
	seal_tally_free(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = fuzz_copy(data, size);
	int64_t rows;

	(void)read_all(text, true, &rows);
	(void)read_all(text, false, &rows);
	try_sealed(text);
	fuzz_free(text);
	return 0;
}
