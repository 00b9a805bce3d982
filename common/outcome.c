#include "outcome.h"
#include "clock.h"

enum fault
outcome_fault(const struct answer *a)
{
	if (a->timed_out || a->too_large)
		return FAULT_SLOW;
	if (a->distrusted || a->barred)
		return FAULT_REFUSED;
	return fault_of(a->status, buf_slice(&a->body));
}

void
outcome_describe(const struct answer *a, char what[OUTCOME_WHAT])
{
	char told[FAULT_TOLD];
	struct failure why;

	if (!a->status) {
		snprintf(what, OUTCOME_WHAT, "%s", a->error);
		return;
	}
	fault_tell(buf_slice(&a->body), told);
	/* an answer like any other, but for one byte of it */
	if (a->status == 200 && !*told &&
	    !json_check(buf_slice(&a->body), &why))
		snprintf(told, sizeof(told), "not JSON: %.400s", why.text);
	snprintf(what, OUTCOME_WHAT, "HTTP %d%s%s", a->status,
		 *told ? ", " : "", told);
}

void
outcome_fail(const struct answer *a, enum failure_kind kind, const char *what,
	     const char *note, struct failure *why)
{
	fail(why, kind, "%s%s%s%s%s", what, *note ? "; " : "", note,
	     a->tid[0] ? "; intuit_tid " : "", a->tid);
}

static void
say_when(int64_t wait_ms, struct failure *why)
{
	int64_t at_us = clock_now_us() + wait_ms * 1000;
	char again[CLOCK_SPELLED];

	clock_spell((at_us / CLOCK_SECOND + 1) * CLOCK_SECOND, again);
	fail_next(why,
		  "run the same command again, but not before %s: so long "
		  "QuickBooks asks us to wait",
		  again);
}

void
outcome_gave_up(const struct answer *a, const struct retry_try *last,
		const struct retry_verdict *verdict, const char *what,
		struct failure *why)
{
	char note[160];

	snprintf(note, sizeof(note), "%s after %" PRId64 " %s in %" PRId64 " s",
		 verdict->reason, last->number,
		 last->number == 1 ? "try" : "tries", last->elapsed_ms / 1000);
	outcome_fail(a, FAILURE_LATER, what, note, why);
	if (last->fault == FAULT_SLOW_DOWN || a->advice_ms > 0)
		say_when(verdict->wait_ms, why);
}

void
outcome_held(int64_t wait_ms, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "another request for this company was told to slow down, for "
	     "%" PRId64 " s more; patience used up",
	     wait_ms / 1000);
	say_when(wait_ms, why);
}

void
outcome_refused(const struct answer *a, enum fault fault,
		const struct account *with, const char *what,
		struct failure *why)
{
	bool mixed = a->status == 401 || a->status == 403;
	char note[160] = "";

	if (mixed)
		snprintf(note, sizeof(note),
			 "sandbox or production? QBO_ENV is %s, and the "
			 "company is %s",
			 with->env, with->realm);
	if (fault == FAULT_REFUSED) {
		outcome_fail(a, FAILURE_REFUSED, what, note, why);
		if (a->barred)
			fail_next(why,
				  "put name and password into https_proxy "
				  "(http://NAME:PASSWORD@HOST:PORT), then run "
				  "the same command again");
		if (mixed)
			fail_next(why, "set QBO_ENV and QBO_REALM_ID to those "
				       "of the login, then run the same "
				       "command again");
		return;
	}
	outcome_fail(a, FAILURE_LOGIN, what, note, why);
	fail_next(why, "qb-auth login, then run the same command again");
}
