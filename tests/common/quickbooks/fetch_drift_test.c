/*
 * covers: fetch_queue fetch_gaps fetch_job scan scan_queue scan_output
 * covers: scan_reader window_run row_time unreadable_rows
 *
 * Rows leave, enter and move between any two answers (driftclient.h), and what
 * is sealed must be true all the same.
 */
#include "driftrun.h"
#include "stream/stream.h"
#include "tap.h"

struct window_read {
	int ids[MOST_VERSIONS]; /* the version of each, from 1; 0: none */
	int64_t rows;
};

struct verdict {
	int ticket; /* the first that may come next */
	int seal;
	int64_t calls;
	/* of the windows of one scan so far */
	struct {
		int64_t windows, rows, left, calls, count_after;
	} scan;
};

static void
check_row(const struct stream *s, struct window_read *read)
{
	int id = 0, n = 0;

	if (sscanf(s->now.value[MEMBER_PAYLOAD].at, "{\"Id\":\"%d\",\"v\":%d",
		   &id, &n) != 2) {
		complain("not a row");
		return;
	}
	const struct version *v = &run.qbo.versions[n];
	if (v->at_us < s->window.start_us || v->at_us >= s->window.end_us ||
	    s->window.entity->name[0] != drift_entities[v->entity][0])
		complain("Id %d is in the wrong window", id);
	if (read->ids[id])
		complain("Id %d comes twice in a window", id);
	read->ids[id] = n + 1;
	read->rows++;
}

/* Which ticket is it of?  In order; a part of one only where rows were left
 * out. */
static struct ticket *
find_ticket(const struct stream *s, struct verdict *verdict)
{
	for (int i = verdict->ticket; i < run.count; i++) {
		struct ticket *t = &run.tickets[i];
		const struct window *w = &t->window;

		if (slice_is(s->now.value[MEMBER_WINDOW], t->text)) {
			t->sealed = true;
			verdict->ticket = i + 1;
			return t;
		}
		if (w->no == s->window.no && w->entity == s->window.entity &&
		    s->window.start_us >= w->start_us &&
		    s->window.end_us <= w->end_us && run.keep_going) {
			verdict->ticket = i;
			return t;
		}
	}
	return NULL;
}

static bool
is_in(const struct version *v, const struct window *w)
{
	return v->at_us >= w->start_us && v->at_us < w->end_us &&
	       w->entity->name[0] == drift_entities[v->entity][0];
}

/* Is this row, which is in the window at a step, in it until another one? */
static bool
stays(const struct version *v, const struct window *w, int until)
{
	const struct qbo_client *q = &run.qbo;

	while (v->to <= until) {
		const struct version *next = v + 1;

		while (next < q->versions + q->count &&
		       (next->id != v->id || next->from != v->to))
			next++;
		if (next == q->versions + q->count || !is_in(next, w))
			return false;
		v = next;
	}
	return true;
}

/* All rows that stayed in the window the whole time are there, and those that
 * are there were in it at some time. */
static void
check_rows(const struct window *w, const struct ticket *t, int sealed,
	   const struct window_read *read)
{
	const struct qbo_client *q = &run.qbo;

	if (!run.policy.counts)
		return;
	for (int i = 0; i < q->count; i++) {
		const struct version *v = &q->versions[i];

		if (is_in(v, w) && v->from <= t->added && v->to > t->added &&
		    !read->ids[v->id] && stays(v, w, sealed) &&
		    !(run.young && v->at_us >= run.young_us))
			complain("Id %d is missing of window %d%s", v->id,
				 (int)w->no,
				 v->unreadable ? ", unreadable" : "");
	}
	for (int id = 0; id < MOST_VERSIONS; id++)
		if (read->ids[id] &&
		    q->versions[read->ids[id] - 1].to < t->added)
			complain("Id %d was gone before", id);
}

static int
count_at(const struct window *w, int step)
{
	const struct qbo_client *q = &run.qbo;
	int count = 0;

	for (int i = 0; i < q->count; i++)
		count += is_in(&q->versions[i], w) &&
			 !q->versions[i].unreadable &&
			 q->versions[i].from <= step &&
			 q->versions[i].to > step;
	return count;
}

/* So many rows were there at some time. */
static void
check_count(const struct window *w, const struct ticket *t, int sealed,
	    int64_t count)
{
	if (count < 0 || run.young)
		return;
	for (int step = t->added; step <= sealed; step++)
		if (count_at(w, step) == count)
			return;
	complain("window %d never had %d rows", (int)w->no, (int)count);
}

static int64_t
member(struct slice object, const char *name)
{
	char text[1024], mark[64];
	int64_t number = -1;

	snprintf(text, sizeof(text), "%.*s", (int)object.len, object.at);
	snprintf(mark, sizeof(mark), "\"%s\":", name);
	const char *at = strstr(text, mark);
	if (at)
		sscanf(at + strlen(mark), "%" SCNd64, &number);
	return number;
}

