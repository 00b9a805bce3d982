#include "export.h"
#include "body.h"
#include "pacific.h"
#include "pen.h"
#include "pseudo.h"
#include "stream/seal.h"
#include "stream/window.h"

enum { PAGE = 1000, MOST_LINE = 16 * 1024 * 1024 };

bool
export_payloads(const struct world *w, const struct world_entity *e,
		struct lines_out *out, struct failure *why)
{
	int64_t pseudo = pseudo_has(w, e) ? PSEUDO_ROWS : 0;

	for (int64_t k = -pseudo; k < e->rows; k++) {
		struct world_row row =
			k < 0 ? pseudo_row(w, e, e->rows + pseudo + k)
			      : world_row(e, k);

		body_write(&out->pending, w, &row, false);
		pen_text(&out->pending, "\n");
		if (!lines_push(out, why))
			return false;
	}
	return true;
}

/* One window while it is written. */
struct part {
	const struct world *world;
	struct window window;
	struct buf window_text, page_text, line;
	struct seal_tally tally;
	int64_t pages;
};

static void
begin_page(struct part *p, int64_t from_row)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT], at[PACIFIC_SPELLED];
	const struct window *w = &p->window;

	p->pages++;
	clock_format(w->start_us, start);
	clock_format(w->end_us, end);
	pacific_spell(p->world->to_s + 3600, 0, at);
	buf_clear(&p->page_text);
	pen_format(
		&p->page_text,
		"{\"realm\":\"%s\",\"no\":%" PRId64
		",\"size\":%d,\"at\":\"%s\",\"request\":{\"method\":\"GET\","
		"\"url\":\"http://127.0.0.1/v3/company/%s/query\","
		"\"query\":\"select * from %s where MetaData.LastUpdatedTime "
		">= '%s' and MetaData.LastUpdatedTime < '%s'%s orderby "
		"MetaData.LastUpdatedTime startposition %" PRId64
		" maxresults %d\",\"minorversion\":75}}",
		p->world->realm, p->pages, PAGE, at, p->world->realm,
		w->entity->name, start, end,
		w->entity->list ? " and Active in (true,false)" : "",
		from_row + 1, PAGE);
}

static bool
write_row(struct part *p, const struct world_row *row, struct lines_out *out,
	  struct failure *why)
{
	struct buf *line = &p->line;

	buf_clear(line);
	pen_text(line, "{\"qb\":\"row\",\"window\":");
	pen_bytes(line, p->window_text.at, p->window_text.len);
	pen_text(line, ",\"page\":");
	pen_bytes(line, p->page_text.at, p->page_text.len);
	pen_text(line, ",\"row\":{\"id\":\"");
	pen_number(line, world_id(row->of, row->i));
	pen_text(line, "\",\"updated\":\"");
	pen_time(line, row->updated_s);
	pen_text(line, "\"},\"payload\":");
	body_write(line, p->world, row, false);
	pen_text(line, "}\n");
	seal_tally_line(&p->tally, buf_slice(line));
	pen_bytes(&out->pending, line->at, line->len);
	return lines_push(out, why);
}

static bool
write_seal(struct part *p, int64_t rows, struct lines_out *out,
	   struct failure *why)
{
	struct buf *to = &out->pending;
	size_t start = to->len;

	pen_text(to, "{\"qb\":\"seal\",\"window\":");
	pen_bytes(to, p->window_text.at, p->window_text.len);
	pen_format(to,
		   ",\"fetch\":{\"realm\":\"%s\",\"pages\":%" PRId64
		   ",\"count_before\":%" PRId64 ",\"count_after\":%" PRId64
		   ",\"left\":0,",
		   p->world->realm, p->pages, rows, rows);
	if (!seal_write_totals(&p->tally, to, why))
		return false;
	pen_text(to, "}");
	return seal_close(to, start, why) && lines_push(out, why);
}

static bool
write_window(struct part *p, const struct world_entity *e,
	     struct lines_out *out, struct failure *why)
{
	int64_t low = world_ranks_before(e, WORLD_UPDATED,
					 p->window.start_us / CLOCK_SECOND);
	int64_t high = world_ranks_before(e, WORLD_UPDATED,
					  p->window.end_us / CLOCK_SECOND);

	p->pages = 0;
	buf_clear(&p->window_text);
	if (!window_write(&p->window, &p->window_text, why))
		return false;
	for (int64_t i = low; i < high; i++) {
		struct world_row row = world_row(e, i);

		if ((i - low) % PAGE == 0)
			begin_page(p, i - low);
		if (!write_row(p, &row, out, why))
			return false;
	}
	return write_seal(p, high - low, out, why);
}

bool
export_envelopes(const struct world *w, const struct world_entity *e,
		 int64_t windows, struct lines_out *out, struct failure *why)
{
	struct part p = { .world = w,
			  .window = { .entity = e->entity, .of = windows } };
	int64_t span_s = w->to_s - w->from_s;
	bool good = true;

	buf_init(&p.window_text, 4096);
	buf_init(&p.page_text, 8192);
	buf_init(&p.line, MOST_LINE);
	seal_tally_init(&p.tally);
	for (int64_t no = 1; good && no <= windows; no++) {
		p.window.no = no;
		p.window.start_us = (w->from_s + span_s * (no - 1) / windows) *
				    CLOCK_SECOND;
		p.window.end_us =
			(w->from_s + span_s * no / windows) * CLOCK_SECOND;
		good = write_window(&p, e, out, why);
	}
	seal_tally_free(&p.tally);
	buf_free(&p.line);
	buf_free(&p.page_text);
	buf_free(&p.window_text);
	return good &&
	       envelope_write_end(windows, e->rows, &out->pending, why) &&
	       lines_push(out, why);
}
