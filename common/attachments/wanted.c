#include "attachments/wanted.h"
#include "attachments/file_name.h"

enum { MOST_ID_BYTES = 1024 * 1024 * 1024 };

void
wanted_init(struct wanted *w)
{
	*w = (struct wanted){ 0 };
	buf_init(&w->ids, MOST_ID_BYTES);
}

void
wanted_free(struct wanted *w)
{
	free(w->files);
	buf_free(&w->ids);
	wanted_init(w);
}

bool
wanted_add(struct wanted *w, const struct attachment *a, struct failure *why)
{
	struct slice id = a->text[ATTACHMENT_ID];
	struct wanted_file file = { w->ids.len, id.len, a->size,
				    a->updated_us };

	w->rows++;
	if (!attachment_has_file(a)) {
		w->notes++;
		return true;
	}
	if (!file_name_is_id(id))
		return fail(why, FAILURE_DATA,
			    "\"%.*s\" is not the Id of an attachment",
			    SLICE_SHOWN(id));
	if (!buf_add_slice(&w->ids, id, why))
		return false;
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : 256;
		w->files = base_realloc(w->files, w->room * sizeof(*w->files));
	}
	w->files[w->count++] = file;
	return true;
}

void
wanted_truncate(struct wanted *w, size_t count)
{
	w->count = count;
}

struct slice
wanted_id(const struct wanted *w, size_t i)
{
	return (struct slice){ w->ids.at + w->files[i].id_at,
			       w->files[i].id_len };
}

static int
compare_ids(const char *ids, const struct wanted_file *a,
	    const struct wanted_file *b)
{
	if (a->id_len != b->id_len)
		return a->id_len < b->id_len ? -1 : 1;
	return memcmp(ids + a->id_at, ids + b->id_at, a->id_len);
}

/* Shorter numbers first, then the one that was updated last. */
static int
compare(const void *one, const void *two, void *ids)
{
	const struct wanted_file *a = one, *b = two;
	int order = compare_ids(ids, a, b);

	if (order)
		return order;
	return (a->updated_us < b->updated_us) -
	       (a->updated_us > b->updated_us);
}

void
wanted_sort(struct wanted *w)
{
	size_t kept = 0;

	if (w->count)
		qsort_r(w->files, w->count, sizeof(*w->files), compare,
			w->ids.at);
	for (size_t i = 0; i < w->count; i++)
		if (!kept ||
		    compare_ids(w->ids.at, &w->files[kept - 1], &w->files[i]))
			w->files[kept++] = w->files[i];
	w->count = kept;
}
