/*
 * covers: fetch_queue fetch_output failed_windows window_reader
 *
 * Responses come in any order (fakeclient.h), and the stream that is written
 * must be the same.
 */
#include "fakeclient.h"
#include "quickbooks/fetch_queue.h"
#include "stream/stream.h"
#include "tap.h"

static bool
fill(struct fetch_queue *queue, int *added, struct failure *why)
{
	static struct window w;
	static char text[] = "{\"entity\":\"Invoice\",\"by\":\"updated\","
			     "\"start\":\"2025-01-01T00:00:00Z\","
			     "\"end\":\"2025-01-02T00:00:00Z\",\"no\":1,"
			     "\"of\":7}";

	for (; fetch_queue_has_room(queue) && *added <= WINDOWS; ++*added) {
		struct slice object = slice_of(text);

		if (*added == WINDOWS) {
			fetch_queue_add_end(queue);
			continue;
		}
		strstr(text, "T00:00:00Z")[-1] = (char)('1' + *added);
		strstr(text, ",\"no\"")[-12] = (char)('2' + *added);
		strstr(text, "\"of\"")[-2] = (char)('1' + *added);
		if (!window_parse(&w, object, why) ||
		    !fetch_queue_add(queue, &w, object, why))
			return false;
	}
	return true;
}

/* Past windows that fail? */
static bool keep_going;
static int64_t missed;

/* Everything through the queue into `file`; then it is read as a stream. */
static bool
run(struct qbo_client *qbo, FILE *file, int64_t page_size, int64_t jobs,
    bool counts, struct failure *why)
{
	static struct fetch_queue queue;
	struct lines_out out;
	int added = 0;
	bool done = true;

	lines_out_init(&out, fileno(file));
	fetch_queue_init(&queue, &out);
	queue.qbo = qbo;
	queue.page_size = page_size;
	queue.most_jobs = jobs;
	queue.counts = counts;
	queue.keep_going = queue.output.hold_rows = keep_going;
	while (done && (added <= WINDOWS || !fetch_queue_is_empty(&queue)))
		done = fill(&queue, &added, why) &&
		       fetch_queue_work(&queue, -1, why);
	missed = queue.failed.count;
	failed_windows_report(&queue.failed, why);
	lines_finish(&out, why);
	fetch_queue_free(&queue);
	lines_out_free(&out);
	rewind(file);
	return done;
}

static int64_t
row_id(const struct envelope *e)
{
	struct slice row = e->value[MEMBER_ROW];
	int64_t id = -1;

	return sscanf(row.at, "{\"id\":\"%" SCNd64, &id) == 1 ? id : -1;
}

/* The windows that are sealed in `file`, in order and with all their rows;
 * -1 when anything is wrong with them;
 * `in_order`: their rows too.  `*ended`: and then an end. */
static int
sealed(FILE *file, bool in_order, bool *ended)
{
	int64_t last = 0, id, no = 0;
	struct stream s;
	struct failure why = { 0 };
	enum stream_got got;
	int windows = 0;
	bool good = true;

	*ended = false;
	stream_init(&s, fileno(file), NULL);
	while ((got = stream_next(&s, &why)) > STREAM_DONE) {
		if (got == STREAM_SEAL) {
			good = good &&
			       (keep_going ? s.window.no > no
					   : s.window.no == no + 1) &&
			       s.seal.rows == window_rows[s.window.no - 1];
			no = s.window.no;
			windows++;
		}
		if (got == STREAM_ROW) {
			id = row_id(&s.now);
			good = good && (!in_order || id > last);
			last = id;
		}
		*ended = got == STREAM_END;
	}
	good = good && (got == STREAM_DONE || why.kind == FAILURE_LATER);
	if (!good)
		printf("# %s\n", why.text);
	stream_free(&s);
	return good ? windows : -1;
}

static void
every_order(bool counts)
{
	int bad = 0, crowded = 0, runs = 0;

	for (unsigned seed = 0; seed < 40; seed++)
		for (int64_t jobs = 1; jobs <= FETCH_QUEUE_MOST_JOBS; jobs++) {
			struct failure why = { 0 };
			struct qbo_client qbo = {
				.random = seed,
				.last_first = seed % 4 == 0,
				.fail_after = -1,
				.less_after = seed % 3 ? (int)seed : -1
			};
			FILE *file = tmpfile();
			bool ended;

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
}

static void
every_failure(void)
{
	int bad = 0, runs = 0, before = 0;
	struct failure why = { 0 };

	for (int n = 0;; n++) {
		struct qbo_client qbo = { .random = (unsigned)n,
					  .fail_after = n,
					  .less_after = -1 };
		FILE *file = tmpfile();
		bool ended;
		bool done = run(&qbo, file, 9, 4, true, &why);
		int windows = sealed(file, true, &ended);

		fclose(file);
		if (done)
			break;
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
}

/*
 * The n-th answer fails for its window alone.  Of the two that a window behind
 * the first can give, the count is looked at only when its turn has come.
 */
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
		if (went_on && !missed)
			break;
		runs++;
		bad += !went_on || windows != WINDOWS - 1 || missed != 1 ||
		       ended || why.kind != kind;
	}
	ok(!bad && runs > 20,
	   "the n-th answer fails for its window alone: all the others are "
	   "whole, none of its rows is there, no end; exit status %d; %d runs",
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
	ok(!run(&qbo, file, 9, 1, true, &why) && why.kind == FAILURE_LATER,
	   "trouble that meets one window after the other ends it");
	ok(missed == 1, "after the second: %d", (int)missed);
	ok(sealed(file, false, &ended) > 0 && !ended,
	   "what was sealed before is whole, and there is no end");
	fclose(file);

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

int
main(void)
{
	/* what is told of windows that are given up */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	every_order(true);
	every_order(false);
	every_failure();
	every_own_failure(FAILURE_LATER);
	every_own_failure(FAILURE_REFUSED);
	gone_server();
	never_agrees();
	return tap_done();
}
