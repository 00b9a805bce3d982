#include "stream/jq_filter.h"

enum { LONGEST_NEW_LINE = LINES_LONGEST + 64 * 1024 };

void
jq_filter_init(struct jq_filter *a)
{
	*a = (struct jq_filter){ .program = NULL };
	jq_program_init(&a->tree);
	seal_tally_init(&a->tally);
	buf_init(&a->value, LINES_LONGEST);
	buf_init(&a->line, LONGEST_NEW_LINE);
}

bool
jq_filter_open(struct jq_filter *a, const char *program, struct failure *why)
{
	a->program = program;
	return !program || jq_program_compile(&a->tree, program, why) ||
	       fail_in(why, "--jq");
}

void
jq_filter_close(struct jq_filter *a)
{
	jq_program_close(&a->tree);
	seal_tally_free(&a->tally);
	buf_free(&a->value);
	buf_free(&a->line);
}

/* Make `e` the envelope with `a->value` as this member. */
static bool
put(struct jq_filter *a, enum envelope_member which, struct envelope *e,
    struct failure *why)
{
	struct slice value = buf_slice(&a->value);

	buf_clear(&a->line);
	if (which == MEMBER_JQ ? !seal_put(e, which, value, &a->line, why)
			       : !envelope_put(e, which, value, &a->line, why))
		return false;
	struct slice line = { a->line.at, a->line.len - 1 };
	return envelope_parse(e, line, why);
}

static bool
fail_row(const struct envelope *row, struct failure *why)
{
	struct json j;
	struct slice key, value, id = SLICE("");

	json_begin(&j, row->value[MEMBER_ROW]);
	if (json_object(&j))
		while (json_key(&j, &key))
			if (json_value(&j, &value) && slice_is(key, "id"))
				id = value;
	fail_next(why, "mend the program of --jq; jq(1) shows what it makes of "
		       "this row's payload");
	return fail_in(why, "row %.*s", SLICE_SHOWN(id));
}

static bool
alter_row(struct jq_filter *a, struct envelope *row, bool *dropped,
	  struct failure *why)
{
	buf_clear(&a->value);
	enum jq_result gave = jq_program_run(
		&a->tree, row->value[MEMBER_PAYLOAD], &a->value, why);
	*dropped = gave == JQ_NOTHING;
	if (gave == JQ_FAILED ||
	    (gave == JQ_OBJECT && !put(a, MEMBER_PAYLOAD, row, why)))
		return fail_row(row, why);
	if (!*dropped)
		seal_tally_row(&a->tally, row);
	return true;
}

/* Append "<program>",... of those that altered the window before. */
static bool
copy_programs(struct slice jq, struct buf *to, struct failure *why)
{
	struct json j;
	struct slice key, program;

	json_begin(&j, jq);
	if (!jq.at || !json_object(&j))
		return true;
	while (json_key(&j, &key)) {
		if (!slice_is(key, "programs") || !json_array(&j)) {
			json_skip(&j);
			continue;
		}
		while (json_element(&j))
			if (json_value(&j, &program) &&
			    (!buf_add_slice(to, program, why) ||
			     !buf_add(to, ",", 1, why)))
				return false;
	}
	return json_end(&j, why);
}

static bool
alter_seal(struct jq_filter *a, struct envelope *seal, struct failure *why)
{
	struct buf *value = &a->value;

	a->rows += a->tally.rows;
	buf_clear(value);
	return buf_printf(value, why, "{\"programs\":[") &&
	       copy_programs(seal->value[MEMBER_JQ], value, why) &&
	       json_quote(slice_of(a->program), value, why) &&
	       buf_printf(value, why, "],") &&
	       seal_write_totals(&a->tally, value, why) &&
	       buf_printf(value, why, "}") && put(a, MEMBER_JQ, seal, why);
}

static bool
alter_end(struct jq_filter *a, struct envelope *end, struct failure *why)
{
	buf_clear(&a->value);
	if (!buf_printf(&a->value, why, "%" PRId64, a->rows))
		return false;
	a->rows = 0;
	return put(a, MEMBER_ROWS, end, why);
}

static bool
alter_one(struct jq_filter *a, struct envelope *e, bool *dropped,
	  struct failure *why)
{
	*dropped = false;
	if (e->kind == ENVELOPE_ROW)
		return alter_row(a, e, dropped, why);
	if (e->kind == ENVELOPE_SEAL)
		return alter_seal(a, e, why);
	return alter_end(a, e, why);
}

enum stream_got
jq_filter_next(struct jq_filter *a, struct stream *in, struct failure *why)
{
	enum stream_got got;
	bool dropped = false, first = false;

	do {
		got = stream_next(in, why);
		if (got <= STREAM_DONE || !a->program)
			return got;
		first |= in->first;
		if (!alter_one(a, &in->now, &dropped, why)) {
			fail_in(why, "line %" PRId64, in->line);
			return STREAM_FAILED;
		}
	} while (dropped);
	in->first = first; /* of those that are left */
	return got;
}
