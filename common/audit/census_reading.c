#include "audit/census_reading.h"
#include "audit/census_advice.h"
#include "audit/census_pass.h"
#include "audit/live_rows.h"
#include "audit/whole_again.h"
#include "base/clock.h"
#include "base/log.h"

/* Ids have at most some 20 digits. */
enum { MOST_ID_BYTES = 64 * 1024 };

void
census_reading_init(struct census_reading *r)
{
	*r = (struct census_reading){ 0 };
	buf_init(&r->text, MOST_ID_BYTES);
}

void
census_reading_clear(struct census_reading *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->of[i].windows);
		id_set_free(&r->of[i].came);
	}
	r->count = 0;
	r->began_us = r->windows = r->gone = 0;
}

void
census_reading_free(struct census_reading *r)
{
	census_reading_clear(r);
	buf_free(&r->text);
}

/* --- what comes ----------------------------------------------------------- */

static struct census_reading_of *
find_entity(struct census_reading *r, const struct entity *entity)
{
	for (size_t i = r->count; i--;)
		if (r->of[i].entity == entity)
			return &r->of[i];
	if (r->count == ENTITY_MOST)
		BUG("more entities than there are");
	struct census_reading_of *of = &r->of[r->count++];

	*of = (struct census_reading_of){ .entity = entity };
	id_set_init(&of->came);
	return of;
}

/* The value of a member of an object that was validated before. */
static bool
find_member(struct slice object, const char *name, struct slice *value)
{
	struct failure why;
	struct slice key;
	struct json j;
	bool found = false;

	json_begin(&j, object);
	if (json_object(&j))
		while (json_key(&j, &key)) {
			if (!slice_is(key, name))
				json_skip(&j);
			else
				found = json_value(&j, value);
		}
	return json_end(&j, &why) && found;
}

static bool
take_id(struct census_reading *r, const struct stream *s, struct slice object,
	struct failure *why)
{
	struct slice value, id;

	if (!find_member(object, "id", &value) ||
	    !json_text(value, &r->text, &id, why) || !id.len)
		return fail(why, FAILURE_DATA, "line %" PRId64 ": no id",
			    s->line);
	(void)id_set_mark(&find_entity(r, s->window.entity)->came, id, 1);
	return true;
}

/* Of what was loaded before only that can be missing which was loaded before
 * the first page. */
static bool
take_page(struct census_reading *r, const struct stream *s, struct failure *why)
{
	struct slice value, at;
	int64_t at_us;

	if (!s->first)
		return true;
	if (!find_member(s->now.value[MEMBER_PAGE], "at", &value) ||
	    !json_plain_string(value, &at) || !clock_parse(at, &at_us))
		return fail(why, FAILURE_DATA,
			    "line %" PRId64 ": page: \"at\" is wrong", s->line);
	if (!r->began_us || at_us < r->began_us)
		r->began_us = at_us;
	return true;
}

/* Should all rows of its range that QuickBooks has have come? */
static bool
is_complete(const struct stream *s)
{
	return window_by_is_query(s->window.by) ||
	       (s->window.by == WINDOW_BY_WHOLE && !s->seal.whole_known);
}

static void
take_seal(struct census_reading *r, const struct stream *s)
{
	const struct window *window = &s->window;
	struct census_reading_of *of = find_entity(r, window->entity);

	if (!is_complete(s))
		return;
	if (window->by == WINDOW_BY_WHOLE &&
	    (!r->began_us || s->seal.log_at_us < r->began_us))
		r->began_us = s->seal.log_at_us;
	if (of->count == of->room) {
		of->room = of->room ? 2 * of->room : 64;
		of->windows = base_realloc(of->windows,
					   of->room * sizeof(*of->windows));
	}
	of->windows[of->count++] = (struct census_reading_window){
		window->by, { window->start_us, window->end_us }
	};
}

bool
census_reading_take(struct census_reading *r, const struct stream *s,
		    enum stream_got got, struct failure *why)
{
	switch (got) {
	case STREAM_ROW:
		return take_page(r, s, why) &&
		       take_id(r, s, s->now.value[MEMBER_ROW], why);
	case STREAM_GONE:
		return take_id(r, s, s->now.value[MEMBER_GONE], why);
	case STREAM_SEAL:
		take_seal(r, s);
		return true;
	default:
		return true;
	}
}

/* --- what did not come ---------------------------------------------------- */

static int
by_start(const void *a, const void *b)
{
	const struct census_reading_window *x = a, *y = b;

	return (x->range.start_us > y->range.start_us) -
	       (x->range.start_us < y->range.start_us);
}

/* The times by which windows were read. */
static const enum window_by bys[] = { WINDOW_BY_UPDATED, WINDOW_BY_CREATED,
				      WINDOW_BY_TXN_DATE, WINDOW_BY_WHOLE };

static void
find_ranges(const struct census_reading_of *of, enum window_by by,
	    struct time_ranges *to)
{
	time_ranges_init(to);
	for (size_t i = 0; i < of->count; i++)
		if (of->windows[i].by == by)
			time_ranges_add(to, of->windows[i].range);
}

