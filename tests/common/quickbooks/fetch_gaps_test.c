/*
 * covers: fetch_gaps unreadable_rows failed_windows row_time
 *
 * Rows and windows that cannot be had: all others are sealed.
 */
#include "fakequeue.h"

/* The rows of one window cannot be had: the others are whole. */
static void
every_bad_window(enum failure_kind kind)
{
	keep_going = true;
	for (int window = 1; window <= WINDOWS; window++) {
		struct failure why = { 0 };
		struct qbo_client qbo = { .fail_after = -1,
					  .fail_kind = kind,
					  .less_after = -1,
					  .bad_window = window };
		FILE *file = tmpfile();
		bool ended;

		if (window_rows[window - 1] <= UNREADABLE_MOST)
			continue;
		bool went_on = run(&qbo, file, 9, 4, true, &why);
		ok(went_on && sealed(file, false, &ended) == WINDOWS - 1 &&
			   missed == 1 && !ended && why.kind == kind,
		   "window %d cannot be had: the others are whole, no end; "
		   "exit status %d",
		   window, (int)kind);
		fclose(file);
	}
	keep_going = false;
}

/* The rows of `file`, whose seals are right; -1: they are not. */
static int64_t
rows_sealed(FILE *file, bool *ended)
{
	struct failure why = { 0 };
	enum stream_got got;
	struct stream s;
	int64_t rows = 0;

	*ended = false;
	stream_init(&s, fileno(file), NULL);
	while ((got = stream_next(&s, &why)) > STREAM_DONE) {
		if (got == STREAM_SEAL)
			rows += s.seal.rows;
		*ended = got == STREAM_END;
	}
	stream_free(&s);
	return got == STREAM_DONE || why.kind == FAILURE_LATER ? rows : -1;
}

static void
every_bad_row(void)
{
	int bad = 0, runs = 0, unnamed = 0, all = 0;

	for (int w = 0; w < WINDOWS; w++)
		all += window_rows[w];
	for (int w = 0; w < WINDOWS; w++)
		for (int i = 1; i <= window_rows[w]; i++) {
			struct failure why = { 0 };
			struct qbo_client qbo = {
				.random = (unsigned)i,
				.fail_after = -1,
				.fail_kind =
					i % 2 ? FAILURE_REFUSED : FAILURE_LATER,
				.less_after = -1,
				.bad_row = w * 1000 + i
			};
			struct qbo_client other = qbo;
			FILE *file = tmpfile(), *alone = tmpfile();
			bool ended;

			keep_going = true;
			scan_rows = i % 3 ? 20000 : 40;
			bad += !run(&qbo, file, 1 + i % 50, 1 + i % 4, true,
				    &why) ||
			       rows_sealed(file, &ended) != all - 1 || ended ||
			       missed != 1 || why.kind != qbo.fail_kind;
			fclose(file);
			keep_going = false;
			unnamed +=
				run(&other, alone, 50, 4, true, &why) ||
				!strstr(why.text, "row ") ||
				!strstr(why.next, "with --keep-going") ||
				(strstr(why.next, "fails again") == NULL) != (i % 2) ||
				why.kind != other.fail_kind;
			fclose(alone);
			runs++;
		}
	ok(!bad,
	   "a row that cannot be had: all others are sealed, no end; %d runs",
	   runs);
	ok(!unnamed, "and without --keep-going it is named, with what to do");
	scan_rows = 20000;
}

static void
ignored_filter(void)
{
	struct failure why = { 0 };
	struct qbo_client qbo = { .fail_after = -1,
				  .less_after = -1,
				  .no_filter = true };
	FILE *file = tmpfile();
	bool ended;

	scan_rows = 60;
	for (int going = 0; going < 2; going++) {
		keep_going = going;
		ok(!run(&qbo, file, 1000, 1, true, &why) &&
			   why.kind == FAILURE_REFUSED &&
			   strstr(why.text, "did not apply the filter"),
		   "a range that is ignored: %s", why.text);
		ok(!rows_sealed(file, &ended) && !ended, "nothing is sealed");
	}
	fclose(file);
	keep_going = false;
	scan_rows = 20000;
}

int
main(void)
{
	/* what is told of windows that are given up */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	every_bad_window(FAILURE_LATER);
	every_bad_window(FAILURE_REFUSED);
	every_bad_row();
	ignored_filter();
	return tap_done();
}
