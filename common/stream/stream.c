#include "stream/stream.h"

enum { LONGEST_WINDOW = 64 * 1024, LONGEST_STAMP = 64 * 1024 };

void
stream_init(struct stream *s, int fd, struct lines_out *flush_first)
{
	*s = (struct stream){ .ended = false };
	lines_in_init(&s->in, fd, flush_first);
	envelope_prefix_init(&s->head);
	seal_tally_init(&s->tally);
	buf_init(&s->window_text, LONGEST_WINDOW);
	buf_init(&s->stamp_text, LONGEST_STAMP);
}

void
stream_free(struct stream *s)
{
	lines_in_free(&s->in);
	envelope_prefix_free(&s->head);
	seal_tally_free(&s->tally);
	buf_free(&s->window_text);
	buf_free(&s->stamp_text);
}

/* Rows of a window are adjacent, up to its seal. */
static bool
enter_window(struct stream *s, struct failure *why)
{
	struct slice text = s->now.value[MEMBER_WINDOW];

	s->first = !s->window_text.len;
	if (!s->first) {
		if (slice_equal(text, buf_slice(&s->window_text)))
			return true;
		return fail(why, FAILURE_DATA,
			    "another window begins before this one is sealed");
	}
	return window_parse(&s->window, text, why) &&
	       buf_add_slice(&s->window_text, text, why);
}

/* The digest does not cover the stamps: they are compared with the seal's. */
static bool
take_stamp(struct stream *s, struct failure *why)
{
	struct slice stamp = s->now.value[MEMBER_STAMP];

	if (s->tally.rows) {
		s->stamps_differ |=
			!slice_equal(stamp, buf_slice(&s->stamp_text));
		return true;
	}
	buf_clear(&s->stamp_text);
	s->stamps_differ = false;
	return !stamp.len || buf_add_slice(&s->stamp_text, stamp, why);
}

static bool
take_row(struct stream *s, struct failure *why)
{
	if (!enter_window(s, why) || !take_stamp(s, why))
		return false;
	seal_tally_row(&s->tally, &s->now);
	return true;
}

/* Stamps are not checked in old streams, whose seals have no sum. */
static bool
stamps_match(struct stream *s, struct failure *why)
{
	struct slice stamp = s->now.value[MEMBER_STAMP];

	if (!s->seal.rows || !s->now.value[MEMBER_SUM].at ||
	    (!s->stamps_differ &&
	     slice_equal(stamp, buf_slice(&s->stamp_text))))
		return true;
	return fail(why, FAILURE_DATA,
		    "the stamps of the rows differ from the seal's");
}

static bool
take_seal(struct stream *s, struct failure *why)
{
	if (!enter_window(s, why) || !seal_parse(&s->seal, &s->now, why) ||
	    !seal_verify(&s->seal, &s->tally, why) ||
	    !seal_verify_sum(&s->now, why) || !stamps_match(s, why))
		return false;
	buf_clear(&s->window_text);
	s->windows++;
	s->all_windows++;
	s->rows += s->seal.rows;
	s->all_rows += s->seal.rows;
	return true;
}

static bool
take_end(struct stream *s, struct failure *why)
{
	int64_t windows, rows;

	if (s->window_text.len)
		return fail(
			why, FAILURE_DATA,
			"the end line comes before the seal of this window");
	if (!json_integer(s->now.value[MEMBER_WINDOWS], &windows) ||
	    !json_integer(s->now.value[MEMBER_ROWS], &rows))
		return fail(why, FAILURE_DATA,
			    "the end line has invalid totals");
	if (windows != s->windows || rows != s->rows)
		return fail(why, FAILURE_DATA,
			    "%" PRId64 " windows with %" PRId64
			    " rows came, the end line says %" PRId64
			    " with %" PRId64,
			    s->windows, s->rows, windows, rows);
	s->windows = s->rows = 0;
	s->first = false;
	return true;
}

static enum stream_got
take(struct stream *s, struct slice line, struct failure *why)
{
	if (!envelope_parse_next(&s->now, line, &s->head, why))
		return STREAM_FAILED;
	switch (s->now.kind) {
	case ENVELOPE_ROW:
		return take_row(s, why) ? STREAM_ROW : STREAM_FAILED;
	case ENVELOPE_GONE:
		return take_row(s, why) ? STREAM_GONE : STREAM_FAILED;
	case ENVELOPE_SEAL:
		return take_seal(s, why) ? STREAM_SEAL : STREAM_FAILED;
	case ENVELOPE_END:
		return take_end(s, why) ? STREAM_END : STREAM_FAILED;
	case ENVELOPE_TICKET:
		fail(why, FAILURE_DATA, "a ticket instead of a row");
		fail_next(why, "put qb-fetch before this tool");
		return STREAM_FAILED;
	case ENVELOPE_RECEIPT:
		break;
	}
	fail(why, FAILURE_DATA, "a receipt instead of a row");
	fail_next(why, "pipe qb-fetch or an archive into this tool, not the "
		       "receipts of qb-load");
	return STREAM_FAILED;
}

static bool
fail_here(struct stream *s, struct failure *why)
{
	if (s->window_text.len)
		window_fail_in(&s->window, why);
	return fail_in(why, "line %" PRId64, s->line);
}

static bool
fail_truncated(struct stream *s, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "input ended before its end line (complete windows: %" PRId64
	     ", rows: %" PRId64 ")",
	     s->all_windows, s->all_rows);
	return s->line ? fail_here(s, why) : false;
}

enum stream_got
stream_next(struct stream *s, struct failure *why)
{
	struct slice line;
	enum lines_got got = lines_next(&s->in, &line, why);
	enum stream_got taken;

	if (got == LINES_END && s->ended)
		return STREAM_DONE;
	if (got == LINES_END) {
		fail_truncated(s, why);
		return STREAM_FAILED;
	}
	s->line++;
	taken = got == LINES_ONE ? take(s, line, why) : STREAM_FAILED;
	s->ended = taken == STREAM_END;
	if (taken == STREAM_FAILED)
		fail_here(s, why);
	return taken;
}
