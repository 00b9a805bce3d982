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

bool
include_was_refused(const struct include *i, const struct qbo_call *call)
{
	return has(i->refused, i->refused_count, asked(call));
}

static void
add(const struct entity *list[], size_t *count, const struct entity *entity)
{
	if (!has(list, *count, entity) && *count < INCLUDE_MOST_WITHOUT)
		list[(*count)++] = entity;
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

static bool
brings_fields(const char *list)
{
	return list && strstr(list, more_fields);
}

bool
include_lacks(const struct include *i, const struct entity *entity,
	      const struct response_row *row, const struct qbo_call *log)
{
	return brings_fields(include_of(i, entity)) &&
	       custom_fields_lack(&i->fields, entity, row,
				  brings_fields(log->include));
}

bool
include_is_unknown(const struct include *i, const struct entity *entity)
{
	return brings_fields(include_of(i, entity)) &&
	       custom_fields_unknown(&i->fields, entity);
}

void
include_probed(struct include *i, const struct qbo_call *call)
{
	if (brings_fields(call->include) && call->response.row_count)
		custom_fields_note_none(&i->fields, call->entity);
}

/* --- answers --------------------------------------------------------------
 */

/* What the log of changes returns without it is queried: include_lacks(). */
static bool
is_needed(const struct include *i, const struct qbo_call *call)
{
	return !call->changed && brings_fields(i->list) &&
	       custom_fields_expected(&i->fields, call->entity);
}

static void
refuse(struct include *i, struct qbo_call *call)
{
	add(i->refused, &i->refused_count, call->entity);
	call->this_call_only = call->include_refused = true;
	call->may_be_row = false;
	call->why = (struct failure){ 0 };
	fail(&call->why, FAILURE_REFUSED,
	     "QuickBooks does not take include=%s any more, and rows of this "
	     "company have had more than three custom fields: without it they "
	     "would lose them",
	     i->list);
	fail_next(&call->why,
		  "run the same command again later; or with --include=none, "
		  "if three custom fields are enough");
}

static void
leave_out(struct include *i, const struct entity *entity)
{
	const char *lost = brings_fields(i->list)
				   ? ": custom fields beyond three are not read"
				   : "";
	bool all = !i->taken && !custom_fields_known(&i->fields);

	if (all || i->without_count == INCLUDE_MOST_WITHOUT) {
		i->off = true;
		log_warn("QuickBooks does not take include=%s%s", i->list,
			 lost);
		return;
	}
	add(i->without, &i->without_count, entity);
	log_warn("%s: QuickBooks does not take include=%s%s",
		 entity ? entity->name : "QuickBooks' log of changes", i->list,
		 lost);
}

void
include_take(struct include *i, struct qbo_call *call, bool refused)
{
	if (call->include_refused) {
		refuse(i, call);
		return;
	}
	if (call->why.kind) {
		/* refused with it and without it */
		if (refused)
			add(i->settled, &i->settled_count, asked(call));
		return;
	}
	if (refused && is_needed(i, call)) {
		refuse(i, call);
	} else if (refused) {
		/* or another call has found out before */
		if (include_for(i, call))
			leave_out(i, asked(call));
	} else if (call->include) {
		i->taken = true;
		add(i->settled, &i->settled_count, asked(call));
		if (brings_fields(call->include))
			custom_fields_note(&i->fields, call);
	}
}
