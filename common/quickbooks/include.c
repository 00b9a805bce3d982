#include "quickbooks/include.h"
#include "base/log.h"

static const char more_fields[] = "enhancedAllCustomFields";

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

	*i = (struct include){ .fields = i->fields };
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
			 more_fields, more_fields);
}

static const struct entity *
asked(const struct qbo_call *call)
{
	return call->changed ? NULL : call->entity;
}

static bool
has(const struct entity *const list[], size_t count,
    const struct entity *entity)
{
	for (size_t n = 0; n < count; n++)
		if (list[n] == entity)
			return true;
	return false;
}

bool
include_may_be_refused(const struct include *i, const struct qbo_call *call)
{
	return !has(i->settled, i->settled_count, asked(call));
}

void
include_settle(struct include *i, const struct qbo_call *call)
{
	if (include_may_be_refused(i, call) &&
	    i->settled_count < INCLUDE_MOST_WITHOUT)
		i->settled[i->settled_count++] = asked(call);
}

static const char *
include_of(const struct include *i, const struct entity *entity)
{
	if (!*i->list || i->off || has(i->without, i->without_count, entity))
		return NULL;
	return i->list;
}

const char *
include_for(const struct include *i, const struct qbo_call *call)
{
	return call->count || call->path ? NULL : include_of(i, asked(call));
}

bool
include_lacks(const struct include *i, const struct entity *entity,
	      const struct response_row *row)
{
	const char *list = include_of(i, entity);

	return list && strstr(list, more_fields) &&
	       custom_fields_lack(&i->fields, entity, row);
}

void
include_answered(struct include *i, const struct qbo_call *call, bool refused)
{
	const struct entity *entity = asked(call);
	const char *lost = strstr(i->list, more_fields)
				   ? ": custom fields beyond three are not read"
				   : "";

	if (!refused) {
		if (call->include) {
			i->taken = true;
			include_settle(i, call);
			custom_fields_note(&i->fields, call);
		}
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
