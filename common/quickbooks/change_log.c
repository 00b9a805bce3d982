#include <ctype.h>

#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/change_log.h"
#include "quickbooks/window_end.h"

/* There is another way, so fewer tries than a query has, and fewer still of
 * halves; and after how many requests that it refuses, or cannot answer, the
 * whole and both halves, the log is left alone. */
enum {
	MOST_TRIES = 4,
	MOST_TRIES_OF_HALF = 2,
	MOST_REFUSALS = 3,
	MOST_NAMES = 1024
};

void
change_log_init(struct change_log *log, struct lines_out *out)
{
	*log = (struct change_log){ .out = out };
	change_output_init(&log->output, out);
	qbo_call_init(&log->call);
}

void
change_log_free(struct change_log *log)
{
	if (log->qbo)
		qbo_client_cancel(log->qbo, &log->call);
	change_output_free(&log->output);
	qbo_call_free(&log->call);
}

/* --- asking --------------------------------------------------------------- */

static bool
send(struct change_log *log, const struct log_request *request,
     struct failure *why)
{
	struct qbo_call *call = &log->call;

	qbo_call_clear(call);
	if (!query_write_changes(request->entities, request->count,
				 request->since_us, &call->statement, why))
		return false;
	call->changed = request->entities;
	call->changed_count = request->count;
	call->can_split = true;
	call->most_tries =
		log->requests.refused ? MOST_TRIES_OF_HALF : MOST_TRIES;
	qbo_client_start(log->qbo, call);
	while (!call->done)
		if (!qbo_client_run(log->qbo, -1, why))
			return false;
	return true;
}

/* --- what the log cannot answer ------------------------------------------- */

static void
give_up(struct change_windows *windows, const struct log_request *request,
	const char *reason)
{
	char names[MOST_NAMES];
	size_t used = 0;

	for (size_t i = 0; i < request->count; i++) {
		change_windows_set(windows, request->entities[i],
				   CHANGE_BY_QUERY);
		if (used < sizeof(names)) /* snprintf ends it in any case */
			used += (size_t)snprintf(
				names + used, sizeof(names) - used, "%s%s",
				i ? ", " : "", request->entities[i]->name);
	}
	log_warn("%s: %s; reading by LastUpdatedTime, which does not tell what "
		 "was deleted",
		 names, reason);
}

/* Is it a whole word of the text? */
static bool
names_entity(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[len]))
			return true;
	return false;
}

/* The one entity of the request that a refusal names, or NULL. */
static const struct entity *
refused_entity(const struct log_request *request, const char *text)
{
	const struct entity *found = NULL;

	for (size_t i = 0; i < request->count; i++)
		if (names_entity(text, request->entities[i]->name)) {
			if (found)
				return NULL;
			found = request->entities[i];
		}
	return found;
}

/* It has never answered: is it the log itself? */
static bool
is_left_alone(const struct change_log *log)
{
	return !log->requests.answered &&
	       log->requests.refused >= MOST_REFUSALS;
}

/* Ask for each half, unless it has one entity. */
static void
halve(struct change_log *log, struct change_windows *windows,
      const struct log_request *request, const char *reason)
{
	if (is_left_alone(log) ||
	    !log_requests_halve(&log->requests, windows, request))
		give_up(windows, request, reason);
}

/* One entity may be the reason: without it, or in halves. */
static void
take_refusal(struct change_log *log, struct change_windows *windows,
	     const struct log_request *request)
{
	const char *text = log->call.why.text;
	const struct entity *named = refused_entity(request, text);
	const struct log_request alone = { .entities = { named }, .count = 1 };

	if (named && request->count > 1) {
		give_up(windows, &alone, text);
		(void)log_requests_without(&log->requests, windows, request,
					   named);
		return;
	}
	log->requests.refused++;
	halve(log, windows, request, text);
}

static void
take_too_slow(struct change_log *log, struct change_windows *windows,
	      const struct log_request *request)
{
	log->requests.refused++;
	halve(log, windows, request, log->call.why.text);
}

static void
take_too_many(struct change_log *log, struct change_windows *windows,
	      const struct log_request *request)
{
	log->requests.answered = true;
	halve(log, windows, request,
	      "more was changed than QuickBooks' log of changes returns");
}

/* --- what it answers ------------------------------------------------------ */

/* Has the end of all windows passed by QuickBooks' clock?  If it has not, and
 * is near, wait for it, and ask again. */
static bool
check_clock(struct change_log *log, const struct change_windows *windows,
	    const struct log_request *request, bool *again, struct failure *why)
{
	int64_t end_us = 0, wait_s;

	for (size_t i = 0; i < request->count; i++) {
		int64_t one_us =
			change_windows_end(windows, request->entities[i]);

		if (one_us > end_us)
			end_us = one_us;
	}
	*again =
		!window_end_check(end_us, log->call.changes.time, &wait_s, why);
	if (!*again || why->kind)
		return !why->kind;
	log_warn("QuickBooks' clock is %" PRId64
		 " s behind the end of the window: waiting",
		 wait_s);
	if (!lines_flush(log->out, why))
		return false;
	sleep((unsigned)wait_s);
	log_requests_repeat(&log->requests, request);
	return true;
}

static bool
take_answer(struct change_log *log, struct change_windows *windows,
	    const struct log_request *request, struct failure *why)
{
	bool again, unknown;

	if (!check_clock(log, windows, request, &again, why) || again)
		return !why->kind;
	log->requests.answered = true;
	for (size_t i = 0; i < request->count; i++) {
		const struct entity *entity = request->entities[i];
		const struct log_request alone = { .entities = { entity },
						   .count = 1 };

		if (!change_output_write(&log->output, windows, entity,
					 &log->call, request->since_us,
					 log->qbo, &unknown, why))
			return false;
		if (unknown)
			give_up(windows, &alone,
				log->output.fuller.call.include_refused
					? "QuickBooks does not say what more "
					  "the rows of its log of changes have"
					: "QuickBooks does not say whether "
					  "what its log of changes has as "
					  "deleted is there");
	}
	return true;
}

static bool
take(struct change_log *log, struct change_windows *windows,
     const struct log_request *request, struct failure *why)
{
	const struct qbo_call *call = &log->call;

	if (call->must_split) {
		take_too_slow(log, windows, request);
		return true;
	}
	if (!call->why.kind && call->changes.count >= LOG_MOST_OBJECTS) {
		take_too_many(log, windows, request);
		return true;
	}
	switch (call->why.kind) {
	case FAILURE_NONE:
		return take_answer(log, windows, request, why);
	case FAILURE_REFUSED:
	case FAILURE_LOGIN: /* queries say whether it is the login */
		take_refusal(log, windows, request);
		return true;
	default:
		if (!call->this_call_only) {
			*why = call->why;
			return fail_in(why, "QuickBooks' log of changes");
		}
		/* "unsupported operation" comes as a transient error, too */
		if (call->may_be_row)
			take_refusal(log, windows, request);
		else
			give_up(windows, request, call->why.text);
		return true;
	}
}

bool
change_log_read(struct change_log *log, struct change_windows *windows,
		struct failure *why)
{
	struct log_request request;

	log->output.calls_sealed = qbo_client_calls(log->qbo);
	log_requests_begin(&log->requests, windows, clock_now_us());
	while (log_requests_next(&log->requests, &request)) {
		if (is_left_alone(log)) /* the last call says why */
			give_up(windows, &request, log->call.why.text);
		else if (!send(log, &request, why) ||
			 !take(log, windows, &request, why))
			return false;
	}
	return true;
}
