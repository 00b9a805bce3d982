#include "quickbooks/whole_pass.h"
#include "json/json.h"

static bool
is_active(struct slice payload)
{
	struct slice key, value;
	struct json j;

	json_begin(&j, payload);
	if (json_object(&j))
		while (json_key(&j, &key))
			if (json_value(&j, &value) && slice_is(key, "Active"))
				return slice_is(value, "true");
	return false;
}

void
whole_pass_row(struct whole_pass *pass, struct slice payload, int earlier)
{
	bool second = pass->queries == 2;

	if (pass->queries > 2)
		return;
	pass->rows[second]++;
	if (!is_active(payload))
		return;
	pass->active[second]++;
	pass->common += second && earlier >= pass->first;
}

bool
whole_pass_agrees(const struct whole_pass *pass, size_t page_size)
{
	bool none = !pass->rows[0] && !pass->rows[1];

	return pass->rows[0] < page_size && pass->rows[1] < page_size &&
	       pass->common == pass->active[0] &&
	       pass->common == pass->active[1] && (pass->common || none);
}

bool
whole_pass_is_settled(const struct whole_pass *pass, bool read,
		      size_t ids_before)
{
	if (pass->repeated)
		return false;
	if (!pass->paged && (pass->ids || pass->queries > 1 || read))
		return true;
	return pass->before && !pass->entered && pass->ids == ids_before;
}
