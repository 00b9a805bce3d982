/*
 * covers: fetch_queue fetch_output fetch_job scan scan_queue scan_output
 * covers: scan_reader held_rows window_run
 *
 * Responses come in any order (fakeclient.h), and the stream that is written
 * must be the same.
 */
#include "fakequeue.h"
#include "tap.h"

/* The parameters of a run that differ from seed to seed. */
static struct qbo_client
some_client(unsigned seed)
{
	return (struct qbo_client){
		.random = seed,
		.last_first = seed % 4 == 0,
		.all_at_once = seed % 8 > 4,
		.fail_after = -1,
		.less_after = seed % 3 ? (int)seed : -1,
		.undated = seed % 5 == 0,
		.slow_hours = seed % 7 == 0 ? 30 : 0,
	};
}

static void
every_order(bool counts)
{
	static const int64_t most_rows[] = { 20000, 60, 26, 7, 1 };
	int bad = 0, crowded = 0, runs = 0;

	for (unsigned seed = 0; seed < 60; seed++)
		for (int64_t jobs = 1; jobs <= FETCH_MOST_JOBS; jobs++) {
			struct failure why = { 0 };
			struct qbo_client qbo = some_client(seed);
			FILE *file = tmpfile();
			bool ended;

			scan_rows = most_rows[seed % LENGTH(most_rows)];
			keep_going = seed % 2;
			bad += !run(&qbo, file, 1 + seed, jobs, counts, &why) ||
			       sealed(file, qbo.less_after < 0, &ended) !=
				       WINDOWS ||
			       !ended;
			crowded += qbo.most_at_once > jobs;
			runs++;
			fclose(file);
		}
	ok(!bad, "%s: all windows come out whole and in order, %d runs",
	   counts ? "counted" : "not counted", runs);
	ok(!crowded, "never more requests under way than the jobs");
	scan_rows = 20000;
	keep_going = false;
}

static void
few_questions(void)
{
	struct failure why = { 0 };
	struct qbo_client qbo = { .fail_after = -1, .less_after = -1 };
	FILE *file = tmpfile();

	bool done = run(&qbo, file, 1000, 4, true, &why);
	ok(done && qbo.answers == 2,
	   "seven windows whose rows one page holds: %d questions",
	   qbo.answers);
	fclose(file);
	file = tmpfile();
	qbo = (struct qbo_client){ .fail_after = -1, .less_after = -1 };
	done = run(&qbo, file, 100, 4, true, &why);
	ok(done && qbo.answers == 4, "two pages: %d", qbo.answers);
	fclose(file);
	file = tmpfile();
	qbo = (struct qbo_client){ .fail_after = -1, .less_after = -1 };
	scan_rows = 60;
	done = run(&qbo, file, 100, 1, true, &why);
	ok(done && qbo.answers <= 20, "and scans of 60 rows: %d", qbo.answers);
	scan_rows = 20000;
	fclose(file);
}

/* Of the month's calls few are left: a scan that cannot be read to its end does
 * not begin. */
static void
few_calls_left(void)
{
	int bad = 0, sealed_some = 0;
	bool ended;

	for (int64_t left = 1; left < 60; left++) {
		struct failure why = { 0 };
		struct qbo_client qbo = { .fail_after = -1,
					  .less_after = -1,
					  .random = (unsigned)left,
					  .most_calls = left };
		FILE *file = tmpfile();

		scan_rows = left % 2 ? 20000 : 60;
		bool done = run(&qbo, file, 10, 1, true, &why);
		int windows = sealed(file, true, &ended);

		/* all rows at once are one count, 17 pages, one count */
		bad += scan_rows == 20000 && qbo.calls != (left < 19 ? 1 : 19);
		bad += windows < 0 || done != (windows == WINDOWS) ||
		       done != ended || (!done && why.kind != FAILURE_LATER) ||
		       qbo.pages_refused;
		sealed_some += windows && !done;
		fclose(file);
	}
	scan_rows = 20000;
	ok(!bad, "with too few calls left a scan does not begin");
	ok(sealed_some > 5, "those before it are sealed: %d", sealed_some);
}

static void
every_failure(void)
{
	int bad = 0, runs = 0, before = 0;
	struct failure why = { 0 };

	scan_rows = 30;
	for (int n = 0;; n++) {
		struct qbo_client qbo = { .random = (unsigned)n,
					  .fail_after = n,
					  .less_after = -1 };
		FILE *file = tmpfile();
		bool ended;
		bool done = run(&qbo, file, 9, 4, true, &why);
		int windows = sealed(file, true, &ended);

		fclose(file);
		if (qbo.answers <= n)
			break;
		if (done) { /* it only asked where to split */
			bad += windows != WINDOWS || !ended;
			continue;
		}
		runs++;
		bad += windows < 0 || ended || why.kind != FAILURE_LATER ||
		       !strstr(why.text, "Invoice ");
		before += windows;
	}
	ok(!bad && runs > 20,
	   "the n-th answer fails: what was sealed is whole, no end, the "
	   "window is named; %d runs",
	   runs);
	ok(before > runs, "and windows before it were sealed: %d", before);
	printf("# %s\n", why.text);
	scan_rows = 20000;
}

