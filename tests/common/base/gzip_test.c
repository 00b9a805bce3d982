/* The wrapper of ISA-L and zlib: truncation, corruption and trailing garbage
 * are reported. */
#include <zlib.h>

#include "base/gzip.h"
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
	static const int levels[] = { 0, 1, 6, 9 };
	struct buf text, packed, got;
	size_t wrong = 0;

	buf_init(&text, MOST);
	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	make_text(&text);
	for (size_t i = 0; i < LENGTH(levels); i++)
		add_member(&packed, buf_slice(&text), levels[i]);
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
	ok(!wrong, "many members come back, whatever is passed at a "
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
	is(why.text, "truncated gzip data", "and it is reported");

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
		buf_truncate(&packed, whole);
		must(buf_printf(&packed, &why, "%s", tails[i]));
		ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got) &&
			   !inflate_all(buf_slice(&packed), 1, 4096, &got) &&
			   why.kind == FAILURE_DATA,
		   "what follows the last member is refused (%zu)", i);
	}
	buf_truncate(&packed, whole);
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
	is(why.text, "corrupt gzip: CRC or length mismatch", "and reported");
	packed.at[packed.len - 8] ^= 1;
	packed.at[packed.len - 1] ^= 1;
	ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got),
	   "a wrong length is refused");
	is(why.text, "corrupt gzip: CRC or length mismatch",
	   "and reported, too");
	buf_free(&packed);
	buf_free(&got);
}

enum { CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 32 };

/* A member whose header says more: flags, and what they announce. */
static void
add_headed(struct buf *to, unsigned flags, struct slice text)
{
	const char base[] = {
		'\x1f', '\x8b', 8, (char)flags, 1, 2, 3, 4, 0, 3
	};
	struct buf member;

	buf_init(&member, MOST);
	size_t start = to->len;
	must(buf_add(to, base, sizeof(base), &why));
	if (flags & EXTRA)
		must(buf_add(to, "\5\0a\0b\0c", 7, &why));
	if (flags & NAME)
		must(buf_add(to, "a name", 7, &why));
	if (flags & COMMENT)
		must(buf_add(to, "", 1, &why));
	if (flags & CRC) {
		unsigned long crc =
			crc32(0, (const Bytef *)to->at + start,
			      (uInt)(to->len - start)); /* below 40 */
		const char low[] = { (char)(crc & 0xff),
				     (char)(crc >> 8 & 0xff) };

		must(buf_add(to, low, 2, &why));
	}
	add_member(&member, text, 6);
	must(buf_add(to, member.at + 10, member.len - 10, &why));
	buf_free(&member);
}

static void
test_headers(void)
{
	struct slice text = SLICE("{\"Id\":\"130\"}\n");
	struct buf packed, got;
	size_t wrong = 0, passed = 0;

	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	for (unsigned flags = 0; flags < RESERVED; flags++)
		for (size_t step = 1; step < 60; step += 2) {
			buf_clear(&packed);
			add_headed(&packed, flags, text);
			add_headed(&packed, flags, text);
			wrong += !inflate_all(buf_slice(&packed), step, 4096,
					      &got) ||
				 got.len != 2 * text.len ||
				 memcmp(got.at + text.len, text.at, text.len);
		}
	ok(!wrong, "a header may say all that it can, and come in any parts");

	buf_clear(&packed);
	add_headed(&packed, CRC | EXTRA | NAME | COMMENT, text);
	for (size_t bit = 0; bit < 27 * 8; bit++) {
		packed.at[bit / 8] ^= (char)(1 << bit % 8);
		passed += inflate_all(buf_slice(&packed), 4096, 4096, &got);
		passed += inflate_all(buf_slice(&packed), 1, 4096, &got);
		packed.at[bit / 8] ^= (char)(1 << bit % 8);
	}
	ok(!passed, "a header with a CRC of its own may not be altered");
	for (unsigned flag = RESERVED; flag < 256; flag *= 2) {
		buf_clear(&packed);
		add_headed(&packed, flag, text);
		ok(!inflate_all(buf_slice(&packed), 4096, 4096, &got),
		   "flag %u, which means nothing yet, is refused", flag);
	}
	buf_free(&packed);
	buf_free(&got);
}

/* Long runs, short ones, and bytes as they come: what zlib writes, and at the
 * edges of what is given and taken. */
static void
test_kinds(void)
{
	struct buf text, packed, got;
	uint64_t chance = 1;
	size_t wrong = 0;

	buf_init(&text, MOST);
	buf_init(&packed, MOST);
	buf_init(&got, MOST);
	for (int i = 0; i < 300000; i++) {
		char byte;

		chance = chance * 6364136223846793005U + 1442695040888963407U;
		byte = i % 90000 < 20000 ? (char)(chance >> 33) : 'a';
		if (i % 90000 > 60000 && chance >> 61)
			byte = text.at[text.len - 1 - (chance >> 33) % 40000];
		must(buf_add(&text, &byte, 1, &why));
	}
	for (int level = 0; level <= 9; level++) {
		buf_clear(&packed);
		add_member(&packed, buf_slice(&text), level);
		for (size_t room = 997; room < 300000; room = room * 2 + 1)
			wrong +=
				!inflate_all(buf_slice(&packed), room / 3, room,
					     &got) ||
				!slice_equal(buf_slice(&got), buf_slice(&text));
	}
	ok(!wrong, "bytes of every kind come back from every level");
	buf_free(&text);
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
	   "a full buffer is reported");
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
	test_headers();
	test_kinds();
	test_same();
	return tap_done();
}
