/* What is covered and what is not, compared with an array of single hours. */
#include "base/time_ranges.h"
#include "tap.h"

enum { HOURS = 24 };

static struct time_range
range(int64_t start, int64_t end)
{
	return (struct time_range){ start, end };
}

static void
test_by_hand(void)
{
	struct time_ranges c;
	struct time_range gap;

	time_ranges_init(&c);
	ok(!time_ranges_contain(&c, range(0, 1)), "nothing covers nothing");
	time_ranges_add(&c, range(0, 7));
	time_ranges_add(&c, range(7, 14));
	time_ranges_add(&c, range(10, 12));
	time_ranges_add(&c, range(20, 21));
	ok(c.count == 2, "what touches or overlaps is one");
	ok(time_ranges_contain(&c, range(0, 14)),
	   "windows together cover a longer one");
	ok(time_ranges_contain(&c, range(3, 9)), "and one across their edge");
	ok(!time_ranges_contain(&c, range(13, 15)),
	   "but none beyond their end");
	ok(!time_ranges_contain(&c, range(-1, 1)),
	   "nor one from before their start");
	ok(!time_ranges_contain(&c, range(0, 21)), "nor one with a hole in it");
	ok(time_ranges_gap(&c, range(0, 21), &gap) && gap.start_us == 14 &&
		   gap.end_us == 20,
	   "the hole is named");
	ok(time_ranges_gap(&c, range(15, 17), &gap) && gap.start_us == 15 &&
		   gap.end_us == 17,
	   "no more than was asked for");
	ok(time_ranges_gap(&c, range(20, 30), &gap) && gap.start_us == 21 &&
		   gap.end_us == 30,
	   "the rest after the last one is a hole");
	time_ranges_free(&c);
	time_ranges_free(&c);
}

/* The first hole of [start, end) on the board, as time_ranges_gap() gives it.
 */
static bool
hole(const bool *board, int start, int end, struct time_range *gap)
{
	while (start < end && board[start])
		start++;
	gap->start_us = start;
	for (gap->end_us = start; gap->end_us < end; gap->end_us++)
		if (board[gap->end_us])
			break;
	return start < end;
}

static int
compare_with_board(const struct time_ranges *c, const bool *board)
{
	int bad = 0;

	for (int start = 0; start < HOURS; start++)
		for (int end = start + 1; end <= HOURS; end++) {
			struct time_range want, got;
			bool is_hole = hole(board, start, end, &want);
			bool found =
				time_ranges_gap(c, range(start, end), &got);

			bad += found != is_hole ||
			       (found && (got.start_us != want.start_us ||
					  got.end_us != want.end_us));
		}
	return bad;
}

static void
test_against_board(void)
{
	unsigned chance = 1;
	int bad = 0;

	for (int round = 0; round < 500; round++) {
		bool board[HOURS] = { false };
		struct time_ranges c;

		time_ranges_init(&c);
		for (int start = 0; start < HOURS; start++) {
			chance = chance * 1103515245 + 12345;
			int len = (int)(chance >> 16) % 16 - 10;

			for (int i = start; i < start + len && i < HOURS; i++)
				board[i] = true;
			if (len > 0)
				time_ranges_add(&c, range(start, start + len));
		}
		bad += compare_with_board(&c, board);
		time_ranges_free(&c);
	}
	ok(!bad, "150,000 questions are answered as a board answers them");
}

static void
chooses(const struct time_range *ranges, size_t count, const char *want,
	const char *what)
{
	size_t chosen[16];
	size_t n = time_ranges_choose(ranges, count, range(10, 20), chosen);
	char got[64] = "";

	for (size_t i = 0; i < n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%zu ",
			 chosen[i]);
	is(got, want, what);
}

static void
test_choice(void)
{
	const struct time_range cut[] = { { 10, 14 }, { 14, 18 }, { 18, 20 } };
	const struct time_range over[] = { { 5, 12 },  { 8, 13 },  { 10, 11 },
					   { 12, 15 }, { 13, 16 }, { 15, 30 },
					   { 16, 25 } };
	const struct time_range holes[] = {
		{ 0, 9 }, { 11, 12 }, { 14, 16 }, { 15, 16 }, { 20, 25 }
	};

	chooses(cut, LENGTH(cut), "0 1 2 ",
		"windows that touch are all chosen");
	chooses(over, LENGTH(over), "1 4 5 ",
		"of more the furthest are chosen");
	chooses(holes, LENGTH(holes), "1 2 ",
		"gaps are skipped, and ranges outside are not chosen");
	chooses(holes, 0, "", "of none none is chosen");
}

int
main(void)
{
	test_choice();
	test_by_hand();
	test_against_board();
	return tap_done();
}
