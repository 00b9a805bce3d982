/*
 * Any bytes through gzip and lines: plain text is split where its newlines
 * are, gzip gives what another way of inflating gives, and what we pack comes
 * back.
 */
#include "fuzz.h"
#include "stream/lines.h"

enum { MOST = 256 * 1024 * 1024 };

static struct failure why;

/* All lines joined; false where reading failed. */
static bool
read_lines(struct slice bytes, struct buf *to)
{
	struct lines_in in;
	struct slice line;
	enum lines_got got;
	int fd = fuzz_file(bytes);

	buf_clear(to);
	lines_in_init(&in, fd, NULL);
	while ((got = lines_next(&in, &line, &why)) == LINES_ONE) {
		promise(!memchr(line.at, '\n', line.len));
		promise(buf_add_slice(to, line, &why) &&
			buf_add(to, "\n", 1, &why));
	}
	lines_in_free(&in);
	close(fd);
	return got == LINES_END;
}

/* A byte in at a time, a few out. */
static bool
inflate_slowly(struct slice from, struct buf *to)
{
	struct gzip_in g;
	bool done = true;

	gzip_in_init(&g);
	for (size_t i = 0; i < from.len && done; i++) {
		struct slice byte = { from.at + i, 1 };
		size_t wrote = 7;

		while (done && (byte.len || wrote == 7)) {
			char *room = buf_reserve(to, 7, &why);

			if (!room) /* too much for this test */
				break;
			done = gzip_inflate(&g, &byte, room, 7, &wrote, &why);
			if (done)
				buf_wrote(to, wrote);
		}
	}
	done = done && gzip_in_end(&g, &why);
	gzip_in_free(&g);
	return done;
}

static void
try_plain(struct slice text)
{
	struct buf lines;
	bool whole = !text.len || text.at[text.len - 1] == '\n';

	buf_init(&lines, MOST);
	promise(read_lines(text, &lines) == whole);
	promise(lines.len <= text.len && !memcmp(lines.at, text.at, lines.len));
	promise(!whole || lines.len == text.len);
	buf_free(&lines);
}

static void
try_gzip(struct slice packed)
{
	struct buf lines, slow;
	bool whole;

	buf_init(&lines, MOST);
	buf_init(&slow, 16 * 1024 * 1024);
	whole = inflate_slowly(packed, &slow);
	if (slow.len < 8 * 1024 * 1024) {
		whole = whole && (!slow.len || slow.at[slow.len - 1] == '\n');
		promise(read_lines(packed, &lines) == whole);
		promise(!whole ||
			slice_equal(buf_slice(&lines), buf_slice(&slow)));
	}
	buf_free(&lines);
	buf_free(&slow);
}

/* Packed by us in two members, cut anywhere, with a newline at the end. */
static void
try_packed(struct slice text)
{
	size_t cut = text.len ? (unsigned char)text.at[0] % text.len : 0;
	struct buf packed, lines;
	struct gzip_out g;

	buf_init(&packed, MOST);
	buf_init(&lines, MOST);
	gzip_out_init(&g, 1);
	promise(gzip_deflate(&g, (struct slice){ text.at, cut }, &packed,
			     &why) &&
		gzip_out_end(&g, &packed, &why) &&
		gzip_deflate(&g,
			     (struct slice){ text.at + cut, text.len - cut },
			     &packed, &why) &&
		gzip_deflate(&g, SLICE("\n"), &packed, &why) &&
		gzip_out_end(&g, &packed, &why));
	gzip_out_free(&g);
	promise(read_lines(buf_slice(&packed), &lines));
	promise(lines.len == text.len + 1 &&
		!memcmp(lines.at, text.at, text.len));
	buf_free(&packed);
	buf_free(&lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = fuzz_copy(data, size);

	if (gzip_begins(bytes))
		try_gzip(bytes);
	else
		try_plain(bytes);
	try_packed(bytes);
	fuzz_free(bytes);
	return 0;
}
