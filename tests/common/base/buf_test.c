/* Bytes that grow up to their bound, and never past it. */
#include "base/buf.h"
#include "tap.h"

static struct failure why;

static void
test_grow(void)
{
	struct buf b;
	size_t wrong = 0;

	buf_init(&b, 100000);
	ok(b.at && !*b.at && !b.len, "an empty one can be printed");
	for (int i = 0; i < 100000; i++) {
		char c = (char)(i % 251);

		wrong += !buf_add(&b, &c, 1, &why) || b.at[b.len];
	}
	ok(!wrong && b.len == 100000, "it grows byte by byte to its bound");
	for (int i = 0; i < 100000; i++)
		wrong += b.at[i] != (char)(i % 251);
	ok(!wrong, "and holds what was added, NULs too");
	buf_free(&b);
	ok(b.at && !b.len && !b.room && b.most == 100000,
	   "freed it is empty, and keeps its bound");
	buf_free(&b);
	ok(buf_add(&b, "x", 1, &why) && b.len == 1, "and can be used again");
	buf_free(&b);
}

static void
test_paged(void)
{
	enum { MOST = 3 * 4096 };
	struct buf b;
	bool all = true;

	buf_init_paged(&b, MOST);
	ok(!*b.at && !b.len && !((uintptr_t)b.at % 4096),
	   "a paged one begins at a page");
	const char *at = b.at;
	for (int i = 0; i < MOST; i++)
		all &= buf_add(&b, "x", 1, &why);
	ok(all && b.at == at && b.len == MOST && !b.at[MOST],
	   "and never moves, up to its bound");
	ok(!buf_add(&b, "x", 1, &why) && !buf_reserve(&b, 1, &why),
	   "which holds");
	buf_free(&b);
	ok(!b.len && !b.room, "and is freed as any other");
}

static void
test_bound(void)
{
	struct buf b;

	buf_init(&b, 5);
	ok(buf_add(&b, "abc", 3, &why), "three of five bytes");
	ok(!buf_add(&b, "def", 3, &why) && why.kind == FAILURE_DATA,
	   "three more are refused");
	is(why.text, "more than 5 bytes", "the bound is named");
	is(b.at, "abc", "and nothing was added");
	ok(!buf_printf(&b, &why, "%d", 123) && b.len == 3,
	   "nor is anything printed past it");
	ok(!buf_reserve(&b, 3, &why) && buf_reserve(&b, 2, &why),
	   "nor any room given");
	ok(!buf_reserve(&b, SIZE_MAX, &why), "nor all the room there is");
	ok(buf_printf(&b, &why, "%s", "de") && b.len == 5, "up to it is fine");
	ok(buf_add_slice(&b, (struct slice){ NULL, 0 }, &why),
	   "nothing may always be added");
	buf_free(&b);

	buf_init(&b, 0);
	ok(!buf_add(&b, "x", 1, &why) && buf_add(&b, "", 0, &why) && !*b.at,
	   "a bound of 0 takes nothing");
	buf_free(&b);
}

static void
test_rest(void)
{
	struct buf b;

	buf_init(&b, 1000);
	ok(buf_printf(&b, &why, "%s-%d", "page", 7) &&
		   slice_is(buf_slice(&b), "page-7"),
	   "text is printed into it");
	size_t room = b.room;
	buf_truncate(&b, 4);
	is(b.at, "page", "it is cut back");
	buf_drop_front(&b, 1);
	ok(slice_is(buf_slice(&b), "age") && !b.at[3],
	   "bytes at the front are dropped");
	buf_clear(&b);
	ok(!b.len && !*b.at && b.room == room, "cleared it keeps its memory");
	char *at = buf_reserve(&b, 3, &why);
	memcpy(at, "new", 3);
	buf_wrote(&b, 3);
	is(b.at, "new", "what is written into reserved room counts");
	buf_free(&b);
	buf_truncate(&b, 0);
	buf_drop_front(&b, 0);
	buf_clear(&b);
	is(b.at, "", "all of that may be done to an empty one");
}

int
main(void)
{
	test_grow();
	test_paged();
	test_bound();
	test_rest();
	return tap_done();
}
