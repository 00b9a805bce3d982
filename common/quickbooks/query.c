#include "quickbooks/query.h"

static const char *const fields[] = {
	[WINDOW_BY_UPDATED] = "MetaData.LastUpdatedTime",
	[WINDOW_BY_CREATED] = "MetaData.CreateTime",
	[WINDOW_BY_TXN_DATE] = "TxnDate",
};

/* TxnDate is a bare date: "2025-01-31". */
enum { DATE_LENGTH = 10 };

static bool
write_range(const struct window *w, struct buf *to, struct failure *why)
{
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(w->start_us, start);
	clock_format(w->end_us, end);
	if (w->by == WINDOW_BY_TXN_DATE)
		start[DATE_LENGTH] = end[DATE_LENGTH] = '\0';
	return buf_printf(to, why, " where %s >= '%s' and %s < '%s'",
			  fields[w->by], start, fields[w->by], end);
}

static bool
write_changed(const struct query *q, struct buf *to, struct failure *why)
{
	char from[CLOCK_TEXT];

	if (!q->changed_from_us)
		return true;
	clock_format(q->changed_from_us, from);
	return buf_printf(to, why, " and %s >= '%s'", fields[WINDOW_BY_UPDATED],
			  from);
}

bool
query_write(const struct query *q, struct buf *to, struct failure *why)
{
	const struct window *w = q->window;

	if (!buf_printf(to, why, "select %s from %s",
			q->count ? "count(*)" : "*", w->entity->name) ||
	    !write_range(w, to, why) || !write_changed(q, to, why))
		return false;
	/* Without it only active ones come: QUIRKS.md, "Inactive rows". */
	if (w->entity->list &&
	    !buf_printf(to, why, " and Active in (true,false)"))
		return false;
	/* Without ORDERBY the order is not by Id: QUIRKS.md, "Paging". */
	return q->count || buf_printf(to, why,
				      " orderby %s startposition %" PRId64
				      " maxresults %" PRId64,
				      fields[w->by], q->start, q->most);
}

bool
query_write_total(const struct entity *entity, struct buf *to,
		  struct failure *why)
{
	return buf_printf(to, why, "select count(*) from %s%s", entity->name,
			  entity->list ? " where Active in (true,false)" : "");
}

bool
query_write_whole(const struct entity *entity, bool active, int64_t start,
		  int64_t most, struct buf *to, struct failure *why)
{
	if (!buf_printf(to, why, "select * from %s%s", entity->name,
			active ? " where Active in (true,false)" : ""))
		return false;
	return entity->shape == SHAPE_SINGLE ||
	       buf_printf(to, why,
			  " startposition %" PRId64 " maxresults %" PRId64,
			  start, most);
}

bool
query_write_rates(const struct entity *entity, const char *currencies,
		  int64_t day_us, struct buf *to, struct failure *why)
{
	char day[CLOCK_TEXT];

	clock_format(day_us, day);
	day[DATE_LENGTH] = '\0';
	if (!buf_printf(to, why, "select * from %s where SourceCurrencyCode in",
			entity->name))
		return false;
	for (const char *at = currencies; *at;) {
		size_t len = strcspn(at, ",");

		if (!buf_printf(to, why, "%s'%.*s'",
				at == currencies ? " (" : ",", (int)len, at))
			return false;
		at += len + (at[len] == ',');
	}
	return buf_printf(to, why,
			  ") and AsOfDate = '%s' startposition 1 maxresults %d",
			  day, QUERY_MOST_ROWS);
}

bool
query_write_changes(const struct entity *const entities[], size_t count,
		    int64_t since_us, struct buf *to, struct failure *why)
{
	char since[CLOCK_TEXT];

	clock_format(since_us / CLOCK_SECOND * CLOCK_SECOND, since);
	if (!buf_printf(to, why, "entities="))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!buf_printf(to, why, "%s%s", i ? "," : "",
				entities[i]->name))
			return false;
	return buf_printf(to, why, "&changedSince=%s", since);
}

bool
query_write_latest(const struct entity *entity, struct buf *to,
		   struct failure *why)
{
	return buf_printf(to, why,
			  "select * from %s%s orderby %s desc startposition 1 "
			  "maxresults %d",
			  entity->name,
			  entity->list ? " where Active in (true,false)" : "",
			  fields[WINDOW_BY_UPDATED], QUERY_MOST_ROWS);
}

static bool
write_id(struct buf *to, struct slice id, const char *before,
	 struct failure *why)
{
	if (memchr(id.at, '\'', id.len) || memchr(id.at, '\\', id.len))
		return fail(why, FAILURE_DATA, "Id %.*s is not one",
			    SLICE_SHOWN(id));
	return buf_printf(to, why, "%s'", before) &&
	       buf_add_slice(to, id, why) && buf_printf(to, why, "'");
}

bool
query_write_ids(const struct entity *entity, const struct slice *ids,
		size_t count, struct buf *to, struct failure *why)
{
	if (!buf_printf(to, why, "select * from %s where Id in ", entity->name))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!write_id(to, ids[i], i ? "," : "(", why))
			return false;
	/* Without it only active ones come: QUIRKS.md, "Inactive rows". */
	return buf_printf(to, why, ")%s startposition 1 maxresults %d",
			  entity->list ? " and Active in (true,false)" : "",
			  QUERY_MOST_ROWS);
}
