/*
 * fakequeue.h - the seven windows of fakeclient.h through fetch_queue.c, and
 * what came out.
 */
#ifndef FAKEQUEUE_H
#define FAKEQUEUE_H

#include "fakeclient.h"
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

	for (; scan_queue_has_room(&queue->scans) && *added <= WINDOWS; ++*added) {
		struct slice object = slice_of(text);

		if (*added == WINDOWS) {
			scan_queue_add_end(&queue->scans);
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
static int64_t scan_rows = 20000;
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
	queue.jobs.qbo = qbo;
	queue.jobs.most = jobs;
	queue.policy = (struct scan_policy){ page_size, scan_rows, counts,
					     keep_going };
	queue.keep_going = queue.output.hold = keep_going;
	while (done && (added <= WINDOWS || !scan_queue_is_empty(&queue.scans)))
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

#endif