static bool
read_table(const struct census_reading *r, struct census_reading_of *of,
	   const struct ledger_query *ledger, struct known_rows *to,
	   struct failure *why)
{
	bool done = true;

	if (of->count)
		qsort(of->windows, of->count, sizeof(*of->windows), by_start);
	for (size_t i = 0; i < LENGTH(bys) && done; i++) {
		struct time_ranges ranges;

		find_ranges(of, bys[i], &ranges);
		if (ranges.count)
			done = live_rows_read_in(ledger, of->entity, bys[i],
						 &ranges, r->began_us, to, why);
		time_ranges_free(&ranges);
	}
	return done;
}

/* Each once, also where windows by several times hold it. */
static void
find_missed(struct census_reading_of *of, struct known_rows *known,
	    struct census_pass *pass)
{
	census_pass_begin(pass);
	for (size_t i = 0; i < known->count; i++)
		if (id_set_mark(&of->came, known_rows_id(known, i), 1) ==
		    ID_SET_NEW)
			census_pass_add_missed(pass, i);
}

/* An archive may lack what the table has as deleted already: it is told again,
 * without a call. */
static bool
tell_deleted(struct census_reading_of *of, const struct ledger_query *ledger,
	     struct census_output *output, struct failure *why)
{
	bool done = true;

	for (size_t i = 0; i < LENGTH(bys) && done; i++) {
		struct time_ranges ranges;

		find_ranges(of, bys[i], &ranges);
		if (ranges.count)
			done = live_rows_tell_deleted(ledger, of->entity,
						      bys[i], &ranges,
						      &of->came, output, why);
		time_ranges_free(&ranges);
	}
	return done;
}

/* What is not in this window may be gone, too: so it is provisional, and
 * deletions are looked for by the next census as if there were no such window.
 */
static bool
write_window(struct census_reading *r, const struct entity *entity,
	     struct census_calls *calls, int64_t calls_before,
	     struct census_output *output, struct failure *why)
{
	struct window window = { .entity = entity,
				 .by = WINDOW_BY_CENSUS,
				 .no = 1,
				 .of = 1,
				 .provisional = true };
	struct time_range span;
	int64_t gone;

	if (!census_output_span(output, &span))
		return true;
	window.start_us = span.start_us;
	window.end_us = span.end_us;
	if (!census_output_seal(output, &window, calls->pages,
				qbo_client_calls(calls->qbo) - calls_before,
				&gone, why))
		return false;
	r->windows++;
	r->gone += gone;
	log_info("did not come entity=%s gone=%" PRId64, entity->name, gone);
	return true;
}

/* Rows without Active cannot be queried by id, nor wrapped ones. */
static bool
confirm_whole(const struct census_pass *pass, struct known_rows *known,
	      struct census_calls *calls, struct census_output *output,
	      struct failure *why)
{
	struct whole_again again;
	bool done = true;

	if (!pass->missed_count)
		return true;
	whole_again_init(&again);
	done = whole_again_read(&again, calls->entity, calls->qbo, why);
	for (size_t i = 0; done && i < pass->missed_count; i++) {
		size_t at = pass->missed[i];
		struct slice id = known_rows_id(known, at);

		if (whole_reading_has(&again.reading, id))
			continue;
		done = census_output_add(output, known->rows[at].created_us, id,
					 whole_reading_time(&again.reading),
					 (struct slice){ 0 }, why);
	}
	whole_again_free(&again);
	return done || fail_in(why, "%s", calls->entity->name);
}

static bool
confirm(struct census_pass *pass, struct known_rows *known,
	struct census_calls *calls, struct census_output *output,
	struct failure *why)
{
	const struct time_range any = { INT64_MIN, INT64_MAX };

	return entity_is_whole(calls->entity)
		       ? confirm_whole(pass, known, calls, output, why)
		       : census_pass_confirm(pass, known, any, calls, output,
					     why);
}

static bool
conclude_entity(struct census_reading *r, struct census_reading_of *of,
		const struct ledger_query *ledger, struct census_calls *calls,
		struct census_output *output, struct failure *why)
{
	int64_t calls_before = qbo_client_calls(calls->qbo);
	struct census_advice advice = { .entity = of->entity };
	struct census_pass pass;
	struct known_rows known;

	known_rows_init(&known);
	census_pass_init(&pass);
	census_output_begin(output);
	calls->entity = of->entity;
	calls->pages = 0;
	bool done = read_table(r, of, ledger, &known, why);
	if (done)
		find_missed(of, &known, &pass);
	done = done && confirm(&pass, &known, calls, output, why) &&
	       tell_deleted(of, ledger, output, why);
	if (done)
		census_tell_unreadable(&advice, &known, &calls->unreadable_why);
	done = done &&
	       write_window(r, of->entity, calls, calls_before, output, why);
	census_pass_free(&pass);
	known_rows_free(&known);
	return done;
}

bool
census_reading_conclude(struct census_reading *r,
			const struct ledger_query *ledger,
			struct census_calls *calls,
			struct census_output *output, struct failure *why)
{
	for (size_t i = 0; i < r->count; i++)
		if (!conclude_entity(r, &r->of[i], ledger, calls, output, why))
			return false;
	return true;
}
