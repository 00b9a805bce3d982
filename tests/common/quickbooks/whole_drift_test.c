/*
 * covers: whole_reading direct_reader
 *
 * Rows are added, edited and removed between any two answers: what is sealed
 * was there at some moment, what was there all the time is sealed, and no row
 * is said to be gone that was there all the time.
 */
#include <stdarg.h>

#include "base/log.h"
#include "fakecall.h"
#include "quickbooks/direct_reader.h"
#include "stream/fingerprint.h"
#include "stream/stream.h"
#include "tap.h"

enum { MOST_ROWS = 60, SEEDS = 4000, MOST_ANSWERS = 500 };

struct row {
	bool there, always, ever; /* now; in the whole reading; at some time */
	bool is_made_up;          /* has no Active */
	bool active;
	int version, first; /* the versions that were there */
	bool known, known_version_is_first;
};

struct qbo_client {
	struct qbo_call *call;
	uint64_t random;
	struct row rows[MOST_ROWS];
	int order[MOST_ROWS];
	int drift; /* one in so many answers is after a change; 0: none */
	int page, answers;
	int64_t calls;
};

static struct qbo_client company;
static unsigned seed;
static int bad;

static int
draw(int n)
{
	company.random = company.random * UINT64_C(6364136223846793005) +
			 UINT64_C(1442695040888963407);
	return (int)((company.random >> 33) % (unsigned)n);
}

