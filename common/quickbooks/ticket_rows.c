#include "quickbooks/ticket_rows.h"
#include "stream/fingerprint.h"
#include "stream/lines.h"
#include "json/json.h"

void
ticket_rows_init(struct ticket_rows *t)
{
	*t = (struct ticket_rows){ .told = false };
	buf_init(&t->ids, LINES_LONGEST);
}

void
ticket_rows_free(struct ticket_rows *t)
{
	free(t->all);
	buf_free(&t->ids);
	ticket_rows_init(t);
}

/* The text of the ids may move until all are there: an offset until then. */
static bool
add(struct ticket_rows *t, struct slice id, struct slice value,
    struct failure *why)
{
	struct ticket_row row = { .id = { NULL, id.len } };

	row.again = slice_is(value, "null");
	if (!row.again && !json_integer(value, &row.fingerprint))
		return false;
	if (!buf_add_slice(&t->ids, id, why))
		return false;
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->all = base_realloc(t->all, t->room * sizeof(*t->all));
	}
	t->all[t->count++] = row;
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct ticket_row *one = a, *other = b;
	size_t len = one->id.len < other->id.len ? one->id.len : other->id.len;
	int order = len ? memcmp(one->id.at, other->id.at, len) : 0;

	return order ? order
		     : (one->id.len > other->id.len) -
			       (one->id.len < other->id.len);
}

/* False: an id is empty, or comes twice. */
static bool
place_ids(struct ticket_rows *t)
{
	const char *at = t->ids.at;
	bool good = true;

	for (size_t i = 0; i < t->count; i++) {
		t->all[i].id.at = at;
		at += t->all[i].id.len;
	}
	if (t->count)
		qsort(t->all, t->count, sizeof(*t->all), compare);
	for (size_t i = 0; i < t->count; i++)
		good = good && t->all[i].id.len &&
		       (!i || compare(&t->all[i - 1], &t->all[i]));
	return good;
}

bool
ticket_rows_read(struct ticket_rows *t, struct slice object,
		 struct failure *why)
{
	struct slice id, value;
	struct json j;

	t->told = object.at;
	if (!t->told)
		return true;
	json_begin(&j, object);
	bool valid = json_object(&j);
	while (valid && json_key(&j, &id))
		valid = json_value(&j, &value) && add(t, id, value, why);
	if (!valid || !json_end(&j, why))
		return fail(why, FAILURE_DATA,
			    "\"known_rows\" is not an object of numbers");
	return place_ids(t) ||
	       fail(why, FAILURE_DATA,
		    "\"known_rows\": an id is empty or comes twice");
}

bool
ticket_rows_has(const struct ticket_rows *t, const struct entity *entity,
		struct slice id, struct slice payload)
{
	const struct ticket_row wanted = { .id = id };
	const struct ticket_row *found =
		t->count ? bsearch(&wanted, t->all, t->count, sizeof(*t->all),
				   compare)
			 : NULL;

	return found && !found->again &&
	       found->fingerprint == payload_fingerprint(entity, payload);
}
