#include "outcome.h"
#include "clock.h"

void
outcome_describe(const struct answer *a, char what[OUTCOME_WHAT])
{
	char told[FAULT_TOLD];

	if (!a->status) {
		snprintf(what, OUTCOME_WHAT, "%s", a->error);
		return;
	}
	fault_tell(buf_slice(&a->body), told);
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

void
outcome_gave_up(const struct answer *a, const struct retry_try *last,
		const struct retry_verdict *verdict, const char *what,
		struct failure *why)
{
	char note[160], again[CLOCK_SPELLED];
	int64_t now_s = clock_now_us() / CLOCK_SECOND;

	snprintf(note, sizeof(note), "%s after %" PRId64 " %s in %" PRId64 " s",
		 verdict->reason, last->number,
		 last->number == 1 ? "try" : "tries", last->elapsed_ms / 1000);
	outcome_fail(a, FAILURE_LATER, what, note, why);
	if (a->advice_ms > 0) {
		clock_spell((now_s + a->advice_ms / 1000) * CLOCK_SECOND,
			    again);
		fail_next(why,
			  "run the same command again, but not before %s: so "
			  "long QuickBooks asks us to wait",
			  again);
	}
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
		if (mixed)
			fail_next(why, "set QBO_ENV and QBO_REALM_ID to those "
				       "of the login, then run the same "
				       "command again");
		return;
	}
	outcome_fail(a, FAILURE_LOGIN, what, note, why);
	fail_next(why, "qb-auth login, then run the same command again");
}
