/* The door to zlib: what is cut, corrupt or followed by anything is told. */
#include "gzip.h"
#include "tap.h"

enum { MOST = 8 * 1024 * 1024 };

static struct failure why;

static void
must(bool done)
{
	if (!done)
		BUG(why.text);
}

static void
add_member(struct buf *to, struct slice text, int level)
{
	struct gzip_out g;

	gzip_out_init(&g, level);
	must(gzip_deflate(&g, text, to, &why));
	must(gzip_out_end(&g, to, &why));
	gzip_out_free(&g);
}

/* Inflate all, giving `step` bytes at a time and taking `room`. */
static bool
inflate_all(struct slice packed, size_t step, size_t room, struct buf *to)
{
	struct gzip_in g;
	bool done = false;

	buf_clear(to);
	gzip_in_init(&g);
	while (packed.len) {
		struct slice part = { packed.at,
				      packed.len < step ? packed.len : step };
		size_t given = part.len, wrote = room;

		while (part.len || wrote == room) {
			char *at = buf_reserve(to, room, &why);

			must(at);
			if (!gzip_inflate(&g, &part, at, room, &wrote, &why))
				goto out;
			buf_wrote(to, wrote);
		}
		packed.at += given;
		packed.len -= given;
	}
	done = gzip_in_end(&g, &why);
out:
	gzip_in_free(&g);
	return done;
}

static void
make_text(struct buf *text)
{
	for (int i = 0; i < 30000; i++)
		must(buf_printf(text, &why, "{\"Id\":\"%d\",\"n\":%d}\n", i,
				i * 7919 % 1000));
}

static void
test_sizes(void)
{
	static const size_t sizes[] = { 1, 2, 7, 64, 4096, 65536 };
	struct buf text, packed, got;
	size_t wrong = 0;

	buf_init(&text, MOST);
	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	make_text(&text);
	for (int level = 0; level <= 9; level += 3)
		add_member(&packed, buf_slice(&text), level);
	add_member(&packed, SLICE(""), 6);
	struct slice whole = buf_slice(&text);
	for (size_t i = 0; i < LENGTH(sizes) * 2; i++) {
		size_t step = i % 2 ? sizes[i / 2] : 65536;
		size_t room = i % 2 ? 65536 : sizes[i / 2];

		wrong += !inflate_all(buf_slice(&packed), step, room, &got) ||
			 got.len != 4 * whole.len;
		for (size_t n = 0; n < 4 && got.len == 4 * whole.len; n++)
			wrong += memcmp(got.at + n * whole.len, whole.at,
					whole.len) != 0;
	}
	ok(!wrong, "many members come back, whatever is given and taken at a "
		   "time");
	buf_free(&text);
	buf_free(&packed);
	buf_free(&got);
}

static void
test_end(void)
{
	struct buf packed, got;
	struct gzip_in g;

	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	gzip_in_init(&g);
	ok(gzip_in_end(&g, &why), "nothing at all is not cut off");
	gzip_in_free(&g);

	add_member(&packed, SLICE("some text, some more text"), 6);
	size_t one = packed.len, taken = 0, wrong = 0;
	for (size_t len = 1; len < one; len++) {
		taken += inflate_all((struct slice){ packed.at, len }, 4096,
				     4096, &got);
		wrong += why.kind != FAILURE_DATA;
	}
	ok(!taken && !wrong, "no truncation of a member passes");
	is(why.text, "the gzip data is cut off", "it is told as such");

	add_member(&packed, SLICE("a second"), 6);
	taken = 0;
	for (size_t len = one + 1; len < packed.len; len++)
		taken += inflate_all((struct slice){ packed.at, len }, 4096,
				     4096, &got);
	ok(!taken, "no truncation of a second member passes");
	ok(inflate_all((struct slice){ packed.at, one }, 4096, 4096, &got),
	   "a cut between members cannot be seen here");
	buf_free(&packed);
	buf_free(&got);
}

