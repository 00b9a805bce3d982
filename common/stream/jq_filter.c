#include "stream/jq_filter.h"

enum { LONGEST_NEW_LINE = LINES_LONGEST + 64 * 1024 };

void
jq_filter_init(struct jq_filter *f)
{
	*f = (struct jq_filter){ .program = NULL };
	jq_program_init(&f->compiled);
	seal_tally_init(&f->tally);
	buf_init(&f->value, LINES_LONGEST);
	buf_init(&f->line, LONGEST_NEW_LINE);
}

bool
jq_filter_open(struct jq_filter *f, const char *program, struct failure *why)
{
	f->program = program;
	return !program || jq_program_compile(&f->compiled, program, why) ||
	       fail_in(why, "--jq");
}

void
jq_filter_close(struct jq_filter *f)
{
	jq_program_close(&f->compiled);
	seal_tally_free(&f->tally);
	buf_free(&f->value);
	buf_free(&f->line);
}

/* Replace the member by `f->value`, and parse the new line into `e`. */
static bool
put(struct jq_filter *f, enum envelope_member which, struct envelope *e,
    struct failure *why)
{
	struct slice value = buf_slice(&f->value);

	buf_clear(&f->line);
	if (which == MEMBER_JQ ? !seal_put(e, which, value, &f->line, why)
			       : !envelope_put(e, which, value, &f->line, why))
		return false;
	struct slice line = { f->line.at, f->line.len - 1 };
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
	fail_next(why,
		  "fix the --jq program; try it on the payload of this row "
		  "with jq(1)");
	return fail_in(why, "row %.*s", SLICE_SHOWN(id));
}

static bool
filter_row(struct jq_filter *f, struct envelope *row, bool *dropped,
	   struct failure *why)
{
	buf_clear(&f->value);
	enum jq_result result = jq_program_run(
		&f->compiled, row->value[MEMBER_PAYLOAD], &f->value, why);
	*dropped = result == JQ_NOTHING;
	if (result == JQ_FAILED ||
	    (result == JQ_OBJECT && !put(f, MEMBER_PAYLOAD, row, why)))
		return fail_row(row, why);
	if (!*dropped)
		seal_tally_row(&f->tally, row);
	return true;
}

/* Append the programs that altered the window before: "<program>",... */
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
filter_seal(struct jq_filter *f, struct envelope *seal, struct failure *why)
{
	struct buf *value = &f->value;

	f->rows += f->tally.rows;
	buf_clear(value);
	return buf_printf(value, why, "{\"programs\":[") &&
	       copy_programs(seal->value[MEMBER_JQ], value, why) &&
	       json_quote(slice_of(f->program), value, why) &&
	       buf_printf(value, why, "],") &&
	       seal_write_totals(&f->tally, value, why) &&
	       buf_printf(value, why, "}") && put(f, MEMBER_JQ, seal, why);
}

static bool
filter_end(struct jq_filter *f, struct envelope *end, struct failure *why)
{
	buf_clear(&f->value);
	if (!buf_printf(&f->value, why, "%" PRId64, f->rows))
		return false;
	f->rows = 0;
	return put(f, MEMBER_ROWS, end, why);
}

static bool
filter_one(struct jq_filter *f, struct envelope *e, bool *dropped,
	   struct failure *why)
{
	*dropped = false;
	if (e->kind == ENVELOPE_ROW)
		return filter_row(f, e, dropped, why);
	if (e->kind == ENVELOPE_SEAL)
		return filter_seal(f, e, why);
	if (e->kind == ENVELOPE_GONE) {
		seal_tally_row(&f->tally, e);
		return true;
	}
	return filter_end(f, e, why);
}

enum stream_got
jq_filter_next(struct jq_filter *f, struct stream *in, struct failure *why)
{
	enum stream_got got;
	bool dropped = false, first = false;

	do {
		got = stream_next(in, why);
		if (got <= STREAM_DONE || !f->program)
			return got;
		first |= in->first;
		if (!filter_one(f, &in->now, &dropped, why)) {
			fail_in(why, "line %" PRId64, in->line);
			return STREAM_FAILED;
		}
	} while (dropped);
	in->first = first; /* the first row that is not dropped */
	return got;
}