__attribute__((format(printf, 1, 2))) static void
complain(const char *fmt, ...)
{
	va_list args;

	bad++;
	printf("# seed %u: ", seed);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* --- the company -----------------------------------------------------------
 */

/* Mostly one of them. */
static struct row *
draw_row(void)
{
	struct row *row = NULL;
	int tries = draw(4) ? MOST_ROWS : 1;

	while (tries-- && !(row && row->there))
		row = &company.rows[draw(MOST_ROWS)];
	return row;
}

static void
change(void)
{
	struct row *row = draw_row();

	switch (row->there ? draw(3) : 1) {
	case 0:
		row->there = row->always = false;
		break;
	case 1:
		row->there = row->ever = true;
		/* fall through */
	case 2:
		row->version++;
	}
}

static bool
is_asked_for(const struct row *row, bool filtered)
{
	return !row->there ? false
	       : filtered  ? !row->is_made_up
			   : row->is_made_up || row->active;
}

static void
shuffle(void)
{
	for (int i = MOST_ROWS - 1; i > 0; i--) {
		int j = draw(i + 1), swapped = company.order[i];

		company.order[i] = company.order[j];
		company.order[j] = swapped;
	}
}

static const char *
active_of(const struct row *row, bool wrapped)
{
	return wrapped || row->is_made_up ? ""
	       : row->active              ? ",\"Active\":true"
					  : ",\"Active\":false";
}

static bool
print_rows(struct qbo_call *call, bool filtered, int start, int most,
	   struct failure *why)
{
	bool wrapped = call->entity->shape == SHAPE_WRAPPED;
	int position = 0, printed = 0;

	for (int i = 0; i < MOST_ROWS; i++) {
		int id = company.order[i];
		const struct row *row = &company.rows[id];

		if (!is_asked_for(row, filtered) || ++position < start ||
		    position >= start + most)
			continue;
		if (!buf_printf(&call->body, why,
				"%s%s{\"Id\":\"%d\",\"v\":%d%s}%s",
				printed++ ? "," : "",
				wrapped ? "{\"Bill\":" : "", id, row->version,
				active_of(row, wrapped), wrapped ? "}" : ""))
			return false;
	}
	return true;
}

static bool
answer(struct qbo_call *call, struct failure *why)
{
	bool filtered = strstr(call->statement.at, "where Active") != NULL;
	const char *page = strstr(call->statement.at, "startposition");
	int start = 1, most = 1;

	if (sscanf(page, "startposition %d maxresults %d", &start, &most) != 2)
		return fail(why, FAILURE_BUG, "no page");
	call->absent = false;
	call->calls = 1;
	company.calls++;
	return buf_printf(&call->body, why, "{\"QueryResponse\":{\"%s\":[",
			  call->entity->rows_key) &&
	       print_rows(call, filtered, start, most, why) &&
	       buf_printf(&call->body, why, "]}}") &&
	       query_response_parse(&call->response, buf_slice(&call->body),
				    call->entity, false, why);
}

int64_t
qbo_client_calls(const struct qbo_client *q)
{
	return q->calls;
}

void
qbo_client_start(struct qbo_client *q, struct qbo_call *call)
{
	q->call = call;
}

void
qbo_client_cancel(struct qbo_client *q, struct qbo_call *call)
{
	(void)q, (void)call;
}

bool
qbo_client_run(struct qbo_client *q, int wake_fd, struct failure *why)
{
	(void)wake_fd;
	if (++q->answers > MOST_ANSWERS)
		return fail(why, FAILURE_BUG, "it does not end");
	while (q->drift && !draw(q->drift))
		change();
	q->call->done = true;
	return answer(q->call, why);
}

/* --- a reading ---------------------------------------------------------------
 */

static void
make_company(void)
{
	company = (struct qbo_client){ .random = (uint64_t)seed << 20 };
	company.page = draw(3) ? 1 + draw(12) : 1000;
	/* most faults show where they are just about one page */
	bool gone = !draw(4); /* does the table have more? */
	int rows = draw(3) && company.page < 1000 ? company.page + draw(3)
						  : draw(MOST_ROWS);

	for (int i = 0; i < MOST_ROWS; i++) {
		struct row *row = &company.rows[i];

		company.order[i] = i;
		row->there = row->always = row->ever = draw(MOST_ROWS) < rows;
		row->is_made_up = !draw(10);
		row->active = draw(3);
		row->version = row->first = draw(1000) * 1000;
		row->known = draw(3) && (row->there || (gone && !draw(4)));
		row->known_version_is_first = draw(3);
	}
	shuffle();
	company.drift = draw(3) ? 2 + draw(8) : 0;
}

static void
make_known(const struct entity *entity, struct buf *to, struct failure *why)
{
	bool wrapped = entity->shape == SHAPE_WRAPPED, first = true;
	char payload[140];

	(void)!buf_printf(to, why, "{");
	for (int i = 0; i < MOST_ROWS; i++) {
		const struct row *row = &company.rows[i];

		if (!row->known)
			continue;
		snprintf(payload, sizeof(payload),
			 "%s{\"Id\":\"%d\",\"v\":%d%s}%s",
			 wrapped ? "{\"Bill\":" : "", i,
			 row->known_version_is_first ? row->first : -1,
			 active_of(row, wrapped), wrapped ? "}" : "");
		(void)!buf_printf(
			to, why, "%s\"%d\":%" PRId64, first ? "" : ",", i,
			payload_fingerprint(entity, slice_of(payload)));
		first = false;
	}
	(void)!buf_printf(to, why, "}");
}

static bool
read_all(FILE *file, const struct entity *entity, struct failure *why)
{
	struct absent_entities absent = { .count = 0 };
	struct failed_windows failed = { .count = 0 };
	struct direct_windows windows;
	struct direct_reader reader;
	struct lines_out out;
	struct window window;
	struct buf known;
	char text[300];

	snprintf(
		text, sizeof(text),
		"{\"entity\":\"%s\",\"by\":\"whole\",\"start\":\"2025-01-01T00:"
		"00:00Z\",\"end\":\"2025-02-01T00:00:00Z\",\"no\":1,\"of\":1}",
		entity->name);
	buf_init(&known, 10000);
	make_known(entity, &known, why);
	direct_windows_init(&windows);
	lines_out_init(&out, fileno(file));
	bool done = window_parse(&window, slice_of(text), why) &&
		    direct_windows_add(&windows, &window, slice_of(text),
				       buf_slice(&known), why) &&
		    direct_reader_init(&reader, &out, NULL, why);
	reader.qbo = &company;
	reader.absent = &absent;
	reader.failed = &failed;
	reader.page_size = company.page;
	done = done && direct_reader_read(&reader, &windows, why);
	lines_finish(&out, why);
	direct_reader_free(&reader);
	direct_windows_free(&windows);
	lines_out_free(&out);
	buf_free(&known);
	rewind(file);
	return done;
}

/* --- what came out
 * ------------------------------------------------------------ */

struct seen {
	bool row[MOST_ROWS], gone[MOST_ROWS];
	int seals;
};

static void
see_row(struct seen *seen, const struct stream *s)
{
	const char *at = strstr(s->now.value[MEMBER_PAYLOAD].at, "{\"Id\"");
	int id, version;

	if (!at || sscanf(at, "{\"Id\":\"%d\",\"v\":%d", &id, &version) != 2) {
		complain("no row");
		return;
	}
	const struct row *row = &company.rows[id];
	if (seen->row[id])
		complain("Id %d twice", id);
	if (!row->ever || version < row->first || version > row->version)
		complain("Id %d was never there as it came", id);
	if (row->known && row->known_version_is_first && version == row->first)
		complain("Id %d is known", id);
	seen->row[id] = true;
}

static void
see_gone(struct seen *seen, const struct stream *s)
{
	int id = -1;

	sscanf(s->now.value[MEMBER_GONE].at, "{\"id\":\"%d", &id);
	if (id < 0 || !company.rows[id].known || seen->gone[id]) {
		complain("gone: %d", id);
		return;
	}
	if (company.rows[id].always)
		complain("Id %d is there, and gone", id);
	seen->gone[id] = true;
}

static void
check(FILE *file)
{
	struct seen seen = { .seals = 0 };
	struct failure cut = { 0 };
	enum stream_got got;
	struct stream s;

	stream_init(&s, fileno(file), NULL);
	while ((got = stream_next(&s, &cut)) > STREAM_DONE) {
		seen.seals += got == STREAM_SEAL;
		if (got == STREAM_ROW)
			see_row(&seen, &s);
		if (got == STREAM_GONE)
			see_gone(&seen, &s);
	}
	if (cut.kind != FAILURE_LATER || seen.seals != 1)
		complain("%d seals: %s", seen.seals, cut.text);
	stream_free(&s);
	for (int i = 0; i < MOST_ROWS; i++) {
		const struct row *row = &company.rows[i];
		bool same = row->known && row->known_version_is_first;

		if (row->always && !seen.row[i] && !same)
			complain("Id %d is missing", i);
		if (row->known && !row->ever && !seen.gone[i])
			complain("Id %d is not said to be gone", i);
		if (seen.row[i] && seen.gone[i])
			complain("Id %d came, and is gone", i);
	}
}

static int
run_seeds(const char *name)
{
	const struct entity *entity = entity_find(slice_of(name));
	int sealed = 0;

	for (seed = 1; seed <= SEEDS; seed++) {
		struct failure why = { 0 };
		FILE *file = tmpfile();

		make_company();
		for (int i = 0; i < MOST_ROWS; i++)
			if (entity->shape == SHAPE_WRAPPED)
				company.rows[i].active = true;
		bool done = read_all(file, entity, &why);
		sealed += done;
		if (done)
			check(file);
		else if (why.kind != FAILURE_LATER)
			complain("%s", why.text);
		else if (!company.drift)
			complain("nothing changed, and yet: %s", why.text);
		fclose(file);
	}
	return sealed;
}

int
main(void)
{
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	log_begin("qb-test");
	int sealed = run_seeds("TaxCode");
	ok(!bad && sealed > SEEDS / 3, "a list: %d are sealed", sealed);
	sealed = run_seeds("RecurringTransaction");
	ok(!bad && sealed > SEEDS / 3, "wrapped rows: %d are sealed", sealed);
	return tap_done();
}