static void
test_garbage(void)
{
	static const char *const tails[] = { "\n",   "x",        "more text",
					     "\x1f", "\x1f\x8b", "\x1fxx" };
	struct buf packed, got;

	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	add_member(&packed, SLICE("text"), 6);
	size_t whole = packed.len;
	for (size_t i = 0; i < LENGTH(tails); i++) {
		buf_cut(&packed, whole);
		must(buf_printf(&packed, &why, "%s", tails[i]));
		ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got) &&
			   !inflate_all(buf_slice(&packed), 1, 4096, &got) &&
			   why.kind == FAILURE_DATA,
		   "what follows the last member is refused (%zu)", i);
	}
	buf_cut(&packed, whole);
	must(buf_add(&packed, "\0", 1, &why));
	ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got),
	   "a zero byte too");
	ok(!inflate_all(SLICE("plain text"), 4096, 4096, &got) &&
		   strstr(why.text, "corrupt gzip"),
	   "what is no gzip is refused");
	ok(gzip_begins(SLICE("\x1f\x8b")) && !gzip_begins(SLICE("\x1f")) &&
		   !gzip_begins(SLICE("{}")) && !gzip_begins(SLICE("")),
	   "gzip is seen from its first two bytes");
	buf_free(&packed);
	buf_free(&got);
}

/* Any one bit changed: refused, or (in the header) without meaning. */
static void
test_flips(void)
{
	struct slice text = SLICE("{\"Id\":\"130\"}\n{\"Id\":\"131\"}\n");
	struct buf packed, got;
	size_t other = 0, passed = 0;

	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	add_member(&packed, text, 6);
	for (size_t bit = 0; bit < packed.len * 8; bit++) {
		packed.at[bit / 8] ^= (char)(1 << bit % 8);
		if (inflate_all(buf_slice(&packed), 4096, 4096, &got)) {
			passed++;
			other += !slice_equal(buf_slice(&got), text);
		}
		packed.at[bit / 8] ^= (char)(1 << bit % 8);
	}
	ok(!other, "no flipped bit makes another text of a member");
	ok(passed && passed < 8 * 8,
	   "those that pass stand in the header, where they mean nothing");

	packed.at[packed.len - 8] ^= 1;
	ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got),
	   "a wrong CRC is refused");
	is(why.text, "corrupt gzip: incorrect data check", "and told");
	packed.at[packed.len - 8] ^= 1;
	packed.at[packed.len - 1] ^= 1;
	ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got),
	   "a wrong length is refused");
	is(why.text, "corrupt gzip: incorrect length check", "and told too");
	buf_free(&packed);
	buf_free(&got);
}

static void
test_same(void)
{
	struct buf one, other;
	struct gzip_out g;

	buf_init(&one, MOST);
	buf_init(&other, MOST);
	add_member(&one, SLICE("text"), 6);
	gzip_out_init(&g, 6);
	must(gzip_deflate(&g, SLICE("te"), &other, &why));
	must(gzip_deflate(&g, SLICE(""), &other, &why));
	must(gzip_deflate(&g, SLICE("xt"), &other, &why));
	must(gzip_out_end(&g, &other, &why));
	ok(slice_equal(buf_slice(&one), buf_slice(&other)),
	   "the same bytes always give the same file");
	ok(!memcmp(one.at + 3, "\0\0\0\0\0", 5),
	   "without a time and without a name");
	must(gzip_deflate(&g, SLICE("text"), &other, &why));
	must(gzip_out_end(&g, &other, &why));
	ok(other.len == 2 * one.len &&
		   !memcmp(other.at + one.len, one.at, one.len),
	   "after its end the next member begins");
	gzip_out_free(&g);
	buf_free(&other);

	buf_init(&other, 70000);
	gzip_out_init(&g, 0);
	struct buf text;
	buf_init(&text, MOST);
	make_text(&text);
	ok(!gzip_deflate(&g, buf_slice(&text), &other, &why) &&
		   why.kind == FAILURE_DATA,
	   "a buffer that is full is told");
	gzip_out_free(&g);
	gzip_out_free(&g);
	buf_free(&text);
	buf_free(&one);
	buf_free(&other);
}

int
main(void)
{
	test_sizes();
	test_end();
	test_garbage();
	test_flips();
	test_same();
	return tap_done();
}
