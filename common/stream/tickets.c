#include "stream/tickets.h"

void
tickets_init(struct tickets *t, int fd, struct lines_out *flush_first)
{
	*t = (struct tickets){ .ended = false };
	lines_in_init(&t->in, fd, flush_first);
}

void
tickets_free(struct tickets *t)
{
	lines_in_free(&t->in);
}

static bool
take_ticket(struct tickets *t, struct failure *why)
{
	t->windows++;
	if (!window_parse(&t->window, t->now.value[MEMBER_WINDOW], why))
		return false;
	return window_by_is_ticket(t->window.by) ||
	       fail(why, FAILURE_DATA,
		    "window: rows cannot be queried by \"%s\"",
		    window_by_name(t->window.by));
}

static bool
take_end(struct tickets *t, struct failure *why)
{
	int64_t windows;

	if (!json_integer(t->now.value[MEMBER_WINDOWS], &windows) ||
	    windows != t->windows)
		return fail(why, FAILURE_DATA,
			    "%" PRId64 " tickets came, the end line has "
			    "another number",
			    t->windows);
	t->windows = 0;
	return true;
}

static enum tickets_got
take(struct tickets *t, struct slice line, struct failure *why)
{
	if (!envelope_parse(&t->now, line, why))
		return TICKETS_FAILED;
	switch (t->now.kind) {
	case ENVELOPE_TICKET:
		return take_ticket(t, why) ? TICKETS_ONE : TICKETS_FAILED;
	case ENVELOPE_END:
		return take_end(t, why) ? TICKETS_END : TICKETS_FAILED;
	default:
		fail(why, FAILURE_DATA, "not a ticket");
		fail_next(why, "this tool reads the output of qb-window; to "
			       "replay an archive, leave out qb-fetch");
		return TICKETS_FAILED;
	}
}

enum tickets_got
tickets_next(struct tickets *t, struct failure *why)
{
	struct slice line;
	enum lines_got got = lines_next(&t->in, &line, why);
	enum tickets_got taken = TICKETS_FAILED;

	if (got == LINES_END && t->ended)
		return TICKETS_DONE;
	if (got == LINES_END)
		fail(why, FAILURE_LATER, "input ended before its end line");
	t->line++;
	if (got == LINES_ONE)
		taken = take(t, line, why);
	t->ended = taken == TICKETS_END;
	if (taken == TICKETS_FAILED)
		fail_in(why, "line %" PRId64, t->line);
	return taken;
}
