#include "attachments/batches.h"
#include "base/log.h"

static struct batch_file *
find_file(struct downloads *d, struct slice id)
{
	for (size_t i = 0; i < d->batch_count; i++)
		if (slice_equal(d->batch[i].id, id))
			return &d->batch[i];
	BUG("a link of another batch");
}

static void
note_refused_query(void *into, struct slice id, const struct failure *trouble)
{
	find_file(into, id)->is_settled = true;
	downloads_lose(into, id, (struct slice){ "", 0 },
		       trouble->kind == FAILURE_LATER, trouble->text);
}

/* What the row says now may be there: then its link is not needed. */
static bool
drop_what_is_there(struct downloads *d, struct failure *why)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->links.count; i++) {
		struct link *link = &d->links.all[i];
		struct slice id = links_text(&d->links, link, ATTACHMENT_ID);
		struct batch_file *file = find_file(d, id);
		struct folder_found found;
		bool has = false;

		link->file = (size_t)(file - d->batch);
		file->is_settled = true;
		if (!file->renewals &&
		    !folder_has(d->folder, id, d->any_size ? -1 : link->size,
				link->updated_us, &has, &found, why))
			return false;
		if (!has)
			d->links.all[kept++] = *link;
		else if (!downloads_tell(d, id, &found, why))
			return false;
	}
	d->links.count = kept;
	return true;
}

static void
tell_gone(struct downloads *d)
{
	for (size_t i = 0; i < d->batch_count; i++) {
		struct batch_file *file = &d->batch[i];

		if (file->is_settled)
			continue;
		file->is_settled = true;
		d->gone++;
		log_warn("attachment %.*s: QuickBooks has it no more, or "
			 "without a file",
			 SLICE_SHOWN(file->id));
	}
}

static bool
ask_for_links(struct downloads *d, struct failure *why)
{
	struct slice ids[QUERY_MOST_IDS];
	size_t count = d->wanted_count;

	for (size_t i = 0; i < count; i++) {
		ids[i] = d->batch[d->wanted[i]].id;
		d->batch[d->wanted[i]].is_settled = false;
	}
	d->wanted_count = d->next = 0;
	links_clear(&d->links);
	if (!links_query(&d->links, d->qbo, ids, count, note_refused_query, d,
			 why) ||
	    !drop_what_is_there(d, why))
		return false;
	tell_gone(d);
	return true;
}

static bool
fetch_batch(struct downloads *d, struct failure *why)
{
	d->wanted_count = 0;
	for (size_t i = 0; i < d->batch_count; i++)
		d->wanted[d->wanted_count++] = i;
	while (d->wanted_count)
		if (!ask_for_links(d, why) || !downloads_work(d, why))
			return false;
	d->batch_count = 0;
	return true;
}

bool
batches_run(struct downloads *d, const struct wanted *wanted,
	    struct failure *why)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct wanted_file *file = &wanted->files[i];
		struct slice id = wanted_id(wanted, i);
		struct folder_found found;
		bool has;

		if (!folder_has(d->folder, id, d->any_size ? -1 : file->size,
				file->updated_us, &has, &found, why) ||
		    (has && !downloads_tell(d, id, &found, why)))
			return false;
		if (has)
			continue;
		d->batch[d->batch_count++] = (struct batch_file){ .id = id };
		if (d->batch_count == LENGTH(d->batch) && !fetch_batch(d, why))
			return false;
	}
	return fetch_batch(d, why);
}

bool
batches_conclude(const struct downloads *d, struct failure *why)
{
	int64_t lost = d->later + d->refused;

	if (lost) {
		fail(why, d->later ? FAILURE_LATER : FAILURE_REFUSED,
		     "%" PRId64 " of %" PRId64 " attachments were not fetched",
		     lost, d->files + lost);
		if (!d->later)
			fail_next(why, "look at the attachments that are named "
				       "above in QuickBooks");
		return false;
	}
	if (!d->folder->damaged)
		return true;
	fail(why, FAILURE_DATA,
	     "%" PRId64 " files in %s are not what SHA256SUMS lists",
	     d->folder->damaged, d->folder->path);
	return fail_next(why, "compare those that are named above with the "
			      "files beside them");
}
