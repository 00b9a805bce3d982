#include "quickbooks/include.h"
#include "base/log.h"

static const char custom_fields[] = "enhancedAllCustomFields";

static bool
is_list(struct slice list)
{
	bool letter = false;

	for (size_t i = 0; i < list.len; i++) {
		char c = list.at[i];

		if (c == ',' && !letter)
			return false;
		letter = c != ',';
		if (letter &&
		    !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return letter && list.len <= INCLUDE_LONGEST;
}

bool
include_set(struct include *i, const char *list, struct failure *why)
{
	struct slice text = slice_of(list);

	*i = (struct include){ .off = false };
	if (slice_is(text, "none"))
		return true;
	if (is_list(text)) {
		memcpy(i->list, text.at, text.len);
		return true;
	}
	fail(why, FAILURE_USAGE,
	     "--include: not names with commas between, or none");
	return fail_next(why,
			 "use --include=%s, or --include=%s,invoiceLink, or "
			 "--include=none",
			 custom_fields, custom_fields);
}

static const struct entity *
asked(const struct qbo_call *call)
{
	return call->changed ? NULL : call->entity;
}

const char *
include_for(const struct include *i, const struct qbo_call *call)
{
	if (!*i->list || i->off || call->count || call->path)
		return NULL;
	for (size_t n = 0; n < i->without_count; n++)
		if (i->without[n] == asked(call))
			return NULL;
	return i->list;
}

void
include_answered(struct include *i, const struct qbo_call *call, bool refused)
{
	const struct entity *entity = asked(call);
	const char *lost = strstr(i->list, custom_fields)
				   ? ": custom fields beyond three are not read"
				   : "";

	if (!refused) {
		i->taken = i->taken || call->include;
		return;
	}
	if (!include_for(i, call)) /* another call has found out before */
		return;
	if (!i->taken || i->without_count == INCLUDE_MOST_WITHOUT) {
		i->off = true;
		log_warn("QuickBooks does not take include=%s%s", i->list,
			 lost);
		return;
	}
	i->without[i->without_count++] = entity;
	log_warn("%s: QuickBooks does not take include=%s%s",
		 entity ? entity->name : "QuickBooks' log of changes", i->list,
		 lost);
}
