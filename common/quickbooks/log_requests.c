#include "quickbooks/log_requests.h"
#include "base/log.h"

static void
add_entity(struct log_request *request, const struct change_windows *windows,
	   const struct entity *entity)
{
	int64_t since_us = change_windows_since(windows, entity);

	if (!request->count || since_us < request->since_us)
		request->since_us = since_us;
	request->entities[request->count++] = entity;
}

void
log_requests_repeat(struct log_requests *r, const struct log_request *request)
{
	if (r->count == LENGTH(r->waiting))
		BUG("more requests for changes than entities");
	r->waiting[(r->first + r->count++) % LENGTH(r->waiting)] = *request;
}

/* The entities from `from` to before `to`, if there are any. */
static void
add_part(struct log_requests *r, const struct change_windows *windows,
	 const struct log_request *request, size_t from, size_t to)
{
	struct log_request part = { .count = 0 };

	for (size_t i = from; i < to; i++)
		add_entity(&part, windows, request->entities[i]);
	if (part.count)
		log_requests_repeat(r, &part);
}

/* By their times, so that halves differ in how far they go back. */
static void
insert_sorted(struct log_request *request, const struct change_windows *windows,
	      const struct entity *entity)
{
	int64_t since_us = change_windows_since(windows, entity);
	size_t i = request->count;

	for (size_t k = 0; k < request->count; k++)
		if (request->entities[k] == entity)
			return;
	add_entity(request, windows, entity);
	for (; i > 0 && change_windows_since(
				windows, request->entities[i - 1]) > since_us;
	     i--)
		request->entities[i] = request->entities[i - 1];
	request->entities[i] = entity;
}

static void
warn_too_old(const struct entity *entity, int64_t since_us)
{
	char since[CLOCK_TEXT];

	clock_format(since_us, since);
	log_warn("%s since %s: QuickBooks' log of changes goes back 30 days; "
		 "reading by LastUpdatedTime, which does not tell what was "
		 "deleted",
		 entity->name, since);
}

void
log_requests_begin(struct log_requests *r, struct change_windows *windows,
		   int64_t now_us)
{
	int64_t oldest_us = now_us - LOG_MOST_AGE_S * CLOCK_SECOND;
	struct log_request all = { .count = 0 };

	*r = (struct log_requests){ .count = 0 };
	for (size_t i = 0; i < windows->count; i++) {
		struct change_window *w = &windows->at[i];

		if (w->since_us >= oldest_us && !w->window.entity->unlogged) {
			insert_sorted(&all, windows, w->window.entity);
			continue;
		}
		w->state = CHANGE_BY_QUERY;
		if (!w->window.entity->unlogged)
			warn_too_old(w->window.entity, w->since_us);
	}
	if (all.count)
		log_requests_repeat(r, &all);
}

bool
log_requests_next(struct log_requests *r, struct log_request *to)
{
	if (!r->count)
		return false;
	*to = r->waiting[r->first];
	r->first = (r->first + 1) % LENGTH(r->waiting);
	r->count--;
	return true;
}

bool
log_requests_halve(struct log_requests *r, const struct change_windows *windows,
		   const struct log_request *request)
{
	size_t half = request->count / 2;

	if (!half)
		return false;
	add_part(r, windows, request, 0, half);
	add_part(r, windows, request, half, request->count);
	return true;
}

bool
log_requests_without(struct log_requests *r,
		     const struct change_windows *windows,
		     const struct log_request *request,
		     const struct entity *entity)
{
	struct log_request rest = { .count = 0 };

	for (size_t i = 0; i < request->count; i++)
		if (request->entities[i] != entity)
			add_entity(&rest, windows, request->entities[i]);
	if (!rest.count)
		return false;
	log_requests_repeat(r, &rest);
	return true;
}
