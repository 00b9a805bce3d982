/* Every truncation and every flipped bit: never a window that is not true. */
#include "streams.h"
#include "tap.h"

static void
test_truncations(struct slice bytes, const struct seen *truth, const char *what)
{
	size_t untrue = 0, done = 0, wrong_kind = 0;
	struct seen seen;

	seen_init(&seen);
	for (size_t len = 0; len < bytes.len; len++) {
		bool between = !len || bytes.at[len - 1] == '\n';

		read_stream(&seen, (struct slice){ bytes.at, len });
		untrue += !is_true(&seen, truth);
		done += seen.last == STREAM_DONE;
		wrong_kind += why.kind != FAILURE_DATA &&
			      !(why.kind == FAILURE_LATER && between);
	}
	ok(!untrue, "no truncation of %s makes a window that is not true",
	   what);
	ok(!done, "none of them passes for whole");
	ok(!wrong_kind, "75 between lines, and 65 inside of them");
	seen_free(&seen);
}

/*
 * Of a stream whose seals have a "sum", everything is covered but the name of
 * that member: without it a seal is one of the time before, and as true as it
 * was.  Of those no digest covers the stamps; of the seal itself the realm,
 * the pages and the count before; and the window of a seal without rows, which
 * is all that says which window was empty.  For files the CRC of gzip and the
 * archive's SHA256SUMS cover these too.
 */
static bool
is_covered(struct slice bytes, size_t place, bool summed)
{
	static const char *const open[] = {
		"\"sum\"",
		"\"stamp\":" STAMP,
		"\"realm\":\"46\",\"pages\"",
		"\"pages\":1",
		"\"count_before\":2",
		TWO,
		"\"count_before\":0",
		"\"count_before\":1",
	};

	for (size_t i = 0; i < (summed ? 1 : LENGTH(open)); i++) {
		const char *at = bytes.at;

		for (at = strstr(at, open[i]); at; at = strstr(at + 1, open[i]))
			if (bytes.at + place >= at &&
			    bytes.at + place < at + strlen(open[i]))
				return false;
	}
	return true;
}

static void
test_flips(struct slice bytes, const struct seen *truth, bool summed)
{
	size_t untrue = 0, passed = 0, uncovered = 0;
	struct seen seen;
	struct buf changed;

	seen_init(&seen);
	buf_init(&changed, MOST);
	must(buf_add_slice(&changed, bytes, &why));
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		bool covered = is_covered(bytes, bit / 8, summed);

		changed.at[bit / 8] ^= (char)(1 << bit % 8);
		read_stream(&seen, buf_slice(&changed));
		changed.at[bit / 8] ^= (char)(1 << bit % 8);
		untrue += covered && !is_true(&seen, truth);
		passed += covered && seen.last == STREAM_DONE;
		uncovered += !covered && seen.last == STREAM_DONE;
		if (covered &&
		    (!is_true(&seen, truth) || seen.last == STREAM_DONE))
			printf("# byte %zu bit %zu: %.20s\n", bit / 8, bit % 8,
			       bytes.at + bit / 8);
	}
	ok(!untrue, "no flipped bit makes a window that is not true");
	ok(!passed, "and none leaves the stream whole");
	ok(summed ? uncovered <= 3 * strlen("sum") * 8 : uncovered > 0,
	   "but in %s",
	   summed ? "the name of a sum"
		  : "the stamps and where a seal speaks of itself");
	printf("# %zu of %zu flips are not covered by a digest\n", uncovered,
	       bytes.len * 8);
	buf_free(&changed);
	seen_free(&seen);
}

static void
test_gzip_flips(struct slice bytes, const struct seen *truth)
{
	size_t untrue = 0;
	struct seen seen;
	struct buf packed;

	seen_init(&seen);
	buf_init(&packed, MOST);
	add_gzip(&packed, bytes);
	test_truncations(buf_slice(&packed), truth, "gzip");
	for (size_t bit = 0; bit < packed.len * 8; bit++) {
		packed.at[bit / 8] ^= (char)(1 << bit % 8);
		read_stream(&seen, buf_slice(&packed));
		packed.at[bit / 8] ^= (char)(1 << bit % 8);
		untrue += seen.last == STREAM_DONE &&
			  (seen.windows != 3 || !is_true(&seen, truth));
	}
	ok(!untrue, "no flipped bit in gzip passes for another whole stream");
	buf_free(&packed);
	seen_free(&seen);
}

int
main(void)
{
	struct seen truth;
	struct buf three;

	buf_init(&three, MOST);
	seen_init(&truth);
	make_three(&three, false);
	read_stream(&truth, buf_slice(&three));
	ok(truth.last == STREAM_DONE, "seals without a sum are read");
	test_flips(buf_slice(&three), &truth, false);
	make_three(&three, true);
	read_stream(&truth, buf_slice(&three));
	test_truncations(buf_slice(&three), &truth, "a stream");
	test_flips(buf_slice(&three), &truth, true);
	test_gzip_flips(buf_slice(&three), &truth);
	seen_free(&truth);
	buf_free(&three);
	return tap_done();
}