/* What the windows of a scan say is what the scan says. */
static void
check_scan(const struct stream *s, struct verdict *verdict)
{
	struct slice scan = s->now.value[MEMBER_SCAN];
	const struct seal *seal = &s->seal;

	if (member(scan, "rows") < seal->rows ||
	    member(scan, "calls") < seal->calls)
		complain("a window has more rows or calls than its scan");
	verdict->scan.windows++;
	verdict->scan.rows += seal->rows;
	verdict->scan.left += seal->left;
	verdict->scan.calls += seal->calls;
	verdict->scan.count_after += run.policy.counts ? seal->count_after : -1;
	if (run.failed_windows ||
	    member(scan, "windows") > verdict->scan.windows)
		return;
	if (member(scan, "windows") != verdict->scan.windows ||
	    member(scan, "rows") != verdict->scan.rows ||
	    member(scan, "left") != verdict->scan.left ||
	    member(scan, "calls") != verdict->scan.calls ||
	    (run.policy.counts &&
	     member(scan, "count_after") != verdict->scan.count_after))
		complain("a scan is not the sum of its windows: %.*s",
			 SLICE_SHOWN(scan));
	memset(&verdict->scan, 0, sizeof(verdict->scan));
}

static void
check_seal(const struct stream *s, struct verdict *verdict,
	   struct window_read *read)
{
	struct ticket *t = find_ticket(s, verdict);
	struct slice scan = s->now.value[MEMBER_SCAN];

	verdict->calls += s->seal.calls;
	if (!t)
		complain("a window that was not ordered, or out of order: "
			 "%.*s",
			 SLICE_SHOWN(s->now.value[MEMBER_WINDOW]));
	else if (verdict->seal < run.seals) {
		check_rows(&s->window, t, run.seal_steps[verdict->seal], read);
		check_count(&s->window, t, run.seal_steps[verdict->seal],
			    s->seal.count_after);
	}
	verdict->seal++;
	if (s->seal.rows != read->rows)
		complain("rows");
	if (run.policy.counts != (s->seal.count_after >= 0) ||
	    (run.policy.counts != (member(scan, "count_after") >= 0)))
		complain("counts");
	if (run.done)
		check_scan(s, verdict);
	memset(read, 0, sizeof(*read));
}

/* An end comes where all tickets of all streams up to it are sealed. */
static void
check_end(struct verdict *verdict)
{
	int i = verdict->ticket - 1;

	if (i < 0 || !run.tickets[i].ends_stream)
		complain("an end before the last window of a stream");
	for (; i >= 0; i--)
		if (!run.tickets[i].sealed)
			complain("an end though window %d is not sealed",
				 i + 1);
}

static void
check_result(const struct verdict *verdict, bool ended, int got,
	     const struct failure *why)
{
	const struct qbo_client *q = &run.qbo;
	bool all = true;

	for (int i = 0; i < run.count; i++)
		all = all && run.tickets[i].sealed;
	if (got != STREAM_DONE && why->kind != FAILURE_LATER)
		complain("the stream is wrong: %s", why->text);
	if (all != ended && !run.failed_windows && run.done)
		complain("end %d, but all windows sealed: %d", ended, all);
	if (run.done && !run.failed_windows && !all)
		complain("a window was forgotten");
	if (run.why.kind == FAILURE_BUG || run.why.kind == FAILURE_DATA)
		complain("%s", run.why.text);
	if (!run.why.kind != all || (all && !ended))
		complain("sealed %d, end %d, but exit status %d: %s", all,
			 ended, (int)run.why.kind, run.why.text);
	if (run.why.kind == FAILURE_REFUSED && strstr(run.why.text, "filter"))
		complain("%s", run.why.text);
	if (q->most_at_once > run.jobs + 1)
		complain("%d requests at once", q->most_at_once);
	if (run.done && !run.failed_windows && verdict->calls != q->calls)
		complain("calls: %d in the seals, %d answered",
			 (int)verdict->calls, (int)q->calls);
}

static void
check(FILE *file)
{
	static struct window_read read;
	struct verdict verdict = { 0 };
	struct failure why = { 0 };
	enum stream_got got;
	struct stream s;
	bool ended = false;

	memset(&read, 0, sizeof(read));
	stream_init(&s, fileno(file), NULL);
	while ((got = stream_next(&s, &why)) > STREAM_DONE) {
		ended = got == STREAM_END;
		if (got == STREAM_ROW)
			check_row(&s, &read);
		else if (got == STREAM_SEAL)
			check_seal(&s, &verdict, &read);
		else
			check_end(&verdict);
	}
	stream_free(&s);
	check_result(&verdict, ended, got, &why);
}

/* With arguments: so many runs from this seed on. */
int
main(int argc, char *argv[])
{
	unsigned first = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
	unsigned runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1500;
	int whole = 0;

	/* what is told of windows that are given up */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	for (seed = first; seed < first + runs; seed++) {
		FILE *file = tmpfile();

		make_run();
		read_all(file);
		check(file);
		whole += !run.why.kind;
		fclose(file);
	}
	ok(!bad, "%u runs: no seal, end or exit status that is not true", runs);
	ok(runs < 100 || (whole > (int)runs / 2 && whole < (int)runs),
	   "%d of them are whole", whole);
	return tap_done();
}
