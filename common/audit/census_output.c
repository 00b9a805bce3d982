#include "audit/census_output.h"
#include "base/command_text.h"

/* Of 35 to 65 bytes each: 15 million rows that are gone. */
enum { MOST_TEXT_BYTES = 1024 * 1024 * 1024, MOST_WINDOW_BYTES = 1024 };

void
census_output_init(struct census_output *o, struct lines_out *out)
{
	*o = (struct census_output){ .out = out, .by = GONE_BY_CENSUS };
	buf_init(&o->window, MOST_WINDOW_BYTES);
	buf_init(&o->text, MOST_TEXT_BYTES);
	id_set_init(&o->ids);
	seal_tally_init(&o->tally);
}

void
census_output_free(struct census_output *o)
{
	buf_free(&o->window);
	buf_free(&o->text);
	id_set_free(&o->ids);
	free(o->gone);
	o->gone = NULL;
	seal_tally_free(&o->tally);
}

void
census_output_begin(struct census_output *o)
{
	buf_clear(&o->text);
	id_set_clear(&o->ids);
	o->gone_count = 0;
	seal_tally_clear(&o->tally);
}

bool
census_output_add(struct census_output *o, int64_t created_us, struct slice id,
		  struct slice at, struct slice deleted, struct failure *why)
{
	struct census_gone gone = { .created_us = created_us,
				    .id_at = o->text.len,
				    .id_len = id.len,
				    .at_len = at.len,
				    .deleted_len = deleted.len };

	if (!buf_add_slice(&o->text, id, why) ||
	    !buf_add_slice(&o->text, at, why) ||
	    (deleted.len && !buf_add_slice(&o->text, deleted, why)))
		return false;
	if (o->gone_count == o->gone_room) {
		o->gone_room = o->gone_room ? 2 * o->gone_room : 64;
		o->gone =
			base_realloc(o->gone, o->gone_room * sizeof(*o->gone));
	}
	o->gone[o->gone_count++] = gone;
	(void)id_set_mark(&o->ids, id, 1);
	return true;
}

static struct slice
id_of(const struct census_output *o, const struct census_gone *gone)
{
	return (struct slice){ o->text.at + gone->id_at, gone->id_len };
}

bool
census_output_withdraw(struct census_output *o, struct slice id)
{
	bool withdrawn = false;

	if (!id_set_pass(&o->ids, id))
		return false;
	for (size_t i = 0; i < o->gone_count; i++) {
		struct census_gone *gone = &o->gone[i];

		if (gone->withdrawn || !slice_equal(id_of(o, gone), id))
			continue;
		gone->withdrawn = withdrawn = true;
	}
	return withdrawn;
}

bool
census_output_span(const struct census_output *o, struct time_range *span)
{
	bool any = false;

	*span = (struct time_range){ INT64_MAX, INT64_MIN };
	for (size_t i = 0; i < o->gone_count; i++) {
		int64_t at_us =
			command_text_second(o->gone[i].created_us, false);

		if (o->gone[i].withdrawn)
			continue;
		any = true;
		if (at_us < span->start_us)
			span->start_us = at_us;
		if (at_us + CLOCK_SECOND > span->end_us)
			span->end_us = at_us + CLOCK_SECOND;
	}
	return any;
}

static bool
write_gone(struct census_output *o, const struct census_gone *from,
	   struct failure *why)
{
	struct buf *to = &o->out->pending;
	struct slice id = id_of(o, from);
	struct gone gone = { .id = id,
			     .at = { id.at + id.len, from->at_len },
			     .by = o->by };
	size_t start = to->len;

	if (from->deleted_len)
		gone.deleted = (struct slice){ gone.at.at + gone.at.len,
					       from->deleted_len };
	if (!gone_write(&gone, buf_slice(&o->window), to, why))
		return false;
	seal_tally_line(&o->tally,
			(struct slice){ to->at + start, to->len - start });
	return lines_push(o->out, why);
}

/* There is nothing to count before and after: the seal says only what is gone.
 */
static bool
write_seal(struct census_output *o, int64_t pages, int64_t calls, int64_t gone,
	   struct failure *why)
{
	struct buf *to = &o->out->pending;
	size_t start = to->len;

	if (!buf_printf(to, why, "{\"qb\":\"seal\",\"window\":%s",
			o->window.at) ||
	    !buf_printf(to, why,
			",\"fetch\":{\"realm\":\"%s\",\"pages\":%" PRId64
			",\"count_before\":null,\"count_after\":null"
			",\"left\":0",
			o->realm, pages))
		return false;
	if (gone && !buf_printf(to, why, ",\"gone\":%" PRId64, gone))
		return false;
	return buf_printf(to, why, ",\"calls\":%" PRId64 ",", calls) &&
	       seal_write_totals(&o->tally, to, why) &&
	       buf_printf(to, why, "}") && seal_close(to, start, why);
}

bool
census_output_seal(struct census_output *o, const struct window *window,
		   int64_t pages, int64_t calls, int64_t *gone,
		   struct failure *why)
{
	*gone = 0;
	buf_clear(&o->window);
	if (!window_write(window, &o->window, why))
		return false;
	for (size_t i = 0; i < o->gone_count; i++) {
		if (o->gone[i].withdrawn)
			continue;
		if (!write_gone(o, &o->gone[i], why))
			return false;
		++*gone;
	}
	if (!write_seal(o, pages, calls, *gone, why) ||
	    !lines_push(o->out, why))
		return false;
	o->sealed_windows++;
	o->sealed_gone += *gone;
	return true;
}

bool
census_output_end(struct census_output *o, struct failure *why)
{
	bool done = envelope_write_end(o->sealed_windows, o->sealed_gone,
				       &o->out->pending, why) &&
		    lines_push(o->out, why);

	o->sealed_windows = o->sealed_gone = 0;
	return done;
}