/* The n-th answer fails once: what it was about is read again in parts. */
static void
every_own_failure(enum failure_kind kind)
{
	int bad = 0, runs = 0;

	keep_going = true;
	for (int n = 0;; n++) {
		struct failure why = { 0 };
		struct qbo_client qbo = { .random = (unsigned)n,
					  .fail_after = n,
					  .fail_kind = kind,
					  .fail_own = true,
					  .less_after = n - 3 };
		FILE *file = tmpfile();
		bool ended;
		bool went_on = run(&qbo, file, 9, 4, true, &why);
		int windows = sealed(file, false, &ended);

		fclose(file);
		if (qbo.answers <= n)
			break;
		runs++;
		bad += !went_on || windows != WINDOWS || missed || !ended;
	}
	ok(!bad && runs > 20,
	   "the n-th answer fails once: all windows are whole; exit status "
	   "%d; %d runs",
	   (int)kind, runs);
	keep_going = false;
}

static void
gone_server(void)
{
	struct failure why = { 0 };
	struct qbo_client qbo = { .fail_after = 8,
				  .fail_times = 1000,
				  .fail_own = true,
				  .less_after = -1 };
	FILE *file = tmpfile();
	bool ended;

	keep_going = true;
	scan_rows = 20;
	ok(!run(&qbo, file, 9, 1, true, &why) && why.kind == FAILURE_LATER,
	   "trouble that meets one window after the other ends it");
	ok(missed <= 1, "after the second: %d", (int)missed);
	ok(sealed(file, false, &ended) > 0 && !ended,
	   "what was sealed before is whole, and there is no end");
	fclose(file);
	scan_rows = 20000;

	file = tmpfile();
	qbo = (struct qbo_client){ .fail_after = 8,
				   .fail_times = 1000,
				   .fail_kind = FAILURE_LOGIN,
				   .less_after = -1 };
	why = (struct failure){ 0 };
	ok(!run(&qbo, file, 9, 1, true, &why) && why.kind == FAILURE_LOGIN &&
		   !missed,
	   "a lost login ends it at once");
	fclose(file);

	file = tmpfile();
	qbo = (struct qbo_client){ .fail_after = -1,
				   .less_after = -1,
				   .unsteady = true };
	why = (struct failure){ 0 };
	ok(run(&qbo, file, 9, 4, true, &why) && missed == WINDOWS,
	   "every window may change in every pass, and each is named");
	ok(sealed(file, false, &ended) == 0 && !ended && why.kind == 75,
	   "then nothing is sealed, and there is no end");
	fclose(file);
	keep_going = false;
}

static void
never_agrees(void)
{
	struct qbo_client qbo = { .fail_after = -1,
				  .less_after = -1,
				  .unsteady = true };
	struct failure why = { 0 };
	FILE *file = tmpfile();
	bool ended, done = run(&qbo, file, 10, 1, true, &why);

	ok(!done && why.kind == FAILURE_LATER, "counts that never agree: 75");
	is(why.text,
	   "Invoice 1/7 (2025-01-01T00:00:00Z to 2025-01-02T00:00:00Z): it "
	   "changed in each of 3 passes: in the last one 26 rows were counted "
	   "before, 25 came, 26 were counted after",
	   "with the window and the numbers");
	ok(sealed(file, true, &ended) == 0, "and no seal");
	fclose(file);
}

/* The days 1, 3, 5 and 7, each a run of its own. */
static bool
plan_days(struct qbo_client *qbo, FILE *file, struct failure *why)
{
	static struct fetch_queue queue;
	struct lines_out out;
	struct window w;
	bool done = true;

	lines_out_init(&out, fileno(file));
	fetch_queue_init(&queue, &out);
	queue.jobs.qbo = qbo;
	queue.jobs.most = 4;
	queue.policy = (struct scan_policy){ 1000, 20000, true, false };
	queue.plan = true;
	for (int day = 1; done && day < 8; day += 2) {
		char text[200];

		snprintf(text, sizeof(text),
			 "{\"entity\":\"Invoice\",\"by\":\"updated\","
			 "\"start\":\"2025-01-0%dT00:00:00Z\","
			 "\"end\":\"2025-01-0%dT00:00:00Z\",\"no\":1,"
			 "\"of\":7}",
			 day, day + 1);
		done = window_parse(&w, slice_of(text), why) &&
		       fetch_queue_add(&queue, &w, slice_of(text), why);
	}
	scan_queue_close_run(&queue.scans);
	while (done && !scan_queue_is_empty(&queue.scans))
		done = fetch_queue_work(&queue, -1, why);
	lines_finish(&out, why);
	fetch_queue_free(&queue);
	lines_out_free(&out);
	rewind(file);
	return done;
}

static void
plan_in_order(void)
{
	struct qbo_client qbo = { .fail_after = -1,
				  .less_after = -1,
				  .last_first = true };
	struct failure why = { 0 };
	FILE *file = tmpfile();
	char line[512], days[16] = "";
	size_t count = 0;

	ok(plan_days(&qbo, file, &why) && qbo.most_at_once == 4,
	   "a plan counts several runs at one time");
	while (count < sizeof(days) - 1 && fgets(line, sizeof(line), file))
		days[count++] = strstr(line, "\"start\":\"2025-01-0")[18];
	is(days, "1357", "and writes them in the order of their tickets");
	fclose(file);
}

int
main(void)
{
	/* what is told of windows that are given up */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	every_order(true);
	every_order(false);
	few_questions();
	few_calls_left();
	plan_in_order();
	every_failure();
	every_own_failure(FAILURE_LATER);
	every_own_failure(FAILURE_REFUSED);
	gone_server();
	never_agrees();
	return tap_done();
}
